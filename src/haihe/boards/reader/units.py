"""The units that answer for a measure: who leads and who cooperates, each a span of the text.

What says so is the inside of a bracket, a cell, a line or a clause: labels (牵头单位：…；配合单位：…), words
behind the names (…牵头，…配合, …按职责分工负责), or one unit together with others (…会同…).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, NamedTuple

from haihe.boards.reader.records import Span
from haihe.kit import resources

Role = Literal["lead", "responsible", "cooperate"]

_FIRST_LEADS = re.compile(
    r"(?:[列排]|位列|名列|排名|署名)在?(?:第一(?:位|个|名)?|首位|最前)(?:者|的)?[^，。；（）]{0,6}?[为是即](?:总)?牵头"
    r"(?:单位|部门|者)?(?:[，,]下同)?|(?:第一|首)[个位]?(?:责任)?(?:单位|部门)[为是即](?:总)?牵头(?:单位|部门)?(?:[，,]下同)?"
)
_DUTY = r"(?:按照?|依照?|依据|根据)(?:各自)?(?:工作)?(?:职责|职能|分工)(?:分工)?|职责分工|各负其责"
_BY_DUTY = re.compile(_DUTY)
_STOP = r"(?=\s*(?:[，,；;。、）)】〕]|$))"
_LED = (
    r"(?:共同|分别|联合|负责|总)*牵头(?!单位|部门|机构|责任|[人的])"
    r"(?:负责|组织|实施|推进|落实|抓总|协调|统筹)*"
)
_ANSWERED = (
    rf"(?:分别|共同|具体|各自)*(?:{_DUTY})(?:分别|共同)?(?:抓好)?(?:负责|组织实施|落实|实施|推进)?"
    r"|(?:分别|共同|具体|各自|组织)*(?:负责(?![人的]|同志|单位|部门)(?:落实|实施)?"
    rf"|(?:组织实施|抓好落实|落实|实施|承办|承担|主办){_STOP})"
)
_HELPED = (
    r"(?:积极|共同|协助)*(?:配合(?!单位|部门|责任)(?:实施|落实|做好)?"
    rf"|(?:参与|参加|协办|协助|支持|指导|协同)(?:实施|落实|配合)?{_STOP})"
)
_JOINT = r"会同|(?<=[局委部厅署办府])(?:联合(?!会)|商(?=[国市省有相]))"
_ROLE_NOTE = re.compile(r"[（(]为?(?:(?P<lead>牵头|主责|主办)|配合|协办|参与|协同)(?:单位|部门)?[）)]$")
_AND = re.compile(r"以及|[和及与]")
_ETC = re.compile(
    r"等(?:[市省区县级国家各其他有相关成员责任直属委办局\s]{0,12}(?:单位|部门|局|企业|机构|地区|区县|方面))?$"
)
_LEADING = re.compile(r"(?:[^由]{0,12}(?<!自)由)?(?:(?:\d{1,2}|[①-⑳])[.．、]?|并|和|及|与|[*＊#\s])*")
_TRAILING = re.compile(r"(?:分别|共同|各自|具体|要|应|须|[*＊.\s])+$")
_NO_NAME = re.compile(r"完成|底前|持续|长期|为牵头|下同|略|无|[\W_]*|.*[\d０-９] ?[年月].*")
_NOTE = re.compile(r"[（(][^（）()]*[）)]$")
_BLANK = re.compile(r"\s+")
_NAME_MAX = 45


class Parties(NamedTuple):
    """Who leads and who cooperates, in the order written, and whether each by its own duty (按职责分工)."""

    lead: tuple[Span, ...]
    cooperate: tuple[Span, ...]
    by_duty: bool


@dataclass(frozen=True, slots=True)
class _Words:
    """The patterns made of params/plans.yaml: labels and marks beside names, names, and how those end."""

    mark: re.Pattern[str]
    name: re.Pattern[str]
    unit: re.Pattern[str]
    organ: re.Pattern[str]
    common: re.Pattern[str]
    roles: dict[str, Role]


def one_of(words: Iterable[str]) -> str:
    """A pattern for any of some words, the longest first."""
    return "(?:" + "|".join(sorted(map(re.escape, words), key=len, reverse=True)) + ")"


@cache
def _words() -> _Words:
    known: dict[str, Any] = resources.definition("boards/reader/params/plans.yaml")
    roles: dict[str, Role] = {word: role for role, listed in known["roles"].items() for word in listed}
    role, organs = one_of(roles), one_of(known["organs"])
    label = (
        rf"(?:{one_of(known['qualifiers'])}*(?P<role>{role}(?:[、和及或/]?{role})*){one_of(known['holders'])}"
        r"(?:[及和与](?:职责|分工|任务))?(?:[（(][^（）()\n]{0,30}[）)])?|(?P<short>牵头|责任|配合|协办)"
        rf"|(?P<due>{one_of(known['due'])})|(?P<other>{one_of(known['other'])}))\s?[：:]"
    )
    return _Words(
        re.compile(
            rf"{label}|(?P<joint>{_JOINT})|(?P<led>{_LED})|(?P<helped>{_HELPED})|(?P<answered>{_ANSWERED})"
        ),
        re.compile(
            r"(?:[^、，,；;。：:（()）【】〔〕\s]|[（(][^（）()]{0,60}[）)]"
            r"|(?<![局委部厅署办府会区市县司团心院校位门])\s+(?=\S)|\s+(?=员会|公室))+"
        ),
        re.compile(rf".+(?:{organs}|{one_of(known['others'])})"),
        re.compile(rf".+{organs}"),
        re.compile(rf"{one_of(known['common'])}|.*{one_of(known['tails'])}"),
        roles,
    )


def first_leads(text: str) -> bool:
    """Whether a document says that the first unit named leads (列第一位者为牵头单位)."""
    return _FIRST_LEADS.search(text) is not None


def name_of(unit: Span) -> str:
    """The name of a unit as written, without the white space that layout put into it."""
    return _BLANK.sub("", unit.quote)


def is_unit(words: str) -> bool:
    """Whether words read as the name of a unit or of a kind of units (各区, 有关部门).

    >>> is_unit("市人力资源和社会保障局"), is_unit("各区"), is_unit("企业"), is_unit("人才公寓")
    (True, True, False, False)
    """
    known, bare = _words(), _NOTE.sub("", words)
    return known.unit.fullmatch(bare) is not None and known.common.fullmatch(bare) is None


def is_organ(words: str) -> bool:
    """Whether words read as the name of an organ, not of a place or a kind of units."""
    return is_unit(words) and _words().organ.fullmatch(_NOTE.sub("", words)) is not None


def says_who(text: str, within: tuple[int, int]) -> bool:
    """Whether a stretch has a label of units, or says that somebody leads or answers."""
    marks = _words().mark.finditer(text, *within)
    return any(mark["role"] or mark["short"] or mark["led"] or mark["answered"] for mark in marks)


def parties_of(
    text: str, within: tuple[int, int], *, role: Role | None = None, first: bool = False
) -> Parties | None:
    """The units that a stretch of a text names, None where it names none.

    `role` is that of the names in a cell, by its heading; elsewhere a name without a label must read as one.
    Where no lead is named all that answer lead; if `first`, the first of them does and the rest cooperate.
    """
    start, end = within
    rule = _FIRST_LEADS.search(text, start, end)
    pieces = [(start, rule.start()), (rule.end(), end)] if rule else [within]
    found: dict[str, tuple[Span, Role]] = {}
    for piece in pieces:
        for unit, given in _named(text, piece, role):
            found.setdefault(name_of(unit), (unit, given))
    roles = {given for _, given in found.values()}
    if not found:
        return None
    units = list(found.values())
    lead = [unit for unit, given in units if given == "lead"]
    if not lead:
        lead = [unit for unit, given in units if given == "responsible"]
        lead = lead[:1] if first and roles == {"responsible"} else lead
    rest = (unit for unit, _ in units if unit not in lead)
    return Parties(tuple(lead), tuple(rest), _BY_DUTY.search(text, start, end) is not None)


def _named(text: str, within: tuple[int, int], role: Role | None) -> Iterator[tuple[Span, Role]]:
    """Every unit with its role: labels and 会同 speak of the names behind them, other words of those before.

    Behind a label for something else, such as 责任领导, names are no units.
    """
    start, end = within
    ahead, joined, silent, open_to_any = role, False, False, role is not None
    for mark in [*_words().mark.finditer(text, start, end), None]:
        if mark and mark.start() > start and text[mark.start() - 1] in "（(":
            continue
        if not silent:
            said = "cooperate" if joined else (mark and _said(mark)) or ahead or "responsible"
            yield from _units(text, (start, mark.start() if mark else end), said, open_to_any)
        if mark is None:
            return
        start, joined = mark.end(), mark["joint"] is not None
        if mark["role"] or mark["short"]:
            ahead, silent, open_to_any = role_of(mark["role"] or mark["short"]), False, True
        elif mark["due"] or mark["other"]:
            silent = True


def _said(mark: re.Match[str]) -> Role | None:
    """The role that a mark gives to the names before it, None for a label."""
    if mark["led"] or mark["joint"]:
        return "lead"
    return "cooperate" if mark["helped"] else "responsible" if mark["answered"] else None


def role_of(label: str) -> Role:
    """The role that a label or heading gives.

    >>> role_of("牵头责任单位"), role_of("责任单位"), role_of("协同单位")
    ('lead', 'responsible', 'cooperate')
    """
    roles = {role for word, role in _words().roles.items() if word in label}
    return "lead" if "lead" in roles else "cooperate" if "cooperate" in roles else "responsible"


def _units(text: str, within: tuple[int, int], role: Role, open_to_any: bool) -> Iterator[tuple[Span, Role]]:
    """The names of a stretch; of what is no label's or cell's, those only that read as units."""
    start, end = within
    stop = text.find("。", start, end) if open_to_any else -1
    for token in _words().name.finditer(text, start, end if stop < 0 else stop):
        for part in _split(text, *token.span()):
            begin, finish, given = _stripped(text, *part, role)
            words = text[begin:finish]
            fit = 1 < len(words) <= _NAME_MAX and not _NO_NAME.fullmatch(words)
            if fit and (open_to_any or is_unit(words)):
                yield Span(begin, finish, words), given


def _split(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The parts of 市X局和Y区政府; an 和 inside a name (工业和信息化部) stays, as no unit ends before it."""
    for joint in _AND.finditer(text, start, end):
        if is_unit(text[start : joint.start()]) and is_unit(_ETC.sub("", text[joint.end() : end])):
            yield start, joint.start()
            start = joint.end()
    yield start, end


def _stripped(text: str, start: int, end: int, role: Role) -> tuple[int, int, Role]:
    """A name without 由, 等有关单位 and the like around it, and its role, which a note may give (牵头)."""
    leading = _LEADING.match(text, start, end)
    start = leading.end() if leading else start
    words = text[start:end]
    for pattern in (_TRAILING, _ROLE_NOTE, _ETC, _TRAILING):
        note = pattern.search(words)
        if note and pattern is _ROLE_NOTE:
            role = "lead" if note["lead"] else "cooperate"
        words = words[: note.start()] if note else words
    return start, start + len(words), role
