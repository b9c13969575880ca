"""Who shares a name with whom, and the line of places that an organisation lies in, as rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import Connection, func, select

from haihe.boards.registry.namesakes import Called
from haihe.boards.registry.states import PLACE_KIND
from haihe.boards.registry.tables import ENTITY, PLACE, STANDS

_NAMESAKES_MAX = 500

Line = tuple[tuple[str, str], ...]
"""Places by adcode and name, the outermost first."""


def called_in(connection: Connection, entities: Collection[int]) -> list[Called]:
    """Some organisations and others that bear their names, of very many some, each with its places."""
    asked = ENTITY.c.id.in_(entities)
    names = select(ENTITY.c.name).where(asked)
    query = select(ENTITY.c.id, ENTITY.c.name, ENTITY.c.adcode).where(
        ENTITY.c.name.in_(names), ENTITY.c.kind != PLACE_KIND, STANDS | asked
    )
    few = query.order_by(asked.desc(), ENTITY.c.id).limit(len(entities) + _NAMESAKES_MAX)
    rows = connection.execute(few).all()
    lines = lines_in(connection, {row.adcode for row in rows if row.adcode})
    return [
        Called(row.id, row.name, tuple(name for _, name in reversed(lines.get(row.adcode, ()))))
        for row in rows
    ]


def lines_in(connection: Connection, adcodes: Collection[str]) -> dict[str, Line]:
    """The places that some places lie in, themselves last, without the region and unions in between."""
    around, home = PLACE.alias("around"), ENTITY.alias("home")
    query = (
        select(PLACE.c.adcode.label("of"), around.c.adcode, home.c.name)
        .join(around, around.c.adcode == func.any(PLACE.c.within))
        .join(home, (home.c.kind == PLACE_KIND) & (home.c.adcode == around.c.adcode))
        .where(PLACE.c.adcode.in_(adcodes))
        .where(around.c.level.in_(("province", "city", "county")) | (around.c.adcode == PLACE.c.adcode))
        .order_by(PLACE.c.adcode, func.cardinality(around.c.within), around.c.adcode)
    )
    found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.of].append((row.adcode, row.name))
    return {adcode: tuple(line) for adcode, line in found.items()}


def kinds_in(connection: Connection, entities: Collection[int]) -> dict[int, str]:
    """Of which kind entities are."""
    query = select(ENTITY.c.id, ENTITY.c.kind).where(ENTITY.c.id.in_(entities))
    return {row.id: row.kind for row in connection.execute(query)}
