"""What `haihe read` does, but for the plan that it may make: `app/cli.py` declares the command."""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import numpy as np
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import select

from haihe.boards.accounts import OPERATOR
from haihe.boards.reader import actions
from haihe.boards.reader.annotations import fact_row, facts_file, form_of
from haihe.boards.reader.documents import Document, Draft, ReadOptions, Sought, facts_in, records_in
from haihe.boards.reader.intake import ENDINGS, gazetteer
from haihe.boards.reader.places import Gazetteer
from haihe.boards.reader.reading import reading_of
from haihe.boards.reader.records import Reading, row_of
from haihe.boards.reader.scorecard import score_lines
from haihe.boards.reader.scoring import RESAMPLES, Labelled, labels_of, score_of
from haihe.boards.reader.tables import DOCUMENT
from haihe.kit.errors import N_, HaiheError, Invalid, NotFound
from haihe.kit.limits import TABLE_ROWS_MAX, UPLOAD_BYTES_MAX
from haihe.kit.sheets import sheet
from haihe.store.disk import disk, named, whole
from haihe.store.opening import Store
from haihe.store.processes import answers
from haihe.store.session import reading

SEED = 20230601
"""The seed of the draws behind the intervals of a score."""

_LABELS_END = ".gold.json"
_REJECTS_END = ".rejects.csv"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file of a folder: its document and facts, or why it was rejected.

    `state` is known where its content is stored already; nothing is read anew then, and `facts` is None.
    `document` is None where nothing is stored.
    """

    file: str
    state: Literal["read", "known", "rejected"]
    document: int | None = None
    facts: int | None = None
    error: HaiheError | None = None


def read_file(store: Store, file: Path, dated: date | None = None) -> Document:
    """Read a file and store what it says; raises as `actions.read_document`."""
    return actions.read_document(store, OPERATOR, content_of(file), file.name, ReadOptions(dated))


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
    canonical, found = actions.try_document(store, OPERATOR, content_of(file), file.name, ReadOptions(dated))
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


def content_of(file: Path) -> bytes:
    """The bytes of a file; raises NotFound where it cannot be read, and Invalid where it is too long."""
    with named(file):
        size = file.stat().st_size
        if size > UPLOAD_BYTES_MAX:
            raise Invalid(
                N_("{name} has {size} bytes; a text may have {limit}."),
                advice=N_("Split it into smaller files and read each."),
                name=file.name,
                size=size,
                limit=UPLOAD_BYTES_MAX,
            )
        return file.read_bytes()


# Facts as a file


def write_facts(store: Store, out: Path, document: Document) -> None:
    """Write the facts of a stored document, as they were decided; raises as `form_of` and `write`."""
    facts = actions.facts_of(store, OPERATOR, document.id, Sought(limit=TABLE_ROWS_MAX)).rows
    text = actions.text_at(store, OPERATOR, document.id)
    rows = [fact_row(fact) for fact in facts]
    write(out, facts_file(form_of(out.name), text, rows, document.url, document.title))


def try_facts(store: Store, file: Path, out: Path, dated: date | None = None) -> None:
    """Write the facts of a file and store nothing; raises as `try_file`, `form_of` and `write`."""
    text, found = actions.try_document(store, OPERATOR, content_of(file), file.name, ReadOptions(dated))
    write(out, facts_file(form_of(out.name), text, [row_of(fact) for fact in facts_in(found)]))


def write(file: Path, content: bytes) -> None:
    """Write a file, whole or not at all; raises as `haihe.store.disk.disk`."""
    with disk(file), whole(file, 0o644) as opened:
        opened.write(content)


# A score


def print_score(store: Store, labels: Path, texts: Path, *, as_json: bool) -> None:
    """Print how well what is read agrees with labels, and store nothing.

    `labels` is a file NAME.gold.json, or a folder with such files at any depth; `texts` is the text, or the
    folder in which each text NAME lies as its labels do in theirs. Raises NotFound without a text or labels,
    and Invalid where labels are of another text.
    """
    score = score_of([_labelled(store, *pair) for pair in _pairs(labels, texts)], np.random.default_rng(SEED))
    if as_json:
        typer.echo(json.dumps({**asdict(score), "resamples": RESAMPLES, "seed": SEED}, ensure_ascii=False))
        return
    for line in score_lines(score):
        typer.echo(line)


def _pairs(labels: Path, texts: Path) -> list[tuple[Path, Path]]:
    """Each file of labels and its text."""
    if labels.is_file() and texts.is_file():
        return [(labels, texts)]
    files = sorted(labels.rglob(f"*{_LABELS_END}")) if labels.is_dir() else [labels]
    pairs = []
    for file in files:
        place = texts / (file.relative_to(labels).parent if labels.is_dir() else "")
        stem = file.name.removesuffix(_LABELS_END)
        beside = [place / f"{stem}{ending}" for ending in ENDINGS if (place / f"{stem}{ending}").is_file()]
        if not beside:
            raise NotFound(
                N_("There is no text {name} for the labels {file}."),
                advice=N_("Name the folder in which each text lies as its labels do in theirs."),
                name=place / stem,
                file=file,
            )
        pairs.append((file, beside[0]))
    if not pairs:
        raise NotFound(
            N_("There are no labels in {folder}."),
            advice=N_(
                "Labels are files NAME.gold.json; docs/formats/reader-labels.schema.json has their form."
            ),
            folder=labels,
        )
    return pairs


def _labelled(store: Store, labels: Path, file: Path) -> Labelled:
    text, found = actions.try_document(store, OPERATOR, content_of(file), file.name)
    rows = [row_of(record) for record in facts_in(found)]
    return Labelled(
        labels.name.removesuffix(_LABELS_END), text, rows, labels_of(content_of(labels), labels.name, text)
    )


# A folder


def read_folder(
    store: Store, folder: Path, dated: date | None, processes: int, *, keep: bool = True
) -> Generator[Outcome]:
    """Read the files of a folder in several processes and store each document, in the order of their names.

    What is stored already by its content is not read again. A file that cannot be read is rejected and the
    next one comes. Whoever closes the iterator ends the processes; what was stored until then is whole.
    """
    files, options = files_of(folder), ReadOptions(dated)
    desk = _Desk(gazetteer(store), _known(store, options), options)
    with _progress(len(files)) as step, closing(answers(_read, desk, files, processes)) as found_in:
        for file, found in found_in:
            name = file.relative_to(folder).as_posix()
            if isinstance(found, HaiheError):
                yield Outcome(name, "rejected", error=found)
            elif isinstance(found, int):
                yield Outcome(name, "known", found)
            elif keep:
                yield _kept(store, name, *found)
            else:
                yield Outcome(name, "read", facts=len(facts_in(found[1])))
            step(name)


def outcome_line(outcome: Outcome, reason: str | None) -> str:
    """An outcome as a line of JSON, its error as a reason in the words of whoever asked."""
    names = ("file", "state", "document", "facts")
    told = {**{name: getattr(outcome, name) for name in names}, "error": reason}
    return json.dumps(told, ensure_ascii=False)


def files_of(folder: Path) -> list[Path]:
    """The files of a folder at any depth whose form is read, in the order of their names.

    Hidden ones, the locks of office programs (~$) and lists of rejects are left out.
    """
    files = (file for file in folder.rglob("*") if file.suffix.lower() in ENDINGS and file.is_file())
    aside = {file for file in folder.rglob("*") if file.name.startswith((".", "~$"))}
    aside |= {*folder.rglob(f"*{_REJECTS_END}")}
    return sorted(file for file in files if aside.isdisjoint({file, *file.parents}))


def write_rejects(folder: Path, rejects: Mapping[str, str]) -> Path | None:
    """Write beside a folder why files of it were rejected, FOLDER.rejects.csv; an older list goes."""
    beside = folder.resolve().with_name(f"{folder.resolve().name}{_REJECTS_END}")
    if not rejects:
        beside.unlink(missing_ok=True)
        return None
    write(beside, sheet(("file", "reason"), rejects.items(), "csv"))
    return beside


def _kept(store: Store, name: str, draft: Draft, found: Reading) -> Outcome:
    try:
        document = actions.keep_reading(store, OPERATOR, draft, found)
    except HaiheError as error:
        return Outcome(name, "rejected", error=error)
    return Outcome(name, "read", document.id, document.facts)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[str], None]]:
    """A bar on the error stream where that is a terminal; what is called steps on and names a file."""
    console = Console(stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    bar = Progress(*columns, console=console, disable=not console.is_terminal, redirect_stdout=False)
    with bar:
        task = bar.add_task("", total=total)
        yield lambda name: bar.update(task, advance=1, description=name)


def _known(store: Store, options: ReadOptions) -> dict[str, int]:
    """The documents that need not be read again, by the SHA-256 of the file that they came in."""
    columns = (DOCUMENT.c.file_sha256, DOCUMENT.c.id, DOCUMENT.c.dated)
    with reading(store.engine) as connection:
        rows = connection.execute(select(*columns)).all()
    return {sha256: number for sha256, number, day in rows if options.dated in (None, day)}


@dataclass(frozen=True, slots=True)
class _Desk:
    """What reads files: the places, the documents by their files, the options."""

    places: Gazetteer
    known: Mapping[str, int]
    options: ReadOptions


def _read(desk: _Desk, file: Path) -> tuple[Draft, Reading] | int:
    """What a file says, or the document that it is already; raises as `content_of` and `draft_of`."""
    content = content_of(file)
    known = desk.known.get(hashlib.sha256(content).hexdigest())
    if known is not None:
        return known
    draft = actions.draft_of(content, file.name, desk.options)
    return draft, reading_of(draft.text, dated=draft.options.dated, gazetteer=desk.places)
