"""Files with tables coming in: workbooks, and what the reader reads of other documents, as sheets."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from io import BytesIO
from itertools import groupby
from pathlib import PurePath
from typing import Any

from lxml import etree
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter, range_boundaries

from haihe.boards.office.headers import tables_of
from haihe.boards.office.intake import ROWS_MAX, as_xlsx
from haihe.boards.office.records import Cell
from haihe.boards.office.sheets import Range, Sheet, Table
from haihe.boards.office.workbook import plain
from haihe.boards.reader import Grid, grids_of
from haihe.boards.reader import actions as reader
from haihe.kit.errors import N_, Invalid

WORKBOOKS = (".xlsx", ".xls", ".et", ".ods")
DOCUMENTS = (".docx", ".doc", ".wps", ".html", ".htm", ".pdf", ".ofd", ".csv", ".tsv", ".txt")

_COLUMNS_MAX = 256
_ON = {"1", "true"}
_TITLE_LINES, _TITLE_CHARACTERS_MAX, _TITLE_REACH = 3, 60, 400
_DECIMALS = re.compile(r"0\.(0+)")
_BREAKS = re.compile("\u2028|<br ?/?>")
_AGAIN = N_("Save the table as a plain .xlsx workbook without a password and hand that in.")


def tables_in(content: bytes, name: str) -> tuple[Table, ...]:
    """The tables of a file, sheet by sheet.

    Raises Invalid for what cannot be opened, is protected, has macros, is too large or has no table, and
    Unavailable where a program that must convert it is missing.
    """
    found = tuple(table for sheet in sheets_of(content, name) for table in tables_of(sheet) if table.rows)
    if not found:
        raise Invalid(
            N_("{name} has no table whose header could be found."),
            advice=N_(
                "A header is a row that names its columns, such as task, responsible unit, due; add one."
            ),
            name=name,
        )
    return found


def sheets_of(content: bytes, name: str) -> tuple[Sheet, ...]:
    """The sheets of a workbook that are not hidden, or the tables of a document; raises as `tables_in`."""
    if PurePath(name).suffix.lower() in DOCUMENTS:
        text = reader.draft_of(content, name).text
        return tuple(_of_grid(text, grid, number) for number, grid in enumerate(grids_of(text), 1))
    try:
        book = as_xlsx(content, name)
    except Invalid as error:
        raise Invalid(error.message, advice=_AGAIN, **error.facts) from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return tuple(_sheets(book, name))
    except Invalid:
        raise
    except Exception as error:
        raise Invalid(
            N_("{name} cannot be opened; it is damaged or no workbook."), advice=_AGAIN, name=name
        ) from error


def _sheets(content: bytes, name: str) -> Iterator[Sheet]:
    written = load_workbook(BytesIO(content), read_only=True)
    computed = load_workbook(BytesIO(content), read_only=True, data_only=True)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        for sheet, values in zip(written.worksheets, computed.worksheets, strict=True):
            if sheet.sheet_state == "visible":
                rows = tuple(_rows(sheet, values, name))
                part = archive.read(sheet._worksheet_path)  # type: ignore[attr-defined]  # noqa: SLF001  it has no other name
                yield Sheet(sheet.title, rows, *_layout(part))


def _rows(sheet: Any, values: Any, name: str) -> Iterator[tuple[Cell | None, ...]]:
    """The rows of a sheet, whatever it says of its own size."""
    sheet.reset_dimensions()
    values.reset_dimensions()
    filled = 0
    pairs = zip(sheet.iter_rows(max_col=_COLUMNS_MAX), values.iter_rows(max_col=_COLUMNS_MAX), strict=False)
    for number, (cells, known) in enumerate(pairs, 1):
        row = [
            _cell(f"{sheet.title}!{get_column_letter(place)}{number}", cell, value)
            for place, (cell, value) in enumerate(zip(cells, known, strict=False), 1)
        ]
        filled += any(row)
        if filled > ROWS_MAX:
            raise Invalid(
                N_("A sheet of {name} has more than {limit} rows."),
                advice=N_("Split it into smaller files, such as one a year or a district."),
                name=name,
                limit=ROWS_MAX,
            )
        yield tuple(row)


def _cell(at: str, cell: Any, value: Any) -> Cell | None:
    """A cell with its value as last computed."""
    if cell.value in (None, ""):
        return None
    formula = str(getattr(cell.value, "text", cell.value)) if cell.data_type == "f" else None
    held = value.value if formula is not None else cell.value
    if held is None:
        return Cell(at, None, formula or "", formula=formula)
    if not isinstance(held, str | int | float | date):
        held = str(held)
    form = cell.number_format or ""
    return Cell(at, held, _shown(held, form), "%" in form, formula)


def _shown(value: str | float | date, form: str) -> str:
    """A value as a person reads it in its cell."""
    if isinstance(value, datetime):
        return str(value.date()) if value.time() == value.time().min else str(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return plain(str(value))
    if "%" in form:
        return f"{round(100 * value, 6):g}%"
    decimals = _DECIMALS.search(form)
    if decimals:
        return f"{value:.{len(decimals[1])}f}"
    return str(int(value)) if float(value).is_integer() else str(value)


def _layout(part: bytes) -> tuple[tuple[Range, ...], frozenset[int], frozenset[int]]:
    """The merged ranges, hidden rows and hidden columns of a sheet (ECMA-376-1, 18.3.1)."""
    merged: list[Range] = []
    rows: set[int] = set()
    columns: set[int] = set()
    tags = ("{*}mergeCell", "{*}row", "{*}col")
    for _, node in etree.iterparse(BytesIO(part), tag=tags, resolve_entities=False, no_network=True):
        kind = etree.QName(node).localname
        if kind == "mergeCell":
            left, top, right, bottom = (
                int(edge or 1) - 1 for edge in range_boundaries(node.get("ref", "A1"))
            )
            merged.append(Range(top, left, bottom, right))
        elif node.get("hidden") in _ON and kind == "row":
            rows.add(int(node.get("r", "1")) - 1)
        elif node.get("hidden") in _ON:
            last = min(int(node.get("max", "1")), _COLUMNS_MAX)
            columns |= set(range(int(node.get("min", "1")) - 1, last))
        node.clear()
    return tuple(merged), frozenset(rows), frozenset(columns)


def _of_grid(text: str, grid: Grid, number: int) -> Sheet:
    """A table of a document as a sheet, the short lines before it on top."""
    name = grid.sheet or f"#{number}"
    titles = _titles(text, grid.start)
    width = max((cell.column + cell.columns for cell in grid.cells), default=1)
    height = max((cell.row + cell.rows for cell in grid.cells), default=0)
    rows: list[list[Cell | None]] = [[None] * width for _ in range(len(titles) + height)]
    merged = []
    for place, words in enumerate(titles):
        rows[place][0] = Cell(f"{name}!A{place + 1}", words, words)
        merged.append(Range(place, 0, place, width - 1))
    for cell in grid.cells:
        top, words = cell.row + len(titles), plain(_BREAKS.sub("\n", cell.quote))
        if words:
            rows[top][cell.column] = Cell(
                f"{name}!{get_column_letter(cell.column + 1)}{top + 1}", words, words
            )
        if cell.rows > 1 or cell.columns > 1:
            merged.append(Range(top, cell.column, top + cell.rows - 1, cell.column + cell.columns - 1))
    return Sheet(name, tuple(map(tuple, rows)), tuple(merged))


def _titles(text: str, start: int) -> Sequence[str]:
    """The short lines right before a place."""
    lines = [line.strip() for line in text[max(0, start - _TITLE_REACH) : start].splitlines()]
    kept = [line for line in lines if line and not line.startswith(("#", "|"))][-_TITLE_LINES:]
    short = [
        list(group) for fits, group in groupby(kept, lambda line: len(line) <= _TITLE_CHARACTERS_MAX) if fits
    ]
    return short[-1] if short and kept and len(kept[-1]) <= _TITLE_CHARACTERS_MAX else []
