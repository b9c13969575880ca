"""`haihe user …` and `haihe audit verify`."""

from __future__ import annotations

from typing import Annotated

import typer

from haihe.boards.accounts import actions
from haihe.boards.accounts.records import OPERATOR, Grant
from haihe.boards.accounts.separation_actions import separate, set_grants
from haihe.boards.accounts.token_cli import account_named, token
from haihe.kit.clock import day_in_region
from haihe.kit.errors import N_, Conflict
from haihe.store.opening import the_store

user = typer.Typer(help="Make, close and list accounts, and renew their passwords.", no_args_is_help=True)
user.add_typer(token, name="token")
audit = typer.Typer(help="The chain that says who did what.", no_args_is_help=True)


@user.command("list")
def list_accounts() -> None:
    """List every account, its roles and, where it is closed, since when."""
    for one in actions.accounts(the_store(), OPERATOR):
        roles = ", ".join(grant.role for grant in one.grants)
        closed = f"\tdisabled {day_in_region(one.disabled_at)}" if one.disabled_at else ""
        typer.echo(f"{one.id}\t{one.name}\t{one.title}\t{roles}{closed}")


@user.command("add")
def add(
    name: Annotated[str, typer.Argument(help="The name to sign in with.")],
    role: Annotated[
        str,
        typer.Option(
            help="viewer, reporter, lead, supervisor, steward or admin; system, security or audit for one of "
            "the separate administrators."
        ),
    ] = "viewer",
    title: Annotated[str, typer.Option(help="The post that uses the account.")] = "",
    unit: Annotated[int | None, typer.Option(help="The unit the role is for; without it, the house.")] = None,
) -> None:
    """Make an account and print its one-time password."""
    typer.echo(actions.add_account(the_store(), OPERATOR, name, title, [Grant(role, unit)]))


@user.command("disable")
def disable(name: Annotated[str, typer.Argument(help="The name of the account.")]) -> None:
    """Close an account: its sessions end and its tokens are refused; what it did stays."""
    store = the_store()
    actions.set_disabled(store, OPERATOR, account_named(store, name), disabled=True)


@user.command("enable")
def enable(name: Annotated[str, typer.Argument(help="The name of the account.")]) -> None:
    """Open a closed account again."""
    store = the_store()
    actions.set_disabled(store, OPERATOR, account_named(store, name), disabled=False)


@user.command("role")
def set_role(
    name: Annotated[str, typer.Argument(help="The name of the account.")],
    role: Annotated[str, typer.Argument(help="The role that replaces those it has.")],
    unit: Annotated[int | None, typer.Option(help="The unit the role is for; without it, the house.")] = None,
) -> None:
    """Give an account another role."""
    store = the_store()
    set_grants(store, OPERATOR, account_named(store, name), [Grant(role, unit)])


@user.command("separate")
def separate_administrators(
    system: Annotated[str, typer.Argument(help="The account that is to run the house.")],
    security: Annotated[str, typer.Argument(help="The account that is to say who may do what.")],
    audit: Annotated[str, typer.Argument(help="The account that is to read the audit.")],
) -> None:
    """Share the administrator's work among three new accounts and print their one-time passwords."""
    names = {"system": system, "security": security, "audit": audit}
    for role, password in separate(the_store(), OPERATOR, names).items():
        typer.echo(f"{role}\t{names[role]}\t{password}")


@user.command("renew")
def renew(name: Annotated[str, typer.Argument(help="The name of the account.")]) -> None:
    """Give an account a new one-time password, end its sessions and tokens, and print the password."""
    store = the_store()
    typer.echo(actions.renew_password(store, OPERATOR, account_named(store, name)))


@user.command("link")
def link(
    name: Annotated[str, typer.Argument(help="The name of the account.")],
    subject: Annotated[str, typer.Argument(help="The provider's identifier (sub) of whoever uses it.")],
) -> None:
    """Link an account to an identity at the provider of single sign-on."""
    from haihe.boards.accounts.signon_actions import link_identity  # noqa: PLC0415  half a second

    store = the_store()
    link_identity(store, OPERATOR, account_named(store, name), subject)


@user.command("unlink")
def unlink(name: Annotated[str, typer.Argument(help="The name of the account.")]) -> None:
    """Take an account's link to the provider of single sign-on away."""
    from haihe.boards.accounts.signon_actions import unlink_identity  # noqa: PLC0415  half a second

    store = the_store()
    unlink_identity(store, OPERATOR, account_named(store, name))


@audit.command("verify")
def verify() -> None:
    """Walk the audit chain; the exit code is 1 when a line was changed or the tail is missing."""
    verdict = actions.audit_verdict(the_store(), OPERATOR)
    if verdict.broken_at is not None:
        raise Conflict(
            N_("The audit chain is broken at line {line}."),
            advice=N_("Keep this database as it is and compare it with the last backup."),
            line=verdict.broken_at,
        )
    if verdict.cut:
        raise Conflict(
            N_(
                "The audit chain ends before the head that was noted outside the database; lines are missing."
            ),
            advice=N_("Keep this database as it is and compare it with the last backup."),
        )
    typer.echo(f"{verdict.count}")
