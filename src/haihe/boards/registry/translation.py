"""Whether an English name translates a Chinese one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from haihe.boards.registry.forms import Form
from haihe.boards.registry.lexicon import Word
from haihe.boards.registry.places import short_name
from haihe.boards.registry.spelling import sound_of
from haihe.kit import resources

_HALF = 0.6
_INITIALS_MIN = 3


def translated(english: Sequence[str], form: Form) -> str:
    """The level at which English words account for a Chinese name and it for them.

    `translated` when all of both is explained by the usual words, `rendered` when by others too, `near` when
    most of both is, else `other`.
    """
    said = [word for word in english if word not in empty()]
    parts = [(_text(word), word.does) for word in form.words]
    left = text = "".join(part for part, _ in parts)
    explained = usual = 0
    for word in sorted(said, key=lambda one: (one in _words(), -len(one))):
        found = _written(word, left)
        if found:
            left = left.replace(found[0], "", 1)
            explained += 1
            usual += found[1]
    if not said or not text:
        return "other"
    needed = [_covered(part, left, text) for part, does in parts if does not in ("head", "place", "generic")]
    ours, theirs = explained / len(said), sum(needed) / len(needed) if needed else 1.0
    if form.adcodes and not any(_covered(part, left, text) for part, does in parts if does == "place"):
        return "other"
    if ours == 1 and theirs == 1:
        return "translated" if usual == explained else "rendered"
    return "near" if min(ours, theirs) >= _HALF else "other"


def initials_of(english: Sequence[str]) -> tuple[str, ...]:
    """The initials that English words may be called by, without and with the legal form (CRC, CRCC)."""
    said = [word for word in english if word not in ("of", "and", "the")]
    named = [word for word in said if word not in empty()]
    every = ("".join(word[0] for word in said[:end]) for end in range(len(named), len(said) + 1))
    return tuple(one for one in every if len(one) >= _INITIALS_MIN)


def chinese_of(word: str) -> Sequence[str]:
    """What an English word of a name may stand for in Chinese, the usual first."""
    return (*_names().get(word, ()), *_words().get(word, ()))


def _covered(word: str, left: str, text: str) -> float:
    """The share of a word's characters that translation used up."""
    used = sum(text.count(character) > left.count(character) for character in set(word))
    return used / len(set(word))


def _written(word: str, text: str) -> tuple[str, bool] | None:
    """What of a Chinese text an English word stands for by meaning, name or sound, and whether usually."""
    listed = chinese_of(word)
    for chinese in listed:
        if chinese in text:
            return chinese, chinese in listed[0] or chinese in _heads()
    sounds = [sound_of(character) for character in text]
    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            if "".join(sounds[start:end]) == word:
                return text[start:end], True
    return None


def _text(word: Word) -> str:
    return (short_name(word.text) or word.text) if word.does == "place" else word.text


@cache
def _heads() -> frozenset[str]:
    heads = resources.definition("boards/registry/params/words.yaml")["heads"]
    return frozenset(head for kind in heads.values() for head in kind)


@cache
def _words() -> Mapping[str, Sequence[str]]:
    found: Mapping[str, Sequence[str]] = resources.definition("boards/registry/params/english.yaml")["words"]
    return found


@cache
def _names() -> Mapping[str, Sequence[str]]:
    names: Mapping[str, str] = resources.definition("boards/registry/params/english.yaml")["names"]
    return {latin: (chinese,) for latin, chinese in names.items()}


@cache
def empty() -> frozenset[str]:
    """English words that add nothing to a name: articles and legal forms."""
    return frozenset(resources.definition("boards/registry/params/english.yaml")["empty"])
