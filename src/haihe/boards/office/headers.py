"""Where the tables of a sheet are: titles above, a header of one or several rows, rows, notes below."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from haihe.boards.office.records import Cell
from haihe.boards.office.sheets import Range, Row, RowKind, Sheet, Table
from haihe.boards.office.vocabulary import is_known, is_note, is_sum, plain_heading

_HEADING_CHARACTERS_MAX = 24
_HEAD_ROWS_MAX = 4
_KNOWN_MIN = 2
_ACROSS = 0.5
_SENTENCE = re.compile(r"[。；;！!？?]")
_COUNTED = re.compile(r"[(（]?\d{1,2}[)）]?|[甲乙丙丁戊己庚辛壬癸]", re.ASCII)
_NUMERAL = re.compile(r"[(（]?[一二三四五六七八九十]{1,3}[)）]?[、.]?")
_BLANK = re.compile(r"\s+")


class _Grid:
    """A sheet whose merged cells stand at every place that they cover."""

    def __init__(self, sheet: Sheet) -> None:
        self.cells = sheet.rows
        self.width = max(map(len, sheet.rows), default=0)
        self._range: dict[tuple[int, int], Range] = {}
        for one in sheet.merged:
            for row in range(one.top, min(one.bottom, len(sheet.rows) - 1) + 1):
                for column in range(one.left, min(one.right, self.width - 1) + 1):
                    self._range[row, column] = one

    def span(self, row: int, column: int) -> Range:
        return self._range.get((row, column)) or Range(row, column, row, column)

    def at(self, row: int, column: int) -> Cell | None:
        """The cell that covers a place."""
        top, left, _, _ = self.span(row, column)
        return self.cells[top][left] if left < len(self.cells[top]) else None

    def begun(self, row: int) -> dict[int, Cell]:
        """The filled cells that begin in a row, by column."""
        return {
            column: cell
            for column, cell in enumerate(self.cells[row])
            if cell and cell.shown.strip() and self.span(row, column)[:2] == (row, column)
        }

    def used(self) -> int:
        """How many columns hold anything."""
        return len({column for row in self.cells for column, cell in enumerate(row) if cell})

    def wide(self, row: int, column: int) -> int:
        """Over how many columns the cell at a place reaches."""
        one = self.span(row, column)
        return min(one.right, self.width - 1) - one.left + 1


@dataclass(slots=True)
class _Found:
    """A table on its way."""

    titles: list[Cell]
    head: range
    headings: dict[int, str]
    rows: list[int] = field(default_factory=list)
    again: list[int] = field(default_factory=list)


def tables_of(sheet: Sheet) -> tuple[Table, ...]:
    """The tables of a sheet from the top; a header that comes again belongs to the table that it repeats."""
    grid = _Grid(sheet)
    found: list[_Found] = []
    above: list[int] = []
    row = 0
    while row < len(grid.cells):
        head = _head_at(grid, row) if grid.begun(row) else None
        if head is None:
            (found[-1].rows if found else above).append(row)
            row += 1
            continue
        headings = _headings(grid, head)
        between = _tail(grid, found[-1].rows) if found else [at for at in above if at < head.start]
        if found and _folded(headings) == _folded(found[-1].headings):
            _drop(found[-1].rows, between)
            found[-1].again += [at + 1 for at in head]
        else:
            if found:
                _drop(found[-1].rows, between)
            titles = [cell for at in between for cell in grid.begun(at).values()]
            found.append(_Found(titles, head, headings))
        row = head.stop
    return tuple(_table(sheet, grid, one) for one in found)


def _drop(rows: list[int], some: Sequence[int]) -> None:
    for at in some:
        rows.remove(at)


def _tail(grid: _Grid, rows: Sequence[int]) -> list[int]:
    """The lines at the end of some rows that hold no more than one cell, or a note."""
    kept: list[int] = []
    for row in reversed(rows):
        cells = list(grid.begun(row).values())
        if len(cells) > 1 and not is_note(cells[0].shown):
            break
        kept.insert(0, row)
    return kept


def _folded(headings: dict[int, str]) -> list[tuple[int, str]]:
    return [(column, plain_heading(words)) for column, words in headings.items()]


def _is_label(cell: Cell) -> bool:
    """Whether a cell may be a heading: short words, no number, day or sentence."""
    words = _BLANK.sub("", cell.shown)
    bare = plain_heading(words)
    return (
        isinstance(cell.value, str)
        and cell.formula is None
        and 0 < len(bare) <= _HEADING_CHARACTERS_MAX
        and not _SENTENCE.search(words)
        and not _COUNTED.fullmatch(words)
        and (("：" not in words and ":" not in words) or words.endswith(("：", ":", ")", "）")))
    )


def _head_at(grid: _Grid, row: int) -> range | None:
    """The rows of the header that begins here or just below, None where none does."""
    cells = grid.begun(row)
    labels = [cell for cell in cells.values() if _is_label(cell)]
    if len(cells) < 2 or len(labels) < len(cells):
        return None
    known = sum(is_known(cell.shown) for cell in labels)
    if known >= _KNOWN_MIN and known * 3 >= len(labels):
        return range(row, _bottom(grid, row))
    if row + 1 < len(grid.cells) and any(grid.wide(row, column) > 1 for column in cells):
        below = _head_at(grid, row + 1)
        return range(row, below.stop) if below and below.start == row + 1 else None
    return None


def _bottom(grid: _Grid, row: int) -> int:
    """The row below a header that begins in a row."""
    last = max(grid.span(row, column).bottom for column in grid.begun(row))
    stop = min(last, row + _HEAD_ROWS_MAX - 1) + 1
    while stop < min(len(grid.cells), row + _HEAD_ROWS_MAX) and _goes_on(grid, row, stop):
        stop += 1
    if stop < len(grid.cells) and _is_count(grid, stop):
        stop += 1
    return stop


def _goes_on(grid: _Grid, top: int, row: int) -> bool:
    """Whether a row parts headings of the one above it: it has labels under wide headings, nothing else."""
    cells = grid.begun(row)
    labels = [cell for cell in cells.values() if _is_label(cell)]
    if not cells or len(labels) < len(cells):
        return False
    parted, last = set[int](), None
    above = grid.begun(row - 1)
    for column in range(grid.width):
        if column in above:
            last = column
            if grid.wide(row - 1, column) > 1:
                parted.update(range(column, column + grid.wide(row - 1, column)))
        elif last is not None and grid.at(top, column) is None and column in cells:
            parted |= {last, column}
    return cells.keys() <= parted and len(cells) > 1


def _is_count(grid: _Grid, row: int) -> bool:
    """Whether a row only counts the columns (1 2 3, 甲 乙 1 2)."""
    cells = [_BLANK.sub("", cell.shown) for cell in grid.begun(row).values()]
    digits = [int(re.sub(r"\D", "", words)) for words in cells if re.search(r"\d", words)]
    return (
        len(cells) > 2
        and all(_COUNTED.fullmatch(words) for words in cells)
        and digits == list(range(digits[0], digits[0] + len(digits)) if digits else [])
        and bool(digits)
        and digits[0] in {0, 1, 2}
    )


def _headings(grid: _Grid, head: range) -> dict[int, str]:
    """The heading of each column as a path, its rows from the top."""
    found: dict[int, str] = {}
    rows = [row for row in head if not _is_count(grid, row)]
    for column in range(grid.width):
        parts: list[str] = []
        for row in rows:
            cell = grid.at(row, column)
            if cell is None and row < rows[-1]:
                cell = _left(grid, rows, row, column)
            words = _BLANK.sub("", cell.shown) if cell else ""
            if words and words not in parts:
                parts.append(words.replace("/", "、"))
        if parts:
            found[column] = "/".join(parts)
    return found


def _left(grid: _Grid, rows: Sequence[int], row: int, column: int) -> Cell | None:
    """The heading to the left that an empty place belongs to, where a row below names a part of it."""
    if not any(column in grid.begun(below) for below in rows if below > row):
        return None
    for before in range(column - 1, -1, -1):
        cell = grid.at(row, before)
        if cell:
            parted = any(before in grid.begun(below) for below in rows if below > row)
            return cell if parted else None
    return None


def _table(sheet: Sheet, grid: _Grid, found: _Found) -> Table:
    notes = _tail(grid, found.rows)
    noted = [cell for row in notes for cell in grid.begun(row).values()]
    rows = [row for row in found.rows if row not in set(notes)]
    columns = {column for row in rows for column in grid.begun(row)}
    headings = {column: found.headings.get(column, "") for column in sorted(columns | found.headings.keys())}
    body = tuple(_body(grid, rows, headings))
    numbers = {one.number - 1 for one in body}
    return Table(
        sheet.name,
        tuple(found.titles),
        tuple(row + 1 for row in found.head),
        headings,
        body,
        tuple(noted),
        tuple(found.again),
        tuple(sorted(row + 1 for row in sheet.hidden_rows & numbers)),
        tuple(sorted(sheet.hidden_columns & headings.keys())),
    )


def _body(grid: _Grid, rows: Sequence[int], headings: dict[int, str]) -> Iterator[Row]:
    """The rows of a table that hold anything, a merged cell in each row that it covers."""
    for row in rows:
        begun = grid.begun(row)
        if not begun:
            continue
        cells = dict(begun)
        carried = set()
        for column in headings:
            one = grid.span(row, column)
            cell = grid.at(row, column)
            if cell and cell.shown.strip() and one.top < row and one.left == column:
                cells[column] = cell
                carried.add(column)
        made = Row(row + 1, dict(sorted(cells.items())), frozenset(carried))
        yield replace(made, kind=_kind(grid, row, begun, carried, len(headings)))


def _kind(grid: _Grid, row: int, begun: dict[int, Cell], carried: set[int], width: int) -> RowKind:
    texts = {column: cell for column, cell in begun.items() if isinstance(cell.value, str)}
    first = next(iter(texts), None)
    if any(is_sum(cell.shown) for cell in list(texts.values())[:3]):
        return "sum"
    worded = {
        column: cell for column, cell in texts.items() if not _NUMERAL.fullmatch(_BLANK.sub("", cell.shown))
    }
    if carried or len(worded) != 1 or first is None:
        return "row"
    column = next(iter(worded))
    across = grid.wide(row, column) >= max(2, _ACROSS * width)
    beside = [
        cell
        for at, cell in begun.items()
        if at != column and not _NUMERAL.fullmatch(_BLANK.sub("", cell.shown))
    ]
    numbered = len(texts) > 1
    return "group" if across or (numbered and not beside) else "row"
