from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from haihe.kit.sheets import SheetFormat, sheet

COLUMNS = ("事项", "进度")


def read(content: bytes, form: SheetFormat) -> list[list[Any]]:
    if form == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    page = load_workbook(io.BytesIO(content)).active
    assert page is not None
    return [[cell.value for cell in row] for row in page.rows]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_rows_come_back_under_their_header(form: SheetFormat) -> None:
    rows = [["盘活空间，26万平方米", 71], ["换\n行", None]]
    found = read(sheet(COLUMNS, rows, form), form)
    assert found[0] == list(COLUMNS)
    assert [row[0] for row in found[1:]] == [row[0] for row in rows]
    assert str(found[1][1]) == "71"
    assert not found[2][1]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("text", ["=1+1", "+86", "-5", "@SUM(A1)", "\t=1"])
def test_nothing_that_a_spreadsheet_would_run_stays_live(form: SheetFormat, text: str) -> None:
    cell = read(sheet(("a",), [[text]], form), form)[1][0]
    assert cell == f"'{text}"


def test_a_moment_stands_as_the_clock_of_the_region_shows_it() -> None:
    moment = datetime(2026, 11, 22, 20, tzinfo=UTC)
    assert read(sheet(("a",), [[moment]], "xlsx"), "xlsx")[1] == [datetime(2026, 11, 23, 4)]  # noqa: DTZ001
    assert read(sheet(("a",), [[moment]], "csv"), "csv")[1] == ["2026-11-22 20:00:00+00:00"]


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20))
def test_no_text_breaks_a_sheet(text: str) -> None:
    for form in ("csv", "xlsx"):
        assert len(read(sheet(("a", "b"), [[text, "end"]], form), form)) >= 2
