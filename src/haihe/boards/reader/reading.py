"""The reading of a text: its layout, its measures, and the figures, dates and places in it."""

from __future__ import annotations

from datetime import date

from haihe.boards.reader.dates import dates_of
from haihe.boards.reader.figures import figures_of
from haihe.boards.reader.layout import blocks_of
from haihe.boards.reader.measures import measures_of
from haihe.boards.reader.places import Gazetteer, places_of
from haihe.boards.reader.records import Reading


def reading_of(text: str, *, dated: date | None, gazetteer: Gazetteer) -> Reading:
    """All that a text says, every record a span of it in code points; the text itself is never changed.

    `dated` is the document's own day, which gives 今年 and 5月31日 their year; without it the text's own
    statement of its date is taken, else those stay without one.
    """
    blocks = blocks_of(text)
    lists, measures = measures_of(text, blocks)
    dates = dates_of(text, dated)
    return Reading(blocks, lists, measures, figures_of(text, dates), dates, places_of(text, gazetteer))
