"""The pages of accounts: signing in, one's own password, and the list that an administrator keeps."""

from __future__ import annotations

import os
from asyncio import to_thread
from datetime import UTC, datetime
from functools import partial
from urllib.parse import urlencode

from markupsafe import Markup
from nicegui import ui
from nicegui.events import ValueChangeEventArguments

from haihe.boards.accounts import actions, audit_page, signon_page, token_page
from haihe.boards.accounts.actions import COOKIE
from haihe.boards.accounts.permissions import ADMINISTRATORS, ROLE_LABELS, may, reaches
from haihe.boards.accounts.records import Account, Asker, Grant
from haihe.boards.accounts.request_actions import asker_now
from haihe.boards.accounts.separation_actions import set_grants
from haihe.boards.accounts.signon import provider_of
from haihe.boards.accounts.signon_actions import subject_of, unlink_identity
from haihe.kit.clock import day_in_region
from haihe.kit.errors import N_
from haihe.store.opening import the_store
from haihe.ui import page_at
from haihe.ui.frame import frame
from haihe.ui.language import tr
from haihe.ui.markup import button, link, write
from haihe.ui.slots import fill
from haihe.ui.widgets import answer, coverage_line, notice, section

_FIELD = Markup(
    '<label>{label}<input name="{name}" type="{type}" autocomplete="{complete}" maxlength="256" '
    "required></label>"
)


def mount() -> None:
    """Register the pages and the sign-in state in every page's header."""
    fill("account", _account_state)
    page_at("/sign-in")(sign_in)
    page_at("/account")(account)
    page_at("/accounts")(accounts)
    audit_page.mount()
    signon_page.mount()


async def _account_state() -> None:
    asker = await asker_now()
    if asker.account is None:
        path = ui.context.client.request.url.path
        write(link(tr(N_("Sign in")), f"/sign-in?back={path}"), "span")
        return
    parts = [link(asker.name, "/account")]
    if reaches(asker, "see_accounts", asker.grants):
        parts.append(link(tr(N_("Accounts")), "/accounts"))
    if may(asker, "see_audit"):
        parts.append(link(tr(N_("Audit")), "/audit"))
    parts.append(
        Markup('<form method="post" action="/sign-out"><button>{}</button></form>').format(tr(N_("Sign out")))
    )
    write(Markup(" ").join(parts), "span")


async def sign_in(wrong: int = 0, ended: int = 0, time: str = "", minutes: int = 0, back: str = "/") -> None:
    """A plain form, so that password keepers know it and it works before any script has loaded."""
    with frame(tr(N_("Sign in"))):
        if said := _sign_in_words(wrong=wrong, ended=ended, time=time, minutes=minutes):
            write(said, "p", "hai-empty").props("role=alert")
        fields = _FIELD.format(label=tr(N_("Name")), name="name", type="text", complete="username")
        fields += _FIELD.format(
            label=tr(N_("Password")), name="password", type="password", complete="current-password"
        )
        form = Markup(
            '<form method="post" action="/sign-in" class="hai-form">{}'
            '<input type="hidden" name="back" value="{}"><button class="hai-button">{}</button></form>'
        )
        write(form.format(fields, back, tr(N_("Sign in"))))
        provider = provider_of(os.environ)
        if provider is not None:
            words = tr(N_("Sign in through {provider}"), provider=provider.label)
            write(link(words, f"/sign-on?{urlencode({'back': back})}"), "p")
        coverage = N_(
            "Without an account you see what was accepted and published; an administrator makes accounts."
        )
        write(tr(coverage), "p", "hai-coverage")


def _sign_in_words(*, wrong: int, ended: int, time: str, minutes: int) -> str | None:
    if time:
        said = N_(
            "Signing in failed too often. The next attempt is possible at {time}, in {minutes} minutes."
        )
        return tr(said, time=time, minutes=minutes)
    if ended:
        return tr(N_("Your session has ended. Sign in again."))
    return tr(N_("The name or the password is wrong.")) if wrong else None


async def account() -> None:
    """One's own account: roles, and a new password."""
    asker = await asker_now()
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
        if not asker.must_change:
            await token_page.tokens(asker, own=True)
            await _identity(asker)


