"""A document becomes facts, each tied to the characters it came from."""

from haihe.boards.reader.assignments import assignments_of
from haihe.boards.reader.dates import dates_of, stated_date
from haihe.boards.reader.documents import Document, Sought
from haihe.boards.reader.dues import ONGOING, due_of, dues_of
from haihe.boards.reader.figures import figures_of
from haihe.boards.reader.grids import grids_of
from haihe.boards.reader.layout import blocks_of
from haihe.boards.reader.measures import measures_of
from haihe.boards.reader.places import Gazetteer, aliases, gazetteer_of, places_of
from haihe.boards.reader.reading import reading_of
from haihe.boards.reader.records import (
    Alias,
    Assignment,
    Block,
    Cell,
    DateMention,
    Due,
    Figure,
    Grid,
    Measure,
    MeasureList,
    PlaceMention,
    Reading,
    Span,
    Unit,
    row_of,
)

__all__ = [
    "ONGOING",
    "Alias",
    "Assignment",
    "Block",
    "Cell",
    "DateMention",
    "Document",
    "Due",
    "Figure",
    "Gazetteer",
    "Grid",
    "Measure",
    "MeasureList",
    "PlaceMention",
    "Reading",
    "Sought",
    "Span",
    "Unit",
    "aliases",
    "assignments_of",
    "blocks_of",
    "dates_of",
    "due_of",
    "dues_of",
    "figures_of",
    "gazetteer_of",
    "grids_of",
    "measures_of",
    "places_of",
    "reading_of",
    "row_of",
    "stated_date",
]
