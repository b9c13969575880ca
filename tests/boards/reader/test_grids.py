from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haihe.boards.reader import Cell, Grid, grids_of

PIPED = """附表

# 重点任务
| 序号 | 任务 | 分工 || 时限 |
| ^^ | ^^ | 牵头单位 | 配合单位 | ^^ |
| 1 | 修路\\|架桥 | 市交委 |  | 6月底 |
| 2 | 种树 | ^^ | 各区\u2028各镇 | ^^ |
正文
"""


def words(grid: Grid) -> list[tuple[int, int, int, int, str]]:
    return [(cell.row, cell.column, cell.rows, cell.columns, cell.quote) for cell in grid.cells]


def test_merged_cells_stand_once_and_tell_how_far_they_reach() -> None:
    (grid,) = grids_of(PIPED)
    assert words(grid) == [
        (0, 0, 2, 1, "序号"),
        (0, 1, 2, 1, "任务"),
        (0, 2, 1, 2, "分工"),
        (0, 4, 2, 1, "时限"),
        (1, 2, 1, 1, "牵头单位"),
        (1, 3, 1, 1, "配合单位"),
        (2, 0, 1, 1, "1"),
        (2, 1, 1, 1, "修路\\|架桥"),
        (2, 2, 2, 1, "市交委"),
        (2, 3, 1, 1, ""),
        (2, 4, 2, 1, "6月底"),
        (3, 0, 1, 1, "2"),
        (3, 1, 1, 1, "种树"),
        (3, 3, 1, 1, "各区\u2028各镇"),
    ]
    assert (grid.header, grid.sheet) == (2, "重点任务")
    assert PIPED[grid.start : grid.end] == grid.quote
    assert grid.quote.startswith("| 序号")
    assert grid.quote.endswith("^^ |")


def test_a_line_of_dashes_is_no_row() -> None:
    (grid,) = grids_of("| 甲 | 乙 |\n| --- | :-: |\n| 一 | 二 |\n")
    assert [(cell.row, cell.quote) for cell in grid.cells] == [(0, "甲"), (0, "乙"), (1, "一"), (1, "二")]
    assert grid.header == 1


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("| 企业名称 | 总投资 |\n| 甲公司 | 12.5 |\n", 1),
        ("| 任务分工表 ||\n| 任务 | 责任单位 |\n| 修路 | 市交委 |\n", 2),
        ("| 甲公司 | 12.5 |\n| 乙公司 | 3.2 |\n", 0),
    ],
)
def test_the_header_is_the_rows_that_name_columns(text: str, header: int) -> None:
    assert grids_of(text)[0].header == header


@pytest.mark.parametrize(
    "text", ["", "甲,乙\n丙,丁\n", "他说,你好,再见。\n第二句,完。\n", "甲,乙,丙\n", "a|b|c\n"]
)
def test_prose_with_commas_is_no_table(text: str) -> None:
    assert grids_of(text) == ()


ROWS = st.integers(3, 5).flatmap(
    lambda width: st.lists(
        st.lists(st.text('甲乙1,"\n\t； ', max_size=5), min_size=width, max_size=width),
        min_size=2,
        max_size=5,
    )
)


@given(rows=ROWS, mark=st.sampled_from(["\r\n", "\n"]))
def test_separated_values_are_read_as_they_were_written(rows: list[list[str]], mark: str) -> None:
    """The writer of the standard library is the oracle; a cell's span leaves its quotes out."""
    written = io.StringIO()
    csv.writer(written, lineterminator=mark, quoting=csv.QUOTE_ALL).writerows(rows)
    text = written.getvalue()
    if "\t" in text.partition("\n")[0]:
        return
    (grid,) = grids_of(text)
    read: dict[int, list[str]] = {}
    for cell in grid.cells:
        assert text[cell.start : cell.end] == cell.quote
        read.setdefault(cell.row, []).append(cell.quote.replace('""', '"'))
    assert list(read.values()) == rows


@given(
    text=st.text(max_size=100)
    | st.lists(
        st.sampled_from(
            [
                "|",
                "||",
                "^^",
                "\n",
                "|\n|",
                "甲",
                " ",
                "---",
                "\\|",
                '"',
                ",",
                "\t",
                "\r\n",
                "\ufeff",
                "# 表\n",
            ]
        ),
        max_size=50,
    ).map("".join)
)
def test_of_any_text_cells_are_their_words_and_do_not_overlap(text: str) -> None:
    for grid in grids_of(text):
        assert text[grid.start : grid.end] == grid.quote
        assert grid.header <= max((cell.row + cell.rows for cell in grid.cells), default=0)
        places = [place for cell in grid.cells for place in reached(cell)]
        assert len(places) == len(set(places))
        end = grid.start
        for cell in grid.cells:
            assert text[cell.start : cell.end] == cell.quote
            assert end <= cell.start <= cell.end <= grid.end
            end = cell.end


def reached(cell: Cell) -> list[tuple[int, int]]:
    rows, columns = range(cell.row, cell.row + cell.rows), range(cell.column, cell.column + cell.columns)
    return [(row, column) for row in rows for column in columns]
