"""By what a name is found among millions: keys that few other names have, or else count for nothing.

Those of `blocking` bring a name near the likeliest of a few thousand; of a million, very many share most of
them. So what tells more is put into one key: how all words sound in a province, what a name begins and ends
with there, what it may be called for short, and what the words of a translation stand for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise, permutations, product

from haihe.boards.registry.forms import Form
from haihe.boards.registry.lexicon import COUNTRY, Word
from haihe.boards.registry.places import short_name
from haihe.boards.registry.spelling import sound_of
from haihe.boards.registry.translation import chinese_of, empty, initials_of

SHORT_MAX = 5
"""A longer name is no acronym of another."""

_APART_MAX = 3
_INSIDE_MAX = 3
_SAID_MAX = 8
_SYLLABLES_HELD = 50_000


def rare_keys_of(form: Form) -> tuple[str, ...]:
    """What a name shares with its other spellings and with few other names.

    The first character of a key tells of what sort it is, but for pairs of characters.
    """
    return tuple(dict.fromkeys(_latin_keys(form.latin) if form.latin else _chinese_keys(form)))


def _chinese_keys(form: Form) -> Iterator[str]:
    words = [word for word in form.words if word.does != "generic" and word.text != COUNTRY]
    texts = [_text(word) for word in words]
    joined = "".join(texts)
    yield from map("".join, pairwise(joined))
    for at, text in enumerate(texts):
        yield from (text[0] + other[0] for other in texts[at + 1 : at + 1 + _APART_MAX])
    content = form.content
    yield f"={content or joined}"
    if content:
        begins, sounds, ends = content[:2], syllables(content), content[-3:]
        for place in {code[:2] for code in form.adcodes | form.branch_adcodes or {form.region or ""}}:
            yield from (f"~{place}{sounds}", f"<{place}{begins}", f">{place}{ends}")
        yield f"<{begins}"
        if any(word.text == COUNTRY for word in form.words):
            yield f"<{COUNTRY}{begins}"
    if len(joined) <= SHORT_MAX:
        yield f"^{joined}"
    yield from (f"^{short}" for short in _acronyms(form, words))
    if len(words) > 1 and words[0].does == "place":
        yield from (f"&{syllables(texts[0])}{text[:2]}" for text in texts[1:])


def _acronyms(form: Form, words: Sequence[Word]) -> Iterator[str]:
    """What a body that is no firm may be called by the characters of its words (天大, 北中医, 沧州交院)."""
    if form.kind in ("company", None) or not 1 < len(words) <= _INSIDE_MAX + 2 or words[-1].does != "head":
        return
    first, *inside, head = (_text(word) for word in words)
    parts = [(first[0], first), *((text[0], text[:2], "") for text in inside), (head[0], head[-1], "")]
    for taken in product(*parts):
        short = "".join(taken)
        if 1 < len(short) <= SHORT_MAX:
            yield short


def _latin_keys(latin: Sequence[str]) -> Iterator[str]:
    yield from (f"={initials}" for initials in initials_of(latin))
    said = [word for word in latin if word not in empty()][:_SAID_MAX]
    for word in said:
        yield f"={word}"
        for chinese in chinese_of(word):
            yield from (f"={chinese}", f"<{chinese[:2]}", *map("".join, pairwise(chinese)))
    for place, word in permutations(said, 2):
        yield from (f"&{place}{chinese[:2]}" for chinese in chinese_of(word))
    begins = COUNTRY if any(COUNTRY in chinese_of(word) for word in said) else ""
    for one, other in pairwise(said):
        yield f"{one} {other}"
        for first, second in product(chinese_of(one), chinese_of(other)):
            yield from (first[0] + second[0], f"<{begins}{first[0]}{second[0]}")
        yield from (f"<{begins}{first[:2]}" for first in chinese_of(one))


def _text(word: Word) -> str:
    return (short_name(word.text) or word.text) if word.does == "place" else word.text


def syllables(text: str) -> str:
    """How the characters of a text sound, each by itself."""
    return "".join(map(_syllable, text))


_syllable: Callable[[str], str] = lru_cache(_SYLLABLES_HELD)(sound_of)
