"""What `haihe read` does, but for the plan that it may make: `app/cli.py` declares the command."""

from __future__ import annotations

import json
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import typer

from haihe.boards.accounts import OPERATOR
from haihe.boards.reader import actions
from haihe.boards.reader.actions import ReadOptions
from haihe.boards.reader.documents import Document, records_in
from haihe.boards.reader.records import Reading, row_of
from haihe.kit.errors import N_, NotFound
from haihe.store.opening import Store


def read_file(store: Store, file: Path, dated: date | None = None) -> Document:
    """Read a file and store what it says; raises as `actions.read_document`."""
    return actions.read_document(store, OPERATOR, _content(file), file.name, ReadOptions(dated))


def show(store: Store, document: Document, *, as_json: bool = False, text: bool = False) -> None:
    """Print a document: its canonical text, every record as a line of JSON, or the number of each kind."""
    if text:
        print_text(actions.text_at(store, OPERATOR, document.id))
        return
    if not as_json:
        typer.echo(f"document/{document.id}\t{document.title}\t{document.dated or ''}")
    print_reading(actions.reading_at(store, OPERATOR, document.id), as_json=as_json)


def try_file(
    store: Store, file: Path, dated: date | None = None, *, as_json: bool = False, text: bool = False
) -> None:
    """Print what a file says and store nothing: `--dry-run`."""
    canonical, found = actions.try_document(store, OPERATOR, _content(file), file.name, ReadOptions(dated))
    if text:
        print_text(canonical)
    else:
        print_reading(found, as_json=as_json)


def print_text(text: str) -> None:
    """Print a text and nothing else: the bytes are those of a UTF-8 file."""
    sys.stdout.buffer.write(text.encode())
    sys.stdout.buffer.flush()


def print_reading(found: Reading, *, as_json: bool) -> None:
    """Print every record as a line of JSON, or the number of each kind."""
    rows = [row_of(record) for record in records_in(found)]
    if as_json:
        for row in rows:
            typer.echo(json.dumps(row, ensure_ascii=False))
        return
    for kind, count in Counter(str(row["kind"]) for row in rows).items():
        typer.echo(f"{kind}\t{count}")


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
