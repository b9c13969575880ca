"""A document becomes facts, each tied to the characters it came from."""

from haihe.boards.reader.dates import dates_of, stated_date
from haihe.boards.reader.figures import figures_of
from haihe.boards.reader.layout import blocks_of
from haihe.boards.reader.measures import measures_of
from haihe.boards.reader.places import Gazetteer, aliases, gazetteer_of, places_of
from haihe.boards.reader.reading import reading_of
from haihe.boards.reader.records import (
    Alias,
    Block,
    DateMention,
    Figure,
    Measure,
    MeasureList,
    PlaceMention,
    Reading,
    Span,
    Unit,
    row_of,
)

__all__ = [
    "Alias",
    "Block",
    "DateMention",
    "Figure",
    "Gazetteer",
    "Measure",
    "MeasureList",
    "PlaceMention",
    "Reading",
    "Span",
    "Unit",
    "aliases",
    "blocks_of",
    "dates_of",
    "figures_of",
    "gazetteer_of",
    "measures_of",
    "places_of",
    "reading_of",
    "row_of",
    "stated_date",
]
