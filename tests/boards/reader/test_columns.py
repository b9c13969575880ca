"""Lines come out in the order in which a page is read."""

from __future__ import annotations

import random

import pytest

from haihe.boards.reader.columns import Piece, lines_of

HEIGHT = 10.0


def column(name: str, left: float, top: float, count: int, width: float = 120.0) -> list[Piece]:
    """Filled lines of running text, the last one short."""
    return [
        Piece(
            f"{name}{at}",
            left,
            top + at * 14,
            left + (width if at < count - 1 else width / 3),
            top + at * 14 + HEIGHT,
        )
        for at in range(count)
    ]


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("shift", [0, 5])
def test_columns_are_read_one_after_the_other_below_their_title(count: int, shift: float) -> None:
    title = Piece("题", 60, 0, 60 + 90 * count, 18)
    columns = [column("甲乙丙"[at], at * 140, 40 + at * shift, 9) for at in range(count)]
    ordered = [title, *(piece for each in columns for piece in each)]
    shuffled = random.Random(7).sample(ordered, len(ordered))
    assert [line.words for line in lines_of(shuffled)] == [piece.words for piece in ordered]


def test_what_stands_below_columns_over_their_full_width_is_read_after_them() -> None:
    pieces = [*column("甲", 0, 0, 6), *column("乙", 140, 0, 6), Piece("完", 0, 120, 260, 130)]
    assert [line.words for line in lines_of(pieces)][-1] == "完"


def test_a_table_is_read_row_by_row() -> None:
    rows = [
        [
            Piece(f"{row}", 0, row * 14, 10, row * 14 + 10),
            Piece(f"任务{row}", 30, row * 14, 90, row * 14 + 10),
        ]
        for row in range(8)
    ]
    assert [line.words for line in lines_of(piece for row in rows for piece in row)] == [
        f"{row} 任务{row}" for row in range(8)
    ]


def test_a_page_of_very_many_pieces_takes_a_short_time() -> None:
    pieces = [Piece("字", at % 7, at * 12.0, at % 7 + 10, at * 12.0 + 10) for at in range(20_000)]
    assert len(lines_of(pieces)) == len(pieces)
