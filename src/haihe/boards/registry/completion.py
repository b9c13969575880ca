"""What somebody types who looks for an organisation: the beginning of a name, or of its initials."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from haihe.kit.text import folded

TYPED_MAX = 60
"""As many characters of a name can be typed."""

_PLACES_MAX = 3
_LEFT_MIN = 2


def typed_of(names: Iterable[str], places: frozenset[str]) -> set[str]:
    """What names can be typed as: whole, without the places that they begin with, and the initials of both.

    >>> sorted(typed_of(["天津大学"], frozenset({"天津"})))
    ['dx', 'tjdx', '大学', '天津大学']
    """
    found = set()
    for name in names:
        for spelling in _spellings(folded(name)[:TYPED_MAX], places):
            found |= {spelling, initials_of(spelling)}
    return found - {""}


def _spellings(name: str, places: frozenset[str]) -> Iterator[str]:
    yield name
    for _ in range(_PLACES_MAX):
        ends = (end for end in range(min(len(name) - _LEFT_MIN, 8), 1, -1) if name[:end] in places)
        end = next(ends, 0)
        if not end:
            return
        name = name[end:]
        yield name


@lru_cache(maxsize=100_000)
def initials_of(text: str) -> str:
    """The first letter of each syllable, and what is no Chinese as it is.

    >>> initials_of("天津大学"), initials_of("重庆tcl科技")
    ('tjdx', 'cqtclkj')
    """
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415  its tables take half a second

    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).replace(" ", "")[:TYPED_MAX]
