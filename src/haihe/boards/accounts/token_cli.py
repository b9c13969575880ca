"""`haihe user token …`: API tokens."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from haihe.boards.accounts import actions, token_actions
from haihe.boards.accounts.records import OPERATOR
from haihe.boards.accounts.tokens import DAYS, Wish
from haihe.store.opening import Store, the_store
from haihe.store.session import as_json

token = typer.Typer(help="Make, list and revoke API tokens.", no_args_is_help=True)


@token.command("add")
def add(
    account: Annotated[str, typer.Argument(help="The name of the account that the token acts as.")],
    name: Annotated[str, typer.Argument(help="What the token is for.")],
    action: Annotated[
        list[str], typer.Option(help="An action of the permission table; may be given more than once.")
    ],
    days: Annotated[int, typer.Option(help="How many days it lasts.")] = DAYS,
) -> None:
    """Make a token and print it, for the only time."""
    store = the_store()
    wish = Wish(name, tuple(action), days)
    typer.echo(token_actions.add_token(store, OPERATOR, account_named(store, account), wish))


@token.command("list")
def list_tokens(
    as_json_: Annotated[bool, typer.Option("--json", help="Print each token as a line of JSON.")] = False,
) -> None:
    """List every token: number, account, name, actions, end, last use, and when it was revoked."""
    for one in token_actions.tokens(the_store(), OPERATOR):
        if as_json_:
            typer.echo(as_json(asdict(one)))
            continue
        times = [moment.strftime("%Y-%m-%d") if moment else "" for moment in (one.ends_at, one.last_used_at)]
        ended = one.revoked_at.strftime("%Y-%m-%d") if one.revoked_at else ""
        typer.echo("\t".join([str(one.id), one.account, one.name, ",".join(one.actions), *times, ended]))


@token.command("revoke")
def revoke(number: Annotated[int, typer.Argument(help="The number of the token.")]) -> None:
    """End a token at once."""
    token_actions.revoke_token(the_store(), OPERATOR, number)


def account_named(store: Store, name: str) -> int:
    """The number of the account with a name; raises NotFound."""
    found = [one.id for one in actions.accounts(store, OPERATOR) if one.name == name]
    if not found:
        raise actions.no_account(name)
    return found[0]
