"""Clauses of running text that say who answers: 由市发展改革委牵头，会同…; 市教委负责…."""

from __future__ import annotations

import re
from collections.abc import Iterator

from haihe.boards.reader.units import Parties, is_organ, is_unit, parties_of

_REACH = 80  # characters back to where a clause begins
_ADDED = 120  # characters on in which others may be added
_CUE = re.compile(
    r"(?:共同|分别|联合|负责)*牵头(?!单位|部门|机构|抓总|作用|[人的])(?:负责)?|(?<=[局委办部厅署府会要])会同"
    r"|(?:共同|分别)?负责(?![人的任制]|同志|单位|部门)"
)
_START = re.compile(r"[。；;！？!?\n，,：:（(）)“”\u2028]|[由]|[一二三四五六七八九十]+[是要]|\d[.．、]")
_STOP = re.compile(r"[。；;！？!?\n\u2028]|\Z")
_LIST = re.compile(r"、|以及|[和及与]")
_WITH = re.compile(r"[，,]?会同(?!单位|部门)|[，,、]")
_HELPS = re.compile(r"(?:等[^，,。；;\n]{0,8})?(?:积极|共同)?(?:配合|参与|协助|参加)(?=[，,。；;\n]|\Z)")
_TOKEN = re.compile(r"[^、，,。；;：:]+")
_HEAD = re.compile(
    r".{1,20}?(?:局|委员会|委(?![员组宣统政网编军托办])|办公室|办(?![公事理法学好成])|厅|部(?![门队分委署长省])|部门|政府"
    r"|管委会|集团|公司|中心|院(?!校)|署|各区|区县|联合会|总工会|单位|银行)(?![局委部厅署])"
)


def clauses_of(text: str) -> Iterator[tuple[int, int, Parties]]:
    """The clauses that name who leads or answers, as start, end and the units named; none overlap."""
    done = 0
    for cue in _CUE.finditer(text):
        start = _names_start(text, max(done, cue.start() - _REACH), cue.start())
        if start is None:
            continue
        done = _clause_end(text, cue)
        parties = parties_of(text, (start, done))
        if parties and parties.lead:
            yield start, done, parties


def _names_start(text: str, floor: int, stop: int) -> int | None:
    """Where the list of units that ends at a cue begins; None where there is more or less than a list."""
    before = [mark.end() for mark in _START.finditer(text, floor, stop)]
    start = before[-1] if before else floor
    words = text[start:stop].strip().removesuffix("要")
    names = [name.strip() for name in _LIST.split(words)]
    whole = all(map(is_unit, names)) or is_unit(words)
    return (
        start if whole and any(is_organ(name) or name.startswith(("各", "有关")) for name in names) else None
    )


def _clause_end(text: str, cue: re.Match[str]) -> int:
    """The end of a clause with those whom it adds: ，会同…, ，…配合."""
    end = cue.end()
    last = _STOP.search(text, end, end + _ADDED)
    stop = last.start() if last else end + _ADDED
    if cue[0] == "会同":
        end = _names_end(text, end, stop)
    while link := _WITH.match(text, end, stop):
        reached = _names_end(text, link.end(), stop)
        helps = _HELPS.match(text, reached, stop)
        if reached == link.end() or not (helps or "会同" in link[0]):
            break
        end = helps.end() if helps else reached
    return end


def _names_end(text: str, start: int, stop: int) -> int:
    """The end of the list of units that begins at a place, the place itself where there is none."""
    end = start
    for token in _TOKEN.finditer(text, start, stop):
        head = None if is_unit(token[0]) else _HEAD.match(token[0])
        if not (is_unit(token[0]) or (head and is_unit(head[0]))):
            break
        end = token.start() + head.end() if head else token.end()
        if head or text[end : end + 1] != "、":
            break
    return end
