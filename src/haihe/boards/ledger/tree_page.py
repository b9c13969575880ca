"""What stands in a register: as a tree that is drawn as it is opened, as a list by page, or by stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from haihe import ui as look
from haihe.boards.ledger import cells, rows, views_page
from haihe.boards.ledger.kinds import Kind
from haihe.boards.ledger.records import Sought, Standing
from haihe.boards.ledger.summary import asked, matching
from haihe.boards.ledger.views_page import drawn, frame_chosen
from haihe.ui import language, write

ROOTS_OPENED = 20


async def show(kind: Kind, found: Sequence[Standing], view: str) -> None:
    """The nodes of a register, or those that the address asks for."""
    sought = asked(found, views_page.sought())
    labels = rows.columns_of(kind, language())
    if view == "stages":
        _lanes(kind, found if sought is None else sought)
    elif sought is None:
        await _tree(labels, found)
    else:
        await _list(labels, sought)


async def _tree(labels: Mapping[str, str], found: Sequence[Standing]) -> None:
    under: dict[int | None, list[Standing]] = {}
    for one in found:
        under.setdefault(one.node.parent, []).append(one)

    def lines(parent: int | None) -> list[look.Node]:
        held = under.get(parent, [])
        return [
            look.Node(str(one.node.id), line, bool(one.children))
            for one, line in zip(held, _lines(held), strict=True)
        ]

    async def children(node_id: str) -> Sequence[look.Node]:
        return lines(int(node_id))

    roots = lines(None)
    columns = [look.Column(*label) for label in labels.items()]
    opened = [root.id for root in roots][:ROOTS_OPENED]
    await look.tree_table(columns, roots, children, caption="", opened=opened)


async def _list(labels: Mapping[str, str], sought: Sequence[Standing]) -> None:
    async def fetch(wanted: look.Wanted) -> look.Rows:
        found = matching(sought, Sought(words=wanted.words or None))
        return look.Rows(_lines(found[wanted.offset : wanted.offset + wanted.limit]), len(found))

    columns = [look.Column(*label, sortable=False) for label in labels.items()]
    await look.data_table("list", columns, fetch, caption="")


def _lines(found: Sequence[Standing]) -> list[look.Cells]:
    frame, said = frame_chosen(), language()
    return [
        {name: drawn(content) for name, content in cells.node_cells(one, frame, said).items()}
        for one in found
    ]


def _lanes(kind: Kind, found: Sequence[Standing]) -> None:
    with look.cards():
        for lane in cells.lanes(kind, found, language()):
            with look.card(f"{lane.label} · {lane.count}", href=look.address(view=[], stage=[lane.name])):
                for lines in lane.cards:
                    write(drawn(lines), "p")
