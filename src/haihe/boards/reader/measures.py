"""Measures: the items of enumerations, as lists under the sentence that announces them.

Markers are 第一条, 一、, （一）, 1., （1）, ①, 一是, 一要, 其一, 第一，, 首先 … 最后; several may stand on
one line, and lists nest. Those without a marker are in `items`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from haihe.boards.reader.catalogues import measures_only
from haihe.boards.reader.items import Item, Series, aspects, tabled
from haihe.boards.reader.numerals import value_of
from haihe.boards.reader.records import Block, Grid, Measure, MeasureList, Span
from haihe.boards.reader.rows import rows_of

_LEAD_REACH = 800  # characters looked back for the sentence that announces a list
_LEAD_SENTENCES = 6
_AHEAD = 30  # markers looked ahead for the next item of an open list
_TITLE_MAX = 40
_CAPTION_MAX = 60
_SHORT_ITEM = 30
_REPORT_MAX = 20
_NUMERAL = "一二三四五六七八九十百"
_BLANK = " \t\u3000\xa0\ufeff\n\r\u2028\u2029*#"
_SPOKEN = frozenset({"shi", "yao", "qi", "di", "first"})
_RANKS = {"tiao": 0, "han": 1, "han_paren": 2, "arabic": 3, "arabic_paren": 4, "circled": 5}
_ORDER = {"首先": 1, "其次": 2, "再次": 3}
_REPORT = re.compile(r".{0,12}(?:说|表示|指出|强调|介绍|认为|提出|要求)[,，:：“]{0,2}")
_MARKER = re.compile(
    rf"第(?P<tiao>[{_NUMERAL}]{{1,5}})条(?=[ \u3000　：:])"
    rf"|(?P<shi>[{_NUMERAL}]{{1,3}})是(?![否不指因])|(?P<yao>[{_NUMERAL}]{{1,3}})要(?![求素点害])"
    rf"|其(?P<qi>[{_NUMERAL}])(?=[，,是：:])|第(?P<di>[{_NUMERAL}]{{1,3}})(?=[，,是：:])"
    r"|(?P<first>首先|其次|再次|最后)(?![一的几])"
    rf"|(?P<han>[{_NUMERAL}]{{1,3}})、|[（(](?P<han_paren>[{_NUMERAL}]{{1,3}})[）)]"
    r"|(?P<arabic>\d{1,3})(?:[.．](?!\d)|、)|[（(](?P<arabic_paren>\d{1,3})[）)]|(?P<circled>[①-⑳])",
    re.ASCII,
)
_COUNT = re.compile(rf"([{_NUMERAL}两]{{1,3}}|\d{{1,3}}) ?(?:个|项|条|大|点|方面|件)")
_ANNOUNCES = re.compile(
    r"[：:][”’]?$|以下|如下|主要(?:有|包括|做法)|(?:任务|措施|做法|工作)(?:是|包括|有)|制定本|现提出|现(?:将|就)"
)
_SENTENCE = re.compile(r"[^。！？!?；…\n\r]+[。！？!?；…]*[”’」』）)]*")
_TITLE_END = re.compile(r"[。；;：:！？!?\n\r\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class _Layout:
    """The headings and paragraphs of a text, where each and each article starts, and its sentences."""

    parts: list[Block]
    starts: list[int]
    articles: list[int]
    headings: list[Block]
    sentences: list[tuple[int, int]]
    tables: list[tuple[int, int]]


def measures_of(
    text: str, blocks: Sequence[Block], grids: Sequence[Grid] = ()
) -> tuple[tuple[MeasureList, ...], tuple[Measure, ...]]:
    """The lists of a text and their measures, both in order; `blocks` and `grids` are those of the same text.

    Any two measures are apart or one lies within the other. A measure that ends with a semicolon or comma
    stops before it. A row of a table of measures is one, under the cell that groups it; its title is the cell
    that tells what is to be done.
    """
    tables = [(grid, rows) for grid in grids if (rows := rows_of(text, grid))]
    parts = [block for block in blocks if block.kind != "article"]
    layout = _Layout(
        parts,
        [part.start for part in parts],
        [block.start for block in blocks if block.kind == "article"],
        [part for part in parts if part.kind == "heading"],
        [match.span() for match in _SENTENCE.finditer(text) if match[0].strip(_BLANK)],
        [(grid.start, grid.end) for grid, _ in tables],
    )
    items = _kept(_grouped(list(_items(text, layout)), layout))
    _bound(text, items, layout)
    items = measures_only(text, items)
    items = [*items, *aspects(text, parts, items)]
    items += (item for grid, rows in tables for item in tabled(rows, grid.start))
    return _records(text, sorted(items, key=lambda item: (item.start, -item.end)), layout)


def _items(text: str, layout: _Layout) -> Iterator[Item]:
    """Every marker that may begin an item: at the head of a block, or after a sentence or clause."""
    parts = layout.parts
    for match in _MARKER.finditer(text):
        kind = match.lastgroup or ""
        at = bisect_right(layout.starts, match.start()) - 1
        if at < 0 or match.end() >= parts[at].end or _tabled(match.start(), layout.tables):
            continue
        near = match.start() - parts[at].start <= _REPORT_MAX
        head = text[parts[at].start : match.start()].strip(_BLANK) if near else ""
        leads = near and (not head or (kind == "first" and _REPORT.fullmatch(head) is not None))
        before = text[max(0, match.start() - 3) : match.start()].rstrip(" \u3000\xa0")[-1:]
        if not (leads or before in ("。；：:;！？”…，," if kind in _SPOKEN else "。；：:;！？")):
            continue
        ordinal = _ordinal(kind, match[kind])
        if ordinal is not None:
            start = parts[at].start if leads else match.start()
            yield Item(start, match.end(), kind, ordinal, at, leads)


def _tabled(place: int, tables: Sequence[tuple[int, int]]) -> bool:
    at = bisect_right(tables, (place, place)) - 1
    return at >= 0 and place < tables[at][1]


def _ordinal(kind: str, words: str) -> int | None:
    """What a marker counts; 0 for 最后, which follows whatever came before."""
    if kind == "first":
        return _ORDER.get(words, 0)
    if kind == "circled":
        return ord(words) - ord("①") + 1
    value = value_of(words)
    return None if value is None else int(value)


def _grouped(items: Sequence[Item], layout: _Layout) -> list[Item]:
    """The items that continue or begin a list, each put into it."""
    found: list[Item] = []
    marked = {item.block for item in items if item.leads}
    titles = [at for at, part in enumerate(layout.parts) if part.kind == "heading" and at not in marked]
    open_lists: list[Series] = []
    for index, item in enumerate(items):
        open_lists = _still_open(open_lists, item, layout.articles, titles)
        if _continue(open_lists, item) or _begin(open_lists, item, items[index + 1 : index + 1 + _AHEAD]):
            found.append(item)
    return found


def _still_open(
    lists: list[Series], item: Item, articles: Sequence[int], titles: Sequence[int]
) -> list[Series]:
    """The lists that a new article has not closed, nor a title between in the case of spoken ones."""
    for depth, series in enumerate(lists):
        last = series.items[-1]
        apart = bisect_right(articles, last.start) != bisect_right(articles, item.start)
        titled = bisect_right(titles, last.block) != bisect_right(titles, item.block)
        if apart or (titled and series.kind in _SPOKEN):
            return lists[:depth]
    return lists


def _continue(lists: list[Series], item: Item) -> bool:
    """Put an item into the deepest open list that it follows."""
    for depth in range(len(lists) - 1, -1, -1):
        series = lists[depth]
        last = series.items[-1].ordinal
        gap = item.leads and item.kind not in _SPOKEN and item.ordinal > last
        if series.kind == item.kind and (item.ordinal in {0, last + 1} or gap):
            item.ordinal = item.ordinal or last + 1
            series.add(item)
            del lists[depth + 1 :]
            return True
    return False


def _begin(lists: list[Series], item: Item, ahead: Sequence[Item]) -> bool:
    """Begin a list with an item: a first one, or one with a number at the head of a line."""
    if item.ordinal != 1 and (item.kind in _SPOKEN or not item.leads):
        return False
    for depth, series in enumerate(lists):
        if series.kind == item.kind or _outranks(item, series) or _ended(series, item, ahead):
            del lists[depth:]
            break
    series = Series(item.kind, lists[-1].items[-1] if lists else None)
    series.add(item)
    lists.append(series)
    return True


def _outranks(item: Item, series: Series) -> bool:
    """Whether an item's kind of number stands above that of a list (一、 above （一） above 1.)."""
    return item.leads and _RANKS.get(item.kind, 9) < _RANKS.get(series.kind, -1)


