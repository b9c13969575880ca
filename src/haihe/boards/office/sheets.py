"""Other people's tables: sheets as they come, and the tables that are found on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from haihe.boards.office.records import Cell

RowKind = Literal["row", "group", "sum"]


class Range(NamedTuple):
    """A merged range of a sheet: its first and last row and column, from 0."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as it comes: its cells by row and column, merged ranges, and the hidden places, all from 0."""

    name: str
    rows: tuple[tuple[Cell | None, ...], ...]
    merged: tuple[Range, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Row:
    """A row below a header: its number on the sheet from 1, and its filled cells by column from 0.

    A merged cell stands in each row that it covers; `carried` are the columns where it began above. A `group`
    is a heading across the table, a `sum` adds other rows up.
    """

    number: int
    cells: Mapping[int, Cell]
    carried: frozenset[int] = frozenset()
    kind: RowKind = "row"


@dataclass(frozen=True, slots=True)
class Table:
    """A table on a sheet.

    `titles` stand above it, `notes` below; `head` are the numbers of the rows of its header, `again` those of
    its repetitions. `headings` go by column from 0, those of several rows as a path (牵头单位/区级).
    """

    sheet: str
    titles: tuple[Cell, ...]
    head: tuple[int, ...]
    headings: Mapping[int, str]
    rows: tuple[Row, ...]
    notes: tuple[Cell, ...] = ()
    again: tuple[int, ...] = ()
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()

    @property
    def title(self) -> str:
        """The first line above it, empty where there is none."""
        return self.titles[0].shown.strip() if self.titles else ""
