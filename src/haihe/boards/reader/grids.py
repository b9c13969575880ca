r"""The tables of a plain text: pipe tables and whole documents of comma- or tab-separated values.

Pipe tables are as MultiMarkdown 6 writes them: adjacent pipes widen the cell before them, `^^` continues
the one above, `\|` is a pipe, a line of dashes under the header is no row; U+2028 breaks a line in a cell.
Separated values are as RFC 4180 has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain, groupby, pairwise
from operator import attrgetter

from haihe.boards.reader.records import Cell, Grid
from haihe.boards.reader.units import one_of
from haihe.kit import resources

_COLUMNS_MIN = 3  # fields to a line of a document of separated values
_COLUMNS_MAX = 256
_HEADER_ROWS = 4
_HEADING_MAX = 16
_SHEET_REACH = 200
_PIPED = re.compile(r"^[ \t]*\|(?=[^\n]*\|)[^\n]*(?:\n[ \t]*\|(?=[^\n]*\|)[^\n]*)*", re.MULTILINE)
_LINE = re.compile(r"[^\n]+")
_PIPE = re.compile(r"(?<!\\)\||$")
_RULE = re.compile(r"[ \t|:]*-[-\s|:]*")
_SHEET = re.compile(r"^#[ \t]+(\S[^\n]*?)\s*\Z", re.MULTILINE)
_FIELDS = [re.compile(rf'(?:"((?:[^"]|"")*+)"|([^{mark}"\r\n]*+))({mark}|\r?\n|\Z)') for mark in "\t,"]
_BLANK = " \t\r\u3000\xa0"
_NOTE = re.compile(r"[（(][^（）()]*[）)]|\s+")
_NUMBER = re.compile(r"[\d.,%％]+")


def grids_of(text: str) -> tuple[Grid, ...]:
    """The tables of a text in order, each with its cells by row and column; none overlap.

    The header is the rows from the top that name columns, with a title above them; `sheet` is the line
    `# name` before a table of a workbook.
    """
    separated = next(filter(None, (_separated(text, field) for field in _FIELDS)), None)
    return (separated,) if separated else tuple(_piped(text, match) for match in _PIPED.finditer(text))


def heading_of(words: str) -> str:
    """A column's heading without notes in brackets and white space."""
    return _NOTE.sub("", words)


def _piped(text: str, match: re.Match[str]) -> Grid:
    """The table of consecutive lines that begin with a pipe."""
    places: list[list[int]] = []  # of each cell its start, end, row, column, rows and columns
    above: dict[int, list[int]] = {}
    row, ruled = 0, False
    for line in _LINE.finditer(text, match.start(), match.end()):
        if row == 1 and not ruled and _RULE.fullmatch(line[0]):
            ruled = True
            continue
        last: list[int] | None = None
        for column, (start, end) in enumerate(_pipe_fields(text, line)):
            held = above.get(column)
            if start == end and last:
                last[5] += last[2] == row
            elif text[start:end].strip(_BLANK) == "^^" and held:
                held[4], last = row - held[2] + 1, held
            else:
                filled = text[start:end].rstrip(_BLANK)
                first = start + len(filled) - len(filled.lstrip(_BLANK))
                last = above[column] = [first, start + len(filled), row, column, 1, 1]
                places.append(last)
        row += 1
    cells = tuple(Cell(start, end, text[start:end], *rest) for start, end, *rest in places)
    sheet = _SHEET.search(text, max(0, match.start() - _SHEET_REACH), match.start())
    return Grid(*match.span(), match[0], cells, _header(cells) or int(ruled), sheet[1] if sheet else None)


def _pipe_fields(text: str, line: re.Match[str]) -> Iterator[tuple[int, int]]:
    """The fields of a line between its pipes; adjacent pipes hold an empty one."""
    pipes = [pipe.start() for pipe in _PIPE.finditer(text, *line.span())]
    if not text[pipes[-2] + 1 : pipes[-1]].strip(_BLANK):
        del pipes[-1]
    return ((before + 1, after) for before, after in pairwise(pipes))


def _separated(text: str, pattern: re.Pattern[str]) -> Grid | None:
    """The table that a whole text of separated values is; None where its lines differ in their fields."""
    start = at = int(text.startswith("\ufeff"))
    stop = len(text.rstrip("\r\n"))
    cells: list[Cell] = []
    row = column = width = 0
    while at <= stop:
        field = pattern.match(text, at, stop)
        if field is None or column == _COLUMNS_MAX:
            return None
        place = field.span(1 if field[1] is not None else 2)
        cells.append(Cell(*place, text[slice(*place)], row, column))
        at, column = field.end(), column + 1
        if field[3] in {",", "\t"}:
            continue
        width = width or column
        if column != width or width < _COLUMNS_MIN:
            return None
        row, column = row + 1, 0
        if not field[3]:
            break
    return Grid(start, stop, text[start:stop], tuple(cells), _header(cells)) if row > 1 else None


@cache
def _heading() -> re.Pattern[str]:
    """What the heading of a column of a plan ends in."""
    known = resources.definition("boards/reader/params/plans.yaml")
    lists = [
        *known["columns"].values(),
        *known["roles"].values(),
        known["holders"],
        known["due"],
        known["other"],
    ]
    return re.compile(rf"[^\d。；，]{{0,10}}{one_of({*chain(*lists)} | {'名称'})}")


def _header(cells: Sequence[Cell]) -> int:
    """How many rows from the top name columns."""
    rows = [list(row) for _, row in groupby(cells, key=attrgetter("row"))]
    header = 0
    for row in rows[:_HEADER_ROWS]:
        words = [heading_of(cell.quote) for cell in row if cell.quote]
        named = sum(len(word) <= _HEADING_MAX and _heading().fullmatch(word) is not None for word in words)
        if named > 1:
            header = max(cell.row + cell.rows for cell in row)
        elif len(words) > 1 and row[0].row >= header:
            break
    return header or int(_is_heading(rows))


def _is_heading(rows: Sequence[Sequence[Cell]]) -> bool:
    """Whether the first row is words alone, short and different, over rows with numbers."""
    words = [cell.quote for cell in rows[0]] if rows else []
    short = all(0 < len(word) <= _HEADING_MAX and not _NUMBER.search(word) for word in words)
    counted = any(_NUMBER.fullmatch(cell.quote) for row in rows[1:] for cell in row)
    return short and counted and len({*words}) == len(words) > 1
