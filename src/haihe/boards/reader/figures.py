"""Figures: numbers that count, measure or rank something, with unit, bound, change and subject.

The span follows the conventions of the labelled documents: one-character approximators and 余 多 以上 stand
inside, longer wording outside as the qualifier; a range is two figures, and what it elides is filled in.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from typing import Any

from haihe.boards.reader.numerals import ARABIC, CHINESE, scale_of, split_scale, value_of
from haihe.boards.reader.records import DateMention, Figure
from haihe.kit import resources

_REACH = 40  # characters looked at on either side of a number
_PERIOD_REACH = 200  # characters back to the date that a figure belongs to
_SCALE = r"[十百千]?万亿|[十百千]?[万亿]|[百千]"
_OPEN, _CLOSE = '“‘「『"', '”’」』"'
_QUOTED = re.compile(rf"[{_OPEN}]([^{_OPEN}{_CLOSE}。；，,：？！\n]{{1,20}})[{_CLOSE}]")
_TITLED = re.compile(r"《[^《》\n]{1,80}》")
_MIX = re.compile(r"\d{1,3}(?:\.\d{1,4})?(?:[∶：:]\d{1,3}(?:\.\d{1,4})?){2,3}")
_FRACTION = re.compile(rf"(百|千|万)分之({CHINESE}|{ARABIC})|({CHINESE})分之({CHINESE})")
_RANK = re.compile(rf"第({CHINESE}|{ARABIC}) ?(?:(名|位)(?![置者])|(?=[，。；：、！,;\s”’）)的]|$))")
_STRONG = re.compile(rf"({CHINESE}|{ARABIC})强(?![化调大国度势烈项])")
_LEVEL = re.compile(r"([十百千]?)(万亿|亿|万)(元|美元|吨)?级")
_ELIDED = re.compile(rf"({ARABIC})(?:[至到~～\-—–―－、]|——)$")
_INDEX = re.compile(r"(?:指数|分值|系数|得分|景气度|PMI)[^，。；、\d]{0,4}?(?:为|达到|达|是|至|到)?$")
_CLAUSE = re.compile(r"[，。；：、！？,;:\s（）()“”]")
_STICKS = re.compile(r"[A-Za-z_./＃#〔\[@]$|[A-Za-z]-$|第 ?$")
_YEAR = re.compile(r"\d{4}年|\d\d年代")
_LETTER = re.compile(r"[A-Za-z0-9]")
_NOUN = re.compile(r"[\u4e00-\u9fffA-Za-z]{2,20}")
_VAGUE = frozenset("第数几多")
_BARE = frozenset("百千万亿")
_MYRIADS = frozenset("万亿")
_RANKED = frozenset({"%", "％", "名", "位"})

_Value = Decimal | tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class _Grammar:
    """The compiled patterns and tables of params/units.yaml and params/figures.yaml."""

    number: re.Pattern[str]
    units: dict[str, tuple[str, str, Decimal]]
    arabic_only: frozenset[str]
    approximators: dict[str, str]
    bound: re.Pattern[str]
    horizon: re.Pattern[str]
    bound_after: re.Pattern[str]
    change: re.Pattern[str]
    rank: re.Pattern[str]
    one: re.Pattern[str]
    plan: re.Pattern[str]
    traps: tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class _Unit:
    """What follows a number: as written, its kind of quantity, its plain unit and the factor to it."""

    written: str
    quantity: str
    plain: str | None
    factor: Decimal


def _either(words: Iterable[str]) -> str:
    """A regular expression for one of the words, the longest first."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


def _units_pattern(units: Any) -> str:
    """One of the units, never where the next character makes it another word."""
    blocked = units["counters"] | {
        word: units["not_before"].get(word, "")
        for members in units["quantities"].values()
        for word in members
    }
    words = []
    for word in sorted(blocked, key=len, reverse=True):
        after = blocked[word] + ("A-Za-z" if word[-1].isascii() and word[-1].isalpha() else "")
        words.append(re.escape(word) + (f"(?![{after}])" if after else ""))
    below = _either(units["denominators"])
    return rf"个多(?:月|小时|星期)|(?:{'|'.join(words)})(?:[/／](?:{below}))?"


