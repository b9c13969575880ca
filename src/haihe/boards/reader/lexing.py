"""Words: a text cut into stretches that are short enough for the lexical analyser, and their tagged words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from haihe.kit import resources

_STRETCH_MAX = 160  # characters: the analyser's time is linear, its memory is not
_END = "。！？；!?;\n\r\u2028\u2029"
_LONG = 6  # characters: a longer word of any tag may hold a name
_SURROGATE = re.compile("[\ud800-\udfff]")
_COMMA = "，,"
_CLAUSE = re.compile(
    rf"[^{_END}{_COMMA}]{{1,{_STRETCH_MAX - 1}}}(?:[{_END}{_COMMA}]|(?<=[、 \u3000])|\Z)"
    rf"|[^{_END}{_COMMA}]{{1,{_STRETCH_MAX}}}"
)
# The analyser at times takes two organisations for one: 某大学与某研究院.
_JOINTS = {
    "与": "c",
    "和": "c",
    "及": "c",
    "共建": "v",
    "签署": "v",
    "成立": "v",
    "揭牌": "v",
    "会同": "p",
    "联合": "v",
    "组织": "v",
    "牵头": "v",
}
_TWO = re.compile(
    "((?<=大学|学院|公司|集团|医院|中心|银行|协会|联盟|究院|究所|员会|公室|学校|中学)(?:[与和及]|联合|组织|牵头)|共建|签署|成立|揭牌|会同|[与和及]$)"
)


class Word(NamedTuple):
    """A word of a text and what it is: LOC, ORG, PER, n noun, v verb, w mark … (tags of Baidu LAC)."""

    start: int
    end: int
    tag: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A sentence or the piece of a long one, as the words that cover it without a gap."""

    start: int
    end: int
    words: tuple[Word, ...]
    starts: dict[int, int]
    ends: dict[int, int]

    def at(self, place: int) -> int:
        """The index of the word that holds a place."""
        while place not in self.starts:
            place -= 1
        return self.starts[place]


def either(
    words: Iterable[str], before: Mapping[str, str] | None = None, after: Mapping[str, str] | None = None
) -> str:
    """A pattern of any of the words, the longest first, branching on the first character.

    `before` and `after` give for a word the characters beside which it is another word.

    >>> either(["市委", "市政府", "厅"], after={"厅": "堂"})
    '(?:厅(?![堂])|市(?:政府|委))'
    """
    branches = []
    for first, group in groupby(sorted({word for word in words if word}), key=lambda word: word[0]):
        rests = [
            re.escape(word[1:])
            + (f"(?<![{before[word]}]{re.escape(word)})" if before and word in before else "")
            + (f"(?![{after[word]}])" if after and word in after else "")
            for word in sorted(group, key=lambda word: (-len(word), word))
        ]
        branches.append(re.escape(first) + (rests[0] if len(rests) == 1 else f"(?:{'|'.join(rests)})"))
    return f"(?:{'|'.join(branches)})"


def sound(part: str) -> str:
    """A part of a text as the segmenter takes it: what is no character is a mark."""
    return _SURROGATE.sub("\ufffd", part)


def stretches(text: str, cue: re.Pattern[str]) -> Iterator[Stretch]:
    """The clauses of a text that hold a cue, those of one sentence that follow each other as one stretch."""
    start = end = 0
    for clause in _CLAUSE.finditer(text):
        held = cue.search(text, *clause.span())
        if start < end and not (held and _goes_on(text, start, end, clause)):
            yield _stretch(text[start:end], start)
            start = end
        if held:
            start, end = (start if start < end else clause.start()), clause.end()
    if start < end:
        yield _stretch(text[start:end], start)


def _goes_on(text: str, start: int, end: int, clause: re.Match[str]) -> bool:
    """Whether a clause goes on with the stretch before it and the two are short enough."""
    return clause.start() == end and text[end - 1] not in _END and clause.end() - start <= _STRETCH_MAX


def _stretch(part: str, start: int) -> Stretch:
    words: list[Word] = []
    place = start
    for word, tag in resources.lexer().run(part):
        for piece in _TWO.split(word) if tag == "ORG" or len(word) > _LONG else (word,):
            if piece:
                words.append(Word(place, place + len(piece), _JOINTS.get(piece, tag)))
                place += len(piece)
    return Stretch(
        start,
        place,
        tuple(words),
        {word.start: index for index, word in enumerate(words)},
        {word.end: index for index, word in enumerate(words)},
    )
