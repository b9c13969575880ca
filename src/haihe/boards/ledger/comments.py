"""Comments (批注) on items: plain words, in which posts and units are named by their number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from haihe.kit.errors import N_, Invalid

COMMENT_CHARACTERS_MAX = 2_000
MENTIONS_MAX = 20

_MENTION = re.compile(r"@\[([^\[\]\n]{1,400})\]\((post|unit)/(\d{1,18})\)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Mention:
    """A post or a unit named in a comment, `@[words](post/12)`: its number, and how it was called then."""

    kind: Literal["post", "unit"]
    number: int
    words: str

    def __str__(self) -> str:
        """As it stands in the words of a comment."""
        return f"@[{self.words}]({self.kind}/{self.number})"


@dataclass(frozen=True, slots=True)
class Comment:
    """What was written on an item, by which post or account, and when; never changed, only withdrawn."""

    id: int
    node: int
    author: str
    text: str
    by: str
    at: datetime
    withdrawn_at: datetime | None


def parts(text: str) -> Iterator[str | Mention]:
    """The words of a comment, and between them those it mentions.

    >>> list(parts("请@[科技局](unit/7)说明"))
    ['请', Mention(kind='unit', number=7, words='科技局'), '说明']
    """
    end = 0
    for found in _MENTION.finditer(text):
        if found.start() > end:
            yield text[end : found.start()]
        yield Mention(found[2], int(found[3]), found[1])  # type: ignore[arg-type]  # the pattern's words
        end = found.end()
    if end < len(text):
        yield text[end:]


def plain(text: str) -> str:
    """The words of a comment as people read them.

    >>> plain("请@[科技局](unit/7)说明")
    '请@科技局说明'
    """
    return "".join(one if isinstance(one, str) else f"@{one.words}" for one in parts(text))


def mentions(text: str) -> tuple[Mention, ...]:
    """Whom a comment mentions, each once."""
    found = {(one.kind, one.number): one for one in parts(text) if isinstance(one, Mention)}
    return tuple(found.values())


def checked_text(text: str) -> str:
    """The words of a comment without the space around them; raises Invalid for none, or too many."""
    kept = text.replace("\0", "").strip()
    if not 0 < len(plain(kept)) <= COMMENT_CHARACTERS_MAX:
        raise Invalid(
            N_("The comment has {count} characters; it needs 1 to {limit}."),
            advice=N_("Say it in a few sentences; a longer text is a document."),
            count=len(plain(kept)),
            limit=COMMENT_CHARACTERS_MAX,
        )
    if len(mentions(kept)) > MENTIONS_MAX:
        raise Invalid(
            N_("The comment mentions {count} posts and units; it may mention {limit}."),
            advice=N_("Name those who are to answer."),
            count=len(mentions(kept)),
            limit=MENTIONS_MAX,
        )
    return kept
