"""Workdays (工作日) of mainland China: weekends, public holidays and the weekends worked in their place.

The days are those that the State Council announces for each year (国务院办公厅关于部分节假日安排的通知, by
全国年节及纪念日放假办法), as the package chinesecalendar has them. A year that it does not know yet has its
weekends only, and `span` says which years those are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import chain

from chinese_calendar import Holiday, holidays, workdays  # type: ignore[import-untyped]

from haihe.kit.errors import N_
from haihe.kit.words import say

_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Rest:
    """A public holiday inside a span: its names in Chinese and English, first day, and days in the span."""

    names: tuple[tuple[str, str], ...]
    first: date
    days: int


@dataclass(frozen=True, slots=True)
class Span:
    """The days after one day up to another, counted: `shifted` are weekends that are worked.

    `unpublished` are years whose holidays nobody has announced yet; they count with their weekends only.
    """

    workdays: int
    rests: tuple[Rest, ...] = ()
    shifted: tuple[date, ...] = ()
    unpublished: tuple[int, ...] = ()


@cache
def published() -> frozenset[int]:
    """The years whose holidays are known."""
    return frozenset(day.year for day in holidays)


def is_workday(day: date) -> bool:
    """Whether a day is worked; by weekends alone where the year is not `published`.

    >>> is_workday(date(2026, 10, 7)), is_workday(date(2026, 10, 10))
    (False, True)
    """
    return day in workdays or (day.weekday() < _SATURDAY and day not in holidays)


def workdays_between(start: date, end: date) -> int:
    """How many workdays come after `start` up to and with `end`; negative where `end` is the earlier.

    >>> workdays_between(date(2026, 9, 30), date(2026, 10, 9))
    2
    """
    if end < start:
        return -workdays_between(end, start)
    return sum(map(is_workday, _days(start, end)))


def add_workdays(day: date, count: int) -> date:
    """The day that many workdays after a day, or before it; with 0 the day itself or the last workday before.

    >>> add_workdays(date(2026, 9, 30), 2), add_workdays(date(2026, 10, 4), 0)
    (datetime.date(2026, 10, 9), datetime.date(2026, 9, 30))
    """
    step = _DAY if count > 0 else -_DAY
    left = abs(count) if is_workday(day) or count > 0 else abs(count) + 1
    while left:
        day += step
        left -= is_workday(day)
    return day


def span(start: date, end: date) -> Span:
    """The days after `start` up to and with `end`, with the holidays that are left out and why."""
    days = list(_days(start, end))
    return Span(
        sum(map(is_workday, days)),
        tuple(_rests(days)),
        tuple(day for day in days if day in workdays and day.weekday() >= _SATURDAY),
        tuple(sorted({day.year for day in days} - published())),
    )


def note_of(counted: Span, language: str) -> str:
    """What a count of workdays leaves out and counts in, in words; empty where only weekends are left out."""
    place = 1 if language == "en" else 0
    notes = [
        say(
            N_("{name}: {days} d not counted"),
            language,
            name=("、", " and ")[place].join(names[place] for names in rest.names),
            days=rest.days,
        )
        for rest in counted.rests
    ]
    notes += [say(N_("{day} is worked"), language, day=day) for day in counted.shifted]
    notes += [
        say(
            N_("the holidays of {year} have not been published, only weekends are left out"),
            language,
            year=year,
        )
        for year in counted.unpublished
    ]
    return ("；", "; ")[place].join(notes)


def _days(start: date, end: date) -> Iterator[date]:
    return (start + timedelta(days=number) for number in range(1, (end - start).days + 1))


def _rests(days: list[date]) -> Iterator[Rest]:
    """The holidays, those that follow on each other taken together."""
    run: list[date] = []
    for day in chain(days, [None]):
        if day is not None and day in holidays:
            run.append(day)
        elif run:
            names = dict.fromkeys(holidays[one] for one in run)
            yield Rest(tuple((Holiday(name).chinese, name) for name in names), run[0], len(run))
            run = []
