"""Lines: what each line of a plain text is, before anything is known of what it says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, cast

LineKind = Literal["words", "item", "pair", "number", "row", "mark", "caption", "furniture"]

BLANK = " \t\u3000\xa0\ufeff\x0b\x0c\x1c\x1d\x1e\x1f\x85"
ENDS = frozenset("。.！？!?；;：:”’）)」』》…")

_ALONE = 5  # lines between a page number and the next; the numbers of a table stand nearer
_SHORT = 60  # characters of a caption or of a line such as 来源：…
_WIDTH_REACH = 120
_COMMAS_MIN = 3
_ROWS_MIN = 3
_NUMERAL = "一二三四五六七八九十百"
_LINE = re.compile(r"[^\n\r\u2028\u2029]+")
_DASH = "—–―─-"
_FURNITURE = re.compile(
    rf"[{_DASH}－·~]{{1,3}} ?\d{{1,4}} ?[{_DASH}－·~]{{1,3}}$"
    r"|第 ?\d{1,4} ?页(?:[ ,，/]*共 ?\d{1,4} ?页)?$|\d{1,4} ?/ ?\d{1,4}$|[Pp]age ?\d{1,4}(?: of \d{1,4})?$"
)
_NUMBER = re.compile(r"\d{1,3}$", re.ASCII)
_KIND = re.compile(
    rf"(?P<item>第[{_NUMERAL}]{{1,5}}[编章节条]|[{_NUMERAL}]{{1,3}}[、是]|[（(](?:[{_NUMERAL}]{{1,3}}|\d{{1,2}})[）)]"
    r"|\d{1,3}(?:[.．](?!\d)|、)|[①-⑳]|附[件表录]?[:：\d一二三四五六])"
    r"|(?P<row>\|)"
    r"|(?P<mark>#{1,6} |[*>+•●◆■◇□★※]|[-—–=_*]{2,}|https?://|www\.)"
    r"|(?P<caption>[▶►▲▼◀◄△▽↑↓](?=\s?\S)|(?:[上下左右]?图|资料图|资料照)(?:[为片：:/]|[一二三四①-⑨\d][:：]))"
    r"|(?P<pair>[^，。；、：:,“‘（(《]{1,8}[：:](?!//)(?=.))"
)
_CREDITS = tuple(credit + end for credit in ("摄", "摄影", "供图", "制图", "绘图") for end in ("", "）", ")"))


@dataclass(slots=True)
class Line:
    """A line without the blanks around it, and how wide it is in half-width columns (0: very long).

    `indented` tells that blanks stand before it, as at the head of a paragraph.
    """

    start: int
    end: int
    kind: LineKind
    width: int
    indented: bool


def lines_of(text: str) -> list[Line]:
    """The lines of a text that have any words, in order, each as item, table row, page number and so on."""
    found: list[Line] = []
    for match in _LINE.finditer(text):
        words = match[0].strip(BLANK)
        if not words:
            continue
        whole = match[0]
        inset = 0 if len(whole) == len(words) else whole.index(words)
        start = match.start() + inset
        width = 2 * len(words) - len(words.encode("ascii", "ignore")) if len(words) <= _WIDTH_REACH else 0
        found.append(Line(start, start + len(words), _kind(words), width, inset > 0))
    _number_pages(text, found)
    _tabulate(text, found)
    return found


def _kind(words: str) -> LineKind:
    match = _KIND.match(words)
    kind = match.lastgroup if match else None
    if len(words) <= _SHORT:
        if kind == "caption" or words.endswith(_CREDITS):
            return "caption"
        if _FURNITURE.match(words):
            return "furniture"
    elif kind == "pair":
        return "words"
    if kind is None or kind == "caption":
        return "number" if _NUMBER.match(words) else "row" if "\t" in words else "words"
    return cast(LineKind, kind)


def _number_pages(text: str, lines: list[Line]) -> None:
    """Mark as furniture the numbers that stand on a line apart from others, with the dashes around them."""
    numbers = [at for at, line in enumerate(lines) if line.kind == "number"]
    for index, at in enumerate(numbers):
        near = numbers[index - 1 : index] + numbers[index + 1 : index + 2]
        dashes = [
            lines[side]
            for side in (at - 1, at + 1)
            if 0 <= side < len(lines) and text[lines[side].start : lines[side].end].strip(_DASH) == ""
        ]
        if dashes or all(abs(other - at) > _ALONE for other in near):
            for line in (lines[at], *dashes):
                line.kind = "furniture"


def _tabulate(text: str, lines: list[Line]) -> None:
    """Mark as rows the lines in a run that all have as many commas, as a file of separated values has."""
    run: list[Line] = []
    commas = 0
    for line in lines:
        count = text.count(",", line.start, line.end)
        if not run or count != commas or text.count("\n", run[-1].end, line.start) > 1:
            run, commas = [], count
        run.append(line)
        if len(run) >= _ROWS_MIN and commas >= _COMMAS_MIN:
            for row in run[-_ROWS_MIN:]:
                row.kind = "row"
