"""Baselines over HTTP: `/api/v1/plans/{plan}/baselines` and `/api/v1/plans/{plan}/baseline`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from haihe.boards.accounts.request_actions import Asks, Opens, Shape, Speaks, table_file
from haihe.boards.ledger import baseline_actions
from haihe.boards.ledger.baselines import (
    COLUMNS,
    Baseline,
    ComparedRow,
    Show,
    cells_of,
    compared_row,
)
from haihe.kit.limits import NAME_CHARACTERS_MAX
from haihe.kit.words import say

router = APIRouter(prefix="/api/v1", tags=["ledger"])

Against = Annotated[
    str,
    Query(
        max_length=NAME_CHARACTERS_MAX,
        description="A baseline's name, 2026-11-05, 2026Q3; without it the latest baseline.",
    ),
]


class Named(BaseModel):
    """The name of a moment, and the moment; without it now."""

    name: str = Field(max_length=NAME_CHARACTERS_MAX)
    at: str = Field(default="", max_length=40)


@router.get("/plans/{plan}/baselines")
def list_baselines(store: Opens, asker: Asks, plan: int) -> list[Baseline]:
    """The baselines of a register, the latest first."""
    return baseline_actions.baselines_of(store, asker, plan)


@router.post("/plans/{plan}/baselines", status_code=201)
def name_baseline(store: Opens, asker: Asks, plan: int, named: Named) -> int:
    """Give a moment of a register a name; answers the number of the baseline."""
    return baseline_actions.name_baseline(store, asker, plan, named.name, named.at)


@router.delete("/baselines/{baseline}", status_code=204)
def remove_baseline(store: Opens, asker: Asks, baseline: int) -> None:
    """Take the name away from a moment."""
    baseline_actions.remove_baseline(store, asker, baseline)


@router.get("/plans/{plan}/baseline", response_model=ComparedRow)
def compared(
    store: Opens,
    asker: Asks,
    language: Speaks,
    plan: int,
    against: Against = "",
    show: Show | None = None,
    shape: Shape = "json",
) -> Any:
    """A register at a past moment beside now, node by node; as CSV or xlsx the nodes."""
    row = compared_row(baseline_actions.compared(store, asker, plan, against), show, language)
    if shape == "json":
        return row
    headings = [say(words, language) for words in COLUMNS.values()]
    cells = (cells_of(one, language) for one in row.nodes)
    return table_file(headings, cells, shape)
