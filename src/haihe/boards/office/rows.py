"""The office as it leaves the house: flat rows for programs, tables and files, with reasons in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from haihe.boards.office.chasing import Known, left_of, text_of
from haihe.boards.office.records import (
    LABELS,
    STATE_LABELS,
    Asked,
    Cycle,
    Difference,
    FileOutcome,
    Handout,
    Merge,
    Orphan,
    Outcome,
    Read,
    Reason,
    State,
    UnitState,
)
from haihe.kit.clock import day_in_region
from haihe.kit.errors import N_
from haihe.kit.words import Language, say

OUTCOME_LABELS: Mapping[Outcome, str] = {
    "conflict": N_("to be chosen"),
    "reject": N_("not taken"),
    "apply": N_("to be taken"),
}
"""What becomes of a difference, what needs a person first."""

FILE_LABELS: Mapping[FileOutcome, str] = {
    "read": N_("read"),
    "same": N_("twice"),
    "refused": N_("refused"),
}
"""What became of a file."""


UNIT_COLUMNS: Mapping[str, str] = {
    "unit": N_("Handed to"),
    "state": N_("Return"),
    "items": N_("Items"),
    "reported": N_("Reported"),
    "dispatched_at": N_("Handed out on"),
    "return_by": N_("To return by"),
    "workdays_left": N_("Workdays left"),
    "reminder": N_("Reminder"),
}
"""The table of units."""

DIFFERENCE_COLUMNS: Mapping[str, str] = {
    "outcome": N_("What becomes of it"),
    "unit": N_("Returned by"),
    "title": N_("Title of the item"),
    "column": N_("Entry"),
    "was": N_("Was"),
    "becomes": N_("Becomes"),
    "reason": N_("Why"),
    "file": N_("File"),
    "at": N_("Cell"),
}
"""The table of differences."""

_WORDS: Mapping[str, str] = {
    code: words
    for labels in (STATE_LABELS.items(), OUTCOME_LABELS.items(), LABELS.items())
    for code, words in labels
}


@dataclass(frozen=True, slots=True)
class HandoutRow:
    """What one unit is handed: the name of its file and how many items."""

    unit: str
    entity: int | None
    items: int
    file: str


@dataclass(frozen=True, slots=True)
class DispatchRow:
    """What is handed out of a plan for a period; `orphans` are the items that nobody can be handed."""

    plan: int
    plan_name: str
    period: str
    return_by: date
    dry_run: bool
    units: tuple[HandoutRow, ...]
    orphans: tuple[Orphan, ...]


@dataclass(frozen=True, slots=True)
class UnitRow:
    """How far a unit is; `workbook` is the number of what it was handed last, `reminder` ready to be sent.

    `workdays_left` below zero counts those since the day to return by.
    """

    unit: str
    entity: int | None
    state: State
    items: int
    reported: int
    return_by: date
    workdays_left: int
    workbook: int
    dispatched_at: datetime
    dispatched_by: str
    reminder: str


@dataclass(frozen=True, slots=True)
class CycleRow:
    """A period of a plan; `waiting` are units with items that were not handed anything."""

    plan: int
    plan_name: str
    period: str
    items: int
    reported: int
    states: Mapping[str, int]
    units: tuple[UnitRow, ...]
    waiting: tuple[str, ...]
    orphans: tuple[Orphan, ...]


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file that came back, and what became of it."""

    name: str
    unit: str | None
    outcome: FileOutcome
    reason: str
    advice: str


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """A cell or row that is not as it was handed out; `choice` names the row where it can be chosen."""

    outcome: Outcome
    unit: str
    file: str
    at: str
    node: int | None
    title: str
    column: str
    was: str
    becomes: str
    reason: str
    choice: str | None


LOCKED = N_("{period} is locked; what came back is taken as corrections, which need a reason.")


@dataclass(frozen=True, slots=True)
class MergeRow:
    """What returns change; `digest` confirms it, `applied` says that it was done.

    Where the period is `locked` the reports are corrections and need a reason.
    """

    plan: int | None
    plan_name: str
    period: str
    digest: str
    applied: bool
    locked: bool
    reports: int
    unchanged: int
    outcomes: Mapping[str, int]
    missing: tuple[str, ...]
    files: tuple[FileRow, ...]
    differences: tuple[DifferenceRow, ...]


