"""Markings (标识) of what the house holds, and the marks of state secrets, which it must not hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal, get_args

from haihe.kit import resources
from haihe.kit.errors import N_, Conflict, Forbidden, Invalid

Level = Literal["public", "internal", "work_secret"]
LEVELS: tuple[Level, ...] = get_args(Level)
LEVEL_LABELS: dict[Level, str] = {
    "public": N_("public"),
    "internal": N_("internal"),
    "work_secret": N_("work secret"),
}

WARNING = N_("This system must not hold classified information.")
"""What every page says (本系统不得处理涉密信息)."""

_HEAD_LINES = 12
_HEAD_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class Marking:
    """The level that a thing is marked with, by whom and when."""

    subject: str
    level: Level
    marked_by: str
    marked_at: datetime


def check_level(level: str) -> None:
    """Raise Invalid for a level that there is not."""
    if level not in LEVELS:
        raise Invalid(
            N_("There is no marking {level}."),
            advice=N_("Choose one of {known}."),
            level=level,
            known=", ".join(LEVELS),
        )


def check_publishable(marking: Marking | None) -> None:
    """Raise Conflict for what is marked with a level that is not for the public."""
    if marking is not None and not _definition()["levels"][marking.level]["publishable"]:
        raise Conflict(
            N_("This is marked {level} and is not for the public."),
            advice=N_("Change its marking first, if that is right."),
            level=marking.level,
        )


def secret_mark(text: str) -> str | None:
    """The mark of a state secret (国家秘密标志) that a text bears, None where it bears none.

    A level with ★ (GB/T 9704-2012 §7.2.2: 机密★1年) in the head of the document, its first short lines, or
    alone on any line; in the head also a level that stands alone. Words about secrets are no mark.

    >>> secret_mark("000001" + chr(10) + "机密★1年" + chr(10) + "特急")
    '机密★'
    >>> secret_mark("加强商业秘密保护，严格保守国家秘密。")
    """
    in_head, whole = _marks()
    lines = [line for line in map(str.strip, text.splitlines()) if line]
    for number, line in enumerate(lines):
        head = number < _HEAD_LINES and len(line) <= _HEAD_CHARACTERS
        if found := in_head.search(line) if head else whole.fullmatch(line):
            return re.sub(r"\s", "", found[found.lastindex or 0])
    return None


def check_unclassified(text: str) -> None:
    """Raise Forbidden for a text that bears the mark of a state secret, so that nothing of it is kept."""
    mark = secret_mark(text)
    if mark is not None:
        raise Forbidden(
            N_("The document bears the mark {mark} of a state secret. Nothing of it was kept."),
            advice=N_(
                "Take it off this machine and tell your unit's office for the protection of secrets. A "
                "document that only quotes the mark can be handed in without that line."
            ),
            mark=mark,
        )


@cache
def _definition() -> dict[str, Any]:
    found: dict[str, Any] = resources.definition("boards/accounts/params/markings.yaml")
    return found


@cache
def _marks() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A mark as it stands in a head, and as a whole line."""
    level = "|".join(r"\s{0,2}".join(level) for level in _definition()["secret"])
    period = r"\s*(?:[\d一二三四五六七八九十]{1,3}\s*(?:年|个月)|长期)?"
    starred = rf"(?:{level})\s{{0,2}}★"
    return (
        re.compile(rf"({starred})|^({level}){period}$"),
        re.compile(rf"({starred}){period}"),
    )
