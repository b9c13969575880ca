"""Markings over HTTP: `/api/v1/markings`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel

from haihe.boards.accounts import marking_actions
from haihe.boards.accounts.markings import Level, Marking
from haihe.boards.accounts.request_actions import Asks, Number, Opens

router = APIRouter(prefix="/markings")

Kind = Annotated[str, Path(pattern="^[a-z]{1,40}$", description="What is marked: plan, document.")]


class NewMarking(BaseModel):
    """A level, or null to take the marking away."""

    level: Level | None


@router.get("/{kind}/{number}")
def marking_at(store: Opens, asker: Asks, kind: Kind, number: Number) -> Marking | None:
    """How a thing is marked; null where it is not."""
    return marking_actions.marking_at(store, asker, f"{kind}/{number}")


@router.put("/{kind}/{number}", status_code=204)
def mark(store: Opens, asker: Asks, kind: Kind, number: Number, marking: NewMarking) -> None:
    """Mark a thing, or take its marking away."""
    marking_actions.mark(store, asker, f"{kind}/{number}", marking.level)
