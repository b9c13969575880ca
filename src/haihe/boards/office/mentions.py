"""Whom comments mention (@): posts and units, what is still to be answered, and whom somebody may mean."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from haihe.kit.text import folded

CANDIDATES_MAX = 8

MentionKind = Literal["post", "unit"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A post or a unit that may be mentioned, by its number."""

    kind: MentionKind
    number: int
    words: str


@dataclass(frozen=True, slots=True)
class MentionRow:
    """A post or a unit that a comment mentions, as it is called now; `settled_at` since when it answered."""

    kind: MentionKind
    number: int
    words: str
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class CommentRow:
    """A comment: `text` has mentions as `@[words](post/12)`, `words` as people read them.

    `own` says that the reader wrote it; the words of a withdrawn one are only for them.
    """

    id: int
    node: int
    author: str
    text: str
    words: str
    at: datetime
    own: bool
    withdrawn: bool
    mentions: tuple[MentionRow, ...]


@dataclass(frozen=True, slots=True)
class MentionedRow:
    """A comment that mentions a post or a unit of the reader, and waits for its answer."""

    id: int
    node: int
    title: str
    author: str
    words: str
    at: datetime
    mentioned: str


def candidates(typed: str, among: Iterable[Candidate]) -> list[Candidate]:
    """Those whose words have what is typed, the first given first, and of these those that begin with it.

    >>> posts = [Candidate("post", 1, "市政府办 秘书处处长"), Candidate("unit", 2, "秘书处")]
    >>> [one.number for one in candidates("秘书", posts)]
    [2, 1]
    """
    word = folded(typed)
    found = dict.fromkeys(one for one in among if word in folded(one.words))
    return sorted(found, key=lambda one: not folded(one.words).startswith(word))[:CANDIDATES_MAX]
