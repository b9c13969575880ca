"""`haihe plan …`."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from haihe.boards.accounts import OPERATOR
from haihe.boards.ledger import actions
from haihe.boards.ledger.records import Plan
from haihe.boards.ledger.rows import NodeRow, cells_of, place_of, reason_of, row_of
from haihe.kit.limits import TABLE_ROWS_MAX
from haihe.kit.sheets import sheet
from haihe.kit.words import DEFAULT
from haihe.store.opening import the_store

plan = typer.Typer(
    help="Plans: what was promised, by whom, by when, and how it stands.", no_args_is_help=True
)

Name = Annotated[str, typer.Argument(help="The name of the plan.")]
Json = Annotated[bool, typer.Option("--json", help="Print a line of JSON for each.")]
Review = Annotated[bool, typer.Option("--review", help="With drafts and rejected nodes.")]
Day = Annotated[datetime | None, typer.Option(help="The day that the lights are of.", formats=["%Y-%m-%d"])]


@plan.command("list")
def list_plans(as_json: Json = False) -> None:
    """List every plan, the newest first."""
    for each in actions.plans(the_store(), OPERATOR, None, TABLE_ROWS_MAX).rows:
        if as_json:
            typer.echo(_line({field.name: getattr(each, field.name) for field in fields(Plan)}))
        else:
            typer.echo(f"{each.id}\t{each.name}\t{each.accepted}\t{each.drafts}")


@plan.command("show")
def show(name: Name, as_json: Json = False, review: Review = False, on: Day = None) -> None:
    """Print a plan: every node with its light and the reason."""
    store, day = the_store(), on.date() if on else actions.today()
    found = actions.plan_at(store, OPERATOR, name)
    for standing in actions.tree_of(store, OPERATOR, found.id, day, review=review):
        node = standing.node
        if as_json:
            typer.echo(_line(asdict(row_of(standing, DEFAULT))))
        else:
            reason = reason_of(standing.light, DEFAULT)
            typer.echo(f"{place_of(node)}\t{node.kind}\t{node.title}\t{standing.light.state}\t{reason}")


@plan.command("export")
def export(
    name: Name,
    file: Annotated[Path, typer.Argument(help="The file to write.", dir_okay=False)],
    form: Annotated[Literal["csv", "xlsx"], typer.Option("--format", help="The kind of file.")] = "xlsx",
    review: Review = False,
    on: Day = None,
) -> None:
    """Write the nodes of a plan to a file."""
    store, day = the_store(), on.date() if on else actions.today()
    found = actions.plan_at(store, OPERATOR, name)
    standings = actions.tree_of(store, OPERATOR, found.id, day, review=review)
    rows = (cells_of(row_of(standing, DEFAULT)) for standing in standings)
    file.write_bytes(sheet([field.name for field in fields(NodeRow)], rows, form))


def _line(row: dict[str, object]) -> str:
    return json.dumps(row, ensure_ascii=False, default=_plain)


def _plain(value: object) -> str:
    assert isinstance(value, date)
    return value.isoformat()
