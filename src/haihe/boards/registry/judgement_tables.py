"""Judgements as rows: all that were given, and the entities that the standing ones join to another."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import fields
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
    Table,
    Text,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from haihe.boards.registry.judgements import Judgement, Opinion, Rule, joined_of
from haihe.boards.registry.tables import ENTITY, JOINED
from haihe.store.schema import metadata
from haihe.store.session import Session

JUDGEMENT = Table(
    "judgement",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("first", BigInteger, ForeignKey(ENTITY.c.id), nullable=False),
    Column("second", BigInteger, ForeignKey(ENTITY.c.id), nullable=False, index=True),
    Column("verdict", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("rule", Text),
    Column("judged_by", Text, nullable=False),
    Column("judged_at", DateTime(timezone=True), nullable=False),
    Column("undone_by", Text),
    Column("undone_at", DateTime(timezone=True)),
    CheckConstraint("first < second", name="order"),
    CheckConstraint("verdict IN ('same', 'different', 'unsure')", name="verdict"),
    Index("ix_judgement_standing", "first", "second", unique=True, postgresql_where="undone_at IS NULL"),
)

STANDING: ColumnElement[bool] = JUDGEMENT.c.undone_at.is_(None)

_LOCK = 20_231_130


def lock(session: Session) -> None:
    """Wait until nobody else is judging, so that two judgements never rest on one state."""
    session.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def judgements_in(connection: Connection, *conditions: ColumnElement[bool]) -> list[Judgement]:
    """The judgements that meet conditions, in the order in which they were given."""
    query = select(*(JUDGEMENT.c[field.name] for field in fields(Judgement))).where(*conditions)
    return [Judgement(*row) for row in connection.execute(query.order_by(JUDGEMENT.c.id))]


def group_of(connection: Connection, entities: Iterable[int]) -> set[int]:
    """Some entities with all that are joined with one of them."""
    asked = set(entities)
    heads = set(connection.execute(select(JOINED.c.head_id).where(JOINED.c.entity_id.in_(asked))).scalars())
    members = connection.execute(select(JOINED.c.entity_id).where(JOINED.c.head_id.in_(asked | heads)))
    return asked | heads | set(members.scalars())


def standing_on(connection: Connection, entities: Collection[int]) -> list[Judgement]:
    """The standing judgements on some entities."""
    concerned = or_(JUDGEMENT.c.first.in_(entities), JUDGEMENT.c.second.in_(entities))
    return judgements_in(connection, STANDING, concerned)


def names_of(connection: Connection, entities: Iterable[int]) -> dict[int, str]:
    """What entities are called."""
    query = select(ENTITY.c.id, ENTITY.c.name).where(ENTITY.c.id.in_(set(entities)))
    return {row.id: row.name for row in connection.execute(query)}


def give(session: Session, opinion: Opinion, rule: Rule | None = None) -> Judgement:
    """Store a judgement by whoever acts."""
    first, second = opinion.pair
    row: dict[str, Any] = {
        "first": first,
        "second": second,
        "verdict": opinion.verdict,
        "reason": opinion.reason,
        "rule": rule,
        "judged_by": session.actor.name,
        "judged_at": session.actor.at,
    }
    number: int = session.execute(insert(JUDGEMENT).values(row).returning(JUDGEMENT.c.id)).scalar_one()
    return Judgement(id=number, **row)


def take_back(session: Session, judgement: int) -> None:
    """Mark a judgement as undone by whoever acts."""
    undone = {"undone_by": session.actor.name, "undone_at": session.actor.at}
    session.execute(update(JUDGEMENT).where(JUDGEMENT.c.id == judgement).values(undone))


def rejoin(session: Session, entities: Iterable[int]) -> None:
    """Bring what is joined in line with the standing judgements, for some entities and their groups."""
    members = group_of(session.connection, entities)
    joined = joined_of(standing_on(session.connection, members))
    session.execute(delete(JOINED).where(JOINED.c.entity_id.in_(members)))
    rows = [{"entity_id": member, "head_id": head} for member, head in joined.items()]
    if rows:
        session.execute(insert(JOINED), rows)
