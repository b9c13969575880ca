"""`haihe load` and `haihe registry`: packs and tables into the registry, names of tables resolved."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, replace
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from haihe.boards.accounts import OPERATOR
from haihe.boards.registry import load_actions
from haihe.boards.registry.answers import Outcome, Upload
from haihe.boards.registry.event_cli import events
from haihe.boards.registry.rejects import COLUMNS, cells_of, told_by_file
from haihe.kit.errors import N_, Invalid, Reject
from haihe.kit.limits import TABLE_BYTES_MAX
from haihe.kit.sheets import SheetFormat, sheet
from haihe.kit.text import check_size
from haihe.kit.words import say, terminal_language
from haihe.store.disk import named
from haihe.store.opening import opened, the_store
from haihe.store.session import reading
from haihe.store.settings import settings_of


def load(
    file: Annotated[Path | None, typer.Argument(help="A CSV or xlsx table.")] = None,
    kind: Annotated[
        str | None, typer.Option(help="What its rows are: company, university, agency … or value.")
    ] = None,
    pack: Annotated[str | None, typer.Option(help="A region pack instead: jingjinji or sample.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Store nothing if any row is bad.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as a line of JSON.")] = False,
) -> None:
    """Load a table or a region pack: the good rows, and a file of the bad ones beside the table."""
    if pack and not file:
        outcome = load_actions.load_pack(the_store(), OPERATOR, pack, lambda _: None)
    elif file and kind:
        upload = Upload(file.name, _content(file), kind)
        outcome = load_actions.load_file(the_store(), OPERATOR, upload, strict=strict)
    else:
        raise Invalid(
            N_("There is nothing to load."),
            advice=N_(
                "Name a table and its kind, haihe load FILE --kind company, or a pack, --pack jingjinji."
            ),
        )
    outcome = replace(outcome, rejects=told_by_file(outcome.rejects, terminal_language(os.environ)))
    if as_json:
        typer.echo(json.dumps(asdict(outcome), ensure_ascii=False))
    else:
        _print(outcome)
    if file and outcome.rejects:
        beside = file.with_name(f"{file.stem}.rejects.csv")
        beside.write_bytes(_sheet(outcome.rejects))
        typer.echo(str(beside), err=True)
    if outcome.rejects and not any(tally.moved or tally.unchanged for tally in outcome.counts.values()):
        raise typer.Exit(1)


def _print(outcome: Outcome) -> None:
    for name, tally in outcome.counts.items():
        typer.echo(f"{name}\t+{tally.added}\t~{tally.changed}\t={tally.unchanged}")
    for name, rejects in outcome.rejects.items():
        for one in rejects:
            typer.echo(f"{name}:{one.row}\t{one.column}\t{one.value}\t{one.reason}", err=True)


def _sheet(rejects: Mapping[str, tuple[Reject, ...]]) -> bytes:
    return sheet(COLUMNS, cells_of(chain.from_iterable(rejects.values())), "csv")


def _content(file: Path) -> bytes:
    with named(file):
        check_size(file.stat().st_size, file.name, TABLE_BYTES_MAX)
        return file.read_bytes()


registry = typer.Typer(help="The registry of organisations.", no_args_is_help=True)


registry.command("events")(events)


@registry.command("resolve")
def resolve(
    file: Annotated[Path, typer.Argument(help="A CSV or xlsx table with a column name.", dir_okay=False)],
    out: Annotated[Path, typer.Option(help="The table to write, CSV or xlsx.", dir_okay=False)],
    itself: Annotated[
        bool, typer.Option("--self", help="Group the rows of the table among themselves, without a database.")
    ] = False,
) -> None:
    """Add to each row of a table which organisation its name means, how sure that is, and why.

    Columns that help: region_context (an adcode or the name of a place), identifier, address.
    """
    from haihe.boards.registry.mentions import ADDED  # noqa: PLC0415  names take a second to import
    from haihe.boards.registry.resolution_actions import (  # noqa: PLC0415
        lines,
        registered,
        resolution_of,
        shipped,
    )

    content = _content(file)
    if itself:
        beside = shipped()
    else:
        with opened(settings_of(), _silent) as store, reading(store.engine) as connection:
            beside = registered(connection)
    found = resolution_of(content, file.name, beside)
    form: SheetFormat = "xlsx" if out.suffix.casefold() == ".xlsx" else "csv"
    rows = lines(found.rows, terminal_language(os.environ))
    out.write_bytes(sheet((*found.columns, *ADDED), rows, form))
    if found.rejects:
        rejects = out.with_name(f"{out.stem}.rejects.csv")
        rejects.write_bytes(_sheet(told_by_file({file.name: found.rejects}, terminal_language(os.environ))))
        typer.echo(str(rejects), err=True)


def _in_words(template: str) -> str:
    return say(template, terminal_language(os.environ))


def _silent(template: str, /, **facts: object) -> None:
    """Opening says nothing, so that what a command answers stands alone."""
