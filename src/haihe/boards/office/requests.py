"""Requests (协调事项) of one jurisdiction to another: who may do what, and whether answers came in time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from haihe.boards.office.prints import Paper, Part
from haihe.kit.errors import N_
from haihe.kit.words import say

Side = Literal["asking", "asked"]
Answered = Literal["open", "late", "in_time", "answered_late"]
Deed = Literal["accept", "answer", "decline", "close", "reopen"]

DEEDS: Mapping[Deed, tuple[Side, tuple[str, ...], str]] = {
    "accept": ("asked", ("sent",), "accepted"),
    "answer": ("asked", ("sent", "accepted"), "answered"),
    "decline": ("asked", ("sent", "accepted"), "declined"),
    "close": ("asking", ("answered",), "closed"),
    "reopen": ("asking", ("answered", "declined"), "accepted"),
}
"""What can be done with a request: by which side, in which stages, and the stage that it leads to."""

DEED_LABELS: Mapping[Deed, str] = {
    "accept": N_("Take it on"),
    "answer": N_("Give the answer"),
    "decline": N_("Decline"),
    "close": N_("Accept the answer"),
    "reopen": N_("Ask again"),
}
"""The words of what can be done."""

ANSWERED_LABELS: Mapping[Answered, str] = {
    "late": N_("unanswered and late"),
    "open": N_("waits for an answer"),
    "answered_late": N_("answered late"),
    "in_time": N_("answered in time"),
}
"""Whether a request has its answer, the worst first."""

REQUEST_COLUMNS: Mapping[str, str] = {
    "title": N_("What is asked"),
    "asked_by": N_("Asked by"),
    "asked_of": N_("Asked of"),
    "due_on": N_("Answer by"),
    "stage_label": N_("Stage"),
    "words": N_("The answer"),
}


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request as both sides see it; `sides` are the reader's, `deeds` what they may do.

    `days` are those left until the answer is due, negative where it is late or came late.
    """

    id: int
    plan: int
    plan_name: str
    title: str
    text: str
    asked_by: str
    asked_of: list[str]
    due_on: date | None
    stage: str
    stage_label: str
    answered_on: date | None
    answered: Answered
    days: int | None
    words: str
    answer: str
    supply: str
    sides: list[Side]
    deeds: list[Deed]


def answered(due_on: date | None, answered_on: date | None, on: date) -> tuple[Answered, int | None]:
    """Whether an answer came in time or is late on a day, and the days left until it was due.

    >>> answered(date(2026, 6, 30), date(2026, 7, 2), date(2026, 7, 9))
    ('answered_late', -2)
    """
    days = None if due_on is None else (due_on - (answered_on or on)).days
    late = days is not None and days < 0
    if answered_on is None:
        return "late" if late else "open", days
    return "answered_late" if late else "in_time", days


def words_of(state: Answered, days: int | None, language: str) -> str:
    """Whether the answer came in time, in words."""
    if days is None or not days:
        return say(ANSWERED_LABELS[state], language)
    words = N_("{state}, {days} d left") if state == "open" else N_("{state}, {days} d before")
    if days < 0:
        words = N_("{state}, by {days} d")
    return say(words, language, state=say(ANSWERED_LABELS[state], language), days=abs(days))


def possible(stage: str, sides: list[Side]) -> list[Deed]:
    """What some sides may do with a request in a stage."""
    return [deed for deed, (side, stages, _) in DEEDS.items() if side in sides and stage in stages]


def request_paper(row: RequestRow, language: str) -> Paper:
    """A request with its answer as a paper to hand on."""
    facts = (
        (N_("Asked by"), row.asked_by),
        (N_("Asked of"), "、".join(row.asked_of)),
        (N_("Answer by"), row.due_on.isoformat() if row.due_on else "–"),
        (N_("Stage"), row.stage_label),
        (N_("Answered on"), row.answered_on.isoformat() if row.answered_on else "–"),
    )
    parts = [Part(say(N_("What is asked"), language), (row.title, *row.text.splitlines()))]
    if row.answer:
        parts.append(Part(say(N_("The answer"), language), tuple(row.answer.splitlines())))
    if row.supply:
        parts.append(Part(say(N_("Support offered"), language), tuple(row.supply.splitlines())))
    return Paper(
        title=say(N_("Request to another jurisdiction"), language),
        facts=tuple((say(name, language), said) for name, said in facts),
        parts=tuple(parts),
        closing=row.words,
        language=language,
    )
