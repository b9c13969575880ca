"""Whether one name is a short form of another.

A Chinese short form takes words of the full name in their order, whole or by their first characters, and
drops what does not tell the body from its like (俞理明《汉语缩略研究》, 2005). What may be
dropped depends on what a word does: places, fillers and legal forms always, the trade of a firm that has a
brand, never the subject of a university.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from math import inf

from haihe.boards.registry.forms import Form
from haihe.boards.registry.lexicon import Class, Word
from haihe.boards.registry.places import short_name
from haihe.boards.registry.spelling import sound_of
from haihe.kit import resources

_WORDS = "boards/registry/params/words.yaml"
_HEAD, _HEAD_OF_FIRM = 0.1, 0.5
_TRADE = 0.1
_STUDY = 0.4
_WEAK = 0.4
_NEEDED = 1.0
_PART_OF_BRAND = 0.6
_END = {"head": 0.1, "trade": 0.2, "discipline": 0.5, "brand": _PART_OF_BRAND}
_INITIAL = 0.03


@dataclass(frozen=True, slots=True)
class Reading:
    """How a short form is read as a full one: what it drops in front of its first word and after.

    Costs: about 0 for what may go, 1 for each word that tells the body from its like.
    """

    before: float
    after: float


def reading_of(short: str, full: Form) -> Reading | None:
    """The cheapest way to read a text as a short form of a name; None where it is none."""
    if not short:
        return None
    firm = full.kind in ("company", None)
    costs = _costs(full, firm=firm)
    states: dict[tuple[int, bool], tuple[float, float]] = {(0, False): (0.0, 0.0)}
    for word in full.words:
        dropped = costs.get(word.does, _NEEDED)
        if firm and word.text in weak():
            dropped = min(dropped, _WEAK)
        following: dict[tuple[int, bool], tuple[float, float]] = {}
        for (at, begun), (before, after) in states.items():
            left = (before, after + dropped) if begun else (before + dropped, after)
            _keep(following, (at, begun), left)
            for end, cost in _taken(short, at, word, firm=firm):
                _keep(following, (end, True), (before, after + cost))
        states = following
    ends = [states[key] for key in ((len(short), True), (len(short), False)) if key in states]
    return Reading(*min(ends, key=sum)) if ends else None


def _keep(
    states: dict[tuple[int, bool], tuple[float, float]], key: tuple[int, bool], cost: tuple[float, float]
) -> None:
    if sum(cost) < sum(states.get(key, (inf, inf))):
        states[key] = cost


def _costs(full: Form, *, firm: bool) -> Mapping[Class, float]:
    """What it costs to drop a word of a name, by what the word does there."""
    branded = firm and full.branded
    studies = full.kind == "institute" and full.branded
    telling = _TRADE if branded else _STUDY if studies else _NEEDED
    head = _HEAD_OF_FIRM if firm and not branded else _HEAD
    return {
        "place": 0.0,
        "generic": 0.05,
        "branch": 0.1,
        "head": head,
        "trade": telling,
        "discipline": telling,
    }


def _taken(short: str, at: int, word: Word, *, firm: bool) -> Iterator[tuple[int, float]]:
    """Where the short form goes on after it took something of a word, and at what cost."""
    if at == len(short):
        return
    text = (short_name(word.text) or word.text) if word.does == "place" else word.text
    part = _PART_OF_BRAND if word.does == "brand" else _INITIAL
    if short[at] == text[0]:
        end = at
        taken = 0
        for character in text:
            if end < len(short) and short[end] == character:
                end += 1
                taken += 1
        yield end, 0.0 if taken == len(text) else part
        if end > at + 1:
            yield at + 1, part
        return
    if (word.does == "head" or (firm and word.does in ("trade", "discipline"))) and short[at] == text[-1]:
        yield at + 1, _END[word.does]
    elif word.does == "place" and _abbreviations().get(short[at]) == text:
        yield at + 1, _INITIAL
    inside = text.find(short[at : at + 2]) if at + 2 <= len(short) else 0
    if inside > 0 and (firm or word.does in ("head", "brand")) and word.does in _END:
        rest = text[inside:]
        yield at + len(rest) if short.startswith(rest, at) else at + 2, _END[word.does]


@cache
def _abbreviations() -> Mapping[str, str]:
    found: Mapping[str, str] = resources.definition(_WORDS)["abbreviations"]
    return found


@cache
def weak() -> frozenset[str]:
    """Trades that so many firms name that they tell little (科技, 发展)."""
    return frozenset(resources.definition(_WORDS)["weak"])


def corrected(short: Form, full: str) -> str | None:
    """A name with the one character that another lacks replaced by one that sounds like it there.

    Only a character of a word that no list knows can be mistaken.
    """
    strange = [at for at, character in enumerate(short.content) if character not in full]
    if len(strange) != 1 or not any(
        short.content[strange[0]] in word.text for word in short.words if word.does == "brand"
    ):
        return None
    at = strange[0]
    sound = sound_of(short.content[at])
    for character in full:
        if character not in short.content and sound_of(character) == sound:
            return f"{short.content[:at]}{character}{short.content[at + 1 :]}"
    return None
