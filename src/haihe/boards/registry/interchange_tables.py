"""Every value of every organisation with its source, for other systems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Row, func, select

from haihe.boards.registry.interchange import Said, schema_of
from haihe.boards.registry.kinds import linking
from haihe.boards.registry.link_tables import bonds_in
from haihe.boards.registry.records import Value
from haihe.boards.registry.states import PLACE_KIND
from haihe.boards.registry.tables import ENTITY, ENTITY_NAME, ENTITY_VALUE, HOME, IDENTIFIER, JOINED
from haihe.boards.registry.validity import UNKNOWN, Validity
from haihe.store.sources import SOURCE

Told = tuple[Row[Any], str, str, Value, str, Validity]
"""An entity, what is told of it (`Said.aspect`), which, the value, its source's id and its dates."""

_ASPECTS = ("name", "scheme", "property", "tie")
_NAMES = ("name", "short", "english", "former")


def said_in(connection: Connection) -> list[Said]:
    """Every value of what has a schema elsewhere, those of a head and of what is joined to it together."""
    bodies = {row.id: row for row in connection.execute(_BODIES) if schema_of(row.kind)}
    query = select(SOURCE.c.id, SOURCE.c.tier, SOURCE.c.read_on)
    sources = {row.id: row for row in connection.execute(query)}
    ends = {body.key: body.kind for body in bodies.values()}

    def said(one: Told) -> Said:
        body, aspect, name, value, source, validity = one
        end = ends[str(value)] if aspect == "tie" else None
        return Said(body.head, body.key, body.kind, aspect, name, value, *sources[source], validity, end)

    found = [
        said(one)
        for told in (
            _own(bodies),
            _named(connection, bodies),
            _dated(connection, bodies),
            _tied(connection, bodies),
        )
        for one in told
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
        yield body, "name", "name", body.name, body.source_id, UNKNOWN
        if body.place:
            place = body.sources.get("adcode", body.source_id)
            yield body, "property", "place", body.place, place, UNKNOWN
        for name, value in body.properties.items():
            if name not in tying:
                yield body, "property", name, value, body.sources.get(name, body.source_id), UNKNOWN


def _named(connection: Connection, bodies: Mapping[int, Row[Any]]) -> Iterator[Told]:
    for name in connection.execute(select(ENTITY_NAME)):
        if name.entity_id in bodies:
            validity = Validity(name.since, name.until)
            yield bodies[name.entity_id], "name", name.kind, name.text, name.source_id, validity
    for code in connection.execute(select(IDENTIFIER)):
        if code.entity_id in bodies:
            yield bodies[code.entity_id], "scheme", code.scheme, code.value, code.source_id, UNKNOWN


def _dated(connection: Connection, bodies: Mapping[int, Row[Any]]) -> Iterator[Told]:
    for one in connection.execute(select(ENTITY_VALUE).order_by(ENTITY_VALUE.c.id)):
        if one.entity_id in bodies:
            validity = Validity(one.since, one.until)
            yield bodies[one.entity_id], "property", one.name, one.value, one.source_id, validity


def _tied(connection: Connection, bodies: Mapping[int, Row[Any]]) -> Iterator[Told]:
    for tie in bonds_in(connection):
        body, other = bodies.get(tie.start), bodies.get(tie.end)
        if body is not None and other is not None and body.head != other.head:
            yield body, "tie", tie.kind, other.head, tie.source_id, tie.validity


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
        one.validity.since or "",
    )
