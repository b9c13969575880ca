"""The units in the bracket at a measure's end: who leads and who cooperates, as written."""

from __future__ import annotations

import re

from haihe.boards.ledger.records import Role, Share

_BRACKET = re.compile(r"[（(]([^（）()]*)[）)][。；;\s]*$")
_LABEL = re.compile(
    r"(?P<lead>牵头责任单位|牵头单位|牵头部门|主办单位|责任单位|责任部门|责任主体|承办单位)[:：]"
    r"|(?P<cooperating>配合单位|配合部门|协办单位|协同单位|参与单位|参加单位)[:：]"
    r"|(?P<due>完成时限|完成时间|时间节点|时限)[:：]"
)
_SAID = re.compile(
    r"共同牵头|牵头负责|牵头|分别负责|共同负责|按(?:照?各自)?职责分工(?:负责)?|负责|配合|参与|参加"
)
_ANSWERING = re.compile(r"牵头|负责|按(?:照?各自)?职责分工")
_COOPERATING = {"配合", "参与", "参加"}
_FIRST_LEADS = re.compile(r"[列排]?在?(?:第一位?|首位)(?:者|的)?(?:单位)?为牵头(?:单位|部门)?(?:[，,]下同)?")
_SPLIT = re.compile(r"[、，,；;]|及(?=各)|\s+")
_NOISE = re.compile(r"(?:等(?:单位|部门)?|按照?(?:各自)?职责(?:分工)?|分别|分工|等?按$)+$")


def bracket_of(text: str) -> str:
    """The inside of the bracket that ends a text and names units, empty where there is none.

    >>> bracket_of("推进港口合作。（牵头单位：市交通运输委）")
    '牵头单位：市交通运输委'
    """
    found = _BRACKET.search(text)
    inside = found[1] if found else ""
    return inside if _LABEL.search(inside) or _ANSWERING.search(inside) else ""


def first_leads(text: str) -> bool:
    """Whether a document says that the first unit named leads (列第一位者为牵头单位)."""
    return bool(_FIRST_LEADS.search(text))


def shares_of(text: str, *, first_leads: bool = False) -> tuple[Share, ...]:
    """The units that answer for a measure, in the order written; all lead where no lead is named.

    >>> [(share.name, share.role) for share in shares_of("办会（市留交办牵头，市教育局、各区配合）")]
    [('市留交办', 'lead'), ('市教育局', 'cooperating'), ('各区', 'cooperating')]
    """
    inside = _FIRST_LEADS.sub("", bracket_of(text))
    if not inside:
        return ()
    parts = _labelled(inside) if _LABEL.search(inside) else _said(inside)
    pairs = [(name, role) for names, role in parts for name in _names(names)]
    if first_leads and "牵头" not in inside and all(role == "lead" for _, role in pairs):
        pairs = [(name, "cooperating" if place else role) for place, (name, role) in enumerate(pairs)]
    shares = dict[str, Share]()
    for name, role in pairs:
        shares.setdefault(name, Share(name, role))
    return tuple(shares.values())


def _labelled(inside: str) -> list[tuple[str, Role]]:
    """The parts of 牵头单位：…，配合单位：…."""
    marks = list(_LABEL.finditer(inside))
    ends = [mark.start() for mark in marks[1:]] + [len(inside)]
    return [
        (inside[mark.end() : end], "lead" if mark["lead"] else "cooperating")
        for mark, end in zip(marks, ends, strict=True)
        if not mark["due"]
    ]


def _said(inside: str) -> list[tuple[str, Role]]:
    """The parts of …牵头，…配合; what names no lead leads together."""
    parts: list[tuple[str, Role]] = []
    start = 0
    for mark in _SAID.finditer(inside):
        parts.append((inside[start : mark.start()], "cooperating" if mark[0] in _COOPERATING else "lead"))
        start = mark.end()
    return parts


def _names(words: str) -> list[str]:
    stripped = (_NOISE.sub("", part.strip("。 \u3000\n")) for part in _SPLIT.split(words))
    return [name for name in stripped if name]