def _ended(series: Series, item: Item, ahead: Sequence[Item]) -> bool:
    """Whether a spoken list lies behind an item: paragraphs ago, or before a later number at a head."""
    if series.kind not in _SPOKEN:
        return False
    behind = item.block > series.items[-1].block + 1 and not _goes_on(series, ahead)
    return behind or (item.leads and item.ordinal != 1)


def _goes_on(series: Series, ahead: Sequence[Item]) -> bool:
    """Whether the next item of a list comes before another list of its kind begins."""
    same = next((item.ordinal for item in ahead if item.kind == series.kind), None)
    return same in {0, series.items[-1].ordinal + 1}


def _kept(items: Sequence[Item]) -> list[Item]:
    """The items of lists that are lists: a lone 一是 or a number inside a line is none."""
    for item in items:
        assert item.series
        under = item.series.under
        while under and not _is_list(under.series):
            under = under.series.under if under.series else None
        item.series.under = under
    return [item for item in items if _is_list(item.series)]


def _is_list(series: Series | None) -> bool:
    if series is None:
        return False
    if len(series.items) > 1:
        return series.kind not in _SPOKEN or series.items[0].ordinal == 1
    return series.kind not in _SPOKEN and series.items[0].leads


def _bound(text: str, items: Sequence[Item], layout: _Layout) -> None:
    """Give each item its end: before the next item that is not within it, or with its last paragraph."""
    parts = layout.parts
    marked = {item.block for item in items if item.leads}
    titles = [part.start for at, part in enumerate(parts) if part.kind == "heading" and at not in marked]
    walls = sorted({*titles, *layout.articles, *(start for start, _ in layout.tables), len(text)})
    for at, item in enumerate(items):
        others = (items[later] for later in range(at + 1, len(items)))
        follower = next((other for other in others if other.leads or not _within(other, item)), None)
        limit = walls[min(bisect_right(walls, item.start), len(walls) - 1)]
        if follower:
            limit = min(limit, follower.start)
        last = max(bisect_right(layout.starts, limit - 1) - 1, item.block)
        item.end = min(limit, parts[min(last, _last_block(item, parts))].end)
        while item.end > item.after and text[item.end - 1] in _BLANK + "；;，,、":
            item.end -= 1


