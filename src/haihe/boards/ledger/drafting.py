"""From what was read in a document to the draft nodes of a plan, each with its sentence."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Protocol

from haihe.boards.ledger.records import Due, Frame, Number, Share, Tag
from haihe.boards.ledger.themes import inherited, tags_of
from haihe.kit.source import Source, Tier, char_locator

TITLE_CHARACTERS = 50

_BACKGROUND = re.compile(
    r".{0,6}?(?:(?:现状|形势|背景|问题|短板|成效|挑战)(?:分析|基础)?|(?:现实|工作|发展|产业)基础|指导思想|基本原则)"
)
"""A part of a plan that tells how things stand and promises nothing."""
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
    @property
    def title(self) -> _Span: ...


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


class _Due(_Span, Protocol):
    @property
    def measure(self) -> int | None: ...
    @property
    def due(self) -> str: ...


class _Assignment(Protocol):
    @property
    def measure(self) -> int | None: ...
    @property
    def lead(self) -> Sequence[str]: ...
    @property
    def cooperate(self) -> Sequence[str]: ...
    @property
    def due(self) -> str | None: ...
    @property
    def due_words(self) -> _Span | None: ...


class _Defect(_Span, Protocol):
    @property
    def left_out(self) -> Sequence[tuple[int, int]]: ...


class _Reading(Protocol):
    @property
    def blocks(self) -> Sequence[_Block]: ...
    @property
    def lists(self) -> Sequence[_Listing]: ...
    @property
    def measures(self) -> Sequence[_Measure]: ...
    @property
    def figures(self) -> Sequence[_Figure]: ...
    @property
    def grids(self) -> Sequence[_Span]: ...
    @property
    def assignments(self) -> Sequence[_Assignment]: ...
    @property
    def dues(self) -> Sequence[_Due]: ...
    @property
    def defects(self) -> Sequence[_Defect]: ...


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
class Drafted:
    """What reading a document into a plan did: nodes added, and nodes that were there already."""

    plan: int
    added: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A node to be reviewed; `parent` is its parent's place among the drafts, which come before it."""

    kind: str
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
    gaps = sorted(gap for defect in reading.defects for gap in defect.left_out)
    work = _Work(origin, frames, _answers(reading), gaps)
    for listing in sorted(reading.lists, key=lambda listing: (listing.start, -listing.end)):
        _draft_list(work, reading, listing)
    return _in_order(_with_numbers(work, reading.figures))


_Place = tuple[int, int]


@dataclass(slots=True)
class _Work:
    origin: Origin
    frames: Sequence[Frame]
    answers: Mapping[_Place, tuple[tuple[Share, ...], Due | None]]
    gaps: Sequence[_Place]
    drafts: list[Draft] = field(default_factory=list)
    places: dict[_Place, int] = field(default_factory=dict)

    def words(self, span: _Span) -> str:
        """The words of a span without what layout put between them."""
        told, at = "", span.start
        for start, end in self.gaps[bisect_left(self.gaps, (span.start, 0)) :]:
            if start >= span.end:
                break
            told += span.quote[at - span.start : start - span.start]
            at = max(at, end)
        return told + span.quote[at - span.start :]

    def add(self, span: _Span, title: str, kind: str, parent: int | None) -> int:
        key = (span.start, span.end)
        if key not in self.places:
            above = self.drafts[parent].tags if parent is not None else ()
            shares, due = self.answers.get(key, ((), None))
            self.places[key] = len(self.drafts)
            self.drafts.append(
                Draft(
                    kind=kind,
                    title=title,
                    text=span.quote,
                    source=self.origin.source(span),
                    parent=parent,
                    shares=shares,
                    tags=inherited(tags_of(span.quote, self.frames), above),
                    due=due,
                )
            )
        return self.places[key]


def _answers(reading: _Reading) -> dict[_Place, tuple[tuple[Share, ...], Due | None]]:
    """Who answers for each measure and by when, at the place of its words.

    Several brackets of one measure add up, and the last day counts; without one it is that of the words.
    """
    shares: dict[int | None, dict[str, Share]] = {}
    dues: dict[int | None, Due] = {one.measure: _due(one.due, one.quote) for one in reading.dues}
    stated: dict[int | None, str] = {}
    for one in reading.assignments:
        held = shares.setdefault(one.measure, {})
        for name in one.lead:
            held.setdefault(name, Share(name, "lead"))
        for name in one.cooperate:
            held.setdefault(name, Share(name, "cooperating"))
        if one.due and one.due_words and one.due >= stated.get(one.measure, ""):
            stated[one.measure] = one.due
            dues[one.measure] = _due(one.due, one.due_words.quote)
    found = {}
    for at, measure in enumerate(reading.measures):
        words = _words(reading, measure)
        found[words.start, words.end] = tuple(shares.get(at, {}).values()), dues.get(at)
    return found


def _due(due: str, words: str) -> Due:
    """A due date as the ledger has it: no day where it is to go on."""
    return Due(None if due == "ongoing" else date.fromisoformat(due), words)


def _words(reading: _Reading, measure: _Measure) -> _Span:
    """The words of a measure: all of them, or of a row of a table the cell that tells what is to be done."""
    at = bisect_right(reading.grids, measure.start, key=lambda grid: grid.start) - 1
    tabled = at >= 0 and measure.start < reading.grids[at].end and measure.marker is None
    return measure.title if tabled else measure


def _draft_list(work: _Work, reading: _Reading, listing: _Listing) -> None:
    """The nodes of a list; none for a part that only tells how things stand, nor for what lies in it."""
    parent: int | None
    if listing.parent is not None:
        held = _words(reading, reading.measures[listing.parent])
        parent = work.places.get((held.start, held.end))
        if parent is None:
            return
    elif listing.lead and _BACKGROUND.fullmatch(work.words(listing.lead).strip(_ENDS)):
        return
    elif _is_formal(reading, listing):
        parent = None
    else:
        parent = _draft_lead(work, reading, listing)
    for measure in listing.measures:
        words = _words(reading, measure)
        if _BACKGROUND.fullmatch(work.words(measure.title).strip(_ENDS)):
            continue
        title = _first_clauses(work.words(words).removeprefix(measure.marker or ""))
        kind, above = _below(work, parent, title)
        work.add(words, title, kind, above)


def _draft_lead(work: _Work, reading: _Reading, listing: _Listing) -> int:
    """The aspect of a list: its lead sentence, else the heading above it, else the list itself."""
    headings = [block for block in reading.blocks if block.kind != "paragraph" and block.end <= listing.start]
    lead = listing.lead or (headings[-1] if headings else None)
    if lead is None:
        return work.add(listing, work.origin.title, "aspect", None)
    return work.add(lead, _last_clauses(work.words(lead)), "aspect", None)


def _is_formal(reading: _Reading, listing: _Listing) -> bool:
    """Whether a list is the chapters of a plan: numbered 一、 and holding lists of its own."""
    spans = {(measure.start, measure.end) for measure in listing.measures}
    holders = (reading.measures[other.parent] for other in reading.lists if other.parent is not None)
    return all(_CHAPTER.match(measure.marker or "") for measure in listing.measures) and any(
        (holder.start, holder.end) in spans for holder in holders
    )


def _below(work: _Work, parent: int | None, title: str) -> tuple[str, int | None]:
    """The kind of a measure under a draft, and the draft it stands under."""
    if parent is None:
        return "aspect", None
    above = work.drafts[parent]
    if above.kind == "aspect":
        return "task", parent
    kind: str = "project" if _PROJECT.search(title) else "item"
    return kind, parent if above.kind == "task" else above.parent


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
