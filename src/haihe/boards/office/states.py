"""How far each unit is in a period."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from haihe.boards.office.records import Dispatch, UnitState


def states_of(
    dispatches: Iterable[Dispatch], counting: Collection[int], filed: Collection[int]
) -> tuple[UnitState, ...]:
    """How far each unit is by its last workbook, those with nothing returned first.

    `counting` are the items that still count, `filed` those with a report for the period.
    """
    latest = {dispatch.handout.unit.key: dispatch for dispatch in dispatches}
    found = []
    for dispatch in latest.values():
        lines = [line for line in dispatch.handout.lines if line.node in counting]
        waiting = tuple(line for line in lines if line.node not in filed)
        found.append(
            UnitState(dispatch.handout.unit, len(lines), len(lines) - len(waiting), waiting, dispatch)
        )
    order = ("missing", "partial", "complete")
    return tuple(sorted(found, key=lambda state: order.index(state.state)))
