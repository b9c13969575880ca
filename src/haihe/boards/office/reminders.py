"""Reminders as they leave the house: flat rows for programs, tables and files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from haihe.boards.office.channels import Channel, Kind
from haihe.boards.office.chasing import (
    FATE_LABELS,
    STAGE_LABELS,
    Fate,
    Reminder,
    Sent,
    Stage,
    left_words,
)
from haihe.boards.office.records import Asked
from haihe.kit.clock import REGION
from haihe.kit.errors import N_
from haihe.kit.words import Language, say

LETTER_LABELS: Mapping[str, str] = {
    "waiting": N_("waits to be sent"),
    "sending": N_("being sent"),
    "sent": N_("sent"),
    "dead": N_("given up"),
    "withdrawn": N_("taken back"),
}
"""What became of a letter."""

SENT_COLUMNS: Mapping[str, str] = {
    "at": N_("Reminded at"),
    "unit": N_("Reminded unit"),
    "period": N_("For period"),
    "stage": N_("Stage"),
    "channel": N_("Through"),
    "addresses": N_("Written to"),
    "state": N_("What became of it"),
    "tries": N_("Tries"),
    "note": N_("Answer"),
    "by": N_("Reminded by"),
    "text": N_("Words"),
}
"""The table of reminders."""

_BY_HAND = N_("by hand")


@dataclass(frozen=True, slots=True)
class ReminderRow:
    """What a unit would be told: `workdays_left` below zero counts those since; `fate` what becomes of it."""

    unit: str
    entity: int | None
    stage: Stage
    return_by: date
    workdays_left: int
    left: str
    items: int
    waiting: int
    posts: tuple[str, ...]
    addresses: tuple[str, ...]
    title: str
    text: str
    fate: Fate
    last_on: date | None
    last_channel: str | None


@dataclass(frozen=True, slots=True)
class ChaseRow:
    """The reminders of a period of a plan; `channel` is None by hand, `dry_run` says that none was given."""

    plan: int
    plan_name: str
    period: str
    channel: str | None
    dry_run: bool
    fates: Mapping[str, int]
    reminders: tuple[ReminderRow, ...]


@dataclass(frozen=True, slots=True)
class SentRow:
    """A reminder that was given; `channel` is None by hand."""

    id: int
    plan: int
    period: str
    unit: str
    stage: Stage
    channel: str | None
    addresses: tuple[str, ...]
    text: str
    on: date
    at: datetime
    by: str
    state: str
    tries: int
    ended_at: datetime | None
    note: str


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """Reminders that were given, the last first, of `total`."""

    total: int
    reminders: tuple[SentRow, ...]


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """A channel: `host` is where it leads, `secrets` the names of what is set and never shown."""

    id: int
    kind: Kind
    name: str
    active: bool
    host: str
    options: Mapping[str, str]
    secrets: tuple[str, ...]


def reminder_row(one: Reminder, today: date, language: Language) -> ReminderRow:
    """A reminder as a row."""
    state, asked = one.state, one.state.dispatch.handout.asked
    return ReminderRow(
        unit=state.unit.name,
        entity=state.unit.entity,
        stage=one.stage,
        return_by=asked.return_by,
        workdays_left=one.left,
        left=left_words(asked, today, language),
        items=state.items,
        waiting=len(state.waiting),
        posts=one.posts,
        addresses=one.addresses,
        title=one.title,
        text=one.text,
        fate=one.fate,
        last_on=one.last.on if one.last else None,
        last_channel=(one.last.channel or None) if one.last else None,
    )


@dataclass(frozen=True, slots=True)
class Round:
    """What reminders are of: the plan and period, the channel, the day, and whether any was given."""

    asked: Asked
    channel: str | None
    on: date
    dry_run: bool


def chase_row(found: Iterable[Reminder], around: Round, language: Language) -> ChaseRow:
    """Reminders as a row."""
    rows = tuple(reminder_row(one, around.on, language) for one in found)
    fates = [row.fate for row in rows]
    return ChaseRow(
        around.asked.plan,
        around.asked.plan_name,
        around.asked.period,
        around.channel,
        around.dry_run,
        {fate: fates.count(fate) for fate in FATE_LABELS if fate in fates},
        rows,
    )


def sent_row(one: Sent) -> SentRow:
    """A reminder that was given as a row."""
    return SentRow(
        one.id, one.plan, one.period, one.name, one.stage, one.channel or None, one.addresses, one.text,
        one.on, one.at, one.by, one.state, one.tries, one.ended_at, one.note,
    )  # fmt: skip


def channel_row(one: Channel) -> ChannelRow:
    """A channel as a row."""
    return ChannelRow(one.id, one.kind, one.name, one.active, one.host, one.options, one.secrets)


def sent_table(rows: Iterable[SentRow], language: Language) -> tuple[list[str], list[list[object]]]:
    """Reminders as a spreadsheet for people: the headings of columns, and the cells under them."""
    heads = [say(label, language) for label in SENT_COLUMNS.values()]
    return heads, [[sent_cell(row, column, language) for column in SENT_COLUMNS] for row in rows]


def sent_cell(row: SentRow, column: str, language: Language) -> object:
    """What a cell says: codes as words, a moment to the minute."""
    value = getattr(row, column)
    match column:
        case "stage":
            return say(STAGE_LABELS[row.stage], language)
        case "state":
            return say(LETTER_LABELS[row.state], language)
        case "channel":
            return value or say(_BY_HAND, language)
        case "addresses":
            return ", ".join(row.addresses)
        case "at":
            return f"{row.at.astimezone(REGION):%Y-%m-%d %H:%M}"
    return value
