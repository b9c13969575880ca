"""Briefs as they leave the house: flat rows for programs, tables and files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from haihe.boards.office.briefs import KIND_LABELS, Brief, BriefKind, Change, Issue, Section, figures_in, told
from haihe.boards.office.paper import numbered
from haihe.kit.errors import N_
from haihe.kit.source import Tier
from haihe.kit.words import Language, say

ISSUE_COLUMNS: Mapping[str, str] = {
    "number": N_("Number"),
    "kind": N_("Kind"),
    "period": N_("Period"),
    "issued_on": N_("Issued on"),
    "issuer": N_("In whose name"),
    "state": N_("State"),
    "reason": N_("Reason"),
    "sha256": N_("SHA-256 of the file"),
}
"""The table of issued briefs."""


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A figure and its footnote; `source_id` opens at /source/ID, `url` is where its evidence is."""

    figure: str
    note: str
    unconfirmed: int
    source_id: str
    url: str | None


@dataclass(frozen=True, slots=True)
class SectionRow:
    """A section as text; its table, where it has one, as columns and rows."""

    name: str
    heading: str
    level: int
    sentences: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class IssueRow:
    """A brief that was issued; `number` in words, `superseded_by` the version that took its place."""

    id: int
    plan: int
    kind: BriefKind
    period: str
    number: str
    version: int
    issuer: str
    issued_on: date
    issued_by: str
    issued_at: datetime
    state: str
    sha256: str
    supersedes: int | None
    superseded_by: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class BriefRow:
    """A brief with all that it says.

    `draft` is the number to issue it by, None where nothing was kept; `changes` are against the draft before,
    None where there was none; `issue` is there once it is issued; `files` are the files that were written.
    """

    kind: BriefKind
    plan: int
    plan_name: str
    tier: Tier
    period: str
    language: Language
    as_of: date
    title: str
    headline: str
    figures: Mapping[str, str]
    sections: tuple[SectionRow, ...]
    notes: tuple[NoteRow, ...]
    digest: str
    draft: int | None
    changes: tuple[Change, ...] | None
    issue: IssueRow | None
    files: tuple[str, ...] = ()


def issue_row(issued: Issue, language: Language) -> IssueRow:
    """An issued brief as a row, its state in words."""
    state = N_("in force") if issued.superseded_by is None else N_("superseded")
    assert issued.stamp.on is not None
    return IssueRow(
        id=issued.id,
        plan=issued.plan,
        kind=issued.kind,
        period=issued.period,
        number=numbered(issued.stamp, language),
        version=issued.stamp.version,
        issuer=issued.stamp.issuer,
        issued_on=issued.stamp.on,
        issued_by=issued.by,
        issued_at=issued.at,
        state=say(state, language),
        sha256=issued.sha256,
        supersedes=issued.supersedes,
        superseded_by=issued.superseded_by,
        reason=issued.reason,
    )


def issue_cell(row: IssueRow, column: str, language: Language) -> object:
    """What a cell of the table of issued briefs shows."""
    return say(KIND_LABELS[row.kind], language) if column == "kind" else getattr(row, column)


def brief_row(
    brief: Brief,
    draft: int | None,
    changes: Iterable[Change] | None,
    issued: Issue | None,
    files: Iterable[str] = (),
) -> BriefRow:
    """A brief as a row, with the draft it is kept as, or the issue."""
    language = brief.language
    return BriefRow(
        kind=brief.kind,
        plan=brief.plan,
        plan_name=brief.plan_name,
        tier=brief.tier,
        period=brief.period,
        language=language,
        as_of=brief.on,
        title=brief.title,
        headline=told(brief.headline, language),
        figures={name: told((figure,), language) for name, figure in brief.figures.items()},
        sections=tuple(_section(section, language) for section in brief.sections),
        notes=tuple(
            NoteRow(one.words, one.note, one.unconfirmed, one.source.id, one.source.url)
            for one in figures_in(brief)
        ),
        digest=brief.digest,
        draft=draft,
        changes=None if changes is None else tuple(changes),
        issue=issue_row(issued, language) if issued else None,
        files=tuple(files),
    )


def _section(section: Section, language: Language) -> SectionRow:
    table = section.table
    return SectionRow(
        name=section.name,
        heading=section.heading,
        level=section.level,
        sentences=tuple(told(line, language) for line in section.sentences),
        columns=tuple(column.label for column in table.columns) if table else (),
        rows=tuple(tuple(told(cell, language) for cell in row) for row in table.rows) if table else (),
    )
