"""Who sees which plan and which node: the one clause that every door of the ledger reads by.

Who sees what is not published (`see_unpublished`) for the whole house sees everything. Everybody sees what is
accepted in published plans; who holds the right for units sees also the nodes that one of them leads or
cooperates in, drafts too, and of what these stand under the titles.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    any_,
    cast,
    func,
    or_,
    select,
    true,
)

from haihe.boards.accounts import Asker, units_of
from haihe.boards.ledger.node_tables import nodes_where
from haihe.boards.ledger.plan_tables import plans_counted
from haihe.boards.ledger.records import Node, Plan
from haihe.boards.ledger.sights import bare, hanging
from haihe.boards.ledger.tables import NODE, NODE_UNIT, PLAN, counts_now

_RIGHT = "see_unpublished"


def sees_all(asker: Asker) -> bool:
    """Whether the asker sees every plan and every node."""
    return units_of(asker, _RIGHT) is None


def plan_seen(asker: Asker) -> ColumnElement[bool]:
    """Whether the asker sees the plan of a row."""
    units = units_of(asker, _RIGHT)
    if units is None:
        return true()
    public = PLAN.c.published_at.is_not(None)
    return public | PLAN.c.id.in_(select(NODE.c.plan_id).where(_own(units))) if units else public


def node_told(asker: Asker) -> ColumnElement[bool]:
    """Whether the asker sees all of the node of a row."""
    return or_(*_told(asker).values())


def node_found(asker: Asker) -> ColumnElement[bool]:
    """Whether the asker sees all of the node of a row, wherever it stands: for what is not read as a tree."""
    units = units_of(asker, _RIGHT)
    return true() if units is None else node_told(asker) & (counts_now() | _own(units))


def told_in(asker: Asker, plan: int) -> Select[tuple[int]]:
    """The nodes of a plan of which the asker sees all."""
    return select(NODE.c.id).where(NODE.c.plan_id == plan, node_told(asker))


def plans_seen(
    connection: Connection, asker: Asker, *conditions: ColumnElement[bool], limit: int | None = None
) -> list[Plan]:
    """The plans that meet conditions and the asker sees, the newest first, with counts of what they see."""
    return plans_counted(connection, plan_seen(asker), *conditions, told=_told(asker), limit=limit)


def nodes_seen(
    connection: Connection,
    asker: Asker,
    on: date,
    *conditions: ColumnElement[bool],
    **known: Any,
) -> list[Node]:
    """The nodes that meet conditions as far as the asker sees them, with what `nodes_where` knows of them."""
    units, told = units_of(asker, _RIGHT), node_told(asker)
    seen = told | NODE.c.id.in_(_above(units)) if units else told
    found = nodes_where(connection, on, *conditions, seen, **known)
    if not units:
        return found
    whole = set(connection.execute(select(NODE.c.id).where(*conditions, told)).scalars())
    return [node if node.id in whole else bare(node) for node in found]


def tree_seen(
    connection: Connection, asker: Asker, on: date, plan: int, as_of: datetime | None = None
) -> list[Node]:
    """The nodes of a plan that the asker sees together with all that they stand under."""
    found = nodes_seen(connection, asker, on, NODE.c.plan_id == plan, as_of=as_of)
    return found if sees_all(asker) else hanging(found)


def _told(asker: Asker) -> dict[Hashable, ColumnElement[bool]]:
    """Of which nodes the asker sees all: conditions, of which a node meets at most one, each under a name."""
    units = units_of(asker, _RIGHT)
    if units is None:
        return {"all": true()}
    published = NODE.c.plan_id.in_(select(PLAN.c.id).where(PLAN.c.published_at.is_not(None)))
    public = (NODE.c.state == "accepted") & published
    return {"public": public} | ({frozenset(units): _own(units) & ~public} if units else {})


def _own(units: Collection[int]) -> ColumnElement[bool]:
    """Whether one of the units leads or cooperates in the node of a row."""
    numbers = cast(sorted(units), ARRAY(BigInteger))
    return NODE.c.id.in_(select(NODE_UNIT.c.node_id).where(NODE_UNIT.c.entity_id == any_(numbers)))


def _above(units: Collection[int]) -> Select[Any]:
    """What stands above the nodes of units."""
    own = select(NODE.c.plan_id, NODE.c.path).where(_own(units)).cte()
    depth = func.generate_series(1, func.cardinality(own.c.path) - 1)
    step = depth.table_valued("value").render_derived().lateral()
    above = select(NODE.c.id).join_from(own, step, true()).join(NODE, NODE.c.plan_id == own.c.plan_id)
    return above.where(NODE.c.path == own.c.path[1 : step.c.value])
