"""`haihe office …`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from haihe.boards.accounts import OPERATOR
from haihe.boards.ledger import actions as ledger
from haihe.boards.office import actions
from haihe.boards.office.brief_cli import commands as briefs
from haihe.boards.office.chase_cli import chase
from haihe.boards.office.intake import inbox_of
from haihe.boards.office.mapping_cli import tables
from haihe.boards.office.period_cli import lock
from haihe.boards.office.records import Wanted
from haihe.boards.office.rows import LOCKED, MergeRow, dispatch_row, merge_row
from haihe.boards.office.sign_cli import sign
from haihe.kit.errors import N_
from haihe.kit.words import say, terminal_language
from haihe.store.disk import named
from haihe.store.opening import the_store
from haihe.store.session import row_json

office = typer.Typer(
    help="The monthly cycle: hand out workbooks, collect what comes back, remind.", no_args_is_help=True
)

Name = Annotated[str, typer.Argument(help="The name of the plan.")]
Period = Annotated[str, typer.Option(help="A month, a quarter or a year: 2026-11, 2026Q4, 2026.")]
Json = Annotated[bool, typer.Option("--json", help="Print lines of JSON.")]


@office.command("dispatch")
def dispatch(
    name: Name,
    folder: Annotated[Path, typer.Argument(help="The folder to write the workbooks to.", file_okay=False)],
    period: Period,
    by: Annotated[
        datetime | None,
        typer.Option(help="The day to return by; by itself the period's last workday.", formats=["%Y-%m-%d"]),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be handed out.")] = False,
    as_json: Json = False,
) -> None:
    """Write one workbook for each lead unit, with only its items, and note that it is handed out."""
    language = terminal_language(os.environ)
    order = actions.Order(name, period, by.date() if by else None, language)
    handed = actions.dispatch(the_store(), OPERATOR, order, dry_run=dry_run)
    if not dry_run:
        folder.mkdir(parents=True, exist_ok=True)
        for file, content in handed.files.items():
            (folder / file).write_bytes(content)
    files = dict(zip(handed.files, handed.handouts, strict=True))
    row = dispatch_row(handed.asked, files, handed.orphans, dry_run=dry_run)
    if as_json:
        typer.echo(row_json(row))
        return
    for unit in row.units:
        typer.echo(f"{unit.unit}\t{unit.items}\t{unit.file}")
    for orphan in row.orphans:
        words = N_("Nobody to hand to: {name}, {count} items")
        unnamed = say(N_("without a lead unit"), language)
        typer.echo(say(words, language, name=orphan.name or unnamed, count=len(orphan.nodes)), err=True)


@office.command("collect")
def collect(
    folder: Annotated[
        Path, typer.Argument(help="The folder with what came back.", exists=True, file_okay=False)
    ],
    plan: Annotated[str | None, typer.Option(help="Only returns of this plan.")] = None,
    period: Annotated[str | None, typer.Option(help="Only returns for this period.")] = None,
    take: Annotated[
        list[str] | None, typer.Option(help="A file whose rows count where returns conflict.")
    ] = None,
    reason: Annotated[
        str, typer.Option(help="Why a locked period is corrected; it takes nothing without one.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Apply without asking.")] = False,
    as_json: Json = False,
) -> None:
    """Show what returned workbooks would change, and report it on confirmation."""
    store, language = the_store(), terminal_language(os.environ)
    inbox = inbox_of(_files(folder))
    number = ledger.plan_at(store, OPERATOR, plan).id if plan else None
    wanted = Wanted(number, period, files=frozenset(take or ()), reason=reason)
    found = actions.preview(store, OPERATOR, inbox, wanted)
    applied = False
    if not as_json:
        _show(merge_row(found, language))
    if found.reports and not dry_run:
        asked = N_("Correct {count} items?") if found.locked else N_("Report on {count} items?")
        question = say(asked, language, count=len(found.reports))
        if yes or typer.confirm(question, err=True):
            found = actions.collect(store, OPERATOR, inbox, wanted, found.digest)
            applied = True
    if as_json:
        typer.echo(row_json(merge_row(found, language, applied=applied)))
    elif applied:
        typer.echo(say(N_("{count} items are reported on."), language, count=len(found.reports)), err=True)


def _show(row: MergeRow) -> None:
    language = terminal_language(os.environ)
    for one in row.differences:
        typer.echo(
            "\t".join((one.outcome, one.unit, one.title, one.column, one.was, one.becomes, one.reason))
        )
    for file in row.files:
        if file.outcome != "read":
            typer.echo(f"{file.name}: {file.reason} {file.advice}".strip(), err=True)
    words = N_(
        "{files} files; {reports} items to be reported on, {conflicts} cells to be chosen, {rejects} not "
        "taken, {unchanged} rows known already."
    )
    facts = {"files": len(row.files), "reports": row.reports, "unchanged": row.unchanged}
    cells = {"conflicts": row.outcomes["conflict"], "rejects": row.outcomes["reject"]}
    typer.echo(say(words, language, **facts, **cells), err=True)
    if row.locked:
        typer.echo(say(LOCKED, language, period=row.period), err=True)
    if row.missing:
        names = "、".join(row.missing)
        words = N_("{count} units have not returned: {names}")
        typer.echo(say(words, language, count=len(row.missing), names=names), err=True)


for part in (tables, briefs, chase):
    office.add_typer(part)
office.add_typer(sign, name="sign")
office.command("lock")(lock)


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of a folder and the folders in it, but for what systems and editors leave there."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith((".", "~$")):
            with named(path):
                content = path.read_bytes()
            yield str(path.relative_to(folder)), content
