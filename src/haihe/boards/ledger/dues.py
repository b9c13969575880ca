"""By when: the last allowed day that a measure names."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from haihe.boards.ledger.records import Due

_YEAR = r"(?:(?P<year>20\d{2})年|(?P<this>今年|本年度?|年内)|(?P<next>明年))"
_NARROW = str.maketrans("０１２３４５６７８９", "0123456789")
_BEFORE = r"(?P<before>之?前|以前)?"
_DAY = re.compile(
    rf"(?:{_YEAR})?(?P<month>1[0-2]|0?[1-9])月"
    rf"(?:(?P<day>3[01]|[12]\d|0?[1-9])日|(?P<monthend>底|末))?{_BEFORE}"
)
_PART = re.compile(rf"(?:{_YEAR})?(?P<part>上半年|下半年|第?[一二三四1-4]季度)(?:底|末)?{_BEFORE}")
_END = re.compile(rf"(?P<to>到|至)?(?:{_YEAR}|年)(?:底|末){_BEFORE}")
_WHOLE = re.compile(rf"(?P<to>到|至)?{_YEAR}{_BEFORE}")
_ONGOING = re.compile(r"持续推进|长期坚持|长期推进|持续实施|持续开展|常态化推进|长期任务")
_CLAUSE_ENDS = re.compile(rf"(?:^|(?<=[，,；;。]))(?:{_ONGOING.pattern})(?=[，,；;。]|$)")
_PARTS = {"上半年": 6, "下半年": 12}
_QUARTERS = dict(zip("一二三四1234", [3, 6, 9, 12] * 2, strict=True))


def due_of(text: str, *, year: int | None, bare: bool = False) -> Due | None:
    """The first due date in a text, else that it is to go on, else None.

    `year` is the document's, for words that name none. In running text a day must be said as a limit
    (6月底前, 到2025年), and 持续推进 be a clause of its own; in a cell or a bracket, `bare`, the words alone
    are enough (2026年12月).

    >>> due_of("6月底前启动", year=2023)
    Due(on=datetime.date(2023, 6, 30), words='6月底前')
    >>> due_of("2027年前建成", year=None).on, due_of("持续推进", year=2023).on
    (datetime.date(2026, 12, 31), None)
    """
    readings = ((_DAY, _month_end), (_PART, _part_end), (_END, _year_end), (_WHOLE, _whole_end))
    found = [
        (match.start(), -len(match[0]), Due(day, text[slice(*match.span())]))
        for pattern, last_day in readings
        for match in pattern.finditer(text.translate(_NARROW))
        if (bare or _is_limit(match)) and (day := last_day(match, year))
    ]
    if found:
        return min(found, key=lambda entry: entry[:2])[2]
    ongoing = (_ONGOING if bare else _CLAUSE_ENDS).search(text)
    return Due(None, ongoing[0]) if ongoing else None


def _is_limit(match: re.Match[str]) -> bool:
    groups = match.groupdict()
    return bool(groups["before"] or groups.get("to"))


def _year_of(match: re.Match[str], year: int | None) -> int | None:
    if match["year"]:
        return int(match["year"])
    return year + 1 if year and match["next"] else year


def _month_end(match: re.Match[str], year: int | None) -> date | None:
    """The day named, or the last of the month; 3月前 is the end of February, 3月底前 of March."""
    named, month = _year_of(match, year), int(match["month"])
    if named is None:
        return None
    last = monthrange(named, month)[1]
    if match["day"]:
        day = int(match["day"])
        return date(named, month, day) if day <= last else None
    if match["before"] and not match["monthend"]:
        return date(named, month, 1) - timedelta(days=1)
    return date(named, month, last)


def _part_end(match: re.Match[str], year: int | None) -> date | None:
    named, part = _year_of(match, year), match["part"]
    if named is None:
        return None
    month = _PARTS.get(part) or _QUARTERS[part.removeprefix("第")[0]]
    return date(named, month, monthrange(named, month)[1])


def _year_end(match: re.Match[str], year: int | None) -> date | None:
    named = _year_of(match, year)
    return date(named, 12, 31) if named else None


def _whole_end(match: re.Match[str], year: int | None) -> date | None:
    """到2025年 is its last day, 2027年前 the last day before it."""
    named = _year_of(match, year)
    if named is None:
        return None
    return date(named - 1, 12, 31) if match["before"] and match["year"] else date(named, 12, 31)
