"""Layout: the articles, headings and paragraphs of a plain text, found from its lines.

A page flattened to one line keeps its paragraphs where a full stop is followed by a space.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from haihe.boards.reader.lines import BLANK, Line, lines_of
from haihe.boards.reader.records import Block, BlockKind

_HEADING_MAX = 40
_QUESTION_MAX = 80
_TITLES_MAX = 4  # more short lines in a row are the cells of a table
_TERMINAL = frozenset("。！？!?；;：:”’）)…")
_SEGMENT = re.compile(r"(?<=[。！？…])[”’」』）)]?[ \u3000\xa0]+(?=\S)")
_MARKED = re.compile(
    r"(?:#{1,6} +)?(?:(?P<one>第[一二三四五六七八九十百]{1,4}[编章]|[一二三四五六七八九十]{1,3}、)"
    r"|(?P<two>第[一二三四五六七八九十百]{1,4}节|[（(][一二三四五六七八九十]{1,3}[）)])"
    r"|(?P<three>\d{1,3}[.．、](?!\d)|[（(]\d{1,3}[）)]))[^。；！？]{2,40}[。]?$"
)
_MARKS = "■●◆▶▲★□※△▼◎|*-—【"
_BYLINE = re.compile(
    rf"[{re.escape(_MARKS)}\d\s（(]|.*〔\d{{4}}〕"
    r"|.*(?:记者|通讯员|责任编辑|来源|日期|摄影|摄$|原文链接|关键词|https?:|www\.)"
    r"|.*(?:等|的|和|与|及|成立|打造)$"
)
_NO_HEADING = re.compile(r"[。；，,！|\t]|[：:]$|、$")
_VALUE = re.compile(r"[\d.,%]+$")
_NUMBERED_KEY = re.compile(r"[^：:]*[一二三四五六七八九十\d] ?[：:]")
_DAY = re.compile(r"(?:\d{4}|[〇○零一二三四五六七八九十]{4}) ?年.{1,3}月.{1,3}日$")
_SIGNATURE = re.compile(r"(?:委员会|[局厅部院府室办会处组]|中心|公司)$")
_LETTER = re.compile(r"[\u4e00-\u9fffA-Za-z]")
_DATELINE = re.compile(r"(?:本报|新华社|中新|人民网|津云|.{0,8}(?:讯|电))[^。]{0,20}?[（(]|本报讯|新华社")


@dataclass(slots=True)
class _Part:
    """A heading or paragraph (depth 0) on its way: a `plain` heading has no number and is no question.

    `short` tells that it may be the cell of a table.
    """

    start: int
    end: int
    depth: int = 0
    plain: bool = False
    apart: bool = True
    short: bool = False


def blocks_of(text: str) -> tuple[Block, ...]:
    """The blocks of a text in order, each article before its headings and paragraphs.

    A heading's level is 1 for a title or a first-level number (一、), 2 and 3 below; a paragraph's is one
    more than that of the heading above it.
    """
    parts = list(_parts(text))
    starts = _articles(text, parts)
    found: list[Block] = []
    for first, last in pairwise([*starts, len(parts)]):
        found.append(_block(text, parts[first].start, parts[last - 1].end, "article", 0))
        level = 0
        for part in parts[first:last]:
            level = part.depth or level
            kind: BlockKind = "heading" if part.depth else "paragraph"
            found.append(_block(text, part.start, part.end, kind, part.depth or level + 1))
    return tuple(found)


def _block(text: str, start: int, end: int, kind: BlockKind, level: int) -> Block:
    return Block(start, end, text[start:end], kind, level)


def _parts(text: str) -> Iterator[_Part]:
    """The headings and paragraphs, line by line; a long run of short lines is a table, not titles."""
    run: list[_Part] = []
    for part in _lines(text):
        if part.short:
            run.append(part)
            continue
        yield from _titles(text, run)
        run = []
        yield part
    yield from _titles(text, run)


def _titles(text: str, run: list[_Part]) -> list[_Part]:
    """Short lines as they are, or as paragraphs where they are many or have a number among them."""
    many = sum(part.plain for part in run) > _TITLES_MAX
    if many or any(_VALUE.match(text, part.start, part.end) for part in run):
        return [_Part(part.start, part.end, apart=part.apart) for part in run]
    return run


def _lines(text: str) -> Iterator[_Part]:
    """Each line as a heading or as the paragraphs it holds; page numbers are neither."""
    lines = [line for line in lines_of(text) if line.kind != "furniture"]
    ended, titled = True, False
    for at, line in enumerate(lines):
        words = text[line.start : line.end]
        apart = at == 0 or text.count("\n", lines[at - 1].end, line.start) > 1
        depth = _depth(words, first=at == 0)
        plain = depth == 1 and not _MARKED.match(words)
        if plain and (not (apart or ended or titled) or _is_entry(text, lines, at)):
            depth, plain = 0, False
        ended, titled = words[-1] in _TERMINAL, depth > 0
        if depth:
            yield _Part(line.start, line.end, depth, plain, apart, plain)
        elif len(words) <= _HEADING_MAX and not _NO_HEADING.search(words):
            yield _Part(line.start, line.end, apart=apart, short=True)
        else:
            yield from _paragraphs(text, line.start, line.end)


def _is_entry(text: str, lines: Sequence[Line], at: int) -> bool:
    """Whether a line is one of several such as 来源：…, or the signature at the end."""
    beside = [lines[side] for side in (at - 1, at + 1) if 0 <= side < len(lines)]
    words = text[lines[at].start : lines[at].end]
    if lines[at].kind == "pair" and any(line.kind == "pair" for line in beside):
        return not _NUMBERED_KEY.match(words)
    follower = beside[-1] if at + 1 < len(lines) else None
    dated = follower is None or _DAY.match(text, follower.start, follower.end)
    return at > 0 and bool(dated) and _SIGNATURE.search(words) is not None


def _depth(words: str, *, first: bool) -> int:
    """The level of a line as a heading, 0 where it is none."""
    marked = _MARKED.match(words) if len(words) <= _QUESTION_MAX else None
    if marked:
        return 1 if marked["one"] else 2 if marked["two"] else 3
    if len(words) <= _QUESTION_MAX and words[-1] in "?？" and "。" not in words:
        return 2
    if len(words) > _HEADING_MAX or len(_LETTER.findall(words)) < 2:
        return 0
    if first:
        return 0 if "。" in words or words[0] in _MARKS else 1
    return 0 if _BYLINE.match(words) or _NO_HEADING.search(words) else 1


def _paragraphs(text: str, start: int, end: int) -> Iterator[_Part]:
    """The paragraphs of one line."""
    apart = True
    for gap in _SEGMENT.finditer(text, start, end):
        yield _Part(start, gap.start() + len(gap[0].rstrip(BLANK)), apart=apart)
        start, apart = gap.end(), False
    yield _Part(start, end, apart=apart)


def _articles(text: str, parts: list[_Part]) -> list[int]:
    """The indices of the parts with which articles begin.

    An article begins at the first part, at two titles in a row after a gap, or at one before a dateline.
    """
    starts = [0] if parts else []
    index = 1
    while index < len(parts):
        end = index
        while end < len(parts) and parts[end].plain:
            end += 1
        titled = end > index and parts[index].apart and end < len(parts) and not parts[index - 1].plain
        if titled and (end - index > 1 or _DATELINE.match(text, parts[end].start)):
            starts.append(index)
        index = max(end, index + 1)
    return starts