def _within(other: Item, item: Item) -> bool:
    """Whether one item lies in a list under another."""
    under = other.series.under if other.series else None
    while under and under is not item:
        under = under.series.under if under.series else None
    return under is item


def _last_block(item: Item, parts: Sequence[Block]) -> int:
    """The last block that an item may reach: the last of a list goes no further than its fellows did."""
    assert item.series
    fellows = item.series.items
    if item is not fellows[-1]:
        return len(parts)
    spread = any(after.block - before.block > 1 for before, after in pairwise(fellows))
    short = parts[item.block].end - item.after <= _SHORT_ITEM
    if item.kind in _SPOKEN:
        return item.block + 1 if spread and short else item.block
    alone = not item.leads or (len(fellows) > 1 and not spread and not short)
    return item.block if alone else len(parts)


def _records(
    text: str, items: Sequence[Item], layout: _Layout
) -> tuple[tuple[MeasureList, ...], tuple[Measure, ...]]:
    """The lists and measures of the items, which are in the order of the text."""
    number = {id(item): index for index, item in enumerate(items)}
    series = list({id(item.series): item.series for item in items if item.series}.values())
    place = {id(one): index for index, one in enumerate(series)}
    tops = _tops(series)
    measures: list[Measure] = []
    for item in items:
        assert item.series
        parent = number[id(item.series.under)] if item.series.under else None
        marker = text[item.start : item.after].strip(_BLANK) or None
        level = measures[parent].level + 1 if parent is not None else tops[id(item.series)]
        quote, title = text[item.start : item.end], _title(text, item)
        listing = place[id(item.series)]
        measures.append(
            Measure(item.start, item.end, quote, item.ordinal, level, marker, title, listing, parent)
        )
    lists = []
    for one in series:
        inside = tuple(measures[number[id(item)]] for item in one.items)
        start, end = inside[0].start, max(measure.end for measure in inside)
        lead = _lead(text, one, inside, layout)
        under = number[id(one.under)] if one.under else None
        lists.append(MeasureList(start, end, text[start:end], lead, inside[0].level, under, inside))
    return tuple(lists), tuple(measures)


