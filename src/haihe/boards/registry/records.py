"""The nouns of the registry: places, organisations, and the figures of a region pack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Generic, Literal, TypeVar

from haihe.boards.registry.validity import UNKNOWN, Validity
from haihe.kit.errors import Reject
from haihe.kit.source import Source, Tier

Level = Literal["region", "province", "city", "new_area", "county"]
NameKind = Literal["short", "former", "english"]
Value = str | float
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Place:
    """An administrative unit (行政区划), or the region or new area (新区) that a pack draws from such units.

    `adcode` has six digits (GB/T 2260; a pack may add codes of its own); `parent` is the adcode above it;
    `lon` and `lat` are degrees of CGCS2000 of a point inside it; `approximate` says that its shape and its
    figures are put together from other units.
    """

    adcode: str
    name: str
    level: Level
    parent: str | None
    source: Source
    lon: float | None = None
    lat: float | None = None
    area_km2: float | None = None
    approximate: bool = False
    members: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Name:
    """Another name of an organisation, and when it was: a short (简称), former (曾用名) or English one.

    Where `source` is None its source is that of the organisation.
    """

    text: str
    kind: NameKind
    validity: Validity = UNKNOWN
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Identifier:
    """A code that a register gave to an organisation, such as `moe` 4111010001 or `stock` 600000.SH."""

    scheme: str
    value: str

    @property
    def key(self) -> str:
        """The scheme and the value as one word.

        >>> Identifier("moe", "4111010001").key
        'moe:4111010001'
        """
        return f"{self.scheme}:{self.value}"


@dataclass(frozen=True, slots=True)
class Organisation:
    """A body that can act or answer: a firm, a university, a unit of government (单位), a park (园区).

    `kind` names a definition in `schema/`; `adcode` is its place; `properties` are those of its kind.
    """

    kind: str
    name: str
    identifiers: tuple[Identifier, ...]
    source: Source
    adcode: str | None = None
    names: tuple[Name, ...] = ()
    properties: Mapping[str, Value] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The first identifier: equal keys are one entity, however often it is loaded."""
        return self.identifiers[0].key


@dataclass(frozen=True, slots=True)
class DatedValue:
    """A value of an entity and when it held: `name` is a property or a kind of name."""

    entity: Identifier
    name: str
    value: Value
    source: Source
    validity: Validity = UNKNOWN


@dataclass(frozen=True, slots=True)
class Tie:
    """What ties two entities, from when until when: `kind` names a definition in `schema/links.yaml`."""

    kind: str
    start: Identifier
    end: Identifier
    source: Source
    validity: Validity = UNKNOWN
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """A publication that a pack cites: one entry of `sources.yaml`.

    `via` is the copy that was read where it was not the publisher's own; `read_on` the day of reading.
    """

    id: str
    title: str
    tier: Tier
    publisher: str | None = None
    url: str | None = None
    via: str | None = None
    read_on: date | None = None
    licence: str | None = None
    sha256: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Indicator:
    """A series of figures with one definition; two definitions are two indicators and are never joined.

    `label`, `definition` and `unit` are words by language; `direction` says which way is better, None where
    neither is.
    """

    id: str
    label: Mapping[str, str]
    unit: Mapping[str, str]
    definition: Mapping[str, str]
    direction: Literal["up", "down"] | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """A figure of an indicator for a place and a period (`2023`, `2023Q1` or `2023-06`)."""

    indicator: str
    adcode: str
    period: str
    value: Decimal
    source: Source


@dataclass(frozen=True, slots=True)
class Loaded(Generic[Row]):
    """What came out of one file: the good rows, and the bad ones with their reasons."""

    rows: tuple[Row, ...]
    rejects: tuple[Reject, ...]


@dataclass(frozen=True, slots=True)
class Pack:
    """The data of one region, read and checked: `title` is words by language; `rejects` are by file name."""

    id: str
    title: Mapping[str, str]
    references: Mapping[str, Reference]
    places: tuple[Place, ...]
    organisations: tuple[Organisation, ...]
    indicators: Mapping[str, Indicator]
    observations: tuple[Observation, ...]
    rejects: Mapping[str, tuple[Reject, ...]]
    values: tuple[DatedValue, ...] = ()
    ties: tuple[Tie, ...] = ()
