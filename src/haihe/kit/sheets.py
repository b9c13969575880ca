"""Tables as files: CSV and xlsx, for the download beside every picture."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from haihe.kit.clock import REGION

SheetFormat = Literal["csv", "xlsx"]
MEDIA_TYPES: dict[SheetFormat, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def sheet(columns: Sequence[str], rows: Iterable[Sequence[object]], form: SheetFormat) -> bytes:
    """The rows under their header as one file.

    CSV is UTF-8 with a byte order mark, as spreadsheets expect. A text that a spreadsheet would take for a
    formula is preceded by an apostrophe (OWASP, CSV Injection); control characters are left out. A moment
    stands in xlsx as the clock of the region shows it, since cells have no time zone (ECMA-376-1, §18.17.4).
    """
    return _csv(columns, rows) if form == "csv" else _xlsx(columns, rows)


def _inert(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("", value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _local(value: object) -> object:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(REGION).replace(tzinfo=None)
    return value


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(columns)
    writer.writerows([_inert(value) for value in row] for row in rows)
    return file.getvalue().encode("utf-8-sig")


def _xlsx(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    book = Workbook(write_only=True)
    page = book.create_sheet()
    page.freeze_panes = "A2"
    for number, column in enumerate(columns, 1):
        page.column_dimensions[get_column_letter(number)].width = max(12, 2 * len(column) + 4)
    header = []
    for column in columns:
        cell = WriteOnlyCell(page, column)
        cell.font = Font(bold=True)
        header.append(cell)
    page.append(header)
    for row in rows:
        page.append([_local(_inert(value)) for value in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
