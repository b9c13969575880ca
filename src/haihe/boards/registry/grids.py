"""The rows of a file that is a table, CSV or the first sheet of a workbook, up to the limit of the house."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import chain, islice
from typing import TypeVar
from zipfile import ZipFile

from openpyxl import load_workbook

from haihe.kit.errors import N_, HaiheError, Invalid
from haihe.kit.limits import TABLE_BYTES_MAX, TABLE_ROWS_MAX
from haihe.kit.text import check_size

Row = TypeVar("Row")

ENDINGS = (".csv", ".xlsx")
"""How the names of tables end."""


def limited(rows: Iterable[Row], name: str) -> Iterator[Row]:
    """Rows up to the limit; raises Invalid where there are more."""
    rows = iter(rows)
    yield from islice(rows, TABLE_ROWS_MAX)
    if next(rows, None) is not None:
        raise Invalid(
            N_("{name} has more than {limit} rows."),
            advice=N_("Split it into smaller files and load each."),
            name=name,
            limit=TABLE_ROWS_MAX,
        )


def csv_rows(text: str, name: str) -> Iterator[list[str]]:
    """The rows of a CSV text; raises Invalid where they stop being CSV or go past the limit."""
    table = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    number = 0
    try:
        for row in limited(table, name):
            number += 1
            yield row
    except csv.Error as error:
        raise Invalid(
            N_("{name} is not a CSV table: row {row} cannot be read."),
            advice=N_("Save it as CSV with commas between the cells and load it again."),
            name=name,
            row=number + 1,
        ) from error


def sheet_rows(content: bytes, name: str) -> Iterator[tuple[object, ...]]:
    """The values of the first sheet of a workbook by row; raises Invalid for what is none or too large."""
    try:
        with ZipFile(io.BytesIO(content)) as parts:
            check_size(sum(part.file_size for part in parts.infolist()), name, TABLE_BYTES_MAX)
        page = load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
        yield from page.iter_rows(values_only=True)
    except HaiheError:
        raise
    except Exception as error:  # a damaged part lets openpyxl, lxml and zlib raise anything
        raise Invalid(
            N_("{name} is not a workbook that can be read."),
            advice=N_("Save it as xlsx or CSV and try again."),
            name=name,
        ) from error


def is_workbook(name: str) -> bool:
    """Whether a file is a workbook by its name."""
    return name.casefold().endswith(".xlsx")


def sheet_table(content: bytes, name: str, cell: Callable[[object], str]) -> Iterator[list[str]]:
    """The first sheet of a workbook, each row as long as the header; raises as `sheet_rows` and `limited`."""
    rows = ([cell(value) for value in row] for row in sheet_rows(content, name))
    header = next(rows, [])
    while header and not header[-1]:
        header.pop()
    yield from limited(chain([header], (row[: len(header)] for row in rows)), name)


def csv_of(content: bytes, name: str) -> str:
    """The first sheet of a workbook as a CSV text, each row as long as the header; raises as `sheet_rows`.

    A day stands as 2024-05-01, a whole number without a point.
    """
    file = io.StringIO(newline="")
    csv.writer(file).writerows(sheet_table(content, name, _text))
    return file.getvalue()


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()
