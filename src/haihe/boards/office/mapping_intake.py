"""The rows of other people's tables in the terms of a register, and the cells that cannot be read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from openpyxl.utils.datetime import from_excel

from haihe.boards.ledger import actions as ledger
from haihe.boards.office.amounts import NOT_A_NUMBER, amount_of, is_none, number_of, share_of
from haihe.boards.office.entries import computed, entry_of
from haihe.boards.office.mapping import REPORTED, Column, Scheme, TableMapping
from haihe.boards.office.outlines import Branch, LevelRule
from haihe.boards.office.records import Cell, Entry
from haihe.boards.office.sheets import Table
from haihe.boards.office.workbook import plain
from haihe.boards.reader import ONGOING, assignments_of, due_of, grids_of
from haihe.kit.errors import N_, Reject

NOT_A_DAY = N_("This is not a day, a month or a year; write it as 2026-06-30 or 2026-06.")
ONE_OR_TEN = N_(
    "As a number this may be January or October; write the month in words or as 2026-01 or 2026-10."
)
NOT_A_PLACE = N_("No place of this name is known; write its six-digit code.")
NOT_A_UNIT = N_("This names no unit.")
NO_VALUE = N_("The formula refers elsewhere or has no value; write the value itself.")

_FAULTS = {
    "progress": N_("This is no share from 0% to 100%; of a bare 1 nobody knows whether it is 1% or 100%."),
    "note": N_("This is longer than a report takes."),
}

_SERIALS = range(36_526, 73_051)  # 2000-01-01 to 2099-12-31
_YEARS = range(1990, 2101)
_DAY = r"20\d\d(?:\s*[年./-]\s*\d{1,2}(?:\s*[月./-]\s*\d{1,2}\s*日?)?\s*月?|\s*年)?"
_DAYS = re.compile(_DAY)
_FIRST = re.compile(r"(20\d\d)(?:\s*[年./-]\s*(\d{1,2})(?:\s*[月./-]\s*(\d{1,2}))?)?")
_COMPACT = re.compile(r"(20\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])?", re.ASCII)
_MONTHS = re.compile(r"(?:20\d\d\s*[年./-]\s*)(\d{1,3})(?!\d)|(\d+)(?=\s*月)")
_SHORT_YEAR = re.compile(r"(?<![\d０-９])([1-3]\d)年(?=\s*(?:\d|[底末前上下第一二三四]))")
_ANY_DAY = re.compile(r"\d|[一二三四五六七八九十]月|季度|年底")
_BREAK = "\u2028"


@dataclass(frozen=True, slots=True)
class Context:
    """What cells do not say themselves: the year of a day without one, and the places by name."""

    year: int
    places: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Said:
    """What the rows of one node say: by column in the terms of the template, and as a report."""

    row: int
    cells: Mapping[str, object]
    reported: Mapping[str, Cell]


@dataclass(slots=True)
class _Said:
    cells: dict[str, object] = field(default_factory=dict)
    reported: dict[str, Cell] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)


def schemes() -> dict[str, Scheme]:
    """What each kind of register that can be begun holds, by name."""
    found = {}
    for name, kind in ledger.offered().items():
        levels = tuple(LevelRule(level.name, level.under) for level in kind.levels.values())
        labels = {level.name: level.label for level in kind.levels.values()}
        labels |= {each.name: each.label for each in kind.fields.values()}
        types = {each.name: each.type for each in kind.fields.values() if each.type not in ("node", "nodes")}
        found[name] = Scheme(name, levels, types, labels)
    return found


class Reading:
    """A reading of the cells of tables by a mapping."""

    def __init__(
        self, tables: Sequence[Table], mapping: TableMapping, scheme: Scheme, context: Context
    ) -> None:
        self._columns = list(zip(tables[0].headings, mapping.columns, strict=True))
        self._scheme = scheme
        self._context = context
        self._units = self._named(tables)
        self._whole = self._shares(tables)

    def _named(
        self, tables: Iterable[Table]
    ) -> dict[tuple[str, str], tuple[tuple[str, ...], tuple[str, ...]]]:
        """Who leads and who cooperates by what a cell says, all cells of a role at once."""
        found: dict[tuple[str, str], tuple[tuple[str, ...], tuple[str, ...]]] = {}
        for role, heading in (("lead", "责任单位"), ("cooperating", "配合单位")):
            places = [place for place, one in self._columns if one.target == role]
            cells = (
                row.cells[place]
                for table in tables
                for row in table.rows
                for place in places
                if place in row.cells
            )
            words = list(dict.fromkeys(_line(cell) for cell in cells if not is_none(cell)))
            found |= {(role, one): parties for one, parties in _parties(words, heading).items()}
        return found

    def _shares(self, tables: Iterable[Table]) -> bool:
        """Whether bare numbers of progress are shares of 1: some lie between 0 and 1 and none above."""
        places = [place for place, one in self._columns if one.target == "progress"]
        cells = [
            row.cells[place]
            for table in tables
            for row in table.rows
            for place in places
            if place in row.cells
        ]
        numbers = [number for cell in cells if not cell.percent and (number := number_of(cell)) is not None]
        return any(0 < number < 1 for number in numbers) and all(number <= 1 for number in numbers)

    def said(self, branch: Branch) -> tuple[Said, list[Reject]]:
        """What the rows of a branch say, and a reject with sheet and cell for what cannot be read."""
        said = _Said()
        texts: dict[str, list[str]] = {}
        for row in branch.rows:
            for place, column in self._columns:
                cell = row.cells.get(place)
                if cell is None or is_none(cell) or column.target in {"ignore", "number"}:
                    continue
                if cell.formula is not None and computed(cell):
                    said.rejects.append(Reject(row.number, cell.at, cell.shown, NO_VALUE))
                elif column.target == "text":
                    held = texts.setdefault(column.heading, [])
                    held += [words for words in [plain(cell.shown)] if words not in held]
                elif reason := self._read(said, column, cell):
                    said.rejects.append(Reject(row.number, cell.at, cell.shown, reason))
        if texts:
            parts = [(heading, "\n".join(words)) for heading, words in texts.items()]
            several = len(parts) > 1
            said.cells["text"] = "\n".join(
                f"{heading}：{words}" if several else words for heading, words in parts
            )
        reported = self._reported(branch, said)
        return Said(branch.number, said.cells, reported), said.rejects

    def _reported(self, branch: Branch, said: _Said) -> Mapping[str, Cell]:
        """The cells of a report, none of them where one cannot be read or they say nothing to report."""
        entry, wrong = entry_of(said.reported)
        says = entry != Entry() or not wrong.keys().isdisjoint(_FAULTS)
        for column in wrong.keys() & _FAULTS.keys() if says else ():
            cell = said.reported[column]
            said.rejects.append(Reject(branch.number, cell.at, cell.shown, _FAULTS[column]))
        return {} if wrong or entry == Entry() else said.reported

    def _read(self, said: _Said, column: Column, cell: Cell) -> str | None:
        """Take what a cell says; the reason where it cannot be read."""
        target = column.target
        if target in {"lead", "cooperating"}:
            return self._take_units(said, target, cell)
        if target == "span":
            return self._take_span(said, cell)
        if target in {"start_on", "due_on"}:
            return self._take_day(said, target, cell)
        if target in REPORTED:
            return self._take_reported(said, target, cell)
        if target in self._scheme.fields:
            value = self._value(self._scheme.fields[target], column, cell)
            if isinstance(value, _Wrong):
                return value.reason
            said.cells[target] = value
        elif target == "weight":
            number = number_of(cell)
            if number is None:
                return NOT_A_NUMBER
            said.cells["weight"] = float(number)
        elif target == "stage":
            said.cells["stage"] = plain(cell.shown)
        return None

    def _take_units(self, said: _Said, target: str, cell: Cell) -> str | None:
        lead, cooperating = self._units.get((target, _line(cell)), ((), ()))
        if not lead and not cooperating:
            return NOT_A_UNIT
        for role, names in (("lead", lead), ("cooperating", cooperating)):
            held = str(said.cells.get(role) or "").split("、")
            if names:
                said.cells[role] = "、".join(filter(None, dict.fromkeys((*held, *names))))
        return None

    def _take_day(self, said: _Said, target: str, cell: Cell) -> str | None:
        if target == "start_on":
            begins = first_day(cell, self._context.year)
            if isinstance(begins, str):
                return begins
            said.cells["start_on"] = begins
            return None
        day, words, reason = last_day(cell, self._context.year)
        if reason is None:
            said.cells["due_on"] = day
            if words:
                said.cells["due_words"] = words
        return reason

    def _take_span(self, said: _Said, cell: Cell) -> str | None:
        """The first and the last day of a stretch (2023年5月至2025年12月); of one day alone the last."""
        days = _DAYS.findall(cell.shown) if isinstance(cell.value, str) else []
        if len(days) < 2:
            return self._take_day(said, "due_on", cell)
        first = first_day(Cell(cell.at, days[0], days[0]), self._context.year)
        last, _, reason = last_day(Cell(cell.at, days[-1], days[-1]), self._context.year)
        if not isinstance(first, date) or reason:
            return NOT_A_DAY
        said.cells |= {"start_on": first, "due_on": last, "due_words": plain(cell.shown)}
        return None

    def _take_reported(self, said: _Said, target: str, cell: Cell) -> str | None:
        if target == "forecast":
            day, _, reason = last_day(cell, self._context.year)
            if day is None:
                return reason or NOT_A_DAY
            cell = Cell(cell.at, day, day.isoformat())
        elif target == "progress" and isinstance(cell.value, int | float) and not cell.percent:
            share = Decimal(repr(cell.value)) / (1 if self._whole else 100)
            cell = Cell(cell.at, float(share), f"{float(100 * share):g}%", percent=True)
        said.reported[target] = cell
        return None

    def _value(self, kind: str, column: Column, cell: Cell) -> object:
        """A field in the terms of the template, or what is wrong."""
        if kind == "money":
            found = amount_of(cell, column.unit)
            return _Wrong(found) if isinstance(found, str) else found
        if kind == "share":
            found = share_of(cell)
            return _Wrong(found) if isinstance(found, str) else found
        if kind in {"number", "count"}:
            number = number_of(
                Cell(cell.at, cell.value, re.sub(r"[个家项人次件处]$", "", cell.shown.strip()))
            )
            return _Wrong(NOT_A_NUMBER) if number is None else number
        if kind == "date":
            day, _, reason = last_day(cell, self._context.year)
            return day.isoformat() if day else _Wrong(reason or NOT_A_DAY)
        if kind == "place":
            words = plain(cell.shown)
            return self._context.places.get(words) or (
                words if re.fullmatch(r"\d{6}", words) else _Wrong(NOT_A_PLACE)
            )
        return plain(cell.shown)


@dataclass(frozen=True, slots=True)
class _Wrong:
    reason: str


def _line(cell: Cell) -> str:
    return re.sub(r"\s*\n\s*", _BREAK, plain(cell.shown)).replace("|", "｜")


def _parties(cells: Sequence[str], heading: str) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Who leads and who cooperates in each of some cells, as the reader reads a table that holds them."""
    if not cells:
        return {}
    head = f"| 任务 | {heading} |\n| --- | --- |\n"
    starts, text = {}, head
    for cell in cells:
        starts[len(text) + 2] = cell
        text += f"| 任务 | {cell} |\n"
    found = assignments_of(text, (), grids_of(text), year=None)
    return {starts[one.task_start]: (one.lead, one.cooperate) for one in found if one.task_start in starts}


