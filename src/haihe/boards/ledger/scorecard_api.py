"""Scorecards over HTTP: of units, themes and jurisdictions, never of persons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Annotated, Any

from fastapi import APIRouter, Query

from haihe.boards.accounts.request_actions import Asks, Limit, Opens, Shape, Speaks, table_file
from haihe.boards.ledger import desk_actions, scorecard_actions, unit_actions
from haihe.boards.ledger.actions import today
from haihe.boards.ledger.api import listed
from haihe.boards.ledger.rows import NodeRow
from haihe.boards.ledger.scorecard_actions import Board, Level, Wanted
from haihe.boards.ledger.scorecards import Measure, Score, Sight
from haihe.boards.ledger.units import place
from haihe.kit.cursor import Page, page_after
from haihe.kit.limits import PAGE_ROWS_DEFAULT

router = APIRouter(prefix="/api/v1", tags=["ledger"])

By = Annotated[Sight, Query(description="What the scorecards are of; there are none of persons.")]
Period = Annotated[str | None, Query(description="2023, 2023Q1 or 2023-06; this month without it.")]
Frame = Annotated[str | None, Query(description="The frame of the themes; the first without it.")]
Places = Annotated[Level, Query(description="What the jurisdictions are.")]
Only = Annotated[int | None, Query(description="Only of this register.")]


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """A scorecard: promises by light, shares from 0 to 1 with what they are of, changes, a unit's score.

    What is unknown is null; `on_time_low` and `on_time_high` hold the true share with 95 %.
    """

    key: str
    label: str
    promises: int
    lights: Mapping[str, int]
    on_time: float | None
    on_time_low: float | None
    on_time_high: float | None
    on_time_of: int
    in_order: float | None
    in_order_of: int
    reported: float | None
    reported_of: int
    slip_days_mean: float | None
    change_quarter: float | None
    change_year: float | None
    score: float | None
    score_known: float | None


@router.get("/scorecards", response_model=list[ScoreRow])
def scorecards(
    store: Opens,
    asker: Asks,
    language: Speaks,
    by: By = "unit",
    period: Period = None,
    plan: Only = None,
    frame: Frame = None,
    level: Places = "province",
    shape: Shape = "json",
) -> Any:
    """How the promises of units, themes or jurisdictions stand.

    A register of which one sees only a part counts in the scorecards of one's own units and in no others.
    """
    wanted = Wanted(by, period or desk_actions.period_now(), plan, frame, level, language)
    found = scorecard_actions.board(store, asker, wanted)
    rows = [score_row(found, one) for one in found.scores]
    if shape == "json":
        return rows
    names = [field.name for field in fields(ScoreRow)]
    table = ([_cell(getattr(row, name)) for name in names] for row in rows)
    return table_file(names, table, shape)


@router.get("/scorecards/rows", response_model=list[NodeRow])
def scorecard_rows(
    store: Opens,
    asker: Asks,
    language: Speaks,
    key: str,
    measure: Measure,
    by: By = "unit",
    period: Period = None,
    plan: Only = None,
    frame: Frame = None,
    level: Places = "province",
    shape: Shape = "json",
) -> Any:
    """The promises that a number of a scorecard counts."""
    wanted = Wanted(by, period or desk_actions.period_now(), plan, frame, level, language)
    found = scorecard_actions.board(store, asker, wanted)
    return listed(scorecard_actions.rows_of(found, key, measure), language, shape)


@router.get("/units/{unit}/promises", response_model=Page[NodeRow])
def unit_promises(
    store: Opens,
    asker: Asks,
    language: Speaks,
    unit: str,
    cursor: str | None = None,
    limit: Limit = PAGE_ROWS_DEFAULT,
    shape: Shape = "json",
) -> Any:
    """The promises that a unit, by its number or its name as written, leads or cooperates in.

    They come by page in the order of the registers; as CSV or xlsx all of them.
    """
    one = unit_actions.unit_at(store, asker, unit)
    found = unit_actions.promises_of(store, asker, [one], today())
    if shape != "json":
        return listed(found, language, shape)
    page = page_after(found, cursor, limit, place)
    return Page(listed(page.rows, language, shape), page.next)


def score_row(found: Board, one: Score) -> ScoreRow:
    """A scorecard as a row."""
    low, high = one.on_time.interval or (None, None)
    trend, rating = found.trends[one.key], found.ratings.get(one.key)
    return ScoreRow(
        key=one.key,
        label=one.label,
        promises=one.promises,
        lights=dict(one.counts),
        on_time=one.on_time.value,
        on_time_low=low,
        on_time_high=high,
        on_time_of=one.on_time.whole,
        in_order=one.in_order.value,
        in_order_of=one.in_order.whole,
        reported=one.reported.value,
        reported_of=one.reported.whole,
        slip_days_mean=one.slip_days_mean,
        change_quarter=trend.quarter,
        change_year=trend.year,
        score=rating.score if rating else None,
        score_known=rating.known if rating else None,
    )


def _cell(value: object) -> object:
    if isinstance(value, Mapping):
        return "、".join(f"{name} {count}" for name, count in value.items())
    return value
