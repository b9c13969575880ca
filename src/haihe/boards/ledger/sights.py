"""What is left of a node for whoever may know only that something of theirs stands under it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from haihe.boards.ledger.records import Node


def bare(node: Node) -> Node:
    """A node with its place and title, and nothing else that somebody wrote of it."""
    return replace(
        node,
        text="",
        source_id=None,
        shares=(),
        tags=(),
        start_on=None,
        due_on=None,
        due_words=None,
        cites=None,
        report=None,
        values={},
        issued=None,
        returned={},
        told=False,
    )


def hanging(nodes: Iterable[Node]) -> list[Node]:
    """Those of the nodes of some plans over which none is missing, in the order of the tree."""
    kept: dict[int, Node] = {}
    for node in sorted(nodes, key=lambda node: (node.plan, node.path)):
        if node.parent is None or node.parent in kept:
            kept[node.id] = node
    return list(kept.values())
