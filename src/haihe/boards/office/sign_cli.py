"""`haihe office sign …`."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from haihe.boards.accounts import OPERATOR
from haihe.boards.office import sign_actions
from haihe.boards.office.dockets import DocketDetail
from haihe.boards.office.prints import file_of
from haihe.kit.errors import N_
from haihe.kit.words import language_of, say
from haihe.store.opening import the_store
from haihe.store.settings import settings_of

sign = typer.Typer(help="What is put up for signature: list, show, print the sheet.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(help="Its number, as the list says.")]
Json = Annotated[bool, typer.Option("--json", help="Print lines of JSON.")]


@sign.command("list")
def list_dockets(
    status: Annotated[
        str | None, typer.Option(help="Only these: draft, waiting, returned, withdrawn or signed.")
    ] = None,
    as_json: Json = False,
) -> None:
    """What is put up for signature, the newest first, and where each stands."""
    found = sign_actions.dockets(the_store(), OPERATOR, _language()).others
    for row in found:
        if status in (None, row.status):
            words = f"{row.id}\t{row.status_label}\t{row.title}\t{row.explanation}"
            typer.echo(_line(row) if as_json else words)


@sign.command("show")
def show(number: Number, as_json: Json = False) -> None:
    """Where a document stands: its steps with who signed, its versions with their codes, its history."""
    found = sign_actions.docket_at(the_store(), OPERATOR, number, _language())
    typer.echo(_line(found) if as_json else _told(found))


def _told(found: DocketDetail) -> str:
    lines = [found.docket.title, found.docket.explanation, found.warning]
    marks = {"done": "✓", "now": "▶", "next": "○"}
    for step in found.steps:
        signed = f"{step.approval.name} {step.approval.at:%Y-%m-%d %H:%M}" if step.approval else step.holder
        lines.append(f"{marks[step.state]} {step.label}\t{step.post}\t{signed}")
    lines += [f"{one.number}\t{one.code}\t{one.name}\t{len(one.scans)}" for one in found.versions]
    for one in found.acts:
        lines.append(f"{one.at:%Y-%m-%d %H:%M}\t{one.post}\t{one.name}\t{one.label}\t{one.note}")
    return "\n".join(filter(None, lines))


@sign.command("sheet")
def sheet(
    number: Number,
    out: Annotated[Path, typer.Option(help="The file to write: .html or .docx.", dir_okay=False)],
    version: Annotated[int | None, typer.Option(help="A version; by default the newest.")] = None,
    site: Annotated[str | None, typer.Option(help="The address that the QR code leads to.")] = None,
    as_json: Json = False,
) -> None:
    """Write the sheet of a version for print, with a QR code that leads back to it."""
    language, settings = _language(), settings_of()
    address = site or f"http://{settings.host}:{settings.port}"
    paper = sign_actions.sheet(the_store(), OPERATOR, (number, version), language, address)
    out.write_bytes(file_of(paper, "docx" if out.suffix.lower() == ".docx" else "html"))
    assert paper.mark
    if as_json:
        typer.echo(
            json.dumps({"docket": number, "code": paper.mark.words, "file": str(out)}, ensure_ascii=False)
        )
    else:
        typer.echo(
            say(N_("Written: {file}, code {code}"), language, file=out, code=paper.mark.words), err=True
        )


def _language() -> str:
    """The language that the locale asks for."""
    locale = (os.environ.get("LC_ALL") or os.environ.get("LANG", "")).split(".")[0]
    return language_of("" if locale in {"C", "POSIX"} else locale)


def _line(row: Any) -> str:
    return json.dumps(asdict(row), ensure_ascii=False, default=_plain)


def _plain(value: object) -> str:
    assert isinstance(value, date)
    return value.isoformat()
