"""Documents as they are kept and asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, Protocol
from urllib.parse import urlencode

from haihe.boards.reader.records import Reading, Span
from haihe.kit.cursor import values_of
from haihe.kit.errors import N_, NotFound
from haihe.kit.limits import PAGE_ROWS_DEFAULT
from haihe.kit.source import Source, Tier, char_locator

State = Literal["found", "accepted", "rejected", "corrected", "added"]

PART_CHARACTERS = 20_000
"""How much of a long text one page shows."""

AROUND_CHARACTERS = 160
"""How far around a quote its context reaches."""


@dataclass(frozen=True, slots=True)
class Document:
    """A text that was read, once whatever its file was called.

    `sha256` is of the canonical text, `file_sha256` of the file it came in; `dated` is the document's own
    day, None where it is unknown. `facts` counts those that the asker sees, `open_facts` those of them that
    nobody has decided on.
    """

    id: int
    sha256: str
    title: str
    name: str
    characters: int
    dated: date | None
    tier: Tier
    url: str | None
    file_sha256: str
    read_on: date
    published: bool
    facts: int
    open_facts: int


@dataclass(frozen=True, slots=True)
class Original:
    """What the reader had found where a fact was corrected."""

    start: int
    end: int
    quote: str
    fields: Mapping[str, Any]
    source_id: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure, date, place, task (measure) or other statement of a document: `text[start:end] == quote`.

    `fields` are those of the record of its kind. `state` is what somebody decided, `found` until then; of a
    corrected fact everything is as corrected and `original` is what the reader had found; an added one the
    reader had missed. `entities` are the registry's numbers of the names in it, None for one that it
    does not know, and empty until somebody decides. `revision` counts the changes.
    """

    id: int
    document_id: int
    kind: str
    start: int
    end: int
    quote: str
    fields: Mapping[str, Any]
    source_id: str
    state: State
    original: Original | None = None
    entities: Mapping[str, int | None] = field(default_factory=dict)
    revision: int = 0


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What is known of a document beside its text: its day, its tier, its address on the web."""

    dated: date | None = None
    tier: Tier = "press"
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A document handed in and not yet stored: the file, its canonical text, and what is known of it."""

    content: bytes
    name: str
    text: str
    sha256: str
    options: ReadOptions


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a document handed in: read already, or the number of the job that reads it."""

    document: Document | None
    job: int | None


@dataclass(frozen=True, slots=True)
class Listing:
    """The documents that a table asks for: those with the words, sorted, from the `offset`-th on."""

    words: str = ""
    sort: str | None = None
    descending: bool = True
    offset: int = 0
    limit: int = PAGE_ROWS_DEFAULT


@dataclass(frozen=True, slots=True)
class Sought:
    """The facts that somebody asks for: of some kinds (none is all), within a stretch, open or decided."""

    kinds: tuple[str, ...] = ()
    within: tuple[int, int] | None = None
    waiting: bool | None = None
    cursor: str | None = None
    limit: int = PAGE_ROWS_DEFAULT


@dataclass(frozen=True, slots=True)
class FactCount:
    """How many facts of a kind stand at a state."""

    kind: str
    state: State
    count: int


@dataclass(frozen=True, slots=True)
class SourceContext:
    """A source; of a sentence in a stored document also the document, the words around it, and its fact."""

    source: Source
    document: Document | None = None
    before: str = ""
    after: str = ""
    fact_id: int | None = None


class _Origin(Protocol):
    """What a source takes from its document."""

    @property
    def sha256(self) -> str: ...
    @property
    def url(self) -> str | None: ...
    @property
    def read_on(self) -> date: ...
    @property
    def tier(self) -> Tier: ...


def source_of(document: _Origin, span: Span) -> Source:
    """The source of a stretch of a document's text."""
    place = char_locator(span.start, span.end)
    known = (document.url, document.read_on, document.tier)
    return Source("sentence", document.sha256, place, span.quote, *known)


def no_document(document_id: int) -> NotFound:
    """What to say to somebody who asks for a document that they may not see, or that is not there."""
    return NotFound(
        N_("There is no document {id} that you may see."),
        advice=N_("Look at the list of documents; one that is not published needs an account."),
        id=document_id,
    )


def title_of(text: str, name: str) -> str:
    """The first line of a text that says something, else the name of its file."""
    lines = (line.strip("\ufeff#* \t\u3000") for line in text.splitlines())
    return next(filter(None, lines), name)[:100]


def records_in(found: Reading) -> list[Span]:
    """Every record of a reading in the order of the text, the longer first where two begin together."""
    records: list[Span] = [*found.blocks, *found.lists, *found.grids, *facts_in(found)]
    return sorted(records, key=lambda record: (record.start, -record.end))


def facts_in(found: Reading) -> list[Span]:
    """The records of a reading that are kept as facts, in the order of the text."""
    facts: list[Span] = [*found.figures, *found.dates, *found.places, *found.measures, *found.assignments]
    facts += [*found.dues, *found.posts, *found.organisations, *found.industries, *found.defects]
    return sorted(facts, key=lambda fact: (fact.start, fact.end))


def numbers_in(cursor: str, count: int) -> list[int]:
    """The numbers that a cursor holds; raises Invalid when it is not one of this list's."""
    values = values_of(cursor, count)
    fit = all(type(value) is int and abs(value) < 2**63 for value in values)
    return values if fit else values_of("", count)


def part_of(document: Document, at: str) -> tuple[int, int]:
    """The part of a document's text that has the character `at`, the first where that is none of it."""
    place = int(at) if at.isascii() and at.isdigit() and len(at) < 10 else 0
    start = place // PART_CHARACTERS * PART_CHARACTERS if place < document.characters else 0
    return start, min(start + PART_CHARACTERS, document.characters)


def near(before: str, after: str) -> tuple[str, str]:
    """The words before and after a quote, no further than its paragraph; … stands where they were cut."""
    left, right = before.rpartition("\n")[2], after.partition("\n")[0]
    cut_left = left == before and len(left) == AROUND_CHARACTERS
    cut_right = right == after and len(right) == AROUND_CHARACTERS
    left, right = left.lstrip("\ufeff"), right.rstrip("\r")
    return f"…{left}" if cut_left else left, f"{right}…" if cut_right else right


def address_of(context: SourceContext) -> str:
    """The address of a quoted sentence in its document."""
    document, source = context.document, context.source
    assert document
    if source.span is None:
        return f"/document/{document.id}"
    query: dict[str, object] = {} if context.fact_id else {"source": source.id}
    if document.characters > PART_CHARACTERS:
        query["at"] = source.span[0]
    asked = f"?{urlencode(query)}" if query else ""
    return f"/document/{document.id}{asked}#span-{context.fact_id or source.id}"
