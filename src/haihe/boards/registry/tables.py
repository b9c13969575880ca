"""The registry as rows: places, entities with their names, codes and links, indicators and their values.

A place is an entity too: its row in `place` holds what only places have, and its entity has the key
`adcode:` and the adcode. A row without a pack was written by a person, and no pack overwrites it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import fields, replace

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
    Table,
    Text,
    and_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

from haihe.boards.registry.answers import Sought
from haihe.boards.registry.records import Identifier, Indicator, Name, Organisation
from haihe.boards.registry.states import PLACE_KIND
from haihe.boards.registry.validity import Validity
from haihe.kit.source import Source
from haihe.store.schema import metadata
from haihe.store.search import among
from haihe.store.sources import SOURCE

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
    Column("since", Text),
    Column("until", Text),
    Column("source_id", Text, ForeignKey(SOURCE.c.id), nullable=False),
    Column("pack", Text, ForeignKey(PACK.c.id)),
    CheckConstraint("kind IN ('short', 'former', 'english')", name="kind"),
)

ENTITY_VALUE = Table(
    "entity_value",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("entity_id", BigInteger, ForeignKey(ENTITY.c.id, ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("value", JSONB, nullable=False),
    Column("since", Text),
    Column("until", Text),
    Column("source_id", Text, ForeignKey(SOURCE.c.id), nullable=False),
    Column("pack", Text, ForeignKey(PACK.c.id)),
    Index(
        "ix_entity_value_stated",
        "entity_id",
        "name",
        "since",
        "until",
        "source_id",
        unique=True,
        postgresql_nulls_not_distinct=True,
    ),
)
"""Values of properties with their dates, beside the one that the entity's own row states."""

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
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("from_id", BigInteger, ForeignKey(ENTITY.c.id, ondelete="CASCADE"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("to_id", BigInteger, ForeignKey(ENTITY.c.id, ondelete="CASCADE"), nullable=False, index=True),
    Column("since", Text),
    Column("until", Text),
    Column("note", Text),
    Column("source_id", Text, ForeignKey(SOURCE.c.id), nullable=False),
    Column("pack", Text, ForeignKey(PACK.c.id)),
    Column("by_property", Boolean, nullable=False),
    Index(
        "ix_link_stated",
        "from_id",
        "kind",
        "to_id",
        "since",
        "source_id",
        unique=True,
        postgresql_nulls_not_distinct=True,
    ),
)
"""Ties as sources state them: by a property of the first end (`by_property`), or by a row of a table."""

JOINED = Table(
    "joined",
    metadata,
    Column("entity_id", BigInteger, ForeignKey(ENTITY.c.id, ondelete="CASCADE"), primary_key=True),
    Column("head_id", BigInteger, ForeignKey(ENTITY.c.id, ondelete="CASCADE"), nullable=False, index=True),
    CheckConstraint("head_id < entity_id", name="order"),
)
"""Entities that judgements join to another one, the head, and that stand nowhere by themselves."""

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


STANDS: ColumnElement[bool] = ENTITY.c.id.not_in(select(JOINED.c.entity_id))
"""Whether an entity stands by itself and is not joined to another one."""


def found_by(sought: Sought) -> list[ColumnElement[bool]]:
    """The conditions that entities must meet in kind and place; that of words is `search_tables.called`."""
    inside = select(PLACE.c.adcode).where(PLACE.c.within.overlap(list(sought.adcodes)))
    conditions = {
        ENTITY.c.kind.in_(sought.kinds): sought.kinds,
        ENTITY.c.adcode.in_(inside): sought.adcodes,
    }
    return [STANDS, *(condition for condition, asked in conditions.items() if asked)]


def packs_in(connection: Connection) -> list[str]:
    """The packs that have been loaded."""
    return list(connection.execute(select(PACK.c.id).order_by(PACK.c.id)).scalars())


def indicators_in(connection: Connection) -> dict[str, Indicator]:
    """Every indicator by its id, in that order."""
    columns = (INDICATOR.c[field.name] for field in fields(Indicator))
    rows = connection.execute(select(*columns).order_by(INDICATOR.c.id))
    return {row.id: Indicator(*row) for row in rows}


def bodies_in(connection: Connection, entities: Collection[int] | None = None) -> dict[int, Organisation]:
    """Every organisation, or some, by number, its key as its first identifier and without its properties."""

    def wanted(column: ColumnElement[int]) -> ColumnElement[bool]:
        return true() if entities is None else among(column, entities)

    names: defaultdict[int, list[Name]] = defaultdict(list)
    for row in connection.execute(select(ENTITY_NAME).where(wanted(ENTITY_NAME.c.entity_id))):
        names[row.entity_id].append(Name(row.text, row.kind, Validity(row.since, row.until)))
    codes: defaultdict[int, list[Identifier]] = defaultdict(list)
    held = select(IDENTIFIER).where(wanted(IDENTIFIER.c.entity_id))
    for row in connection.execute(held.order_by(IDENTIFIER.c.scheme, IDENTIFIER.c.value)):
        codes[row.entity_id].append(Identifier(row.scheme, row.value))
    columns = [SOURCE.c[field.name].label(f"source_{field.name}") for field in fields(Source)]
    query = select(ENTITY, *columns).join(SOURCE, SOURCE.c.id == ENTITY.c.source_id)
    found: dict[int, Organisation] = {}
    query = query.where(ENTITY.c.kind != PLACE_KIND, wanted(ENTITY.c.id)).order_by(ENTITY.c.id)
    for one in connection.execute(query).mappings():
        source = Source(**{field.name: one[f"source_{field.name}"] for field in fields(Source)})
        key, others = Identifier(*one["key"].split(":", 1)), tuple(names[one["id"]])
        known = (key, *(other for other in codes[one["id"]] if other != key))
        found[one["id"]] = Organisation(one["kind"], one["name"], known, source, one["adcode"], others)
    return found


def united_in(connection: Connection, entities: Collection[int] | None = None) -> dict[int, Organisation]:
    """As `bodies_in`, those that are joined to another one under its key; `entities` are heads."""
    joined = select(JOINED)
    if entities is not None:
        joined = joined.where(among(JOINED.c.head_id, entities))
    heads = {row.entity_id: row.head_id for row in connection.execute(joined)}
    bodies = bodies_in(connection, None if entities is None else {*entities, *heads})
    return {
        number: replace(body, identifiers=bodies[heads.get(number, number)].identifiers)
        for number, body in bodies.items()
    }
