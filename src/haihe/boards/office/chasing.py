"""Reminding (催报): at which stage a unit is, in which words it is told, and who is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import accumulate, takewhile
from string import Formatter
from typing import Any, Literal

from haihe.boards.office.contacts import Contact, Post
from haihe.boards.office.records import Asked, Line, UnitState
from haihe.kit import resources, workdays
from haihe.kit.errors import N_, Invalid
from haihe.kit.periods import last_day_of
from haihe.kit.words import Language, say

Stage = Literal["before", "day", "overdue", "escalated"]
Fate = Literal["ready", "today", "nobody", "noted", "posted"]

STAGE_LABELS: Mapping[Stage, str] = {
    "before": N_("before the deadline"),
    "day": N_("on the last workday"),
    "overdue": N_("overdue"),
    "escalated": N_("escalated"),
}
"""The stages of reminding, in their order."""

FATE_LABELS: Mapping[Fate, str] = {
    "ready": N_("to be reminded"),
    "today": N_("reminded today already"),
    "nobody": N_("no address to send to"),
    "noted": N_("noted as reminded"),
    "posted": N_("handed to the outbox"),
}
"""What becomes of a reminder."""

PLACES = ("unit", "plan", "period", "items", "open", "day", "workdays", "holidays", "list")
"""What a template may hold in braces."""

NEEDED = ("unit", "plan", "day")
"""What every template must hold."""

TEMPLATE_CHARACTERS_MAX = 500
_PARAMS = "boards/office/params/chasing.yaml"


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a stage in a language; `own` says that the office changed them."""

    stage: Stage
    language: Language
    text: str
    own: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """A reminder that was given: `channel` is empty where it was given by hand.

    `state` is that of its letter in the outbox, `note` why it was not taken; `on` the day in the region.
    """

    id: int
    plan: int
    period: str
    unit: str
    name: str
    stage: Stage
    channel: str
    addresses: tuple[str, ...]
    text: str
    on: date
    by: str
    at: datetime
    outbox: int | None
    state: str
    tries: int
    ended_at: datetime | None
    note: str


@dataclass(frozen=True, slots=True)
class Reminder:
    """What a unit would be told today: `left` workdays to its deadline, below zero those since.

    `last` is the reminder that it had last for this period.
    """

    state: UnitState
    stage: Stage
    left: int
    posts: tuple[Post, ...]
    title: str
    text: str
    addresses: tuple[str, ...] = ()
    last: Sent | None = None
    fate: Fate = "ready"


@dataclass(frozen=True, slots=True)
class Known:
    """What reminding goes by: the words, the addresses, and what was sent before, the last first."""

    words: Mapping[tuple[str, str], str] = field(default_factory=dict)
    contacts: Sequence[Contact] = ()
    sent: Sequence[Sent] = ()


def deadline_of(period: str) -> date:
    """The day to return by unless another is set: the period's last workday.

    >>> deadline_of("2026-10"), deadline_of("2027Q1")
    (datetime.date(2026, 10, 30), datetime.date(2027, 3, 31))
    """
    return workdays.add_workdays(last_day_of(period), 0)


def stage_of(left: int) -> Stage:
    """At which stage a unit is with that many workdays left; before all of them it is before the deadline."""
    stages: Mapping[Stage, Mapping[str, int]] = resources.definition(_PARAMS)["stages"]
    passed = [stage for stage in stages if stage != "before" and left <= stages[stage]["workdays"]]
    return passed[-1] if passed else "before"


def posts_of(stage: Stage) -> tuple[Post, ...]:
    """Who is told at a stage, by post."""
    return tuple(resources.definition(_PARAMS)["stages"][stage]["posts"])


def thresholds() -> dict[str, int]:
    """How many workdays before the deadline, after it and between reminders the daily round goes by."""
    params = resources.definition(_PARAMS)
    days = {stage: abs(rule["workdays"]) for stage, rule in params["stages"].items()}
    return days | {"again": params["again_workdays"]}


def is_due(reminder: Reminder, today: date) -> bool:
    """Whether the daily round reminds a unit: on a workday, once at each stage, and again while escalated."""
    params = resources.definition(_PARAMS)
    last = reminder.last
    if not workdays.is_workday(today) or reminder.left > params["stages"]["before"]["workdays"]:
        return False
    if last is None or (last.stage != reminder.stage and last.on < today):
        return True
    since = workdays.workdays_between(last.on, today)
    return reminder.stage == "escalated" and since >= params["again_workdays"]


def default_words() -> dict[tuple[str, str], str]:
    """The words of each stage and language as they are shipped."""
    templates = resources.definition(_PARAMS)["templates"]
    return {(stage, language): text for stage, texts in templates.items() for language, text in texts.items()}


def wordings_of(own: Mapping[tuple[str, str], str]) -> tuple[Wording, ...]:
    """Every wording, the office's own where it has one."""
    return tuple(
        Wording(stage, language, own.get((stage, language), text), (stage, language) in own)  # type: ignore[arg-type]
        for (stage, language), text in default_words().items()
    )


