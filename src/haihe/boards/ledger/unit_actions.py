"""What a unit has a part in, over all registers that the asker may see."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Connection, any_, cast, func, or_, select, true

from haihe.boards.accounts import Asker, may, require
from haihe.boards.ledger.node_tables import nodes_where
from haihe.boards.ledger.records import Report, Standing
from haihe.boards.ledger.report_tables import REPORT, reports_on
from haihe.boards.ledger.rollup import counted, promises_in
from haihe.boards.ledger.tables import NODE, NODE_UNIT, PLAN
from haihe.boards.ledger.units import Unit, has_part
from haihe.boards.registry import actions as registry
from haihe.kit.errors import N_, NotFound
from haihe.kit.limits import NAME_CHARACTERS_MAX
from haihe.store.opening import Store
from haihe.store.session import reading

_NUMBERS = ARRAY(BigInteger)
_NODES = NODE.join(PLAN)


def unit_at(store: Store, asker: Asker, key: str) -> Unit:
    """The unit with a number of the registry, or with a name as written in a register; raises NotFound."""
    require(asker, "see_published")
    key = key.replace("\0", "")[:NAME_CHARACTERS_MAX]
    if key.isascii() and key.isdigit():
        found = registry.entity_at(store, asker, int(key)).entity
        return Unit(found.name, found.id)
    named = (NODE_UNIT.c.name == key, _seen(asker))
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
        wanted = _around(connection, units, _seen(asker))
        found = counted(nodes_where(connection, on, NODE.c.id == any_(cast(wanted, _NUMBERS))), on)
    return [each for each in promises_in(found.values()) if has_part(each.node, units)]


def reports_of(store: Store, asker: Asker, nodes: Collection[int]) -> dict[int, list[Report]]:
    """All reports on those of some nodes that the asker may see, by node, the latest first."""
    require(asker, "see_published")
    chosen = NODE.c.id == any_(cast([*nodes], _NUMBERS))
    with reading(store.engine) as connection:
        seen = connection.execute(select(NODE.c.id).select_from(_NODES).where(chosen, _seen(asker)))
        return reports_on(connection, seen.scalars().all())


def reported_in(store: Store, asker: Asker, nodes: Collection[int], period: str) -> set[int]:
    """Those of some nodes that have a report for a period."""
    require(asker, "see_published")
    query = (
        select(REPORT.c.node_id)
        .select_from(REPORT.join(_NODES))
        .where(_seen(asker), REPORT.c.period == period)
    )
    with reading(store.engine) as connection:
        chosen = REPORT.c.node_id == any_(cast([*nodes], _NUMBERS))
        return set(connection.execute(query.where(chosen)).scalars())


def _seen(asker: Asker) -> ColumnElement[bool]:
    return true() if may(asker, "see_unpublished") else PLAN.c.published_at.is_not(None)


def _around(connection: Connection, units: Collection[Unit], seen: ColumnElement[bool]) -> Sequence[int]:
    """The nodes that name the units, with all above them, on which they hang, and below, which they sum."""
    resolved = NODE_UNIT.c.entity_id.in_([unit.entity for unit in units if unit.entity is not None])
    unresolved = NODE_UNIT.c.entity_id.is_(None) & NODE_UNIT.c.name.in_([unit.name for unit in units])
    shared = select(NODE_UNIT.c.node_id).where(or_(resolved, unresolved))
    own = (
        select(NODE.c.id, NODE.c.plan_id, NODE.c.path)
        .select_from(_NODES)
        .where(NODE.c.id.in_(shared), seen)
        .cte()
    )
    depth = func.cardinality(own.c.path)
    step = func.generate_series(1, depth).table_valued("value").render_derived().lateral()
    above = select(NODE.c.id).join_from(own, step, true()).join(NODE, NODE.c.plan_id == own.c.plan_id)
    above = above.where(NODE.c.path == own.c.path[1 : step.c.value])
    after = func.array_append(own.c.path[1 : depth - 1], own.c.path[depth] + 1)
    below = select(NODE.c.id).join(own, NODE.c.plan_id == own.c.plan_id)
    below = below.where(NODE.c.path > own.c.path, NODE.c.path < after)
    return connection.execute(above.union(below)).scalars().all()
