"""Dates: days, months, quarters, years and plan periods, each with its ISO form where the year is known.

今年 and 5月31日 take their year from an earlier date of the same sentence or from the document's date;
当天, 近年来, 目前 and 每年 name no time and are left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from haihe.boards.reader.numerals import value_of
from haihe.boards.reader.records import DateMention

_LABEL_REACH = 4_000  # characters from the start in which a document states its date
_HALF_YEAR = timedelta(days=183)
_YEARS = {"今年": 0, "本年": 0, "去年": -1, "上年": -1, "明年": 1, "前年": -2, "后年": 2}
_DAYS = {
    "今天": 0,
    "今日": 0,
    "今晚": 0,
    "昨天": -1,
    "昨日": -1,
    "昨晚": -1,
    "明天": 1,
    "明日": 1,
    "前天": -2,
}
_MONTHS = {"本月": 0, "上月": -1, "下月": 1}
_SPANS = {"上半年": "H1", "下半年": "H2"}

_YEAR = r"(?:(?:1[89]|20)[0-9]{2}|[一二][〇零九][〇零一二三四五六七八九]{2})"
_RANGE = r"(?:(?P<{0}_from>[0-9]{{1,2}})(?:[至到~～–\-]|—{{1,2}}))?"
_MONTH = _RANGE + r"(?P<{0}>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九]) ?月"
_DAY = (
    _RANGE + r"(?P<{0}>[12][0-9]|3[01]|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九]) ?日"
)
_PART = r"(?:[初末底](?![级一二三四五六七八九十])|[上中下]旬|份(?![额子]))?"
_QUARTER = r"第?[一二三四1-4]季度|前[二三两23]季度|上半年|下半年"
_FREE = r"(?<![0-9０-９A-Za-z./第每〇零一二三四五六七八九十百])"
_APART = r"(?<![0-9０-９A-Za-z./\-—])"
# A year before one of these is a count (2025家).
_COUNTED = (
    "年万亿千百余多个家项条人名位所座栋幢套台辆架艘列趟班场次届批件份篇部本册种类支只头匹棵株根块片处户间层栏笔宗张枚颗道组"
    "队轮岁段门把元美欧日港米公平立吨克斤度分秒小天周月号成倍亩升瓦伏毫微兆标字页"
)
_PLAN = (
    r"(?P<plan>[“\"‘](?:[六七八九]|十[一二三四五六七八]?|二十)五[”\"’]"
    r"|(?<![第十百千])十[一二三四五六七八]五(?![十百千万亿]))"
)
_FULL = (
    rf"(?P<full>{_APART}(?:19|20)[0-9]{{2}}(?P<mark>[\-/.])(?:1[0-2]|0?[1-9])(?P=mark)"
    r"(?:[12][0-9]|3[01]|0?[1-9])(?![0-9]))"
)
_DECADE = r"(?P<decade>(?<![0-9])(?:20世纪|上个?世纪|21世纪|本世纪)?[2-9二三四五六七八九][0十]年代)"
_DATED = (
    rf"(?P<year>{_FREE}{_YEAR}(?= ?年(?![代级]))|{'|'.join(_YEARS)})(?: ?年)?"
    rf"(?:(?P<part>{_QUARTER})| ?{_MONTH.format('month')}(?: ?{_DAY.format('day')}|{_PART})"
    r"|年?[初末底](?!级)|年中)?"
)
_OF_YEAR = rf"{_FREE}{_MONTH.format('only_month')}(?: ?{_DAY.format('only_day')}|{_PART})(?![大饼球])"
_BARE = (
    rf"(?P<bare>(?<=[（(])20[0-9]{{2}}(?=[）)])|{_APART}(?:19|20)[0-9]{{2}}"
    rf"(?=[\-—–~～至到]{{1,2}}{_YEAR} ?年|[\u4e00-\u9fff](?<![{_COUNTED}])))"
)
_OTHER = (
    rf"(?P<quarter>(?<![每各])(?:{_QUARTER}))|(?P<deictic>{'|'.join([*_DAYS, *_MONTHS])})"
    rf"|{_FREE}(?P<lone_day>[12][0-9]|3[01]|[1-9])日(?![内均常程间志报游产夜本元语军])"
)
_PATTERN = re.compile("|".join([_PLAN, _FULL, _DECADE, _DATED, _OF_YEAR, _OTHER, _BARE]))
_STATED = re.compile(
    r"(?:日期|时间)[*＊]{0,2}[：:][*＊\s]{0,4}(?P<labelled>[^\n]{8,12})"
    r"|^[ \t\u3000（(]*(?P<alone>20\d\d ?年[^\n]{3,8}日)[ \t）)]*$",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class _Clock:
    """When a document was written: the day, or only the year that its first line names."""

    day: date | None
    year: int | None


def dates_of(text: str, dated: date | None = None) -> tuple[DateMention, ...]:
    """Every date of a text, in order; `dated` is the document's own day where it is known."""
    clock = _clock_of(text, dated)
    found: list[DateMention] = []
    year, sentence_end = None, 0
    for match in _PATTERN.finditer(text):
        start, end = match.span()
        if start >= sentence_end:
            year, stop = None, text.find("。", start)
            sentence_end = stop if stop >= 0 else len(text)
        previous = found[-1] if found and start - found[-1].end <= 1 else None
        iso, precision = _meaning(match, clock, year, previous)
        if iso and match["year"] and precision != "plan_period":
            year = int(iso[:4])
        found.append(DateMention(start, end, match[0], iso, precision))
    return tuple(found)


