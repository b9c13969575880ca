"""The monthly cycle of a coordination office: hand out, collect, chase."""

from haihe.boards.office.entries import entry_of
from haihe.boards.office.handouts import handouts_of
from haihe.boards.office.merging import Batch, Present, merged
from haihe.boards.office.records import (
    Asked,
    Cycle,
    Difference,
    Dispatch,
    Entry,
    Handout,
    Item,
    Line,
    Merge,
    Returned,
    Unit,
    UnitState,
)
from haihe.boards.office.workbook import workbook_of

__all__ = [
    "Asked",
    "Batch",
    "Cycle",
    "Difference",
    "Dispatch",
    "Entry",
    "Handout",
    "Item",
    "Line",
    "Merge",
    "Present",
    "Returned",
    "Unit",
    "UnitState",
    "entry_of",
    "handouts_of",
    "merged",
    "workbook_of",
]
