"""The edition of each plan: another one after every transaction that changed what its nodes stand by.

Triggers on `plan`, `plan_rule`, `node`, `node_unit`, `node_theme`, `report` and `issued_light` write it
(migration 0022), whoever changes them and however, so that what was worked out for an edition holds for it.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import BigInteger, Column, ColumnElement, Connection, ForeignKey, Table, Uuid, select, text

from haihe.boards.ledger.tables import PLAN
from haihe.store.schema import metadata

PLAN_EDITION = Table(
    "plan_edition",
    metadata,
    Column("plan_id", BigInteger, ForeignKey(PLAN.c.id, ondelete="CASCADE"), primary_key=True),
    Column("edition", Uuid, nullable=False, server_default=text("gen_random_uuid()")),
    Column(
        "written_in",
        BigInteger,
        nullable=False,
        server_default=text("pg_current_xact_id()::text::bigint"),
    ),
)


def editions_where(connection: Connection, *conditions: ColumnElement[bool]) -> dict[int, UUID]:
    """The editions of the plans that meet conditions, by plan, as of the connection's moment."""
    query = select(PLAN_EDITION.c.plan_id, PLAN_EDITION.c.edition)
    query = query.join(PLAN, PLAN.c.id == PLAN_EDITION.c.plan_id).where(*conditions)
    return {row.plan_id: row.edition for row in connection.execute(query.order_by(PLAN.c.id))}