def checked_template(text: str) -> str:
    """A template that can be filled: what it needs is there, and nothing else in braces; raises Invalid."""
    text = text.strip()
    try:
        parts = list(Formatter().parse(text))
    except ValueError as error:
        raise Invalid(
            N_("The braces of the text do not match."), advice=N_("Close every {{ with a }}.")
        ) from error
    names = [name for _, name, _, _ in parts if name is not None]
    odd = [
        name for _, name, form, turned in parts if name is not None and (name not in PLACES or form or turned)
    ]
    if odd or not 0 < len(text) <= TEMPLATE_CHARACTERS_MAX or names.count("list") > 1:
        raise Invalid(
            N_("The text cannot be filled in: {names}."),
            advice=N_("In braces may stand: {places}; the list once, and at most {limit} characters in all."),
            names=", ".join(odd)[:80] or "list",
            places=", ".join(PLACES),
            limit=TEMPLATE_CHARACTERS_MAX,
        )
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise Invalid(
            N_("The text does not say {names}."),
            advice=N_("Put it in braces where it belongs."),
            names=", ".join(missing),
        )
    return text


def reminder_for(state: UnitState, today: date, known: Known, kind: str | None = None) -> Reminder:
    """What a unit with something open would be told on a day, at whole length, and at which addresses."""
    asked = state.dispatch.handout.asked
    left = left_of(asked, today)
    stage, posts = stage_of(left), posts_of(stage_of(left))
    before = [
        one for one in known.sent if one.unit == state.unit.key and one.state not in {"dead", "withdrawn"}
    ]
    addresses = [
        contact.address
        for post in posts
        for contact in known.contacts
        if contact.unit == state.unit.key and contact.post == post and contact.kind == kind
    ]
    return Reminder(
        state,
        stage,
        left,
        posts,
        say(N_("Reminder: {plan}, {period}"), asked.language, plan=asked.plan_name, period=asked.period),
        text_of(state, today, known),
        tuple(dict.fromkeys(addresses)),
        before[0] if before else None,
        "today" if before and before[0].on == today else "ready",
    )


def text_of(state: UnitState, today: date, known: Known, bytes_max: int | None = None) -> str:
    """The words for a unit, with as many of its open items as there is room for and how many more."""
    asked = state.dispatch.handout.asked
    facts, stage = _facts(state, today), stage_of(left_of(asked, today))
    template = (default_words() | dict(known.words))[stage, asked.language]
    lines = [_line(line, asked.language) for line in state.waiting]
    whole = template.format_map(facts | {"list": "\n".join(lines)}).strip()
    if bytes_max is None or len(whole.encode()) <= bytes_max:
        return whole
    more = N_("… and {count} more; all of them are in the workbook.")
    tail = say(more, asked.language, count=len(lines))
    room = bytes_max - len(template.format_map(facts | {"list": tail}).encode())
    sizes = accumulate(len(line.encode()) + 1 for line in lines)
    kept = lines[: sum(1 for _ in takewhile(lambda size: size <= room, sizes))]
    tail = say(more, asked.language, count=len(lines) - len(kept))
    cut = template.format_map(facts | {"list": "\n".join([*kept, tail])}).strip()
    return cut.encode()[:bytes_max].decode(errors="ignore")


def _facts(state: UnitState, today: date) -> dict[str, Any]:
    asked = state.dispatch.handout.asked
    counted = workdays.span(*sorted((today, asked.return_by)))
    note = workdays.note_of(counted, asked.language)
    between = "; " if asked.language == "en" else "，"
    return {
        "unit": state.unit.name,
        "plan": asked.plan_name,
        "period": asked.period,
        "items": state.items,
        "open": len(state.waiting),
        "day": asked.return_by,
        "workdays": counted.workdays,
        "holidays": f"{between}{note}" if note else "",
    }


def _line(line: Line, language: Language) -> str:
    due = line.cells["due"]
    words = N_("{place} {title} (due {due})") if due else N_("{place} {title}")
    return say(words, language, place=line.cells["place"], title=line.cells["title"], due=due)


def ago_of(last: Sent, today: date, language: Language) -> str:
    """How long ago a unit was reminded, in words."""
    days = (today - last.on).days
    if days == 0:
        return say(N_("reminded today"), language)
    if days == 1:
        return say(N_("reminded yesterday"), language)
    return say(N_("reminded {days} days ago"), language, days=days)


def left_of(asked: Asked, today: date) -> int:
    """How many workdays are left to a deadline; below zero, from its next day on, how many have passed."""
    left = workdays.workdays_between(today, asked.return_by)
    return left if today <= asked.return_by else min(left, -1)


def left_words(asked: Asked, today: date, language: Language) -> str:
    """The workdays to a deadline or since, with the holidays that do not count, in words."""
    counted = workdays.span(*sorted((today, asked.return_by)))
    words = N_("{days} workdays left") if today <= asked.return_by else N_("{days} workdays over")
    note = workdays.note_of(counted, language)
    said = say(words, language, days=counted.workdays)
    return say(N_("{said} ({note})"), language, said=said, note=note) if note else said


def latest(sent: Iterable[Sent]) -> dict[str, Sent]:
    """The last reminder of each unit that was not given up, by the unit's key."""
    found: dict[str, Sent] = {}
    for one in sent:
        if one.state not in {"dead", "withdrawn"}:
            found.setdefault(one.unit, one)
    return found
