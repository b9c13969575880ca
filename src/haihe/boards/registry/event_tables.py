"""Events as rows: what was reported, the names that reports give to organisations, who they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Table,
    Text,
    UniqueConstraint,
    delete,
    func,
    insert,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert

from haihe.boards.registry.answers import Tally
from haihe.boards.registry.events import Event, Report, firsts_of
from haihe.boards.registry.tables import ENTITY, ENTITY_NAME, JOINED
from haihe.kit.text import folded
from haihe.store.schema import metadata
from haihe.store.session import Session
from haihe.store.sources import SOURCE, keep

EVENT = Table(
    "event",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("day", Text, nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("kinds", ARRAY(Text), nullable=False),
    Column("places", ARRAY(Text), nullable=False),
    Column("source_id", Text, ForeignKey(SOURCE.c.id), nullable=False),
    Column("first_id", BigInteger, ForeignKey("event.id"), index=True),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("first_id < id", name="order"),
)
"""`first_id` is the first report of the same event; a first report has none."""

EVENT_NAME = Table(
    "event_name",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("name", Text, nullable=False),
    Column("context", Text, nullable=False),
    Column("entity_id", BigInteger, ForeignKey(ENTITY.c.id, ondelete="SET NULL"), index=True),
    Column("score", Float),
    Column("adcode", Text),
    Column("judged_by", Text),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("name", "context"),
)
"""`context` is the adcode of the event's place or empty; `entity_id` who is meant, None while nobody is
known; `adcode` the place that the name begins with; `judged_by` who said so, where somebody did."""

EVENT_PARTY = Table(
    "event_party",
    metadata,
    Column("event_id", BigInteger, ForeignKey(EVENT.c.id, ondelete="CASCADE"), primary_key=True),
    Column("name_id", BigInteger, ForeignKey(EVENT_NAME.c.id), primary_key=True, index=True),
    Column("role", Text, nullable=False),
)

CHUNK_ROWS = 500

WHO = func.coalesce(JOINED.c.head_id, EVENT_NAME.c.entity_id)
"""The entity that a name means, or the one that it is joined to."""


def keep_events(session: Session, events: Sequence[Event]) -> Tally:
    """Store events by their keys, with the names of who takes part; names that are new mean nobody yet.

    An event whose row reads as before keeps its source, in whatever file it stands now.
    """
    tally = Tally()
    for start in range(0, len(events), CHUNK_ROWS):
        tally += _keep_chunk(session, events[start : start + CHUNK_ROWS])
    return tally


def _keep_chunk(session: Session, events: Sequence[Event]) -> Tally:
    query = (
        select(EVENT.c.key, SOURCE.c.quote).join(SOURCE).where(EVENT.c.key.in_([one.key for one in events]))
    )
    held = {row.key: row.quote for row in session.execute(query)}
    rows = {one.key: _row(one) for one in events}
    parties = {
        one.key: {(party.name, context_of(one)): party.role for party in one.parties} for one in events
    }
    fresh = [key for key in rows if key not in held]
    stale = [one.key for one in events if held.get(one.key, one.source.quote) != one.source.quote]
    moved = [*fresh, *stale]
    keep(session, (one.source for one in events if one.key in set(moved)))
    at = {"changed_at": session.actor.at}
    if fresh:
        session.execute(insert(EVENT), [rows[key] | at for key in fresh])
    for key in stale:
        session.execute(update(EVENT).where(EVENT.c.key == key).values(rows[key] | at))
    query = select(EVENT.c.key, EVENT.c.id).where(EVENT.c.key.in_(moved))
    numbers = {row.key: row.id for row in session.execute(query)}
    session.execute(delete(EVENT_PARTY).where(EVENT_PARTY.c.event_id.in_(numbers.values())))
    names = _names(session, {name for key in moved for name in parties[key]})
    taking = [
        {"event_id": numbers[key], "name_id": names[name], "role": role}
        for key in moved
        for name, role in parties[key].items()
    ]
    if taking:
        session.execute(insert(EVENT_PARTY), taking)
    return Tally(len(fresh), len(stale), len(events) - len(moved))


def context_of(event: Event) -> str:
    """The place in whose context an event names organisations."""
    return event.places[0] if event.places else ""


def _row(event: Event) -> dict[str, Any]:
    return {
        "key": event.key,
        "day": event.day,
        "title": event.title,
        "words": event.words,
        "kinds": list(event.kinds),
        "places": list(event.places),
        "source_id": event.source.id,
    }


def _names(session: Session, names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The numbers of names in their contexts, new ones made."""
    wanted = sorted(set(names))
    if not wanted:
        return {}
    at = session.actor.at
    rows = [{"name": name, "context": context, "changed_at": at} for name, context in wanted]
    session.execute(upsert(EVENT_NAME).on_conflict_do_nothing(), rows)
    pair = tuple_(EVENT_NAME.c.name, EVENT_NAME.c.context)
    found = session.execute(select(EVENT_NAME).where(pair.in_(wanted)))
    return {(row.name, row.context): row.id for row in found}


