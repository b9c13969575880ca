"""Files of events: CSV, xlsx or JSON lines, a row an event; a bad row is a reject."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from haihe.boards.registry.events import Event, Party, day_in, headings, kinds_in, parties_in
from haihe.boards.registry.grids import csv_rows, is_workbook, limited, sheet_rows
from haihe.boards.registry.humans import A_PERSON, is_human
from haihe.boards.registry.intake import NO_PLACE, TWICE
from haihe.boards.registry.kinds import NOT_ITS_FORM, REQUIRED
from haihe.boards.registry.places import PlaceIndex
from haihe.boards.registry.records import Loaded
from haihe.boards.registry.rows import NO_TIER
from haihe.kit.errors import N_, Invalid, Reject
from haihe.kit.limits import NAME_CHARACTERS_MAX
from haihe.kit.source import TIERS, Source, Tier
from haihe.kit.text import decoded, sha256_of

NO_OBJECT = N_("The line is not an object of JSON.")
TOO_LONG = N_("A name or a number of an event has at most 200 characters.")
UNFIT = N_("This has characters that no text has.")
ENDINGS = (".csv", ".xlsx", ".jsonl")

_REQUIRED = ("date", "title")
_PARTED = re.compile(r"[;；\n]")
_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_ADDRESS = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file: its number, its cells by the columns that are known, and the row as written."""

    number: int
    cells: Mapping[str, str]
    written: str

    def reject(self, column: str, reason: str) -> Reject:
        """This row as a bad one."""
        return Reject(self.number, column, self.cells.get(column, ""), reason)


def events_of(content: bytes, name: str, places: PlaceIndex) -> Loaded[Event]:
    """The events of a file, by columns as `params/cooperation.yaml` lists them; others stay in the source.

    `parties` and `places` (adcodes or names) hold several by ;. A key that a row above has is a reject.
    Raises Invalid for a file that cannot be read, is too long, or lacks a column `date` or `title`.
    """
    sha256, rows, rejects = _rows(content, name)
    found: dict[str, Event] = {}
    for row in rows:
        faults = [row.reject(column, reason) for column, reason in _faults(row, places)]
        if not faults:
            event = _event(row, sha256, places)
            if event.key not in found:
                found[event.key] = event
                continue
            faults = [row.reject("id" if row.cells.get("id") else "title", TWICE)]
        rejects.extend(faults)
    return Loaded(tuple(found.values()), tuple(sorted(rejects, key=lambda reject: reject.row)))


def _rows(content: bytes, name: str) -> tuple[str, list[Row], list[Reject]]:
    """The SHA-256 of a file, its rows, and those that are none."""
    if is_workbook(name):
        table = ([_text(value) for value in row] for row in sheet_rows(content, name))
        cells = list(limited(table, name))
        return sha256_of(repr(cells)), *_tabled(cells, name)
    text = decoded(content, name).removeprefix("\ufeff")
    if name.casefold().endswith((".jsonl", ".json")):
        return sha256_of(text), *_objects(limited(text.splitlines(), name), name)
    return sha256_of(text), *_tabled(list(csv_rows(text, name)), name)


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    return "" if value is None else str(value).strip()


def _tabled(table: Sequence[Sequence[str]], name: str) -> tuple[list[Row], list[Reject]]:
    """The rows under a header."""
    columns = [headings().get(cell.strip(), "") for cell in (table[0] if table else ())]
    _check(columns, name)
    rows = [
        Row(number, _known(zip(columns, cells, strict=False)), ",".join(cells))
        for number, cells in enumerate(table[1:], start=2)
        if any(cell.strip() for cell in cells)
    ]
    return rows, []


def _objects(lines: Iterable[str], name: str) -> tuple[list[Row], list[Reject]]:
    """The objects of JSON lines; the first is row 1."""
    rows: list[Row] = []
    rejects: list[Reject] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            told = json.loads(line)
        except ValueError:
            told = None
        if isinstance(told, dict):
            pairs = ((headings().get(key, ""), _told(value)) for key, value in told.items())
            rows.append(Row(number, _known(pairs), line))
        else:
            rejects.append(Reject(number, "", line[:NAME_CHARACTERS_MAX], NO_OBJECT))
    _check({column for row in rows for column in row.cells}, name)
    return rows, rejects


def _told(value: object) -> str:
    """A value of JSON as a cell: several by ;, an organisation with its role before a colon."""
    if isinstance(value, dict):
        return ":".join(_text(value.get(part)) for part in ("role", "name")).removeprefix(":")
    return ";".join(map(_told, value)) if isinstance(value, list) else _text(value)


def _known(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The cells of known columns, the first that is filled where several are of one."""
    found: dict[str, str] = {}
    for column, cell in pairs:
        if column and not found.get(column):
            found[column] = cell.strip()
    return found


def _check(columns: Iterable[str], name: str) -> None:
    missing = [column for column in _REQUIRED if column not in set(columns)]
    if missing:
        raise Invalid(
            N_("{name} lacks columns: {missing}."),
            advice=N_("The first row names the columns. Add those that are missing."),
            name=name,
            missing=", ".join(missing),
        )


def _faults(row: Row, places: PlaceIndex) -> Iterator[tuple[str, str]]:
    cells = row.cells
    if any(_UNFIT.search(text) for text in (row.written, *cells.values())):
        yield "", UNFIT
        return
    yield from ((column, REQUIRED) for column in _REQUIRED if not cells.get(column))
    if len(cells.get("id", "")) > NAME_CHARACTERS_MAX:
        yield "id", TOO_LONG
    if cells.get("date") and day_in(cells["date"]) is None:
        yield "date", NOT_ITS_FORM
    if cells.get("tier") and cells["tier"] not in TIERS:
        yield "tier", NO_TIER
    if cells.get("url") and not _ADDRESS.fullmatch(cells["url"]):
        yield "url", NOT_ITS_FORM
    if any(_place(places, word) is None for word in _several(cells, "places")):
        yield "places", NO_PLACE
    yield from (
        ("parties", fault) for name in parties_in(_several(cells, "parties")) if (fault := _fault(name))
    )


def _fault(party: Party) -> str | None:
    """Why an organisation is none."""
    if len(party.name) > NAME_CHARACTERS_MAX:
        return TOO_LONG
    return A_PERSON if is_human(party.name) else None


def _several(cells: Mapping[str, str], column: str) -> list[str]:
    return [part.strip() for part in _PARTED.split(cells.get(column, "")) if part.strip()]


def _place(places: PlaceIndex, word: str) -> str | None:
    """The adcode of a place that a code or a name means alone."""
    if word in places.by_code:
        return word
    called = places.by_name.get(word, ())
    return called[0] if len(called) == 1 else None


def _event(row: Row, sha256: str, places: PlaceIndex) -> Event:
    cells = row.cells
    day, url = day_in(cells["date"]) or "", cells.get("url") or None
    tier = cast(Tier, cells.get("tier") or ("press" if url else "ours"))
    return Event(
        cells.get("id") or sha256_of("\n".join((day, cells["title"], url or "")))[:16],
        day,
        cells["title"],
        cells.get("summary", ""),
        kinds_in(cells.get("kind", ""), cells["title"], cells.get("summary", "")),
        parties_in(_several(cells, "parties")),
        tuple(dict.fromkeys(_place(places, word) or "" for word in _several(cells, "places"))),
        Source("row", sha256, f"row={row.number}", row.written, url, None, tier),
    )
