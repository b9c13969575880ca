"""What a person writes into a cell, and what is understood."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from haihe.boards.office import Entry, entry_of
from haihe.boards.office.records import Cell


def written(column: str, value: object, *, percent: bool = False, formula: str | None = None) -> object:
    """The value that is read from a cell, or the words why it is not."""
    cell = Cell("S!A1", value, "" if value is None else str(value), percent, formula)
    entry, wrong = entry_of({"note": Cell("S!B1", "x", "x"), column: cell})
    return wrong[column].words if column in wrong else getattr(entry, column)


@pytest.mark.parametrize(
    ("value", "percent", "share"),
    [
        (0.6, True, 0.6),
        (1, True, 1.0),
        (0, True, 0.0),
        (60, False, 0.6),
        (0.6, False, 0.6),
        (100, False, 1.0),
        ("60%", False, 0.6),
        ("６０％", False, 0.6),
        ("60", False, 0.6),
        (" 12.5 % ", False, 0.125),
        ("1%", False, 0.01),
    ],
)
def test_progress_is_read_however_it_is_written(value: object, percent: bool, share: float) -> None:
    assert written("progress", value, percent=percent) == share


@pytest.mark.parametrize(
    ("value", "percent", "why"),
    [
        ("约六成", False, "is no progress"),
        (60, True, "is no share"),
        (-0.1, True, "is no share"),
        (101, False, "is no share"),
        (1, False, "A bare 1"),
        ("1", False, "A bare 1"),
        (True, False, "is no progress"),
        (datetime(2026, 1, 1, tzinfo=UTC), False, "is no progress"),
    ],
)
def test_what_is_no_progress_is_refused_with_its_reason(value: object, percent: bool, why: str) -> None:
    assert why in str(written("progress", value, percent=percent))


@pytest.mark.parametrize(
    ("value", "day"),
    [
        (datetime(2026, 12, 25, tzinfo=UTC), date(2026, 12, 25)),
        (date(2026, 12, 25), date(2026, 12, 25)),
        ("2026-12-25", date(2026, 12, 25)),
        ("2026/2/5", date(2026, 2, 5)),
        ("2026.12.25", date(2026, 12, 25)),
        ("2026年12月25日前", date(2026, 12, 25)),
        ("2028年2月底", date(2028, 2, 29)),
    ],
)
def test_a_day_is_read_however_it_is_written(value: object, day: date) -> None:
    assert written("forecast", value) == day


@pytest.mark.parametrize("value", ["年底", "2026-13-01", "2026-02-30", 46387, "12月底"])
def test_what_is_no_day_is_refused(value: object) -> None:
    assert "is no day" in str(written("forecast", value))


@pytest.mark.parametrize(
    ("value", "said"), [("高", "high"), ("low", "low"), (" 中 ", "medium"), ("Medium", "medium")]
)
def test_confidence_is_read_in_either_language(value: str, said: str) -> None:
    assert written("confidence", value) == said


def test_confidence_outside_of_the_list_and_long_texts_are_refused() -> None:
    assert "not in the list" in str(written("confidence", "较高"))
    assert "characters" in str(written("difficulty", "难" * 2_001))
    assert written("difficulty", "难" * 2_000) == "难" * 2_000


@pytest.mark.parametrize(
    ("formula", "value", "answer"),
    [
        ("=60/100", 0.6, 0.6),
        ("=[book.xlsx]S!A1", 0.6, "refers to another"),
        ("='其他表'!A1", 0.6, "refers to another"),
        ('=INDIRECT("A1")', 0.6, "refers to another"),
        ("=60/100", None, "has no value"),
    ],
)
def test_a_formula_counts_by_its_value_unless_it_refers_elsewhere(
    formula: str, value: object, answer: object
) -> None:
    read = written("progress", value, percent=True, formula=formula)
    assert read == answer or (isinstance(answer, str) and answer in str(read))


def test_a_row_that_reports_nothing_is_refused_and_an_empty_one_is_not() -> None:
    entry, wrong = entry_of({"difficulty": Cell("S!A1", "缺资金", "缺资金")})
    assert (entry.difficulty, "says nothing" in wrong["difficulty"].words) == ("缺资金", True)
    assert entry_of({"note": Cell("S!A1", "  ", "  ")}) == (Entry(), {})
