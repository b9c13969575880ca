"""The workbook as a unit opens it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from haihe.boards.office import Asked, Handout, Line, Unit, workbook_of
from haihe.boards.office.records import ENTRY, LABELS, LOCKED

ASKED = Asked(1, "样例计划", "2026-11", date(2026, 11, 30))
WORDS = dict.fromkeys(LOCKED, "") | {"place": "1.1.1", "title": "=共建平台", "note_before": "已开工\x0b。"}
HANDOUT = Handout(ASKED, Unit("市科技局", 7), (Line(41, WORDS), Line(42, WORDS | {"place": "1.1.2"})))


@pytest.fixture
def book() -> Workbook:
    return load_workbook(BytesIO(workbook_of(HANDOUT)))


def columns(sheet: Worksheet) -> dict[str, int]:
    return {str(cell.value): cell.column for cell in sheet[4] if cell.column}


def test_only_the_entries_can_be_written(book: Workbook) -> None:
    sheet = book.worksheets[0]
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    where = columns(sheet)
    assert list(where) == list(LABELS)
    for row in (1, 5, 6, 7):
        open_cells = {name for name, column in where.items() if not sheet.cell(row, column).protection.locked}
        assert open_cells == (set(ENTRY) if row > 5 else set())


def test_the_head_says_plan_period_unit_and_day(book: Workbook) -> None:
    sheet = book.worksheets[0]
    assert sheet["B1"].value == "《样例计划》2026-11 进展填报表"
    assert sheet["B2"].value == "市科技局：共 2 项，请于 2026-11-30 前交回"
    assert "没有设密码" in sheet["B3"].value


def test_enumerations_have_drop_downs_and_numbers_their_bounds(book: Workbook) -> None:
    sheet = book.worksheets[0]
    where = columns(sheet)
    rules = {
        name: rule
        for rule in sheet.data_validations.dataValidation
        for name, column in where.items()
        if {part.min_col for part in rule.sqref.ranges} == {column}
    }
    assert rules["confidence"].formula1 == '"高,中,低"'
    assert (rules["progress"].formula1, rules["progress"].formula2) == ("0", "1")
    assert str(rules["progress"].sqref) == "K6:K7"
    assert set(rules) == set(ENTRY)


def test_words_that_begin_like_a_formula_stay_words(book: Workbook) -> None:
    sheet = book.worksheets[0]
    title = sheet.cell(6, columns(sheet)["title"])
    assert (title.value, title.data_type) == ("=共建平台", "s")
    assert sheet.cell(6, columns(sheet)["note_before"]).value == "已开工。"


def test_the_fingerprint_stands_in_a_hidden_sheet_and_in_the_properties(book: Workbook) -> None:
    hidden = book["haihe"]
    assert hidden.sheet_state == "veryHidden"
    said = {row[0]: row[1] for row in hidden.iter_rows(values_only=True)}
    assert said["digest"] == HANDOUT.digest
    assert (said["plan"], said["period"], said["unit"]) == ("样例计划", "2026-11", "市科技局")
    assert said["node 41"] != said["node 42"]
    (mark,) = book.custom_doc_props.props
    assert (mark.name, mark.value) == ("haihe", HANDOUT.digest)


def test_the_digest_changes_with_anything_that_is_handed_out() -> None:
    others = [
        replace(HANDOUT, unit=Unit("市科技局", 8)),
        replace(HANDOUT, asked=replace(ASKED, period="2026-12")),
        replace(HANDOUT, lines=HANDOUT.lines[::-1]),
        replace(HANDOUT, lines=(Line(41, WORDS | {"due": "2026-12-31"}), HANDOUT.lines[1])),
    ]
    assert len({each.digest for each in (HANDOUT, *others)}) == 5


def test_an_english_office_hands_out_english_headings() -> None:
    english = replace(HANDOUT, asked=replace(ASKED, language="en"))
    sheet = load_workbook(BytesIO(workbook_of(english))).worksheets[0]
    assert sheet["B1"].value == "样例计划: return for 2026-11"
    assert "Confidence" in [cell.value for cell in sheet[5]]
