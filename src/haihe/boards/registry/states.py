"""An entity as it is stored, and what becomes of it when another row speaks of it.

What a load writes carries the pack that it belongs to; a row that a person wrote belongs to none. A pack's
row replaces what a pack said before and leaves alone what a person wrote. A person's row replaces what it
fills and leaves the rest standing with the source that it had.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from haihe.boards.registry.places import line_of, place_index_of
from haihe.boards.registry.records import Identifier, Name, Observation, Organisation, Place
from haihe.boards.registry.validity import UNKNOWN, Validity

PLACE_KIND = "place"
"""The kind of an entity that is a place."""


@dataclass(frozen=True, slots=True)
class Named:
    """Where another name of an entity comes from, when it was its name, and the pack that states it."""

    source_id: str
    validity: Validity = UNKNOWN
    pack: str | None = None


@dataclass(frozen=True, slots=True)
class State:
    """The columns of an entity, its other names by kind and text, and the source of each identifier."""

    columns: Mapping[str, Any]
    names: Mapping[tuple[str, str], Named]
    identifiers: Mapping[Identifier, str]


def body_of(place: Place) -> Organisation:
    """A place as the entity that it is."""
    return Organisation(
        PLACE_KIND,
        place.name,
        (Identifier("adcode", place.adcode),),
        place.source,
        place.adcode,
        tuple(Name(alias, "short") for alias in place.aliases),
    )


def state_of(body: Organisation, pack: str | None) -> State:
    """An entity as a pack, or a person where it is None, states it."""
    source = body.source.id
    columns = {
        "kind": body.kind,
        "name": body.name,
        "adcode": body.adcode,
        "properties": dict(body.properties),
        "sources": {},
        "source_id": source,
        "pack": pack,
    }
    return State(columns, names_of(body, pack), dict.fromkeys(body.identifiers, source))


def names_of(body: Organisation, pack: str | None) -> dict[tuple[str, str], Named]:
    """The other names of an entity as a pack, or a person where it is None, states them."""
    return {
        (name.kind, name.text): Named((name.source or body.source).id, name.validity, pack)
        for name in body.names
    }


def after(before: State, stated: State) -> State:
    """What an entity is once a row has spoken of it; `before` itself where the row changes nothing.

    An identifier once given is kept, and a name that a person gave.
    """
    if stated.columns["pack"] and before.columns["pack"] is None:
        return before
    given = {name: one for name, one in before.names.items() if one.pack is None}
    identifiers = {**before.identifiers, **stated.identifiers}
    now = replace(stated, names={**stated.names, **given}, identifiers=identifiers)
    if stated.columns["pack"] is None:
        now = _merged(before, replace(now, names=stated.names))
    same = (
        all(before.columns[name] == value for name, value in now.columns.items())
        and before.names == now.names
        and before.identifiers == now.identifiers
    )
    return before if same else now


def _merged(before: State, stated: State) -> State:
    old, new = before.columns, stated.columns
    left = old["properties"].keys() - new["properties"].keys()
    left |= {"adcode"} if old["adcode"] and not new["adcode"] else set()
    given = {kind for kind, _ in stated.names}
    columns = {
        **new,
        "adcode": new["adcode"] or old["adcode"],
        "properties": {**old["properties"], **new["properties"]},
        "sources": {name: old["sources"].get(name, old["source_id"]) for name in left},
    }
    names = {name: source for name, source in before.names.items() if name[0] not in given}
    return State(columns, names | dict(stated.names), stated.identifiers)


def words_of(state: State, place: str) -> str:
    """What an entity is found by: its names, its codes and the name of the place that it lies in."""
    names = (text for _, text in state.names)
    codes = (identifier.value for identifier in state.identifiers)
    return " ".join((state.columns["name"], *sorted(names), *sorted(codes), place))


def place_rows(places: Sequence[Place]) -> list[dict[str, Any]]:
    """The rows of places, a place before those in it: `within` is the place and all that it lies in."""
    index = place_index_of(places)
    lines = {place.adcode: [above.adcode for above in line_of(index, place.adcode)] for place in places}
    rows = []
    for place in places:
        within = dict.fromkeys(lines[place.adcode])
        for union in places:
            if within.keys() & set(union.members):
                within |= dict.fromkeys(lines[union.adcode])
        rows.append(
            {
                "adcode": place.adcode,
                "level": place.level,
                "parent": place.parent,
                "within": list(within),
                "members": list(place.members),
                "lon": place.lon,
                "lat": place.lat,
                "area_km2": place.area_km2,
                "approximate": place.approximate,
            }
        )
    return sorted(rows, key=lambda row: len(row["within"]))


def value_row(observation: Observation, pack: str | None) -> dict[str, Any]:
    """The row of a figure."""
    return {
        "indicator": observation.indicator,
        "adcode": observation.adcode,
        "period": observation.period,
        "value": observation.value,
        "source_id": observation.source.id,
        "pack": pack,
    }
