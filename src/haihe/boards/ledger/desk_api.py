"""My work over HTTP: what is to be reported for a period."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from haihe.boards.accounts.request_actions import Asks, Limit, Opens, Shape, Speaks
from haihe.boards.ledger import desk_actions, unit_actions
from haihe.boards.ledger.api import listed
from haihe.boards.ledger.rows import NodeRow
from haihe.boards.ledger.units import urgency
from haihe.kit.cursor import Page, page_after
from haihe.kit.limits import PAGE_ROWS_DEFAULT

router = APIRouter(prefix="/api/v1/my-work", tags=["ledger"])


@router.get("", response_model=Page[NodeRow])
def list_work(
    store: Opens,
    asker: Asks,
    language: Speaks,
    period: Annotated[
        str | None, Query(description="2023, 2023Q1 or 2023-06; this month without it.")
    ] = None,
    unit: Annotated[str | None, Query(description="A unit's number or name; one's own without it.")] = None,
    cursor: str | None = None,
    limit: Limit = PAGE_ROWS_DEFAULT,
    shape: Shape = "json",
) -> Any:
    """What one's own units have to report on for a period, the most urgent first; as CSV or xlsx all."""
    units = [unit_actions.unit_at(store, asker, unit)] if unit else desk_actions.own_units(store, asker)
    found = desk_actions.work(store, asker, units, period or desk_actions.period_now())
    if shape != "json":
        return listed(found.waiting, language, shape)
    page = page_after(found.waiting, cursor, limit, urgency)
    return Page(listed(page.rows, language), page.next)
