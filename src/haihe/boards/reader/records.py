"""The nouns of the reader: what a document is made of and what it says.

Every record is a span of the canonical text: `text[start:end] == quote`, counted in code points.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

BlockKind = Literal["article", "heading", "paragraph"]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the text and its exact words."""

    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Block(Span):
    """A part of the layout: level 0 is an article, 1 a title or chapter, deeper levels its parts."""

    kind: BlockKind
    level: int


@dataclass(frozen=True, slots=True)
class Measure(Span):
    """An item of an enumeration (一是 …, （三） …), from its marker to the end of its own text.

    `parent` is the index of the measure that holds its list, `listing` that of its list in the reading;
    a measure without a marker (在……方面) has None for `marker`.
    """

    ordinal: int
    level: int
    marker: str | None
    title: Span
    listing: int
    parent: int | None


@dataclass(frozen=True, slots=True)
class MeasureList(Span):
    """One numbered list: `lead` is the sentence or heading that announces it, `measures` are in order."""

    lead: Span | None
    level: int
    parent: int | None
    measures: tuple[Measure, ...]


@dataclass(frozen=True, slots=True)
class Figure(Span):
    """A number that counts, measures or ranks something.

    `value` and `unit` are as written (502 亿元), `normalized_value` and `normalized_unit` in the plain unit
    (50,200,000,000 CNY; a percentage is a ratio; 百分点 stay percentage points). An industry mix such as
    6.2∶35.7∶58.1 has a tuple. `period` is the time named before it, in ISO style.
    """

    value: Decimal | tuple[Decimal, ...]
    unit: str | None
    normalized_value: Decimal | tuple[Decimal, ...]
    normalized_unit: str | None
    quantity: str
    qualifier: str | None = None
    change: str | None = None
    subject: str | None = None
    period: str | None = None


@dataclass(frozen=True, slots=True)
class DateMention(Span):
    """A day, month, quarter, year or plan period; `iso` is None where the text leaves the year open.

    `iso` follows ISO 8601 for days, months and intervals, and 2023-Q1, 2023-H1 for quarters and halves.
    """

    iso: str | None
    precision: str


@dataclass(frozen=True, slots=True)
class PlaceMention(Span):
    """A named place.

    `adcode` is its code in GB/T 2260, `unit` the registry's (雄安新区 has only the latter); `members` are
    the codes of the units that a region is made of.
    """

    name: str
    type: str
    adcode: str | None = None
    unit: str | None = None
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was found in one text, each kind in the order of the text."""

    blocks: tuple[Block, ...]
    lists: tuple[MeasureList, ...]
    measures: tuple[Measure, ...]
    figures: tuple[Figure, ...]
    dates: tuple[DateMention, ...]
    places: tuple[PlaceMention, ...]


class Unit(NamedTuple):
    """An administrative unit as the registry names it; `level` is province, city or county."""

    adcode: str
    name: str
    level: str
    parent: str | None


class Alias(NamedTuple):
    """Another name of a unit, or a region that is no unit, with the codes of its members."""

    name: str
    canonical: str
    type: str
    adcode: str | None = None
    unit: str | None = None
    members: tuple[str, ...] = ()


_KINDS = {Measure: "task", MeasureList: "list", Figure: "figure", DateMention: "date", PlaceMention: "place"}
_SPAN = ("start", "end", "quote")


def row_of(record: Span) -> dict[str, object]:
    """A record as the flat row that `--json` prints: kind, start, end, quote and its own fields.

    >>> row_of(DateMention(0, 2, "今年", "2023", "year"))["iso"]
    '2023'
    """
    kind = record.kind if isinstance(record, Block) else _KINDS[type(record)]
    row: dict[str, object] = {"kind": kind} | {name: getattr(record, name) for name in _SPAN}
    for field in fields(record):
        if field.name not in row:
            row[field.name] = _plain(getattr(record, field.name))
    if isinstance(record, MeasureList):
        row["measures"] = [[measure.start, measure.end] for measure in record.measures]
    return row


def _plain(value: object) -> object:
    """A value as JSON knows it; a span is its words."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value.quote if is_dataclass(value) and isinstance(value, Span) else value
