"""The lights that the rules gave as rows."""

from __future__ import annotations

from datetime import date

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Table,
    Text,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, distinct_on

from haihe.boards.ledger.records import Change, Light, LightState
from haihe.boards.ledger.tables import NODE
from haihe.store.schema import metadata

LIGHT_HISTORY = Table(
    "light_history",
    metadata,
    Column("node_id", BigInteger, ForeignKey(NODE.c.id, ondelete="CASCADE"), primary_key=True),
    Column("lit_on", Date, primary_key=True),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("facts", JSONB, nullable=False),
    Column("noted_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    CheckConstraint("state IN ('on_track', 'near', 'behind', 'overdue', 'unknown')", name="state"),
    Index(None, "lit_on"),
    Index(None, "noted_at"),
)
"""The days on which a node's light changed; between two rows it stayed as it was."""


def changes_where(
    connection: Connection, nodes: ColumnElement[bool], since: date, until: date
) -> list[Change]:
    """The changes of the lights of nodes between two days, both included, the latest first."""
    before = func.lag(LIGHT_HISTORY.c.state).over(
        partition_by=LIGHT_HISTORY.c.node_id, order_by=LIGHT_HISTORY.c.lit_on
    )
    walked = select(LIGHT_HISTORY, before.label("before")).where(nodes).subquery()
    query = select(walked).where(walked.c.lit_on.between(since, until))
    rows = connection.execute(query.order_by(walked.c.lit_on.desc(), walked.c.node_id)).mappings()
    return [
        Change(row["node_id"], row["lit_on"], Light(row["state"], row["reason"], row["facts"]), row["before"])
        for row in rows
    ]


def lights_on(connection: Connection, plan: int, on: date) -> dict[int, LightState]:
    """The light of each of a plan's nodes as noted by a day."""
    query = (
        select(LIGHT_HISTORY.c.node_id, LIGHT_HISTORY.c.state)
        .ext(distinct_on(LIGHT_HISTORY.c.node_id))
        .join(NODE, NODE.c.id == LIGHT_HISTORY.c.node_id)
        .where(NODE.c.plan_id == plan, LIGHT_HISTORY.c.lit_on <= on)
        .order_by(LIGHT_HISTORY.c.node_id, LIGHT_HISTORY.c.lit_on.desc())
    )
    return {row.node_id: row.state for row in connection.execute(query)}
