"""Escalation (层层提级): by which steps an order that is not signed for or answered goes up.

The steps and their days are in `params/supervision.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal

from haihe.boards.ledger.records import Light
from haihe.kit import resources
from haihe.kit.errors import N_
from haihe.kit.workdays import add_workdays, workdays_between

Awaited = Literal["receipt", "answer"]

_PARAMS = "boards/ledger/params/supervision.yaml"

POST_LABELS: Mapping[str, str] = {
    "liaison": N_("liaison post"),
    "division": N_("division in charge"),
    "leader": N_("post in charge of the unit"),
    "principal": N_("principal of the office"),
}
"""Who is told, by post."""

REASONS: Mapping[tuple[Awaited, int], str] = {
    ("receipt", 1): N_(
        "{unit} was to sign for order {year}-{number} by {due_on}; workdays passed since: {days}."
    ),
    ("answer", -1): N_("{unit} is to answer order {year}-{number} by {due_on}; workdays left: {days}."),
    ("answer", 0): N_("{unit} is to answer order {year}-{number} by {due_on}, and no other workday is left."),
    ("answer", 1): N_(
        "{unit} was to answer order {year}-{number} by {due_on}; workdays passed since: {days}."
    ),
}
"""Why an order goes up, by what is awaited and whether its deadline is to come, at hand or past."""


@dataclass(frozen=True, slots=True)
class Rise:
    """A step up (提级): so many workdays after the deadline of what is awaited these posts are told."""

    name: str
    of: Awaited
    workdays: int
    posts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """The deadlines in workdays unless others are set, and the steps up."""

    answer_workdays: int
    redo_workdays: int
    sign_workdays: int
    rises: tuple[Rise, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """A part that something may be awaited of: since when it lies with the unit, and by when it answers.

    `entity` is the unit's number in the registry, `register` that of the order; its `drafters` are accounts
    as the audit chain names them.
    """

    part: int
    title: str
    unit: str
    entity: int | None
    register: int
    drafters: tuple[str, ...]
    number: tuple[int, int]
    stage: str
    start_on: date
    due_on: date


@dataclass(frozen=True, slots=True)
class Risen:
    """That a part went up by a step on a day, of which deadline, who is told, and why."""

    part: int
    rise: Rise
    due_on: date
    on: date
    reason: Light

    @property
    def key(self) -> tuple[int, str, date]:
        """What tells it from every other."""
        return self.part, self.rise.name, self.due_on

    @property
    def place(self) -> tuple[date, date, int]:
        """Its place among those of the part: of several that are found at once the last is told."""
        return self.on, self.due_on, self.rise.workdays


@cache
def rules_on(on: date) -> Rules:
    """The rules in force on a day."""
    versions = resources.definition(_PARAMS)["versions"]
    held = ([version for version in versions if version["since"] <= on] or versions[:1])[-1]
    rises = tuple(
        Rise(name, each["of"], each["workdays"], tuple(each["posts"])) for name, each in held["steps"].items()
    )
    return Rules(held["answer_workdays"], held["redo_workdays"], held["sign_workdays"], rises)


def awaited_of(stage: str) -> tuple[Awaited, ...]:
    """What is awaited of a unit whose part is in a stage: it may go up for both before it is signed for."""
    if stage == "issued":
        return "receipt", "answer"
    return ("answer",) if stage in ("received", "handled") else ()


def sign_by(start_on: date) -> date:
    """The day by which a part is to be signed for that lies with its unit since a day.

    >>> sign_by(date(2026, 9, 30))
    datetime.date(2026, 10, 8)
    """
    return add_workdays(start_on, rules_on(start_on).sign_workdays)


def risen(due: Due, on: date) -> Iterator[Risen]:
    """The steps that a part has gone up by a day, each on its own day, whenever somebody looks.

    A reminder whose day would come no later than that of issue is left out.
    """
    for rise in rules_on(due.start_on).rises:
        deadline = sign_by(due.start_on) if rise.of == "receipt" else due.due_on
        day = add_workdays(deadline, rise.workdays)
        if rise.of in awaited_of(due.stage) and due.start_on < day <= on:
            sign = (rise.workdays > 0) - (rise.workdays < 0)
            days = abs(workdays_between(deadline, day))
            order = {"unit": due.unit, "year": due.number[0], "number": due.number[1]}
            facts = order | {"due_on": deadline.isoformat(), "days": days}
            light = Light("overdue" if sign > 0 else "near", REASONS[rise.of, sign], facts)
            yield Risen(due.part, rise, deadline, day, light)
