"""The timeline of a register over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from haihe.boards.accounts.request_actions import Asks, Opens, Shape, table_file
from haihe.boards.ledger import actions, unit_actions
from haihe.boards.ledger.api import Day
from haihe.boards.ledger.records import LightState, Sought
from haihe.boards.ledger.rollup import promises_in
from haihe.boards.ledger.summary import matching
from haihe.boards.ledger.timeline import COLUMNS, bar_of, cells_of

router = APIRouter(prefix="/api/v1", tags=["ledger"])

_SEVERAL = "May be given several times."


@router.get("/plans/{plan}/timeline")
def timeline(
    store: Opens,
    asker: Asks,
    plan: int,
    light: Annotated[list[LightState], Query(description=_SEVERAL)] = [],  # noqa: B006  FastAPI copies it
    stage: Annotated[list[str], Query(description=_SEVERAL)] = [],  # noqa: B006
    theme: Annotated[list[str], Query(description=_SEVERAL)] = [],  # noqa: B006
    frame: Annotated[str, Query(description="The frame that the themes are of.")] = "",
    unit: Annotated[str | None, Query(description="A unit's name as written, or its number.")] = None,
    on: Day = None,
    shape: Shape = "json",
) -> Any:
    """When each promise runs, its forecast and those before it."""
    sought = Sought([f"{frame}:{one}" if frame else one for one in theme], light, unit, stages=stage)
    found = matching(promises_in(actions.tree_of(store, asker, plan, on or actions.today())), sought)
    reports = unit_actions.reports_of(store, asker, [one.node.id for one in found])
    rows = [{"id": one.node.id, **cells_of(bar_of(one, reports.get(one.node.id, ())))} for one in found]
    if shape == "json":
        return rows
    return table_file(["id", *COLUMNS], ([*row.values()] for row in rows), shape)