async def _identity(asker: Asker) -> None:
    provider = provider_of(os.environ)
    held = asker.account
    if provider is None or held is None:
        return
    with section(tr(N_("Single sign-on"))):
        subject = await to_thread(subject_of, the_store(), held)
        if subject is None:
            form = Markup(
                '<form method="post" action="/sign-on/link"><button class="hai-button">{}</button></form>'
            )
            write(form.format(tr(N_("Link this account to {provider}"), provider=provider.label)))
            return
        linked = N_("Linked to {subject} at {provider}.")
        write(tr(linked, subject=subject, provider=provider.label), "p")

        async def unlink() -> None:
            await to_thread(unlink_identity, the_store(), asker, held)
            ui.navigate.reload()

        button(tr(N_("Take the link away")), unlink)


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

    again.on("keydown.enter", change)
    ui.button(tr(N_("Set the password")), on_click=change).props("no-caps unelevated")


def _secret(label: str, complete: str) -> ui.input:
    return ui.input(label, password=True).props(f"outlined stack-label autocomplete={complete}")


def _roles(grants: tuple[Grant, ...]) -> str:
    return "、".join(tr(ROLE_LABELS[grant.role]) for grant in grants)


async def accounts() -> None:
    """Every account, and a form for a new one."""
    asker, store = await asker_now(), the_store()
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
        if reaches(asker, "manage_accounts", asker.grants):
            with section(tr(N_("New account"))):
                _account_form(asker)
        await token_page.tokens(asker, own=False)
        coverage_line(tr(N_("All accounts of this installation.")), as_of=day_in_region(datetime.now(UTC)))


def _account_row(asker: Asker, one: Account) -> None:
    since = tr(N_("since {day}"), day=day_in_region(one.created_at))
    parts = (one.title, _roles(one.grants) or tr(N_("no role yet")), since)
    said = Markup(" · ").join(part for part in parts if part)
    with ui.element("div").classes("hai-row"):
        write(Markup("<strong>{}</strong> {}").format(one.name, said), "span")
        appointed = any(grant.role in ADMINISTRATORS for grant in one.grants)
        if reaches(asker, "appoint" if appointed else "manage_accounts", one.grants):
            button(tr(N_("New one-time password")), partial(_renew, asker, one.id))
            words = tr(N_("Open again")) if one.disabled_at else tr(N_("Close the account"))
            button(words, partial(_set_disabled, asker, one))
        if reaches(asker, "appoint" if appointed else "grant_roles", one.grants) and one.id != asker.account:
            _role_choice(asker, one)


def _role_choice(asker: Asker, one: Account) -> None:
    """The roles that replace an account's, for the unit or the house that it has them for."""
    units = {grant.unit for grant in one.grants} or {None}

    async def change(event: ValueChangeEventArguments[str]) -> None:
        grants = [Grant(event.value, unit) for unit in units]
        await to_thread(set_grants, the_store(), asker, one.id, grants)
        ui.navigate.reload()

    ui.select(_given(asker), label=tr(N_("Another role")), on_change=change).props(
        "dense outlined stack-label"
    ).style("min-width: 10rem")


def _given(asker: Asker) -> dict[str, str]:
    """The roles that the asker can give."""
    appoints = may(asker, "appoint", next((grant.unit for grant in asker.grants), None))
    return {
        role: tr(label)
        for role, label in ROLE_LABELS.items()
        if role != "public" and (appoints or role not in ADMINISTRATORS)
    }


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
    gives = reaches(asker, "grant_roles", asker.grants)
    with ui.element("div").classes("hai-fields"):
        name = ui.input(tr(N_("Name"))).props("outlined stack-label")
        title = ui.input(tr(N_("Post"))).props("outlined stack-label")
        role = ui.select(_given(asker), value="viewer", label=tr(N_("Role"))).props("outlined stack-label")
        role.set_visibility(gives)

    async def add() -> None:
        grants = [Grant(role.value)] if gives else []
        _show_password(
            await to_thread(actions.add_account, the_store(), asker, name.value, title.value, grants)
        )

    ui.button(tr(N_("Make the account")), on_click=add).props("no-caps unelevated")
