"""An entity with all that is stored of it and of those that are joined to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, Table, func, literal, or_, select, union_all

from haihe.boards.registry.answers import Card, Choice, Entity, Fact, Link
from haihe.boards.registry.cards import HEAD, Stated, chosen
from haihe.boards.registry.tables import ENTITIES, ENTITY, ENTITY_NAME, IDENTIFIER, JOINED, LINK
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
    properties, choices = chosen(_stated(connection, held))
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
        (*recorded, *_facts(connection, ENTITY_NAME, ("kind", "text"), numbers)),
        _facts(connection, IDENTIFIER, ("scheme", "value"), numbers),
        tuple(properties),
        _links(connection, numbers),
        max(row["changed_at"] for row in held),
        tuple(members[1:]),
        tuple(choices),
    )


def _stated(connection: Connection, held: Sequence[RowMapping]) -> list[Stated]:
    """The properties of entities as their sources state them."""
    said = [
        (name, value, row["sources"].get(name, row["source_id"]))
        for row in held
        for name, value in row["properties"].items()
    ]
    query = select(SOURCE.c.id, SOURCE.c.tier, SOURCE.c.read_on).where(
        SOURCE.c.id.in_({one[2] for one in said})
    )
    sources = {row.id: row for row in connection.execute(query)}
    return [
        Stated(name, value, source, sources[source].tier, sources[source].read_on)
        for name, value, source in said
    ]


def _facts(
    connection: Connection, table: Table, columns: tuple[str, str], numbers: Sequence[int]
) -> tuple[Fact, ...]:
    """The names or the codes of entities, each once."""
    name, value = (table.c[column] for column in columns)
    query = select(name, value, func.min(table.c.source_id)).where(table.c.entity_id.in_(numbers))
    return tuple(Fact(*row) for row in connection.execute(query.group_by(name, value).order_by(name, value)))


def _links(connection: Connection, numbers: Sequence[int]) -> tuple[Link, ...]:
    """The ties of entities to others, each to the one that the other end is joined to."""

    def links(mine: str, other: str) -> Select[Any]:
        end = func.coalesce(JOINED.c.head_id, LINK.c[other])
        return (
            select(
                LINK.c.kind,
                literal(mine == "from_id").label("outward"),
                ENTITY.c.id,
                ENTITY.c.name,
                func.min(LINK.c.source_id).label("source_id"),
            )
            .select_from(LINK)
            .outerjoin(JOINED, JOINED.c.entity_id == LINK.c[other])
            .join(ENTITY, ENTITY.c.id == end)
            .where(LINK.c[mine].in_(numbers), end.not_in(numbers))
            .group_by(LINK.c.kind, ENTITY.c.id, ENTITY.c.name)
        )

    ties = union_all(links("from_id", "to_id"), links("to_id", "from_id"))
    return tuple(Link(*row) for row in connection.execute(ties.order_by("kind", "name", "id")))
