"""What a unit has a part in, over all registers that the asker may see."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection, any_, select

from haihe.boards.accounts import Asker, require
from haihe.boards.ledger.records import Report, Standing
from haihe.boards.ledger.report_tables import REPORT, reports_on
from haihe.boards.ledger.rollup import counted, promises_in
from haihe.boards.ledger.sight_tables import node_told, nodes_seen, sees_all
from haihe.boards.ledger.standing_actions import counts_alike, promises_held
from haihe.boards.ledger.tables import NODE, NODE_UNIT, PLAN, numbers_of
from haihe.boards.ledger.unit_tables import around
from haihe.boards.ledger.units import Unit, has_part, place
from haihe.boards.registry import actions as registry
from haihe.kit.errors import N_, NotFound
from haihe.kit.limits import NAME_CHARACTERS_MAX
from haihe.store.opening import Store
from haihe.store.session import reading

_NODES = NODE.join(PLAN)


def unit_at(store: Store, asker: Asker, key: str) -> Unit:
    """The unit with a number of the registry, or with a name as written in a register; raises NotFound."""
    require(asker, "see_published")
    key = key.replace("\0", "")[:NAME_CHARACTERS_MAX]
    if key.isascii() and key.isdigit():
        (found,) = registry.entities_at(store, asker, [int(key)]).values()
        return Unit(found.name, found.id)
    named = (NODE_UNIT.c.name == key, node_told(asker))
    query = select(NODE_UNIT.c.entity_id).select_from(NODE_UNIT.join(_NODES)).where(*named).limit(1)
    with reading(store.engine) as connection:
        row = connection.execute(query).first()
    if row is None:
        raise NotFound(
            N_("No register that you may see names the unit {name}."),
            advice=N_("Look for it on the page of scorecards."),
            name=key,
        )
    return Unit(key, row.entity_id)


def promises_of(store: Store, asker: Asker, units: Collection[Unit], on: date) -> list[Standing]:
    """How the promises stand on a day in which one of the units has a part, by register and place."""
    require(asker, "see_published")
    with reading(store.engine) as connection:
        found = promises_held(connection, asker, units, on)
        if sees_all(asker) or not (told := _promises_told(connection, asker, units, on)):
            return found
        return sorted([*found, *told], key=place)


def _promises_told(connection: Connection, asker: Asker, units: Collection[Unit], on: date) -> list[Standing]:
    """The promises in which the units have a part, of plans that the asker sees only some of."""
    wanted = around(connection, units, node_told(asker) & ~counts_alike(asker))
    if not wanted:
        return []
    found = counted(nodes_seen(connection, asker, on, NODE.c.id == any_(numbers_of(wanted))), on)
    return [each for each in promises_in(found.values()) if has_part(each.node, units)]


def reports_of(store: Store, asker: Asker, nodes: Collection[int]) -> dict[int, list[Report]]:
    """All reports on those of some nodes that the asker may see, by node, the latest first."""
    require(asker, "see_published")
    chosen = NODE.c.id == any_(numbers_of(nodes))
    with reading(store.engine) as connection:
        seen = connection.execute(select(NODE.c.id).select_from(_NODES).where(chosen, node_told(asker)))
        return reports_on(connection, seen.scalars().all())


def reported_in(store: Store, asker: Asker, nodes: Collection[int], period: str) -> set[int]:
    """Those of some nodes that have a report for a period."""
    require(asker, "see_published")
    query = (
        select(REPORT.c.node_id)
        .select_from(REPORT.join(_NODES))
        .where(node_told(asker), REPORT.c.period == period)
    )
    with reading(store.engine) as connection:
        chosen = REPORT.c.node_id == any_(numbers_of(nodes))
        return set(connection.execute(query.where(chosen)).scalars())
