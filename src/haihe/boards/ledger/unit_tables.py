"""The rows that name units."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import ColumnElement, Connection, any_, func, select, true

from haihe.boards.ledger.tables import NODE, NODE_UNIT, PLAN, numbers_of
from haihe.boards.ledger.units import Unit


def plans_naming(connection: Connection, units: Collection[Unit], plans: Iterable[int]) -> Sequence[int]:
    """Those of some plans in which one of the units has a part."""
    query = select(NODE.c.plan_id).join(NODE_UNIT, NODE_UNIT.c.node_id == NODE.c.id).where(_shared(units))
    query = query.where(NODE.c.plan_id == any_(numbers_of(plans))).distinct()
    return connection.execute(query.order_by(NODE.c.plan_id)).scalars().all()


def _shared(units: Collection[Unit]) -> ColumnElement[bool]:
    """Whether a part in a node is one of the units'; by name only where its number is unknown."""
    resolved = NODE_UNIT.c.entity_id.in_([unit.entity for unit in units if unit.entity is not None])
    return resolved | (NODE_UNIT.c.entity_id.is_(None) & NODE_UNIT.c.name.in_([unit.name for unit in units]))


def around(connection: Connection, units: Collection[Unit], seen: ColumnElement[bool]) -> Sequence[int]:
    """The nodes that name the units, with all above them, on which they hang, and below, which they sum."""
    shared = select(NODE_UNIT.c.node_id).where(_shared(units))
    own = select(NODE.c.id, NODE.c.plan_id, NODE.c.path).join(PLAN).where(NODE.c.id.in_(shared), seen).cte()
    depth = func.cardinality(own.c.path)
    step = func.generate_series(1, depth).table_valued("value").render_derived().lateral()
    above = select(NODE.c.id).join_from(own, step, true()).join(NODE, NODE.c.plan_id == own.c.plan_id)
    above = above.where(NODE.c.path == own.c.path[1 : step.c.value])
    after = func.array_append(own.c.path[1 : depth - 1], own.c.path[depth] + 1)
    below = select(NODE.c.id).join(own, NODE.c.plan_id == own.c.plan_id)
    below = below.where(NODE.c.path > own.c.path, NODE.c.path < after)
    return connection.execute(above.union(below)).scalars().all()
