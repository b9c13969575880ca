"""Whether a name is that of a human being: the registry knows organisations and posts, and nobody in them."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from haihe.boards.registry.spelling import plain, sound_of
from haihe.kit import resources
from haihe.kit.errors import N_

A_PERSON = N_("This seems to be somebody's name: name the organisation, in full.")

_ASIDE = re.compile(r"\([^()]*\)$")
_HAN = re.compile(r"[\u3400-\u9fff]+")
_FOREIGN = re.compile(r"[\u3400-\u9fff]{1,6}(?:·[\u3400-\u9fff]{1,8}){1,3}")
_LATIN = re.compile(r"[a-z'.,\- ]+")
_SYLLABLE = r"(?:[bpmfdtnlgkhjqxrzcsyw]|zh|ch|sh)?[aeiouv]{1,3}(?:ng|n|r)?"
_GIVEN = re.compile(rf"{_SYLLABLE}(?:['-]?{_SYLLABLE})?")
_WORDS_MAX = 3
_GIVEN_MAX = 2
_LENGTHS = (2, 3, 4)
_NAMES_HELD = 10_000


@lru_cache(_NAMES_HELD)
def is_human(name: str, *, branded: bool = False) -> bool:
    """Whether a name is a human being's; what is named after one (张伟团队) is not.

    Firms are `branded` like people (李宁): of theirs only a title says that somebody is meant.

    >>> [is_human(name) for name in ("张伟", "王小明教授", "Zhang Wei", "张伟团队", "李宁")]
    [True, True, True, False, True]
    >>> is_human("李宁", branded=True)
    False
    """
    text = _ASIDE.sub("", plain(name))
    if _LATIN.fullmatch(text):
        words = re.split(r"[ .,]+", text.strip(" .,"))
        bare = [word for word in words if word not in _listed("forms")]
        return (len(bare) < len(words) or not branded) and _is_romanised(bare)
    return _is_titled(text) or (not branded and _is_called(text))


def _is_called(text: str) -> bool:
    """Whether a text is a name and nothing else, and is read so, alone or where a name is expected."""
    if _FOREIGN.fullmatch(text):
        return any(tag == "PER" for _, tag in resources.lexer().run(text))
    said = (resources.lexer().run(text), resources.lexer().run(f"我叫{text}。")) if _is_shaped(text) else ()
    return any((text, "PER") in words for words in said)


def _is_titled(text: str) -> bool:
    """Whether a name with its title, before or after it, is the last of a text (天津大学张伟教授)."""
    title = next((one for one in _titles() if text.endswith(one)), "")
    rest = text.removesuffix(title)
    ends = [rest[-count:] for count in _LENGTHS if _is_shaped(rest[-count:])]
    if not any(title or rest.removesuffix(end).endswith(_titles()) for end in ends):
        return False
    *before, (last, tag) = resources.lexer().run(rest) or [("", "")]
    held = "".join(word for word, _ in before)
    return tag == "PER" and _is_shaped(last) and bool(title or held.endswith(_titles()))


def _is_shaped(text: str) -> bool:
    """Whether a text is a surname and one or two characters."""
    if not _HAN.fullmatch(text):
        return False
    surname = 2 if text[:2] in _listed("compound") else 1 if text[:1] in _listed("surnames") else 0
    return bool(surname) and 1 <= len(text) - surname <= _GIVEN_MAX


def _is_romanised(words: list[str]) -> bool:
    """Whether words are a surname and a given name in pinyin, in either order."""
    if not 2 <= len(words) <= _WORDS_MAX:
        return False
    ends = ((words[0], words[1:]), (words[-1], words[:-1]))
    return any(one in _sounds() and all(map(_GIVEN.fullmatch, given)) for one, given in ends)


@cache
def _listed(what: str) -> frozenset[str]:
    return frozenset(resources.definition("boards/registry/params/humans.yaml")[what])


@cache
def _titles() -> tuple[str, ...]:
    """The titles, the longest first."""
    return tuple(sorted(_listed("titles"), key=len, reverse=True))


@cache
def _sounds() -> frozenset[str]:
    return frozenset(sound_of(one) for one in (*_listed("surnames"), *_listed("compound")) if one.strip())
