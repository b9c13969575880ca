"""What is asked of events: load them, say who their names mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update

from haihe.boards.accounts import Asker, require
from haihe.boards.accounts.actions import actor_of
from haihe.boards.registry import event_tables as tables
from haihe.boards.registry.actions import resolve_unit
from haihe.boards.registry.answers import Meant, Part, Tally
from haihe.boards.registry.event_intake import events_of
from haihe.boards.registry.event_tables import EVENT, EVENT_NAME, EVENT_PARTY, WHO, context_of
from haihe.boards.registry.events import Event
from haihe.boards.registry.forms import place_in
from haihe.boards.registry.lexicon import lexicon_of
from haihe.boards.registry.name_actions import places_in
from haihe.boards.registry.states import PLACE_KIND
from haihe.boards.registry.tables import ENTITY, JOINED, PLACE
from haihe.kit import resources
from haihe.kit.cursor import Page, page_of, values_of
from haihe.kit.errors import N_, Invalid, NotFound, Reject
from haihe.kit.limits import PAGE_ROWS_MAX
from haihe.kit.text import folded
from haihe.store.opening import Store
from haihe.store.session import Session, reading, writing
from haihe.store.settings import settings_of
from haihe.store.sources import SOURCE

LOADS = "load_pack"
"""What somebody must be allowed who loads events."""

JUDGES = "review_draft"
"""What somebody must be allowed who says whom a name means."""

SURE = 0.9
"""The least probability from which a name of an event is taken to mean an organisation unasked."""

SAMPLE = "packs/sample/events.csv"

LOADED = N_(
    "{file}: {added} new events, {changed} changed, {unchanged} as they are; {repeats} repeat another; "
    "{named} of {names} names mean an organisation of the registry; {bad} rows are bad."
)

_RANKS = ("省", "市", "区", "县")
"""A name that begins with its rank means the body of that rank in the place of the event."""

_LOCK = 20_140_227


@dataclass(frozen=True, slots=True)
class File:
    """A file of events that somebody hands in, and what to do with it: `dry` stores nothing at all."""

    name: str
    content: bytes
    strict: bool = False
    dry: bool = False


@dataclass(frozen=True, slots=True)
class Loading:
    """What a load of events did, or would do.

    Of the `names` in the file `named` mean an organisation of the registry; `repeats` of its events were
    told before, by it or by another file, and are counted once.
    """

    stored: bool
    events: Tally
    names: int
    named: int
    repeats: int
    rejects: Mapping[str, tuple[Reject, ...]]

    @property
    def counts(self) -> dict[str, int]:
        """All counts by the words of `LOADED`."""
        tally = self.events
        moved = {"added": tally.added, "changed": tally.changed, "unchanged": tally.unchanged}
        bad = sum(len(found) for found in self.rejects.values())
        return moved | {"repeats": self.repeats, "named": self.named, "names": self.names, "bad": bad}


@dataclass(frozen=True, slots=True)
class Nameless:
    """A name that means nobody known: in how many events, and whom it may mean, the likeliest first."""

    id: int
    name: str
    events: int
    candidates: tuple[Meant, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """A name of which somebody said whom it means: an organisation, or None for nobody of the registry."""

    id: int
    name: str
    entity: int | None
    organisation: str | None
    judged_by: str


def load_events(store: Store, asker: Asker, file: File) -> Loading:
    """Store the good rows of a file of events in one transaction, and say whom their names mean.

    `strict` stores nothing if any row is bad. Raises Invalid for a file that is no such table.
    """
    require(asker, LOADS)
    with reading(store.engine) as connection:
        places = places_in(connection)
    read = events_of(file.content, file.name, places)
    rejects = {file.name: read.rejects} if read.rejects else {}
    if file.strict and rejects:
        return Loading(False, Tally(), 0, 0, 0, rejects)
    meant = _meanings(store, _unsaid(store, read.rows))
    with writing(store.engine, actor_of(asker)) as session:
        _hold(session)
        tally = tables.keep_events(session, read.rows)
        if tally.moved:
            _say(session, meant)
            tables.link_repeats(session)
        counts = tables.counts_of(session.connection, [one.key for one in read.rows])
        if tally.moved and not file.dry:
            moved = [tally.added, tally.changed]
            session.record("load", f"events/{file.name}", {"moved": moved, "rejects": len(read.rejects)})
            session.commit()
    return Loading(not file.dry, tally, *counts, rejects)


def load_sample(store: Store, asker: Asker) -> None:
    """Store the made-up events that show what the network is; where there are some, nothing happens."""
    with reading(store.engine) as connection:
        held = connection.execute(select(EVENT.c.id).join(SOURCE).where(SOURCE.c.tier == "sample").limit(1))
        there = held.first() is not None
    if not there:
        load_events(store, asker, File("events.csv", resources.data(SAMPLE)))


def look_again(store: Store, asker: Asker) -> int:
    """Look up every name that means nobody, as after a load of organisations; how many mean somebody now."""
    require(asker, JUDGES)
    with reading(store.engine) as connection:
        waiting = tables.nameless(connection)
    meant = _meanings(store, {(name, context) for _, name, context in waiting})
    with writing(store.engine, actor_of(asker)) as session:
        _hold(session)
        found = _say(session, meant)
        if tables.link_repeats(session) + found:
            session.record("name_events", "events", {"named": found})
            session.commit()
    return found


def name_body(store: Store, asker: Asker, name: int, entity: int | None) -> None:
    """Say whom a name of events means, or with None that it is nobody of the registry.

    Raises NotFound for no such name or organisation and Invalid for a place.
    """
    require(asker, JUDGES)
    with writing(store.engine, actor_of(asker)) as session:
        _hold(session)
        if entity is not None:
            _check(session, entity)
        said = {"entity_id": entity, "score": None, "judged_by": session.actor.name}
        _set(session, name, said)
        tables.link_repeats(session)
        session.record("name_event_party", f"event_name/{name}", {"entity": entity})
        session.commit()


def forget_body(store: Store, asker: Asker, name: int) -> None:
    """Take back whom somebody said that a name means: it is looked up as if nobody had."""
    require(asker, JUDGES)
    with writing(store.engine, actor_of(asker)) as session:
        _hold(session)
        _set(session, name, {"entity_id": None, "score": None, "judged_by": None})
        tables.link_repeats(session)
        session.record("forget_event_party", f"event_name/{name}")
        session.commit()
    look_again(store, asker)


def nameless(store: Store, asker: Asker, part: Part = Part()) -> Page[Nameless]:
    """The names that mean nobody known, those of the most events first, and whom they may mean."""
    require(asker, "see_published")
    count = func.count(EVENT_PARTY.c.event_id)
    query = (
        select(EVENT_NAME.c.id, EVENT_NAME.c.name, EVENT_NAME.c.context, count.label("events"))
        .join(EVENT_PARTY)
        .where(EVENT_NAME.c.entity_id.is_(None), EVENT_NAME.c.judged_by.is_(None))
        .group_by(EVENT_NAME.c.id)
        .order_by(count.desc(), EVENT_NAME.c.id)
    )
    if part.cursor:
        events, number = values_of(part.cursor, 2)
        if not (type(events) is type(number) is int):
            values_of("", 2)
        query = query.having((count < events) | ((count == events) & (EVENT_NAME.c.id > number)))
    with reading(store.engine) as connection:
        rows = connection.execute(query.limit(part.limit + 1)).all()
    found = [
        Nameless(row.id, row.name, row.events, resolve_unit(store, row.name, row.context or None))
        for row in rows
    ]
    return page_of(found, part.limit, lambda one: [one.events, one.id])


def judged(store: Store, asker: Asker) -> list[Judged]:
    """The names of which somebody said whom they mean, the latest first."""
    require(asker, JUDGES)
    query = (
        select(EVENT_NAME.c.id, EVENT_NAME.c.name, WHO, ENTITY.c.name.label("who"), EVENT_NAME.c.judged_by)
        .outerjoin(JOINED, JOINED.c.entity_id == EVENT_NAME.c.entity_id)
        .outerjoin(ENTITY, ENTITY.c.id == WHO)
        .where(EVENT_NAME.c.judged_by.is_not(None))
        .order_by(EVENT_NAME.c.changed_at.desc(), EVENT_NAME.c.id)
        .limit(PAGE_ROWS_MAX)
    )
    with reading(store.engine) as connection:
        return [Judged(*row) for row in connection.execute(query)]


def offers_sample() -> bool:
    """Whether samples are wanted in this house (`HAIHE_SAMPLE`)."""
    return settings_of().sample


def _hold(session: Session) -> None:
    session.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def _unsaid(store: Store, events: Iterable[Event]) -> set[tuple[str, str]]:
    """The names of events of which nobody has said whom they mean, with those that wait from before."""
    named = {(party.name, context_of(one)) for one in events for party in one.parties}
    with reading(store.engine) as connection:
        query = select(EVENT_NAME.c.name, EVENT_NAME.c.context).where(
            EVENT_NAME.c.entity_id.is_not(None) | EVENT_NAME.c.judged_by.is_not(None)
        )
        said = {(row.name, row.context) for row in connection.execute(query)}
        waiting = {(name, context) for _, name, context in tables.nameless(connection)}
    return (named | waiting) - said


def _meanings(store: Store, names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], dict[str, Any]]:
    """Whom names mean for sure: who is called so, or alone is likely enough; and the place of each name."""
    meant = {pair: resolve_unit(store, pair[0], pair[1] or None) for pair in sorted(names)}
    only = {pair: found[0] for pair, found in meant.items() if len(found) == 1}
    with reading(store.engine) as connection:
        lexicon = lexicon_of(places_in(connection), ())
        known = set(connection.execute(select(PLACE.c.adcode)).scalars())
        called = tables.called_in(connection, {one.id for one in only.values()})
    said: dict[tuple[str, str], dict[str, Any]] = {}
    for name, context in meant:
        place = place_in(lexicon, name)
        ranked = context if name.startswith(_RANKS) else ""
        said[name, context] = {"adcode": place if place in known else ranked or None}
        if one := only.get((name, context)):
            entity = called.get((one.id, folded(name)), one.id if one.score >= SURE else None)
            said[name, context] |= {"entity_id": entity, "score": one.score if entity else None}
    return said


def _say(session: Session, meant: Mapping[tuple[str, str], dict[str, Any]]) -> int:
    """Write whom names mean that waited for it; how many mean somebody."""
    waiting = tables.nameless(session.connection)
    return tables.name_bodies(session, {one[0]: meant[one[1:]] for one in waiting if one[1:] in meant})


def _check(session: Session, entity: int) -> None:
    kind = session.execute(select(ENTITY.c.kind).where(ENTITY.c.id == entity)).scalar()
    if kind is None:
        raise NotFound(
            N_("There is no entity {id}."),
            advice=N_("Look for it by name on the page of organisations."),
            id=entity,
        )
    if kind == PLACE_KIND:
        raise Invalid(
            N_("Entity {id} is a place and takes no part in events."),
            advice=N_("Name an organisation."),
            id=entity,
        )


def _set(session: Session, name: int, values: dict[str, Any]) -> None:
    done = session.execute(
        update(EVENT_NAME).where(EVENT_NAME.c.id == name).values(values | {"changed_at": session.actor.at})
    )
    if not done.rowcount:
        raise NotFound(
            N_("There is no name {id} in events."),
            advice=N_("The names are listed at /api/v1/events/names."),
            id=name,
        )
