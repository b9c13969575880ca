"""Which names are worth comparing: those that share a rare enough key."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from itertools import pairwise
from math import log

from haihe.boards.registry.forms import Form
from haihe.boards.registry.lexicon import Word
from haihe.boards.registry.places import short_name
from haihe.boards.registry.spelling import sound_of
from haihe.boards.registry.translation import chinese_of, empty, initials_of

NEAR_MAX = 60
"""The most candidates that one name is compared with, the likeliest first."""

_POSTING_MAX = 400
_INITIALS_APART_MAX = 3


@dataclass(frozen=True, slots=True)
class Blocks:
    """The numbers of the names that have a key."""

    postings: Mapping[str, Sequence[int]]
    size: int


def keys_of(form: Form) -> tuple[str, ...]:
    """What a name can be found by: pairs of characters and of initials, sounds, translations, places."""
    return tuple(dict.fromkeys(_latin_keys(form.latin) if form.latin else _chinese_keys(form)))


def _latin_keys(latin: Sequence[str]) -> Iterator[str]:
    yield from initials_of(latin)
    said = [word for word in latin if word not in empty()]
    for word in said:
        yield word
        yield f"={word}"
        for chinese in chinese_of(word):
            yield f"={chinese}"
            yield from _pairs(chinese)
    for first, second in pairwise(said):
        yield f"{first} {second}"
        yield from (one[0] + two[0] for one in chinese_of(first) for two in chinese_of(second))


def _chinese_keys(form: Form) -> Iterator[str]:
    texts = [_text(word) for word in form.words if word.does != "generic"]
    joined = "".join(texts)
    yield joined
    yield from _pairs(joined)
    for at, text in enumerate(texts):
        yield f"={text}"
        if len(text) > 1 and form.words and at < _INITIALS_APART_MAX:
            yield f"={sound_of(text)}"
        for other in texts[at + 1 : at + 1 + _INITIALS_APART_MAX]:
            yield text[0] + other[0]
    if form.branch_adcodes:
        yield from (f"{text}@{code}" for text in texts for code in form.branch_adcodes)
    yield from (f"{text}@{code}" for text in texts for code in form.adcodes)


def _text(word: Word) -> str:
    return (short_name(word.text) or word.text) if word.does == "place" else word.text


def _pairs(text: str) -> Iterator[str]:
    return (text[at : at + 2] for at in range(len(text) - 1))


def blocks_of(forms: Sequence[Form]) -> Blocks:
    """The index of some names by their keys."""
    postings: defaultdict[str, list[int]] = defaultdict(list)
    for number, form in enumerate(forms):
        for key in keys_of(form):
            postings[key].append(number)
    return Blocks(postings, len(forms))


def near(blocks: Blocks, form: Form) -> list[int]:
    """The names that share the rarest keys with a form, the likeliest first; at most NEAR_MAX.

    A key of very many names finds only the first of them, so that the work for one name has a bound.
    """
    found: defaultdict[int, float] = defaultdict(float)
    for key in keys_of(form):
        posting = blocks.postings.get(key, ())
        if posting:
            worth = log(1 + blocks.size / len(posting))
            for number in posting[:_POSTING_MAX]:
                found[number] += worth
    return nsmallest(NEAR_MAX, found, key=lambda number: (-found[number], number))


def near_pairs(forms: Sequence[Form]) -> Iterator[tuple[int, int]]:
    """Each name with those near it, by their numbers, the smaller first."""
    blocks = blocks_of(forms)
    for number, form in enumerate(forms):
        yield from (
            (min(number, other), max(number, other)) for other in near(blocks, form) if other != number
        )
