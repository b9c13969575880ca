"""What a person asks of the registry: look things up, find who is meant."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, and_, any_, func, or_, select, tuple_

from haihe.boards.accounts import Asker, require
from haihe.boards.registry import answers, intake, tables
from haihe.boards.registry.answers import Count, Entity, Part, PlaceEntity, Sought
from haihe.boards.registry.card_tables import card_of
from haihe.boards.registry.formers import formerly
from haihe.boards.registry.kinds import kinds
from haihe.boards.registry.link_tables import heads_in
from haihe.boards.registry.name_actions import becoming, meant_by, names_for
from haihe.boards.registry.names import candidates
from haihe.boards.registry.records import (
    Indicator,
    Level,
    Place,
    Reference,
)
from haihe.boards.registry.search_tables import called
from haihe.boards.registry.states import PLACE_KIND
from haihe.boards.registry.tables import ENTITIES, ENTITY, INDICATOR_VALUE, PLACE, found_by
from haihe.kit.cursor import Page, page_of, values_of
from haihe.kit.errors import N_, NotFound
from haihe.kit.source import Source
from haihe.store.opening import Store
from haihe.store.session import reading
from haihe.store.sources import source_at

COMPLETIONS_MAX = 10

_ID_MAX = 2**63 - 1

Answer = TypeVar("Answer")


def _page(
    connection: Connection,
    query: Select[Any],
    record: type[Answer],
    order: Sequence[str],
    part: Part,
) -> Page[Answer]:
    """A page of records in the order of columns that together are unique."""
    columns = [query.selected_columns[name] for name in order]
    if part.cursor:
        query = query.where(tuple_(*columns) > tuple_(*_after(part.cursor, columns)))
    rows = connection.execute(query.order_by(*columns).limit(part.limit + 1)).mappings()
    found = [record(**row) for row in rows]
    return page_of(found, part.limit, lambda one: [getattr(one, name) for name in order])


def _after(cursor: str, columns: Sequence[ColumnElement[Any]]) -> list[Any]:
    """The values in a cursor; one of another list is refused."""
    values = values_of(cursor, len(columns))
    fit = all(
        type(one) is column.type.python_type
        and ("\0" not in one if isinstance(one, str) else abs(one) <= _ID_MAX)
        for one, column in zip(values, columns, strict=True)
    )
    return values if fit else values_of("", len(columns))


def entities(store: Store, asker: Asker, sought: Sought, part: Part = Part()) -> Page[Entity]:
    """Entities by name."""
    require(asker, "see_published")
    conditions = _conditions(store, sought)
    with reading(store.engine) as connection:
        return _page(connection, ENTITIES.where(*conditions), Entity, ("name", "id"), part)


def entity_rows(store: Store, asker: Asker, sought: Sought, turn: answers.Turn) -> tuple[list[Entity], int]:
    """Entities by a column of theirs from an offset, and how many there are in all."""
    require(asker, "see_published")
    conditions = _conditions(store, sought)
    query = ENTITIES.where(*conditions)
    column = query.selected_columns[turn.sort or "name"]
    order = column.desc().nulls_last() if turn.descending else column.asc().nulls_last()
    counted = select(func.count()).select_from(ENTITY).where(*conditions)
    with reading(store.engine) as connection:
        rows = connection.execute(query.order_by(order, ENTITY.c.id).offset(turn.offset).limit(turn.limit))
        return [Entity(**row) for row in rows.mappings()], connection.execute(counted).scalar_one()


def facets(store: Store, asker: Asker, sought: Sought) -> answers.Facets:
    """How many entities there are by kind, and by province or new area, each under the other choice."""
    require(asker, "see_published")
    words = _words(store, sought.words)
    top = PLACE.alias("top")
    by_place = (
        select(top.c.adcode, tables.HOME.c.name, func.count(ENTITY.c.id))
        .join(PLACE, top.c.adcode == any_(PLACE.c.within))
        .join(ENTITY, ENTITY.c.adcode == PLACE.c.adcode)
        .join(tables.HOME, and_(tables.HOME.c.kind == PLACE_KIND, tables.HOME.c.adcode == top.c.adcode))
        .where(
            or_(
                top.c.level.in_(("province", "new_area")),
                and_(top.c.parent.is_(None), top.c.level != "region"),
            )
        )
        .where(*found_by(replace(sought, adcodes=())), *words)
        .group_by(top.c.adcode, tables.HOME.c.name)
        .order_by(top.c.adcode)
    )
    sampled = ENTITIES.where(*found_by(sought), *words).subquery()
    with reading(store.engine) as connection:
        places = tuple(Count(*row) for row in connection.execute(by_place))
        by_kind = _kind_counts(connection, [*found_by(replace(sought, kinds=())), *words])
        samples = select(func.count()).select_from(sampled).where(sampled.c.tier == "sample")
        return answers.Facets(by_kind, places, connection.execute(samples).scalar_one())


def _kind_counts(connection: Connection, conditions: Sequence[ColumnElement[bool]]) -> tuple[Count, ...]:
    query = select(ENTITY.c.kind, func.count()).where(*conditions).group_by(ENTITY.c.kind)
    counted = {row[0]: row[1] for row in connection.execute(query)}
    return tuple(Count(kind, kind, counted[kind]) for kind in (*kinds(), PLACE_KIND) if kind in counted)


def _conditions(store: Store, sought: Sought) -> list[ColumnElement[bool]]:
    return [*found_by(sought), *_words(store, sought.words)]


def _words(store: Store, words: str) -> list[ColumnElement[bool]]:
    """The condition that words ask for, none where there are none."""
    return [called(words, meant_by(store, words.replace("\0", "")))] if words else []


def entities_at(store: Store, asker: Asker, numbers: Iterable[int]) -> dict[int, Entity]:
    """The entity with each number, or the one that it is joined to; raises NotFound."""
    require(asker, "see_published")
    wanted = {min(number, _ID_MAX) for number in numbers}
    with reading(store.engine) as connection:
        heads = {number: head for number, (head, _) in heads_in(connection, wanted).items()}
        query = ENTITIES.where(ENTITY.c.id.in_({*heads.values()}))
        found = {row["id"]: Entity(**row) for row in connection.execute(query).mappings()}
    if missing := wanted - heads.keys():
        raise _no_entity(min(missing))
    return {number: found[head] for number, head in heads.items()}


def entity_at(store: Store, asker: Asker, entity: int) -> answers.Card:
    """All that is known of an entity, or of the one that it is joined to; raises NotFound."""
    require(asker, "see_published")
    with reading(store.engine) as connection:
        card = card_of(connection, min(entity, _ID_MAX))
    if card is None:
        raise _no_entity(entity)
    return card


def _no_entity(entity: int) -> NotFound:
    return NotFound(
        N_("There is no entity {id}."),
        advice=N_("Look for it by name on the page of organisations."),
        id=entity,
    )


def completions(store: Store, asker: Asker, typed: str, limit: int = COMPLETIONS_MAX) -> list[Entity]:
    """Whom something typed may become: the beginning of a name or of its initials, or a part of a name."""
    require(asker, "see_published")
    found = becoming(store, typed.replace("\0", ""), limit)
    with reading(store.engine) as connection:
        rows = connection.execute(ENTITIES.where(ENTITY.c.id.in_(found))).mappings()
        by_id = {row["id"]: Entity(**row) for row in rows}
    return [by_id[number] for number in found]


def places(store: Store, asker: Asker, level: Level | None = None, part: Part = Part()) -> Page[PlaceEntity]:
    """Places by adcode, of one level if it is given."""
    require(asker, "see_published")
    query = tables.PLACES.where(PLACE.c.level == level) if level else tables.PLACES
    with reading(store.engine) as connection:
        return _page(connection, query, PlaceEntity, ("adcode",), part)


def place_at(store: Store, asker: Asker, adcode: str) -> answers.PlaceCard:
    """A place, what is above and under it, its figures and its organisations; raises NotFound."""
    require(asker, "see_published")
    with reading(store.engine) as connection:
        held = connection.execute(select(PLACE).where(PLACE.c.adcode == adcode)).first()
        if held is None:
            raise NotFound(
                N_("There is no place {adcode}."),
                advice=N_("Look for it by name on the page of organisations."),
                adcode=adcode,
            )

        def found(condition: ColumnElement[bool]) -> tuple[PlaceEntity, ...]:
            rows = connection.execute(
                tables.PLACES.where(condition).order_by(func.cardinality(PLACE.c.within), PLACE.c.adcode)
            )
            return tuple(PlaceEntity(**row) for row in rows.mappings())

        lines = found(PLACE.c.adcode.in_(held.within))
        figures = tables.FIGURES.where(INDICATOR_VALUE.c.adcode == adcode).order_by(
            INDICATOR_VALUE.c.indicator, INDICATOR_VALUE.c.period
        )
        return answers.PlaceCard(
            next(one for one in lines if one.adcode == adcode),
            tuple(one for one in lines if one.adcode != adcode),
            found(or_(PLACE.c.parent == adcode, PLACE.c.adcode.in_(held.members))),
            tuple(answers.Figure(**row) for row in connection.execute(figures).mappings()),
            _kind_counts(connection, [ENTITY.c.kind != PLACE_KIND, *found_by(Sought(adcodes=(adcode,)))]),
        )


def indicators(store: Store, asker: Asker) -> tuple[Indicator, ...]:
    """Every indicator by its id."""
    require(asker, "see_published")
    with reading(store.engine) as connection:
        return tuple(tables.indicators_in(connection).values())


def indicator_values(
    store: Store, asker: Asker, indicator: str, period: str | None = None, part: Part = Part()
) -> Page[answers.Figure]:
    """The values of an indicator by period and place, of one period if it is given; raises NotFound."""
    require(asker, "see_published")
    query = tables.FIGURES.where(INDICATOR_VALUE.c.indicator == indicator)
    if period:
        query = query.where(INDICATOR_VALUE.c.period == period)
    with reading(store.engine) as connection:
        if indicator not in tables.indicators_in(connection):
            raise NotFound(
                N_("There is no indicator {id}."),
                advice=N_("They are listed at /api/v1/indicators."),
                id=indicator,
            )
        return _page(connection, query, answers.Figure, ("period", "adcode"), part)


def resolve_unit(store: Store, name: str, adcode: str | None = None) -> tuple[answers.Meant, ...]:
    """Every organisation that a name may mean in the context of a place, the nearest first, and why."""
    index, numbers = names_for(store, name)
    found = []
    for one in candidates(index, name, adcode):
        former, facts = formerly(index.organisations[one.key], name) or (None, {})
        reasons = (former, *one.reasons) if former else one.reasons
        told = (one.key, one.name, reasons, one.distance, one.score, facts)
        found.append(answers.Meant(numbers[one.key], *told))
    return tuple(found)


def cited_by(store: Store, asker: Asker, source_id: str) -> Reference | None:
    """The publication that the row of a pack names as its source; None for a source of another sort."""
    require(asker, "see_published")
    with reading(store.engine) as connection:
        source = source_at(connection, source_id)
    return named_by(source, publications(store, asker))


def named_by(source: Source, cited: Iterable[Reference]) -> Reference | None:
    """The publication that the row of a pack names; None for a source of another sort."""
    if source.kind != "row" or not source.quote:
        return None
    cells = {cell for row in csv.reader(source.quote.splitlines()) for cell in row}
    return next((one for one in cited if one.id in cells), None)


def publications(store: Store, asker: Asker) -> tuple[Reference, ...]:
    """What the loaded packs cite."""
    require(asker, "see_published")
    with reading(store.engine) as connection:
        return intake.publications_of(tables.packs_in(connection))


def region_map(store: Store, asker: Asker, level: Level) -> tuple[str, bytes]:
    """The SHA-256 and the GeoJSON of the region at province, city or county level; raises NotFound."""
    require(asker, "see_published")
    with reading(store.engine) as connection:
        sha256 = connection.execute(
            select(tables.REGION_MAP.c.sha256).where(tables.REGION_MAP.c.level == level)
        ).scalar()
    if sha256 is None:
        raise NotFound(
            N_("There is no map of the level {level}."),
            advice=N_("Load a region pack that draws provinces: haihe load --pack jingjinji."),
            level=level,
        )
    return sha256, store.files.content(sha256)


def shipped_places(pack: str | None = None) -> tuple[Place, ...]:
    """Every province and city of the country and the places of a pack, as shipped, loaded or not."""
    return (*intake.gazetteer(), *(intake.places_of(pack) if pack else ()))
