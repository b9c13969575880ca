"""What may stand under what, and which nodes count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from haihe.boards.ledger.kinds import Kind, Level, Stage, is_back, kinds, reached, unmet
from haihe.boards.ledger.records import Node, NodeState, Step
from haihe.kit.errors import N_, Conflict, Invalid, NotFound

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


def level_of(node: Node) -> Level:
    """The level of a node in the kind of its register."""
    return kinds()[node.register].levels[node.kind]


def stage_of(node: Node) -> Stage | None:
    """The stage that a node is in; None where its level has none."""
    return level_of(node).stages.get(node.stage or "")


def check_place(kind: Kind, level: str, parent: str | None, children: Iterable[str]) -> None:
    """Raise Invalid unless a node of a level may stand under its parent's level and over its children's."""
    if level not in {each.name for each in kind.below(parent)}:
        raise Invalid(
            N_("Nothing of the level {level} may stand there."),
            advice=N_("The page of the kinds says what stands under what."),
            level=level,
        )
    if not set(children) <= {each.name for each in kind.below(level)}:
        raise Invalid(
            N_("What stands under it may not stand under something of the level {level}."),
            advice=N_("The page of the kinds says what stands under what."),
            level=level,
        )


def check_citation(citing: Node, cited: Node) -> None:
    """Raise Invalid unless a node cites one of its own register that its level may cite."""
    if level_of(citing).cites != cited.kind or citing.plan != cited.plan:
        raise Invalid(
            N_("{citing} cannot cite {cited}."),
            advice=N_("An item cites a project of the same plan."),
            citing=citing.title,
            cited=cited.title,
        )


def check_step(node: Node, step: Step) -> None:
    """Raise Invalid for a stage that a node cannot enter with its fields and those of the step.

    Raises Conflict where its last report shows a later one.
    """
    level = level_of(node)
    if step.stage not in level.stages or step.stage == node.stage:
        raise Invalid(
            N_("{title} cannot be moved to the stage {stage}."),
            advice=N_("Choose another stage of its level."),
            title=node.title,
            stage=step.stage,
        )
    progress = node.report.progress if node.report else None
    if reached(level, step.stage, progress) != step.stage:
        raise Conflict(
            N_("The last report on {title} shows a later stage."),
            advice=N_("Report its progress anew first."),
            title=node.title,
        )
    if is_back(level, node.stage, step.stage):
        if not step.reason.strip():
            raise Invalid(
                N_("{title} would go back, and nothing says why."),
                advice=N_("Give the reason."),
                title=node.title,
            )
    elif missing := unmet(level, step.stage, {**node.values, **step.values}, node.stage):
        raise Invalid(
            N_("{title} lacks what the stage {stage} needs: {fields}."),
            advice=N_("Fill in these fields first."),
            title=node.title,
            stage=step.stage,
            fields=", ".join(missing),
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


def next_path(held: Iterable[Node], parent: Node | None) -> tuple[int, ...]:
    """The path of a node that comes last under another one, or at the root."""
    above = parent.path if parent else ()
    taken = (node.path[-1] for node in held if node.path[:-1] == above)
    return (*above, max(taken, default=0) + 1)


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


def to_hold(held: Mapping[int, Node], number: int | None) -> Node | None:
    """The node that another one is to stand under; raises NotFound, and Conflict for a rejected one."""
    if number is None:
        return None
    (node,) = named(held, [number])
    if any(each.state == "rejected" for each in (*ancestors(node, held), node)):
        raise Conflict(
            N_("{title} was rejected, or what it stands under was."),
            advice=N_("Undo that decision first."),
            title=node.title,
        )
    return node


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


def to_reject(held: Mapping[int, Node], numbers: Iterable[int]) -> list[Node]:
    """The nodes to be rejected of those named: those that are not yet."""
    return [node for node in named(held, numbers) if node.state != "rejected"]


def check_accepted(node: Node, above: Iterable[Node]) -> None:
    """Raise Conflict for a node that does not count."""
    if any(each.state != "accepted" for each in (*above, node)):
        raise Conflict(
            N_("{title} is not accepted, so nothing is reported on it."),
            advice=N_("Review it first."),
            title=node.title,
        )


def check_reportable(node: Node, above: Iterable[Node]) -> None:
    """Raise Conflict for a node that does not count, and Invalid for one that is not answered for itself."""
    check_accepted(node, above)
    if not level_of(node).promise:
        raise Invalid(
            N_("{title} is answered for by what stands under it."),
            advice=N_("Report on what stands under it."),
            title=node.title,
        )


def no_node(node: int) -> NotFound:
    """The error for a node that is not there or not for the asker."""
    return NotFound(
        N_("There is no item {id} that you may see."),
        advice=N_("Open it again from its plan; one that is not published needs an account."),
        id=node,
    )
