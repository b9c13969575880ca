"""The periods that are reported on: a year (2026), a quarter (2026Q4) or a month (2026-11)."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from haihe.kit.errors import N_, Invalid

_PERIOD = re.compile(r"(?:19|20|21)\d\d(-(0[1-9]|1[0-2])|Q[1-4])?", re.ASCII)


def is_period(words: str) -> bool:
    """Whether words name a year, a quarter or a month, of the days that are taken (`kit/limits.py`).

    >>> is_period("2026-11"), is_period("2026Q4"), is_period("2026-13")
    (True, True, False)
    """
    return _PERIOD.fullmatch(words) is not None


def checked_period(words: str) -> str:
    """A period as it may be stored; raises Invalid."""
    if not is_period(words):
        raise Invalid(
            N_("The period {period} is not known."),
            advice=N_("Write a year, a quarter or a month: 2023, 2023Q1 or 2023-06."),
            period=words[:20],
        )
    return words


def first_day_of(period: str) -> date:
    """The first day of a year, a quarter or a month.

    >>> first_day_of("2026-11"), first_day_of("2026Q4"), first_day_of("2026")
    (datetime.date(2026, 11, 1), datetime.date(2026, 10, 1), datetime.date(2026, 1, 1))
    """
    year, rest = int(period[:4]), period[4:]
    month = (int(rest[1:]) * 3 - 2 if rest[0] == "Q" else int(rest[1:])) if rest else 1
    return date(year, month, 1)


def last_day_of(period: str) -> date:
    """The last day of a year, a quarter or a month.

    >>> last_day_of("2026-11"), last_day_of("2026Q1"), last_day_of("2026")
    (datetime.date(2026, 11, 30), datetime.date(2026, 3, 31), datetime.date(2026, 12, 31))
    """
    year, rest = int(period[:4]), period[4:]
    month = int(rest[1:]) * (3 if rest[0] == "Q" else 1) if rest else 12
    return date(year, month, monthrange(year, month)[1])


def month_of(day: date) -> str:
    """The month that a day lies in, as a period."""
    return f"{day:%Y-%m}"


def containing(period: str) -> tuple[str, ...]:
    """A period and those that contain it, the narrowest first.

    >>> containing("2026-11"), containing("2026Q4"), containing("2026")
    (('2026-11', '2026Q4', '2026'), ('2026Q4', '2026'), ('2026',))
    """
    first = first_day_of(period)
    wider = (f"{first:%Y}Q{(first.month + 2) // 3}", f"{first:%Y}")
    return (period, *wider[len(wider) - (2 if "-" in period else 1 if "Q" in period else 0) :])


def neighbour(period: str, steps: int = -1) -> str:
    """The period of the same length so many steps later, by default the one before.

    >>> neighbour("2026-01"), neighbour("2026Q4", 1), neighbour("2026"), neighbour("2026-11", 2)
    ('2025-12', '2027Q1', '2025', '2027-01')
    """
    year, rest = int(period[:4]), period[4:]
    if not rest:
        return f"{year + steps:04}"
    if rest[0] == "Q":
        year, place = divmod(4 * year + int(rest[1:]) - 1 + steps, 4)
        return f"{year:04}Q{place + 1}"
    year, place = divmod(12 * year + int(rest[1:]) - 1 + steps, 12)
    return f"{year:04}-{place + 1:02}"


def months_of(period: str) -> tuple[str, ...]:
    """The months in a period, the first one first; a month is its own.

    >>> months_of("2026Q4"), months_of("2026-11")
    (('2026-10', '2026-11', '2026-12'), ('2026-11',))
    """
    first, last = first_day_of(period), last_day_of(period)
    return tuple(f"{last.year:04}-{month:02}" for month in range(first.month, last.month + 1))
