"""`haihe office sign …`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from haihe.boards.accounts import OPERATOR
from haihe.boards.office import sign_actions
from haihe.boards.office.dockets import DocketDetail
from haihe.boards.office.prints import file_of
from haihe.kit.errors import N_
from haihe.kit.words import say, terminal_language
from haihe.store.opening import the_store
from haihe.store.session import row_json
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
    found = sign_actions.dockets(the_store(), OPERATOR, terminal_language(os.environ)).others
    for row in found:
        if status in (None, row.status):
            words = f"{row.id}\t{row.status_label}\t{row.title}\t{row.explanation}"
            typer.echo(row_json(row) if as_json else words)


@sign.command("show")
def show(number: Number, as_json: Json = False) -> None:
    """Where a document stands: its steps with who signed, its versions with their codes, its history."""
    found = sign_actions.docket_at(the_store(), OPERATOR, number, terminal_language(os.environ))
    typer.echo(row_json(found) if as_json else _told(found))


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
    language, settings = terminal_language(os.environ), settings_of()
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