def stated_date(text: str) -> date | None:
    """The day that a document gives as its own, labelled (日期：2026-05-11) or alone on a line; else None.

    >>> stated_date("日期：2026-05-11 来源：新京报")
    datetime.date(2026, 5, 11)
    """
    for found in _STATED.finditer(text[:_LABEL_REACH]):
        inside = _PATTERN.search(found["labelled"] or found["alone"])
        if inside:
            iso, precision = _meaning(inside, _Clock(None, None), None, None)
            if iso and precision == "day":
                return date.fromisoformat(iso)
    return None


def _clock_of(text: str, dated: date | None) -> _Clock:
    """The document's date: as given, as stated, or the one year that its first line names."""
    day = dated or stated_date(text)
    if day:
        return _Clock(day, day.year)
    first = text.lstrip("\ufeff \n\r\u3000").partition("\n")[0][:80]
    years = {int(found) for found in re.findall(r"(?<!\d)20\d\d(?!\d)", first)}
    return _Clock(None, years.pop() if len(years) == 1 else None)


def _meaning(
    match: re.Match[str], clock: _Clock, year: int | None, previous: DateMention | None
) -> tuple[str | None, str]:
    """The ISO form and precision of a match; `year` was named before it in its sentence."""
    if match["year"]:
        return _dated_parts(match, _year_of(match["year"], clock))
    if match["only_month"]:
        return _in_year(match, clock, year)
    if match["lone_day"]:
        return _lone_day(int(match["lone_day"]), clock, previous), "day"
    if match["quarter"]:
        return _part_of_year(match["quarter"], year or clock.year)
    if match["deictic"]:
        return _deictic(match["deictic"], clock)
    return _absolute(match)


def _absolute(match: re.Match[str]) -> tuple[str | None, str]:
    """The meaning of a date that needs no context."""
    if match["plan"]:
        return _plan_period(match["plan"]), "plan_period"
    if match["full"]:
        return _day_iso(*(int(part) for part in match["full"].split(match["mark"]))), "day"
    if match["decade"]:
        return _decade(match["decade"]), "decade"
    return match["bare"], "year"


