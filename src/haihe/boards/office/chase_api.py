"""Reminding over HTTP: `/api/v1/office/plans/{plan}/reminders`, `/api/v1/office/reminders`, `/channels`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query

from haihe.boards.accounts import Asker
from haihe.boards.accounts.request_actions import Asks, Number, Opens, Shape, Speaks, table_file
from haihe.boards.office import actions, channel_actions, chase_actions
from haihe.boards.office.channels import Kind
from haihe.boards.office.chasing import Stage, Wording
from haihe.boards.office.contacts import Contact, Post
from haihe.boards.office.reminders import (
    ChannelRow,
    ChaseRow,
    HistoryRow,
    Round,
    channel_row,
    chase_row,
    sent_row,
    sent_table,
)
from haihe.kit.limits import PAGE_ROWS_DEFAULT, PAGE_ROWS_MAX
from haihe.kit.words import Language
from haihe.store.opening import Store

router = APIRouter(prefix="/api/v1/office", tags=["office"])


Period = Annotated[str, Query(description="A month, a quarter or a year: 2026-11, 2026Q4, 2026.")]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom to remind: `units` by name, all without; `channel` by number, name or kind, by hand without."""

    units: list[str] | None = None
    channel: int | str | None = None
    again: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """What a channel is set up with; secrets are taken and never given back."""

    name: str
    settings: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a post of a unit is reached; an empty address removes the one there was."""

    name: str
    post: Post
    kind: Literal["wecom", "dingtalk", "mail"]
    address: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """A template; None goes back to the shipped one."""

    text: str | None


def _order(language: Speaks, plan: Number, period: Period) -> actions.Order:
    return actions.Order(plan, period, language=language)


Ordered = Annotated[actions.Order, Depends(_order)]


@router.get("/plans/{plan}/reminders", response_model=ChaseRow)
def reminders(
    store: Opens,
    asker: Asks,
    order: Ordered,
    channel: Annotated[
        str | None, Query(description="As it is sent through a channel, by name or kind.")
    ] = None,
) -> Any:
    """What each unit with something open would be told today; nothing is sent."""
    return _chased(store, asker, order, Wanted(None, channel, dry_run=True))


@router.post("/plans/{plan}/reminders", response_model=ChaseRow)
def remind(store: Opens, asker: Asks, order: Ordered, wanted: Wanted) -> Any:
    """Remind units: through a channel by letters in the outbox, without one by a note that it was done."""
    return _chased(store, asker, order, wanted)


def _chased(store: Store, asker: Asker, order: actions.Order, wanted: Wanted) -> ChaseRow:
    units = None if wanted.units is None else frozenset(wanted.units)
    wish = chase_actions.Wish(units, wanted.channel, wanted.again)
    act = chase_actions.reminders if wanted.dry_run else chase_actions.remind
    found = act(store, asker, order, wish)
    asked = actions.cycle(store, asker, order).asked
    name = None
    if wanted.channel is not None:
        name = channel_actions.channel_at(store, asker, wanted.channel).name
    return chase_row(found, Round(asked, name, actions.today(), wanted.dry_run), order.language)


@router.get("/reminders", response_model=HistoryRow)
def history(
    store: Opens,
    asker: Asks,
    language: Speaks,
    plan: Annotated[int | None, Query(description="Only of this plan.")] = None,
    period: Annotated[str | None, Query(description="Only for this period.")] = None,
    unit: Annotated[str | None, Query(description="Only of this unit, by name.")] = None,
    channel: Annotated[str | None, Query(description="Only through this channel; empty is by hand.")] = None,
    state: Annotated[str | None, Query(description="Only waiting, sending, sent, dead or withdrawn.")] = None,
    since: Annotated[date | None, Query(description="Only from this day on.")] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_ROWS_MAX)] = PAGE_ROWS_DEFAULT,
    offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
    shape: Shape = "json",
) -> Any:
    """Who was reminded of what and when, the last first; as CSV or xlsx all of them."""
    sought = chase_actions.Sought(plan, period, unit, channel, state, since)
    if shape == "json":
        found, total = chase_actions.history(store, asker, sought, limit, offset)
        return HistoryRow(total, tuple(map(sent_row, found)))
    found, _ = chase_actions.history(store, asker, sought, -1)
    table = sent_table(map(sent_row, found), language)
    return table_file(*table, shape)


@router.post("/reminders/{reminder}/resend", status_code=204)
def resend(store: Opens, asker: Asks, reminder: Number) -> None:
    """Try a letter again that was given up."""
    chase_actions.resend(store, asker, reminder)


@router.post("/reminders/{reminder}/withdraw", status_code=204)
def withdraw(store: Opens, asker: Asks, reminder: Number) -> None:
    """Take a letter back that waits to be sent."""
    chase_actions.withdraw(store, asker, reminder)


@router.put("/plans/{plan}/rounds/{channel}", status_code=204)
def switch_on(store: Opens, asker: Asks, plan: Number, channel: Number) -> None:
    """Remind the units of a plan each day through a channel."""
    chase_actions.switch_round(store, asker, plan, channel, on=True)


@router.delete("/plans/{plan}/rounds/{channel}", status_code=204)
def switch_off(store: Opens, asker: Asks, plan: Number, channel: Number) -> None:
    """Remind them no longer."""
    chase_actions.switch_round(store, asker, plan, channel, on=False)


@router.get("/channels", response_model=list[ChannelRow])
def channels(store: Opens, asker: Asks) -> Any:
    """Every channel, without its secrets."""
    return [channel_row(one) for one in channel_actions.channels(store, asker)]


@router.post("/channels/{kind}", response_model=ChannelRow, status_code=201)
def add_channel(store: Opens, asker: Asks, kind: Kind, setting: Setting) -> Any:
    """Set up a channel."""
    return channel_row(channel_actions.add_channel(store, asker, kind, setting.name, setting.settings))


@router.patch("/channels/{channel}", response_model=ChannelRow)
def change_channel(store: Opens, asker: Asks, channel: Number, setting: Setting) -> Any:
    """Change what a channel is set up with; what is not given stays."""
    return channel_row(channel_actions.change_channel(store, asker, channel, setting.name, setting.settings))


@router.put("/channels/{channel}/active", status_code=204)
def switch_channel(
    store: Opens, asker: Asks, channel: Number, on: Annotated[bool, Query(description="On or off.")]
) -> None:
    """Switch a channel on or off."""
    channel_actions.switch_channel(store, asker, channel, active=on)


@router.post("/channels/{channel}/try", status_code=204)
def try_channel(store: Opens, asker: Asks, language: Speaks, channel: Number) -> None:
    """Send a trial message through a channel at once."""
    channel_actions.try_channel(store, asker, channel, language)


@router.delete("/channels/{channel}", status_code=204)
def remove_channel(store: Opens, asker: Asks, channel: Number) -> None:
    """Forget a channel with its secrets."""
    channel_actions.remove_channel(store, asker, channel)


@router.get("/contacts", response_model=list[Contact])
def contacts(store: Opens, asker: Asks) -> Any:
    """Where the posts of units are reached."""
    return channel_actions.contacts(store, asker)


@router.put("/contacts", status_code=204)
def put_contacts(store: Opens, asker: Asks, given: list[Address]) -> None:
    """Keep addresses of posts, all or none."""
    found = [Contact(one.unit, one.name, one.post, one.kind, one.address) for one in given]
    channel_actions.put_contacts(store, asker, found)


@router.get("/wordings", response_model=list[Wording])
def wordings(store: Opens, asker: Asks) -> Any:
    """The words of every stage and language."""
    return channel_actions.wordings(store, asker)


@router.put("/wordings/{stage}/{language}", status_code=204)
def put_wording(store: Opens, asker: Asks, stage: Stage, language: Language, words: Words) -> None:
    """Keep the office's own words of a stage, or go back to the shipped ones."""
    channel_actions.put_wording(store, asker, stage, language, words.text)
