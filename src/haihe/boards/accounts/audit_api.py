"""The audit chain over HTTP: `/api/v1/audit/lines`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from haihe.boards.accounts.audit_actions import Line, audit_lines
from haihe.boards.accounts.request_actions import Asks, Opens, Shape, table_file
from haihe.kit.cursor import Page
from haihe.kit.limits import PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX, QUERY_CHARACTERS_MAX, TABLE_ROWS_MAX
from haihe.store.session import as_json

router = APIRouter(prefix="/audit")

Words = Annotated[str, Query(max_length=QUERY_CHARACTERS_MAX)]

COLUMNS = ["id", "at", "actor", "name", "action", "subject", "detail"]


@router.get("/lines", response_model=Page[Line])
def list_lines(
    store: Opens,
    asker: Asks,
    q: Words = "",
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_ROWS_MAX)] = PAGE_ROWS_DEFAULT,
    shape: Shape = "json",
) -> Any:
    """Who did what to what, the newest first; as CSV or xlsx all of it."""
    if shape == "json":
        return audit_lines(store, asker, q, cursor, limit)
    found = audit_lines(store, asker, q, None, TABLE_ROWS_MAX).rows
    rows = (
        [one.id, one.at.isoformat(), one.actor, one.name, one.action, one.subject, as_json(one.detail)]
        for one in found
    )
    return table_file(COLUMNS, rows, shape)
