"""Periods, issued lights, corrections, evidence and forecasts over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, File, Query, Response, UploadFile
from pydantic import BaseModel, Field

from haihe.boards.accounts.request_actions import Asks, Opens, Shape, Speaks, table_file
from haihe.boards.ledger import evidence_actions, forecast_actions, light_actions, period_actions
from haihe.boards.ledger.judgements import (
    CORRECTION_COLUMNS,
    FORECAST_COLUMNS,
    LIGHT_COLUMNS,
    ForecastRow,
    IssuedRow,
    PeriodRow,
    SlipsRow,
    forecast_row,
    issued_row,
    period_row,
    record_row,
    table_of,
)
from haihe.boards.ledger.lights import rules
from haihe.boards.ledger.periods import REASON_CHARACTERS_MAX, Judgement, Lock, Locked, moment_of
from haihe.boards.ledger.plan_actions import plan_at
from haihe.boards.ledger.records import Evidence, Plan, Report, Return
from haihe.kit.limits import NAME_CHARACTERS_MAX
from haihe.kit.sheets import SheetFormat

router = APIRouter(prefix="/api/v1", tags=["ledger"])


AsOf = Annotated[
    str, Query(max_length=40, description="As known at this moment, such as 2026-11-05; now without it.")
]


class Corrected(BaseModel):
    """What a report for a locked period should have said, and why."""

    report: Return
    reason: str = Field(max_length=REASON_CHARACTERS_MAX)


class Cited(BaseModel):
    """A fact of a document."""

    document: int
    fact: int


class Confirmed(BaseModel):
    """How many lights were confirmed."""

    confirmed: int


class Followed(BaseModel):
    """The name of a rule of lights."""

    rule: str = Field(max_length=NAME_CHARACTERS_MAX)


@router.get("/light-rules")
def list_rules() -> Mapping[str, Mapping[str, str]]:
    """The named rules of lights and their labels."""
    return rules()


@router.post("/plans/{plan}/rule")
def follow_rule(store: Opens, asker: Asks, plan: int, followed: Followed) -> Plan:
    """Let a plan follow another rule of lights from now on."""
    light_actions.choose_rule(store, asker, plan_at(store, asker, plan).id, followed.rule)
    return plan_at(store, asker, plan)


@router.get("/plans/{plan}/periods")
def list_locked(store: Opens, asker: Asks, plan: int) -> list[Locked]:
    """The locked periods of a plan, the latest first."""
    return period_actions.periods_of(store, asker, plan)


@router.get("/plans/{plan}/periods/{period}", response_model=PeriodRow)
def period_at(
    store: Opens,
    asker: Asks,
    language: Speaks,
    plan: int,
    period: str,
    as_of: AsOf = "",
    shape: Shape = "json",
) -> Any:
    """A period of a plan: lights by rule and as issued, lock, corrections; as CSV or xlsx the lights."""
    moment = moment_of(as_of)
    row = period_row(period_actions.period_as_of(store, asker, plan, period, moment), language)
    if shape == "json":
        return row
    return table_file(*table_of(row.lights, LIGHT_COLUMNS, language), shape)


@router.get("/plans/{plan}/periods/{period}/corrections")
def corrections_of(
    store: Opens,
    asker: Asks,
    language: Speaks,
    plan: int,
    period: str,
    shape: Annotated[SheetFormat, Query(alias="format")] = "csv",
) -> Response:
    """The log of corrections of a period as a file."""
    row = period_row(period_actions.period_at(store, asker, plan, period), language)
    return table_file(*table_of(row.corrections, CORRECTION_COLUMNS, language), shape)


@router.post("/plans/{plan}/periods/{period}/confirm")
def confirm(store: Opens, asker: Asks, plan: int, period: str) -> Confirmed:
    """Confirm the rule's light of every promise that has no issued one for the period."""
    return Confirmed(confirmed=period_actions.confirm_lights(store, asker, plan, period))


@router.post("/plans/{plan}/periods/{period}/lock")
def lock(store: Opens, asker: Asks, plan: int, period: str, lock: Lock) -> Locked:
    """Lock a period: from then on reports for it come in as corrections only."""
    return period_actions.lock_period(store, asker, plan, period, lock)


@router.post("/nodes/{node}/light", status_code=201)
def issue(store: Opens, asker: Asks, language: Speaks, node: int, given: Judgement) -> IssuedRow:
    """Confirm or change the light of a promise for a period."""
    return issued_row(period_actions.issue_light(store, asker, node, given), language)


@router.post("/nodes/{node}/corrections", status_code=201)
def correct(store: Opens, asker: Asks, node: int, corrected: Corrected) -> Report:
    """Correct what was reported on a promise for a locked period."""
    return period_actions.correct(store, asker, node, corrected.report, corrected.reason)


@router.post("/nodes/{node}/corrections/light", status_code=201)
def correct_light(store: Opens, asker: Asks, language: Speaks, node: int, given: Judgement) -> IssuedRow:
    """Correct the light of a promise for a locked period."""
    return issued_row(period_actions.correct_light(store, asker, node, given), language)


@router.post("/nodes/{node}/evidence", status_code=201)
def keep_evidence(
    store: Opens,
    asker: Asks,
    node: int,
    file: Annotated[UploadFile, File(description="What proves a report.")],
) -> Evidence:
    """Keep a file as evidence; a report names it by its number."""
    content = file.file.read(evidence_actions.EVIDENCE_BYTES_MAX + 1)
    return evidence_actions.keep_evidence(store, asker, node, file.filename or "", content)


@router.post("/nodes/{node}/evidence/fact", status_code=201)
def cite_fact(store: Opens, asker: Asks, node: int, cited: Cited) -> Evidence:
    """Take a fact of a document as evidence; a report names it by its number."""
    return evidence_actions.cite_fact(store, asker, node, cited.document, cited.fact)


@router.get("/evidence/{evidence}", response_model=None)
def evidence_file(store: Opens, asker: Asks, evidence: int) -> Response:
    """A file that was kept as evidence."""
    name, content = evidence_actions.evidence_file(store, asker, evidence)
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    headers = {"Content-Disposition": disposition}
    return Response(content, media_type="application/octet-stream", headers=headers)


@router.get("/nodes/{node}/forecasts")
def list_forecasts(store: Opens, asker: Asks, language: Speaks, node: int) -> list[ForecastRow]:
    """What was forecast of a promise and what came, the latest first."""
    held, found = forecast_actions.remembered(store, asker, node)
    return [forecast_row(held, one, language) for one in found]


@router.get("/plans/{plan}/forecasts", response_model=SlipsRow)
def slips(
    store: Opens,
    asker: Asks,
    language: Speaks,
    plan: int,
    shape: Shape = "json",
) -> Any:
    """How far the forecasts of a plan slipped, by bin and by unit; as CSV or xlsx every forecast."""
    found = forecast_actions.slips_of(store, asker, plan)
    rows = tuple(forecast_row(node, one, language) for node, one in found.forecasts)
    if shape != "json":
        return table_file(*table_of(rows, FORECAST_COLUMNS, language), shape)
    return SlipsRow(found.settled, found.bins, tuple(map(record_row, found.records)), rows)
