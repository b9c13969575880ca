"""Plans, their nodes and what was reported as rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Numeric,
    RowMapping,
    Select,
    Table,
    Text,
    UniqueConstraint,
    cast,
    false,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

from haihe.boards.ledger import tree
from haihe.boards.ledger.records import Move, Number
from haihe.store.schema import metadata

PLAN = Table(
    "plan",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("tier", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("published_at", DateTime(timezone=True)),
    Column("kind", Text, nullable=False, server_default="plan"),
    CheckConstraint("tier IN ('official', 'yearbook', 'press', 'ours', 'sample')", name="tier"),
)

PLAN_RULE = Table(
    "plan_rule",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("plan_id", BigInteger, ForeignKey(PLAN.c.id, ondelete="CASCADE"), nullable=False, index=True),
    Column("rule", Text, nullable=False),
    Column("chosen_by", Text, nullable=False),
    Column("chosen_at", DateTime(timezone=True), nullable=False),
)
"""The rules of lights that were chosen for a plan, the last of which holds; without one its kind's does."""

PLAN_DOCUMENT = Table(
    "plan_document",
    metadata,
    Column("plan_id", BigInteger, ForeignKey(PLAN.c.id, ondelete="CASCADE"), primary_key=True),
    Column("document_id", BigInteger, ForeignKey("document.id"), primary_key=True, index=True),
)

