"""The names of all organisations as they are compared, kept until one of them changes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, func, select

from haihe.boards.registry import intake, tables
from haihe.boards.registry.judgement_tables import JUDGEMENT
from haihe.boards.registry.names import NameIndex, name_index_of
from haihe.boards.registry.places import PlaceIndex, place_index_of
from haihe.boards.registry.tables import ENTITY
from haihe.store.opening import Store
from haihe.store.session import reading


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
        index = name_index_of(bodies.values(), places_in(connection))
    return index, {body.key: entity for entity, body in reversed(bodies.items())}


def places_in(connection: Connection) -> PlaceIndex:
    """The places of the country and of the loaded packs."""
    loaded = (place for pack in tables.packs_in(connection) for place in intake.places_of(pack))
    return place_index_of({place.adcode: place for place in (*intake.gazetteer(), *loaded)}.values())
