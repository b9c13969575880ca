"""What a foreign table would change, as it leaves the house: flat rows in a language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from haihe.boards.office.mapping import FIXED, IGNORE, REPORTED, Column, Scheme, TableMapping
from haihe.boards.office.records import Cell
from haihe.boards.office.sheets import Row, Table
from haihe.boards.office.subtotals import Sum
from haihe.kit.errors import N_
from haihe.kit.words import say

NOT_TAKEN = N_("not taken")
DUE_WORDS = N_("Due in words")
SAMPLE_ROWS = 5

EFFECT_LABELS: Mapping[str, str] = {
    "new": N_("＋ new"),
    "changed": N_("◆ changed"),
    "left": N_("○ not in the file, stays as it is"),
}
"""What a row does to the register."""


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """A column and what it is taken for: `sure` is from 0 to 1, `samples` are its first cells."""

    heading: str
    target: str
    label: str
    unit: str | None
    sure: float
    reason: str
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A table as it was found, with the numbers of rows (of columns) that are no plain rows or are hidden."""

    sheet: str
    title: str
    head: tuple[int, ...]
    rows: int
    groups: tuple[int, ...]
    sums: tuple[int, ...]
    again: tuple[int, ...]
    hidden_rows: tuple[int, ...]
    hidden_columns: tuple[int, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SumRow:
    """A subtotal that its rows do not come to."""

    cell: str
    heading: str
    says: float
    comes_to: float
    words: str


@dataclass(frozen=True, slots=True)
class ShapeRow:
    """The tables of one shape, what their columns are taken for, and the subtotals that are off."""

    shape: str
    tables: tuple[SheetRow, ...]
    columns: tuple[ColumnRow, ...]
    sums_right: int
    sums_wrong: tuple[SumRow, ...]


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A node as it is read: its place, level and title, and what else is said of it by column."""

    cell: str
    number: str
    level: str
    title: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """What a row does to the register: new, changed, or left as it is."""

    number: str
    title: str
    effect: str
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RejectRow:
    """A cell that cannot be read: its row is not taken."""

    cell: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """What a file would change in a register, or did: `uptake` is the number by which it is taken back.

    `reported` rows say how things stand; of those `reports` would be made (None where no period is asked for)
    and `conflicts` wait for a choice. `digest` is what is confirmed.
    """

    file: str
    into: str
    kind: str
    plan: int | None
    year: int
    adcode: str | None
    shapes: tuple[ShapeRow, ...]
    entries: tuple[EntryRow, ...]
    counts: Mapping[str, int]
    changes: tuple[ChangeRow, ...]
    rejects: tuple[RejectRow, ...]
    reported: int
    reports: int | None
    conflicts: int
    digest: str
    applied: bool
    uptake: int | None


@dataclass(frozen=True, slots=True)
class UptakeRow:
    """A file that was taken up: how many nodes it made and changed, by whom, when, and when it was undone."""

    id: int
    plan: int
    file: str
    new: int
    changed: int
    by: str
    at: datetime
    undone_at: datetime | None


REJECT_COLUMNS: Mapping[str, str] = {"cell": N_("Cell"), "value": N_("What it says"), "reason": N_("Why")}
"""The table of cells that cannot be read."""


def rejects_of(row: PreviewRow, language: str) -> tuple[list[str], list[tuple[str, ...]]]:
    """The cells that cannot be read as a table."""
    head = [say(words, language) for words in REJECT_COLUMNS.values()]
    return head, [(one.cell, one.value, one.reason) for one in row.rejects]


def target_label(scheme: Scheme, target: str, language: str) -> str:
    """What a target is called."""
    if target in scheme.labels:
        return scheme.labels[target][language]
    return say({**FIXED, **REPORTED, IGNORE: NOT_TAKEN, "due_words": DUE_WORDS}[target], language)


def shape_row(
    mapping: TableMapping, tables: Sequence[Table], sums: Iterable[Sum], scheme: Scheme, language: str
) -> ShapeRow:
    """Tables of one shape in a language."""
    sums = list(sums)
    rows = [row for row in tables[0].rows if row.kind == "row"][:SAMPLE_ROWS]
    columns = tuple(
        _column(one, [row.cells.get(place) for row in rows], scheme, language)
        for place, one in zip(tables[0].headings, mapping.columns, strict=True)
    )
    wrong = tuple(_sum(one, language) for one in sums if one.off_by)
    return ShapeRow(mapping.shape, tuple(map(_table, tables)), columns, len(sums) - len(wrong), wrong)


def _column(one: Column, cells: Iterable[Cell | None], scheme: Scheme, language: str) -> ColumnRow:
    label = target_label(scheme, one.target, language)
    reason = say(one.reason.words, language, **one.reason.facts)
    samples = tuple(cell.shown if cell else "" for cell in cells)
    return ColumnRow(one.heading, one.target, label, one.unit, one.sure, reason, samples)


def _table(table: Table) -> SheetRow:
    return SheetRow(
        table.sheet,
        table.title,
        table.head,
        len(_numbers(table.rows, "row")),
        _numbers(table.rows, "group"),
        _numbers(table.rows, "sum"),
        table.again,
        table.hidden_rows,
        tuple(column + 1 for column in table.hidden_columns),
        tuple(cell.shown for cell in table.notes),
    )


def _numbers(rows: Iterable[Row], kind: str) -> tuple[int, ...]:
    return tuple(row.number for row in rows if row.kind == kind)


def _sum(one: Sum, language: str) -> SumRow:
    more = N_("The sum in row {row} ({heading}) is {off} more than its rows, which come to {comes_to}.")
    less = N_("The sum in row {row} ({heading}) is {off} less than its rows, which come to {comes_to}.")
    facts = {"row": one.row, "heading": one.heading, "off": _plain(abs(one.off_by))}
    words = say(more if one.off_by > 0 else less, language, **facts, comes_to=_plain(one.comes_to))
    return SumRow(one.at, one.heading, float(one.says), float(one.comes_to), words)


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
