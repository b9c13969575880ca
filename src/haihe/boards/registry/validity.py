"""From when and until when something held, as exactly as a source says it and no more.

A moment is a day, a month or a year (2023-07-20, 2023-07, 2023), or an interval in which it lies: 2017..2025
is some time from 2017 to 2025, ..2017 is 2017 or earlier, 2017.. is 2017 or later. The form is that of
ISO 8601-2:2019 (EDTF) for one of a set, without its brackets.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

_DAY = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_OPEN = ".."


@dataclass(frozen=True, slots=True)
class Validity:
    """From when until when; None is unknown, and as an end also that none is known."""

    since: str | None = None
    until: str | None = None

    def ended(self, on: date) -> bool:
        """Whether it has surely ended by a day.

        >>> Validity("2017", "2017..2025").ended(date(2026, 1, 1)), Validity("2017").ended(date(2026, 1, 1))
        (True, False)
        """
        last = latest(self.until) if self.until else None
        return last is not None and last < on


UNKNOWN = Validity()


def is_day(words: str) -> bool:
    """Whether words are a day, a month or a year of the calendar.

    >>> is_day("2023-02"), is_day("2023-02-30"), is_day("20230201")
    (True, False, False)
    """
    return _first(words) is not None


def is_moment(words: str) -> bool:
    """Whether words name a moment: a day, a month, a year, or an interval in which it lies.

    >>> is_moment("2017..2025"), is_moment("..2017"), is_moment(".."), is_moment("2025..2017")
    (True, True, False, False)
    """
    first, interval, last = words.partition(_OPEN)
    if not interval:
        return is_day(words)
    if not (first or last) or not all(is_day(one) for one in (first, last) if one):
        return False
    start, end = earliest(words), latest(words)
    return start is None or end is None or start <= end


def earliest(moment: str) -> date | None:
    """The first day that a moment may be; None where nothing bounds it."""
    first = moment.partition(_OPEN)[0]
    return _first(first) if first else None


def latest(moment: str) -> date | None:
    """The last day that a moment may be; None where nothing bounds it.

    >>> latest("2024-02"), latest("2017..2025"), latest("2017..")
    (datetime.date(2024, 2, 29), datetime.date(2025, 12, 31), None)
    """
    first, interval, last = moment.partition(_OPEN)
    words = last if interval else first
    start = _first(words) if words else None
    if start is None:
        return None
    month = start.month if len(words) > len("2023") else 12
    day = start.day if len(words) > len("2023-07") else monthrange(start.year, month)[1]
    return date(start.year, month, day)


def overlap(one: Validity, other: Validity) -> bool:
    """Whether two must have held at the same time; what is unknown bounds nothing.

    >>> before = Validity("2010", "2015")
    >>> overlap(before, Validity("2015")), overlap(before, Validity("2014"))
    (False, True)
    >>> overlap(Validity("2023", "2023"), Validity("2023", "2023"))
    True
    """
    return one == other or (_begun_in(one, other) and _begun_in(other, one))


def _begun_in(one: Validity, other: Validity) -> bool:
    """Whether one had surely begun before another can have ended."""
    start = (latest(one.since) or date.max) if one.since else date.min
    end = (earliest(other.until) or date.min) if other.until else date.max
    return start <= end


def _first(words: str) -> date | None:
    """The first day of a day, a month or a year; None if words are none of them."""
    found = _DAY.fullmatch(words)
    if not found:
        return None
    try:
        return date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return None
