"""The tree that tables of one shape speak of: titles by column, by numbering and by headings across."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from haihe.boards.office.mapping import Scheme, TableMapping
from haihe.boards.office.outlines import Branch, Outline, levels_for, marked
from haihe.boards.office.records import Cell
from haihe.boards.office.sheets import Row, Table
from haihe.kit.limits import NAME_CHARACTERS_MAX
from haihe.kit.text import folded

_GROUP = "group"
_COUNT = re.compile(r"[（(](?:共?计?\d+[项个件条家]?|\d+[-—–~～]\d+)[）)]$")
_STOP = re.compile(r"[。；;\n]")
_ORNAMENT = re.compile(r"附件\s*\d*\s*[:：]?|\s+")


def branches_of(tables: Sequence[Table], mapping: TableMapping, scheme: Scheme, name: str) -> list[Branch]:
    """The nodes that tables speak of, parents first, each with its level and the rows that it is from.

    Where the kind of register wants something above them that the tables do not name, it is called `name`.
    """
    found: list[Branch] = []
    for table in tables:
        found += _Reading(table, mapping, scheme).branches(found)
    return _levelled(found, mapping, scheme, name)


def title_of(cell: Cell) -> str:
    """A title without its number; of a long text the first sentence.

    >>> title_of(Cell("A1", "（一）建设平台（3项）", "（一）建设平台（3项）"))
    '建设平台'
    """
    whole = _COUNT.sub("", " ".join(marked(cell.shown).words.split()))
    if len(whole) <= NAME_CHARACTERS_MAX:
        return whole
    first = _STOP.split(whole, maxsplit=1)[0]
    return first[: NAME_CHARACTERS_MAX - 1] + "…" if len(first) > NAME_CHARACTERS_MAX else first


class _Reading:
    """A walk down the rows of a table."""

    def __init__(self, table: Table, mapping: TableMapping, scheme: Scheme) -> None:
        levels = {rule.name for rule in scheme.levels}
        targets = list(zip(table.headings, mapping.columns, strict=True))
        self.rows = table.rows
        self.titles = [(place, one.target) for place, one in targets if one.target in levels]
        self.numbers = [place for place, one in targets if one.target == "number"]
        self.outline = Outline()
        self.last: list[Branch | None] = [None] * len(self.titles)
        self.known: dict[tuple[Branch | None, str], Branch] = {}

    def branches(self, before: Sequence[Branch]) -> list[Branch]:
        """The branches of the table; headings that came `before` with the same title are gone on with."""
        self.known = {(one.parent, folded(one.title)): one for one in before if not one.rows}
        found: list[Branch] = []
        for row in self.rows:
            if row.kind == "group":
                found += self._heading(row)
            elif row.kind == "row" and len(self.titles) > 1:
                found += self._across(row)
            elif row.kind == "row" and self.titles:
                found += self._down(row)
        return found

    def _heading(self, row: Row) -> Iterator[Branch]:
        """A heading across the table, under what its number puts it."""
        words = [cell for cell in row.cells.values() if isinstance(cell.value, str)]
        named = max(words, key=lambda cell: len(cell.shown))
        style = next((marked(cell.shown).style for cell in words if marked(cell.shown).style), _GROUP)
        self.last = [None] * len(self.titles)
        parent = self.outline.under(style)
        yield from self._opened(parent, title_of(named), row.number, None)
        self.outline.enter(style, self.known[parent, folded(title_of(named))])

    def _opened(self, parent: Branch | None, title: str, number: int, level: str | None) -> Iterator[Branch]:
        key = parent, folded(title)
        if key not in self.known:
            self.known[key] = Branch(title, parent, number, level)
            yield self.known[key]

    def _across(self, row: Row) -> Iterator[Branch]:
        """The titles of a row in several columns; what is left empty before the last is as above."""
        parent = self.outline.headings[-1][1] if self.outline.headings else None
        leaf, level = self.titles[-1]
        own = row.cells.get(leaf)
        for at, (place, named) in enumerate(self.titles[:-1]):
            cell = row.cells.get(place)
            if cell is not None:
                yield from self._opened(parent, title_of(cell), row.number, named)
                branch: Branch | None = self.known[parent, folded(title_of(cell))]
                if branch is not self.last[at]:
                    self.last[at:] = [branch, *[None] * (len(self.last) - at - 1)]
            elif own is None:
                break
            parent = self.last[at] or parent
        if own is None:
            if parent and any(place in row.cells for place, _ in self.titles):
                parent.rows.append(row)
            return
        yield from self._leaf(row, leaf, parent, level)

    def _down(self, row: Row) -> Iterator[Branch]:
        """The title of a row in the only column, under what its number puts it."""
        place = self.titles[0][0]
        own = row.cells.get(place)
        if own is None:
            if self.last[0] and row.carried:
                self.last[0].rows.append(row)
            return
        if place in row.carried and self.last[0]:
            self.last[0].rows.append(row)
            return
        numbers = [row.cells[at].shown for at in self.numbers if at in row.cells]
        style = next((marked(words).style for words in (*numbers, own.shown) if marked(words).style), "")
        parent = self.outline.under(style)
        yield from self._leaf(row, place, parent, None)
        branch = self.last[0]
        assert branch
        self.outline.enter(style, branch)

    def _leaf(self, row: Row, place: int, parent: Branch | None, level: str | None) -> Iterator[Branch]:
        """What is to be done in a row: the same as in the row before where that says so."""
        title, last = title_of(row.cells[place]), self.last[-1]
        if last and last.parent is parent and (place in row.carried or folded(last.title) == folded(title)):
            last.rows.append(row)
            return
        branch = Branch(title, parent, row.number, level, [row])
        self.last[-1] = branch
        yield branch


def _levelled(branches: list[Branch], mapping: TableMapping, scheme: Scheme, name: str) -> list[Branch]:
    """Branches with a level that may stand where they stand, under a root of its own where they need one."""
    if not branches:
        return []
    levels = {rule.name for rule in scheme.levels}
    leaf = [one.target for one in mapping.columns if one.target in levels][-1]
    deepest = max(one.depth for one in branches)
    stated: list[str | None] = [None] * (deepest - 1) + [leaf]
    for one in branches:
        stated[one.depth - 1] = one.level or stated[one.depth - 1]
    free: list[str | None] = [None] * (deepest - 1) + [leaf]
    for wanted in (stated, [None, *stated], free, [None, *free], [None] * deepest):
        fit = levels_for(scheme.levels, wanted)
        if fit:
            break
    else:
        return _flat(branches, leaf)
    root = Branch(_ORNAMENT.sub("", name)[:NAME_CHARACTERS_MAX], None, branches[0].number, fit[0])
    made = len(fit) - deepest
    for one in branches:
        one.level = fit[one.depth - 1 + made]
    if made:
        for one in branches:
            one.parent = one.parent or root
    return [root, *branches] if made else branches


def _flat(branches: Sequence[Branch], level: str) -> list[Branch]:
    """What has rows of its own, without headings, for a kind of register of one level."""
    kept = [one for one in branches if one.rows]
    for one in kept:
        one.parent, one.level = None, level
    return kept