NODE = Table(
    "node",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("plan_id", BigInteger, ForeignKey(PLAN.c.id, ondelete="CASCADE"), nullable=False),
    Column("parent_id", BigInteger, ForeignKey("node.id", ondelete="CASCADE"), index=True),
    Column("path", ARRAY(Integer), nullable=False),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("state", Text, nullable=False, server_default="draft"),
    Column("source_id", Text, ForeignKey("source.id"), index=True),
    Column("edited", Boolean, nullable=False, server_default=false()),
    Column("start_on", Date),
    Column("due_on", Date),
    Column("due_words", Text),
    Column("weight", Float, nullable=False, server_default="1"),
    Column("cites_id", BigInteger, ForeignKey("node.id", ondelete="SET NULL"), index=True),
    Column("terms", TSVECTOR, nullable=False),
    Column("stage", Text),
    Column("stage_on", Date),
    Column("values", JSONB, nullable=False, server_default="{}"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("version", Integer, nullable=False, server_default="1"),
    UniqueConstraint("plan_id", "source_id"),
    UniqueConstraint("plan_id", "path"),
    CheckConstraint("state IN ('draft', 'accepted', 'rejected')", name="state"),
    CheckConstraint("weight > 0", name="weight"),
    Index(None, "terms", postgresql_using="gin"),
    Index(None, "plan_id", "state"),
)

NODE_UNIT = Table(
    "node_unit",
    metadata,
    Column("node_id", BigInteger, ForeignKey(NODE.c.id, ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("entity_id", BigInteger, ForeignKey("entity.id", ondelete="SET NULL"), index=True),
    CheckConstraint("role IN ('lead', 'cooperating')", name="role"),
)

NODE_THEME = Table(
    "node_theme",
    metadata,
    Column("node_id", BigInteger, ForeignKey(NODE.c.id, ondelete="CASCADE"), primary_key=True),
    Column("frame", Text, primary_key=True),
    Column("theme", Text, primary_key=True),
    Column("primary", Boolean, nullable=False),
)

NODE_FIGURE = Table(
    "node_figure",
    metadata,
    Column("node_id", BigInteger, ForeignKey(NODE.c.id, ondelete="CASCADE"), primary_key=True),
    Column("source_id", Text, ForeignKey("source.id"), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("quote", Text, nullable=False),
    Column("value", Numeric),
    Column("unit", Text),
    Column("subject", Text),
    Column("period", Text),
)

NODE_DECISION = Table(
    "node_decision",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("node_id", BigInteger, ForeignKey(NODE.c.id, ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("before", JSONB, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", DateTime(timezone=True), nullable=False),
    Column("undone_at", DateTime(timezone=True)),
    Column("after", Text),
    Column("reason", Text),
    Column("undone", JSONB(none_as_null=True)),
    Column("version", Integer),
    Column("undone_version", Integer),
    Column("undone_by", Text),
    CheckConstraint("kind IN ('accept', 'edit', 'reject', 'move')", name="kind"),
)
"""What a person decided on a node, and what it was before, so that the last decision can be undone.

A move says the stage after it, and for going back the reason. `undone` is what the node was when the
decision was taken back, and `version` and `undone_version` are the versions that were found.
"""


def grouped(rows: Any) -> dict[int, list[RowMapping]]:
    """Rows by the node that they are of, in the order given."""
    found: dict[int, list[RowMapping]] = {}
    for row in rows.mappings().all():
        found.setdefault(row["node_id"], []).append(row)
    return found


def rules_chosen(connection: Connection, as_of: datetime | None = None) -> dict[int, str]:
    """The rule of lights that was chosen for plans, by plan, now or as of a past moment."""
    query = select(PLAN_RULE.c.plan_id, PLAN_RULE.c.rule).order_by(PLAN_RULE.c.id)
    if as_of is not None:
        query = query.where(PLAN_RULE.c.chosen_at <= as_of)
    return {row.plan_id: row.rule for row in connection.execute(query)}


def moves_of(connection: Connection, node: int, as_of: datetime | None = None) -> list[Move]:
    """The moves of a node from stage to stage that were not undone, the latest first."""
    kept: ColumnElement[bool] = NODE_DECISION.c.undone_at.is_(None)
    if as_of is not None:
        kept = (kept | (NODE_DECISION.c.undone_at > as_of)) & (NODE_DECISION.c.decided_at <= as_of)
    query = select(NODE_DECISION).where(NODE_DECISION.c.node_id == node, NODE_DECISION.c.kind == "move", kept)
    rows = connection.execute(query.order_by(NODE_DECISION.c.id.desc()))
    return [
        Move(row.decided_at, row.decided_by, row.before["stage"], row.after, row.reason or "") for row in rows
    ]


def figures_of(connection: Connection, nodes: Sequence[int] | Select[Any]) -> dict[int, list[Number]]:
    """The figures in the words of nodes, by node, in the order of the text."""
    query = (
        select(NODE_FIGURE)
        .where(NODE_FIGURE.c.node_id.in_(nodes))
        .order_by(NODE_FIGURE.c.node_id, NODE_FIGURE.c.position)
    )
    return {
        node: [Number(**{name: row[name] for name in Number.__dataclass_fields__}) for row in rows]
        for node, rows in grouped(connection.execute(query)).items()
    }


def counts_now() -> ColumnElement[bool]:
    """Whether a node is accepted, and so is everything above it."""
    above = NODE.alias()
    depth = func.generate_series(1, func.cardinality(NODE.c.path)).table_valued("value").render_derived()
    line = (above.c.plan_id == NODE.c.plan_id) & (above.c.path == NODE.c.path[1 : depth.c.value])
    stops = select(above.c.id).select_from(depth.join(above, line)).where(above.c.state != "accepted")
    return ~stops.correlate(NODE).exists()


def plan_of_node(connection: Connection, node: int) -> int:
    """The plan that a node belongs to; raises NotFound."""
    plan = connection.execute(select(NODE.c.plan_id).where(NODE.c.id == node)).scalar_one_or_none()
    if plan is None:
        raise tree.no_node(node)
    return int(plan)


def documents_of(connection: Connection, plan: int) -> Sequence[int]:
    """The documents that a plan was drafted from."""
    query = select(PLAN_DOCUMENT.c.document_id).where(PLAN_DOCUMENT.c.plan_id == plan)
    return connection.execute(query.order_by(PLAN_DOCUMENT.c.document_id)).scalars().all()


def numbers_of(numbers: Iterable[int]) -> ColumnElement[Any]:
    """Numbers as one array, written as PostgreSQL reads it: thousands of them are one short parameter."""
    return cast(literal("{{{}}}".format(",".join(map(str, numbers)))), ARRAY(BigInteger))
