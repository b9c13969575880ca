"""The words that names of organisations are made of, and how a name falls apart into them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from haihe.boards.registry.places import PlaceIndex, short_name
from haihe.kit import resources

Class = Literal[
    "place", "brand", "trade", "discipline", "generic", "ordinal", "head", "legal", "group", "branch"
]
Kind = Literal["company", "university", "hospital", "government", "park", "institute", "association", "any"]

_WORDS = "boards/registry/params/words.yaml"
COUNTRY = "中国"
"""What a name of the whole country begins with; places may follow it."""

_CLOSING: frozenset[Class] = frozenset({"head", "legal", "group"})
PLACE_HEADS = frozenset({"中心", "公司", "院"})
"""Heads that make a branch of a body with the place before them (天津中心)."""

_UNKNOWN_COST = 1.5
_BRAND_COST = 0.2
_SHORT_COST = 1.4


@dataclass(frozen=True, slots=True)
class Word:
    """A stretch of a name and what it does there; `brand` (字号) is what no list knows."""

    text: str
    does: Class


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words by what they do, and the places that names begin with.

    `known` are names that are whole although they look like a part of another body (独立学院); `lengths` are
    those of the words that end in a character.
    """

    words: Mapping[str, Class]
    kinds: Mapping[str, Kind]
    legal: Mapping[str, str]
    places: PlaceIndex
    place_names: Mapping[str, str]
    known: frozenset[str]
    lengths: Mapping[str, tuple[int, ...]]


def lexicon_of(places: PlaceIndex, known: Iterable[str] = ()) -> Lexicon:
    """The lexicon of the shipped words with the places of an index and names that are whole."""
    words, kinds, legal = _classes()
    place_names = {name: short_name(name) or name for name in places.by_name if len(name) > 1}
    lengths: defaultdict[str, set[int]] = defaultdict(set)
    for word in (*words, *place_names):
        lengths[word[-1]].add(len(word))
    by_end = {character: tuple(sorted(found, reverse=True)) for character, found in lengths.items()}
    return Lexicon(words, kinds, legal, places, place_names, frozenset(known), by_end)


@cache
def _classes() -> tuple[Mapping[str, Class], Mapping[str, Kind], Mapping[str, str]]:
    """Every listed word with what it does, each head with its kind, each legal form with its class."""
    written = resources.definition(_WORDS)
    words: dict[str, Class] = dict.fromkeys(written["disciplines"], "discipline")
    words |= dict.fromkeys(written["trades"], "trade")
    words |= dict.fromkeys(written["duties"].values(), "discipline")
    words |= dict.fromkeys(written["generic"], "generic")
    kinds: dict[str, Kind] = {head: kind for kind, heads in written["heads"].items() for head in heads}
    words |= dict.fromkeys(kinds, "head")
    words |= dict.fromkeys(written["branches"], "branch")
    words |= dict.fromkeys(written["group"], "group")
    legal = {form: name for name, forms in written["legal"].items() for form in forms}
    words |= dict.fromkeys(legal, "legal")
    return words, kinds, legal


def split(lexicon: Lexicon, text: str) -> list[Word]:
    """The words of a name in canonical characters, by the division with the fewest and best-known parts.

    A place counts as one at the beginning, after another place, and before or after what closes a body.
    """
    best: list[tuple[float, int, Class]] = [(0.0, 0, "brand")]
    for end in range(1, len(text) + 1):
        begins = _BRAND_COST if best[end - 1][2] != "brand" or end == 1 else 0.0
        found: tuple[float, int, Class] = (best[end - 1][0] + _UNKNOWN_COST + begins, end - 1, "brand")
        for length in lexicon.lengths.get(text[end - 1], ()):
            start = end - length
            if start < 0:
                continue
            piece = text[start:end]
            does = lexicon.words.get(piece)
            cost = best[start][0] + (1.0 if end - start > 1 else _SHORT_COST)
            if piece in lexicon.place_names and (does is None or start == 0):
                does = "place"
                if start and best[start][2] in ("brand", "trade", "discipline"):
                    cost += 0.3 * (end - start)
            if does is not None and (cost < found[0] or (cost == found[0] and does == "place")):
                found = (cost, start, does)
        best.append(found)
    words: list[Word] = []
    end = len(text)
    while end:
        _, start, does = best[end]
        words.append(Word(text[start:end], does))
        end = start
    return _joined(_placed(words[::-1]))


def _placed(words: list[Word]) -> list[Word]:
    """Places within a name that neither begin it nor close a body are of its brand (京东方, 浦东发展)."""
    placed: list[Word] = []
    stands = False
    for at in range(len(words) - 1, -1, -1):
        word = words[at]
        if word.does == "place":
            after = words[at + 1] if at + 1 < len(words) else None
            first = all(one.does == "place" or one.text == COUNTRY for one in words[:at])
            closes = words[at - 1].does in _CLOSING if after is None else _closed(after)
            stands = first or closes or (stands and after is not None and after.does == "place")
            word = word if stands else Word(word.text, "brand")
        placed.append(word)
    return placed[::-1]


def _closed(word: Word) -> bool:
    """Whether a word before which a place stands makes a branch with it."""
    return word.does in ("branch", "legal") or word.text in PLACE_HEADS


def _joined(words: list[Word]) -> list[Word]:
    """Unknown characters run together, with the single characters of lists that touch them."""
    joined: list[Word] = []
    for word in words:
        last = joined[-1] if joined else None
        loose = word.does == "brand" or (len(word.text) == 1 and word.does in ("generic", "trade"))
        if last and last.does == "brand" and loose:
            joined[-1] = Word(last.text + word.text, "brand")
        else:
            joined.append(word)
    return joined
