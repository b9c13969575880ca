"""From what was read in a document to the draft nodes of a plan, each with its sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Protocol

from haihe.boards.ledger.dues import due_of
from haihe.boards.ledger.records import Due, Frame, NodeKind, Number, Share, Tag
from haihe.boards.ledger.themes import inherited, tags_of
from haihe.boards.ledger.units import bracket_of, first_leads, shares_of
from haihe.kit.source import Source, Tier, char_locator

TITLE_CHARACTERS = 50

_CHAPTER = re.compile(r"[一二三四五六七八九十]+、")
_PROJECT = re.compile(r"(?:项目|工程)$")
_SENTENCE = re.compile(r"[。；;\n]")
_CLAUSE = re.compile(r"(?<=[，,；;。：:])")
_ENDS = "，,；;。：:、 \u3000\n\r\t"


class _Span(Protocol):
    """A stretch of the text and its exact words, as the reader's records have them."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def quote(self) -> str: ...


class _Block(_Span, Protocol):
    @property
    def kind(self) -> str: ...


class _Measure(_Span, Protocol):
    @property
    def marker(self) -> str | None: ...


class _Listing(_Span, Protocol):
    @property
    def lead(self) -> _Span | None: ...
    @property
    def parent(self) -> int | None: ...
    @property
    def measures(self) -> Sequence[_Measure]: ...


class _Figure(_Span, Protocol):
    @property
    def value(self) -> Decimal | tuple[Decimal, ...]: ...
    @property
    def unit(self) -> str | None: ...
    @property
    def subject(self) -> str | None: ...
    @property
    def period(self) -> str | None: ...


class _Reading(Protocol):
    @property
    def blocks(self) -> Sequence[_Block]: ...
    @property
    def lists(self) -> Sequence[_Listing]: ...
    @property
    def measures(self) -> Sequence[_Measure]: ...
    @property
    def figures(self) -> Sequence[_Figure]: ...


@dataclass(frozen=True, slots=True)
class Origin:
    """The document that a reading is of."""

    sha256: str
    title: str
    text: str
    dated: date | None = None
    url: str | None = None
    read_on: date | None = None
    tier: Tier = "ours"

    def source(self, span: _Span) -> Source:
        """The source of a stretch of its text."""
        locator = char_locator(span.start, span.end)
        return Source("sentence", self.sha256, locator, span.quote, self.url, self.read_on, self.tier)


@dataclass(frozen=True, slots=True)
class Draft:
    """A node to be reviewed; `parent` is its parent's place among the drafts, which come before it."""

    kind: NodeKind
    title: str
    text: str
    source: Source
    parent: int | None
    shares: tuple[Share, ...] = ()
    tags: tuple[Tag, ...] = ()
    due: Due | None = None
    numbers: tuple[tuple[Number, Source], ...] = ()


def drafts_of(reading: _Reading, origin: Origin, frames: Sequence[Frame]) -> tuple[Draft, ...]:
    """The nodes that a document's numbered lists propose, in the order of the tree.

    Each list is an aspect under its lead sentence and its measures are tasks; in a formally numbered plan
    一、 is the aspect, （一） the task and 1. the project or item. Lists below that are items beside the one
    that holds them. A sentence makes one node only.
    """
    work = _Work(origin, frames, first_leads(origin.text))
    for listing in sorted(reading.lists, key=lambda listing: (listing.start, -listing.end)):
        _draft_list(work, reading, listing)
    return _in_order(_with_numbers(work, reading.figures))


@dataclass(slots=True)
class _Work:
    origin: Origin
    frames: Sequence[Frame]
    first_leads: bool
    drafts: list[Draft] = field(default_factory=list)
    places: dict[tuple[int, int], int] = field(default_factory=dict)

    def add(self, span: _Span, title: str, kind: NodeKind, parent: int | None) -> int:
        key = (span.start, span.end)
        if key not in self.places:
            above = self.drafts[parent].tags if parent is not None else ()
            self.places[key] = len(self.drafts)
            self.drafts.append(
                Draft(
                    kind=kind,
                    title=title,
                    text=span.quote,
                    source=self.origin.source(span),
                    parent=parent,
                    shares=shares_of(span.quote, first_leads=self.first_leads),
                    tags=inherited(tags_of(span.quote, self.frames), above),
                    due=_due(span.quote, self.origin.dated),
                )
            )
        return self.places[key]


