"""A register as a workbook: a line for each node under its number, with the fields of the kind as columns.

What `book_of` writes, `lines.lines_of` reads back equal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from haihe.boards.ledger.kinds import Field, Given, Kind
from haihe.boards.ledger.values import shown
from haihe.kit.errors import N_, Reject
from haihe.kit.words import say

SIMULATED = N_("Simulated data")

FIXED = {
    "number": N_("Number"),
    "level": N_("Level"),
    "title": N_("Title"),
    "text": N_("Text"),
    "lead": N_("Lead units"),
    "cooperating": N_("Cooperating units"),
    "start_on": N_("Start"),
    "due_on": N_("Due"),
    "due_words": N_("Due in words"),
    "weight": N_("Weight"),
    "cites": N_("Serves project"),
    "stage": N_("Stage"),
}
"""The columns that every kind has."""

_WIDTHS = {"number": 10, "title": 36, "text": 48, "lead": 24, "cooperating": 24}
_FIRST_ROW = 3
_ROWS_SPARE = 500
_OFFERED_CHARACTERS_MAX = 250  # a list in a validation may have 255 (ECMA-376, dataValidation)
_TAKEN = {
    "number": N_("A number"),
    "count": N_("A whole number"),
    "money": N_("An amount in units of 10,000 yuan"),
    "share": N_("A share from 0 to 1"),
    "date": N_("A day such as 2026-06-30"),
    "flag": N_("yes or no"),
    "unit": N_("The name of a unit"),
    "units": N_("Names of units, separated by 、"),
    "place": N_("The six-digit code of a place"),
    "node": N_("The address of another item's page, or the number in it"),
    "nodes": N_("Addresses of other items' pages, or the numbers in them, separated by 、"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A node as the workbook has it: `number` is its place in the tree, `cites` the project it serves.

    A `stage` of None says nothing: a new node begins in the first, and one that is there stays in its own.
    """

    number: tuple[int, ...]
    level: str
    title: str
    text: str = ""
    lead: tuple[str, ...] = ()
    cooperating: tuple[str, ...] = ()
    start_on: date | None = None
    due_on: date | None = None
    due_words: str | None = None
    weight: float = 1.0
    cites: tuple[int, ...] | None = None
    stage: str | None = None
    values: Mapping[str, Given] = field(default_factory=dict)
    row: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Filled:
    """What a workbook holds: good lines in the order of the tree, bad cells, and which columns it has."""

    lines: tuple[Line, ...]
    rejects: tuple[Reject, ...]
    columns: frozenset[str]

    @property
    def units(self) -> list[str]:
        """The names of units in the lines, each once."""
        return sorted({name for line in self.lines for name in (*line.lead, *line.cooperating)})


def book_of(kind: Kind, name: str, lines: Iterable[Line], language: str, stamp: str = "") -> bytes:
    """The workbook of a register: its name and a stamp, a header, the lines; and what each column takes."""
    columns = columns_of(kind)
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = re.sub(r"[\[\]:*?/\\]", " ", kind.label[language])[:31]
    page.append([_inert(f"{name}  {stamp}".strip())])
    page["A1"].font = Font(bold=True, size=14)
    page.append([label_of(column, language, kind) for column in columns])
    for number, column in enumerate(columns, 1):
        page.cell(2, number).font = Font(bold=True)
        letter = get_column_letter(number)
        page.column_dimensions[letter].width = _WIDTHS.get(str(column), 14)
    page.column_dimensions["A"].number_format = "@"
    for row, line in enumerate(lines, _FIRST_ROW):
        page.append([_inert(_cell(line, kind, column, language)) for column in columns])
        for cell in page[row]:
            if cell.data_type == "f":
                cell.data_type, cell.quotePrefix = "s", True
    page.freeze_panes = f"D{_FIRST_ROW}"
    last = max(page.max_row, _FIRST_ROW) + _ROWS_SPARE
    for letter, labels in (("B", kind.levels.values()), (_letter(columns, "stage"), kind.stages.values())):
        words = ",".join(dict.fromkeys(each.label[language] for each in labels))
        if 0 < len(words) <= _OFFERED_CHARACTERS_MAX:
            offered = DataValidation(type="list", formula1=f'"{words}"', allow_blank=True)
            offered.add(f"{letter}{_FIRST_ROW}:{letter}{last}")
            page.add_data_validation(offered)
    _guide(book, kind, language, stamp)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _letter(columns: Sequence[str | Field], name: str) -> str:
    return get_column_letter(columns.index(name) + 1)


def _guide(book: Workbook, kind: Kind, language: str, stamp: str) -> None:
    page = book.create_sheet(say(N_("How to fill it in"), language))
    page.append([say(N_("Column"), language), say(N_("What it takes"), language), stamp])
    words = {
        "number": N_(
            "The place in the tree, such as 1.2.3; left empty it follows from the order of the lines."
        ),
        "lead": N_("Names of units, separated by 、"),
        "cooperating": N_("Names of units, separated by 、"),
        "start_on": N_("A day such as 2026-06-30"),
        "due_on": N_("A day such as 2026-06-30; empty where it goes on"),
        "weight": N_("A number above 0; 1 where nothing is said"),
        "cites": N_("The number of the project that an item serves"),
    }
    for column in columns_of(kind):
        if isinstance(column, Field):
            choices = "、".join(label[language] for label in (column.choices or {}).values())
            taken = choices or say(_TAKEN.get(column.type, ""), language)
        else:
            taken = say(words[column], language) if column in words else ""
        if column in ("level", "stage"):
            labels = kind.levels.values() if column == "level" else kind.stages.values()
            taken = "、".join(dict.fromkeys(each.label[language] for each in labels))
        page.append([label_of(column, language, kind), taken])
    page.column_dimensions["A"].width, page.column_dimensions["B"].width = 20, 80
    for row in page.iter_rows():
        row[1].alignment = Alignment(wrap_text=True, vertical="top")


def columns_of(kind: Kind) -> tuple[str | Field, ...]:
    """The columns of every kind, by name, then the fields of this one, each once."""
    cites = any(level.cites for level in kind.levels.values())
    return (*(name for name in FIXED if name != "cites" or cites), *kind.fields.values())


def label_of(column: str | Field, language: str, kind: Kind | None = None) -> str:
    """The header of a column, for the units in the words of a kind that has its own."""
    if isinstance(column, Field):
        return column.heading(language)
    own = kind.roles.get(column) if kind else None
    return own[language] if own else say(FIXED[column], language)


def _cell(line: Line, kind: Kind, column: str | Field, language: str) -> object:
    level = kind.levels[line.level]
    if isinstance(column, Field):
        return shown(column, line.values.get(column.name), language)
    value = getattr(line, column)
    if column in ("number", "cites"):
        return ".".join(map(str, value)) if value else None
    if column in ("lead", "cooperating"):
        return "、".join(value)
    if column == "level":
        return level.label[language]
    if column == "stage":
        return level.stages[value].label[language] if value else None
    return value


def _inert(value: object) -> object:
    return ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value
