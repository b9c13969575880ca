"""A table whose rows open into further rows, fetched when they are asked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from markupsafe import Markup
from nicegui import ui
from nicegui.events import GenericEventArguments

from haihe.kit.errors import N_
from haihe.ui.language import tr
from haihe.ui.markup import button, html, joined, value, write
from haihe.ui.table import Cells, Column, data_cells, head_row


@dataclass(frozen=True, slots=True)
class Node:
    """One row of a tree: its id, its cells, and whether there are rows under it."""

    id: str
    cells: Cells
    branch: bool = False


Children = Callable[[str], Awaitable[Sequence[Node]]]

_TOGGLE = """(event) => {
  const knot = event.target.closest("button[data-node]");
  if (knot) emit(knot.dataset.node, knot.getAttribute("aria-expanded") !== "true");
}"""


@dataclass(slots=True)
class _Branch:
    node: Node
    depth: int
    body: ui.html
    under: list[ui.html] | None = None
    inside: list[str] = field(default_factory=list)


class TreeTable:
    """A tree on a page.

    Each branch is one `tbody`, the leaves beside it together another, so that a plan of 1,300 rows is some
    hundred elements, and only those that were opened.
    """

    def __init__(
        self, columns: Sequence[Column], roots: Sequence[Node], children: Children, caption: str
    ) -> None:
        self._columns = columns
        self._children = children
        self._branches: dict[str, _Branch] = {}
        with ui.element("div").classes("hai-data"):
            with ui.element("div").classes("hai-data-tools"):
                button(tr(N_("Open all")), self.open_all)
                button(tr(N_("Close all")), self.close_all)
            with ui.element("div").classes("hai-scroll"):
                self._table = ui.element("table").classes("hai-table hai-tree")
        self._table.on("click", self._toggle, js_handler=_TOGGLE)
        with self._table:
            write(caption, "caption")
            write(head_row(self._columns), "thead")
        _, self._roots = self._put(roots, 0, 2)

    async def _toggle(self, event: GenericEventArguments) -> None:
        node_id, opening = event.args
        await (self.open([node_id]) if opening else self.close(node_id))

    async def open(self, node_ids: Iterable[str]) -> None:
        """Open some branches, outer ones before those inside them."""
        for node_id in node_ids:
            branch = self._branches.get(node_id)
            if branch is None or branch.under is not None:
                continue
            branch.under = []
            branch.body.content = str(self._line(branch.node, branch.depth, opened=True))
            nodes = await self._children(node_id)
            place = self._table.default_slot.children.index(branch.body) + 1
            branch.under, branch.inside = self._put(nodes, branch.depth + 1, place)

    async def close(self, node_id: str) -> None:
        """Close a branch and all inside it."""
        branch = self._branches.get(node_id)
        if branch is None or branch.under is None:
            return
        for inner in branch.inside:
            await self.close(inner)
            del self._branches[inner]
        for body in branch.under:
            body.delete()
        branch.under, branch.inside = None, []
        branch.body.content = str(self._line(branch.node, branch.depth))

    async def open_all(self) -> None:
        """Open every branch, as for printing."""
        waiting = list(self._roots)
        while waiting:
            await self.open(waiting)
            waiting = [inner for node_id in waiting for inner in self._branches[node_id].inside]

    async def close_all(self) -> None:
        """Close every branch."""
        for node_id in self._roots:
            await self.close(node_id)

    def _put(self, nodes: Sequence[Node], depth: int, place: int) -> tuple[list[ui.html], list[str]]:
        """Draw rows from a place among the table's children; what was drawn, and the ids of its branches."""
        drawn: list[ui.html] = []
        ids: list[str] = []
        for is_branch, run in groupby(nodes, key=lambda node: node.branch):
            if not is_branch:
                drawn.append(self._body([self._line(node, depth) for node in run], place + len(drawn)))
                continue
            for node in run:
                body = self._body([self._line(node, depth)], place + len(drawn))
                drawn.append(body)
                ids.append(node.id)
                self._branches[node.id] = _Branch(node, depth, body)
        return drawn, ids

    def _body(self, lines: Sequence[Markup], place: int) -> ui.html:
        with self._table:
            body = write(joined(lines), "tbody")
        return body.move(self._table, place)

    def _line(self, node: Node, depth: int, *, opened: bool = False) -> Markup:
        knot = Markup("")
        if node.branch:
            knot = html(
                '<button type="button" data-node="{}" aria-expanded="{}" aria-label="{}"></button>',
                node.id,
                str(opened).lower(),
                tr(N_("Open or close")),
            )
        first, *rest = self._columns
        return html(
            '<tr style="--depth:{}"><th scope="row"><div>{}<span>{}</span></div></th>{}</tr>',
            depth,
            knot,
            value(node.cells[first.name]),
            data_cells(rest, node.cells),
        )


async def tree_table(
    columns: Sequence[Column],
    roots: Sequence[Node],
    children: Children,
    *,
    caption: str,
    opened: Iterable[str] = (),
) -> TreeTable:
    """A table of rows that open into further rows; the first column carries the tree.

    `children` gives the rows under one id and must not block; ids are unique in the whole tree; `opened` are
    branches to open at once.
    """
    tree = TreeTable(columns, roots, children, caption)
    await tree.open(opened)
    return tree
