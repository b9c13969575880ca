"""Everything that is known of events, read once for all that is asked of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, extract, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from haihe.boards.registry.event_tables import EVENT, EVENT_NAME, EVENT_PARTY, WHO
from haihe.boards.registry.judgement_tables import JUDGEMENT
from haihe.boards.registry.networks import NOWHERE, Body, Happening, Told
from haihe.boards.registry.states import PLACE_KIND
from haihe.boards.registry.tables import ENTITY, JOINED, PACK, PLACE
from haihe.kit.clock import day_in_region
from haihe.kit.text import folded
from haihe.store.sources import SOURCE

Version = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    level: str
    parent: str | None


def version_in(connection: Connection) -> Version:
    """What changes whenever an event, a name, an organisation or a judgement does."""
    named = (
        select(WHO).select_from(EVENT_NAME).outerjoin(JOINED, JOINED.c.entity_id == EVENT_NAME.c.entity_id)
    )
    queries = (
        select(func.count(), _changes(EVENT)),
        select(func.count(), _changes(EVENT_NAME)),
        select(func.count(), _changes(ENTITY)).where(ENTITY.c.id.in_(named)),
        select(func.count(), func.count(JUDGEMENT.c.undone_at)),
        select(func.string_agg(PACK.c.digest, aggregate_order_by(literal(" "), PACK.c.id))),
    )
    return tuple(value for query in queries for value in connection.execute(query).one())


def _changes(table: Table) -> ColumnElement[Any]:
    """A number that any change of a row changes, whatever order changes are committed in."""
    return func.sum(extract("epoch", table.c.changed_at))


def told_in(connection: Connection) -> Told:
    """Every event once, its repeats with it; made-up ones only while there is nothing else."""
    homes = _regions(connection)
    named = _bodies(connection, homes)
    parties: defaultdict[int, set[str]] = defaultdict(set)
    for row in connection.execute(select(EVENT_PARTY.c.event_id, EVENT_PARTY.c.name_id)):
        parties[row.event_id].add(named[row.name_id].id)
    happenings: dict[int, Happening] = {}
    query = select(EVENT, SOURCE.c.tier).join(SOURCE, SOURCE.c.id == EVENT.c.source_id)
    rows = connection.execute(query.order_by(EVENT.c.id)).all()
    sampled = all(row.tier == "sample" for row in rows)
    for row in rows:
        if row.tier == "sample" and not sampled:
            continue
        first = happenings.get(row.first_id)
        happenings[row.first_id if first else row.id] = _happening(row, first, parties[row.id], homes)
    taking = {body for one in happenings.values() for body in one.bodies}
    bodies = {body.id: body for body in named.values() if body.id in taking}
    whole = select(PLACE.c.adcode).where(PLACE.c.level == "region")
    read_at = max((row.changed_at for row in rows), default=None)
    return Told(
        tuple(happenings.values()),
        bodies,
        _names(connection, homes),
        frozenset(connection.execute(whole).scalars()),
        day_in_region(read_at) if read_at else None,
    )


def _happening(row: Any, first: Happening | None, bodies: set[str], homes: Mapping[str, str]) -> Happening:
    """An event, or what is known of it once another report has told of it."""
    regions = frozenset(homes[place] for place in row.places if place in homes)
    if first is None:
        kinds = tuple(row.kinds)
        return Happening(
            row.id, row.day, row.title, kinds, frozenset(bodies), regions, (row.source_id,), row.tier
        )
    return replace(
        first,
        kinds=tuple(dict.fromkeys((*first.kinds, *row.kinds))),
        bodies=first.bodies | bodies,
        regions=first.regions | regions,
        source_ids=(*first.source_ids, row.source_id),
    )


def _bodies(connection: Connection, homes: Mapping[str, str]) -> dict[int, Body]:
    """Who each name of the events stands for; equal names of one place stand for one."""
    query = (
        select(EVENT_NAME, ENTITY.c.id.label("who"), ENTITY.c.kind, ENTITY.c.name.label("called"))
        .add_columns(ENTITY.c.adcode.label("home"))
        .outerjoin(JOINED, JOINED.c.entity_id == EVENT_NAME.c.entity_id)
        .outerjoin(ENTITY, ENTITY.c.id == WHO)
        .order_by(EVENT_NAME.c.id)
    )
    found: dict[int, Body] = {}
    unknown: dict[tuple[str, str | None], Body] = {}
    for row in connection.execute(query):
        home = homes.get(row.home or "") or homes.get(row.adcode or "") or NOWHERE
        if row.who is not None:
            stated = row.home in homes or home == NOWHERE
            found[row.id] = Body(str(row.who), row.called, row.who, row.kind, home, stated)
        else:
            key = (folded(row.name), row.adcode)
            body = Body(f"n{row.id}", row.name, None, None, home, stated=home == NOWHERE)
            found[row.id] = unknown.setdefault(key, body)
    return found


def _regions(connection: Connection) -> dict[str, str]:
    """The jurisdiction of every place: its province, or what lies right under the outermost place."""
    rows = connection.execute(select(PLACE.c.adcode, PLACE.c.level, PLACE.c.parent))
    places = {row.adcode: _Place(row.level, row.parent) for row in rows}
    return {adcode: _region(places, adcode) for adcode in places}


def _region(places: Mapping[str, _Place], adcode: str) -> str:
    line = [adcode]
    while (parent := places[line[-1]].parent) in places and places[line[-1]].level != "province":
        line.append(str(parent))
    if places[line[-1]].level == "province":
        return line[-1]
    return line[max(len(line) - 2, 0)]


def _names(connection: Connection, homes: Mapping[str, str]) -> dict[str, str]:
    query = select(ENTITY.c.adcode, ENTITY.c.name).where(
        ENTITY.c.kind == PLACE_KIND, ENTITY.c.adcode.in_(set(homes.values()))
    )
    return {row.adcode: row.name for row in connection.execute(query)}
