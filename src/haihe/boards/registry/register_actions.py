"""Entities of one kind as a register: beside the name, what that kind records of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, select

from haihe.boards.accounts import Asker, require
from haihe.boards.registry.answers import Entity, Sought
from haihe.boards.registry.kinds import Property, kinds
from haihe.boards.registry.states import PLACE_KIND
from haihe.boards.registry.tables import ENTITY, ENTITY_VALUE, IDENTIFIER, LINK
from haihe.store.opening import Store
from haihe.store.search import among
from haihe.store.session import reading

BETWEEN = "；"
_ASKED_ONCE = 10_000


def recorded(sought: Sought) -> Mapping[str, Property]:
    """What the kind of a list of one kind records; nothing for a list of several, or of places."""
    if len(sought.kinds) != 1 or sought.kinds[0] == PLACE_KIND or sought.kinds[0] not in kinds():
        return {}
    return kinds()[sought.kinds[0]].properties


def registered(store: Store, asker: Asker, rows: Sequence[Entity]) -> dict[int, dict[str, str]]:
    """What is recorded of some entities, by number and property; the other ends of ties by their names."""
    require(asker, "see_published")
    found: defaultdict[int, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    with reading(store.engine) as connection:
        for start in range(0, len(rows), _ASKED_ONCE):
            numbers = [row.id for row in rows[start : start + _ASKED_ONCE]]
            for number, name, value in _stated(connection, numbers):
                if value not in found[number][name]:
                    found[number][name].append(value)
    return {
        number: {name: BETWEEN.join(values) for name, values in told.items()}
        for number, told in found.items()
    }


def _stated(connection: Connection, numbers: Sequence[int]) -> Iterable[tuple[int, str, str]]:
    """What is stated: ties, the entity's own row, else its dated values, the latest; codes.

    A property that made ties is told by them.
    """
    ties = select(LINK.c.from_id, LINK.c.kind, ENTITY.c.name).join(ENTITY, ENTITY.c.id == LINK.c.to_id)
    tied = connection.execute(ties.where(among(LINK.c.from_id, numbers)).order_by(LINK.c.id)).all()
    yield from ((number, name, other) for number, name, other in tied)
    own = {(number, name) for number, name, _ in tied}
    query = select(ENTITY.c.id, ENTITY.c.properties, ENTITY.c.kind).where(among(ENTITY.c.id, numbers))
    schemes: dict[int, dict[str, str]] = {}
    for number, properties, kind in connection.execute(query):
        schemes[number] = {prop.scheme or "": prop.name for prop in kinds()[kind].identifiers}
        for name, value in properties.items():
            if (number, name) not in own:
                yield number, name, _text(value)
            own.add((number, name))
    dated = select(ENTITY_VALUE.c.entity_id, ENTITY_VALUE.c.name, ENTITY_VALUE.c.value)
    dated = dated.where(among(ENTITY_VALUE.c.entity_id, numbers))
    for number, name, value in connection.execute(dated.order_by(ENTITY_VALUE.c.since.desc().nulls_last())):
        if (number, name) not in own:
            own.add((number, name))
            yield number, name, _text(value)
    codes = select(IDENTIFIER.c.entity_id, IDENTIFIER.c.scheme, IDENTIFIER.c.value)
    for number, scheme, code in connection.execute(codes.where(among(IDENTIFIER.c.entity_id, numbers))):
        if scheme in schemes[number]:
            yield number, schemes[number][scheme], code


def _text(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