@cache
def _grammar() -> _Grammar:
    units: Any = resources.definition("boards/reader/params/units.yaml")
    words: Any = resources.definition("boards/reader/params/figures.yaml")
    table = {word: ("count", units["plain"].get(word, word), Decimal(1)) for word in units["counters"]}
    for quantity, members in units["quantities"].items():
        table |= {word: (quantity, plain, Decimal(str(factor))) for word, (plain, factor) in members.items()}
    compared, changed, briefly = (
        _either(words[name]) for name in ("comparisons", "changes", "short_changes")
    )
    return _Grammar(
        number=re.compile(
            rf"(?P<number>{ARABIC}|{CHINESE}) ?(?:(?P<scale>{_SCALE})(?![亿万]))?(?P<more>余|多)?"
            rf"(?P<myriad>万亿|[百千]?[万亿])? ?(?P<unit>{_units_pattern(units)})?"
            r"(?P<tail>余|多(?=[，。、；来]))?(?P<above>及?以[上下](?!来)|左右|上下)?"
        ),
        units=table,
        arabic_only=frozenset(units["arabic_only"]),
        approximators=words["approximators"],
        bound=re.compile(rf"({_either(words['bounds'])})(?:了|至|到|为|达)?$"),
        horizon=re.compile(rf"({_either(words['horizons'])})$"),
        bound_after=re.compile(rf"({_either(words['bounds_after'])})(?![部地外容涵在需销])"),
        change=re.compile(
            rf"((?:[比较][^，。；、,\s]{{1,12}}?)?(?:(?:{compared})*(?:{changed})|(?:{compared})(?:{briefly})))"
            rf"(?:{_either(words['links'])})*$"
        ),
        rank=re.compile(rf"(?:{_either(words['ranks'])})[^，。；：、,\s第]{{0,12}}$"),
        one=re.compile(rf"(?:{_either(words['one_after'])})$"),
        plan=re.compile(_either(words["plans"])),
        traps=tuple(map(re.compile, [_either(words["phrases"]), *words["patterns"]])),
    )


def figures_of(text: str, dates: Sequence[DateMention] = ()) -> tuple[Figure, ...]:
    """Every figure of a text, in order; nothing that is part of a date, a title or a set phrase is one.

    `dates` are those found in the same text: the nearest before a figure in its sentence is its period.
    """
    closed = _Closed(text, dates)
    starts = [date.start for date in dates]
    found: list[Figure] = []
    for match in _grammar().number.finditer(text):
        if found and match.start() < found[-1].end:
            continue
        figure = _special(text, match.start()) or _plain(text, match)
        if figure is None or closed.covers(figure):
            continue
        previous = found[-1] if found else None
        at = bisect_right(starts, figure.start) - 1
        figure = replace(
            figure,
            change=figure.change or _inherited(text, previous, figure),
            subject=_subject(text, previous, figure),
            period=_period(text, dates[at], figure) if at >= 0 else None,
        )
        found.extend(_elided(text, previous, figure))
        found.append(figure)
    return tuple(found)


class _Closed:
    """The stretches of a text in which a number is no figure."""

    def __init__(self, text: str, dates: Sequence[DateMention]) -> None:
        spans = [(date.start, date.end) for date in dates]
        spans += [
            match.span() for pattern in (*_grammar().traps, _TITLED) for match in pattern.finditer(text)
        ]
        self._text = text
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(spans):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)
        self._quotes = [match.span(1) for match in _QUOTED.finditer(text)]
        self._quote_starts = [start for start, _ in self._quotes]

    def covers(self, figure: Figure) -> bool:
        """Whether the figure lies in a closed stretch or only numbers a quoted name (“十项行动”).

        A quoted count that announces a list (“六个重点”：) is a figure.
        """
        at = bisect_right(self._starts, figure.end - 1) - 1
        if at >= 0 and self._ends[at] > figure.start:
            return True
        at = bisect_right(self._quote_starts, figure.start) - 1
        if at < 0 or figure.end > self._quotes[at][1]:
            return False
        start, end = self._quotes[at]
        whole = (figure.start, figure.end) == (start, end) and figure.quote[0].isdigit()
        return not (whole or figure.quantity == "scale" or self._text[end + 1 : end + 2] in {":", "："})


def _figure(
    text: str,
    span: tuple[int, int],
    written: tuple[_Value, str | None],
    plain: tuple[_Value, str | None],
    quantity: str,
) -> Figure:
    return Figure(*span, text[slice(*span)], *written, *plain, quantity)


