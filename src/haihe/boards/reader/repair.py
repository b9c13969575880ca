"""Repairs: what print and its recognition did to the flow of a text, undone by leaving characters out.

Lines wrapped to a width are joined, sentences cut by a column, a page or a caption go on, and words read
twice at such a seam once. Titles, items, table rows and lines such as 来源：… stay as they are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import rjieba

from haihe.boards.reader.lines import ENDS, Line, lines_of
from haihe.boards.reader.records import Defect, DefectKind
from haihe.boards.reader.view import View, view_of

_AROUND = 8  # characters of context that a repair shows on each side
_REACH = 4  # lines on each side that tell how wide a column is
_NEAR = 4  # half-width columns by which the lines of one column differ
_SLACK = 8  # the same where punctuation is squeezed
_WRAPPED_MIN = 16
_WRAPPED_LINES = 8
_WRAPPED_SHARE = 0.2
_PROSE_MIN = 40
_SEAM_MAX = 8
_REREAD_BACK = 12
_REREAD_MIN = 3
_PIECE_MIN = 8
_FLOWS: dict[str, frozenset[str]] = {
    "words": frozenset({"words", "pair"}),
    "item": frozenset({"words", "pair"}),
    "pair": frozenset({"words"}),
    "mark": frozenset({"words"}),
}
_PAUSE = re.compile("[，、；：。,]")
_CLAUSE = re.compile("[，,。；！？]")
_STOP = re.compile("[。！？]")
_HAN = re.compile("[\u4e00-\u9fff]")
_HAN_HEAD = re.compile("[\u4e00-\u9fff]+")
_HAN_TAIL = re.compile("[\u4e00-\u9fff]+$")
_HANGING = frozenset("，、（《“和与及或")
_TRAILING = frozenset("，、。；：！？）》”’")
_BRACKETS = (("（", "）"), ("《", "》"), ("〔", "〕"), ("(", ")"))
_BRACKET_REACH = 100
_NUMERALS = frozenset("一二三四五六七八九十百千万亿两")
_DEPENDENT = frozenset("均都皆也亦则却而且并及与和或的了着过")
_CLOSED = re.compile(r"[。.！？!?；;：:…][”’」』）)]{0,2}$")
_OPENING = re.compile(
    r"(?:本报|新华社|中新|人民网|津云|.{0,8}(?:讯|电))[^。]{0,20}?[（(]|本报讯|新华社|.{0,8}(?:记者|通讯员|来源[：:])"
)


@dataclass(slots=True)
class _Flow:
    """The lines that text runs through, their widths and those of the columns they fill, and what was found.

    `page` is the width to which the body of the whole text was wrapped; a width is 0 where there is none.
    """

    text: str
    lines: list[Line]
    page: int = 0
    widths: list[int] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)
    gaps: list[tuple[int, int]] = field(default_factory=list)
    defects: list[Defect] = field(default_factory=list)

    def report(self, kind: DefectKind, start: int, end: int, *left_out: tuple[int, int]) -> None:
        self.defects.append(Defect(start, end, self.text[start:end], kind, left_out))


def repaired(text: str) -> View:
    """A text as it reads without what layout did to it; its defects are spans of the text itself.

    Nothing is added or moved. Time and memory are linear in the text.
    """
    lines = lines_of(text)
    running = [at for at, line in enumerate(lines) if line.kind not in {"furniture", "caption"}]
    flow = _Flow(text, [lines[at] for at in running])
    _measure(flow)
    wrapped: list[tuple[int, int]] = []
    first = 0
    for at in range(1, len(running)):
        between = lines[running[at - 1] + 1 : running[at]]
        if _goes_on(flow, at, paged=len(between) > 0):
            wrapped += _mended(flow, at, between)
            continue
        _wrap(flow, first, at - 1, wrapped)
        wrapped, first = [], at
        _reread_apart(flow, at)
        for line in between:
            if line.kind == "caption":
                flow.report("caption", line.start, line.end)
    _wrap(flow, first, len(running) - 1, wrapped)
    flow.defects += _decks(text, flow.lines)
    return view_of(text, flow.gaps, tuple(sorted(flow.defects, key=lambda one: (one.start, -one.end))))


def _mended(flow: _Flow, at: int, between: Sequence[Line]) -> list[tuple[int, int]]:
    """Leave out what stands between two halves of a sentence; the gap where it is a mere line break."""
    before, after = flow.lines[at - 1], flow.lines[at]
    size = _reread(flow.text, before, after)
    flow.gaps.append((before.end, after.start + size))
    broken = [(before.end, after.start)]
    if between or _apart(flow.text, before, after):
        captions = [(line.start, line.end) for line in between if line.kind == "caption"]
        for start, end in captions:
            flow.report("caption", start, end, (start, end))
        bounds = [before.end, *(place for caption in captions for place in caption), after.start]
        start, end = max(before.start, before.end - _AROUND), min(after.end, after.start + _AROUND)
        flow.report("column_break", start, end, *zip(bounds[::2], bounds[1::2], strict=True))
        broken = []
    if size:
        end = min(after.end, after.start + _AROUND)
        flow.report("seam_duplicate", before.end - size, end, (after.start, after.start + size))
    return broken


def _wrap(flow: _Flow, first: int, last: int, breaks: Sequence[tuple[int, int]]) -> None:
    if breaks:
        flow.report("line_break", flow.lines[first].start, flow.lines[last].end, *breaks)


def _apart(text: str, before: Line, after: Line) -> bool:
    """Whether a blank line or a page break stands between two lines."""
    gap = text[before.end : after.start]
    return gap.count("\n") > 1 or "\f" in gap or gap.count("\r") > 1 + gap.count("\r\n")


def _measure(flow: _Flow) -> None:
    """Find how wide each line is, and the width of the column of running text that it fills.

    Wrapping goes by half-width columns or by characters: by what leaves more lines equally long.
    """
    paused = [
        line.width > 0 and _PAUSE.search(flow.text, line.start, line.end) is not None for line in flow.lines
    ]
    ways = [
        [line.width for line in flow.lines],
        [2 * (line.end - line.start) if line.width else 0 for line in flow.lines],
    ]
    pages = [_page_width(flow, widths, paused) for widths in ways]
    flow.page, many = max(pages, key=lambda page: page[1])
    flow.widths = ways[pages.index((flow.page, many))]
    prose = [one or line.kind == "item" for one, line in zip(paused, flow.lines, strict=True)]
    for at, width in enumerate(flow.widths):
        slack = _SLACK if prose[at] else _NEAR
        wide = flow.page and -slack <= width - flow.page <= _SLACK
        flow.columns.append(flow.page if wide else _column(flow.widths, prose, at))


def _page_width(flow: _Flow, widths: Sequence[int], paused: Sequence[bool]) -> tuple[int, int]:
    """The width to which the body of the text was wrapped, 0 where it was not, and how many lines have it."""
    count = Counter(
        width
        for line, width, pause in zip(flow.lines, widths, paused, strict=True)
        if pause and width >= _WRAPPED_MIN and flow.text[line.end - 1] not in ENDS
    )
    sums = {width: sum(count[width - less] for less in range(_NEAR + 1)) for width in count}
    widest = max(sums, key=lambda one: (sums[one], -one), default=0)
    width = max(range(widest - _NEAR, widest + 1), key=lambda one: count[one])
    many = sums.get(widest, 0)
    return (width, many) if many >= max(_WRAPPED_LINES, _WRAPPED_SHARE * len(flow.lines)) else (0, 0)


def _column(widths: Sequence[int], prose: Sequence[bool], at: int) -> int:
    """The width of the lines around one that are about as long as it, 0 where they are few or no prose."""
    width = widths[at]
    if width < _WRAPPED_MIN:
        return 0
    around = range(max(0, at - _REACH), min(len(widths), at + _REACH + 1))
    near = [one for one in around if -_NEAR <= widths[one] - width <= _NEAR]
    if len(near) < max(_REACH, (len(around) + 1) // 2) or 2 * sum(prose[one] for one in near) < len(near):
        return 0
    return max(widths[one] for one in near)


def _goes_on(flow: _Flow, at: int, *, paged: bool) -> bool:
    """Whether a line goes on in the next: it fills its column, is in mid-clause, or lacks its end.

    `paged` tells that a page number or a caption stands between.
    """
    text, before, after, column = flow.text, flow.lines[at - 1], flow.lines[at], flow.columns[at - 1]
    if after.kind not in _FLOWS.get(before.kind, ()) or (after.indented and not (column and before.indented)):
        return False
    if not _HAN.search(text, max(before.start, before.end - _AROUND), min(after.end, after.start + _AROUND)):
        return False
    apart = _apart(text, before, after)
    if not apart and before.kind != "mark" and _in_clause(text, before, after):
        return True
    if _ends(text, before):
        return not apart and 0 < column == flow.page and _runs_on(flow, at)
    ended = text[before.end - 1] in ENDS or before.kind == "pair" or after.kind == "pair"
    wraps = column > 0 and (paged or not apart or _PAUSE.search(text, before.start, before.end) is not None)
    return wraps or (not ended and _lacks_end(text, before, after))


def _in_clause(text: str, before: Line, after: Line) -> bool:
    """Whether a break falls into a clause: behind a comma or conjunction, in brackets, or before a stop."""
    if text[before.end - 1] in _HANGING or text[after.start] in _TRAILING:
        return True
    for opening, closing in _BRACKETS:
        opened = text.rfind(opening, max(before.start, before.end - _BRACKET_REACH), before.end)
        if opened > text.rfind(closing, before.start, before.end):
            closed = text.find(closing, after.start, after.start + _BRACKET_REACH)
            return closed >= 0 and text.find(opening, after.start, closed) < 0
    return False


def _runs_on(flow: _Flow, at: int) -> bool:
    """Whether a paragraph runs on behind a full stop that happens to end a full line.

    The head of the next paragraph would be indented, thus shorter by two characters.
    """
    text, after = flow.text, flow.lines[at]
    width, column = flow.widths[at], flow.columns[at - 1]
    if text[flow.lines[at - 1].end - 1] in ":：" or after.kind != "words" or flow.widths[at - 1] < column - 2:
        return False
    ending = width < column - _SLACK and text[after.end - 1] in "。）)"
    return width >= column - 3 or ending or text[after.start] in "（("


def _lacks_end(text: str, before: Line, after: Line) -> bool:
    """Whether prose breaks off without an end and other prose follows."""
    for line, ending in ((before, _STOP.search(text, before.start, before.end)), (after, _ends(text, after))):
        prose = ending is not None or line.end - line.start >= _PROSE_MIN
        if not (prose and _CLAUSE.search(text, line.start, line.end)):
            return False
        if _OPENING.match(text, line.start, line.end):
            return False
    return True


def _ends(text: str, line: Line) -> re.Match[str] | None:
    return _CLOSED.search(text, max(line.start, line.end - 3), line.end)


def _reread(text: str, before: Line, after: Line) -> int:
    """How many characters at the end of a line stand again at the head of the next."""
    most = min(_SEAM_MAX, before.end - before.start - 1, after.end - after.start - 1)
    for size in range(most, 0, -1):
        words = text[after.start : after.start + size]
        if text.endswith(words, before.start, before.end):
            if size > 1:
                return size if _HAN.search(words) and words[0] not in _NUMERALS else 0
            return int(words in _TRAILING or _is_stray(text, before, after))
    return 0


def _is_stray(text: str, before: Line, after: Line) -> bool:
    """Whether one of two equal characters at a seam belongs to no word: 做好 / 好选, not 统战部 / 部长."""
    left = _HAN_TAIL.search(text, max(before.start, before.end - _SEAM_MAX), before.end)
    right = _HAN_HEAD.match(text, after.start, min(after.end, after.start + _SEAM_MAX))
    if not left or not right or right[0][0] in _NUMERALS:
        return False
    tail, head = left[0], right[0]
    place = 0
    for word in rjieba.cut(tail + head, False):
        if place < len(tail) < place + len(word):
            return False
        place += len(word)
    return rjieba.cut(tail, False)[-1] == tail[-1] or rjieba.cut(head, False)[0] == head[0]


def _reread_apart(flow: _Flow, at: int) -> None:
    """Leave out what a line repeats of the line before though it cannot begin a sentence (均位列)."""
    text, before, after = flow.text, flow.lines[at - 1], flow.lines[at]
    if text[after.start] not in _DEPENDENT or after.kind != "words":
        return
    tail = text[max(before.start, before.end - _REREAD_BACK) : before.end]
    most = min(_REREAD_BACK, after.end - after.start - 1)
    size = next((size for size in range(most, 0, -1) if text[after.start : after.start + size] in tail), 0)
    if size >= _REREAD_MIN:
        again = (after.start, after.start + size)
        flow.gaps.append(again)
        first = before.end - len(tail) + tail.rindex(text[slice(*again)])
        flow.report("seam_duplicate", first, min(after.end, after.start + _AROUND), again)


def _decks(text: str, lines: Sequence[Line]) -> Iterator[Defect]:
    """The headlines run together into one line that is too long for one; nothing is left out."""
    for line in lines:
        if line.kind != "words" or not line.width or line.end - line.start <= _PROSE_MIN:
            continue
        words = text[line.start : line.end]
        pieces = [len(_HAN.findall(piece)) for piece in words.split()]
        if len(pieces) > 1 and min(pieces) >= _PIECE_MIN and not _CLAUSE.search(words):
            yield Defect(line.start, line.end, words, "deck", ())
