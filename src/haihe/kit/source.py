"""Where a number or a statement came from: one type, one address (`/source/ID`).

A locator names a place inside the document in the standard fragment syntax of its medium:
`char=531,533` for text (RFC 5147, code points of the canonical text), `row=5` or `cell=5,2` for tables
(RFC 7111, rows and columns from 1), or, for a formula, the dotted name of the function that worked it out.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["sentence", "row", "formula", "judgement"]
Tier = Literal["official", "yearbook", "press", "ours", "sample"]

KINDS: tuple[Kind, ...] = ("sentence", "row", "formula", "judgement")
TIERS: tuple[Tier, ...] = ("official", "yearbook", "press", "ours", "sample")

_CHAR = re.compile(r"char=(\d+),(\d+)")


@dataclass(frozen=True, slots=True)
class Source:
    """The sentence, row, formula or judgement that a value came from.

    `document_sha256` is of the canonical text or of the file; `quote` is the exact words; `read_on` the day
    the document was read. What is not known is None. Equal sources have equal ids.

    >>> Source("sentence", locator=char_locator(531, 533), quote="六个").span
    (531, 533)
    """

    kind: Kind
    document_sha256: str | None = None
    locator: str | None = None
    quote: str | None = None
    url: str | None = None
    read_on: date | None = None
    tier: Tier = "ours"

    def __post_init__(self) -> None:
        assert self.kind in KINDS, self.kind
        assert self.tier in TIERS, self.tier

    @property
    def id(self) -> str:
        """24 hexadecimal digits of the SHA-256 of the content: the same source is the same address."""
        values = {name: getattr(self, name) for name in self.__slots__}
        content = json.dumps(values, sort_keys=True, default=str)
        return hashlib.sha256(content.encode()).hexdigest()[:24]

    @property
    def span(self) -> tuple[int, int] | None:
        """Start and end in code points of the canonical text, where the locator names characters."""
        match = _CHAR.fullmatch(self.locator or "")
        return (int(match[1]), int(match[2])) if match else None


def char_locator(start: int, end: int) -> str:
    """The locator of the code points [start, end) of a text (RFC 5147 §2.2.1)."""
    assert 0 <= start <= end
    return f"char={start},{end}"
