"""What must have ended before a node can."""

from __future__ import annotations

from collections.abc import Mapping

from haihe.boards.ledger.records import Node
from haihe.boards.ledger.tree import accepted, level_of, stage_of
from haihe.kit.errors import N_, Conflict


def check_ending(node: Node, stage: str, held: Mapping[int, Node]) -> None:
    """Raise Conflict for a stage that is entered only when all below has ended, while something has not."""
    entered = level_of(node).stages[stage]
    if entered.when == "below_ended" and (still_open := open_below(node, held)):
        raise Conflict(
            N_("{title} has not ended: {count} entries under it are still open, the first is {first}."),
            advice=N_("Bring these to their end first, or report them as finished."),
            title=node.title,
            count=len(still_open),
            first=still_open[0].title,
        )


def open_below(node: Node, held: Mapping[int, Node]) -> list[Node]:
    """What counts under a node and has not ended, in the order of the tree.

    What has stages ends by one that says so or a progress of 1, a promise without stages by its progress. A
    heading is not asked.
    """
    inside = [one for one in accepted(held.values()) if one.path[: len(node.path)] == node.path]
    above = {one.parent for one in inside}
    return [one for one in inside if one.id != node.id and _is_open(one, leaf=one.id not in above)]


def _is_open(node: Node, *, leaf: bool) -> bool:
    stage, level = stage_of(node), level_of(node)
    asked = bool(level.stages) or (level.promise and leaf)
    finished = node.report is not None and node.report.progress == 1
    return asked and not finished and not (stage and stage.ends)
