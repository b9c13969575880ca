"""Plans, their nodes and what was reported as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
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
    exists,
    false,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR, distinct_on

from haihe.boards.ledger import tree
from haihe.boards.ledger.columns import node_of, report_of
from haihe.boards.ledger.records import (
    Change,
    Item,
    Light,
    LightState,
    Move,
    Node,
    Number,
    Plan,
    Report,
    Standing,
)
from haihe.boards.ledger.rollup import carried
from haihe.store.schema import metadata
from haihe.store.search import matches
from haihe.store.session import Session

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
    UniqueConstraint("plan_id", "source_id"),
    UniqueConstraint("plan_id", "path"),
    CheckConstraint("state IN ('draft', 'accepted', 'rejected')", name="state"),
    CheckConstraint("weight > 0", name="weight"),
    Index(None, "terms", postgresql_using="gin"),
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
    CheckConstraint("kind IN ('accept', 'edit', 'reject', 'move')", name="kind"),
)
"""What a person decided on a node, and what it was before, so that the last decision can be undone.

A move says the stage after it, and for going back the reason.
"""

REPORT = Table(
    "report",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("node_id", BigInteger, ForeignKey(NODE.c.id, ondelete="CASCADE"), nullable=False),
    Column("period", Text, nullable=False),
    Column("progress", Float),
    Column("note", Text, nullable=False),
    Column("forecast_due_on", Date),
    Column("reported_on", Date, nullable=False),
    Column("reported_at", DateTime(timezone=True), nullable=False),
    Column("reported_by", Text, nullable=False),
    CheckConstraint("progress BETWEEN 0 AND 1", name="progress"),
    Index(None, "node_id", "reported_on", "id"),
)

LIGHT_HISTORY = Table(
    "light_history",
    metadata,
    Column("node_id", BigInteger, ForeignKey(NODE.c.id, ondelete="CASCADE"), primary_key=True),
    Column("lit_on", Date, primary_key=True),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("facts", JSONB, nullable=False),
    CheckConstraint("state IN ('on_track', 'near', 'behind', 'overdue', 'unknown')", name="state"),
    Index(None, "lit_on"),
)
"""The days on which a node's light changed; between two rows it stayed as it was."""


def plans_where(
    connection: Connection, *conditions: ColumnElement[bool], unpublished: bool, limit: int | None = None
) -> list[Plan]:
    """The plans that meet conditions, the newest first; drafts are counted only with `unpublished`."""
    counted = select(
        NODE.c.plan_id,
        func.count().filter(NODE.c.state == "draft", literal(unpublished)).label("drafts"),
        func.count().filter(NODE.c.state == "accepted").label("accepted"),
    )
    counted_of = counted.group_by(NODE.c.plan_id).subquery()
    numbers = [
        func.coalesce(column, 0).label(column.name) for column in (counted_of.c.drafts, counted_of.c.accepted)
    ]
    query = select(PLAN, *numbers).outerjoin(counted_of, counted_of.c.plan_id == PLAN.c.id)
    seen = true() if unpublished else PLAN.c.published_at.is_not(None)
    rows = connection.execute(query.where(seen, *conditions).order_by(PLAN.c.id.desc()).limit(limit))
    return [Plan(**{name: row[name] for name in Plan.__dataclass_fields__}) for row in rows.mappings()]


def nodes_where(connection: Connection, on: date, *conditions: ColumnElement[bool]) -> list[Node]:
    """The nodes that meet conditions, in the order of their trees, with what was reported by a day."""
    query = select(NODE, PLAN.c.tier, PLAN.c.kind.label("register")).join(PLAN, PLAN.c.id == NODE.c.plan_id)
    query = query.where(*conditions).order_by(NODE.c.plan_id, NODE.c.path)
    rows = connection.execute(query).mappings().all()
    asked = select(NODE.c.id).where(*conditions)
    shares = _grouped(
        connection.execute(
            select(NODE_UNIT).where(NODE_UNIT.c.node_id.in_(asked)).order_by(NODE_UNIT.c.position)
        )
    )
    tags = _grouped(
        connection.execute(
            select(NODE_THEME)
            .where(NODE_THEME.c.node_id.in_(asked))
            .order_by(NODE_THEME.c.frame, NODE_THEME.c.primary.desc(), NODE_THEME.c.theme)
        )
    )
    latest = (
        select(REPORT)
        .ext(distinct_on(REPORT.c.node_id))
        .where(REPORT.c.node_id.in_(asked), REPORT.c.reported_on <= on)
        .order_by(REPORT.c.node_id, REPORT.c.reported_on.desc(), REPORT.c.id.desc())
    )
    reports = {row["node_id"]: report_of(row) for row in connection.execute(latest).mappings()}
    return [
        node_of(row, shares.get(row["id"], ()), tags.get(row["id"], ()), reports.get(row["id"]))
        for row in rows
    ]


def _grouped(rows: Any) -> dict[int, list[RowMapping]]:
    found: dict[int, list[RowMapping]] = {}
    for row in rows.mappings():
        found.setdefault(row["node_id"], []).append(row)
    return found


def reports_of(connection: Connection, node: int) -> list[Report]:
    """The reports on a node, the latest first."""
    query = select(REPORT).where(REPORT.c.node_id == node)
    rows = connection.execute(query.order_by(REPORT.c.reported_on.desc(), REPORT.c.id.desc()))
    return [report_of(row) for row in rows.mappings()]


