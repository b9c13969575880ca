"""`haihe plan …`."""

from __future__ import annotations

from dataclasses import astuple, fields
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Annotated, Literal

import typer

from haihe.boards.accounts import OPERATOR
from haihe.boards.ledger import actions, sample
from haihe.boards.ledger.changes import Book
from haihe.boards.ledger.guide import page_of
from haihe.boards.ledger.interchange_cli import content_of
from haihe.boards.ledger.kinds import kinds
from haihe.boards.ledger.lines import is_simulated
from haihe.boards.ledger.rows import NodeRow, cells_of, place_of, reason_of, row_of, taken_of
from haihe.boards.ledger.template import SIMULATED, book_of
from haihe.kit.errors import Reject
from haihe.kit.limits import TABLE_ROWS_MAX
from haihe.kit.sheets import sheet
from haihe.kit.words import DEFAULT, say
from haihe.store.opening import the_store
from haihe.store.session import row_json

plan = typer.Typer(
    help="Plans and other registers: what was promised, by whom, by when, and how it stands.",
    no_args_is_help=True,
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
            typer.echo(row_json(each))
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
            typer.echo(row_json(row_of(standing, DEFAULT)))
        else:
            reason = reason_of(standing.light, DEFAULT)
            typer.echo(f"{place_of(node)}\t{node.kind}\t{node.title}\t{standing.light.state}\t{reason}")


@plan.command("export")
def export(
    name: Name,
    file: Annotated[Path, typer.Argument(help="The file to write.", dir_okay=False)],
    form: Annotated[
        Literal["csv", "xlsx", "json", "oc4ids"],
        typer.Option(
            "--format",
            help="xlsx is a workbook that import takes, csv a table with lights, json the whole tree, "
            "oc4ids its projects.",
        ),
    ] = "xlsx",
    review: Review = False,
    on: Day = None,
) -> None:
    """Write a plan or another register to a file."""
    if form == "json" or form == "oc4ids":
        file.write_bytes(content_of(name, form))
        return
    store, day = the_store(), on.date() if on else actions.today()
    found = actions.plan_at(store, OPERATOR, name)
    if form == "xlsx":
        file.write_bytes(actions.workbook_of(store, OPERATOR, found.id, DEFAULT))
        return
    standings = actions.tree_of(store, OPERATOR, found.id, day, review=review)
    rows = (cells_of(row_of(standing, DEFAULT)) for standing in standings)
    file.write_bytes(sheet([field.name for field in fields(NodeRow)], rows, form))


@plan.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="The workbook.", exists=True, dir_okay=False)],
    name: Annotated[str, typer.Option(help="The register, begun where there is none of this name.")],
    kind: Annotated[str, typer.Option(help="Its kind, one of those that haihe kinds lists.")] = "plan",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, change nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as a line of JSON.")] = False,
) -> None:
    """Bring a workbook into a register: the good lines, and a file of the bad cells beside it."""
    content = file.read_bytes()
    book = Book(content, kind, "sample" if is_simulated(content) else "ours")
    taken = taken_of(actions.import_book(the_store(), OPERATOR, name, book, dry_run=dry_run), DEFAULT)
    if as_json:
        typer.echo(row_json(taken))
    else:
        typer.echo("\t".join(f"{effect} {count}" for effect, count in taken.counts.items()))
        for change in taken.changes if dry_run else ():
            typer.echo(f"{change.number}\t{change.title}\t{change.effect}\t{'; '.join(change.differences)}")
    if taken.rejects:
        beside = file.with_name(f"{file.stem}.rejects.csv")
        columns = [field.name for field in fields(Reject)]
        beside.write_bytes(sheet(columns, ([*astuple(one)] for one in taken.rejects), "csv"))
        typer.echo(str(beside), err=True)
        raise typer.Exit(1)


@plan.command("sample")
def write_sample(
    file: Annotated[Path, typer.Argument(help="The workbook to write.", dir_okay=False)],
    seed: Annotated[int, typer.Option(help="The same seed writes the same plan.")] = 1,
) -> None:
    """Write a simulated plan of full size as a workbook: 7 aspects, 25 tasks, 98 projects, 1,239 items."""
    lines = sample.lines(Random(seed), actions.today().year)  # noqa: S311  nothing here is secret
    stamp = say(SIMULATED, DEFAULT)
    file.write_bytes(book_of(kinds()["plan"], sample.words()["name"], lines, DEFAULT, stamp))


def list_kinds(
    as_json: Json = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the page of all kinds.")] = False,
) -> None:
    """List the kinds of register that can be begun, and what each is for."""
    if markdown:
        typer.echo(page_of(kinds().values()), nl=False)
        return
    for kind in actions.offered().values():
        if as_json:
            typer.echo(row_json(kind))
        else:
            typer.echo(f"{kind.name}\t{kind.label[DEFAULT]}\t{kind.gist[DEFAULT]}")