def _in_year(match: re.Match[str], clock: _Clock, year: int | None) -> tuple[str | None, str]:
    """A month or day without its year.

    A day more than half a year after the document's own was last year's, unless it is a deadline (前).
    """
    known = year or clock.year
    month, day = _number(match["only_month"]), _number(match["only_day"])
    if day is None:
        first = _month_iso(known, _number(match["only_month_from"]))
        return _range(first, _month_iso(known, month)), "month"
    iso = _day_iso(known, month, day)
    due = "前" in match.string[match.end() : match.end() + 2]
    if iso and clock.day and not year and not due and date.fromisoformat(iso) - clock.day > _HALF_YEAR:
        known = clock.day.year - 1
    first = _day_iso(known, month, _number(match["only_day_from"]))
    return _range(first, _day_iso(known, month, day)), "day"


def _dated_parts(match: re.Match[str], year: int | None) -> tuple[str | None, str]:
    """The meaning of a year with what follows it."""
    if match["part"]:
        return _part_of_year(match["part"], year)
    month, day = _number(match["month"]), _number(match["day"])
    if day is not None:
        return _range(_day_iso(year, month, _number(match["day_from"])), _day_iso(year, month, day)), "day"
    if month is not None:
        return _range(_month_iso(year, _number(match["month_from"])), _month_iso(year, month)), "month"
    return (str(year) if year else None), "year"


def _year_of(words: str, clock: _Clock) -> int | None:
    if words in _YEARS:
        return clock.year + _YEARS[words] if clock.year else None
    return _number(words)


def _number(numeral: str | None) -> int | None:
    value = value_of(numeral) if numeral else None
    return None if value is None else int(value)


def _day_iso(year: int | None, month: int | None, day: int | None) -> str | None:
    """YYYY-MM-DD, or None where a part is unknown or there is no such day."""
    try:
        return date(year, month, day).isoformat() if year and month and day else None
    except ValueError:
        return None


def _month_iso(year: int | None, month: int | None) -> str | None:
    return f"{year}-{month:02}" if year and month and 1 <= month <= 12 else None


def _range(first: str | None, last: str | None) -> str | None:
    """The interval from the first to the last (1—5月), or the last alone."""
    return f"{first}/{last}" if first and last else last


def _part_of_year(words: str, year: int | None) -> tuple[str | None, str]:
    """2023-Q1 for 一季度, 2023-H1 for 上半年, an interval of months for 前三季度."""
    if words in _SPANS:
        return (f"{year}-{_SPANS[words]}" if year else None), "half"
    quarter = _number(words[-3]) or 0
    if words.startswith("前"):
        return (f"{year}-01/{year}-{quarter * 3:02}" if year else None), "quarter"
    return (f"{year}-Q{quarter}" if year else None), "quarter"


def _plan_period(words: str) -> str:
    """The years of a five-year plan: the third began in 1966 after three years' gap.

    >>> _plan_period("“十四五”")
    '2021/2025'
    """
    ordinal = _number(words.strip('“”"‘’')[:-1]) or 0
    first = 1966 + 5 * (ordinal - 3)
    return f"{first}/{first + 4}"


def _decade(words: str) -> str:
    """The ten years of 上世纪80年代 or 20世纪八十年代."""
    first = (2000 if words.startswith(("21世纪", "本世纪")) else 1900) + 10 * (_number(words[-4]) or 0)
    return f"{first}/{first + 9}"


def _deictic(words: str, clock: _Clock) -> tuple[str | None, str]:
    """今天 and 本月, counted from the document's day."""
    if words in _DAYS:
        day = clock.day + timedelta(days=_DAYS[words]) if clock.day else None
        return (day.isoformat() if day else None), "day"
    if not clock.day:
        return None, "month"
    months = clock.day.year * 12 + clock.day.month - 1 + _MONTHS[words]
    return f"{months // 12}-{months % 12 + 1:02}", "month"


def _lone_day(day: int, clock: _Clock, previous: DateMention | None) -> str | None:
    """A day without its month: that of the date it continues (5月1日至3日), else the last such day."""
    if previous and previous.precision == "day" and previous.iso:
        return _day_iso(int(previous.iso[:4]), int(previous.iso[5:7]), day)
    if not clock.day:
        return None
    first = clock.day.replace(day=1)
    month = first if day <= clock.day.day else (first - timedelta(days=1)).replace(day=1)
    return _day_iso(month.year, month.month, day)
