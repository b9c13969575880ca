"""The pages of accounts: signing in, one's own password, and the list that an administrator keeps."""

from __future__ import annotations

from asyncio import to_thread
from datetime import UTC, datetime
from functools import partial

from markupsafe import Markup
from nicegui import ui

from haihe.boards.accounts import actions
from haihe.boards.accounts.actions import COOKIE, asking
from haihe.boards.accounts.permissions import ROLE_LABELS, may
from haihe.boards.accounts.records import Account, Asker, Grant
from haihe.kit.errors import N_
from haihe.store.opening import the_store
from haihe.ui.frame import frame
from haihe.ui.language import tr
from haihe.ui.markup import link, write
from haihe.ui.slots import fill
from haihe.ui.table import Column, plain_table
from haihe.ui.widgets import answer, coverage_line, notice, section

_FIELD = Markup(
    '<label>{label}<input name="{name}" type="{type}" autocomplete="{complete}" maxlength="256" '
    "required></label>"
)


def mount() -> None:
    """Register the pages and the sign-in state in every page's header."""
    fill("account", _account_state)
    ui.page("/sign-in")(sign_in)
    ui.page("/account")(account)
    ui.page("/accounts")(accounts)


async def _asker() -> Asker:
    return await to_thread(asking, ui.context.client.request)


async def _account_state() -> None:
    asker = await _asker()
    if asker.account is None:
        path = ui.context.client.request.url.path
        write(link(tr(N_("Sign in")), f"/sign-in?back={path}"), "span")
        return
    parts = [link(asker.name, "/account")]
    if may(asker, "manage_accounts"):
        parts.append(link(tr(N_("Accounts")), "/accounts"))
    parts.append(
        Markup('<form method="post" action="/sign-out"><button>{}</button></form>').format(tr(N_("Sign out")))
    )
    write(Markup(" ").join(parts), "span")


async def sign_in(wrong: int = 0, back: str = "/") -> None:
    """A plain form, so that password keepers know it and it works before any script has loaded."""
    with frame(tr(N_("Sign in"))):
        if wrong:
            write(tr(N_("The name or the password is wrong.")), "p", "hai-empty").props("role=alert")
        fields = _FIELD.format(label=tr(N_("Name")), name="name", type="text", complete="username")
        fields += _FIELD.format(
            label=tr(N_("Password")), name="password", type="password", complete="current-password"
        )
        form = Markup(
            '<form method="post" action="/sign-in" class="hai-form">{}'
            '<input type="hidden" name="back" value="{}"><button class="hai-button">{}</button></form>'
        )
        write(form.format(fields, back, tr(N_("Sign in"))))
        coverage = N_(
            "Without an account you see what was accepted and published; an administrator makes accounts."
        )
        write(tr(coverage), "p", "hai-coverage")


async def account() -> None:
    """One's own account: roles, and a new password."""
    asker = await _asker()
    with frame(tr(N_("My account"))):
        if asker.account is None:
            write(link(tr(N_("Sign in")), "/sign-in?back=/account"), "p")
            return
        if asker.must_change:
            answer(tr(N_("This account still has its one-time password. Set your own to begin.")))
        else:
            answer(tr(N_("{name} holds: {roles}."), name=asker.name, roles=_roles(asker.grants)))
        with section(tr(N_("New password"))):
            _password_form(ui.context.client.request.cookies[COOKIE])


def _password_form(token: str) -> None:
    with ui.element("div").classes("hai-fields"):
        old = _secret(tr(N_("Present password")), "current-password")
        new = _secret(tr(N_("New password")), "new-password")
        again = _secret(tr(N_("New password again")), "new-password")
    write(tr(N_("At least 15 characters; a few words together are easy to keep.")), "p", "hai-note")

    async def change() -> None:
        if new.value != again.value:
            notice(tr(N_("The two new passwords differ.")))
            return
        await to_thread(actions.set_password, the_store(), token, old.value, new.value)
        ui.navigate.to("/")

    ui.button(tr(N_("Set the password")), on_click=change).props("no-caps unelevated")


def _secret(label: str, complete: str) -> ui.input:
    return ui.input(label, password=True).props(f"outlined stack-label autocomplete={complete}")


def _roles(grants: tuple[Grant, ...]) -> str:
    return "、".join(tr(ROLE_LABELS[grant.role]) for grant in grants)


async def accounts() -> None:
    """Every account, and a form for a new one."""
    asker, store = await _asker(), the_store()
    with frame(tr(N_("Accounts"))):
        found = await to_thread(actions.accounts, store, asker)
        waiting = sum(one.must_change for one in found)
        answer(
            tr(
                N_("{count} accounts; {waiting} still have a one-time password."),
                count=len(found),
                waiting=waiting,
            )
        )
        with section(tr(N_("All accounts"))), ui.element("div").classes("hai-data"):
            for one in found:
                _account_row(asker, one)
        with section(tr(N_("New account"))):
            _account_form(asker)
        coverage_line(tr(N_("All accounts of this installation.")), as_of=datetime.now(UTC).date())


def _account_row(asker: Asker, one: Account) -> None:
    columns = [
        Column("name", tr(N_("Name"))),
        Column("roles", tr(N_("Roles"))),
        Column("since", tr(N_("Since"))),
    ]
    cells = {"name": one.name, "roles": _roles(one.grants), "since": one.created_at.date()}
    with ui.element("div").classes("hai-row"):
        write(plain_table(columns, [cells]))
        renew = partial(_renew, asker, one.id)
        ui.button(tr(N_("New one-time password")), on_click=renew).props("flat dense no-caps")
        words = tr(N_("Open again")) if one.disabled_at else tr(N_("Close the account"))
        ui.button(words, on_click=partial(_set_disabled, asker, one)).props("flat dense no-caps")


async def _renew(asker: Asker, account_id: int) -> None:
    password = await to_thread(actions.renew_password, the_store(), asker, account_id)
    _show_password(password)


async def _set_disabled(asker: Asker, one: Account) -> None:
    await to_thread(
        partial(actions.set_disabled, the_store(), asker, one.id, disabled=one.disabled_at is None)
    )
    ui.navigate.reload()


def _show_password(password: str) -> None:
    with ui.dialog(value=True) as dialog, ui.card():
        ui.label(tr(N_("The one-time password; it is shown only now:")))
        ui.label(password).classes("hai-code")
        ui.button(tr(N_("Done")), on_click=dialog.close).props("flat no-caps")


def _account_form(asker: Asker) -> None:
    roles = {role: tr(label) for role, label in ROLE_LABELS.items() if role != "public"}
    with ui.element("div").classes("hai-fields"):
        name = ui.input(tr(N_("Name"))).props("outlined stack-label")
        title = ui.input(tr(N_("Post"))).props("outlined stack-label")
        role = ui.select(roles, value="viewer", label=tr(N_("Role"))).props("outlined stack-label")

    async def add() -> None:
        grants = [Grant(role.value)]
        _show_password(
            await to_thread(actions.add_account, the_store(), asker, name.value, title.value, grants)
        )

    ui.button(tr(N_("Make the account")), on_click=add).props("no-caps unelevated")
