"""Pieces of text on a page, put into lines in reading order, column by column where a page has columns.

A page is cut where white space runs through it: across between its rows, down between its columns (after the
recursive X-Y cut of Nagy, Seth and Viswanathan, "A prototype document image analysis system", 1992).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

_GUTTER = 0.8
"""The least width of the white between two columns, in heights of a line."""

_COLUMN_ROWS_MIN = 4
_COLUMN_WIDTH_MIN = 8.0
_FILLED, _FILLED_SHARE = 0.7, 0.5
_OVERLAP = 0.5
_ROWS_MAX = 2_000
_APART = 0.6
"""From this gap on, in heights of a line, two pieces of a row are set apart by a space."""


class Piece(NamedTuple):
    """Words on a page and where they stand: distances from its left and upper edge, in any one unit."""

    words: str
    left: float
    top: float
    right: float
    bottom: float


def lines_of(pieces: Iterable[Piece]) -> list[Piece]:
    """The lines of a page in the order in which they are read, each as one piece."""
    found = [piece for piece in pieces if piece.words.strip() and piece.bottom > piece.top]
    if not found:
        return []
    height = median(piece.bottom - piece.top for piece in found)
    return [_line(row, height) for row in _ordered(_rows(found), height)]


def _rows(pieces: Iterable[Piece]) -> list[list[Piece]]:
    """Pieces that stand beside each other, from the top; in each row from the left."""
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda piece: (piece.top + piece.bottom, piece.left)):
        last = rows[-1][-1] if rows else None
        if last:
            shared = min(last.bottom, piece.bottom) - max(last.top, piece.top)
            if shared > _OVERLAP * min(last.bottom - last.top, piece.bottom - piece.top):
                rows[-1].append(piece)
                continue
        rows.append([piece])
    return [sorted(row, key=lambda piece: piece.left) for row in rows]


def _ordered(rows: list[list[Piece]], height: float) -> list[list[Piece]]:
    """The rows in reading order: where a gutter runs through, left column before right."""
    if not _COLUMN_ROWS_MIN <= len(rows) <= _ROWS_MAX:
        return rows
    edges = _edges(rows)
    found: list[list[Piece]] = []
    at = 0
    while at < len(rows):
        count, gutter = _stretch(rows[at:], edges, height)
        if gutter is None:
            found.append(rows[at])
            at += 1
            continue
        for side in _sides(rows[at : at + count], gutter):
            found += _ordered(side, height)
        at += count
    return found


def _stretch(
    rows: Sequence[list[Piece]], edges: tuple[float, float], height: float
) -> tuple[int, float | None]:
    """How many of the rows white runs through, and the middle of that white where it parts columns."""
    white = [edges]
    count = 0
    while count < len(rows):
        narrowed = _shared(white, _gaps(rows[count], *edges), _GUTTER * height)
        if not narrowed:
            break
        white, count = narrowed, count + 1
    for low, high in sorted(white, key=lambda gap: gap[0] - gap[1]):
        middle = (low + high) / 2
        if all(_is_column(side, height) or _parts(side, height) for side in _sides(rows[:count], middle)):
            return count, middle
    return count, None


def _parts(rows: Sequence[list[Piece]], height: float) -> bool:
    """Whether rows are columns themselves, from the first to the last of them."""
    if len(rows) < _COLUMN_ROWS_MIN:
        return False
    count, gutter = _stretch(rows, _edges(rows), height)
    return count == len(rows) and gutter is not None


def _edges(rows: Iterable[Sequence[Piece]]) -> tuple[float, float]:
    pieces = [piece for row in rows for piece in row]
    return min(piece.left for piece in pieces), max(piece.right for piece in pieces)


def _gaps(row: Sequence[Piece], left: float, right: float) -> list[tuple[float, float]]:
    """The white of a row, its margins included."""
    edges = [left, *(edge for piece in row for edge in (piece.left, piece.right)), right]
    return [(low, high) for low, high in zip(edges[::2], edges[1::2], strict=True) if high > low]


def _shared(
    first: Sequence[tuple[float, float]], second: Sequence[tuple[float, float]], least: float
) -> list[tuple[float, float]]:
    shared = ((max(a, c), min(b, d)) for a, b in first for c, d in second)
    return [(low, high) for low, high in shared if high - low >= least]


def _sides(rows: Iterable[Sequence[Piece]], middle: float) -> tuple[list[list[Piece]], list[list[Piece]]]:
    left = [[piece for piece in row if piece.right <= middle] for row in rows]
    right = [[piece for piece in row if piece.right > middle] for row in rows]
    return [row for row in left if row], [row for row in right if row]


def _is_column(rows: Sequence[Sequence[Piece]], height: float) -> bool:
    """Whether rows are running text: enough, wide enough, and most of them filled; a table's are not."""
    if len(rows) < _COLUMN_ROWS_MIN:
        return False
    left, right = _edges(rows)
    filled = sum(row[-1].right - row[0].left >= _FILLED * (right - left) for row in rows)
    return right - left >= _COLUMN_WIDTH_MIN * height and filled >= _FILLED_SHARE * len(rows)


def _line(row: Sequence[Piece], height: float) -> Piece:
    """The pieces of a row as one, with a space where they stand apart."""
    words = row[0].words
    for before, after in pairwise(row):
        apart = after.left - before.right >= _APART * height
        words += (" " if apart else "") + after.words
    tops, bottoms = (piece.top for piece in row), (piece.bottom for piece in row)
    return Piece(words, row[0].left, min(tops), max(piece.right for piece in row), max(bottoms))
