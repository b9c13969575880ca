"""How rows are numbered (一、 （一） 1. 1.1), and the tree that follows from it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from haihe.boards.office.sheets import Row
from haihe.kit.text import folded

_CHINESE = "[一二三四五六七八九十百]{1,4}"
_MARKERS = (
    ("chinese", re.compile(rf"第?({_CHINESE})(?:[、.．]|\s+|$|[章节条]\s*)")),
    ("chinese bracket", re.compile(rf"[（(]({_CHINESE})[）)]")),
    ("dotted 3", re.compile(r"\d{1,3}[.．-]\d{1,3}[.．-]\d{1,3}[、.．]?(?![\d%])\s*", re.ASCII)),
    ("dotted 2", re.compile(r"\d{1,3}[.．-]\d{1,3}[、.．]?(?![\d%年月日亿万个])\s*", re.ASCII)),
    ("digit bracket", re.compile(r"[（(]\d{1,3}[）)]", re.ASCII)),
    ("half bracket", re.compile(r"\d{1,3}[）)]", re.ASCII)),
    ("digit", re.compile(r"\d{1,3}(?:[、]\s*|[.．](?!\d)\s*|$)", re.ASCII)),
    ("circled", re.compile(r"[①-⑳]")),
)


class Marked(NamedTuple):
    """A numbered title: the style of its number, empty where it has none, and the words behind it."""

    style: str
    words: str


def marked(words: str) -> Marked:
    """A title and the style of its number.

    >>> marked("（一）科技创新")
    Marked(style='chinese bracket', words='科技创新')
    >>> marked("1.2 建设平台").style, marked("2024年底").style
    ('dotted 2', '')
    """
    bare = words.strip()
    for style, pattern in _MARKERS:
        found = pattern.match(bare)
        if found:
            return Marked(style, bare[found.end() :].strip())
    return Marked("", bare)


@dataclass(slots=True, eq=False)
class Branch:
    """A node on its way: its title, what it stands under, and the rows that speak of it.

    `number` is that of the row that names it first; `level` the one that its column names, or that its depth
    tells. One without rows heads a group.
    """

    title: str
    parent: Branch | None
    number: int
    level: str | None = None
    rows: list[Row] = field(default_factory=list)

    @property
    def depth(self) -> int:
        """1 at the root."""
        return 1 + (self.parent.depth if self.parent else 0)


@dataclass(slots=True)
class Outline:
    """Where a reading of rows is: the open headings by the style of their numbers, outermost first."""

    headings: list[tuple[str, Branch]] = field(default_factory=list)

    def under(self, style: str) -> Branch | None:
        """What the next title of a style stands under; whatever is as deep or deeper is closed."""
        styles = [one for one, _ in self.headings]
        if style in styles:
            del self.headings[styles.index(style) :]
        return self.headings[-1][1] if self.headings else None

    def enter(self, style: str, branch: Branch) -> None:
        """Open a heading."""
        self.headings.append((style, branch))


class LevelRule(NamedTuple):
    """A level of a kind of register, and the levels that it may stand under; at the root where none."""

    name: str
    under: tuple[str, ...]


def levels_for(rules: Sequence[LevelRule], wanted: Sequence[str | None]) -> tuple[str, ...] | None:
    """Levels from the root down that fit what is wanted at each depth; None where the kind allows none.

    >>> rules = [LevelRule("aspect", ()), LevelRule("task", ("aspect",)), LevelRule("item", ("task",))]
    >>> levels_for(rules, [None, None, "item"])
    ('aspect', 'task', 'item')
    """
    found: list[tuple[str, ...]] = [()]
    for want in wanted:
        found = [
            (*path, rule.name)
            for path in found
            for rule in rules
            if want in (None, rule.name) and (path[-1] in rule.under if path else not rule.under)
        ]
    return found[0] if found else None


Place = tuple[int, ...]


def placed(branches: Sequence[Branch], held: Mapping[Place, tuple[str, str]]) -> dict[Branch, Place]:
    """The place in a register of each branch that speaks of something, parents first.

    `held` are levels and titles by place. A branch is the node of its title under the same parent, or the
    only node of that title anywhere, and takes its level; else it takes the next free place, so that a row
    put in between moves no other. A heading that nothing new stands under is left out.
    """
    found = _found(branches, held)
    last: dict[Place, int] = {}
    for place in held:
        last[place[:-1]] = max(last.get(place[:-1], 0), place[-1])
    places: dict[Branch, Place] = {}

    def put(branch: Branch) -> Place:
        if branch not in places:
            place = found.get(branch)
            if place is None:
                above = put(branch.parent) if branch.parent else ()
                last[above] = last.get(above, 0) + 1
                place = (*above, last[above])
            places[branch] = place
        return places[branch]

    for branch in branches:
        if branch.rows:
            put(branch)
    return places


def _found(branches: Sequence[Branch], held: Mapping[Place, tuple[str, str]]) -> dict[Branch, Place]:
    under: dict[tuple[Place, str], list[Place]] = {}
    anywhere: dict[str, list[Place]] = {}
    for place, (_, title) in sorted(held.items()):
        under.setdefault((place[:-1], folded(title)), []).append(place)
        anywhere.setdefault(folded(title), []).append(place)
    wanted = Counter(folded(branch.title) for branch in branches)
    found: dict[Branch, Place] = {}
    for branch in branches:
        title = folded(branch.title)
        above = found.get(branch.parent) if branch.parent else ()
        same = under.get((above, title), []) if above is not None else []
        free = [place for place in same if place not in found.values()]
        only = anywhere.get(title, [])
        if free:
            found[branch] = free[0]
        elif branch.rows and len(only) == 1 == wanted[title] and not same:
            found[branch] = only[0]
        if branch in found:
            branch.level = held[found[branch]][0]
    return found
