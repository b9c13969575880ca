"""What a search finds in the registry: organisations, places, and who may have been meant."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rapidfuzz.fuzz import partial_ratio, ratio
from rapidfuzz.process import extract
from sqlalchemy import Connection

from haihe.boards.accounts import Asker, require
from haihe.boards.registry import search_tables
from haihe.boards.registry.answers import Entity
from haihe.boards.registry.kinds import kinds
from haihe.boards.registry.name_actions import becoming, names_near
from haihe.boards.registry.names import ranked
from haihe.boards.registry.resolution import Mention
from haihe.boards.registry.rivals import LIKELY
from haihe.boards.registry.states import PLACE_KIND
from haihe.boards.registry.tables import ENTITIES, ENTITY
from haihe.kit.words import Language
from haihe.store.opening import Store
from haihe.store.search import Asked, Hit, Hits, Numbers, among
from haihe.store.session import reading

MEANT_MAX = 5

_BEGUN_MAX = 20
_ALIKE_MIN = 70


def organisations(store: Store, asker: Asker, asked: Asked) -> Hits:
    """The organisations that words begin or stand in, the best first."""
    return _found(store, asker, asked, search_tables.organisations)


def places(store: Store, asker: Asker, asked: Asked) -> Hits:
    """The places that words begin or stand in, the shortest names first."""
    return _found(store, asker, asked, search_tables.places)


def meant(store: Store, asker: Asker, words: str, language: Language) -> list[Hit]:
    """Whom words may mean that nobody is called by: short for a name, sounding like it, or a slip in it."""
    require(asker, "see_published")
    index, numbers = names_near(store, words)
    likely = [numbers[one.key] for one in ranked(index, Mention(words)) if one.score >= LIKELY]
    names = {number: index.organisations[key].name for key, number in numbers.items()}
    alike = extract(words, names, scorer=partial_ratio, limit=None, score_cutoff=_ALIKE_MIN)
    nearest = sorted((number for _, _, number in alike), key=lambda number: -ratio(words, names[number]))
    found = list(dict.fromkeys([*likely, *nearest]))
    with reading(store.engine) as connection:
        return [hit_of(one, language) for one in _entities(connection, found[:MEANT_MAX])]


def begun(store: Store, asker: Asker, typed: str, language: Language) -> tuple[list[Hit], list[Hit]]:
    """The organisations, and the places, that something typed may become."""
    require(asker, "see_published")
    numbers = becoming(store, typed, _BEGUN_MAX)
    with reading(store.engine) as connection:
        found = _entities(connection, numbers)
    bodies = [hit_of(one, language) for one in found if one.kind != PLACE_KIND]
    return bodies, [hit_of(one, language) for one in found if one.kind == PLACE_KIND]


def hit_of(one: Entity, language: Language) -> Hit:
    """An entity as something found."""
    if one.kind == PLACE_KIND:
        return Hit(one.name, f"/place/{one.adcode}", one.adcode or "", sample=one.tier == "sample")
    about = " · ".join([kinds()[one.kind].label[language], *([one.place] if one.place else [])])
    return Hit(one.name, f"/entity/{one.id}", about, sample=one.tier == "sample")


def _found(store: Store, asker: Asker, asked: Asked, find: Callable[[Connection, str], Numbers]) -> Hits:
    require(asker, "see_published")
    with reading(store.engine) as connection:
        found = find(connection, asked.words)
        rows = _entities(connection, found.ids[asked.part])
    return Hits([hit_of(one, asked.language) for one in rows], len(found.ids), found.more)


def _entities(connection: Connection, numbers: Sequence[int]) -> list[Entity]:
    """Entities by their numbers, in that order."""
    rows = connection.execute(ENTITIES.where(among(ENTITY.c.id, numbers))).mappings()
    by_number = {row["id"]: Entity(**row) for row in rows}
    return [by_number[number] for number in numbers]
