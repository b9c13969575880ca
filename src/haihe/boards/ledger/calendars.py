"""The calendar of a register: what is due, what is expected; by month, and as a feed (RFC 5545)."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from icalendar import Calendar, Event, Todo

from haihe.boards.ledger.records import Node, Standing
from haihe.boards.ledger.rows import reason_of
from haihe.boards.ledger.units import finished_on, is_finished
from haihe.kit.errors import N_, Invalid
from haihe.kit.words import say

What = Literal["due", "forecast"]
Form = Literal["tasks", "events"]

WHAT_LABELS: Mapping[What, str] = {"due": N_("due"), "forecast": N_("expected")}

COLUMNS: Mapping[str, str] = {
    "day": N_("Day"),
    "what": N_("What"),
    "place": N_("Number"),
    "title": N_("Title"),
    "lead": N_("Lead unit"),
    "progress": N_("Progress"),
    "light": N_("Light"),
}

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_REFRESH = timedelta(hours=6)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """That a promise is due, or expected by its last report, on a day."""

    day: date
    what: What
    standing: Standing


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed is called and where its items are read: the address of the house, and the language."""

    name: str
    site: str
    language: str
    form: Form = "tasks"


def month_of(written: str | None, today: date) -> date:
    """The first day of a month such as 2026-11, of today's without one; raises Invalid."""
    match = _MONTH.fullmatch(written or f"{today:%Y-%m}")
    if match is None or not 1 < int(match[1]) < date.max.year:
        raise Invalid(
            N_("There is no month {month}."), advice=N_("Write it as 2026-11."), month=(written or "")[:20]
        )
    return date(int(match[1]), int(match[2]), 1)


def beside(month: date, steps: int) -> str:
    """The month so many months away, as 2026-11."""
    place = month.year * 12 + month.month - 1 + steps
    return f"{place // 12:04d}-{place % 12 + 1:02d}"


def entries(found: Iterable[Standing]) -> Iterator[Entry]:
    """The days that promises are due on, and those on which the unfinished ones are expected instead."""
    for standing in found:
        node = standing.node
        if node.due_on:
            yield Entry(node.due_on, "due", standing)
        expected = node.report.forecast_due_on if node.report and not is_finished(standing) else None
        if expected and expected != node.due_on:
            yield Entry(expected, "forecast", standing)


def entries_in(found: Iterable[Standing], month: date) -> list[Entry]:
    """The entries of a month by day, what is due first."""
    inside = (one for one in entries(found) if (one.day.year, one.day.month) == (month.year, month.month))
    return sorted(inside, key=lambda one: (one.day, one.what, one.standing.node.path, one.standing.node.id))


def weeks(month: date) -> list[list[date]]:
    """The days of a month in weeks from Monday, with those of the months beside it."""
    return calendar.Calendar().monthdatescalendar(month.year, month.month)


def cells_of(entry: Entry) -> dict[str, object]:
    """An entry as a row of a table, by `COLUMNS`."""
    node = entry.standing.node
    return {
        "day": entry.day,
        "what": entry.what,
        "place": ".".join(map(str, node.path)),
        "title": node.title,
        "lead": "、".join(node.named("lead")),
        "progress": entry.standing.progress,
        "light": entry.standing.light.state,
    }


def feed_of(found: Sequence[Standing], feed: Feed, begun: Mapping[int, datetime]) -> bytes:
    """The due dates of promises as a calendar that other programs subscribe to (RFC 5545, RFC 7986).

    A task (VTODO, §3.6.2) is due for all of a day; `events` are for programs that show no tasks (VEVENT,
    §3.6.1). `begun` says when each register was begun: with it the UID of an item stays the same for ever and
    is no other house's (§3.8.4.7).
    """
    made = Calendar()
    made.add("prodid", "-//Haihe//Ledger//EN")
    made.add("version", "2.0")
    made.add("name", feed.name)
    made.add("x-wr-calname", feed.name)
    made.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    for standing in found:
        if standing.node.due_on:
            part = _todo(standing) if feed.form == "tasks" else _event(standing.node.due_on)
            _describe(part, standing, feed, begun.get(standing.node.plan, _EPOCH))
            made.add_component(part)
    content: bytes = made.to_ical()
    return content


def uid_of(node: Node, begun: datetime) -> str:
    """The UID of a node's due date."""
    return f"node-{node.id}-{begun.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}@haihe"


def _todo(standing: Standing) -> Todo:
    part = Todo()
    part.add("due", standing.node.due_on)
    if is_finished(standing):
        part.add("status", "COMPLETED")
        done = finished_on(standing)
        if done:
            part.add("completed", datetime(done.year, done.month, done.day, tzinfo=UTC))
    else:
        part.add("status", "IN-PROCESS" if standing.progress else "NEEDS-ACTION")
    if standing.progress is not None:
        part.add("percent-complete", round(100 * standing.progress))
    return part


def _event(due_on: date) -> Event:
    part = Event()
    part.add("dtstart", due_on)
    part.add("dtend", due_on + timedelta(days=1))
    part.add("transp", "TRANSPARENT")
    return part


def _describe(part: Todo | Event, standing: Standing, feed: Feed, begun: datetime) -> None:
    node, language = standing.node, feed.language
    changed = node.report.reported_at if node.report else begun
    part.add("uid", uid_of(node, begun))
    part.add("dtstamp", changed.astimezone(UTC))
    part.add("last-modified", changed.astimezone(UTC))
    part.add("summary", node.title)
    lead = "、".join(node.named("lead"))
    lines = [say(N_("Lead unit: {units}"), language, units=lead)] if lead else []
    part.add("description", "\n".join([*lines, reason_of(standing.light, language)]))
    part.add("url", f"{feed.site}/item/{node.id}")
