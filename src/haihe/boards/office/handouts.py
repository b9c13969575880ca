"""Which unit is handed which items."""

from __future__ import annotations

from collections.abc import Iterable

from haihe.boards.office.records import Asked, Handout, Item, Line, Orphan, Unit
from haihe.kit import resources


def handouts_of(items: Iterable[Item], asked: Asked) -> tuple[tuple[Handout, ...], tuple[Orphan, ...]]:
    """What each lead unit is handed, by unit in the order of the plan, and the items for nobody.

    An item with several lead units is handed to each of them; one that was finished before is not asked for
    again.
    """
    units: dict[str, Unit] = {}
    lines: dict[str, list[Line]] = {}
    orphans: dict[str, list[int]] = {}
    for item in items:
        if item.finished:
            continue
        for unit in item.leads:
            if is_collective(unit):
                orphans.setdefault(unit.name, []).append(item.line.node)
            else:
                units.setdefault(unit.key, unit)
                lines.setdefault(unit.key, []).append(item.line)
        if not item.leads:
            orphans.setdefault("", []).append(item.line.node)
    handed = (Handout(asked, unit, tuple(lines[key])) for key, unit in units.items())
    return tuple(handed), tuple(Orphan(name, tuple(nodes)) for name, nodes in orphans.items())


def is_collective(unit: Unit) -> bool:
    """Whether a name stands for a class of units, such as 各区, and not for one (`params/collective.yaml`).

    >>> is_collective(Unit("各区人民政府")), is_collective(Unit("市科技局"))
    (True, False)
    """
    words = resources.definition("boards/office/params/collective.yaml")
    return unit.entity is None and (
        any(word in unit.name for word in words["holds"]) or unit.name.endswith(tuple(words["ends"]))
    )
