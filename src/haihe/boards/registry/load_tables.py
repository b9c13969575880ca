"""What a load writes: entities with their names and codes, and the links that their properties state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Table, delete, insert, select, tuple_, update
from sqlalchemy.dialects.postgresql import array

from haihe.boards.registry.answers import Tally
from haihe.boards.registry.completion_tables import forget
from haihe.boards.registry.records import Identifier, Organisation
from haihe.boards.registry.states import PLACE_KIND, Named, State, after, state_of, words_of
from haihe.boards.registry.tables import ENTITY, ENTITY_NAME, IDENTIFIER, LINK
from haihe.boards.registry.validity import Validity
from haihe.kit.source import Source
from haihe.store.search import vector
from haihe.store.session import Session
from haihe.store.sources import keep

CHUNK_ROWS = 500


def keep_rows(session: Session, table: Table, wanted: Sequence[Mapping[str, Any]]) -> Tally:
    """Insert or update rows by the table's primary key, leaving a person's row alone where a pack writes."""
    key = list(table.primary_key.columns)
    added = changed = 0
    for start in range(0, len(wanted), CHUNK_ROWS):
        rows = {tuple(row[column.name] for column in key): row for row in wanted[start : start + CHUNK_ROWS]}
        found = session.execute(select(table).where(tuple_(*key).in_(rows))).mappings()
        held = {tuple(row[column.name] for column in key): dict(row) for row in found}
        fresh = [row for name, row in rows.items() if name not in held]
        if fresh:
            session.execute(insert(table), fresh)
        stale = [row for name, row in rows.items() if name in held and _differs(held[name], row)]
        for row in stale:
            session.execute(update(table).where(*(column == row[column.name] for column in key)).values(row))
        added, changed = added + len(fresh), changed + len(stale)
    return Tally(added, changed, len(wanted) - added - changed)


def _differs(held: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    if wanted.get("pack") and held.get("pack", "") is None:
        return False
    return any(held[name] != value for name, value in wanted.items())


def holders_of(session: Session, identifiers: Iterable[Identifier]) -> dict[Identifier, int]:
    """The entities that hold identifiers; one that nobody holds is left out."""
    asked = sorted({(identifier.scheme, identifier.value) for identifier in identifiers})
    found = dict[Identifier, int]()
    for start in range(0, len(asked), CHUNK_ROWS):
        pair = tuple_(IDENTIFIER.c.scheme, IDENTIFIER.c.value)
        rows = session.execute(select(IDENTIFIER).where(pair.in_(asked[start : start + CHUNK_ROWS])))
        found |= {Identifier(row.scheme, row.value): row.entity_id for row in rows}
    return found


def keep_entities(session: Session, bodies: Sequence[Organisation], pack: str | None) -> Tally:
    """Store entities for a pack, or for a person where it is None; whoever holds an identifier is the entity.

    `states.after` says what becomes of one that is there. No two bodies may share an identifier.
    """
    chunks = (bodies[start : start + CHUNK_ROWS] for start in range(0, len(bodies), CHUNK_ROWS))
    return sum((_keep_chunk(session, chunk, pack) for chunk in chunks), Tally())


def _keep_chunk(session: Session, bodies: Sequence[Organisation], pack: str | None) -> Tally:
    holders = holders_of(session, (identifier for body in bodies for identifier in body.identifiers))
    held = _held(session, set(holders.values()))
    fresh: dict[str, State] = {}
    changed: dict[int, State] = {}
    sources: list[Source] = []
    for body in bodies:
        entity = next((holders[one] for one in body.identifiers if one in holders), None)
        if entity is None:
            fresh[body.key] = state_of(body, pack)
        elif (now := after(held[entity], state_of(body, pack))) is not held[entity]:
            changed[entity] = now
        else:
            continue
        sources += [body.source, *(name.source for name in body.names if name.source)]
    if sources:
        keep(session, sources)
        _put(session, fresh, changed)
    return Tally(len(fresh), len(changed), len(bodies) - len(fresh) - len(changed))


def _held(session: Session, entities: set[int]) -> dict[int, State]:
    """The entities with these numbers as they are stored."""
    names = {entity: dict[tuple[str, str], Named]() for entity in entities}
    for row in session.execute(select(ENTITY_NAME).where(ENTITY_NAME.c.entity_id.in_(entities))):
        names[row.entity_id][row.kind, row.text] = Named(
            row.source_id, Validity(row.since, row.until), row.pack
        )
    identifiers: dict[int, dict[Identifier, str]] = {entity: {} for entity in entities}
    for row in session.execute(select(IDENTIFIER).where(IDENTIFIER.c.entity_id.in_(entities))):
        identifiers[row.entity_id][Identifier(row.scheme, row.value)] = row.source_id
    rows = session.execute(select(ENTITY).where(ENTITY.c.id.in_(entities))).mappings()
    return {row["id"]: State(dict(row), names[row["id"]], identifiers[row["id"]]) for row in rows}


def _put(session: Session, fresh: Mapping[str, State], changed: Mapping[int, State]) -> None:
    named = select(ENTITY.c.adcode, ENTITY.c.name).where(ENTITY.c.kind == PLACE_KIND)
    places = {row.adcode: row.name for row in session.execute(named)}

    def row(state: State) -> dict[str, Any]:
        words = words_of(state, places.get(state.columns["adcode"], ""))
        return {**state.columns, "changed_at": session.actor.at, "search": vector(words)}

    if fresh:
        rows = [row(state) | {"key": key} for key, state in fresh.items()]
        made = session.execute(insert(ENTITY).values(rows).returning(ENTITY.c.id, ENTITY.c.key))
        _put_parts(session, {one.id: fresh[one.key] for one in made})
    forget(session, list(changed))
    for entity, now in changed.items():
        session.execute(update(ENTITY).where(ENTITY.c.id == entity).values(row(now)))
        session.execute(delete(ENTITY_NAME).where(ENTITY_NAME.c.entity_id == entity))
        session.execute(delete(IDENTIFIER).where(IDENTIFIER.c.entity_id == entity))
    _put_parts(session, changed)


def _put_parts(session: Session, states: Mapping[int, State]) -> None:
    names = [
        {
            "entity_id": entity,
            "kind": kind,
            "text": text,
            "since": one.validity.since,
            "until": one.validity.until,
            "source_id": one.source_id,
            "pack": one.pack,
        }
        for entity, state in states.items()
        for (kind, text), one in state.names.items()
    ]
    identifiers = [
        {"entity_id": entity, "scheme": one.scheme, "value": one.value, "source_id": source}
        for entity, state in states.items()
        for one, source in state.identifiers.items()
    ]
    for part, rows in ((ENTITY_NAME, names), (IDENTIFIER, identifiers)):
        if rows:
            session.execute(insert(part), rows)


def keep_names(session: Session, given: Mapping[int, Mapping[tuple[str, str], Named]]) -> Tally:
    """Store other names that a person gave to entities, beside those that they have."""
    held = _held(session, set(given))
    changed = {
        entity: replace(held[entity], names={**held[entity].names, **names})
        for entity, names in given.items()
        if any(held[entity].names.get(name) != one for name, one in names.items())
    }
    added = sum(len(given[entity].keys() - held[entity].names.keys()) for entity in changed)
    if changed:
        _put(session, {}, changed)
    return Tally(added, 0, sum(map(len, given.values())) - added)


def keep_links(session: Session, kinds: Sequence[str]) -> None:
    """Bring links in line with the properties of these names, each a list of identifiers parted by ;.

    A link to an entity that is not there yet is made by the load that brings it.
    """
    query = select(ENTITY.c.id, ENTITY.c.properties, ENTITY.c.sources, ENTITY.c.source_id).where(
        ENTITY.c.properties.has_any(array(kinds))
    )
    stated: dict[tuple[int, str, Identifier], str] = {}
    for row in session.execute(query):
        for kind in row.properties.keys() & kinds:
            for key in row.properties[kind].split(";"):
                scheme, _, value = key.partition(":")
                source = row.sources.get(kind, row.source_id)
                stated[row.id, kind, Identifier(scheme, value)] = source
    holders = holders_of(session, (identifier for _, _, identifier in stated))
    wanted = {
        (entity, kind, holders[identifier]): source
        for (entity, kind, identifier), source in stated.items()
        if identifier in holders
    }
    query = select(LINK).where(LINK.c.by_property)
    held = {(row.from_id, row.kind, row.to_id): row.source_id for row in session.execute(query)}
    gone = [link for link, source in held.items() if wanted.get(link) != source]
    if gone:
        natural = tuple_(LINK.c.from_id, LINK.c.kind, LINK.c.to_id)
        session.execute(delete(LINK).where(LINK.c.by_property, natural.in_(gone)))
    rows = [
        {"from_id": link[0], "kind": link[1], "to_id": link[2], "source_id": source, "by_property": True}
        for link, source in wanted.items()
        if held.get(link) != source
    ]
    if rows:
        session.execute(insert(LINK), rows)
