"""What a person asks of the registry: load it, look things up, find who is meant."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, and_, any_, func, or_, select, tuple_

from haihe.boards.accounts import Asker, require
from haihe.boards.accounts.actions import actor_of
from haihe.boards.registry import answers, intake, tables
from haihe.boards.registry.answers import Count, Entity, Outcome, Part, PlaceEntity, Sought, Tally, Upload
from haihe.boards.registry.clashes import clash_rejects, distinct
from haihe.boards.registry.kinds import kinds, linking
from haihe.boards.registry.names import NameIndex, candidates, name_index_of
from haihe.boards.registry.places import place_index_of
from haihe.boards.registry.records import (
    Identifier,
    Indicator,
    Level,
    Observation,
    Organisation,
    Reference,
)
from haihe.boards.registry.rows import Known
from haihe.boards.registry.states import PLACE_KIND, body_of, place_rows, value_row
from haihe.boards.registry.tables import ENTITIES, ENTITY, INDICATOR_VALUE, PLACE, found_by, keep_rows
from haihe.kit import resources
from haihe.kit.cursor import Page, page_of, values_of
from haihe.kit.errors import N_, Invalid, NotFound
from haihe.store.opening import Store
from haihe.store.search import matches
from haihe.store.session import Session, reading, writing
from haihe.store.sources import keep

VALUE_KIND = "value"
"""The kind of a table of indicator values, beside the kinds of organisation."""

FOUND_MAX = 20

_LOCK = 20_140_226
_LOCK_WAIT = "600s"
_ID_MAX = 2**63 - 1
_MAP_LEVELS: tuple[Level, ...] = ("province", "city", "county")

Answer = TypeVar("Answer")


def load_pack(store: Store, asker: Asker, pack: str, report: Callable[[str], None]) -> Outcome:
    """Bring the registry in line with a pack, in one transaction; what a person wrote stays.

    Nothing is written where nothing changed. Raises NotFound for no such pack.
    """
    require(asker, "load_pack")
    digest = intake.digest_of(pack)
    with reading(store.engine) as connection:
        held = connection.execute(select(tables.PACK.c.digest).where(tables.PACK.c.id == pack)).scalar()
    if held == digest:
        return Outcome(True, {}, {})
    report(N_("Reading the pack."))
    read = intake.pack_of(pack)
    rejects = dict(read.rejects)
    with _loading(store, asker) as session:
        report(N_("Storing places, organisations, figures and maps."))
        counts = {
            "pack": keep_rows(
                session, tables.PACK, [{"id": pack, "title": dict(read.title), "digest": digest}]
            ),
            "place": keep_rows(session, PLACE, place_rows(read.places)),
        }
        bodies = [*map(body_of, read.places), *read.organisations]
        counts["entity"], clashes = _keep_entities(session, bodies, pack)
        counts["indicator"] = keep_rows(
            session, tables.INDICATOR, [asdict(one) | {"pack": pack} for one in read.indicators.values()]
        )
        counts["value"] = _keep_values(session, read.observations, pack)
        if counts["entity"].moved or _lacks_maps(session, pack):
            counts["map"] = keep_rows(session, tables.REGION_MAP, _map_rows(store, pack))
        known = Known({place.adcode for place in read.places}, read.references)
        for upload in _uploads(pack):
            rejects[upload.name] = rejects.get(upload.name, ()) + clash_rejects(upload, known, clashes)
        rejects = {name: found for name, found in rejects.items() if found}
        _end(session, f"pack/{pack}", {}, Outcome(True, counts, rejects))
    return Outcome(True, counts, rejects)


def load_file(store: Store, asker: Asker, upload: Upload, *, strict: bool = False) -> Outcome:
    """Store the good rows of a person's table in one transaction; `strict` stores nothing if any is bad.

    Raises Invalid for a kind that is not known and for a file that is no such table.
    """
    require(asker, "load_pack")
    if upload.kind not in (*kinds(), VALUE_KIND):
        raise Invalid(
            N_("There is no kind {kind}."),
            advice=N_("The kinds are {known}."),
            kind=upload.kind,
            known=", ".join([*kinds(), VALUE_KIND]),
        )
    with _loading(store, asker) as session:
        adcodes = set(session.execute(select(PLACE.c.adcode)).scalars())
        known = Known(adcodes, {one.id: one for one in _publications(session.connection)})
        if upload.kind == VALUE_KIND:
            indicators = tables.indicators_in(session.connection)
            figures = intake.observations_of(upload.content, upload.name, indicators, known)
            counts = {"value": _keep_values(session, figures.rows, None)}
            rejects = figures.rejects
        else:
            found = intake.organisations_of(upload.content, upload.name, kinds()[upload.kind], known)
            counts = {}
            counts["entity"], clashes = _keep_entities(session, found.rows, None)
            rejects = found.rejects + clash_rejects(upload, known, clashes)
        outcome = Outcome(True, counts, {upload.name: rejects} if rejects else {})
        if strict and rejects:
            return Outcome(False, {}, outcome.rejects)
        _end(session, f"table/{upload.name}", {"kind": upload.kind}, outcome)
    return outcome


@contextmanager
def _loading(store: Store, asker: Asker) -> Iterator[Session]:
    """A transaction that loads, after every other load has ended."""
    with writing(store.engine, actor_of(asker)) as session:
        session.execute(select(func.set_config("lock_timeout", _LOCK_WAIT, True)))
        session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        yield session


def _end(session: Session, subject: str, detail: Mapping[str, str], outcome: Outcome) -> None:
    """Commit a load that moved something; one that did not is no deed."""
    if not any(tally.moved for tally in outcome.counts.values()):
        return
    moved = {name: [tally.added, tally.changed] for name, tally in outcome.counts.items() if tally.moved}
    rejects = sum(len(found) for found in outcome.rejects.values())
    session.record("load", subject, {**detail, "moved": moved, "rejects": rejects})
    session.commit()


def _keep_entities(
    session: Session, bodies: Sequence[Organisation], pack: str | None
) -> tuple[Tally, dict[str, Identifier]]:
    identifiers = (identifier for body in bodies for identifier in body.identifiers)
    good, clashes = distinct(bodies, tables.holders_of(session, identifiers))
    tally = tables.keep_entities(session, good, pack)
    if tally.moved:
        tables.keep_links(session, linking())
    return tally, clashes


def _keep_values(session: Session, observations: Sequence[Observation], pack: str | None) -> Tally:
    keep(session, (one.source for one in observations))
    return keep_rows(session, INDICATOR_VALUE, [value_row(one, pack) for one in observations])


def _lacks_maps(session: Session, pack: str) -> bool:
    drawn = select(tables.REGION_MAP.c.level).where(tables.REGION_MAP.c.pack == pack)
    return session.execute(drawn).first() is None


def _map_rows(store: Store, pack: str) -> list[dict[str, Any]]:
    """The maps of a pack, kept as files; none where it draws no provinces."""
    try:
        maps = {level: intake.map_of(pack, level) for level in _MAP_LEVELS}
    except NotFound:
        return []
    return [
        {"level": level, "pack": pack, "sha256": store.files.keep(content)} for level, content in maps.items()
    ]


def _uploads(pack: str) -> Iterator[Upload]:
    for name, kind in resources.definition(f"packs/{pack}/pack.yaml")["organisations"].items():
        yield Upload(name, resources.data(f"packs/{pack}/{name}"), kind)


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
    with reading(store.engine) as connection:
        return _page(connection, ENTITIES.where(*found_by(sought)), Entity, ("name", "id"), part)


def entity_rows(store: Store, asker: Asker, sought: Sought, turn: answers.Turn) -> tuple[list[Entity], int]:
    """Entities by a column of theirs from an offset, and how many there are in all."""
    require(asker, "see_published")
    query = ENTITIES.where(*found_by(sought))
    column = query.selected_columns[turn.sort or "name"]
    order = column.desc().nulls_last() if turn.descending else column.asc().nulls_last()
    counted = select(func.count()).select_from(ENTITY).where(*found_by(sought))
    with reading(store.engine) as connection:
        rows = connection.execute(query.order_by(order, ENTITY.c.id).offset(turn.offset).limit(turn.limit))
        return [Entity(**row) for row in rows.mappings()], connection.execute(counted).scalar_one()


def facets(store: Store, asker: Asker, sought: Sought) -> answers.Facets:
    """How many entities there are by kind, and by province or new area, each under the other choice."""
    require(asker, "see_published")
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
        .where(*found_by(replace(sought, adcodes=())))
        .group_by(top.c.adcode, tables.HOME.c.name)
        .order_by(top.c.adcode)
    )
    sampled = ENTITIES.where(*found_by(sought)).subquery()
    with reading(store.engine) as connection:
        places = tuple(Count(*row) for row in connection.execute(by_place))
        by_kind = _kind_counts(connection, found_by(replace(sought, kinds=())))
        samples = select(func.count()).select_from(sampled).where(sampled.c.tier == "sample")
        return answers.Facets(by_kind, places, connection.execute(samples).scalar_one())


def _kind_counts(connection: Connection, conditions: Sequence[ColumnElement[bool]]) -> tuple[Count, ...]:
    query = select(ENTITY.c.kind, func.count()).where(*conditions).group_by(ENTITY.c.kind)
    counted = {row[0]: row[1] for row in connection.execute(query)}
    return tuple(Count(kind, kind, counted[kind]) for kind in (*kinds(), PLACE_KIND) if kind in counted)


def entity_at(store: Store, asker: Asker, entity: int) -> answers.Card:
    """Everything that the registry knows of an entity; raises NotFound."""
    require(asker, "see_published")
    with reading(store.engine) as connection:
        row = connection.execute(ENTITIES.where(ENTITY.c.id == min(entity, _ID_MAX))).mappings().first()
        if row is None:
            raise NotFound(
                N_("There is no entity {id}."),
                advice=N_("Look for it by name on the page of organisations."),
                id=entity,
            )
        return tables.card_of(connection, Entity(**row))


def search(store: Store, asker: Asker, words: str) -> list[Entity]:
    """The entities that words find, the most alike first; where there are none, names that resemble."""
    require(asker, "see_published")
    asked = words.replace("\0", " ").strip()
    nearest = (func.similarity(ENTITY.c.name, asked).desc(), ENTITY.c.name, ENTITY.c.id)
    found = (ENTITIES.where(matches(ENTITY.c.search, asked)), ENTITIES.where(ENTITY.c.name.op("%")(asked)))
    with reading(store.engine) as connection:
        for query in found:
            rows = connection.execute(query.order_by(*nearest).limit(FOUND_MAX)).mappings().all()
            if rows:
                return [Entity(**row) for row in rows]
    return []


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
    with reading(store.engine) as connection:
        version = connection.execute(
            select(func.count(), func.max(ENTITY.c.changed_at)).select_from(ENTITY)
        ).one()
    index, numbers = _name_index(store, tuple(version))
    return tuple(
        answers.Meant(numbers[one.key], one.key, one.name, one.reason, one.distance)
        for one in candidates(index, name, adcode)
    )


@lru_cache(maxsize=1)
def _name_index(store: Store, _version: tuple[Any, ...]) -> tuple[NameIndex, dict[str, int]]:
    """The names of all organisations, and their numbers by key, as of a version of the registry."""
    with reading(store.engine) as connection:
        bodies = tables.bodies_in(connection)
        places = [place for pack in tables.packs_in(connection) for place in intake.places_of(pack)]
        index = name_index_of(bodies.values(), place_index_of(places))
    return index, {body.key: entity for entity, body in bodies.items()}


def publications(store: Store, asker: Asker) -> tuple[Reference, ...]:
    """What the loaded packs cite."""
    require(asker, "see_published")
    with reading(store.engine) as connection:
        return _publications(connection)


def _publications(connection: Connection) -> tuple[Reference, ...]:
    return tuple(one for pack in tables.packs_in(connection) for one in intake.references_of(pack).values())


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
