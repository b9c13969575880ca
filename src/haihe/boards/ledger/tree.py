"""What may stand under what, and which nodes count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from haihe.boards.ledger.records import Node, NodeKind, NodeState
from haihe.kit.errors import N_, Conflict, Invalid, NotFound

UNDER: Mapping[NodeKind | None, tuple[NodeKind, ...]] = {
    None: ("aspect",),
    "aspect": ("task",),
    "task": ("project", "item"),
    "project": (),
    "item": (),
}
"""The kinds that may stand under each kind; None is the plan itself. Projects and items are siblings."""

KIND_LABELS: Mapping[NodeKind, str] = {
    "aspect": N_("aspect"),
    "task": N_("task"),
    "project": N_("project"),
    "item": N_("item"),
}

STATE_LABELS: Mapping[NodeState, str] = {
    "draft": N_("draft"),
    "accepted": N_("accepted"),
    "rejected": N_("rejected"),
}

DEEDS: Mapping[str, tuple[str, str]] = {
    "accept": ("✓", N_("Accept")),
    "reject": ("✗", N_("Reject")),
    "edit": ("✎", N_("Edit")),
    "undo": ("↶", N_("Undo")),
}
"""What can be done with a node in a review: a mark and the words for it."""


def check_place(kind: NodeKind, parent: NodeKind | None, children: Iterable[NodeKind]) -> None:
    """Raise Invalid unless a node of a kind may stand under its parent and over its children."""
    if kind not in UNDER[parent]:
        raise Invalid(
            N_("Nothing of the kind {kind} may stand there."),
            advice=N_("An aspect holds tasks, and a task holds projects and items."),
            kind=kind,
        )
    if not set(children) <= set(UNDER[kind]):
        raise Invalid(
            N_("What stands under it may not stand under something of the kind {kind}."),
            advice=N_("An aspect holds tasks, and a task holds projects and items."),
            kind=kind,
        )


def check_citation(citing: Node, cited: Node) -> None:
    """Raise Invalid unless an item cites a project of its own plan."""
    if citing.kind != "item" or cited.kind != "project" or citing.plan != cited.plan:
        raise Invalid(
            N_("{citing} cannot cite {cited}."),
            advice=N_("An item cites a project of the same plan."),
            citing=citing.title,
            cited=cited.title,
        )


def accepted(nodes: Iterable[Node]) -> list[Node]:
    """The nodes that count, in the order of the tree: accepted, and so is everything above them."""
    kept: dict[int, Node] = {}
    for node in sorted(nodes, key=lambda node: (node.plan, node.path)):
        if node.state == "accepted" and (node.parent is None or node.parent in kept):
            kept[node.id] = node
    return list(kept.values())


def children_of(nodes: Sequence[Node]) -> dict[int | None, list[Node]]:
    """The nodes under each node, in the order given; those of a plan itself under None."""
    found: dict[int | None, list[Node]] = {}
    for node in nodes:
        found.setdefault(node.parent, []).append(node)
    return found


def ancestors(node: Node, by_id: Mapping[int, Node]) -> list[Node]:
    """The nodes above a node, from the root down."""
    above: list[Node] = []
    parent = node.parent
    while parent is not None:
        above.insert(0, by_id[parent])
        parent = by_id[parent].parent
    return above


def named(held: Mapping[int, Node], numbers: Iterable[int]) -> list[Node]:
    """The nodes with these numbers among those of a plan; raises NotFound."""
    found = []
    for number in numbers:
        if number not in held:
            raise NotFound(
                N_("The plan has no item {id}."), advice=N_("Load the page of the plan again."), id=number
            )
        found.append(held[number])
    return found


def open_drafts(held: Mapping[int, Node]) -> list[int]:
    """The drafts among the nodes of a plan that do not stand under a rejected one."""
    return [
        node.id
        for node in held.values()
        if node.state == "draft" and all(each.state != "rejected" for each in ancestors(node, held))
    ]


def to_accept(held: Mapping[int, Node], numbers: Iterable[int]) -> list[Node]:
    """The nodes to be accepted with those named: they and what they stand under, as far as it is not yet.

    Raises Conflict for a node under a rejected one.
    """
    wanted: dict[int, Node] = {}
    for node in named(held, numbers):
        above = ancestors(node, held)
        rejected = next((each for each in above if each.state == "rejected"), None)
        if rejected:
            raise Conflict(
                N_("{title} stands under {above}, which was rejected."),
                advice=N_("Undo that decision first."),
                title=node.title,
                above=rejected.title,
            )
        wanted |= {each.id: each for each in (*above, node) if each.state != "accepted"}
    return list(wanted.values())


def check_reportable(node: Node, above: Iterable[Node]) -> None:
    """Raise Conflict for a node that does not count, and Invalid for an aspect."""
    if any(each.state != "accepted" for each in (*above, node)):
        raise Conflict(
            N_("{title} is not accepted, so nothing is reported on it."),
            advice=N_("Review it first."),
            title=node.title,
        )
    if node.kind == "aspect":
        raise Invalid(
            N_("{title} is an aspect; it is answered for by its tasks."),
            advice=N_("Report on what stands under it."),
            title=node.title,
        )
