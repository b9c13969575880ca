"""`haihe account …` and `haihe audit verify`."""

from __future__ import annotations

from typing import Annotated

import typer

from haihe.boards.accounts import actions
from haihe.boards.accounts.permissions import table
from haihe.boards.accounts.records import OPERATOR, Grant
from haihe.kit.errors import N_, Conflict, Invalid, NotFound
from haihe.store.opening import the_store

account = typer.Typer(help="Make accounts and renew their passwords.", no_args_is_help=True)
audit = typer.Typer(help="The chain that says who did what.", no_args_is_help=True)


@account.command("list")
def list_accounts() -> None:
    """List every account and its roles."""
    for one in actions.accounts(the_store(), OPERATOR):
        roles = ", ".join(grant.role for grant in one.grants)
        typer.echo(f"{one.id}\t{one.name}\t{one.title}\t{roles}")


@account.command("add")
def add(
    name: Annotated[str, typer.Argument(help="The name to sign in with.")],
    role: Annotated[
        str, typer.Option(help="viewer, reporter, lead, supervisor, steward or admin.")
    ] = "viewer",
    title: Annotated[str, typer.Option(help="The post that uses the account.")] = "",
    unit: Annotated[int | None, typer.Option(help="The unit the role is for; without it, the house.")] = None,
) -> None:
    """Make an account and print its one-time password."""
    known = {held for roles in table().values() for held in roles} - {"public"}
    if role not in known:
        raise Invalid(
            N_("There is no role {role}."),
            advice=N_("Choose one of {known}."),
            role=role,
            known=", ".join(sorted(known)),
        )
    typer.echo(actions.add_account(the_store(), OPERATOR, name, title, [Grant(role, unit)]))


@account.command("renew")
def renew(name: Annotated[str, typer.Argument(help="The name of the account.")]) -> None:
    """Give an account a new one-time password and print it."""
    store = the_store()
    found = [one.id for one in actions.accounts(store, OPERATOR) if one.name == name]
    if not found:
        raise NotFound(
            N_("There is no account {account}."), advice=N_("Look at the list of accounts."), account=name
        )
    typer.echo(actions.renew_password(store, OPERATOR, found[0]))


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
