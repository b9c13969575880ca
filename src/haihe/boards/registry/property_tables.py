"""Values of properties with their dates, as rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from haihe.boards.registry.answers import Tally
from haihe.boards.registry.load_tables import holders_of, keep_names
from haihe.boards.registry.properties import name_of
from haihe.boards.registry.records import DatedValue, Identifier
from haihe.boards.registry.states import Named
from haihe.boards.registry.tables import ENTITY, ENTITY_VALUE
from haihe.store.session import Session
from haihe.store.sources import keep

_STATED = ("entity_id", "name", "since", "until", "source_id")


def kinds_of(session: Session, identifiers: Iterable[Identifier]) -> dict[Identifier, str]:
    """Of which kind the entities are that hold identifiers; one that nobody holds is left out."""
    holders = holders_of(session, identifiers)
    query = select(ENTITY.c.id, ENTITY.c.kind).where(ENTITY.c.id.in_(set(holders.values())))
    kinds = {row.id: row.kind for row in session.execute(query)}
    return {identifier: kinds[entity] for identifier, entity in holders.items()}


def keep_given(session: Session, values: Sequence[DatedValue]) -> Tally:
    """Store names and values that a person gave, beside those that are there."""
    keep(session, (one.source for one in values))
    holders = holders_of(session, (one.entity for one in values))
    names: defaultdict[int, dict[tuple[str, str], Named]] = defaultdict(dict)
    for one in values:
        if name := name_of(one):
            names[holders[one.entity]][name.kind, name.text] = Named(one.source.id, one.validity)
    others = [one for one in values if name_of(one) is None]
    tally = keep_names(session, names) if names else Tally()
    return tally + keep_values(session, others, None)


def keep_values(session: Session, values: Sequence[DatedValue], pack: str | None) -> Tally:
    """Store values; a pack's replace all that it stated before, a person's stand beside them."""
    holders = holders_of(session, (one.entity for one in values))
    wanted = {_key(row): row for row in (_row(one, holders, pack) for one in values)}
    known = select(ENTITY_VALUE).where(ENTITY_VALUE.c.entity_id.in_(set(holders.values())))
    held = {_key(row) for row in session.execute(known).mappings()}
    gone = []
    if pack:
        stated = session.execute(select(ENTITY_VALUE).where(ENTITY_VALUE.c.pack == pack)).mappings()
        gone = [row["id"] for row in stated if _key(row) not in wanted]
        session.execute(delete(ENTITY_VALUE).where(ENTITY_VALUE.c.id.in_(gone)))
    keep(session, (one.source for one in values))
    fresh = [row for key, row in wanted.items() if key not in held]
    if fresh:
        session.execute(insert(ENTITY_VALUE), fresh)
    return Tally(len(fresh), len(gone), len(wanted) - len(fresh))


def _row(one: DatedValue, holders: Mapping[Identifier, int], pack: str | None) -> dict[str, Any]:
    return {
        "entity_id": holders[one.entity],
        "name": one.name,
        "value": one.value,
        "since": one.validity.since,
        "until": one.validity.until,
        "source_id": one.source.id,
        "pack": pack,
    }


def _key(row: Mapping[Any, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in _STATED)


def values_on(connection: Connection, entities: Sequence[int]) -> Sequence[Any]:
    """The rows of the values of entities."""
    query = select(ENTITY_VALUE).where(ENTITY_VALUE.c.entity_id.in_(entities)).order_by(ENTITY_VALUE.c.id)
    return connection.execute(query).all()
