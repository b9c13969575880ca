"""The names of organisations as they are compared: all of them, kept until one changes, or those near a name.

Reading a name as a comparer does takes a millisecond, so that a million would take twenty minutes and some
gigabytes: from `HELD_MAX` organisations on, the database says which few are near.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, func, select, text

from haihe.boards.registry import intake, tables
from haihe.boards.registry.completion_tables import begun_with, holding
from haihe.boards.registry.judgement_tables import JUDGEMENT
from haihe.boards.registry.names import NameIndex, candidates, name_index_of
from haihe.boards.registry.places import PlaceIndex, place_index_of
from haihe.boards.registry.search_tables import near
from haihe.boards.registry.tables import ENTITY
from haihe.store.opening import Store
from haihe.store.session import reading

HELD_MAX = 100_000
"""Of more entities than about this many, the names are not held in memory."""


def names_for(store: Store, name: str) -> tuple[NameIndex, Mapping[str, int]]:
    """The names among which a name is to be looked up, and the numbers of their organisations by key."""
    with reading(store.engine) as connection:
        many = _are_many(connection)
    return names_near(store, name) if many else names_now(store)


def becoming(store: Store, typed: str, limit: int) -> list[int]:
    """The entities that something typed may become.

    First those with a name that it begins, then whom it means though no name begins so (天大), unless there
    are too many to ask at each key, then those with it inside a name.
    """
    with reading(store.engine) as connection:
        begun = begun_with(connection, typed)
        within = holding(connection, typed) if len(begun) < limit else []
    meant = [] if begun else _meant(store, typed)
    return list(dict.fromkeys([*begun, *meant, *within]))[:limit]


def meant_by(store: Store, typed: str) -> list[int]:
    """The organisations that something typed means where no name begins so; none among too many to ask."""
    with reading(store.engine) as connection:
        begun = begun_with(connection, typed)
    return [] if begun else _meant(store, typed)


def _meant(store: Store, typed: str) -> list[int]:
    with reading(store.engine) as connection:
        if _are_many(connection):
            return []
    index, numbers = names_near(store, typed)
    return [numbers[one.key] for one in candidates(index, typed)]


def _are_many(connection: Connection) -> bool:
    told = text("SELECT reltuples FROM pg_class WHERE oid = 'entity'::regclass")
    return bool(connection.execute(told).scalar_one() > HELD_MAX)


def names_near(store: Store, name: str) -> tuple[NameIndex, Mapping[str, int]]:
    """The names near a name and the numbers of their organisations by key, looked up in the database."""
    with reading(store.engine) as connection:
        bodies = tables.united_in(connection, near(connection, name))
        index = name_index_of(bodies.values(), _places(store, *tables.packs_in(connection)))
    return index, {body.key: entity for entity, body in reversed(bodies.items())}


def names_now(store: Store) -> tuple[NameIndex, Mapping[str, int]]:
    """The names of all organisations as they are now, and the numbers of the organisations by key."""
    with reading(store.engine) as connection:
        loaded = connection.execute(select(func.count(), func.max(ENTITY.c.changed_at)).select_from(ENTITY))
        judged = connection.execute(
            select(func.count(), func.count(JUDGEMENT.c.undone_at)).select_from(JUDGEMENT)
        )
        version = (*loaded.one(), *judged.one())
    return _names(store, version)


@lru_cache(maxsize=1)
def _names(store: Store, _version: tuple[Any, ...]) -> tuple[NameIndex, Mapping[str, int]]:
    with reading(store.engine) as connection:
        bodies = tables.united_in(connection)
        index = name_index_of(bodies.values(), _places(store, *tables.packs_in(connection)))
    return index, {body.key: entity for entity, body in reversed(bodies.items())}


@lru_cache(maxsize=1)
def _places(store: Store, *_packs: str) -> PlaceIndex:
    with reading(store.engine) as connection:
        return places_in(connection)


def places_in(connection: Connection) -> PlaceIndex:
    """The places of the country and of the loaded packs."""
    loaded = (place for pack in tables.packs_in(connection) for place in intake.places_of(pack))
    return place_index_of({place.adcode: place for place in (*intake.gazetteer(), *loaded)}.values())
