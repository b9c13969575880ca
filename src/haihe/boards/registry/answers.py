"""What the registry answers: entities, places and figures as a page or a program sees them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from haihe.boards.registry.records import Level, Value
from haihe.kit.errors import Reject
from haihe.kit.limits import PAGE_ROWS_DEFAULT
from haihe.kit.source import Tier


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows a load added, changed and left as they were."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.added + other.added, self.changed + other.changed, self.unchanged + other.unchanged)

    @property
    def moved(self) -> int:
        """How many rows are not as they were."""
        return self.added + self.changed


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a load did: whether anything was stored, the rows by table, and the bad rows by file."""

    stored: bool
    counts: Mapping[str, Tally]
    rejects: Mapping[str, tuple[Reject, ...]]


@dataclass(frozen=True, slots=True)
class Upload:
    """A table that somebody hands in: its file name, its bytes, and a kind of organisation or `value`."""

    name: str
    content: bytes
    kind: str


@dataclass(frozen=True, slots=True)
class Sought:
    """Which entities are asked for: of these kinds, in these places or below them, found by these words."""

    kinds: tuple[str, ...] = ()
    adcodes: tuple[str, ...] = ()
    words: str = ""


def sought_of(kinds: Iterable[str], adcodes: Iterable[str]) -> Sought:
    """What an address asks for; what can be neither a kind nor an adcode is passed over.

    >>> sought_of(["company", "*"], ["120000", "x"])
    Sought(kinds=('company',), adcodes=('120000',), words='')
    """
    return Sought(
        tuple(kind for kind in kinds if kind.isascii() and kind.isalpha()),
        tuple(adcode for adcode in adcodes if adcode.isascii() and adcode.isdigit()),
    )


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a list: at most `limit` rows after the one that the cursor names."""

    limit: int = PAGE_ROWS_DEFAULT
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A page of a table: `limit` rows from the `offset`-th by a column."""

    offset: int
    limit: int
    sort: str | None = None
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Entity:
    """An organisation or a place in a list; `place` is the name of the place it lies in."""

    id: int
    key: str
    kind: str
    name: str
    adcode: str | None
    place: str | None
    tier: Tier
    source_id: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A value of an entity with its source: `name` is a property, a kind of name or a scheme of codes.

    `since` and `until` say when it held, as `validity.Validity`.
    """

    name: str
    value: Value
    source_id: str
    since: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """From when until when a source says that something held."""

    since: str | None
    until: str | None
    source_id: str


@dataclass(frozen=True, slots=True)
class Link:
    """A tie to another entity: `kind` names it, and this entity is its first end where `outward`.

    `since` and `until` say when it holds; `added_by` and `ended_by` are the edits that somebody made to it,
    `end_source_id` is the source of the end; `others` are the dates that other sources give.
    """

    kind: str
    outward: bool
    id: int
    name: str
    source_id: str
    since: str | None = None
    until: str | None = None
    note: str | None = None
    added_by: int | None = None
    ended_by: int | None = None
    end_source_id: str | None = None
    others: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """Values that cannot all be right, the chosen one first, and why it was chosen."""

    name: str
    facts: tuple[Fact, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Card:
    """Everything that the registry knows of an entity; `place_source_id` is the source of its place.

    `joined` are the entities that judgements joined to it: what they state stands here too, and `choices`
    are the values that differ between them. `earlier` are values that held before those in `properties`.
    """

    entity: Entity
    place_source_id: str
    names: tuple[Fact, ...]
    identifiers: tuple[Fact, ...]
    properties: tuple[Fact, ...]
    links: tuple[Link, ...]
    changed_at: datetime
    joined: tuple[Entity, ...] = ()
    choices: tuple[Choice, ...] = ()
    earlier: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Count:
    """How many entities have a code: a kind, or the adcode of a place with its name."""

    code: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """Counts by kind and by jurisdiction, each under the other's choice; how many chosen are samples."""

    kinds: tuple[Count, ...]
    places: tuple[Count, ...]
    samples: int


@dataclass(frozen=True, slots=True)
class PlaceEntity:
    """A place with the number of its entity; lon and lat are degrees of CGCS2000 of a point inside it."""

    id: int
    adcode: str
    name: str
    level: Level
    parent: str | None
    lon: float | None
    lat: float | None
    area_km2: float | None
    approximate: bool
    source_id: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A value of an indicator with its source, at a place and a period (`2023`, `2023Q1` or `2023-06`)."""

    indicator: str
    adcode: str
    place: str
    period: str
    value: float
    tier: Tier
    source_id: str


@dataclass(frozen=True, slots=True)
class PlaceCard:
    """A place, those above it from the top, those right under it, its figures, its organisations by kind."""

    place: PlaceEntity
    above: tuple[PlaceEntity, ...]
    children: tuple[PlaceEntity, ...]
    figures: tuple[Figure, ...]
    organisations: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class Meant:
    """An entity that a name may mean, how sure that is, and why, as `names.Candidate`.

    `facts` fill what the reasons leave open.
    """

    id: int
    key: str
    name: str
    reasons: tuple[str, ...]
    distance: int
    score: float
    facts: Mapping[str, str] = field(default_factory=dict)
