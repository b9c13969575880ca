"""Periods, issued lights and corrections as rows; the last two are only ever added to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Row,
    Table,
    Text,
    func,
    insert,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert

from haihe.boards.ledger.periods import Locked
from haihe.boards.ledger.records import Correction, Issued, Light
from haihe.boards.ledger.report_tables import REPORT, known_at
from haihe.boards.ledger.tables import NODE
from haihe.kit.periods import containing
from haihe.kit.text import sha256_of
from haihe.store.schema import metadata
from haihe.store.session import Session

PLAN_PERIOD = Table(
    "plan_period",
    metadata,
    Column("plan_id", BigInteger, ForeignKey("plan.id", ondelete="CASCADE"), primary_key=True),
    Column("period", Text, primary_key=True),
    Column("locked_at", DateTime(timezone=True)),
    Column("locked_by", Text),
    Column("brief_sha256", Text),
    CheckConstraint("(locked_at IS NULL) = (locked_by IS NULL)", name="locked"),
)
"""A period that something was reported for or that is locked; reports hold its row shared, a lock alone."""

ISSUED_LIGHT = Table(
    "issued_light",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("node_id", BigInteger, ForeignKey(NODE.c.id, ondelete="CASCADE"), nullable=False),
    Column("period", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("rule_state", Text, nullable=False),
    Column("rule_reason", Text, nullable=False),
    Column("rule_facts", JSONB, nullable=False),
    Column("issued_by", Text, nullable=False),
    Column("issued_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("state IN ('on_track', 'near', 'behind', 'overdue', 'unknown')", name="state"),
    Index(None, "node_id", "period", "id"),
)
"""The lights that the office gave, each with what the rule gave then; of a period the latest counts."""

CORRECTION = Table(
    "correction",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("node_id", BigInteger, ForeignKey(NODE.c.id, ondelete="CASCADE"), nullable=False),
    Column("period", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("before", JSONB(none_as_null=True)),
    Column("after", JSONB, nullable=False),
    Column("reason", Text, nullable=False),
    Column("corrected_by", Text, nullable=False),
    Column("corrected_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("subject IN ('report', 'light')", name="subject"),
    Index(None, "node_id", "period", "id"),
)
"""What was changed of a period after it was locked."""


def hold_open(session: Session, plan: int, period: str) -> Locked | None:
    """Keep a period of a plan from being locked until the transaction ends; its lock where it has one.

    A period that contains it holds for it too.
    """
    names = containing(period)
    rows = [{"plan_id": plan, "period": name} for name in names]
    inside = (PLAN_PERIOD.c.plan_id == plan) & PLAN_PERIOD.c.period.in_(names)
    query = select(PLAN_PERIOD).where(inside).order_by(PLAN_PERIOD.c.period).with_for_update(read=True)
    found = session.connection.execute(query).all()
    if len(found) < len(names):
        session.connection.execute(upsert(PLAN_PERIOD).on_conflict_do_nothing(), rows)
        found = session.connection.execute(query).all()
    return next((_locked(row) for row in found if row.locked_at), None)


def hold_alone(session: Session, plan: int, period: str) -> Locked | None:
    """Keep everybody else from reporting for a period until the transaction ends; its own lock, or None."""
    row = {"plan_id": plan, "period": period}
    session.connection.execute(upsert(PLAN_PERIOD).on_conflict_do_nothing(), row)
    query = select(PLAN_PERIOD).filter_by(**row).with_for_update()
    held = session.connection.execute(query).one()
    return _locked(held) if held.locked_at else None


def lock_of(connection: Connection, plan: int, period: str, as_of: datetime | None = None) -> Locked | None:
    """The lock that closes a period of a plan, its own before that of one that contains it."""
    found = {one.period: one for one in locks_of(connection, plan, as_of)}
    return next((found[name] for name in containing(period) if name in found), None)


def locks_of(connection: Connection, plan: int, as_of: datetime | None = None) -> list[Locked]:
    """The locked periods of a plan, the latest first."""
    query = select(PLAN_PERIOD).where(
        PLAN_PERIOD.c.plan_id == plan,
        PLAN_PERIOD.c.locked_at.is_not(None),
        known_at(PLAN_PERIOD.c.locked_at, as_of),
    )
    rows = connection.execute(query.order_by(PLAN_PERIOD.c.locked_at.desc()))
    return [_locked(row) for row in rows]


def _locked(row: Row[Any]) -> Locked:
    return Locked(row.plan_id, row.period, row.locked_at, row.locked_by, row.brief_sha256)


def latest_issued(
    connection: Connection, nodes: Any, period: str | None, as_of: datetime | None
) -> dict[int, Issued]:
    """The latest light that was issued to each of some nodes, of any period or of one."""
    query = (
        select(ISSUED_LIGHT)
        .ext(distinct_on(ISSUED_LIGHT.c.node_id))
        .where(ISSUED_LIGHT.c.node_id.in_(nodes), known_at(ISSUED_LIGHT.c.issued_at, as_of))
        .order_by(ISSUED_LIGHT.c.node_id, ISSUED_LIGHT.c.id.desc())
    )
    if period is not None:
        query = query.where(ISSUED_LIGHT.c.period == period)
    return {row.node_id: issued_of(row) for row in connection.execute(query).all()}


def issued_on(connection: Connection, node: int, as_of: datetime | None = None) -> list[Issued]:
    """The lights that were issued to a node, the latest first."""
    wanted = ISSUED_LIGHT.c.node_id == node, known_at(ISSUED_LIGHT.c.issued_at, as_of)
    rows = connection.execute(select(ISSUED_LIGHT).where(*wanted).order_by(ISSUED_LIGHT.c.id.desc()))
    return [issued_of(row) for row in rows]


def put_issued(session: Session, given: Mapping[int, tuple[str, str, str, Light]]) -> list[Issued]:
    """Store an issued light for each node: the period, the state, the reason, and what the rule gave."""
    rows = [
        {
            "node_id": node,
            "period": period,
            "state": state,
            "reason": reason,
            "rule_state": rule.state,
            "rule_reason": rule.reason,
            "rule_facts": dict(rule.facts),
            "issued_by": session.actor.name,
            "issued_at": session.actor.at,
        }
        for node, (period, state, reason, rule) in given.items()
    ]
    fresh = insert(ISSUED_LIGHT).returning(ISSUED_LIGHT, sort_by_parameter_order=True)
    return [issued_of(row) for row in session.execute(fresh, rows)] if rows else []


def issued_of(row: Row[Any]) -> Issued:
    """The issued light of a row of the table."""
    rule = Light(row.rule_state, row.rule_reason, row.rule_facts)
    return Issued(row.id, row.node_id, row.period, row.state, row.reason, rule, row.issued_by, row.issued_at)


def put_correction(session: Session, correction: Mapping[str, Any]) -> None:
    """Add to the log of corrections."""
    made = {"corrected_by": session.actor.name, "corrected_at": session.actor.at}
    session.execute(insert(CORRECTION).values({**correction, **made}))


def corrections_where(
    connection: Connection, *conditions: ColumnElement[bool], as_of: datetime | None = None
) -> list[Correction]:
    """The corrections that meet conditions, the latest first."""
    wanted = *conditions, known_at(CORRECTION.c.corrected_at, as_of)
    rows = connection.execute(select(CORRECTION).where(*wanted).order_by(CORRECTION.c.id.desc()))
    return [
        Correction(
            row.id, row.node_id, row.period, row.subject, row.before, row.after, row.reason,
            row.corrected_by, row.corrected_at,
        )
        for row in rows
    ]  # fmt: skip


def nodes_of(plan: int) -> Any:
    """The numbers of a plan's nodes."""
    return select(NODE.c.id).where(NODE.c.plan_id == plan)


def digest_of(connection: Connection, plan: int, period: str) -> str:
    """A mark that changes with every report, issued light and correction of a plan for a period."""
    last = [
        connection.execute(
            select(func.coalesce(func.max(table.c.id), 0)).where(
                table.c.node_id.in_(nodes_of(plan)), table.c.period == period
            )
        ).scalar_one()
        for table in (REPORT, ISSUED_LIGHT, CORRECTION)
    ]
    return sha256_of(f"{plan} {period} {last}")