def _tops(series: Sequence[Series]) -> dict[int, int]:
    """The levels of the lists under nothing: 1, but in an excerpt that begins within a list of a lower rank.

    After （六） a list that begins with 三、 shows by the （一） that it holds that （六） stood under 二、.
    """
    shown: dict[str, int] = {}
    for one in series:
        if one.under and one.root.items[0].ordinal > 1:
            shown.setdefault(one.kind, one.level)
    tops = (one for one in series if one.under is None)
    return {id(one): shown.get(one.kind, 1) if one.items[0].ordinal > 1 else 1 for one in tops}


def _title(text: str, item: Item) -> Span:
    """The heading clause: the first sentence where it is short, else its first clause."""
    start = item.after
    if item.titled is not None:
        return Span(start, item.titled, text[start : item.titled])
    while start < item.end and text[start] in _BLANK + "，,：:":
        start += 1
    stop = _TITLE_END.search(text, start, item.end)
    end = stop.start() if stop else item.end
    if end - start > _TITLE_MAX:
        comma = re.compile("[，,]").search(text, start + 4, end)
        end = comma.start() if comma else end
    return Span(start, end, text[start:end])


def _lead(text: str, series: Series, inside: Sequence[Measure], layout: _Layout) -> Span | None:
    """The sentence or heading that a list hangs on.

    It is the sentence before where that announces; else the nearest that names as many things as the list
    has; else the item that holds it, the nearest heading, or the sentence before.
    """
    if series.opens is not None:
        return _title(text, series.under) if series.under else _caption(text, series.opens, layout)
    start, floor = inside[0].start, 0
    if layout.articles:
        floor = layout.articles[bisect_right(layout.articles, start) - 1]
    if series.under:
        floor = max(floor, series.under.after)
    before = _sentences_before(text, floor, start, layout.sentences)
    for near, sentence in enumerate(before):
        counts = {value_of(found) for found in _COUNT.findall(sentence.quote)}
        if len(inside) in counts or (near == 0 and _ANNOUNCES.search(sentence.quote)):
            return sentence
    if series.under:
        return _title(text, series.under)
    at = bisect_left(layout.headings, start, key=lambda heading: heading.start)
    if at and layout.headings[at - 1].start >= floor:
        heading = layout.headings[at - 1]
        return Span(heading.start, heading.end, heading.quote)
    return before[0] if before else None


def _caption(text: str, opens: int, layout: _Layout) -> Span | None:
    """The line before a table where it is short enough to be its name."""
    at = bisect_left(layout.starts, opens) - 1
    words = layout.parts[at].quote.strip(_BLANK) if at >= 0 else ""
    if not 0 < len(words) <= _CAPTION_MAX:
        return None
    start = text.index(words, layout.parts[at].start)
    return Span(start, start + len(words), words)


def _sentences_before(text: str, floor: int, stop: int, sentences: Sequence[tuple[int, int]]) -> list[Span]:
    """The last sentences between two places, the nearest first."""
    at = bisect_left(sentences, (stop, 0))
    found = []
    for begin, end in reversed(sentences[max(0, at - _LEAD_SENTENCES) : at]):
        start = max(begin, floor, stop - _LEAD_REACH)
        whole = text[start : min(end, stop)]
        words = whole.strip(_BLANK)
        if words:
            start += whole.index(words)
            found.append(Span(start, start + len(words), words))
    return found
