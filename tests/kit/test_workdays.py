"""Workdays against the notices of the State Council, and against counting day by day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haihe.kit.workdays import Span, add_workdays, is_workday, note_of, span, workdays_between

# 国办发明电〔2024〕12号 and 国办发明电〔2025〕7号: days off, and weekends that are worked
NOTICES = {
    2025: (
        [("01-01", 1), ("01-28", 8), ("04-04", 3), ("05-01", 5), ("05-31", 3), ("10-01", 8)],
        ["01-26", "02-08", "04-27", "09-28", "10-11"],
    ),
    2026: (
        [("01-01", 3), ("02-15", 9), ("04-04", 3), ("05-01", 5), ("06-19", 3), ("09-25", 3), ("10-01", 7)],
        ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"],
    ),
}
DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))


@pytest.mark.parametrize("year", NOTICES)
def test_every_day_of_a_year_is_as_its_notice_says(year: int) -> None:
    rests, worked = NOTICES[year]
    off = {
        date.fromisoformat(f"{year}-{first}") + timedelta(days=number)
        for first, days in rests
        for number in range(days)
    }
    shifted = {date.fromisoformat(f"{year}-{day}") for day in worked}
    for number in range(365):
        day = date(year, 1, 1) + timedelta(days=number)
        assert is_workday(day) == (day in shifted or (day.weekday() < 5 and day not in off)), day


@settings(max_examples=30, deadline=None)
@given(DAYS, DAYS)
def test_days_between_are_counted_one_by_one(start: date, end: date) -> None:
    first, last = sorted((start, end))
    count = sum(is_workday(first + timedelta(days=number)) for number in range(1, (last - first).days + 1))
    assert workdays_between(start, end) == (count if end >= start else -count)


@settings(max_examples=30, deadline=None)
@given(DAYS, st.integers(-30, 30))
def test_a_day_some_workdays_away_is_a_workday_that_far_off(day: date, count: int) -> None:
    found = add_workdays(day, count)
    assert is_workday(found)
    if count > 0 or is_workday(day):
        assert workdays_between(day, found) == count
    assert count <= 0 or found > day


def test_a_holiday_is_named_with_its_days() -> None:
    counted = span(date(2025, 9, 26), date(2025, 10, 15))
    assert note_of(counted, "zh") == "国庆节、中秋 8 天不计；2025-09-28 调休上班；2025-10-11 调休上班"
    assert counted.workdays == 2 + 1 + 2 - 1 + 5
    assert note_of(span(date(2026, 11, 2), date(2026, 11, 30)), "zh") == ""


def test_a_year_without_a_notice_has_its_weekends_and_says_so() -> None:
    counted = span(date(2035, 9, 28), date(2035, 10, 8))
    assert counted == Span(6, unpublished=(2035,))
    assert (
        note_of(counted, "en") == "the holidays of 2035 have not been published, only weekends are left out"
    )
    assert is_workday(date(2035, 10, 1))
