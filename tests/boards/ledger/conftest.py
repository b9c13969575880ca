"""Readings made by hand, for the pure part of the ledger."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

import pytest


@dataclass(frozen=True)
class Span:
    start: int
    end: int
    quote: str


@dataclass(frozen=True)
class Block(Span):
    kind: str


@dataclass(frozen=True)
class Measure(Span):
    marker: str | None


@dataclass(frozen=True)
class Listing(Span):
    lead: Span | None
    parent: int | None
    measures: tuple[Measure, ...]


@dataclass(frozen=True)
class Figure(Span):
    value: Decimal | tuple[Decimal, ...]
    unit: str | None = None
    subject: str | None = None
    period: str | None = None


@dataclass
class Reading:
    text: str
    blocks: list[Block] = field(default_factory=list)
    lists: list[Listing] = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)


MARKER = re.compile(r"[一二三四五六七八九十]+是|[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|\d+\.")


def _levels(text: str) -> dict[str, int]:
    shapes = [
        r"[一二三四五六七八九十]+、",
        r"（[一二三四五六七八九十]+）",
        r"\d+\.",
        r"[一二三四五六七八九十]+是",
    ]
    return {shape: level for level, shape in enumerate(shapes) if re.search(rf"(?m)^{shape}", text)}


def _reading(text: str, figures: tuple[str, ...] = ()) -> Reading:
    """A text with one measure a line, read as an outline; a line without a marker is a lead sentence."""
    found = Reading(text)
    levels = _levels(text)
    open_lists: dict[int, tuple[Span | None, int | None, list[Measure]]] = {}
    done: list[tuple[Span | None, int | None, list[Measure]]] = []
    above: dict[int, int] = {}
    lead: Span | None = None
    place = 0
    for line in text.splitlines(keepends=True):
        words = line.rstrip("\n")
        span = Span(place, place + len(words), words)
        place += len(line)
        marker = MARKER.match(words)
        if not marker:
            lead, open_lists, above = (span if words else lead), {}, {}
            continue
        level = next(level for shape, level in levels.items() if re.match(shape, words))
        for deeper in [other for other in open_lists if other > level]:
            del open_lists[deeper]
            above.pop(deeper, None)
        if level not in open_lists:
            holder = max((other for other in above if other < level), default=None)
            parent = None if holder is None else above[holder]
            open_lists[level] = (lead if parent is None else None, parent, [])
            done.append(open_lists[level])
        open_lists[level][2].append(Measure(span.start, span.end, words, marker.group()))
        above[level] = len(found.measures)
        found.measures.append(open_lists[level][2][-1])
    for sentence, parent, measures in done:
        start, end = measures[0].start, measures[-1].end
        found.lists.append(Listing(start, end, text[start:end], sentence, parent, tuple(measures)))
    for words in figures:
        start = text.index(words)
        value = Decimal(re.sub(r"\D", "", words))
        found.figures.append(Figure(start, start + len(words), words, value, words.lstrip("0123456789")))
    return found


@pytest.fixture
def read() -> Callable[..., Reading]:
    return _reading
