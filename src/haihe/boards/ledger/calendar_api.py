"""Due dates over HTTP: the entries of a month, and feeds that calendar programs subscribe to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response

from haihe.boards.accounts.request_actions import Asks, Opens, Shape, Speaks, table_file
from haihe.boards.ledger import actions, unit_actions
from haihe.boards.ledger.api import Day
from haihe.boards.ledger.calendars import COLUMNS, Feed, Form, cells_of, entries_in, feed_of, month_of
from haihe.boards.ledger.records import Plan, Standing
from haihe.boards.ledger.rollup import promises_in
from haihe.kit.limits import TABLE_ROWS_MAX

router = APIRouter(prefix="/api/v1", tags=["ledger"])

Forms = Annotated[
    Form, Query(alias="as", description="Tasks, or events for programs that show no tasks of a feed.")
]


@router.get("/plans/{plan}/calendar")
def month(
    store: Opens,
    asker: Asks,
    plan: int,
    month: Annotated[str | None, Query(description="A month such as 2026-11; this one without it.")] = None,
    on: Day = None,
    shape: Shape = "json",
) -> Any:
    """What is due and what is expected in a month."""
    day = on or actions.today()
    found = promises_in(actions.tree_of(store, asker, plan, day))
    listed = [
        {"id": one.standing.node.id, **cells_of(one)} for one in entries_in(found, month_of(month, day))
    ]
    if shape == "json":
        return listed
    return table_file(["id", *COLUMNS], ([*row.values()] for row in listed), shape)


@router.get("/plans/{plan}/calendar.ics")
def plan_feed(
    request: Request, store: Opens, asker: Asks, language: Speaks, plan: int, form: Forms = "tasks"
) -> Response:
    """The due dates of a register; of a public one for everybody, of another with a session."""
    held = actions.plan_at(store, asker, plan)
    found = promises_in(actions.tree_of(store, asker, plan, actions.today()))
    return _feed(found, Feed(held.name, _site(request), language, form), [held])


@router.get("/units/{unit}/calendar.ics")
def unit_feed(
    request: Request, store: Opens, asker: Asks, language: Speaks, unit: str, form: Forms = "tasks"
) -> Response:
    """The due dates of what a unit has a part in, of the registers that the asker may see."""
    one = unit_actions.unit_at(store, asker, unit)
    found = unit_actions.promises_of(store, asker, [one], actions.today())
    plans = actions.plans(store, asker, None, TABLE_ROWS_MAX).rows
    return _feed(found, Feed(one.name, _site(request), language, form), plans)


def _site(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _feed(found: Sequence[Standing], feed: Feed, plans: Sequence[Plan]) -> Response:
    content = feed_of(found, feed, {one.id: one.created_at for one in plans})
    disposition = f"inline; filename*=UTF-8''{quote(feed.name, safe='')}.ics"
    return Response(
        content, media_type="text/calendar; charset=utf-8", headers={"Content-Disposition": disposition}
    )
