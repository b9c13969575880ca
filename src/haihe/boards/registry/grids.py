"""The rows of a file that is a table, CSV or the first sheet of a workbook, up to the limit of the house."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from haihe.kit.errors import N_, Invalid
from haihe.kit.limits import TABLE_ROWS_MAX

Row = TypeVar("Row")


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
    """The values of the first sheet of a workbook by row; raises Invalid for what is none."""
    try:
        page = load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
    except (BadZipFile, InvalidFileException, KeyError, IndexError, ValueError) as error:
        raise Invalid(
            N_("{name} is not a workbook that can be read."),
            advice=N_("Save it as xlsx or CSV and try again."),
            name=name,
        ) from error
    yield from page.iter_rows(values_only=True)