def nameless(connection: Connection) -> list[tuple[int, str, str]]:
    """The names that mean nobody and that nobody judged, with their numbers and contexts."""
    query = select(EVENT_NAME.c.id, EVENT_NAME.c.name, EVENT_NAME.c.context).where(
        EVENT_NAME.c.entity_id.is_(None), EVENT_NAME.c.judged_by.is_(None)
    )
    return [(row.id, row.name, row.context) for row in connection.execute(query.order_by(EVENT_NAME.c.id))]


def name_bodies(session: Session, meant: Mapping[int, Mapping[str, Any]]) -> int:
    """Say of names who is meant or where they are; how many of them mean somebody."""
    for name, values in meant.items():
        changed = EVENT_NAME.c.entity_id.is_distinct_from(values.get("entity_id")) | (
            EVENT_NAME.c.adcode.is_distinct_from(values.get("adcode"))
        )
        session.execute(
            update(EVENT_NAME)
            .where(EVENT_NAME.c.id == name, changed)
            .values({**values, "changed_at": session.actor.at})
        )
    return sum(1 for values in meant.values() if values.get("entity_id"))


def called_in(connection: Connection, heads: Collection[int]) -> dict[tuple[int, str], int]:
    """Who of an organisation and those that are joined to it is called so, by its number and folded name."""
    head = func.coalesce(JOINED.c.head_id, ENTITY.c.id)
    bodies = select(head, ENTITY.c.id, ENTITY.c.name).outerjoin(JOINED, JOINED.c.entity_id == ENTITY.c.id)
    others = (
        select(head, ENTITY.c.id, ENTITY_NAME.c.text)
        .join(ENTITY_NAME, ENTITY_NAME.c.entity_id == ENTITY.c.id)
        .outerjoin(JOINED, JOINED.c.entity_id == ENTITY.c.id)
    )
    found: dict[tuple[int, str], int] = {}
    for query in (bodies, others):
        for first, one, name in connection.execute(query.where(head.in_(heads)).order_by(ENTITY.c.id)):
            found.setdefault((first, folded(name)), one)
    return found


def link_repeats(session: Session) -> int:
    """Say of every report which is the first of the same event; how many changed."""
    firsts = firsts_of(reports_in(session.connection))
    held = {row.id: row.first_id for row in session.execute(select(EVENT.c.id, EVENT.c.first_id))}
    changed = {one: firsts.get(one) for one, first in held.items() if first != firsts.get(one)}
    for one, first in changed.items():
        session.execute(
            update(EVENT).where(EVENT.c.id == one).values(first_id=first, changed_at=session.actor.at)
        )
    return len(changed)


def reports_in(connection: Connection) -> list[Report]:
    """The events of days that have several, as they are compared."""
    several = select(EVENT.c.day).group_by(EVENT.c.day).having(func.count() > 1)
    known = (
        select(EVENT_PARTY.c.event_id, func.coalesce(-WHO, EVENT_NAME.c.id).label("body"))
        .join(EVENT_NAME)
        .outerjoin(JOINED, JOINED.c.entity_id == EVENT_NAME.c.entity_id)
        .join(EVENT, EVENT.c.id == EVENT_PARTY.c.event_id)
        .where(EVENT.c.day.in_(several))
    )
    bodies: dict[int, set[str]] = {}
    for row in connection.execute(known):
        bodies.setdefault(row.event_id, set()).add(str(row.body))
    rows = connection.execute(
        select(EVENT.c.id, EVENT.c.day, EVENT.c.title, EVENT.c.words).where(EVENT.c.day.in_(several))
    )
    return [Report(row.id, row.day, frozenset(bodies.get(row.id, ())), row.title, row.words) for row in rows]


def counts_of(connection: Connection, keys: Sequence[str]) -> tuple[int, int, int]:
    """How many names events give, how many of those mean somebody, and how many of the events repeat one."""
    mine = select(EVENT.c.id).where(EVENT.c.key.in_(keys))
    named = EVENT_NAME.c.name.distinct()
    names = select(func.count(named), func.count(named).filter(EVENT_NAME.c.entity_id.is_not(None))).where(
        EVENT_NAME.c.id.in_(select(EVENT_PARTY.c.name_id).where(EVENT_PARTY.c.event_id.in_(mine)))
    )
    repeats = select(func.count(EVENT.c.first_id)).where(EVENT.c.key.in_(keys))
    return (*connection.execute(names).one(), connection.execute(repeats).scalar_one())