def reports_in(connection: Connection, plan: int, period: str) -> dict[int, list[Report]]:
    """The reports on the nodes of a plan for a period, by node, the latest first."""
    query = select(REPORT).join(NODE, NODE.c.id == REPORT.c.node_id)
    query = query.where(NODE.c.plan_id == plan, REPORT.c.period == period)
    found: dict[int, list[Report]] = {}
    for row in connection.execute(query.order_by(REPORT.c.reported_on.desc(), REPORT.c.id.desc())).mappings():
        found.setdefault(row["node_id"], []).append(report_of(row))
    return found


def moves_of(connection: Connection, node: int) -> list[Move]:
    """The moves of a node from stage to stage that were not undone, the latest first."""
    query = select(NODE_DECISION).where(
        NODE_DECISION.c.node_id == node, NODE_DECISION.c.kind == "move", NODE_DECISION.c.undone_at.is_(None)
    )
    rows = connection.execute(query.order_by(NODE_DECISION.c.id.desc()))
    return [
        Move(row.decided_at, row.decided_by, row.before["stage"], row.after, row.reason or "") for row in rows
    ]


def figures_of(connection: Connection, nodes: Sequence[int]) -> dict[int, list[Number]]:
    """The figures in the words of nodes, by node, in the order of the text."""
    query = (
        select(NODE_FIGURE)
        .where(NODE_FIGURE.c.node_id.in_(nodes))
        .order_by(NODE_FIGURE.c.node_id, NODE_FIGURE.c.position)
    )
    return {
        node: [Number(**{name: row[name] for name in Number.__dataclass_fields__}) for row in rows]
        for node, rows in _grouped(connection.execute(query)).items()
    }


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


def locked(session: Session, condition: ColumnElement[bool], on: date = date.max) -> dict[int, Node]:
    """Nodes by number, held against anybody else until the transaction ends."""
    session.execute(select(NODE.c.id).where(condition).order_by(NODE.c.id).with_for_update())
    return {node.id: node for node in nodes_where(session.connection, on, condition)}


def counts_now() -> ColumnElement[bool]:
    """Whether a node is accepted, and so is everything above it."""
    above = NODE.alias()
    stops = (above.c.plan_id == NODE.c.plan_id) & (above.c.state != "accepted")
    inside = NODE.c.path[1 : func.cardinality(above.c.path)] == above.c.path
    return ~exists().where(stops, inside)


def plan_of_node(connection: Connection, node: int) -> int:
    """The plan that a node belongs to; raises NotFound."""
    plan = connection.execute(select(NODE.c.plan_id).where(NODE.c.id == node)).scalar_one_or_none()
    if plan is None:
        raise tree.no_node(node)
    return int(plan)


def line_of(connection: Connection, node: int, on: date) -> list[Node]:
    """A node and those above it, from the root down; raises NotFound."""
    row = connection.execute(select(NODE.c.plan_id, NODE.c.path).where(NODE.c.id == node)).first()
    if row is None:
        raise tree.no_node(node)
    paths = [row.path[:depth] for depth in range(1, len(row.path) + 1)]
    return nodes_where(connection, on, NODE.c.plan_id == row.plan_id, NODE.c.path.in_(paths))


def item_of(connection: Connection, plan: Plan, seen: Mapping[int, Standing], node: int, on: date) -> Item:
    """A node among those of its plan that may be seen, with all that its page shows; raises NotFound."""
    if node not in seen:
        raise tree.no_node(node)
    nodes = {number: standing.node for number, standing in seen.items()}
    return Item(
        plan=plan,
        standing=seen[node],
        above=tuple(tree.ancestors(nodes[node], nodes)),
        reports=tuple(reports_of(connection, node)),
        changes=tuple(changes_where(connection, LIGHT_HISTORY.c.node_id == node, date.min, on)),
        numbers=tuple(figures_of(connection, [node]).get(node, ())),
        cites=nodes.get(nodes[node].cites or 0),
        cited_by=tuple(other for other in nodes.values() if other.cites == node),
        moves=tuple(moves_of(connection, node)),
        below=tuple(each for each in seen.values() if each.node.parent == node),
        carried=tuple(carried(seen.values(), nodes[node])),
    )


def documents_of(connection: Connection, plan: int) -> Sequence[int]:
    """The documents that a plan was drafted from."""
    query = select(PLAN_DOCUMENT.c.document_id).where(PLAN_DOCUMENT.c.plan_id == plan)
    return connection.execute(query.order_by(PLAN_DOCUMENT.c.document_id)).scalars().all()


def plans_naming(entity: int, seen: ColumnElement[bool]) -> Select[tuple[int]]:
    """The plans that may be seen and in which a unit has a part."""
    shared = select(NODE_UNIT.c.node_id).where(NODE_UNIT.c.entity_id == entity)
    query = select(NODE.c.plan_id).join(PLAN, PLAN.c.id == NODE.c.plan_id)
    return query.where(NODE.c.id.in_(shared), seen)


def having(words: str, seen: ColumnElement[bool], limit: int, *, everything: bool) -> Select[tuple[int]]:
    """The newest nodes that have the words, of plans that may be seen; those that count, or everything."""
    inside = NODE.c.plan_id.in_(select(PLAN.c.id).where(seen))
    query = select(NODE.c.id).where(
        matches(NODE.c.terms, words), inside, true() if everything else counts_now()
    )
    return query.order_by(NODE.c.id.desc()).limit(limit)
