"""The nouns of the office: what a unit is handed, what came back, and what that would change."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Literal

from haihe.kit.errors import N_
from haihe.kit.text import sha256_of
from haihe.kit.words import Language

Confidence = Literal["high", "medium", "low"]
Outcome = Literal["apply", "conflict", "reject"]
State = Literal["missing", "partial", "complete"]
FileOutcome = Literal["read", "same", "refused"]

KEY = "node"
LOCKED: Mapping[str, str] = {
    "place": N_("No."),
    "title": N_("Title of the item"),
    "text": N_("In full"),
    "due": N_("By when"),
    "cooperating": N_("With"),
    "period_before": N_("Last reported for"),
    "progress_before": N_("Progress then"),
    "note_before": N_("Words then"),
    "forecast_before": N_("Expected then by"),
}
"""The columns that a unit reads, with their headings."""

ENTRY: Mapping[str, str] = {
    "progress": N_("Progress (%)"),
    "note": N_("What was done in this period"),
    "forecast": N_("Now expected by"),
    "confidence": N_("Confidence"),
    "difficulty": N_("Difficulties, help needed"),
    "evidence": N_("Evidence (number, address or file)"),
}
"""The columns that a unit fills, with their headings."""

LABELS: Mapping[str, str] = {KEY: N_("Key (leave as it is)"), **LOCKED, **ENTRY}
"""Every column of a workbook, in its order."""

CONFIDENCES: Mapping[Confidence, str] = {"high": N_("high"), "medium": N_("medium"), "low": N_("low")}
"""How sure a unit is of its forecast."""

STATE_LABELS: Mapping[State, str] = {
    "missing": N_("nothing returned"),
    "partial": N_("partly returned"),
    "complete": N_("all returned"),
}
"""What a unit returned of what it was handed, the worst first."""

TEXT_CHARACTERS_MAX = 2_000


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that is handed a workbook: its name as written, its number in the registry where it has one."""

    name: str
    entity: int | None = None

    @property
    def key(self) -> str:
        """What tells it from every other unit."""
        return f"entity/{self.entity}" if self.entity is not None else self.name


@dataclass(frozen=True, slots=True)
class Line:
    """An item as a unit reads it: the words of the locked cells by column."""

    node: int
    cells: Mapping[str, str]

    @property
    def digest(self) -> str:
        """The version of the item: SHA-256 of its words."""
        return sha256_of(json.dumps(dict(self.cells), ensure_ascii=False, sort_keys=True))


@dataclass(frozen=True, slots=True)
class Item:
    """A promise that is to be reported on: what is read of it, who leads, whether it was finished before."""

    line: Line
    leads: tuple[Unit, ...]
    finished: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of every unit: the plan and its name, the period, the day to return by, the language."""

    plan: int
    plan_name: str
    period: str
    return_by: date
    language: Language = "zh"


@dataclass(frozen=True, slots=True)
class Handout:
    """What one unit is handed."""

    asked: Asked
    unit: Unit
    lines: tuple[Line, ...]

    @property
    def digest(self) -> str:
        """The fingerprint by which what comes back is known again: SHA-256 of all that it says."""
        return sha256_of(json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, default=str))


@dataclass(frozen=True, slots=True)
class Orphan:
    """Items that nobody can be handed: they name no lead unit (`name` is empty) or a whole class of units."""

    name: str
    nodes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A workbook that was handed out: `sha256` is that of the file, `by` the account."""

    id: int
    handout: Handout
    sha256: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that came back: its place such as Sheet1!F7, its value and the words it shows.

    `percent` says that a number is shown in per cent; `formula` is what computed the value.
    """

    at: str
    value: str | float | date | bool | None
    shown: str
    percent: bool = False
    formula: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A row that came back: its cells by column; `strays` stand in columns that were not handed out."""

    at: str
    cells: Mapping[str, Cell]
    strays: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class Returned:
    """A workbook that came back.

    `fingerprint` holds the digest and what it is of, `head` the rows above the table, `labels` the headings
    by column, and `strays` what stands on sheets that were not handed out.
    """

    name: str
    sha256: str
    fingerprint: Mapping[str, str]
    head: tuple[Cell, ...]
    labels: Mapping[str, Cell]
    rows: tuple[Row, ...]
    strays: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """What a unit says of an item; `progress` is from 0 to 1."""

    progress: float | None = None
    note: str = ""
    forecast: date | None = None
    confidence: Confidence | None = None
    difficulty: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Filed:
    """A report of the period that the ledger has already: the words, the account and the day."""

    entry: Entry
    by: str
    on: date


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence: a template of the catalogues and its facts."""

    words: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which returns are collected: by default those of the plan and period that most files are of.

    `chosen` are rows that count where returns conflict, `files` the names of files whose rows do. What comes
    back for a locked period is taken as corrections for the `reason`, and not at all without one.
    """

    plan: int | None = None
    period: str | None = None
    chosen: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """A file that came back, and what became of it; `unit` is None where nobody can tell."""

    name: str
    sha256: str
    unit: Unit | None
    outcome: FileOutcome
    reason: Reason | None = None
    advice: Reason | None = None


@dataclass(frozen=True, slots=True)
class Inbox:
    """Files that came back: those that can be read, those that cannot and why, and their content."""

    returned: tuple[Returned, ...]
    refused: tuple[Read, ...]
    contents: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell (or with no column a row or a file's part) that is not as it was handed out.

    `was` is what is known now, `becomes` what came back; `choice` names the row in a conflict.
    """

    file: str
    unit: str
    at: str
    node: int | None
    title: str
    column: str
    was: str
    becomes: str
    outcome: Outcome
    reason: Reason | None = None
    choice: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What is taken of a return: the entry, and the file and row that it stands in."""

    entry: Entry
    unit: Unit
    digest: str
    file: str
    sha256: str
    at: str


@dataclass(frozen=True, slots=True)
class Merge:
    """What returns would change: files, differences, and the reports to be made by node.

    `unchanged` rows say what is known already; `missing` are the units that nothing came back from. `plan` is
    None where no file is of one. Where the period is `locked` the reports are corrections.
    """

    plan: int | None
    plan_name: str
    period: str
    files: tuple[Read, ...]
    differences: tuple[Difference, ...]
    reports: Mapping[int, Taken]
    unchanged: int
    missing: tuple[str, ...]
    locked: bool = False

    @property
    def digest(self) -> str:
        """What a person confirms: SHA-256 of the reports to be made."""
        rows = [[node, asdict(self.reports[node])] for node in sorted(self.reports)]
        written = json.dumps(
            [self.plan, self.period, self.locked, rows], ensure_ascii=False, sort_keys=True, default=str
        )
        return sha256_of(written)


@dataclass(frozen=True, slots=True)
class UnitState:
    """How far a unit is in a period: of `items` handed to it, `reported` have a report, `waiting` none."""

    unit: Unit
    items: int
    reported: int
    waiting: tuple[Line, ...]
    dispatch: Dispatch

    @property
    def state(self) -> State:
        """In one word."""
        if self.reported == 0:
            return "missing"
        return "partial" if self.reported < self.items else "complete"


@dataclass(frozen=True, slots=True)
class Cycle:
    """A period of a plan: what each unit was handed and returned, those not handed anything, and the rest."""

    asked: Asked
    units: tuple[UnitState, ...]
    waiting: tuple[Handout, ...]
    orphans: tuple[Orphan, ...]
