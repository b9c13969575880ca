"""`haihe registry events`: a file of events of cooperation into the registry."""

from __future__ import annotations

import os
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from haihe.boards.accounts import OPERATOR
from haihe.boards.registry.rejects import COLUMNS, cells_of, told_by_file
from haihe.kit.sheets import sheet
from haihe.kit.words import say, terminal_language
from haihe.store.disk import named
from haihe.store.opening import opened
from haihe.store.session import row_json
from haihe.store.settings import settings_of


def events(
    file: Annotated[
        Path, typer.Argument(help="CSV, xlsx or JSON lines with date, title, parties …", dir_okay=False)
    ],
    strict: Annotated[bool, typer.Option("--strict", help="Store nothing if any row is bad.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be stored.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as a line of JSON.")] = False,
) -> None:
    """Load events of cooperation: the good rows, and a file of the bad ones beside the file."""
    from haihe.boards.registry.event_actions import (  # noqa: PLC0415  names take a second to import
        LOADED,
        File,
        load_events,
    )

    with named(file):
        content = file.read_bytes()
    with opened(settings_of(), _silent) as store:
        done = load_events(store, OPERATOR, File(file.name, content, strict=strict, dry=dry_run))
    language = terminal_language(os.environ)
    told = told_by_file(done.rejects, language)
    if as_json:
        typer.echo(row_json(replace(done, rejects=told)))
    else:
        typer.echo(say(LOADED, language, file=file.name, **done.counts))
    if told:
        rows = cells_of(chain.from_iterable(told.values()))
        beside = file.with_name(f"{file.stem}.rejects.csv")
        beside.write_bytes(sheet(COLUMNS, rows, "csv"))
        typer.echo(str(beside), err=True)
        if not (done.events.moved or done.events.unchanged):
            raise typer.Exit(1)


def _silent(template: str, /, **facts: object) -> None:
    """Opening says nothing, so that what the command answers stands alone."""
