"""API tokens on the page of an account."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Sequence
from functools import partial

from markupsafe import Markup
from nicegui import ui

from haihe.boards.accounts import token_actions
from haihe.boards.accounts.permissions import ACTION_LABELS
from haihe.boards.accounts.records import Asker
from haihe.boards.accounts.tokens import DAYS, DAYS_MAX, Token, Wish, offered
from haihe.kit.clock import day_in_region
from haihe.kit.errors import N_
from haihe.store.opening import the_store
from haihe.ui.language import tr
from haihe.ui.markup import button, write
from haihe.ui.widgets import section


async def tokens(asker: Asker, *, own: bool) -> None:
    """One's own tokens and a form for a new one, or everybody else's that the asker reaches."""
    held = await to_thread(token_actions.tokens, the_store(), asker)
    shown = [one for one in held if (one.account == asker.name) == own]
    if not own and not shown:
        return
    with section(tr(N_("API tokens")) if own else tr(N_("API tokens of all accounts"))):
        if own:
            words = N_(
                "A token lets a program do some of what this account may, until it ends or is revoked."
            )
            write(tr(words), "p", "hai-note")
        for one in shown:
            _row(asker, one)
        if own and asker.account is not None:
            _form(asker, asker.account)


def _row(asker: Asker, one: Token) -> None:
    words = N_("{account}; it may {actions}; ends on {ends}; last used: {used}.")
    said = tr(
        words,
        account=one.account,
        actions=_words(one.actions),
        ends=day_in_region(one.ends_at),
        used=day_in_region(one.last_used_at) if one.last_used_at else tr(N_("never")),
    )
    with ui.element("div").classes("hai-row"):
        write(Markup("<strong>{}</strong> · {}").format(one.name, said), "span")
        if one.revoked_at:
            write(
                tr(
                    N_(
                        "Revoked on {day}.",
                    ),
                    day=day_in_region(one.revoked_at),
                ),
                "span",
                "hai-note",
            )
        else:
            button(tr(N_("Revoke")), partial(_revoke, asker, one.id))


def _words(actions: Sequence[str]) -> str:
    return tr(N_(", ")).join(tr(ACTION_LABELS[action]) for action in actions if action in ACTION_LABELS)


async def _revoke(asker: Asker, token: int) -> None:
    await to_thread(token_actions.revoke_token, the_store(), asker, token)
    ui.navigate.reload()


def _form(asker: Asker, account: int) -> None:
    choices = {action: tr(ACTION_LABELS[action]) for action in offered(asker.grants)}
    with ui.element("div").classes("hai-fields"):
        name = ui.input(tr(N_("What it is for"))).props("outlined stack-label maxlength=200")
        chosen = ui.select(choices, label=tr(N_("What it may do")), multiple=True, value=[])
        chosen.props("outlined stack-label use-chips")
        days = ui.number(tr(N_("Days until it ends")), value=DAYS, min=1, max=DAYS_MAX, precision=0)
        days.props("outlined stack-label")

    async def add() -> None:
        wish = Wish(name.value, tuple(chosen.value), int(days.value or 0))
        secret = await to_thread(token_actions.add_token, the_store(), asker, account, wish)
        _show(secret)

    ui.button(tr(N_("Make a token")), on_click=add).props("no-caps unelevated")


def _show(secret: str) -> None:
    with ui.dialog(value=True).props("persistent"), ui.card():
        ui.label(tr(N_("The token; it is shown only now:")))
        ui.label(secret).classes("hai-code")
        write(tr(N_("Send it as Authorization: Bearer, and keep it where only the program reads it.")), "p")
        button(tr(N_("Done")), ui.navigate.reload)
