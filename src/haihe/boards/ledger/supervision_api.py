"""Supervision orders over HTTP: `/api/v1/supervision`."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from haihe.boards.accounts.request_actions import Asks, Opens, Shape, Speaks, table_file
from haihe.boards.ledger import papers, supervision_actions
from haihe.boards.ledger.orders import ORDER_COLUMNS, OrderDetail, OrderRow, cells_of
from haihe.boards.ledger.records import LightState
from haihe.boards.ledger.supervision import TEXT_CHARACTERS_MAX, UNITS_MAX, WORKDAYS_MAX, Deed, Wish, Wording
from haihe.boards.ledger.supervision_actions import Sought
from haihe.kit.limits import NAME_CHARACTERS_MAX
from haihe.kit.words import say

router = APIRouter(prefix="/api/v1/supervision", tags=["ledger"])

Number = Annotated[int, Field(ge=1, lt=2**63)]
Workdays = Annotated[int | None, Field(ge=1, le=WORKDAYS_MAX)]


class Draft(BaseModel):
    """What an order says: its deadline is a number of workdays from issue on, or a day."""

    title: str = Field(max_length=NAME_CHARACTERS_MAX)
    text: str = Field(default="", max_length=TEXT_CHARACTERS_MAX)
    units: list[str] = Field(default_factory=list, max_length=UNITS_MAX)
    basis: str = Field(default="", max_length=TEXT_CHARACTERS_MAX)
    workdays: Workdays = None
    due_on: date | None = None

    def wording(self) -> Wording:
        """The same as a record."""
        return Wording(self.title, self.text, tuple(self.units), self.basis, self.workdays, self.due_on)


class NewOrder(BaseModel):
    """An order to be drafted: about an entry of a register, in words of one's own, or both."""

    about: Number | None = None
    draft: Draft | None = None


class Act(BaseModel):
    """What is to be done with an order, or with one of its parts; `evidence` was kept for the part before."""

    deed: Deed
    part: Number | None = None
    words: str = Field(default="", max_length=TEXT_CHARACTERS_MAX)
    evidence: list[Number] = Field(default_factory=list, max_length=UNITS_MAX)
    workdays: Workdays = None


class Undo(BaseModel):
    """The part whose last step is to be taken back; without one that of the order."""

    part: Number | None = None


@router.get("", response_model=list[OrderRow])
def list_orders(
    store: Opens,
    asker: Asks,
    language: Speaks,
    state: Annotated[list[str] | None, Query(description="Steps, such as issued.")] = None,
    light: Annotated[list[LightState] | None, Query(description="Lights, such as overdue.")] = None,
    unit: Annotated[str, Query(max_length=NAME_CHARACTERS_MAX, description="The name of a unit.")] = "",
    shape: Shape = "json",
) -> Any:
    """The supervision orders that the asker may see, the newest first."""
    sought = Sought(state or (), light or (), unit)
    rows = supervision_actions.orders(store, asker, sought, language)
    if shape == "json":
        return rows
    columns = [say(words, language) for words in ORDER_COLUMNS.values()]
    return table_file(columns, (cells_of(row, language) for row in rows), shape)


@router.post("", status_code=201)
def draft(store: Opens, asker: Asks, language: Speaks, new: NewOrder) -> OrderDetail:
    """Draft an order; about an entry without words of one's own, it says what is known of the entry."""
    if new.draft is None and new.about is not None:
        made = supervision_actions.draft_on(store, asker, new.about, language)
    else:
        wording = (new.draft or Draft(title="")).wording()
        made = supervision_actions.draft(store, asker, wording, new.about, language)
    return supervision_actions.order_at(store, asker, made, language)


@router.get("/{order}")
def order_at(store: Opens, asker: Asks, language: Speaks, order: Number) -> OrderDetail:
    """An order with its parts, unit by unit, as far as the asker may see them."""
    return supervision_actions.order_at(store, asker, order, language)


@router.put("/{order}")
def amend(store: Opens, asker: Asks, language: Speaks, order: Number, draft: Draft) -> OrderDetail:
    """Write a draft anew."""
    supervision_actions.amend(store, asker, order, draft.wording())
    return supervision_actions.order_at(store, asker, order, language)


@router.post("/{order}/deeds", status_code=204)
def act(store: Opens, asker: Asks, order: Number, act: Act) -> None:
    """Approve, issue, sign for, answer, review, close or return an order or a part of it."""
    wish = Wish(act.deed, act.part, act.words, tuple(act.evidence), act.workdays)
    supervision_actions.act(store, asker, order, wish)


@router.post("/{order}/undo", status_code=204)
def undo(store: Opens, asker: Asks, order: Number, undo: Undo) -> None:
    """Take back the last step of an order or of a part, where nothing went out with it."""
    supervision_actions.undo(store, asker, order, undo.part)


@router.get("/{order}/paper", response_class=Response)
def paper(store: Opens, asker: Asks, language: Speaks, order: Number) -> Response:
    """An order as a page that prints on A4."""
    found = supervision_actions.order_at(store, asker, order, language)
    name = quote(found.order.number_label or found.order.title, safe="")
    disposition = f"inline; filename*=UTF-8''{name}.html"
    headers = {"Content-Disposition": disposition}
    return Response(papers.html_of(found, language), media_type="text/html; charset=utf-8", headers=headers)
