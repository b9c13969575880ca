"""Supervision orders and the steps that they went up, as rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Integer,
    Row,
    Table,
    Text,
    UniqueConstraint,
    any_,
    cast,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert

from haihe.boards.ledger.escalations import Due, Risen
from haihe.boards.ledger.node_tables import nodes_where
from haihe.boards.ledger.records import Light, Share, Standing
from haihe.boards.ledger.report_tables import reports_of
from haihe.boards.ledger.rollup import counted
from haihe.boards.ledger.supervision import Escalation, Order, Part, Why, no_order
from haihe.boards.ledger.tables import NODE, NODE_UNIT, PLAN, moves_of
from haihe.store.outbox import OUTBOX
from haihe.store.schema import metadata
from haihe.store.session import Session

SUPERVISION = Table(
    "supervision",
    metadata,
    Column("order_id", BigInteger, ForeignKey(NODE.c.id, ondelete="CASCADE"), primary_key=True),
    Column("about_id", BigInteger, ForeignKey(NODE.c.id, ondelete="SET NULL"), index=True),
    Column("why", JSONB(none_as_null=True)),
    Column("units", JSONB, nullable=False),
    Column("workdays", Integer),
    Column("due_on", Date),
    Column("drafters", ARRAY(Text), nullable=False),
    Column("drafted_at", DateTime(timezone=True), nullable=False),
    Column("returned", Text),
    Column("approved_by", Text),
    Column("approved_at", DateTime(timezone=True)),
    Column("approved_sha256", Text),
    Column("issued_by", Text),
    Column("issued_at", DateTime(timezone=True)),
    Column("year", Integer),
    Column("number", Integer),
    UniqueConstraint("year", "number"),
    CheckConstraint("workdays > 0", name="workdays"),
    CheckConstraint("num_nonnulls(workdays, due_on) > 0", name="deadline"),
    CheckConstraint("NOT approved_by = ANY (drafters)", name="another"),
    CheckConstraint("num_nulls(approved_by, approved_at, approved_sha256) IN (0, 3)", name="approved"),
    CheckConstraint("num_nulls(issued_by, issued_at, year, number) IN (0, 4)", name="issued"),
    CheckConstraint("issued_at IS NULL OR approved_at IS NOT NULL", name="examined"),
)
"""What an order is beside its node: what it is about and why, its units and deadline, who drafted, approved
and issued it; nobody approves what they drafted, and nothing is issued that nobody approved."""

ESCALATION = Table(
    "supervision_escalation",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("part_id", BigInteger, ForeignKey(NODE.c.id, ondelete="CASCADE"), nullable=False),
    Column("step", Text, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("fell_on", Date, nullable=False),
    Column("posts", ARRAY(Text), nullable=False),
    Column("reason", Text, nullable=False),
    Column("facts", JSONB, nullable=False),
    Column("noted_at", DateTime(timezone=True), nullable=False),
    Column("letters", ARRAY(BigInteger), nullable=False, server_default="{}"),
    UniqueConstraint("part_id", "step", "due_on"),
)
"""That a part went up by a step: once for each deadline, however often the day is worked out."""

_NUMBERS = ARRAY(BigInteger)
_ORDERS = SUPERVISION.join(NODE, NODE.c.id == SUPERVISION.c.order_id).join(PLAN, PLAN.c.id == NODE.c.plan_id)


def orders_where(connection: Connection, on: date, *conditions: ColumnElement[bool]) -> list[Order]:
    """The orders that meet conditions, with their parts as they stand on a day, the newest first."""
    kept = (*conditions, NODE.c.state != "rejected")
    query = select(SUPERVISION, PLAN.c.name.label("register")).select_from(_ORDERS).where(*kept)
    rows = connection.execute(query.order_by(SUPERVISION.c.order_id.desc())).all()
    numbers = any_(cast([row.order_id for row in rows], _NUMBERS))
    inside = or_(NODE.c.id == numbers, NODE.c.parent_id == numbers)
    nodes = nodes_where(connection, on, inside) if rows else []
    found = counted(nodes, on)
    raised = escalations_of(connection, [node.id for node in nodes])
    return [_order(row, found, raised) for row in rows if row.order_id in found]


def addressed_to(units: Collection[int]) -> ColumnElement[bool]:
    """Whether one of the units has a part of the order of a row."""
    part = NODE.alias()
    named = NODE_UNIT.c.entity_id == any_(cast([*units], _NUMBERS))
    parts = select(part.c.parent_id).join(NODE_UNIT, NODE_UNIT.c.node_id == part.c.id).where(named)
    return SUPERVISION.c.order_id.in_(parts)


def _order(row: Row[Any], found: Mapping[int, Standing], raised: Mapping[int, Sequence[Escalation]]) -> Order:
    parts = (one for one in found.values() if one.node.parent == row.order_id and one.node.kind == "part")
    return Order(
        standing=found[row.order_id],
        register=row.register,
        about=row.about_id,
        why=Why(**row.why) if row.why else None,
        units=tuple(Share(name, "lead", entity) for name, entity in row.units),
        workdays=row.workdays,
        due_on=row.due_on,
        drafters=tuple(row.drafters),
        drafted_at=row.drafted_at,
        returned=row.returned,
        approved=(row.approved_by, row.approved_at) if row.approved_by else None,
        approved_sha256=row.approved_sha256,
        issued=(row.issued_by, row.issued_at) if row.issued_by else None,
        number=(row.year, row.number) if row.number else None,
        parts=tuple(Part(one, tuple(raised.get(one.node.id, ()))) for one in parts),
    )


def order_at(connection: Connection, order: int, on: date) -> Order:
    """An order with its moves, and the reports on its parts; raises NotFound."""
    found = orders_where(connection, on, SUPERVISION.c.order_id == order)
    if not found:
        raise no_order(order)
    parts = (
        Part(
            part.standing,
            part.escalations,
            tuple(moves_of(connection, part.node.id)),
            tuple(reports_of(connection, part.node.id)),
        )
        for part in found[0].parts
    )
    return found[0].with_moves(tuple(moves_of(connection, order)), tuple(parts))


def escalations_of(connection: Connection, parts: Sequence[int]) -> dict[int, list[Escalation]]:
    """The steps that parts went up, by part, the last first, with how their letters stand."""
    query = select(ESCALATION).where(ESCALATION.c.part_id == any_(cast([*parts], _NUMBERS)))
    rows = connection.execute(query.order_by(ESCALATION.c.fell_on.desc(), ESCALATION.c.id.desc())).all()
    letters = [number for row in rows for number in row.letters]
    states = select(OUTBOX.c.id, OUTBOX.c.state).where(OUTBOX.c.id == any_(cast(letters, _NUMBERS)))
    known = {one.id: one.state for one in connection.execute(states)} if letters else {}
    found: dict[int, list[Escalation]] = {}
    for row in rows:
        light = Light("overdue" if row.fell_on > row.due_on else "near", row.reason, row.facts)
        sent = tuple(known[number] for number in row.letters if number in known)
        one = Escalation(row.id, row.step, row.due_on, row.fell_on, tuple(row.posts), light, sent)
        found.setdefault(row.part_id, []).append(one)
    return found


def dues_where(connection: Connection, *conditions: ColumnElement[bool]) -> list[Due]:
    """What is awaited of the parts of issued orders that meet conditions, by their number."""
    first, upper = NODE_UNIT.c.position == 0, NODE.alias()
    query = (
        select(NODE.c.id, NODE.c.title, NODE.c.plan_id, NODE.c.stage, NODE.c.start_on, NODE.c.due_on)
        .add_columns(NODE_UNIT.c.name, NODE_UNIT.c.entity_id)
        .add_columns(SUPERVISION.c.year, SUPERVISION.c.number, SUPERVISION.c.drafters)
        .join(SUPERVISION, SUPERVISION.c.order_id == NODE.c.parent_id)
        .join(upper, upper.c.id == NODE.c.parent_id)
        .outerjoin(NODE_UNIT, (NODE_UNIT.c.node_id == NODE.c.id) & first)
        .where(NODE.c.kind == "part", NODE.c.state == "accepted", upper.c.state == "accepted")
        .where(SUPERVISION.c.issued_at.is_not(None))
        .where(NODE.c.start_on.is_not(None), NODE.c.due_on.is_not(None), *conditions)
    )
    return [
        Due(
            part=row.id,
            title=row.title,
            unit=row.name or "–",
            entity=row.entity_id,
            register=row.plan_id,
            drafters=tuple(row.drafters),
            number=(row.year, row.number),
            stage=row.stage,
            start_on=row.start_on,
            due_on=row.due_on,
        )
        for row in connection.execute(query.order_by(NODE.c.id))
    ]


def known_rises(connection: Connection, parts: Sequence[int]) -> set[tuple[int, str, date]]:
    """The steps that parts went up already: part, step and deadline."""
    columns = ESCALATION.c.part_id, ESCALATION.c.step, ESCALATION.c.due_on
    mine = ESCALATION.c.part_id == any_(cast([*parts], _NUMBERS))
    rows = connection.execute(select(*columns).where(mine))
    return {(row.part_id, row.step, row.due_on) for row in rows}


def put_rise(session: Session, one: Risen) -> int | None:
    """Note that a part went up by a step: its number, None where that is noted already."""
    row = {
        "part_id": one.part,
        "step": one.rise.name,
        "due_on": one.due_on,
        "fell_on": one.on,
        "posts": list(one.rise.posts),
        "reason": one.reason.reason,
        "facts": dict(one.reason.facts),
        "noted_at": session.actor.at,
    }
    added = insert(ESCALATION).values(row).on_conflict_do_nothing().returning(ESCALATION.c.id)
    number: int | None = session.execute(added).scalar_one_or_none()
    return number


def put_letters(session: Session, escalation: int, letters: Sequence[int]) -> None:
    """Note which letters tell of a step up."""
    session.execute(update(ESCALATION).where(ESCALATION.c.id == escalation).values(letters=list(letters)))
