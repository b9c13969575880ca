"""By when: the last allowed day that a measure names, or that it is to go on."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import MAXYEAR, MINYEAR, date, timedelta

from haihe.boards.reader.records import Due, Span

ONGOING = "ongoing"
"""The due of what is to go on without an end."""

_RANGE = r"(?<![年月日度\d—–-])"  # 到 after one of these closes a range: 2023年至2025年
_YEAR = r"(?P<named>(?P<year>[2２][0０]\d\d) ?年度?|今年|本年度?|(?P<next>明年))?"
_MONTH = (
    r"(?<![\d.])(?P<month>[1１][0-2０-２]|[0０]?[1-9１-９]) ?月"
    r"(?: ?(?P<day>[3３][01０１]|[12１２]\d|[0０]?[1-9１-９]) ?日|份?(?P<third>[底末]|[上中下]旬))?"
)
_PART = r"(?P<part>上半年|下半年|[第前]?[一二三四1-4]季度)[底末]?"
_END = r"(?P<end>(?(named)年?[底末内]|(?<![\d一二三四五六七八九十两几])年[底末内])|全年)"
_WRITTEN = (
    r"(?<![\d.])(?P<written>20\d\d)(?P<mark>[-/.])(?P<written_month>1[0-2]|0?[1-9])"
    r"(?:(?P=mark)(?P<written_day>3[01]|[12]\d|0?[1-9]))?(?!\d)"
)
_PLAN = r"[“\"]?十(?P<plan>[三四五六七])五[”\"]?(?:规划)?(?P<plan_end>期末|末期?|期间|时期)?"
_LIMIT = re.compile(
    rf"(?:{_WRITTEN}|(?P<to>{_RANGE}[到至])?(?:{_YEAR}(?:{_MONTH}|{_PART}|{_END}|(?(named)|(?!)))|{_PLAN}))"
    r"(?P<before>之?前(?![0-9一二三四两后期述沿瞻])|以前)?"
)
_SAID = re.compile(
    r"[年月日度底末旬期间五”](?:之?前|以前)|[到至](?=[今明本年上下第前一二三四十“\"\d])|[年度]内"
)
_GOES_ON = (
    r"持续(?:推进|实施|开展|坚持|深化|跟踪)|长期(?:坚持|推进|实施|开展|任务)?|常态化?(?:推进|开展|实施)?|每年"
)
_ONGOING = re.compile(_GOES_ON)
_CLAUSE = re.compile(rf"(?:^|(?<=[，,；;。]))(?:并)?(?:{_GOES_ON})(?=[，,；;。）)]|$)")
_SENTENCE_END = re.compile(r"[。；;\n]")
_MONTHS = {"上半年": 6, "下半年": 12}
_QUARTERS = dict(zip("一二三四1234", [3, 6, 9, 12] * 2, strict=True))
_THIRDS = {"上旬": 10, "中旬": 20}
_PLANS = dict(zip("三四五六七", range(2020, 2045, 5), strict=True))


def dues_of(text: str, measures: Sequence[Span], *, year: int | None) -> tuple[Due, ...]:
    """The due dates that measures state in their own words, in their order, at most one each."""
    said = ((at, due_of(text, (one.start, one.end), year=year)) for at, one in enumerate(measures))
    return tuple(replace(due, measure=at) for at, due in said if due)


def due_of(
    text: str, within: tuple[int, int] | None = None, *, year: int | None, bare: bool = False
) -> Due | None:
    """The last due date that a stretch of a text names, else that it is to go on, else None.

    `year` is the document's, for words that name none; what lies before it has passed and is no due date. In
    running text a day must be said as a limit (6月底前, 到2025年), and 持续推进 be a clause of its own; in a
    cell or a bracket, `bare`, the words alone are enough (2026年12月). A term (5年内) is none.

    >>> due_of("将于6月底前启动", year=2023)
    Due(start=2, end=6, quote='6月底前', due='2023-06-30', measure=None)
    >>> due_of("2027年前建成", year=None).due, due_of("持续推进", year=2023).due
    ('2026-12-31', 'ongoing')
    """
    start, end = within or (0, len(text))
    limits = _limits(text, start, end, year, bare) if bare or _SAID.search(text, start, end) else ()
    found = max(limits, key=lambda entry: entry[0], default=None)
    if found:
        return _due(found[1], found[0].isoformat())
    ongoing = (_ONGOING if bare else _CLAUSE).search(text, start, end)
    return _due(ongoing, ONGOING) if ongoing else None


def _due(match: re.Match[str], due: str) -> Due:
    return Due(match.start(), match.end(), match[0], due)


def _limits(
    text: str, start: int, end: int, year: int | None, bare: bool
) -> Iterator[tuple[date, re.Match[str]]]:
    """The days that a stretch names as limits; a year named before in the sentence holds for what follows."""
    known, sentence = year, start
    for match in _LIMIT.finditer(text, start, end):
        if _SENTENCE_END.search(text, sentence, match.start()):
            known = year
        sentence = match.end()
        if match["year"]:
            known = int(match["year"])
        day = _last_day(match, known)
        if day and (bare or _is_limit(match)) and (year is None or day.year >= year):
            yield day, match


def _is_limit(match: re.Match[str]) -> bool:
    return bool(match["before"] or match["to"] or (match["end"] or "").endswith("内"))


def _last_day(match: re.Match[str], year: int | None) -> date | None:
    """The last allowed day of a limit; None where its year is unknown or there is no such day."""
    if match["written"]:
        return _in_month(match, int(match["written"]), "written_")
    if match["plan"]:
        return date(_PLANS[match["plan"]], 12, 31)
    if year is None or not MINYEAR < year < MAXYEAR:
        return None
    year += bool(match["next"])
    if match["month"]:
        return _in_month(match, year)
    if match["part"]:
        words = match["part"]
        month = _MONTHS.get(words) or _QUARTERS[words.lstrip("第前")[0]]
        return date(year, month, monthrange(year, month)[1])
    whole = match["before"] and match["year"] and not match["end"]
    return date(year - 1 if whole else year, 12, 31)


def _in_month(match: re.Match[str], year: int, written: str = "") -> date | None:
    """The day named, or the last of the month; 3月前 is the end of February, 3月底前 of March."""
    month, day = int(match[f"{written}month"]), match[f"{written}day"]
    last = monthrange(year, month)[1]
    if day:
        return date(year, month, int(day)) if int(day) <= last else None
    third = None if written else match["third"]
    if match["before"] and not third:
        return date(year, month, 1) - timedelta(days=1)
    return date(year, month, _THIRDS.get(third or "", last))
