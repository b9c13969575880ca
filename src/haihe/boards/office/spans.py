"""Periods and days in words."""

from __future__ import annotations

from datetime import date

from haihe.kit.errors import N_
from haihe.kit.words import Language, say

QUARTERS = (N_("first"), N_("second"), N_("third"), N_("fourth"))


def named(period: str, language: Language) -> str:
    """A period in words.

    >>> named("2026Q4", "en"), named("2026-11", "en"), named("2026", "en")
    ('the fourth quarter of 2026', '2026-11', '2026')
    """
    year, rest = period[:4], period[4:]
    if not rest:
        return say(N_("{year}"), language, year=year)
    if rest[0] == "Q":
        words = N_("the {quarter} quarter of {year}")
        return say(words, language, year=year, quarter=say(QUARTERS[int(rest[1:]) - 1], language))
    return say(N_("{year}-{month:02}"), language, year=year, month=int(rest[1:]))


def dated(day: date, language: Language) -> str:
    """A day in words.

    >>> dated(date(2026, 11, 3), "en")
    '2026-11-03'
    """
    words = N_("{year}-{month:02}-{day:02}")
    return say(words, language, year=day.year, month=day.month, day=day.day)
