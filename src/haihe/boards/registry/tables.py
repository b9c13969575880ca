"""The registry as rows: places, entities with their names, codes and links, indicators and their values.

A place is an entity too: its row in `place` holds what only places have, and its entity has the key
`adcode:` and the adcode. A row without a pack was written by a person, and no pack overwrites it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Index,
    Numeric,
    Select,
    Table,
    Text,
    and_,
    delete,
    insert,
    literal,
    select,
    tuple_,
    type_coerce,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR, array

from haihe.boards.registry.answers import Card, Entity, Fact, Link, Sought, Tally
from haihe.boards.registry.records import Identifier, Indicator, Name, Organisation
from haihe.boards.registry.states import PLACE_KIND, State, after, state_of, words_of
from haihe.kit.source import Source
from haihe.store.schema import metadata
from haihe.store.search import matches, vector
from haihe.store.session import Session
from haihe.store.sources import SOURCE, keep

CHUNK_ROWS = 500

PACK = Table(
    "pack",
    metadata,
    Column("id", Text, primary_key=True),
    Column("title", JSONB, nullable=False),
    Column("digest", Text, nullable=False),
)

PLACE = Table(
    "place",
    metadata,
    Column("adcode", Text, primary_key=True),
    Column("level", Text, nullable=False),
    Column("parent", Text, ForeignKey("place.adcode"), index=True),
    Column("within", ARRAY(Text), nullable=False),
    Column("members", ARRAY(Text), nullable=False),
    Column("lon", Float),
    Column("lat", Float),
    Column("area_km2", Float),
    Column("approximate", Boolean, nullable=False),
    CheckConstraint("level IN ('region', 'province', 'city', 'new_area', 'county')", name="level"),
    Index("ix_place_within", "within", postgresql_using="gin"),
)
"""`within` is the place itself and every place that it lies in, unions such as a new area included."""

ENTITY = Table(
    "entity",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("adcode", Text, ForeignKey(PLACE.c.adcode)),
    Column("properties", JSONB, nullable=False),
    Column("sources", JSONB, nullable=False),
    Column("source_id", Text, ForeignKey(SOURCE.c.id), nullable=False),
    Column("pack", Text, ForeignKey(PACK.c.id)),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("search", TSVECTOR, nullable=False),
    Index("ix_entity_search", "search", postgresql_using="gin"),
    Index("ix_entity_name", "name", postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}),
    Index("ix_entity_kind_name_id", "kind", "name", "id"),
    Index("ix_entity_adcode_kind", "adcode", "kind"),
)
"""`sources` names, by column or property, the source of what is left of an earlier row."""

ENTITY_NAME = Table(
    "entity_name",
    metadata,
    Column("entity_id", BigInteger, ForeignKey(ENTITY.c.id, ondelete="CASCADE"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("text", Text, primary_key=True),
    Column("source_id", Text, ForeignKey(SOURCE.c.id), nullable=False),
    CheckConstraint("kind IN ('short', 'former', 'english')", name="kind"),
)

IDENTIFIER = Table(
    "identifier",
    metadata,
    Column("scheme", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("entity_id", BigInteger, ForeignKey(ENTITY.c.id, ondelete="CASCADE"), nullable=False, index=True),
    Column("source_id", Text, ForeignKey(SOURCE.c.id), nullable=False),
)

LINK = Table(
    "link",
    metadata,
    Column("from_id", BigInteger, ForeignKey(ENTITY.c.id, ondelete="CASCADE"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("to_id", BigInteger, ForeignKey(ENTITY.c.id, ondelete="CASCADE"), primary_key=True, index=True),
    Column("source_id", Text, ForeignKey(SOURCE.c.id), nullable=False),
)

INDICATOR = Table(
    "indicator",
    metadata,
    Column("id", Text, primary_key=True),
    Column("label", JSONB, nullable=False),
    Column("unit", JSONB, nullable=False),
    Column("definition", JSONB, nullable=False),
    Column("direction", Text),
    Column("pack", Text, ForeignKey(PACK.c.id)),
    CheckConstraint("direction IN ('up', 'down')", name="direction"),
)

INDICATOR_VALUE = Table(
    "indicator_value",
    metadata,
    Column("indicator", Text, ForeignKey(INDICATOR.c.id), primary_key=True),
    Column("adcode", Text, ForeignKey(PLACE.c.adcode), primary_key=True, index=True),
    Column("period", Text, primary_key=True),
    Column("value", Numeric, nullable=False),
    Column("source_id", Text, ForeignKey(SOURCE.c.id), nullable=False),
    Column("pack", Text, ForeignKey(PACK.c.id)),
)

REGION_MAP = Table(
    "region_map",
    metadata,
    Column("level", Text, primary_key=True),
    Column("pack", Text, ForeignKey(PACK.c.id), nullable=False),
    Column("sha256", Text, nullable=False),
)


def keep_rows(session: Session, table: Table, wanted: Sequence[Mapping[str, Any]]) -> Tally:
    """Insert or update rows by the table's primary key, leaving a person's row alone where a pack writes."""
    key = list(table.primary_key.columns)
    added = changed = 0
    for start in range(0, len(wanted), CHUNK_ROWS):
        rows = {tuple(row[column.name] for column in key): row for row in wanted[start : start + CHUNK_ROWS]}
        found = session.execute(select(table).where(tuple_(*key).in_(rows))).mappings()
        held = {tuple(row[column.name] for column in key): dict(row) for row in found}
        fresh = [row for name, row in rows.items() if name not in held]
        if fresh:
            session.execute(insert(table), fresh)
        stale = [row for name, row in rows.items() if name in held and _differs(held[name], row)]
        for row in stale:
            session.execute(update(table).where(*(column == row[column.name] for column in key)).values(row))
        added, changed = added + len(fresh), changed + len(stale)
    return Tally(added, changed, len(wanted) - added - changed)


def _differs(held: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    if wanted.get("pack") and held.get("pack", "") is None:
        return False
    return any(held[name] != value for name, value in wanted.items())


def holders_of(session: Session, identifiers: Iterable[Identifier]) -> dict[Identifier, int]:
    """The entities that hold identifiers; one that nobody holds is left out."""
    asked = sorted({(identifier.scheme, identifier.value) for identifier in identifiers})
    found = dict[Identifier, int]()
    for start in range(0, len(asked), CHUNK_ROWS):
        pair = tuple_(IDENTIFIER.c.scheme, IDENTIFIER.c.value)
        rows = session.execute(select(IDENTIFIER).where(pair.in_(asked[start : start + CHUNK_ROWS])))
        found |= {Identifier(row.scheme, row.value): row.entity_id for row in rows}
    return found


def keep_entities(session: Session, bodies: Sequence[Organisation], pack: str | None) -> Tally:
    """Store entities for a pack, or for a person where it is None; whoever holds an identifier is the entity.

    `states.after` says what becomes of one that is there. No two bodies may share an identifier.
    """
    chunks = (bodies[start : start + CHUNK_ROWS] for start in range(0, len(bodies), CHUNK_ROWS))
    return sum((_keep_chunk(session, chunk, pack) for chunk in chunks), Tally())


def _keep_chunk(session: Session, bodies: Sequence[Organisation], pack: str | None) -> Tally:
    holders = holders_of(session, (identifier for body in bodies for identifier in body.identifiers))
    held = _held(session, set(holders.values()))
    fresh: dict[str, State] = {}
    changed: dict[int, State] = {}
    sources: list[Source] = []
    for body in bodies:
        entity = next((holders[one] for one in body.identifiers if one in holders), None)
        if entity is None:
            fresh[body.key] = state_of(body, pack)
        elif (now := after(held[entity], state_of(body, pack))) is not held[entity]:
            changed[entity] = now
        else:
            continue
        sources.append(body.source)
    if sources:
        keep(session, sources)
        _put(session, fresh, changed)
    return Tally(len(fresh), len(changed), len(bodies) - len(sources))


def _held(session: Session, entities: set[int]) -> dict[int, State]:
    """The entities with these numbers as they are stored."""
    names = {entity: dict[tuple[str, str], str]() for entity in entities}
    for row in session.execute(select(ENTITY_NAME).where(ENTITY_NAME.c.entity_id.in_(entities))):
        names[row.entity_id][row.kind, row.text] = row.source_id
    identifiers: dict[int, dict[Identifier, str]] = {entity: {} for entity in entities}
    for row in session.execute(select(IDENTIFIER).where(IDENTIFIER.c.entity_id.in_(entities))):
        identifiers[row.entity_id][Identifier(row.scheme, row.value)] = row.source_id
    rows = session.execute(select(ENTITY).where(ENTITY.c.id.in_(entities))).mappings()
    return {row["id"]: State(dict(row), names[row["id"]], identifiers[row["id"]]) for row in rows}


def _put(session: Session, fresh: Mapping[str, State], changed: Mapping[int, State]) -> None:
    named = select(ENTITY.c.adcode, ENTITY.c.name).where(ENTITY.c.kind == PLACE_KIND)
    places = {row.adcode: row.name for row in session.execute(named)}

    def row(state: State) -> dict[str, Any]:
        words = words_of(state, places.get(state.columns["adcode"], ""))
        return {**state.columns, "changed_at": session.actor.at, "search": vector(words)}

    if fresh:
        rows = [row(state) | {"key": key} for key, state in fresh.items()]
        made = session.execute(insert(ENTITY).values(rows).returning(ENTITY.c.id, ENTITY.c.key))
        _put_parts(session, {one.id: fresh[one.key] for one in made})
    for entity, now in changed.items():
        session.execute(update(ENTITY).where(ENTITY.c.id == entity).values(row(now)))
        session.execute(delete(ENTITY_NAME).where(ENTITY_NAME.c.entity_id == entity))
        session.execute(delete(IDENTIFIER).where(IDENTIFIER.c.entity_id == entity))
    _put_parts(session, changed)


def _put_parts(session: Session, states: Mapping[int, State]) -> None:
    names = [
        {"entity_id": entity, "kind": kind, "text": text, "source_id": source}
        for entity, state in states.items()
        for (kind, text), source in state.names.items()
    ]
    identifiers = [
        {"entity_id": entity, "scheme": one.scheme, "value": one.value, "source_id": source}
        for entity, state in states.items()
        for one, source in state.identifiers.items()
    ]
    for part, rows in ((ENTITY_NAME, names), (IDENTIFIER, identifiers)):
        if rows:
            session.execute(insert(part), rows)


def keep_links(session: Session, kinds: Sequence[str]) -> None:
    """Bring links in line with the properties of these names, each a list of identifiers parted by ;.

    A link to an entity that is not there yet is made by the load that brings it.
    """
    query = select(ENTITY.c.id, ENTITY.c.properties, ENTITY.c.sources, ENTITY.c.source_id).where(
        ENTITY.c.properties.has_any(array(kinds))
    )
    stated: dict[tuple[int, str, Identifier], str] = {}
    for row in session.execute(query):
        for kind in row.properties.keys() & kinds:
            for key in row.properties[kind].split(";"):
                scheme, _, value = key.partition(":")
                source = row.sources.get(kind, row.source_id)
                stated[row.id, kind, Identifier(scheme, value)] = source
    holders = holders_of(session, (identifier for _, _, identifier in stated))
    wanted = {
        (entity, kind, holders[identifier]): source
        for (entity, kind, identifier), source in stated.items()
        if identifier in holders
    }
    held = {(row.from_id, row.kind, row.to_id): row.source_id for row in session.execute(select(LINK))}
    gone = [link for link, source in held.items() if wanted.get(link) != source]
    if gone:
        session.execute(delete(LINK).where(tuple_(LINK.c.from_id, LINK.c.kind, LINK.c.to_id).in_(gone)))
    rows = [
        {"from_id": link[0], "kind": link[1], "to_id": link[2], "source_id": source}
        for link, source in wanted.items()
        if held.get(link) != source
    ]
    if rows:
        session.execute(insert(LINK), rows)


HOME = ENTITY.alias("home")
"""The entity of the place that an entity lies in."""

ENTITIES = (
    select(
        *(ENTITY.c[name] for name in ("id", "key", "kind", "name", "adcode", "source_id")),
        HOME.c.name.label("place"),
        SOURCE.c.tier,
    )
    .join(SOURCE, SOURCE.c.id == ENTITY.c.source_id)
    .outerjoin(HOME, and_(HOME.c.kind == PLACE_KIND, HOME.c.adcode == ENTITY.c.adcode))
)
"""Rows of `answers.Entity`."""

PLACES = select(
    *(ENTITY.c[name] for name in ("id", "name", "source_id")),
    *(PLACE.c[name] for name in ("adcode", "level", "parent", "lon", "lat", "area_km2", "approximate")),
).join(ENTITY, and_(ENTITY.c.kind == PLACE_KIND, ENTITY.c.adcode == PLACE.c.adcode))
"""Rows of `answers.PlaceEntity`."""

FIGURES = (
    select(
        *(INDICATOR_VALUE.c[name] for name in ("indicator", "adcode", "period", "source_id")),
        type_coerce(INDICATOR_VALUE.c.value, Numeric(asdecimal=False)).label("value"),
        HOME.c.name.label("place"),
        SOURCE.c.tier,
    )
    .join(SOURCE, SOURCE.c.id == INDICATOR_VALUE.c.source_id)
    .join(HOME, and_(HOME.c.kind == PLACE_KIND, HOME.c.adcode == INDICATOR_VALUE.c.adcode))
)
"""Rows of `answers.Figure`."""


def found_by(sought: Sought) -> list[ColumnElement[bool]]:
    """The conditions that entities must meet."""
    inside = select(PLACE.c.adcode).where(PLACE.c.within.overlap(list(sought.adcodes)))
    conditions = {
        ENTITY.c.kind.in_(sought.kinds): sought.kinds,
        ENTITY.c.adcode.in_(inside): sought.adcodes,
        matches(ENTITY.c.search, sought.words): sought.words,
    }
    return [condition for condition, asked in conditions.items() if asked]


def packs_in(connection: Connection) -> list[str]:
    """The packs that have been loaded."""
    return list(connection.execute(select(PACK.c.id).order_by(PACK.c.id)).scalars())


def indicators_in(connection: Connection) -> dict[str, Indicator]:
    """Every indicator by its id, in that order."""
    columns = (INDICATOR.c[field.name] for field in fields(Indicator))
    rows = connection.execute(select(*columns).order_by(INDICATOR.c.id))
    return {row.id: Indicator(*row) for row in rows}


def bodies_in(connection: Connection) -> dict[int, Organisation]:
    """Every organisation by its number, with its key as its one identifier and without its properties."""
    names: defaultdict[int, list[Name]] = defaultdict(list)
    for row in connection.execute(select(ENTITY_NAME)):
        names[row.entity_id].append(Name(row.text, row.kind))
    columns = [SOURCE.c[field.name].label(f"source_{field.name}") for field in fields(Source)]
    query = select(ENTITY, *columns).join(SOURCE, SOURCE.c.id == ENTITY.c.source_id)
    found: dict[int, Organisation] = {}
    for one in connection.execute(query.where(ENTITY.c.kind != PLACE_KIND)).mappings():
        source = Source(**{field.name: one[f"source_{field.name}"] for field in fields(Source)})
        key, others = Identifier(*one["key"].split(":", 1)), tuple(names[one["id"]])
        found[one["id"]] = Organisation(one["kind"], one["name"], (key,), source, one["adcode"], others)
    return found


def card_of(connection: Connection, entity: Entity) -> Card:
    """Everything that is stored of an entity."""
    held = connection.execute(select(ENTITY).where(ENTITY.c.id == entity.id)).one()

    def facts(table: Table, name: str, value: str) -> tuple[Fact, ...]:
        query = select(table.c[name], table.c[value], table.c.source_id).where(table.c.entity_id == held.id)
        return tuple(Fact(*row) for row in connection.execute(query.order_by(*query.selected_columns)))

    def links(mine: str, other: str) -> Select[Any]:
        columns = (LINK.c.kind, literal(mine == "from_id"), ENTITY.c.id, ENTITY.c.name, LINK.c.source_id)
        return select(*columns).join(ENTITY, ENTITY.c.id == LINK.c[other]).where(LINK.c[mine] == held.id)

    ties = union_all(links("from_id", "to_id"), links("to_id", "from_id"))
    return Card(
        entity,
        held.sources.get("adcode", held.source_id),
        facts(ENTITY_NAME, "kind", "text"),
        facts(IDENTIFIER, "scheme", "value"),
        tuple(
            Fact(name, value, held.sources.get(name, held.source_id))
            for name, value in held.properties.items()
        ),
        tuple(Link(*row) for row in connection.execute(ties.order_by("kind", "name", "id"))),
        held.changed_at,
    )