def _numbered_day(cell: Cell) -> tuple[date | None, str] | None:
    """What a number in a column of days means: a day, or words for a month or year; None where it is none."""
    value = cell.value
    if isinstance(value, datetime):
        return value.date(), ""
    if isinstance(value, date):
        return value, ""
    compact = _COMPACT.fullmatch(cell.shown.strip())
    if compact:
        return None, "-".join(part for part in compact.groups() if part)
    number = number_of(cell) if isinstance(value, int | float) else None
    if number is None:
        return None, _SHORT_YEAR.sub(r"20\1年", cell.shown)
    if number == int(number) and int(number) in _SERIALS:
        day = from_excel(int(number))
        return (day.date() if isinstance(day, datetime) else day), ""
    return None, f"{cell.shown}年" if number == int(number) and int(number) in _YEARS else cell.shown


def _may_be_october(cell: Cell) -> bool:
    """Whether a number such as 2024.1 may have been typed as 2024.10."""
    return isinstance(cell.value, float) and re.fullmatch(r"20\d\d\.1", cell.shown) is not None


def last_day(cell: Cell, year: int) -> tuple[date | None, str | None, str | None]:
    """The last day that a cell allows, its words, and the reason where it holds a day that cannot be read.

    `year` is for days without one. What goes on (长期) and what is put in words alone has no day.
    """
    day, words = _numbered_day(cell) or (None, cell.shown)
    if day:
        return day, None, None
    if _may_be_october(cell):
        return None, None, ONE_OR_TEN
    if any(not 1 <= int(month) <= 12 for found in _MONTHS.findall(words) for month in found if month):
        return None, None, NOT_A_DAY
    due = due_of(words, year=None, bare=True) or due_of(words, year=year, bare=True)
    said = plain(cell.shown) if re.search(r"[^\d\s./:-]", cell.shown) else None
    if due is None:
        return (None, None, NOT_A_DAY) if _ANY_DAY.search(words) and "每" not in words else (None, said, None)
    return (None if due.due == ONGOING else date.fromisoformat(due.due)), said, None


def first_day(cell: Cell, year: int) -> date | str:
    """The first day of what a cell names, or the reason why it names none."""
    day, words = _numbered_day(cell) or (None, cell.shown)
    if day:
        return day
    if _may_be_october(cell):
        return ONE_OR_TEN
    found = _FIRST.search(words)
    if found is None:
        month = re.search(r"(\d{1,2})\s*月", words)
        found = _FIRST.search(f"{year}年{month[1]}月") if month else None
    try:
        return date(int(found[1]), int(found[2] or 1), int(found[3] or 1)) if found else NOT_A_DAY
    except ValueError:
        return NOT_A_DAY