def told(reason: Reason | None, language: Language) -> str:
    """A reason as a sentence; empty where there is none."""
    if reason is None:
        return ""
    facts = {
        name: told(fact, language) if isinstance(fact, Reason) else fact
        for name, fact in reason.facts.items()
    }
    return say(reason.words, language, **facts)


def dispatch_row(
    asked: Asked, files: Mapping[str, Handout], orphans: Iterable[Orphan], *, dry_run: bool
) -> DispatchRow:
    """What is handed out, by the name of the file."""
    units = (
        HandoutRow(each.unit.name, each.unit.entity, len(each.lines), name) for name, each in files.items()
    )
    return DispatchRow(
        asked.plan, asked.plan_name, asked.period, asked.return_by, dry_run, tuple(units), tuple(orphans)
    )


def unit_row(state: UnitState, today: date) -> UnitRow:
    """A unit's state as a row."""
    return_by = state.dispatch.handout.asked.return_by
    return UnitRow(
        unit=state.unit.name,
        entity=state.unit.entity,
        state=state.state,
        items=state.items,
        reported=state.reported,
        return_by=return_by,
        workdays_left=left_of(state.dispatch.handout.asked, today),
        workbook=state.dispatch.id,
        dispatched_at=state.dispatch.at,
        dispatched_by=state.dispatch.by,
        reminder=text_of(state, today, Known()) if state.waiting else "",
    )


def cycle_row(cycle: Cycle, today: date) -> CycleRow:
    """A period as a row; an item of several units is counted once."""
    handed = {line.node for state in cycle.units for line in state.dispatch.handout.lines}
    waiting = {line.node for state in cycle.units for line in state.waiting}
    states = [state.state for state in cycle.units]
    return CycleRow(
        plan=cycle.asked.plan,
        plan_name=cycle.asked.plan_name,
        period=cycle.asked.period,
        items=len(handed),
        reported=len(handed - waiting),
        states={state: states.count(state) for state in ("missing", "partial", "complete")},
        units=tuple(unit_row(state, today) for state in cycle.units),
        waiting=tuple(handout.unit.name for handout in cycle.waiting),
        orphans=cycle.orphans,
    )


def merge_row(found: Merge, language: Language, *, applied: bool = False) -> MergeRow:
    """What returns change as a row, conflicts first."""
    order = list(OUTCOME_LABELS)
    outcomes = [difference.outcome for difference in found.differences]
    ranked = sorted(found.differences, key=lambda difference: order.index(difference.outcome))
    return MergeRow(
        plan=found.plan,
        plan_name=found.plan_name,
        period=found.period,
        digest=found.digest,
        applied=applied,
        locked=found.locked,
        reports=len(found.reports),
        unchanged=found.unchanged,
        outcomes={outcome: outcomes.count(outcome) for outcome in OUTCOME_LABELS},
        missing=found.missing,
        files=tuple(_file_row(file, language) for file in found.files),
        differences=tuple(_difference_row(difference, language) for difference in ranked),
    )


def _file_row(file: Read, language: Language) -> FileRow:
    unit = file.unit.name if file.unit else None
    return FileRow(file.name, unit, file.outcome, told(file.reason, language), told(file.advice, language))


def _difference_row(one: Difference, language: Language) -> DifferenceRow:
    return DifferenceRow(
        one.outcome, one.unit, one.file, one.at, one.node, one.title, one.column, one.was, one.becomes,
        told(one.reason, language), one.choice,
    )  # fmt: skip


def table_of(
    rows: Iterable[UnitRow | DifferenceRow], columns: Mapping[str, str], language: Language
) -> tuple[list[str], list[list[object]]]:
    """Rows as a spreadsheet for people: the headings of columns, and the cells under them."""
    heads = [say(label, language) for label in columns.values()]
    return heads, [[cell_of(row, column, language) for column in columns] for row in rows]


def cell_of(row: UnitRow | DifferenceRow, column: str, language: Language) -> object:
    """What a cell says: codes as words, a moment as its day."""
    value = getattr(row, column)
    if column in {"state", "outcome", "column"}:
        return say(_WORDS[value], language) if value else ""
    return day_in_region(value) if isinstance(value, datetime) else value
