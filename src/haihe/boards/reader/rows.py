"""The rows of tables of measures: what is to be done, by whom, by when, and under what it is grouped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from haihe.boards.reader.grids import heading_of
from haihe.boards.reader.records import Cell, Grid
from haihe.boards.reader.units import Role, one_of, role_of
from haihe.kit import resources

_COLUMNS_MAX = 64
_NUMBER = re.compile(r"\D{0,2}(\d{1,4})\D{0,2}")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table of measures; `end` is where its line ends.

    `group` is the cell that it stands under, one for several rows; `units` are the cells of those who answer,
    each with the role that its column gives.
    """

    task: Cell
    ordinal: int
    end: int
    group: Cell | None
    units: tuple[tuple[Cell, Role], ...]
    due: Cell | None


@dataclass(frozen=True, slots=True)
class _Columns:
    """Which column of a table holds what."""

    task: int
    group: int | None
    ordinal: int | None
    units: tuple[tuple[int, Role], ...]
    due: int | None


_Table = list[list[Cell | None]]


def rows_of(text: str, grid: Grid) -> tuple[Row, ...]:
    """The rows of a table whose header has a column of measures and one of those who answer; else none."""
    wide = any(cell.column + cell.columns > _COLUMNS_MAX for cell in grid.cells)
    table = _table(grid) if grid.header and not wide else []
    columns = _columns(table, grid.header) if grid.header < len(table) else None
    return tuple(_rows(text, table, grid.header, columns)) if columns else ()


def _table(grid: Grid) -> _Table:
    """The cells by row and column, a merged one at every place it reaches."""
    height = max((cell.row + cell.rows for cell in grid.cells), default=0)
    width = max((cell.column + cell.columns for cell in grid.cells), default=0)
    table: _Table = [[None] * width for _ in range(height)]
    for cell in grid.cells:
        for row in range(cell.row, cell.row + cell.rows):
            table[row][cell.column : cell.column + cell.columns] = [cell] * cell.columns
    return table


@cache
def _headings() -> dict[str, re.Pattern[str]]:
    """What the headings of the columns of a plan say."""
    known: dict[str, Any] = resources.definition("boards/reader/params/plans.yaml")
    columns = {kind: re.compile(one_of(words)) for kind, words in known["columns"].items()}
    roles = one_of(word for words in known["roles"].values() for word in words)
    who = rf"{roles}.*{one_of(known['holders'])}|(?:牵头|主办|责任|配合|协办|协同)$"
    return columns | {"unit": re.compile(who)}


def _columns(table: _Table, header: int) -> _Columns | None:
    """What each column of a table holds by its headings, None where it is no table of measures."""
    known = _headings()
    task, units, taken = [], [], set()
    kinds: dict[str, int] = {}
    for column in range(len(table[0])):
        cells = dict.fromkeys(row[column] for row in table[:header] if row[column])
        words = [heading_of(cell.quote) for cell in cells if cell and cell.columns < len(table[0])]
        last, whole = (words or [""])[-1], "".join(words)
        kind = next((kind for kind in ("ordinal", "post", "due") if known[kind].search(last)), None)
        if kind:
            kinds.setdefault(kind, column)
        elif known["unit"].search(last) or known["unit"].search(whole):
            units.append((column, role_of(last if known["unit"].search(last) else whole)))
        elif known["measure"].search(last) and not known["aside"].search(last):
            task.append(column)
            continue
        else:
            continue
        taken.add(column)
    if not task or not units:
        return None
    body = table[header:]
    single = [column for column in task if not _repeats(body, column)]
    chosen = (single or task)[-1]
    groups = [column for column in range(chosen) if column not in taken and _repeats(body, column)]
    group = groups[-1] if groups else None
    return _Columns(chosen, group, kinds.get("ordinal"), tuple(units), kinds.get("due"))


def _repeats(body: Sequence[Sequence[Cell | None]], column: int) -> bool:
    """Whether a column has a cell over several rows, or the same words in rows that follow each other."""
    said = [row[column].quote.strip() if row[column] else "" for row in body]  # type: ignore[union-attr]
    return any(before == after != "" for before, after in pairwise(said))


def _rows(text: str, table: _Table, header: int, columns: _Columns) -> Iterator[Row]:
    """The rows below the header; one with words across it alone is the group of those that follow."""
    group: Cell | None = None
    count = 0
    for place, row in enumerate(table[header:], header):
        cells = [cell for cell in dict.fromkeys(row) if cell and cell.quote.strip()]
        across = cells[0] if len(cells) == 1 else None
        task = row[columns.task]
        if (
            across
            and (across.columns > 1 or across is not task)
            and not _NUMBER.fullmatch(across.quote.strip())
        ):
            group = across
            continue
        if columns.group is not None:
            group = _changed(group, row[columns.group])
        if task is None or task in table[header - 1] or not task.quote.strip():
            continue
        units = [
            (cell, role) for column, role in columns.units if (cell := row[column]) and cell.quote.strip()
        ]
        count = _ordinal(row, columns.ordinal) or count + (task.row == place)
        end = text.find("\n", max((cell.end for cell in row if cell and cell.row == place), default=task.end))
        end = len(text) if end < 0 else end
        due = row[columns.due] if columns.due is not None else None
        yield Row(task, count, end - (text[end - 1] == "\r"), group, tuple(units), due)


def _changed(group: Cell | None, cell: Cell | None) -> Cell | None:
    """The group of a row: the one above it where its own cell says the same or nothing."""
    said = cell.quote.strip() if cell else ""
    return cell if said and (group is None or group.quote.strip() != said) else group


def _ordinal(row: Sequence[Cell | None], column: int | None) -> int | None:
    cell = row[column] if column is not None else None
    number = _NUMBER.fullmatch(cell.quote.strip()) if cell else None
    return int(number[1]) if number else None
