"""The nouns of the reader: what a document is made of and what it says.

Every record is a span of the canonical text: `text[start:end] == quote`, counted in code points.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, is_dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

BlockKind = Literal["article", "heading", "paragraph"]
DefectKind = Literal["line_break", "column_break", "seam_duplicate", "standfirst", "caption", "deck"]
DueSource = Literal["bracket", "sentence", "cell"]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the text and its exact words."""

    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Mention(Span):
    """A fact; one of a standfirst tells in `repeats` where the same fact stands in the body."""

    repeats: int | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class Defect(Span):
    """A stretch that layout damaged, and how it was repaired for reading: what of it was left out."""

    defect: DefectKind
    left_out: tuple[tuple[int, int], ...]
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Cell(Span):
    """A cell of a table; `row` and `column` count from 0, a merged one stands at its first place only.

    `rows` and `columns` tell over how many it reaches. An empty cell has an empty quote.
    """

    row: int
    column: int
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True, slots=True)
class Grid(Span):
    """A table of the text: its cells in order, and how many rows from the top are its header (0: none)."""

    cells: tuple[Cell, ...]
    header: int
    sheet: str | None = None


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
class Figure(Mention):
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
class DateMention(Mention):
    """A day, month, quarter, year or plan period; `iso` is None where the text leaves the year open.

    `iso` follows ISO 8601 for days, months and intervals, and 2023-Q1, 2023-H1 for quarters and halves.
    """

    iso: str | None
    precision: str


@dataclass(frozen=True, slots=True)
class PlaceMention(Mention):
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
class PostMention(Mention):
    """A name with the post it stands for: `title` and `organisation` as the document gives them nearby.

    It stays in its document: mentions are never joined across documents, and nothing is counted by them.
    """

    name: str
    title: str | None
    organisation: str | None


@dataclass(frozen=True, slots=True)
class OrganisationMention(Mention):
    """A named organisation; `name` is its fullest form in the document (市委 is 中共天津市委)."""

    name: str


@dataclass(frozen=True, slots=True)
class IndustryMention(Mention):
    """A named industry, chain or cluster (高端装备, 生物医药)."""

    name: str


@dataclass(frozen=True, slots=True)
class Assignment(Span):
    """Who answers for a measure and by when: the bracket, clause or table cell that says so.

    `measure` is the index of its measure, `task_start` where that begins. `lead` and `cooperate` are the
    units as written, in order; `units` are their spans in the same order, the leads first. `due` is the last
    allowed day in ISO 8601, "ongoing", or None; `due_words` is where it is said.
    """

    measure: int | None
    task_start: int
    lead: tuple[str, ...]
    cooperate: tuple[str, ...]
    by_duty: bool
    units: tuple[Span, ...] = ()
    due: str | None = None
    due_words: Span | None = None
    due_source: DueSource | None = None


@dataclass(frozen=True, slots=True)
class Due(Span):
    """By when: the words of a limit, and in `due` the last allowed day in ISO 8601 or "ongoing".

    `measure` is the index of the measure whose text says so.
    """

    due: str
    measure: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was found in one text, each kind in the order of the text."""

    blocks: tuple[Block, ...]
    lists: tuple[MeasureList, ...]
    measures: tuple[Measure, ...]
    figures: tuple[Figure, ...]
    dates: tuple[DateMention, ...]
    places: tuple[PlaceMention, ...]
    grids: tuple[Grid, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    dues: tuple[Due, ...] = ()
    posts: tuple[PostMention, ...] = ()
    organisations: tuple[OrganisationMention, ...] = ()
    industries: tuple[IndustryMention, ...] = ()
    defects: tuple[Defect, ...] = ()


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


_KINDS = {
    Measure: "task",
    MeasureList: "list",
    Figure: "figure",
    DateMention: "date",
    PlaceMention: "place",
    PostMention: "person",
    OrganisationMention: "organisation",
    IndustryMention: "industry",
    Assignment: "assignment",
    Due: "due",
    Grid: "table",
    Defect: "defect",
}
_SPAN = ("start", "end", "quote")


def row_of(record: Span) -> dict[str, object]:
    """A record as the flat row that `--json` prints: kind, start, end, quote and its own fields.

    >>> row_of(DateMention(0, 2, "今年", "2023", "year"))["iso"]
    '2023'
    """
    kind = record.kind if isinstance(record, Block) else _KINDS[type(record)]
    row: dict[str, object] = {"kind": kind} | {name: getattr(record, name) for name in _SPAN}
    for each in fields(record):
        if each.name not in row:
            row[each.name] = _plain(getattr(record, each.name))
    if isinstance(record, MeasureList):
        row["measures"] = _extents(record.measures)
    elif isinstance(record, Grid):
        row["cells"] = [[cell.start, cell.end, cell.row, cell.column] for cell in record.cells]
    elif isinstance(record, Assignment):
        words = record.due_words
        row["units"] = _extents(record.units)
        row |= {"due_quote": words and words.quote, "due_start": words and words.start}
        row["due_end"] = words and words.end
        del row["due_words"]
    return row


def _extents(spans: Iterable[Span]) -> list[list[int]]:
    return [[span.start, span.end] for span in spans]


def _plain(value: object) -> object:
    """A value as JSON knows it; a span is its words."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value.quote if is_dataclass(value) and isinstance(value, Span) else value
