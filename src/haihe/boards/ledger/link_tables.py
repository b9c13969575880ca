"""Items at the ends of links, as far as somebody may see them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, literal, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from haihe.boards.accounts import Asker
from haihe.boards.ledger import links
from haihe.boards.ledger.sight_tables import node_found
from haihe.boards.ledger.tables import NODE, PLAN
from haihe.store.search import among

_COLUMNS = (
    NODE.c.id, NODE.c.title, NODE.c.kind, NODE.c["values"], PLAN.c.kind.label("register"), PLAN.c.name,
    PLAN.c.tier,
)  # fmt: skip


def rows_of(connection: Connection, asker: Asker, numbers: Collection[int]) -> dict[int, Any]:
    """The items of some numbers that the asker may see, with their registers, by number."""
    found = _rows(connection, asker, among(NODE.c.id, numbers)) if numbers else ()
    return {row.id: row for row in found}


def naming(connection: Connection, asker: Asker, node: int) -> Sequence[Any]:
    """The items that name one, in the order of their registers.

    Only registers of kinds with a field that names items are looked at.
    """
    linking = links.linking()
    kinds = {kind for kind, _ in linking}
    plans = connection.execute(select(PLAN.c.id).where(PLAN.c.kind.in_(kinds))).scalars().all()
    if not plans:
        return ()
    number = literal(str(node), JSONB)
    ways = (
        (PLAN.c.kind == kind) & (NODE.c.kind == level) & NODE.c["values"][name].contains(number)
        for (kind, level), fields in linking.items()
        for name in fields
    )
    return _rows(connection, asker, among(NODE.c.plan_id, plans) & or_(*ways))


def _rows(connection: Connection, asker: Asker, condition: ColumnElement[bool]) -> Sequence[Any]:
    query = select(*_COLUMNS).join(PLAN, PLAN.c.id == NODE.c.plan_id)
    query = query.where(condition, NODE.c.state != "rejected", node_found(asker))
    return connection.execute(query.order_by(NODE.c.plan_id, NODE.c.path)).all()
