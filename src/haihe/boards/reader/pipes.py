"""The canonical text of a document from its lines: paragraphs, and the rows of tables between pipes."""

from __future__ import annotations

import re
from collections.abc import Iterable

ABOVE = "^^"
"""What a cell holds that continues the one above it."""

Row = list[tuple[str, int]]
"""The cells of a row, each with the number of columns over which it reaches."""

_BREAK = re.compile(r"\s*[\n\r\x0b\x0c\x85\u2028\u2029]\s*")
_DROPPED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def row_line(row: Row) -> str:
    r"""A row of a table as one line, in the manner of MultiMarkdown 6.

    A pipe inside a cell becomes `\|`, a line break U+2028, and a cell over several columns is followed by as
    many pipes.

    >>> row_line([("责任单位", 2), ("a|b", 1), ("", 1)])
    '| 责任单位 || a\\|b |  |'
    """
    return "|" + "".join(f" {_cell(words)} {'|' * columns}" for words, columns in row)


def _cell(words: str) -> str:
    return _BREAK.sub("\u2028", words.strip()).replace("\t", " ").replace("|", r"\|")


def table_lines(rows: Iterable[Row]) -> list[str]:
    """A table as lines, apart from what stands before and after it; none where it has no words."""
    lines = [row_line(row) for row in rows if row]
    return ["", *lines, ""] if any(line.strip("|^ ") for line in lines) else []


def text_from(lines: Iterable[str]) -> str:
    r"""The canonical text of lines: one blank line at most between two, no character that cannot be stored.

    >>> text_from(["", "一、总体要求 ", "", "", "坚持\0创新。"])
    '一、总体要求\n\n坚持创新。\n'
    """
    kept: list[str] = []
    for line in "\n".join(lines).replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        shown = _DROPPED.sub("", line).rstrip()
        if shown or (kept and kept[-1]):
            kept.append(shown)
    return "\n".join(kept).strip("\n") + "\n"
