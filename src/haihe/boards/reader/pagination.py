"""The text of a document that is pages of lines: a PDF, an OFD document, a scan."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from haihe.boards.reader.columns import Piece
from haihe.boards.reader.pipes import text_from
from haihe.kit.errors import N_, Invalid

SOFT_HYPHEN = "\u00ad"
"""What stands where a word is broken at the end of a line."""

_PAGES_MAX = 2_000
_MARGIN_LINES = 2
_EDGE = 0.12
_SAME_HEIGHT = 0.015
_REPEATED_SHARE, _REPEATED_MIN = 0.4, 2
_NUMBER = r"(?:\d{1,4}|[ivx]{1,6})"
_PAGE_NUMBER = re.compile(
    rf"[\W_]*(?:第|page)?[\W_]*{_NUMBER}[\W_]*(?:[页of]*[\W_]*共?[\W_]*\d{{1,4}}[\W_]*)?页?[\W_]*",
    re.IGNORECASE,
)
_BROKEN_WORD = re.compile(rf"{SOFT_HYPHEN}\n(\S+)[ \t]?")


def check_count(pages: int) -> None:
    """Raise Invalid where a document has more pages than are read."""
    if pages > _PAGES_MAX:
        raise Invalid(
            N_("The document has {count} pages; {limit} are read at a time."),
            advice=N_("Split it into smaller files and read each."),
            count=pages,
            limit=_PAGES_MAX,
        )


class Page(NamedTuple):
    """A page with its lines in reading order, from `top` to `bottom`; one that is a picture has none."""

    lines: list[Piece]
    top: float
    bottom: float
    is_picture: bool = False


def text_of(pages: Sequence[Page]) -> str:
    """The canonical text of pages, without their numbers and what repeats at their upper and lower edges."""
    lines: list[str] = []
    for page, furniture in zip(pages, _furniture(pages), strict=True):
        lines += [line.words for at, line in enumerate(page.lines) if at not in furniture]
    return _BROKEN_WORD.sub(r"\1\n", text_from(lines)).replace(SOFT_HYPHEN, "")


def _furniture(pages: Sequence[Page]) -> list[set[int]]:
    """The lines of each page that are its number, or that stand at the same height of many pages."""
    edges = [_edges(page) for page in pages]
    seen = Counter(key for page in edges for key in {key for _, keys in page for key in keys})
    least = max(_REPEATED_MIN, _REPEATED_SHARE * len(pages))
    found = []
    for page, edge in zip(pages, edges, strict=True):
        numbers = {at for at, _ in edge if _PAGE_NUMBER.fullmatch(page.lines[at].words)}
        found.append(numbers | {at for at, keys in edge if any(seen[key] >= least for key in keys)})
    return found


def _edges(page: Page) -> list[tuple[int, list[tuple[str, int]]]]:
    """The first and last lines of a page that stand in its margins, with what they are compared by.

    That is their words without digits and their height, rounded both ways so that near heights meet.
    """
    height = page.bottom - page.top
    if height <= 0:
        return []
    count = len(page.lines)
    found = []
    for at in sorted({*range(min(_MARGIN_LINES, count)), *range(max(count - _MARGIN_LINES, 0), count)}):
        line = page.lines[at]
        place = ((line.top + line.bottom) / 2 - page.top) / height
        if not _EDGE < place < 1 - _EDGE:
            words = re.sub(r"\d+|\s+", "", line.words)
            step = int(place / _SAME_HEIGHT)
            found.append((at, [(words, step), (words, step + 1)]))
    return found
