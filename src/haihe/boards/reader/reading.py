"""The reading of a text: repaired, its layout, measures and tables, and the facts in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from haihe.boards.reader.assignments import assignments_of
from haihe.boards.reader.dates import dates_of, stated_date
from haihe.boards.reader.dues import dues_of
from haihe.boards.reader.figures import figures_of
from haihe.boards.reader.grids import grids_of
from haihe.boards.reader.layout import blocks_of
from haihe.boards.reader.measures import measures_of
from haihe.boards.reader.names import names_of
from haihe.boards.reader.places import Gazetteer, places_of
from haihe.boards.reader.records import Reading
from haihe.boards.reader.repair import repaired
from haihe.boards.reader.standfirst import repeats_linked
from haihe.boards.reader.view import restored


def reading_of(text: str, *, dated: date | None, gazetteer: Gazetteer, named: bool = True) -> Reading:
    """All that a text says, every record a span of it in code points; the text itself is never changed.

    `dated` is the document's own day, which gives 今年 and 5月31日 their year; without it the text's own
    statement of its date is taken, else those stay without one. Without `named` the rules alone are at work:
    no posts, organisations and industries.
    """
    view = repaired(text)
    found = _reading(view.text, dated, gazetteer)
    if named:
        names = names_of(view.text, found.places)
        found = replace(
            found, posts=names.posts, organisations=names.organisations, industries=names.industries
        )
    return restored(repeats_linked(found, view.text), view, text)


def _reading(text: str, dated: date | None, gazetteer: Gazetteer) -> Reading:
    """What the rules find in a repaired text."""
    blocks, grids = blocks_of(text), grids_of(text)
    lists, measures = measures_of(text, blocks, grids)
    dates = dates_of(text, dated)
    day = dated or stated_date(text)
    year = day.year if day else None
    return Reading(
        blocks=blocks,
        lists=lists,
        measures=measures,
        figures=figures_of(text, dates),
        dates=dates,
        places=places_of(text, gazetteer),
        grids=grids,
        assignments=assignments_of(text, measures, grids, year=year),
        dues=dues_of(text, measures, year=year),
    )
