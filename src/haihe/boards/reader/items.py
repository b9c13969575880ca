"""Items of lists on their way, and those without a marker: 在……方面 of a text on 措施, rows of tables."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from haihe.boards.reader.records import Block, Cell
from haihe.boards.reader.rows import Row

_ASPECTS_MIN = 3
_ASPECT = re.compile(r"[^，。；：\s]{0,8}?在[^，。；：\s]{2,40}?方面")
_SAYS = re.compile(
    r"[，,]?(?:(?:本|该)?(?:措施|政策|办法|意见|方案|通知|规划|计划|条例|规定|文件)?(?:还|也|进一步|将)?"
    r"(?:明确|提出|要求|规定|指出|强调|推出)(?:了|要)?(?:[^，。；]{0,12}(?:举措|措施|要求|政策|规定)[。：:，])?)?"
    r"[，,：:]?(?:如|比如|例如|包括)?[，,：:]?"
)
_POLICY = re.compile(r"措施|举措|政策|办法|意见|方案|条例|任务")
_PART = re.compile(r"[^；。]+(?:。|(?=；)|$)")


@dataclass(slots=True, eq=False)
class Item:
    """An item on its way: from where its text begins, the end of its marker, and its list.

    `titled` is where the title ends, where a cell tells it.
    """

    start: int
    after: int
    kind: str
    ordinal: int
    block: int
    leads: bool
    end: int = 0
    titled: int | None = None
    series: Series | None = None


@dataclass(slots=True, eq=False)
class Series:
    """A list on its way: its items and the item that holds it; `opens` is where its table begins."""

    kind: str
    under: Item | None = None
    items: list[Item] = field(default_factory=list)
    opens: int | None = None

    @property
    def level(self) -> int:
        """How deep it lies: 1 under nothing."""
        return self.under.series.level + 1 if self.under and self.under.series else 1

    @property
    def root(self) -> Series:
        """The list that holds it in the end, itself where it lies under nothing."""
        return self.under.series.root if self.under and self.under.series else self

    def add(self, item: Item) -> None:
        """Put an item at its end."""
        item.series = self
        self.items.append(item)


def aspects(text: str, parts: Sequence[Block], items: Sequence[Item]) -> Iterator[Item]:
    """The items without markers: paragraphs in a row that begin 在……方面, under a sentence on measures."""
    taken = [item.start for item in items]
    runs = groupby(enumerate(parts), key=lambda pair: _ASPECT.match(pair[1].quote) is not None)
    before = 0
    for aspect, run in runs:
        members = list(run)
        first, last = members[0][0], members[-1][0]
        free = bisect_right(taken, parts[first].start) == bisect_right(taken, parts[last].end)
        said = any(_POLICY.search(part.quote) for part in parts[max(before, first - 2) : first])
        if aspect and len(members) >= _ASPECTS_MIN and free and said:
            yield from _aspect_items(text, members)
        before = first


def _aspect_items(text: str, members: Sequence[tuple[int, Block]]) -> Iterator[Item]:
    """The items of a run of aspects, and of each the parts between semicolons and full stops."""
    series = Series("aspect")
    for ordinal, (at, part) in enumerate(members, 1):
        item = Item(part.start, part.start, "aspect", ordinal, at, leads=True, end=part.end)
        series.add(item)
        yield item
        head = _ASPECT.match(part.quote)
        said = _SAYS.match(part.quote, head.end()) if head else None
        pieces = list(_PART.finditer(text, part.start + said.end(), part.end)) if said else []
        inner = Series("part", item)
        for count, piece in enumerate(pieces if len(pieces) > 1 else (), 1):
            inner.add(Item(piece.start(), piece.start(), "part", count, at, leads=False, end=piece.end()))
        yield from inner.items


def tabled(rows: Sequence[Row], opens: int) -> Iterator[Item]:
    """The items of the rows of a table that begins at `opens`, under those of the cells that group them.

    An item reaches to the end of its row, a group to that of its cell.
    """
    listed, series = Series("group", opens=opens), Series("row", opens=opens)
    holder: Item | None = None
    item: Item | None = None
    for row in rows:
        if row.group and (holder is None or holder.start != row.group.start):
            holder = _cell_item(row.group, "group", len(listed.items) + 1, row.group.end)
            listed.add(holder)
            series = Series("row", holder, opens=opens)
            yield holder
        if item and item.start == row.task.start:
            item.end = row.end
            continue
        item = _cell_item(row.task, "row", row.ordinal, row.end)
        series.add(item)
        yield item


def _cell_item(cell: Cell, kind: str, ordinal: int, end: int) -> Item:
    return Item(cell.start, cell.start, kind, ordinal, 0, leads=True, end=end, titled=cell.end)
