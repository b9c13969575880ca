"""The office over HTTP: `/api/v1/office`."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, File, Form, Query, Response, UploadFile

from haihe.boards.accounts import require
from haihe.boards.accounts.request_actions import Asks, Opens, Shape, Speaks, TableShape, table_file
from haihe.boards.ledger import REASON_CHARACTERS_MAX
from haihe.boards.office import actions
from haihe.boards.office.intake import FILE_BYTES_MAX, inbox_of
from haihe.boards.office.records import Wanted
from haihe.boards.office.rows import (
    DIFFERENCE_COLUMNS,
    UNIT_COLUMNS,
    CycleRow,
    DispatchRow,
    MergeRow,
    cycle_row,
    dispatch_row,
    merge_row,
    table_of,
)
from haihe.kit.sheets import MEDIA_TYPES

router = APIRouter(prefix="/api/v1/office", tags=["office"])

_ZIP = "application/zip"


Period = Annotated[str, Query(description="A month, a quarter or a year: 2026-11, 2026Q4, 2026.")]


@router.get("/plans/{plan}", response_model=CycleRow)
def cycle_at(
    store: Opens,
    asker: Asks,
    language: Speaks,
    plan: int,
    period: Period,
    shape: Shape = "json",
) -> Any:
    """Who was handed what of a plan for a period and who returned it; as CSV or xlsx the units."""
    order = actions.Order(plan, period, language=language)
    row = cycle_row(actions.cycle(store, asker, order), actions.today())
    if shape == "json":
        return row
    return table_file(*table_of(row.units, UNIT_COLUMNS, language), shape)


@router.post("/plans/{plan}/dispatch", response_model=DispatchRow, responses={200: {"content": {_ZIP: {}}}})
def dispatch(
    store: Opens,
    asker: Asks,
    language: Speaks,
    plan: int,
    period: Period,
    return_by: Annotated[date | None, Query(description="By default the period's last workday.")] = None,
    dry_run: Annotated[bool, Query(description="Only say what would be handed out.")] = False,
) -> Any:
    """Hand out a plan's items for a period: a zip of workbooks, or with `dry_run` what it would hold."""
    order = actions.Order(plan, period, return_by, language)
    handed = actions.dispatch(store, asker, order, dry_run=dry_run)
    if dry_run:
        files = dict(zip(handed.files, handed.handouts, strict=True))
        return dispatch_row(handed.asked, files, handed.orphans, dry_run=True)
    name = f"{handed.asked.plan_name}-{period}.zip"
    return Response(actions.packed(handed.files), media_type=_ZIP, headers=_named(name))


@router.get(
    "/workbooks/{workbook}",
    response_model=None,
    responses={200: {"content": {MEDIA_TYPES["xlsx"]: {}}}},
)
def workbook_at(store: Opens, asker: Asks, workbook: int) -> Response:
    """A workbook as it was handed out."""
    name, content = actions.workbook_at(store, asker, workbook)
    return Response(content, media_type=MEDIA_TYPES["xlsx"], headers=_named(name))


@router.post("/collect", response_model=MergeRow)
def collect(
    store: Opens,
    asker: Asks,
    language: Speaks,
    file: Annotated[list[UploadFile], File(description="What came back.")],
    plan: Annotated[int | None, Form(description="Only returns of this plan.")] = None,
    period: Annotated[str | None, Form(description="Only returns for this period.")] = None,
    choice: Annotated[list[str], Form(description="Rows that count where returns conflict.")] = [],  # noqa: B006
    confirm: Annotated[
        str | None, Form(description="The digest that was shown: report what it is of.")
    ] = None,
    reason: Annotated[
        str, Form(description="Why a locked period is corrected.", max_length=REASON_CHARACTERS_MAX)
    ] = "",
    shape: Annotated[
        TableShape, Form(alias="format", description="As CSV or xlsx the differences.")
    ] = "json",
) -> Any:
    """What returned workbooks change: shown first, and reported once its digest is confirmed."""
    require(asker, "report_item")
    inbox = inbox_of((each.filename or "", each.file.read(FILE_BYTES_MAX + 1)) for each in file)
    wanted = Wanted(plan, period, frozenset(choice), reason=reason)
    if confirm is None:
        found = actions.preview(store, asker, inbox, wanted)
    else:
        found = actions.collect(store, asker, inbox, wanted, confirm)
    row = merge_row(found, language, applied=confirm is not None)
    if shape == "json":
        return row
    table = table_of(row.differences, DIFFERENCE_COLUMNS, language)
    return table_file(*table, shape)


def _named(name: str) -> dict[str, str]:
    """The name under which a file is saved (RFC 6266)."""
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
