"""`haihe load`: packs and tables into the registry."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer

from haihe.boards.accounts import OPERATOR
from haihe.boards.registry import actions
from haihe.boards.registry.answers import Outcome, Upload
from haihe.kit.errors import N_, Invalid, NotFound, Reject
from haihe.kit.sheets import sheet
from haihe.kit.words import language_of, say
from haihe.store.opening import the_store


def load(
    file: Annotated[Path | None, typer.Argument(help="A CSV table, UTF-8 or GB18030.")] = None,
    kind: Annotated[
        str | None, typer.Option(help="What its rows are: company, university, agency … or value.")
    ] = None,
    pack: Annotated[str | None, typer.Option(help="A region pack instead: jingjinji or sample.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Store nothing if any row is bad.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as a line of JSON.")] = False,
) -> None:
    """Load a table or a region pack: the good rows, and a file of the bad ones beside the table."""
    if pack and not file:
        outcome = actions.load_pack(the_store(), OPERATOR, pack, lambda _: None)
    elif file and kind:
        upload = Upload(file.name, _content(file), kind)
        outcome = actions.load_file(the_store(), OPERATOR, upload, strict=strict)
    else:
        raise Invalid(
            N_("There is nothing to load."),
            advice=N_(
                "Name a table and its kind, haihe load FILE --kind company, or a pack, --pack jingjinji."
            ),
        )
    outcome = replace(outcome, rejects={name: _told(rows) for name, rows in outcome.rejects.items()})
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


def _told(rejects: Sequence[Reject]) -> tuple[Reject, ...]:
    """Bad rows with their reasons in the language that the locale asks for."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LANG", "")
    language = language_of(locale.split(".")[0])
    return tuple(replace(one, reason=say(one.reason, language)) for one in rejects)


def _print(outcome: Outcome) -> None:
    for name, tally in outcome.counts.items():
        typer.echo(f"{name}\t+{tally.added}\t~{tally.changed}\t={tally.unchanged}")
    for name, rejects in outcome.rejects.items():
        for one in rejects:
            typer.echo(f"{name}:{one.row}\t{one.column}\t{one.value}\t{one.reason}", err=True)


def _sheet(rejects: Mapping[str, tuple[Reject, ...]]) -> bytes:
    rows = ((one.row, one.column, one.value, one.reason) for found in rejects.values() for one in found)
    return sheet(("row", "column", "value", "reason"), rows, "csv")


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise NotFound(
            N_("{file} cannot be read: {reason}."),
            advice=N_("Check the name of the file and the right to read it."),
            file=file,
            reason=error.strerror or str(error),
        ) from error
