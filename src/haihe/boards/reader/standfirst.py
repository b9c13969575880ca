"""Standfirsts (导语): the summary before a body that says the same again, and its facts linked to the body's.

Two stretches say the same where they share runs of characters (shingles, Broder 1997): each run of eight is
hashed, and those under a heading are looked up in what follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from haihe.boards.reader.records import Block, Defect, Mention, Reading

_SHINGLE = 8
_HEAD = 3  # paragraphs that a standfirst may have
_LENGTH_MIN = 20
_SECTION_MIN = 0.4  # share of its characters that the rest of the section repeats
_ARTICLE_MIN = 0.7
_SUMMARY = re.compile(r"[。.！？…][”’」』）)]?$")
_REPORT = re.compile(r"本报|.{0,12}(?:[讯电] ?[（(]|记者)")
_PRIME = np.uint64(0x100000001B3)

_Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Head:
    """A paragraph near a heading: whether it is the first below it, and where the section ends."""

    block: Block
    leads: bool
    limit: int


@dataclass(frozen=True, slots=True)
class _Repeat:
    """A standfirst, and for each of its shingles where it stands next behind it (-1: nowhere)."""

    start: int
    end: int
    again: _Places

    def echoes(self, fact: Mention) -> Iterator[int]:
        """Where the repeats of the words around a fact would have it begin."""
        first = max(self.start, fact.start - _SHINGLE + 1)
        for place in range(first, min(fact.end, self.start + len(self.again))):
            found = int(self.again[place - self.start])
            if found >= self.end:
                yield found + fact.start - place


def repeats_linked(reading: Reading, text: str) -> Reading:
    """A reading of a text with its standfirsts as defects, their facts tied to the same facts of the body.

    A fact is the same where kind and words agree and it stands in the stretch that repeats. Both rows stay.
    """
    repeats = list(_repeats(text, reading.blocks))
    if not repeats:
        return reading
    found = [Defect(one.start, one.end, text[one.start : one.end], "standfirst", ()) for one in repeats]
    defects = sorted((*reading.defects, *found), key=lambda defect: (defect.start, -defect.end))
    changed: dict[str, Any] = {"defects": tuple(defects)}
    for each in fields(reading):
        records = getattr(reading, each.name)
        if records and isinstance(records[0], Mention):
            changed[each.name] = tuple(_linked(records, repeats))
    return replace(reading, **changed)


def _linked(facts: Sequence[Mention], repeats: Sequence[_Repeat]) -> Iterator[Mention]:
    """The facts of one kind in order, those of a standfirst with the place of their repeat."""
    words = {fact.start: fact.quote for fact in facts}
    waiting = iter(repeats)
    repeat = next(waiting, None)
    for fact in facts:
        while repeat and repeat.end <= fact.start:
            repeat = next(waiting, None)
        inside = repeat if repeat and repeat.start <= fact.start else None
        echoes = inside.echoes(fact) if inside else ()
        place = next((echo for echo in echoes if words.get(echo) == fact.quote), None)
        yield fact if place is None else replace(fact, repeats=place)


def _repeats(text: str, blocks: Sequence[Block]) -> Iterator[_Repeat]:
    """The standfirsts of each article of a text."""
    starts = [at for at, block in enumerate(blocks) if block.kind == "article"]
    for first, last in pairwise([*starts, len(blocks)]):
        heads = _heads(blocks[first + 1 : last])
        if heads:
            article = blocks[first]
            yield from _said_again(text[article.start : article.end], article.start, heads)


def _heads(blocks: Sequence[Block]) -> list[_Head]:
    """The paragraphs of an article that may be a standfirst."""
    found: list[_Head] = []
    waiting: list[_Head] = []
    since = _HEAD
    for block in (*blocks, None):
        if block is None or block.kind == "heading":
            limit = block.start if block else blocks[-1].end
            found += [replace(head, limit=limit) for head in waiting]
            waiting, since = [], 0
        elif len(block.quote) >= _LENGTH_MIN:
            since += 1
            summary = _SUMMARY.search(block.quote) and not _REPORT.match(block.quote)
            if summary and since <= _HEAD:
                waiting.append(_Head(block, since == 1, block.end))
    return found


def _said_again(article: str, offset: int, heads: Sequence[_Head]) -> Iterator[_Repeat]:
    """The heads of an article that what follows repeats, as far as nothing else stands before them."""
    hashes = _hashes(article)
    sizes = [max(0, head.block.end - head.block.start - _SHINGLE + 1) for head in heads]
    own = np.concatenate(
        [np.arange(size) + (head.block.start - offset) for head, size in zip(heads, sizes, strict=True)]
    )
    asked, slots = np.unique(hashes[own], return_inverse=True)
    near = np.minimum(np.searchsorted(asked, hashes), len(asked) - 1)
    places = np.flatnonzero(asked[near] == hashes)
    known = np.sort(near[places] * len(article) + places)
    behind = slots * len(article) + np.repeat([head.block.end - offset for head in heads], sizes)
    at = np.minimum(np.searchsorted(known, behind), len(known) - 1)
    there = (known[at] >= behind) & (known[at] // len(article) == slots)
    again = np.where(there, known[at] % len(article) + offset, -1)
    taken, goes_on = 0, False
    for head, size in zip(heads, sizes, strict=True):
        mine = again[taken : taken + size]
        taken += size
        goes_on = (head.leads or goes_on) and _is_repeat(mine, head)
        if goes_on:
            yield _Repeat(head.block.start, head.block.end, mine)


def _is_repeat(again: _Places, head: _Head) -> bool:
    """Whether the section or the whole article says again what a head says."""
    size = len(head.block.quote)
    near = (again >= 0) & (again < head.limit)
    return _covered(near) >= _SECTION_MIN * size or _covered(again >= 0) >= _ARTICLE_MIN * size


def _covered(shingles: NDArray[np.bool_]) -> int:
    """How many characters lie in any of the shingles that are marked."""
    steps = np.zeros(len(shingles) + _SHINGLE, dtype=np.int64)
    places = np.flatnonzero(shingles)
    steps[places] += 1
    steps[places + _SHINGLE] -= 1
    return int(np.count_nonzero(np.cumsum(steps)))


def _hashes(text: str) -> NDArray[np.uint64]:
    """A polynomial hash of each run of characters (shingle), modulo 2⁶⁴."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    count = max(0, len(codes) - _SHINGLE + 1)
    found = np.zeros(count, dtype=np.uint64)
    for shift in range(_SHINGLE):
        found *= _PRIME
        found += codes[shift : shift + count]
    return found
