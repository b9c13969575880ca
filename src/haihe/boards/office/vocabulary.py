"""What a heading says by its words, and what rows and lines beside a table are known by."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from haihe.kit import resources

_PARAMS = "boards/office/params/headings.yaml"
_NOTE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
_UNIT = re.compile(r"(?:单位|金额单位)[:：]\s*(?:人民币)?(万元|亿元|千元|元)")
_IN_UNIT = re.compile(r"[(（,，、/\s]\s*(?:单位[:：])?\s*(?:人民币)?(万元|亿元|千元|元)\s*(?:[)）]|$)")
_EQUAL, _ENDS, _HOLDS = 1.0, 0.9, 0.6
_PART, _ABOVE = 0.95, 0.8
_KNOWN = 0.76
_AND = re.compile(r"[及和与、/]")


class Match(NamedTuple):
    """What a heading says: a target, the word that says so, and how sure that is, from 0 to 1."""

    target: str
    word: str
    sure: float


@dataclass(frozen=True, slots=True)
class _Words:
    targets: Mapping[str, tuple[str, ...]]
    period: re.Pattern[str]
    sums: re.Pattern[str]
    notes: re.Pattern[str]
    organs: re.Pattern[str]


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


@cache
def _words() -> _Words:
    known: dict[str, Any] = resources.definition(_PARAMS)
    targets = {**known["titles"], "content": known["contents"], **known["columns"]}
    sums = _any(known["sums"])
    return _Words(
        {target: tuple(map(str, words)) for target, words in targets.items()},
        re.compile(known["periods"]),
        re.compile(rf"(?:[^\d，。；]{{0,20}}?)(?:{sums})(?:[(（].*[)）])?[:：]?(?:共?\d+[个项家])?"),
        re.compile(rf"(?:{_any(known['notes'])})(?:[:：]|\d|\s|$)"),
        re.compile(rf"(?:{_any(known['organs'])})$"),
    )


def plain_heading(heading: str) -> str:
    """A heading or a part of one without notes in brackets, periods and white space.

    >>> plain_heading("2024年3月 总投资（万元）")
    '总投资'
    """
    bare = re.sub(r"\s+", "", unicodedata.normalize("NFKC", heading))
    bare = _NOTE.sub("", bare).strip("*＊:：")
    return _words().period.sub("", bare) or bare


def matches(heading: str, labels: Mapping[str, Iterable[str]] = {}) -> list[Match]:
    """What a heading may say, the surest first; `labels` are words for targets besides the usual ones.

    Of a path the last part counts most, then the whole, then the parts before.

    >>> matches("牵头单位/区级")[0].target, matches("完成时限")[0].target
    ('lead', 'due_on')
    """
    parts = [plain_heading(part) for part in heading.split("/")]
    weighed = dict.fromkeys(parts[:-1], _ABOVE) | {"".join(parts): _PART, parts[-1]: 1.0}
    found: dict[str, Match] = {}
    for target, words in (*_words().targets.items(), *labels.items()):
        for part, weight in weighed.items():
            for word in words:
                sure = round(weight * _sure(part, word), 3)
                held = found.get(target)
                if sure and (held is None or (sure, len(word)) > (held.sure, len(held.word))):
                    found[target] = Match(target, word, sure)
    return sorted(found.values(), key=lambda one: (one.sure, len(one.word)), reverse=True)


def _sure(heading: str, word: str) -> float:
    """How surely a heading means a word: it is it, ends in it (a longer word surer), or holds it."""
    if heading == word:
        return _EQUAL
    first = _AND.split(heading, maxsplit=1)[0]
    if first != heading and first == word and len(word) > 1:
        return _PART
    share = len(word) / len(heading) if heading else 0
    if len(word) < 2 or share < 0.2:
        return 0
    if heading.endswith(word):
        return _ENDS - 0.2 * (1 - share)
    return _HOLDS - 0.2 * (1 - share) if word in heading else 0


def is_known(heading: str) -> bool:
    """Whether a cell reads as the heading of a column: one of the words, or short and ending in one.

    >>> is_known("重点任务"), is_known("推进市域铁路建设工程")
    (True, False)
    """
    found = matches(heading)
    return bool(found) and found[0].sure >= _KNOWN


def is_sum(words: str) -> bool:
    """Whether a cell says that its row adds others up.

    >>> is_sum("小 计"), is_sum("工业类合计（12个）"), is_sum("统计")
    (True, True, False)
    """
    return _words().sums.fullmatch(re.sub(r"\s+", "", words)) is not None


def is_note(words: str) -> bool:
    """Whether a line is a note or an instruction and no row of a table."""
    return _words().notes.match(words.strip()) is not None


def is_unit_like(words: str) -> bool:
    """Whether a cell reads as the name of a unit or a list of them."""
    parts = [part for part in re.split(r"[、，,；;\s]+", words.strip().removesuffix("等")) if part]
    named = sum(_words().organs.search(part) is not None and 2 <= len(part) <= 30 for part in parts)
    return bool(parts) and named * 2 >= len(parts)


def unit_in(heading: str) -> str | None:
    """The unit of money that a heading or a line above a table states.

    >>> unit_in("总投资（万元）"), unit_in("单位：亿元"), unit_in("责任单位")
    ('万元', '亿元', None)
    """
    found = _UNIT.search(heading) or _IN_UNIT.search(heading)
    return found[1] if found else None
