"""A workbook read as the lines of a register.

What people write instead of what the template says (a number left out, a date as a date or as text, names
with 、 or ，) is read too; what cannot be read is a Reject.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from haihe.boards.ledger.kinds import TOO_LONG, Field, Given, Kind, Level, faults_of
from haihe.boards.ledger.template import SIMULATED, Filled, Line, columns_of, label_of
from haihe.boards.ledger.values import given, names_of
from haihe.kit.errors import N_, Invalid, Reject
from haihe.kit.limits import NAME_CHARACTERS_MAX, is_taken
from haihe.kit.words import LANGUAGES, say

_HEAD_ROWS = 10
_NO_BOOK = (BadZipFile, InvalidFileException, KeyError, ValueError, OSError)
_ROWS_MAX = 50_000
_NUMBER = re.compile(r"\d{1,4}(\.\d{1,4}){0,7}", re.ASCII)

NO_TITLE = N_("A line needs a title.")
NO_LEVEL = N_("This kind has no such level.")
NO_PARENT = N_("Nothing above carries the number that this line stands under, or it may not stand there.")
NO_NUMBER = N_("This is not a number such as 1.2.3.")
TWICE = N_("This number stands in the file twice.")
NO_DAY = N_("This is not a day; write it as 2026-06-30.")
NO_WEIGHT = N_("A weight is a number above 0.")
NO_CITED = N_("There is no line with this number.")
NO_STAGE = N_("This level has no such stage.")


def lines_of(content: bytes, kind: Kind) -> Filled:
    """The lines of a workbook, with a reject for each cell that cannot be read.

    A line under a rejected one is rejected too; what a line lacks is told by `changes_of`. Raises Invalid
    for what is no workbook of this kind.
    """
    header, rows = _table(content, kind)
    lines: dict[tuple[int, ...], Line] = {}
    places: dict[tuple[int, ...], int] = {}
    rejects: list[Reject] = []
    for at, cells in rows:
        reader = _Row(at, kind, {name: cells[place] for name, place in header.items()}, rejects)
        line = reader.line(lines)
        if line:
            lines[line.number], places[line.number] = line, at
    for line in tuple(lines.values()):
        if line.cites and line.cites not in lines:
            cited = ".".join(map(str, line.cites))
            rejects.append(Reject(places[line.number], "cites", cited, NO_CITED))
            del lines[line.number]
    return Filled(tuple(lines[number] for number in sorted(lines)), tuple(rejects), frozenset(header))


def is_simulated(content: bytes) -> bool:
    """Whether a workbook is stamped as simulated data; False for what is no workbook."""
    try:
        book = load_workbook(BytesIO(content), read_only=True)
    except _NO_BOOK:
        return False
    head = [str(cell) for row in book.worksheets[0].iter_rows(max_row=1, values_only=True) for cell in row]
    return any(say(SIMULATED, language) in cell for language in LANGUAGES for cell in head)


def _table(content: bytes, kind: Kind) -> tuple[dict[str, int], Iterator[tuple[int, Sequence[object]]]]:
    """Where the header of the first sheet has which column, and the filled rows below with their numbers."""
    try:
        book = load_workbook(BytesIO(content), read_only=True, data_only=True)
    except _NO_BOOK as error:
        raise Invalid(
            N_("This file is no workbook that can be opened."),
            advice=N_("Save it as .xlsx without a password and hand it in again."),
        ) from error
    page = book.worksheets[0]
    if (page.max_row or 0) > _ROWS_MAX:
        raise Invalid(
            N_("The sheet has {count} rows; at most {limit} are read."),
            advice=N_("Delete the empty rows at its end, or split it."),
            count=page.max_row,
            limit=_ROWS_MAX,
        )
    known = {
        label_of(column, language, own): column.name if isinstance(column, Field) else column
        for own in (None, kind)
        for language in LANGUAGES
        for column in columns_of(kind)
    }
    rows = enumerate(page.iter_rows(values_only=True), 1)
    for at, cells in rows:
        named = {
            known[str(cell).strip()]: place for place, cell in enumerate(cells) if str(cell).strip() in known
        }
        if {"title", "level"} <= named.keys():
            return named, ((row, one) for row, one in rows if any(cell not in (None, "") for cell in one))
        if at >= _HEAD_ROWS:
            break
    raise Invalid(
        N_("No header of {kind} was found in the first {count} rows."),
        advice=N_("Take the template, or name the columns Level and Title."),
        kind=kind.name,
        count=_HEAD_ROWS,
    )


@dataclass(slots=True)
class _Row:
    """A row on its way to a line; what is wrong with it goes to `rejects`."""

    at: int
    kind: Kind
    cells: Mapping[str, object]
    rejects: list[Reject]
    good: bool = True

    def line(self, above: Mapping[tuple[int, ...], Line]) -> Line | None:
        level = self._level()
        if level is None:
            return None
        number = self._number(level, above)
        title = self._text("title")
        if not title:
            self._wrong("title", NO_TITLE)
        elif len(title) > NAME_CHARACTERS_MAX:
            self._wrong("title", TOO_LONG)
        line = Line(
            number or (),
            level.name,
            title,
            self._text("text"),
            names_of(self._text("lead")),
            names_of(self._text("cooperating")),
            self._day("start_on"),
            self._day("due_on"),
            self._text("due_words") or None,
            self._weight(),
            self._cited(),
            self._stage(level),
            self._values(level),
            self.at,
        )
        return line if self.good else None

    def _wrong(self, column: str, reason: str) -> None:
        self.good = False
        self.rejects.append(Reject(self.at, column, str(self.cells.get(column) or ""), reason))

    def _text(self, column: str) -> str:
        value = self.cells.get(column)
        return "" if value is None else str(value).strip()

    def _level(self) -> Level | None:
        said = self._text("level")
        for level in self.kind.levels.values():
            if said in (level.name, *level.label.values()):
                return level
        self._wrong("level", NO_LEVEL)
        return None

    def _number(self, level: Level, above: Mapping[tuple[int, ...], Line]) -> tuple[int, ...] | None:
        """The number written, else the next under the last line that may hold this level."""
        said = self._text("number").removesuffix(".0" if isinstance(self.cells.get("number"), float) else "")
        if said and not _NUMBER.fullmatch(said):
            self._wrong("number", NO_NUMBER)
            return None
        number = tuple(map(int, said.split("."))) if said else _next(level, above)
        parent = above.get(number[:-1]) if number else None
        if number is None or (parent.level if parent else None) not in (level.under or (None,)):
            self._wrong("number", NO_PARENT)
        elif number in above:
            self._wrong("number", TWICE)
        return number

    def _day(self, column: str) -> date | None:
        value = self.cells.get(column)
        said = value.date().isoformat() if isinstance(value, datetime) else self._text(column)
        try:
            day = date.fromisoformat(said) if said else None
        except ValueError:
            day = date.min
        if day and not is_taken(day):
            self._wrong(column, NO_DAY)
            return None
        return day

    def _weight(self) -> float:
        said = self._text("weight")
        try:
            weight = float(said) if said else 1.0
        except ValueError:
            weight = 0.0
        if not 0 < weight < float("inf"):
            self._wrong("weight", NO_WEIGHT)
        return weight

    def _cited(self) -> tuple[int, ...] | None:
        said = self._text("cites")
        if said and not _NUMBER.fullmatch(said):
            self._wrong("cites", NO_NUMBER)
            return None
        return tuple(map(int, said.split("."))) if said else None

    def _stage(self, level: Level) -> str | None:
        said = self._text("stage")
        found = [stage.name for stage in level.stages.values() if said in (stage.name, *stage.label.values())]
        if said and not found:
            self._wrong("stage", NO_STAGE)
        return found[0] if found else None

    def _values(self, level: Level) -> dict[str, Given]:
        values = {name: given(each, self.cells.get(name)) for name, each in level.fields.items()}
        values = {name: value for name, value in values.items() if value is not None}
        for column, reason in faults_of(level, values, whole=False):
            self._wrong(column, reason)
        return values


def _next(level: Level, above: Mapping[tuple[int, ...], Line]) -> tuple[int, ...] | None:
    if not level.under:
        parent: tuple[int, ...] = ()
    else:
        holders = [number for number, line in above.items() if line.level in level.under]
        others = [number for number in holders if above[number].level != level.name]
        if not others:
            return None
        parent = others[-1]
    taken = [number[-1] for number in above if number[:-1] == parent]
    return (*parent, max(taken, default=0) + 1)
