"""Every value of every organisation with its source, for other systems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Row, func, select

from haihe.boards.registry.interchange import Said
from haihe.boards.registry.kinds import linking
from haihe.boards.registry.records import Value
from haihe.boards.registry.states import PLACE_KIND
from haihe.boards.registry.tables import ENTITY, ENTITY_NAME, HOME, IDENTIFIER, JOINED, LINK
from haihe.store.sources import SOURCE

Told = tuple[Row[Any], str, str, Value, str]
"""An entity, what is told of it (`name`, `scheme`, `property`), which, the value, its source's id."""

_ASPECTS = ("name", "scheme", "property")
_NAMES = ("name", "short", "english", "former")


def said_in(connection: Connection) -> list[Said]:
    """Every value of every organisation, those of a head and of what is joined to it together."""
    bodies = {row.id: row for row in connection.execute(_BODIES)}
    query = select(SOURCE.c.id, SOURCE.c.tier, SOURCE.c.read_on)
    sources = {row.id: row for row in connection.execute(query)}
    found = [
        Said(body.head, body.key, body.kind, aspect, name, value, *sources[source])
        for told in (_own(bodies), _named(connection, bodies), _tied(connection, bodies))
        for body, aspect, name, value, source in told
    ]
    return sorted(found, key=_order)


_HEAD = ENTITY.alias("head")
_BODIES = (
    select(ENTITY, func.coalesce(_HEAD.c.key, ENTITY.c.key).label("head"), HOME.c.name.label("place"))
    .outerjoin(JOINED, JOINED.c.entity_id == ENTITY.c.id)
    .outerjoin(_HEAD, _HEAD.c.id == JOINED.c.head_id)
    .outerjoin(HOME, (HOME.c.kind == PLACE_KIND) & (HOME.c.adcode == ENTITY.c.adcode))
    .where(ENTITY.c.kind != PLACE_KIND)
)


def _own(bodies: Mapping[int, Row[Any]]) -> Iterator[Told]:
    tying = linking()
    for body in bodies.values():
        yield body, "name", "name", body.name, body.source_id
        if body.place:
            yield body, "property", "place", body.place, body.sources.get("adcode", body.source_id)
        for name, value in body.properties.items():
            if name not in tying:
                yield body, "property", name, value, body.sources.get(name, body.source_id)


def _named(connection: Connection, bodies: Mapping[int, Row[Any]]) -> Iterator[Told]:
    for name in connection.execute(select(ENTITY_NAME)):
        if name.entity_id in bodies:
            yield bodies[name.entity_id], "name", name.kind, name.text, name.source_id
    for code in connection.execute(select(IDENTIFIER)):
        if code.entity_id in bodies:
            yield bodies[code.entity_id], "scheme", code.scheme, code.value, code.source_id


def _tied(connection: Connection, bodies: Mapping[int, Row[Any]]) -> Iterator[Told]:
    for tie in connection.execute(select(LINK)):
        body, other = bodies.get(tie.from_id), bodies.get(tie.to_id)
        if body is not None and other is not None and body.head != other.head:
            yield body, "property", tie.kind, other.head, tie.source_id


def _order(one: Said) -> tuple[object, ...]:
    named = _NAMES.index(one.name) if one.aspect == "name" else 0
    return (
        one.head,
        one.entity != one.head,
        one.entity,
        _ASPECTS.index(one.aspect),
        named,
        one.name,
        str(one.value),
    )
