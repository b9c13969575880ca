from __future__ import annotations

from datetime import date

import pytest

from haihe.boards.ledger import due_of


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026年底前完成改造", date(2026, 12, 31)),
        ("力争到2027年底，互认机构达到30家", date(2027, 12, 31)),
        ("到2025年，配套率达到38%", date(2025, 12, 31)),
        ("2027年前实现高质量脑控", date(2026, 12, 31)),
        ("6月底前启动", date(2023, 6, 30)),
        ("2024年2月底前启动", date(2024, 2, 29)),
        ("2024年3月前启动", date(2024, 2, 29)),
        ("12月15日前完成", date(2023, 12, 15)),
        ("明年6月底前", date(2024, 6, 30)),
        ("今年底前完成", date(2023, 12, 31)),
        ("上半年之前完成", date(2023, 6, 30)),
        ("第三季度末前完成", date(2023, 9, 30)),
        ("２０２６年１２月底前", date(2026, 12, 31)),
    ],
)
def test_a_limit_in_running_text_is_its_last_allowed_day(text: str, day: date) -> None:
    found = due_of(text, year=2023)
    assert found is not None
    assert found.on == day
    assert found.words in text


@pytest.mark.parametrize(
    "text",
    [
        "2023年6月1日，召开发布会",
        "2022年实现产值3亿元",
        "在12月举办会议",
        "前三季度落地53个项目",
        "持续推进湿地保护修复",
    ],
)
def test_a_day_that_limits_nothing_is_no_due_date(text: str) -> None:
    assert due_of(text, year=2023) is None


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026年12月", date(2026, 12, 31)),
        ("2026年6月", date(2026, 6, 30)),
        ("2027年底", date(2027, 12, 31)),
        ("持续推进", None),
    ],
)
def test_a_cell_says_its_day_without_more(cell: str, day: date | None) -> None:
    found = due_of(cell, year=None, bare=True)
    assert found is not None
    assert (found.on, found.words) == (day, cell)


def test_a_day_without_a_year_stays_unknown_where_the_document_has_none() -> None:
    assert due_of("6月底前启动", year=None) is None


def test_a_day_that_no_month_has_is_no_due_date() -> None:
    assert due_of("2月30日前完成", year=2023) is None


def test_the_first_limit_counts() -> None:
    found = due_of("2026年6月底前启动，2027年底前完成", year=None)
    assert found is not None
    assert found.on == date(2026, 6, 30)
