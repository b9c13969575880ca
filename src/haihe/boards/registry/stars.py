"""An organisation in the middle of those that it is tied to: where each stands in the picture, in pixels."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import Literal
from unicodedata import east_asian_width

from haihe.boards.registry.kinds import line_of_kind

Point = tuple[float, float]
Shape = Literal["circle", "square", "triangle", "diamond", "hexagon", "ring", "frame"]

LOOKS: Mapping[str, tuple[Shape, str]] = {
    "agency": ("circle", "var(--accent)"),
    "group": ("ring", "var(--accent)"),
    "post": ("frame", "var(--accent)"),
    "company": ("square", "var(--light-near)"),
    "university": ("triangle", "var(--unit-12)"),
    "institute": ("diamond", "var(--unit-13)"),
    "park": ("hexagon", "var(--unit-11)"),
    "entity": ("ring", "var(--unit-00)"),
}
"""The mark and the colour of each kind, and of those that extend it."""

RADIUS = 6
_TALL = 400
_LOW = 130
_LATIN_EM = 0.6
_LINE = 1.3
_ROW_GAP = 11
_HEADING = 30
_PILL_PAD = 12
_WORD = re.compile(r"[!-~]+ ?|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Size:
    """The room of a picture: its width, the width of the middle, and the size of letters, in pixels.

    The neighbours stand from `near` at the top to `far` at the height of the middle; `most` are drawn.
    """

    name: str
    width: int
    middle: int
    near: int
    far: int
    letters: int
    most: int


WIDE = Size("wide", 960, 176, 130, 200, 14, 24)
NARROW = Size("narrow", 340, 92, 60, 70, 13, 12)


@dataclass(frozen=True, slots=True)
class Spoke:
    """One tie: the number, name and kind of its other end, and whether this organisation is its first end.

    A tie that has `ended` is dashed, one that is `mutual` has no arrow; `note` is told beside the name.
    """

    number: int
    name: str
    kind: str
    outward: bool
    ended: bool = False
    mutual: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """Words in lines from the height `y` of the middle of the first; those on the left end at `x`."""

    lines: tuple[str, ...]
    x: float
    y: float
    left: bool = False


@dataclass(frozen=True, slots=True)
class Ray:
    """A tie as it is drawn: the mark of its other end, the line from the middle to it, and its words."""

    group: str
    spoke: Spoke
    mark: Point
    line: tuple[Point, Point]
    label: Label


@dataclass(frozen=True, slots=True)
class Star:
    """A picture: its height, the middle with its lines of words, the ties, and the words beside them.

    `headings` say what those under them are to the one in the middle, `more` how many of them are left out.
    """

    size: Size
    height: float
    middle: Label
    pill: tuple[float, float]
    rays: tuple[Ray, ...]
    headings: tuple[Label, ...]
    more: tuple[tuple[Label, int], ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """What stands at one height of one side: a heading, a tie, or how many are left out."""

    group: str
    words: tuple[str, ...]
    height: float
    spoke: Spoke | None = None
    left_out: int = 0


def family_of(kind: str) -> str:
    """The kind whose mark and colour a kind has.

    >>> family_of("laboratory"), family_of("airport")
    ('institute', 'entity')
    """
    return next((one for one in line_of_kind(kind) if one in LOOKS), "entity")


def shares(counts: Sequence[int], most: int) -> list[int]:
    """How many of each group are drawn where only so many can be: small groups whole, the others alike.

    >>> shares([69, 3, 1], 24)
    [20, 3, 1]
    """
    left, found = max(most, len(counts)), [0] * len(counts)
    for turn, at in enumerate(sorted(range(len(counts)), key=lambda at: counts[at])):
        found[at] = min(counts[at], left // (len(counts) - turn))
        left -= found[at]
    return found


def wrapped(words: str, ems: float) -> tuple[str, ...]:
    """Words in as few lines of a width as they need, of about equal length; a Latin word is never broken.

    >>> wrapped("新能源材料与低碳技术研究院", 8)
    ('新能源材料与低', '碳技术研究院')
    """
    parts = _WORD.findall(words)
    fewest = len(_lines(parts, ems))
    even = max(sum(map(_ems, parts)) / fewest, 1)
    while even < ems and len(_lines(parts, even)) > fewest:
        even += 0.5
    return _lines(parts, min(even, ems))


def _lines(parts: Iterable[str], ems: float) -> tuple[str, ...]:
    lines = [""]
    for part in parts:
        if lines[-1] and _ems(lines[-1] + part.rstrip()) > ems:
            lines.append("")
        lines[-1] += part
    return tuple(line.strip() for line in lines)


def _ems(words: str) -> float:
    return sum(1 if east_asian_width(one) in "WFA" else _LATIN_EM for one in words)


def star(name: str, groups: Mapping[str, Sequence[Spoke]], size: Size) -> Star:
    """The picture of an organisation among those that it is tied to, by what they are to it.

    The groups go round the middle, the first at the top on the right.
    """
    first, second = _sides(list(_rows(groups, size)))
    tallest = max(map(_height, (first, second)))
    middle = wrapped(name, (size.middle - 2 * _PILL_PAD) / size.letters)
    pill = size.middle / 2, (len(middle) * size.letters * _LINE + _PILL_PAD) / 2
    height = max(tallest, 2 * pill[1], _LOW) + 2 * _ROW_GAP
    centre = Label(middle, size.width / 2, height / 2 - (len(middle) - 1) / 2 * size.letters * _LINE)
    drawn = Star(size, height, centre, pill, (), (), ())
    for rows, left in ((first, False), (second, True)):
        drawn = _with_side(drawn, rows, left)
    return drawn


def _rows(groups: Mapping[str, Sequence[Spoke]], size: Size) -> Iterator[_Row]:
    """The rows of all groups after each other."""
    ems = (size.width / 2 - size.far - 2 * RADIUS) / size.letters
    line = size.letters * _LINE
    drawn = shares([len(spokes) for spokes in groups.values()], size.most)
    for (group, spokes), count in zip(groups.items(), drawn, strict=True):
        heading = wrapped(f"{group} {len(spokes)}", ems)
        yield _Row(group, heading, _HEADING + (len(heading) - 1) * line)
        for spoke in spokes[:count]:
            words = wrapped(spoke.name, ems)
            yield _Row(group, words, len(words) * line + _ROW_GAP, spoke)
        if len(spokes) > count:
            yield _Row(group, (), line + _ROW_GAP, left_out=len(spokes) - count)


def _sides(rows: list[_Row]) -> tuple[list[_Row], list[_Row]]:
    """The rows of the right and of the left: whole groups, or where one side would be tall, halves."""
    whole = _height(rows)
    heads = [at for at, row in enumerate(rows) if _is_heading(row)]
    near = min(heads[1:], key=lambda at: abs(_height(rows[:at]) - whole / 2), default=0)
    if near and max(_height(rows[:near]), _height(rows[near:])) <= _TALL:
        return rows[:near], rows[near:]
    cut = next((at for at in range(2, len(rows)) if _height(rows[:at]) >= whole / 2), len(rows))
    if cut < len(rows) and _is_heading(rows[cut - 1]):
        cut -= 1
    first, second = rows[:cut], rows[cut:]
    if second and not _is_heading(second[0]):
        head = next(row for row in rows if _is_heading(row) and row.group == second[0].group)
        second.insert(0, head)
    return first, second


def _is_heading(row: _Row) -> bool:
    return row.spoke is None and not row.left_out


def _height(rows: Iterable[_Row]) -> float:
    return sum(row.height for row in rows)


def _with_side(drawn: Star, rows: Sequence[_Row], left: bool) -> Star:
    """The picture with the rows of one side."""
    size, line = drawn.size, drawn.size.letters * _LINE
    sign = -1 if left else 1
    top = (drawn.height - _height(rows)) / 2
    for row in rows:
        block = max(len(row.words), 1) * line
        low = top + row.height - _ROW_GAP / 2 if _is_heading(row) else top + (row.height + block) / 2
        y = low - block / 2
        away = 2 * y / drawn.height - 1
        x = size.width / 2 + sign * (size.near + (size.far - size.near) * sqrt(max(1 - away**2, 0)))
        words = Label(row.words, x + sign * 2 * RADIUS, low - block + line / 2, left)
        if row.spoke:
            ray = Ray(row.group, row.spoke, (x, y), _line(drawn, (x, y)), words)
            drawn = replace(drawn, rays=(*drawn.rays, ray))
        elif row.left_out:
            drawn = replace(drawn, more=(*drawn.more, (words, row.left_out)))
        else:
            drawn = replace(drawn, headings=(*drawn.headings, words))
        top += row.height
    return drawn


def _line(drawn: Star, mark: Point) -> tuple[Point, Point]:
    """From the edge of the middle to that of a mark."""
    centre = drawn.size.width / 2, drawn.height / 2
    across, down = mark[0] - centre[0], mark[1] - centre[1]
    out = min(drawn.pill[0] / abs(across) if across else 1, drawn.pill[1] / abs(down) if down else 1)
    back = 1 - (RADIUS + 2) / sqrt(across**2 + down**2)
    start, end = ((centre[0] + across * part, centre[1] + down * part) for part in (out, back))
    return start, end
