"""Channels, addresses, words and reminders as rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Row,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from haihe.boards.office.channels import FIELDS, Channel, Kind, host_of
from haihe.boards.office.chasing import Reminder, Sent
from haihe.boards.office.contacts import Contact
from haihe.store.outbox import OUTBOX
from haihe.store.schema import metadata
from haihe.store.session import Session

OFFICE_CHANNEL = Table(
    "office_channel",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False, unique=True),
    Column("active", Boolean, nullable=False, server_default=true()),
    Column("options", JSONB, nullable=False),
    Column("secrets", JSONB, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("kind IN ('wecom', 'dingtalk', 'webhook', 'mail')", name="kind"),
)
"""A way out; `secrets` never leave this table but to the other side."""

OFFICE_CONTACT = Table(
    "office_contact",
    metadata,
    Column("unit", Text, primary_key=True),
    Column("post", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    CheckConstraint("post IN ('liaison', 'division', 'leader')", name="post"),
    CheckConstraint("kind IN ('wecom', 'dingtalk', 'mail')", name="kind"),
)
"""Where a post of a unit is reached; `name` is the unit's."""

OFFICE_TEMPLATE = Table(
    "office_template",
    metadata,
    Column("stage", Text, primary_key=True),
    Column("language", Text, primary_key=True),
    Column("text", Text, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("stage IN ('before', 'day', 'overdue', 'escalated')", name="stage"),
)
"""The office's own words of a stage."""

OFFICE_CHASE = Table(
    "office_chase",
    metadata,
    Column("plan_id", BigInteger, ForeignKey("plan.id", ondelete="CASCADE"), primary_key=True),
    Column("channel_id", BigInteger, ForeignKey("office_channel.id", ondelete="CASCADE"), primary_key=True),
)
"""That the units of a plan are reminded each day through a channel."""

OFFICE_REMINDER = Table(
    "office_reminder",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("plan_id", BigInteger, ForeignKey("plan.id", ondelete="CASCADE"), nullable=False),
    Column("period", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("channel_id", BigInteger, ForeignKey("office_channel.id", ondelete="SET NULL"), index=True),
    Column("channel", Text, nullable=False),
    Column("addresses", JSONB, nullable=False),
    Column("text", Text, nullable=False),
    Column("outbox_id", BigInteger, ForeignKey("outbox.id", ondelete="SET NULL"), index=True),
    Column("reminded_on", Date, nullable=False),
    Column("reminded_by", Text, nullable=False),
    Column("reminded_at", DateTime(timezone=True), nullable=False),
    Index(None, "plan_id", "period", "unit", "id"),
)
"""Who was reminded of what and when; `channel` is the name that it went through, empty by hand."""


def channels_where(connection: Connection, *conditions: ColumnElement[bool]) -> list[Channel]:
    """The channels that meet conditions, by name, without their secrets."""
    rows = connection.execute(select(OFFICE_CHANNEL).where(*conditions).order_by(OFFICE_CHANNEL.c.name))
    return [_channel(row) for row in rows]


def _channel(row: Row[Any]) -> Channel:
    settings = row.options | row.secrets
    secrets = tuple(name for name in row.secrets)
    return Channel(row.id, row.kind, row.name, row.active, row.options, secrets, host_of(row.kind, settings))


def settings_of(connection: Connection, channel: int) -> dict[str, str]:
    """All that a channel is set up with, secrets too; empty where there is none."""
    columns = (OFFICE_CHANNEL.c.options, OFFICE_CHANNEL.c.secrets)
    row = connection.execute(select(*columns).where(OFFICE_CHANNEL.c.id == channel)).first()
    return row.options | row.secrets if row else {}


def put_channel(session: Session, kind: Kind, name: str, settings: Mapping[str, str]) -> int:
    """Add a channel; its number."""
    values = {"kind": kind, "name": name, **_parted(session, kind, settings)}
    added = insert(OFFICE_CHANNEL).values(values).returning(OFFICE_CHANNEL.c.id)
    return int(session.execute(added).scalar_one())


def change_channel(session: Session, channel: Channel, name: str, settings: Mapping[str, str]) -> None:
    """Change what a channel is set up with."""
    values = {"name": name, **_parted(session, channel.kind, settings)}
    session.execute(update(OFFICE_CHANNEL).where(OFFICE_CHANNEL.c.id == channel.id).values(values))


def _parted(session: Session, kind: Kind, settings: Mapping[str, str]) -> dict[str, Any]:
    """Settings as columns, those that are shown apart from those that are not."""
    secret = {field.name for field in FIELDS[kind] if field.secret}
    return {
        "options": {name: value for name, value in settings.items() if name not in secret},
        "secrets": {name: value for name, value in settings.items() if name in secret},
        "changed_by": session.actor.name,
        "changed_at": session.actor.at,
    }


def switch_channel(session: Session, channel: int, *, active: bool) -> None:
    """Switch a channel on or off."""
    session.execute(update(OFFICE_CHANNEL).where(OFFICE_CHANNEL.c.id == channel).values(active=active))


def remove_channel(session: Session, channel: int) -> None:
    """Forget a channel and its secrets; the reminders that went through it keep its name."""
    session.execute(delete(OFFICE_CHANNEL).where(OFFICE_CHANNEL.c.id == channel))


def contacts(connection: Connection) -> list[Contact]:
    """Every address, by unit and post."""
    order = (OFFICE_CONTACT.c.name, OFFICE_CONTACT.c.unit, OFFICE_CONTACT.c.post, OFFICE_CONTACT.c.kind)
    rows = connection.execute(select(OFFICE_CONTACT).order_by(*order))
    return [Contact(row.unit, row.name, row.post, row.kind, row.address) for row in rows]


def put_contacts(session: Session, given: Iterable[Contact]) -> None:
    """Keep addresses, each in the place of the one before; an empty one is removed."""
    for one in given:
        key = {"unit": one.unit, "post": one.post, "kind": one.kind}
        if one.address:
            values = {"name": one.name, "address": one.address}
            added = upsert(OFFICE_CONTACT).values(key | values)
            session.execute(added.on_conflict_do_update(constraint=OFFICE_CONTACT.primary_key, set_=values))
        else:
            same = [OFFICE_CONTACT.c[name] == value for name, value in key.items()]
            session.execute(delete(OFFICE_CONTACT).where(*same))


def words_of(connection: Connection) -> dict[tuple[str, str], str]:
    """The office's own words by stage and language."""
    rows = connection.execute(select(OFFICE_TEMPLATE))
    return {(row.stage, row.language): row.text for row in rows}


def put_words(session: Session, stage: str, language: str, text: str | None) -> None:
    """Keep the office's own words of a stage; None goes back to those that are shipped."""
    table = OFFICE_TEMPLATE
    if text is None:
        session.execute(delete(table).where(table.c.stage == stage, table.c.language == language))
        return
    values = {"text": text, "changed_by": session.actor.name, "changed_at": session.actor.at}
    added = upsert(table).values(stage=stage, language=language, **values)
    session.execute(added.on_conflict_do_update(constraint=table.primary_key, set_=values))


def rounds(connection: Connection) -> list[tuple[int, int]]:
    """The plans whose units are reminded each day, with the channel."""
    order = (OFFICE_CHASE.c.plan_id, OFFICE_CHASE.c.channel_id)
    return [
        (row.plan_id, row.channel_id) for row in connection.execute(select(OFFICE_CHASE).order_by(*order))
    ]


def put_round(session: Session, plan: int, channel: int, *, on: bool) -> None:
    """Remind the units of a plan each day through a channel, or no longer."""
    if on:
        session.execute(
            upsert(OFFICE_CHASE).values(plan_id=plan, channel_id=channel).on_conflict_do_nothing()
        )
    else:
        same = (OFFICE_CHASE.c.plan_id == plan) & (OFFICE_CHASE.c.channel_id == channel)
        session.execute(delete(OFFICE_CHASE).where(same))


def put_reminder(
    session: Session, given: Reminder, on: date, channel: Channel | None, outbox: int | None
) -> None:
    """Note that a unit was reminded."""
    asked = given.state.dispatch.handout.asked
    row = {
        "plan_id": asked.plan,
        "period": asked.period,
        "unit": given.state.unit.key,
        "name": given.state.unit.name,
        "stage": given.stage,
        "channel_id": channel.id if channel else None,
        "channel": channel.name if channel else "",
        "addresses": list(given.addresses),
        "text": given.text,
        "outbox_id": outbox,
        "reminded_on": on,
        "reminded_by": session.actor.name,
        "reminded_at": session.actor.at,
    }
    session.execute(insert(OFFICE_REMINDER).values(row))


def reminders_where(
    connection: Connection, *conditions: ColumnElement[bool], limit: int | None = None, offset: int = 0
) -> list[Sent]:
    """The reminders that meet conditions, the last first, with what became of their letters."""
    letter = (OUTBOX.c.state, OUTBOX.c.tries, OUTBOX.c.ended_at, OUTBOX.c.note)
    joined = OFFICE_REMINDER.outerjoin(OUTBOX, OUTBOX.c.id == OFFICE_REMINDER.c.outbox_id)
    query = select(OFFICE_REMINDER, *letter).select_from(joined).where(*conditions)
    rows = connection.execute(query.order_by(OFFICE_REMINDER.c.id.desc()).limit(limit).offset(offset))
    return [_sent(row) for row in rows]


def _sent(row: Row[Any]) -> Sent:
    return Sent(
        row.id, row.plan_id, row.period, row.unit, row.name, row.stage, row.channel, tuple(row.addresses),
        row.text, row.reminded_on, row.reminded_by, row.reminded_at, row.outbox_id, row.state or "sent",
        row.tries or 0, row.ended_at if row.outbox_id else row.reminded_at, row.note or "",
    )  # fmt: skip


def count_where(connection: Connection, *conditions: ColumnElement[bool]) -> int:
    """How many reminders meet conditions."""
    joined = OFFICE_REMINDER.outerjoin(OUTBOX, OUTBOX.c.id == OFFICE_REMINDER.c.outbox_id)
    query = select(func.count()).select_from(joined).where(*conditions)
    return int(connection.execute(query).scalar_one())


def state_is(states: Sequence[str]) -> ColumnElement[bool]:
    """Whether the letter of a reminder is in one of these states; one given by hand counts as sent."""
    return func.coalesce(OUTBOX.c.state, "sent").in_(states)
