from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haihe.boards.reader import Span, due_of, dues_of


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026年底前完成改造", "2026-12-31"),
        ("力争到2027年底，互认机构达到30家", "2027-12-31"),
        ("到2025年，配套率达到38%", "2025-12-31"),
        ("2027年前实现高质量脑控", "2026-12-31"),
        ("6月底前启动", "2023-06-30"),
        ("2024年2月底前启动", "2024-02-29"),
        ("2024年3月前启动", "2024-02-29"),
        ("12月15日前完成", "2023-12-15"),
        ("明年6月底前", "2024-06-30"),
        ("今年底前完成", "2023-12-31"),
        ("上半年之前完成", "2023-06-30"),
        ("第三季度末前完成", "2023-09-30"),
        ("２０２６年１２月底前", "2026-12-31"),
    ],
)
def test_a_limit_in_running_text_is_its_last_allowed_day(text: str, day: str) -> None:
    found = due_of(text, year=2023)
    assert found is not None
    assert found.due == day
    assert text[found.start : found.end] == found.quote


@pytest.mark.parametrize(
    "text",
    [
        "2023年6月1日，召开发布会",
        "2022年实现产值3亿元",
        "在12月举办会议",
        "前三季度落地53个项目",
        "持续推进湿地保护修复",
        "5年内遴选500家企业",
        "2023年至2025年实施三年行动",
    ],
)
def test_a_day_that_limits_nothing_is_no_due_date(text: str) -> None:
    assert due_of(text, year=2023) is None


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026年12月", "2026-12-31"),
        ("2026年6月", "2026-06-30"),
        ("2027年底", "2027-12-31"),
        ("持续推进", "ongoing"),
        ("2026年6月持续跟踪", "2026-06-30"),
        ("2025—2027年", "2027-12-31"),
        ("2026年1月—6月", "2026-06-30"),
        ("2026-06-30", "2026-06-30"),
        ("2026/6", "2026-06-30"),
        ("2026年第三季度", "2026-09-30"),
        ("2026年上半年", "2026-06-30"),
        ("2026年3月中旬", "2026-03-20"),
        ("2026年年底前", "2026-12-31"),
        ("“十五五”末", "2030-12-31"),
        ("长期坚持", "ongoing"),
    ],
)
def test_a_cell_says_its_day_without_more(cell: str, day: str) -> None:
    found = due_of(cell, year=None, bare=True)
    assert found is not None
    assert found.due == day
    assert found.quote in cell


def test_a_day_without_a_year_stays_unknown_where_the_document_has_none() -> None:
    assert due_of("6月底前启动", year=None) is None


def test_a_day_that_no_month_has_is_no_due_date() -> None:
    assert due_of("2月30日前完成", year=2023) is None


def test_the_last_limit_counts_and_a_year_holds_for_its_sentence() -> None:
    for text, day in {
        "2026年6月底前启动，2027年底前完成": "2027-12-31",
        "2027年6月底前启动，9月底前完成": "2027-09-30",
        "2027年6月底前启动。9月底前完成": "2027-06-30",
    }.items():
        found = due_of(text, year=2025)
        assert found is not None
        assert found.due == day


def test_a_day_that_passed_before_the_document_is_no_due_date() -> None:
    assert due_of("2000年底前建成的老旧小区", year=2025) is None


def test_each_measure_has_its_own_due_date_at_most() -> None:
    text = "一是6月底前完成。二是建立机制。三是持续推进。"
    measures = [Span(match.start(), match.end(), match[0]) for match in re.finditer("[^。]+。", text)]
    found = dues_of(text, measures, year=2026)
    assert [(due.measure, due.due) for due in found] == [(0, "2026-06-30")]


@given(
    text=st.text("12290年月日底前季度到至上半持续推进—-/.“十五”。 "),
    year=st.none() | st.integers(1, 9999),
    bare=st.booleans(),
)
def test_of_any_text_a_due_date_is_its_words_and_a_day(text: str, year: int | None, bare: bool) -> None:
    found = due_of(text, year=year, bare=bare)
    if found:
        assert text[found.start : found.end] == found.quote
        assert found.due == "ongoing" or date.fromisoformat(found.due)