def _draft_list(work: _Work, reading: _Reading, listing: _Listing) -> None:
    held = None if listing.parent is None else reading.measures[listing.parent]
    if held is not None:
        parent: int | None = work.places[held.start, held.end]
    elif _is_formal(reading, listing):
        parent = None
    else:
        parent = _draft_lead(work, reading, listing)
    for measure in listing.measures:
        title = _first_clauses(measure.quote.removeprefix(measure.marker or ""))
        kind, above = _below(work, parent, title)
        work.add(measure, title, kind, above)


def _draft_lead(work: _Work, reading: _Reading, listing: _Listing) -> int:
    """The aspect of a list: its lead sentence, else the heading above it, else the list itself."""
    headings = [block for block in reading.blocks if block.kind != "paragraph" and block.end <= listing.start]
    lead = listing.lead or (headings[-1] if headings else None)
    if lead is None:
        return work.add(listing, work.origin.title, "aspect", None)
    return work.add(lead, _last_clauses(lead.quote), "aspect", None)


def _is_formal(reading: _Reading, listing: _Listing) -> bool:
    """Whether a list is the chapters of a plan: numbered 一、 and holding lists of its own."""
    spans = {(measure.start, measure.end) for measure in listing.measures}
    holders = (reading.measures[other.parent] for other in reading.lists if other.parent is not None)
    return all(_CHAPTER.match(measure.marker or "") for measure in listing.measures) and any(
        (holder.start, holder.end) in spans for holder in holders
    )


def _below(work: _Work, parent: int | None, title: str) -> tuple[NodeKind, int | None]:
    """The kind of a measure under a draft, and the draft it stands under."""
    if parent is None:
        return "aspect", None
    above = work.drafts[parent]
    if above.kind == "aspect":
        return "task", parent
    kind: NodeKind = "project" if _PROJECT.search(title) else "item"
    return kind, parent if above.kind == "task" else above.parent


def _due(text: str, dated: date | None) -> Due | None:
    year = dated.year if dated else None
    return due_of(bracket_of(text), year=year, bare=True) or due_of(text, year=year)


def _clauses(words: str) -> list[str]:
    return [clause for clause in _CLAUSE.split(words.strip(_ENDS)) if clause.strip(_ENDS)]


def _first_clauses(words: str) -> str:
    """As many clauses of the first sentence or line as a title holds.

    >>> _first_clauses("完善承接服务机制。建立项目全程跟踪台账。")
    '完善承接服务机制'
    """
    title = ""
    for clause in _clauses(_SENTENCE.split(words.strip(_ENDS))[0]):
        if title and len(title + clause) > TITLE_CHARACTERS:
            break
        title += clause
    return title.strip(_ENDS)


def _last_clauses(words: str) -> str:
    """As many last clauses as a title holds, for it is the end of a lead sentence that announces its list.

    >>> _last_clauses("白向东表示,下一步,将做好六方面工作:")
    '白向东表示,下一步,将做好六方面工作'
    """
    title = ""
    for clause in reversed(_clauses(words)):
        if title and len(clause + title) > TITLE_CHARACTERS:
            break
        title = clause + title
    return title.strip(_ENDS)


def _with_numbers(work: _Work, figures: Sequence[_Figure]) -> list[Draft]:
    """The drafts with the figures in their words, each figure in the innermost."""
    spans = sorted((end - start, start, end, place) for (start, end), place in work.places.items())
    found: dict[int, list[tuple[Number, Source]]] = {}
    for figure in figures:
        inside = (place for _, start, end, place in spans if start <= figure.start and figure.end <= end)
        place = next(inside, None)
        if place is not None:
            source = work.origin.source(figure)
            value = None if isinstance(figure.value, tuple) else figure.value
            number = Number(figure.quote, value, figure.unit, figure.subject, figure.period, source.id)
            found.setdefault(place, []).append((number, source))
    return [replace(draft, numbers=tuple(found.get(place, ()))) for place, draft in enumerate(work.drafts)]


def _in_order(drafts: Sequence[Draft]) -> tuple[Draft, ...]:
    """The drafts with every one behind its parent and before its parent's next sibling."""
    under: dict[int | None, list[int]] = {}
    for place, draft in enumerate(drafts):
        under.setdefault(draft.parent, []).append(place)
    order: list[int] = []
    new: dict[int | None, int | None] = {None: None}

    def walk(parent: int | None) -> None:
        for place in sorted(under.get(parent, ()), key=lambda place: drafts[place].source.span or (0, 0)):
            new[place] = len(order)
            order.append(place)
            walk(place)

    walk(None)
    return tuple(replace(drafts[old], parent=new[drafts[old].parent]) for old in order)
