"""Meetings (会议): agenda, decisions with owners, what came of the last ones; and the minutes to hand on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from haihe.boards.office.prints import Paper, Part
from haihe.kit.errors import N_
from haihe.kit.words import say

LIGHTS: Mapping[str, str] = {
    "overdue": N_("overdue"),
    "behind": N_("behind"),
    "near": N_("near its date"),
    "unknown": N_("unknown"),
    "on_track": N_("on track"),
}
"""The words of the lights."""


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """What was decided (议定事项), who owns it, and how it stands; `meeting` is the one that decided it."""

    id: int
    meeting: str
    title: str
    text: str
    lead: list[str]
    cooperating: list[str]
    due_on: date | None
    stage: str
    progress: float | None
    light: str
    reason: str
    note: str


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A topic (议题) of the agenda with what was decided on it."""

    id: int
    title: str
    text: str
    raised_by: str
    decisions: list[DecisionRow]


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """A meeting in a list: of its decisions, `kept` are finished and `late` overdue or behind."""

    id: int
    plan: int
    plan_name: str
    title: str
    stage: str
    stage_label: str
    held_on: date | None
    convened_by: str
    members: list[str]
    topics: int
    decisions: int
    kept: int
    late: int


@dataclass(frozen=True, slots=True)
class MeetingDetail:
    """A meeting with all that its page shows.

    `followed` is what the meeting before it decided, finished or not; `older` what those before that one
    decided and is still open; `decisions` stand under no topic.
    """

    meeting: MeetingRow
    text: str
    topics: list[TopicRow]
    decisions: list[DecisionRow]
    before: str
    followed: list[DecisionRow]
    older: list[DecisionRow]


def minutes_of(found: MeetingDetail, on: date, language: str) -> Paper:
    """The minutes of a meeting on a day, or while it is still to be held its agenda."""
    meeting = found.meeting
    is_held = meeting.stage != "called"
    facts = (
        (N_("Held on"), meeting.held_on.isoformat() if meeting.held_on else "–"),
        (N_("Convened by"), meeting.convened_by or "–"),
        (N_("Members"), "、".join(meeting.members) or "–"),
    )
    parts = [
        _table(N_("What came of the decisions of {meeting}"), found.followed, language, meeting=found.before),
        _table(N_("Still open from earlier meetings"), found.older, language),
        *(_topic(place, topic, language) for place, topic in enumerate(found.topics, 1)),
        _table(N_("Decisions"), found.decisions, language),
    ]
    if found.text:
        parts.insert(0, Part(say(N_("On the meeting"), language), tuple(found.text.splitlines())))
    title = N_("Minutes: {title}") if is_held else N_("Agenda: {title}")
    closing = N_("{decisions} decisions, each with the unit that owns it; how they stand is of {day}.")
    return Paper(
        title=say(title, language, title=meeting.title),
        facts=tuple((say(name, language), said) for name, said in facts),
        parts=tuple(part for part in parts if part and (part.rows or part.lines)),
        closing=say(closing, language, decisions=meeting.decisions, day=on),
        language=language,
    )


def _topic(place: int, topic: TopicRow, language: str) -> Part:
    raised = say(N_("Raised by {unit}"), language, unit=topic.raised_by) if topic.raised_by else ""
    lines = tuple(filter(None, (raised, *topic.text.splitlines())))
    table = _table(N_("Decisions"), topic.decisions, language)
    heading = say(N_("Topic {number}: {title}"), language, number=place, title=topic.title)
    return Part(heading, lines or (() if table.rows else ("–",)), table.columns, table.rows, table.shares)


def _table(heading: str, rows: Iterable[DecisionRow], language: str, **facts: object) -> Part:
    columns = (N_("What was decided"), N_("Owned by"), N_("By when"), N_("How it stands now"))
    return Part(
        say(heading, language, **facts),
        columns=tuple(say(one, language) for one in columns),
        rows=tuple(_cells(row, language) for row in rows),
        shares=(5, 4, 3, 4),
    )


def _cells(row: DecisionRow, language: str) -> tuple[str, ...]:
    owners = "、".join(row.lead)
    if row.cooperating:
        owners = say(N_("{lead}; with {others}"), language, lead=owners, others="、".join(row.cooperating))
    share = "" if row.progress is None else f" {row.progress:.0%}"
    stands = f"{say(LIGHTS[row.light], language)}{share}"
    return (
        row.title if not row.text else f"{row.title}\n{row.text}",
        owners or "–",
        row.due_on.isoformat() if row.due_on else "–",
        "\n".join(filter(None, (stands, row.note))),
    )
