"""A unit's part in the ledger: what it leads and cooperates in, what is due next."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from haihe.boards.ledger.records import LIGHT_STATES, Node, Role, Standing

_PLACES = {state: place for place, state in enumerate(LIGHT_STATES)}
AHEAD = timedelta(days=90)
"""How far ahead a unit's page looks for what is due next."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit by its name as written, and by its number in the registry where that is known."""

    name: str
    entity: int | None = None

    @property
    def key(self) -> str:
        """What its address names it by."""
        return self.name if self.entity is None else str(self.entity)


def has_part(node: Node, units: Collection[Unit], role: Role | None = None) -> bool:
    """Whether one of the units has a part, or a part of a role, in a node."""
    for share in node.shares:
        if role is None or role == share.role:
            for unit in units:
                if share.entity == unit.entity if share.entity is not None else share.name == unit.name:
                    return True
    return False


def is_finished(standing: Standing) -> bool:
    """Whether nothing is left to do of a promise."""
    return standing.progress == 1


def finished_on(standing: Standing) -> date | None:
    """The day when a promise was finished; None where it is not, or that day is unknown."""
    node = standing.node
    if not is_finished(standing):
        return None
    if node.report and node.report.progress == 1:
        return node.report.reported_on
    return None if standing.children else node.stage_on


def slip_days(standing: Standing) -> int | None:
    """By how many days a promise was or is expected to be later than due; None where that is unknown."""
    node = standing.node
    came_on = finished_on(standing)
    if came_on is None and not is_finished(standing) and node.report:
        came_on = node.report.forecast_due_on
    return None if came_on is None or node.due_on is None else (came_on - node.due_on).days


def by_urgency(found: Iterable[Standing], count: int | None = None) -> list[Standing]:
    """Promises, the unfinished first, of those the worst light, and of those the one that is due first.

    With a `count` only the first so many.
    """
    alike: dict[tuple[bool, int], list[Standing]] = {}
    for one in found:
        alike.setdefault((one.progress == 1, _PLACES[one.light.state]), []).append(one)
    ordered: list[Standing] = []
    for group in sorted(alike):
        if count is not None and len(ordered) >= count:
            break
        ordered += sorted(alike[group], key=_due)
    return ordered[:count]


def _due(one: Standing) -> tuple[date, tuple[int, ...], int]:
    return one.node.due_on or date.max, one.node.path, one.node.id


def urgency(one: Standing) -> list[Any]:
    """What `by_urgency` sorts by, in the terms of JSON."""
    node = one.node
    due_on = (node.due_on or date.max).isoformat()
    return [is_finished(one), _PLACES[one.light.state], due_on, [*node.path], node.id]


def place(one: Standing) -> list[Any]:
    """What the nodes of several registers are sorted by as they stand in them, in the terms of JSON."""
    return [one.node.plan, [*one.node.path]]


def due_next(found: Iterable[Standing], on: date) -> list[Standing]:
    """What is unfinished and due within `AHEAD`, the next first."""
    until = on + AHEAD
    near = [
        one for one in found if one.node.due_on and on <= one.node.due_on <= until and not is_finished(one)
    ]
    return sorted(near, key=lambda one: (one.node.due_on, one.node.id))
