"""An entity with all that is stored of it and of those that are joined to it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, func, or_, select

from haihe.boards.registry.answers import Card, Choice, Entity, Fact, Link
from haihe.boards.registry.cards import HEAD, Stated, told_of
from haihe.boards.registry.link_tables import bonds_in, heads_in
from haihe.boards.registry.links import links_of
from haihe.boards.registry.property_tables import values_on
from haihe.boards.registry.tables import ENTITIES, ENTITY, ENTITY_NAME, IDENTIFIER, JOINED
from haihe.boards.registry.validity import Validity
from haihe.store.sources import SOURCE

RECORDED = "recorded"
"""The kind of a name that is the full name of a joined entity."""


def card_of(connection: Connection, entity: int) -> Card | None:
    """Everything that is stored of the entity with a number, or of the one that it is joined to."""
    head = connection.execute(select(JOINED.c.head_id).where(JOINED.c.entity_id == entity)).scalar() or entity
    joined = select(JOINED.c.entity_id).where(JOINED.c.head_id == head)
    query = ENTITIES.where(or_(ENTITY.c.id == head, ENTITY.c.id.in_(joined))).order_by(ENTITY.c.id)
    members = [Entity(**row) for row in connection.execute(query).mappings()]
    if not members:
        return None
    numbers = [one.id for one in members]
    rows = select(ENTITY).where(ENTITY.c.id.in_(numbers)).order_by(ENTITY.c.id)
    held = connection.execute(rows).mappings().all()
    told = told_of(_stated(connection, held))
    choices = list(told.choices)
    homes = {
        one.place: Fact("adcode", one.place, row["sources"].get("adcode", row["source_id"]))
        for row, one in zip(reversed(held), reversed(members), strict=True)
        if one.place
    }
    if len(homes) > 1:
        choices.append(Choice("adcode", tuple(reversed(homes.values())), HEAD))
    recorded = [Fact(RECORDED, one.name, one.source_id) for one in members[1:] if one.name != members[0].name]
    return Card(
        members[0],
        held[0]["sources"].get("adcode", held[0]["source_id"]),
        (*recorded, *_names(connection, numbers)),
        _codes(connection, numbers),
        told.facts,
        _links(connection, numbers),
        max(row["changed_at"] for row in held),
        tuple(members[1:]),
        tuple(choices),
        told.earlier,
    )


def _stated(connection: Connection, held: Sequence[RowMapping]) -> list[Stated]:
    """The properties of entities as their sources state them, those of their own rows first."""
    said = [
        (name, value, row["sources"].get(name, row["source_id"]), Validity())
        for row in held
        for name, value in row["properties"].items()
    ]
    said += [
        (row.name, row.value, row.source_id, Validity(row.since, row.until))
        for row in values_on(connection, [row["id"] for row in held])
    ]
    query = select(SOURCE.c.id, SOURCE.c.tier, SOURCE.c.read_on).where(
        SOURCE.c.id.in_({one[2] for one in said})
    )
    sources = {row.id: row for row in connection.execute(query)}
    return [
        Stated(name, value, source, sources[source].tier, sources[source].read_on, validity)
        for name, value, source, validity in said
    ]


def _names(connection: Connection, numbers: Sequence[int]) -> tuple[Fact, ...]:
    """The other names of entities, each once for its dates."""
    columns = [ENTITY_NAME.c[name] for name in ("kind", "text", "since", "until")]
    query = select(*columns, func.min(ENTITY_NAME.c.source_id)).where(ENTITY_NAME.c.entity_id.in_(numbers))
    rows = connection.execute(query.group_by(*columns).order_by(*columns))
    return tuple(Fact(row[0], row[1], row[4], row[2], row[3]) for row in rows)


def _codes(connection: Connection, numbers: Sequence[int]) -> tuple[Fact, ...]:
    """The codes of entities, each once."""
    scheme, value = IDENTIFIER.c.scheme, IDENTIFIER.c.value
    query = select(scheme, value, func.min(IDENTIFIER.c.source_id)).where(IDENTIFIER.c.entity_id.in_(numbers))
    return tuple(
        Fact(*row) for row in connection.execute(query.group_by(scheme, value).order_by(scheme, value))
    )


def _links(connection: Connection, numbers: Sequence[int]) -> tuple[Link, ...]:
    """The ties of entities to others, each to the one that the other end is joined to."""
    bonds = bonds_in(connection, numbers)
    heads = heads_in(connection, (end for one in bonds for end in (one.start, one.end)))
    return links_of(bonds, numbers, heads)
