"""What is to be sent outside the house: a table that a message enters with the deed that asks for it.

A letter is put into the box in the transaction of the deed, and so is lost or kept with it. A sender takes
the oldest letter that is due (FOR UPDATE SKIP LOCKED), leases it, sends it and marks it. A sender that dies
between sending and marking leaves a lease that runs out, and the letter is sent again under the same key:
every letter is sent at least once, and once only where the other side knows the key again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    DateTime,
    Engine,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert

from haihe.store.schema import metadata
from haihe.store.session import Actor, Session, noting, writing

State = Literal["waiting", "sending", "sent", "dead", "withdrawn"]

LEASE = timedelta(seconds=90)
TRIES_MAX = 8
_FIRST_DELAY = timedelta(seconds=70)
_LAST_DELAY = timedelta(hours=1)
_MINUTE = timedelta(seconds=65)
_NOTE_CHARACTERS_MAX = 500
_LOCK = 20_250_605

OUTBOX = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("channel", Text, nullable=False),
    Column("content", JSONB, nullable=False),
    Column("minute_max", Integer),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("state", Text, nullable=False, server_default="waiting"),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("tried_at", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
    Column("note", Text, nullable=False, server_default=""),
    CheckConstraint("state IN ('waiting', 'sending', 'sent', 'dead', 'withdrawn')", name="state"),
    Index("ix_outbox_open", "due_at", "id", postgresql_where="state IN ('waiting', 'sending')"),
    Index("ix_outbox_tried", "channel", "tried_at"),
)
"""A letter; `due_at` is when it may be taken, and while it is sent when its lease runs out."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message for a channel: `key` tells it from every other, `minute_max` is what the channel takes."""

    key: str
    channel: str
    content: Mapping[str, Any]
    minute_max: int | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """A letter in the hands of a sender, for the how manieth time."""

    id: int
    letter: Letter
    tries: int


@dataclass(frozen=True, slots=True)
class Refused:
    """Why the other side did not take a letter; `again` says that it may later, after `delay` at least."""

    note: str
    again: bool = True
    delay: timedelta = timedelta()


Send = Callable[[Taken], Refused | None]
"""Sends a letter outside; None when the other side has it."""


def put(session: Session, letter: Letter) -> int | None:
    """Put a letter into the box, in the caller's transaction: its number, None for a key that is there."""
    at = session.actor.at
    row = {
        "key": letter.key,
        "channel": letter.channel,
        "content": dict(letter.content),
        "minute_max": letter.minute_max,
        "asked_by": session.actor.name,
        "asked_at": at,
        "due_at": at,
    }
    added = insert(OUTBOX).values(row).on_conflict_do_nothing().returning(OUTBOX.c.id)
    number: int | None = session.execute(added).scalar_one_or_none()
    if number is not None:
        session.record("post", f"outbox/{number}", {"channel": letter.channel})
    return number


def send_next(engine: Engine, send: Send, now: Callable[[], datetime]) -> bool:
    """Take the oldest letter that is due and send it; False when none is."""
    taken = _take(engine, now())
    if taken is None:
        return False
    try:
        refused = send(taken)
    except Exception as error:
        _mark(engine, taken, Refused(repr(error)), now())
        raise
    _mark(engine, taken, refused, now())
    return True


def withdraw(session: Session, letters: Collection[int]) -> int:
    """Take letters back that nobody has begun to send; how many."""
    back = update(OUTBOX).where(OUTBOX.c.id.in_(letters), OUTBOX.c.state == "waiting")
    numbers = session.execute(
        back.values(state="withdrawn", ended_at=session.actor.at).returning(OUTBOX.c.id)
    )
    found = list(numbers.scalars())
    for number in found:
        session.record("withdraw", f"outbox/{number}")
    return len(found)


def revive(session: Session, letters: Collection[int]) -> int:
    """Send letters after all that were given up; how many."""
    again = update(OUTBOX).where(OUTBOX.c.id.in_(letters), OUTBOX.c.state == "dead")
    values = {"state": "waiting", "tries": 0, "due_at": session.actor.at, "ended_at": None}
    found = list(session.execute(again.values(values).returning(OUTBOX.c.id)).scalars())
    for number in found:
        session.record("post_again", f"outbox/{number}")
    return len(found)


def _take(engine: Engine, at: datetime) -> Taken | None:
    """The oldest letter that is due on a channel that takes more in this minute, leased."""
    earlier = OUTBOX.alias()
    lately = (
        select(func.count())
        .select_from(earlier)
        .where(earlier.c.channel == OUTBOX.c.channel, earlier.c.tried_at > at - _MINUTE)
        .correlate(OUTBOX)
        .scalar_subquery()
    )
    due = (
        select(OUTBOX)
        .where(
            OUTBOX.c.state.in_(("waiting", "sending")),
            OUTBOX.c.due_at <= at,
            or_(OUTBOX.c.minute_max.is_(None), lately < OUTBOX.c.minute_max),
        )
        .order_by(OUTBOX.c.due_at, OUTBOX.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    spent = (OUTBOX.c.state == "sending") & (OUTBOX.c.due_at <= at) & (OUTBOX.c.tries >= TRIES_MAX)
    with noting(engine) as connection:
        _alone(connection)
        connection.execute(update(OUTBOX).where(spent).values(state="dead", ended_at=at))
        row = connection.execute(due).first()
        if row is None:
            return None
        values = {"state": "sending", "tries": row.tries + 1, "tried_at": at, "due_at": at + LEASE}
        connection.execute(update(OUTBOX).where(OUTBOX.c.id == row.id).values(values))
    letter = Letter(row.key, row.channel, row.content, row.minute_max)
    return Taken(row.id, letter, row.tries + 1)


def _alone(connection: Connection) -> None:
    """One sender takes at a time, or two would both find room in the same minute."""
    connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def _mark(engine: Engine, taken: Taken, refused: Refused | None, at: datetime) -> None:
    """Note what became of a letter; that it is sent or given up is a deed, that it waits is none."""
    mine = update(OUTBOX).where(
        OUTBOX.c.id == taken.id, OUTBOX.c.state == "sending", OUTBOX.c.tries == taken.tries
    )
    note = refused.note[:_NOTE_CHARACTERS_MAX] if refused else ""
    if refused and refused.again and taken.tries < TRIES_MAX:
        delay = min(_FIRST_DELAY * 2 ** (taken.tries - 1), _LAST_DELAY)
        later = at + max(delay, refused.delay)
        with noting(engine) as connection:
            connection.execute(mine.values(state="waiting", note=note, due_at=later))
        return
    state = "dead" if refused else "sent"
    with writing(engine, Actor("system", at)) as session:
        if session.execute(mine.values(state=state, note=note, ended_at=at)).rowcount:
            session.record("give_up" if refused else "send", f"outbox/{taken.id}", {"tries": taken.tries})
            session.commit()