def _special(text: str, start: int) -> Figure | None:
    """A rank, a scale, a fraction or a mix at a number, or None."""
    before = text[max(0, start - _REACH) : start]
    if before.endswith("第"):
        rank = _RANK.match(text, start - 1)
        value = value_of(rank[1]) if rank else None
        if rank and value is not None and _grammar().rank.search(before[:-1]):
            return _figure(text, rank.span(), (value, rank[2] or "名"), (value, "rank"), "rank")
        return None
    if strong := _STRONG.match(text, start):
        value = value_of(strong[1])
        if value is not None and _grammar().rank.search(before):
            figure = _figure(text, strong.span(), (value, "强"), (value, "rank"), "rank")
            return replace(figure, qualifier="前")
        return None
    if level := _LEVEL.match(text, start):
        value, unit = Decimal(scale_of(level[1])), level[3] or ""
        _, plain, factor = _grammar().units[unit or "元"]
        written, total = (value, f"{level[2]}{unit}级"), value * scale_of(level[2]) * factor
        return replace(_figure(text, level.span(), written, (total, plain), "scale"), qualifier="级")
    return _fraction(text, start) or _mix(text, start)


def _fraction(text: str, start: int) -> Figure | None:
    """百分之三十 as 30 %, 三分之二 as a ratio."""
    found = _FRACTION.match(text, start)
    if not found:
        return None
    value, over = value_of(found[2] or found[4]), value_of(found[1] or found[3])
    if value is None or not over:
        return None
    written = (value, {"百": "%", "千": "‰", "万": "‱"}[found[1]]) if found[1] else (value / over, None)
    return _figure(text, found.span(), written, (value / over, "ratio"), "share")


def _mix(text: str, start: int) -> Figure | None:
    """A mix such as 6.2∶35.7∶58.1: one figure of several values, never a time of day."""
    found = _MIX.match(text, start)
    if not found or ("." not in found[0] and "∶" not in found[0]):
        return None
    values = tuple(Decimal(part) for part in re.split("[∶：:]", found[0]))
    return _figure(text, found.span(), (values, None), (values, "ratio"), "mix")


def _plain(text: str, match: re.Match[str]) -> Figure | None:
    """A number with its unit and bounds, or None where it is no figure."""
    start, end = match.span()
    arabic = match["number"][0].isdigit()
    if (
        _STICKS.search(text[max(0, start - 2) : start])
        if arabic
        else text[max(0, start - 1) : start] in _VAGUE
    ):
        return None
    numeral, myriad = (match["number"], "") if arabic else split_scale(match["number"])
    value, scale = value_of(numeral), (match["scale"] or "") + myriad + (match["myriad"] or "")
    before = _CLAUSE.split(text[max(0, start - _REACH) : start])[-1]
    unit = _unit(text, match, before, scale)
    if value is None or unit is None:
        return None
    bare = set(numeral) <= _BARE
    near = _approximator(text, start, bare=bare, ranked=unit.written in _RANKED)
    more = match["more"] or match["tail"] or ("多" if (match["unit"] or "").startswith("个多") else None)
    if (bare and not (near or more or match["above"] or (unit.quantity == "money" and scale))) or (
        numeral == "一" and not scale and not near and not _grammar().one.search(before)
    ):
        return None
    if not unit.written:
        end = match.end("scale") if match["scale"] else match.end("number")
    total = Decimal(2) ** int(value) if unit.written == "番" else value * scale_of(scale) * unit.factor
    if near:
        start, before = start - 1, before[:-1]
    written = scale + unit.written or None
    qualifier = near or more or match["above"] or _bound(text, before, end, written, unit.quantity)
    change = _grammar().change.search(before) if near != "前" else None
    return Figure(
        start,
        end,
        text[start:end],
        value,
        written,
        total,
        unit.plain,
        unit.quantity,
        qualifier,
        change[1] if change else None,
    )


def _unit(text: str, match: re.Match[str], before: str, scale: str) -> _Unit | None:
    """The unit of a number, or None where what follows makes it no figure."""
    grammar, written = _grammar(), match["unit"] or ""
    arabic, end = match["number"][0].isdigit(), match.end("unit")
    if not written:
        if arabic and scale and scale[-1] in _MYRIADS and not _LETTER.match(text, match.end("scale")):
            return _Unit("", "count", None, Decimal(1))
        return _Unit("", "index", "index", Decimal(1)) if arabic and _is_index(text, match, before) else None
    written = f"个{written[2:]}" if written.startswith("个多") else written
    base, _, below = (written, "", "") if written in grammar.units else written.partition("/")
    quantity, plain, factor = grammar.units[base]
    if quantity == "duration" and (
        _YEAR.match(match["number"] + text[match.start("unit") : end + 1]) or grammar.plan.match(text, end)
    ):
        return None
    if base in grammar.arabic_only and not arabic and not scale:
        return None
    return _Unit(written, quantity, f"{plain}/{below}" if below else plain, factor)


