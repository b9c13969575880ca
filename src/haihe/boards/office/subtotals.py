"""Rows of a table that add others up: told by their words or by their sums, left out, and used as a check."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import chain, takewhile

from haihe.boards.office.amounts import YUAN, amount_of, is_none, number_of
from haihe.boards.office.records import Cell
from haihe.boards.office.sheets import Row, RowKind, Table
from haihe.boards.office.vocabulary import is_sum, matches, unit_in

_SUMMED_MIN = 2
_FILLED_MIN = 0.6
_CENT = Decimal("0.005")
_Units = Mapping[int, str | None]


@dataclass(frozen=True, slots=True)
class Sum:
    """A cell that adds up the column above or below it: what it says and what its rows come to."""

    row: int
    at: str
    heading: str
    says: Decimal
    comes_to: Decimal

    @property
    def off_by(self) -> Decimal:
        """How much it says too much; less than nothing where it says too little."""
        return self.says - self.comes_to


def summed(table: Table) -> tuple[Table, tuple[Sum, ...]]:
    """A table whose rows that add others up are told apart, and what each of their cells comes to.

    A row without such a word is one where it names nothing of its own and every number in it is the sum of
    the rows since the last such row.
    """
    columns = _numeric(table)
    rows = list(table.rows)
    for place, row in enumerate(rows):
        if row.kind == "row" and not _names(row, columns) and _adds_up(rows, place, columns):
            rows[place] = replace(row, kind="sum")
    checks = chain.from_iterable(_checks(table, rows, place, columns) for place in range(len(rows)))
    return replace(table, rows=tuple(rows)), tuple(checks)


def _numeric(table: Table) -> _Units:
    """The columns of numbers that can be added up, no numbering, shares or days, with their unit of money."""
    found: dict[int, str | None] = {}
    above = "".join(cell.shown for cell in table.titles)
    for column, heading in table.headings.items():
        said = matches(heading)
        if said and said[0].target in {
            "number",
            "progress",
            "start_on",
            "due_on",
            "forecast",
            "span",
            "weight",
        }:
            continue
        cells = [row.cells[column] for row in table.rows if row.kind == "row" and column in row.cells]
        cells = [cell for cell in cells if not is_none(cell)]
        unit = unit_in(heading) or unit_in(above)
        numbers = [cell for cell in cells if _value(cell, unit) is not None and not cell.percent]
        if (numbers or unit) and len(numbers) >= _FILLED_MIN * len(cells):
            found[column] = unit
    return found


def _names(row: Row, columns: _Units) -> bool:
    """Whether a row says anything of its own besides numbers and what is carried down to it."""
    return any(
        column not in columns
        and column not in row.carried
        and number_of(cell) is None
        and not is_sum(cell.shown)
        for column, cell in row.cells.items()
    )


def _value(cell: Cell, unit: str | None) -> Decimal | None:
    """The number in a cell; an amount (1.2亿元) in the unit of its column."""
    number = number_of(cell)
    if number is not None or unit is None:
        return number
    wan = amount_of(cell, unit)
    return None if isinstance(wan, str) else wan * YUAN["万元"] / YUAN[unit]


def _number(row: Row, column: int, columns: _Units) -> Decimal | None:
    cell = row.cells.get(column)
    return _value(cell, columns[column]) if cell and column not in row.carried else None


def _total(rows: Iterable[Row], column: int, columns: _Units) -> Decimal:
    return sum((_number(row, column, columns) or Decimal(0) for row in rows), Decimal(0))


def _run(rows: Iterable[Row], stops: Container[RowKind]) -> list[Row]:
    """The rows from the first on until one of a kind that ends them."""
    return [row for row in takewhile(lambda row: row.kind not in stops, rows) if row.kind == "row"]


def _adds_up(rows: Sequence[Row], place: int, columns: _Units) -> bool:
    above = _run(reversed(rows[:place]), ("group", "sum"))
    said = [(column, _number(rows[place], column, columns)) for column in columns]
    told = [(column, number) for column, number in said if number]
    return (
        len(above) >= _SUMMED_MIN
        and bool(told)
        and all(abs(_total(above, column, columns) - number) < _CENT for column, number in told)
    )


def _checks(table: Table, rows: Sequence[Row], place: int, columns: _Units) -> Iterator[Sum]:
    """Each number of a row that adds up, with what the rows come to that it is nearest to."""
    row = rows[place]
    if row.kind == "row":
        return
    before, after = list(reversed(rows[:place])), rows[place + 1 :]
    plain = [one for one in before if one.kind == "row"] or [one for one in after if one.kind == "row"]
    near = [_run(side, stops) for side in (before, after) for stops in (("sum",), ("group", "sum"))]
    scopes = (
        [plain, [one for one in before if one.kind == "sum"], *near] if _is_grand(row) else [*near, plain]
    )
    if row.kind == "group":
        scopes = near[3:]
    scopes = [scope for scope in scopes if scope]
    for column in columns:
        says = _number(row, column, columns)
        if says is not None and scopes:
            totals = [_total(scope, column, columns) for scope in scopes]
            fits = next((total for total in totals if abs(total - says) < _CENT), totals[0])
            yield Sum(row.number, row.cells[column].at, table.headings[column], says, fits)


def _is_grand(row: Row) -> bool:
    return any(_grand(cell) for cell in row.cells.values())


def _grand(cell: Cell) -> bool:
    return isinstance(cell.value, str) and is_sum(cell.shown) and "小" not in cell.shown