def _is_index(text: str, match: re.Match[str], before: str) -> bool:
    """Whether a bare number is an index value: 指数为154.1, or a change of one (比2023年提高4.9)."""
    start, end = match.span("number")
    if match["scale"] or text[end : end + 1].isalnum() or text[end : end + 1] in {"-", "/", "."}:
        return False
    changed = _grammar().change.search(before) and "指数" in text[max(0, start - _REACH) : start]
    return bool(changed or _INDEX.search(before))


def _approximator(text: str, start: int, *, bare: bool, ranked: bool) -> str | None:
    """The one character that bounds a number: 近 约 超 逾, 上 过 before 百 千 万, 前 before a rank."""
    near, earlier = text[max(0, start - 1) : start], text[max(0, start - 2) : max(0, start - 1)]
    if near in {"上", "过"}:
        return near if bare and not (earlier and earlier in "以超通不经向") else None
    if near == "前":
        return near if ranked else None
    blocked = _grammar().approximators.get(near)
    return None if blocked is None or (earlier and earlier in blocked) else near


def _bound(text: str, before: str, end: int, unit: str | None, quantity: str) -> str | None:
    """The longer wording that bounds a figure, which ends at `end`, from outside."""
    grammar = _grammar()
    found = grammar.bound.search(before)
    if found and not (found[1] == "突破" and unit in {"项", "个"}):
        return found[1]
    if quantity == "duration" and (found := grammar.horizon.search(before)):
        return found[1]
    after = grammar.bound_after.match(text, end)
    return after[1] if after else None


def _inherited(text: str, previous: Figure | None, figure: Figure) -> str | None:
    """The change of the figure before, where the two are joined (分别增长5%和6%)."""
    return previous.change if previous and _joined(text, previous, figure) else None


def _joined(text: str, previous: Figure, figure: Figure) -> bool:
    """Whether two figures of one unit are listed together."""
    return previous.unit == figure.unit and text[previous.end : figure.start] in {
        "、",
        "和",
        "及",
        "与",
        "至",
        "到",
    }


def _elided(text: str, previous: Figure | None, figure: Figure) -> Iterator[Figure]:
    """The lower end of a range whose unit is written once (3—5家)."""
    if isinstance(figure.value, tuple) or not figure.value or not figure.quote[0].isdigit():
        return
    floor = max(previous.end if previous else 0, figure.start - _REACH)
    found = _ELIDED.search(text, floor, figure.start)
    value = value_of(found[1]) if found else None
    if found is None or value is None or _STICKS.search(text[max(0, found.start() - 2) : found.start()]):
        return
    assert isinstance(figure.normalized_value, Decimal)
    total = value * figure.normalized_value / figure.value
    lower = _figure(
        text, found.span(1), (value, figure.unit), (total, figure.normalized_unit), figure.quantity
    )
    yield replace(lower, change=figure.change, subject=figure.subject, period=figure.period)


def _subject(text: str, previous: Figure | None, figure: Figure) -> str | None:
    """What a figure is about: the noun after a count, else the words of its clause before it."""
    if previous and _joined(text, previous, figure):
        return previous.subject
    after = _NOUN.match(text, figure.end)
    if figure.quantity == "count" and after and not _grammar().bound_after.match(text, figure.end):
        return after[0]
    floor = max(previous.end if previous else 0, figure.start - _REACH)
    clause = _CLAUSE.split(text[floor : figure.start].rstrip())[-1]
    for word in (figure.qualifier, figure.change):
        clause = clause.removesuffix(word) if word else clause
    return clause.rstrip("达为了到约近超") or None


def _period(text: str, date: DateMention, figure: Figure) -> str | None:
    """The date's time, where it stands before the figure in the same sentence."""
    near = figure.start - date.end <= _PERIOD_REACH
    return date.iso if near and text.find("。", date.end, figure.start) < 0 else None
