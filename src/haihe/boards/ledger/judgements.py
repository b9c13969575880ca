"""Periods, issued lights, corrections and forecasts as they leave the house: flat rows, with words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from haihe.boards.ledger.forecasts import BINS, Forecast, Outcome, Record
from haihe.boards.ledger.periods import Period, PeriodLight, differing
from haihe.boards.ledger.records import Correction, Issued, LightState, Node
from haihe.boards.ledger.rows import place_of, reason_of
from haihe.kit.clock import REGION
from haihe.kit.errors import N_
from haihe.kit.words import say

LIGHT_WORDS: Mapping[LightState, str] = {
    "on_track": N_("on track"),
    "near": N_("near its date"),
    "behind": N_("behind"),
    "overdue": N_("overdue"),
    "unknown": N_("unknown"),
}
LIGHT_COLUMNS: Mapping[str, str] = {
    "place": N_("Number"),
    "title": N_("Item"),
    "lead": N_("Lead unit"),
    "rule_light": N_("By the rule"),
    "rule_reason": N_("Why by the rule"),
    "issued_light": N_("Issued"),
    "issued_reason": N_("The office's reason"),
    "issued_at": N_("Light issued at"),
    "words": N_("The unit's own words"),
}
CORRECTION_COLUMNS: Mapping[str, str] = {
    "at": N_("Corrected at"),
    "title": N_("Item"),
    "subject": N_("What was corrected"),
    "before": N_("Before"),
    "after": N_("After"),
    "reason": N_("Reason"),
    "by": N_("By"),
}
FORECAST_COLUMNS: Mapping[str, str] = {
    "place": N_("Number"),
    "title": N_("Item"),
    "lead": N_("Lead unit"),
    "period": N_("Period"),
    "forecast_on": N_("Expected by"),
    "came_on": N_("Finished on"),
    "newer_on": N_("Then expected by"),
    "slip_days": N_("Days later"),
    "outcome": N_("Outcome"),
}
RECORD_COLUMNS: Mapping[str, str] = {
    "name": N_("Lead unit"),
    "settled": N_("Forecasts settled"),
    "kept": N_("Kept"),
    "share": N_("Share kept"),
    "slip_days": N_("Median slip (d)"),
}
OUTCOME_WORDS: Mapping[Outcome, str] = {
    "early": N_("earlier"),
    "kept": N_("kept"),
    "slipped": N_("slipped"),
    "open": N_("not due yet"),
}
SUBJECTS: Mapping[str, str] = {"report": N_("Report"), "light": N_("Light")}
_FIELDS: Mapping[str, str] = {
    "progress": N_("Progress"),
    "note": N_("What was done"),
    "forecast_due_on": N_("Expected by"),
    "confidence": N_("Confidence"),
    "difficulty": N_("Difficulties"),
    "figures": N_("Figures"),
    "evidence": N_("Evidence"),
    "light": N_("Light"),
    "reason": N_("Reason"),
}


@dataclass(frozen=True, slots=True)
class IssuedRow:
    """A light that the office issued, and what the rule gave then with its reason."""

    period: str
    light: LightState
    reason: str
    rule_light: LightState
    rule_reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LightRow:
    """A promise in a period: the rule's light, the issued one, their reasons, and the unit's own words."""

    node: int
    place: str
    title: str
    lead: tuple[str, ...]
    rule_light: LightState
    rule_reason: str
    issued_light: LightState | None
    issued_reason: str | None
    issued_at: datetime | None
    words: str


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """An entry of the log of corrections, its values before and after in words."""

    id: int
    node: int
    title: str
    period: str
    subject: str
    before: str
    after: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """A period of a plan: how far its lights are issued, its lock, and its corrections."""

    plan: int
    period: str
    on: date
    promises: int
    issued: int
    changed: int
    reported: int
    locked_at: datetime | None
    locked_by: str | None
    locked_with: str | None
    brief_sha256: str | None
    digest: str
    lights: tuple[LightRow, ...]
    corrections: tuple[CorrectionRow, ...]


@dataclass(frozen=True, slots=True)
class ForecastRow:
    """What was forecast of a promise and what came, with the sentence that says so."""

    node: int
    place: str
    title: str
    lead: tuple[str, ...]
    period: str
    made_on: date
    forecast_on: date
    came_on: date | None
    newer_on: date | None
    slip_days: int
    outcome: Outcome
    sentence: str


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A unit's record of forecasts; `entity` is its number in the registry."""

    name: str
    entity: int | None
    settled: int
    kept: int
    share: float
    slip_days: float


@dataclass(frozen=True, slots=True)
class SlipsRow:
    """How far the forecasts of a plan slipped: how many by bin, each unit's record, and each forecast."""

    settled: int
    bins: Mapping[str, int]
    units: tuple[RecordRow, ...]
    forecasts: tuple[ForecastRow, ...]


def issued_row(issued: Issued, language: str) -> IssuedRow:
    """An issued light in a language; one that only confirms has the rule's reason."""
    rule_reason = reason_of(issued.rule, language)
    reason = issued.reason or (rule_reason if issued.confirms else "")
    rule = issued.rule.state
    return IssuedRow(issued.period, issued.state, reason, rule, rule_reason, issued.by, issued.at)


def light_row(one: PeriodLight, language: str) -> LightRow:
    """A promise in a period in a language."""
    node, issued = one.standing.node, one.issued
    return LightRow(
        node=node.id,
        place=place_of(node),
        title=node.title,
        lead=node.named("lead"),
        rule_light=one.rule.state,
        rule_reason=reason_of(one.rule, language),
        issued_light=issued.state if issued else None,
        issued_reason=issued.reason if issued else None,
        issued_at=issued.at if issued else None,
        words=one.words,
    )


def correction_row(one: Correction, titles: Mapping[int, str], language: str) -> CorrectionRow:
    """An entry of the log of corrections in a language, with what it changed."""
    changed = differing(one)
    before, after = (
        "; ".join(
            f"{_name(name, language)}: {_said(name, pair[side], language)}" for name, pair in changed.items()
        )
        for side in (0, 1)
    )
    title, subject = titles.get(one.node, ""), say(SUBJECTS[one.subject], language)
    return CorrectionRow(
        one.id, one.node, title, one.period, subject, before, after, one.reason, one.by, one.at
    )


def _name(name: str, language: str) -> str:
    return say(_FIELDS[name], language)


def _said(name: str, value: Any, language: str) -> str:
    if value in (None, "", []):
        return "–"
    if name == "light":
        return say(LIGHT_WORDS[value], language)
    if name == "progress":
        return f"{value:.0%}"
    if isinstance(value, list):
        return "、".join(" ".join(each) if isinstance(each, list) else str(each) for each in value)
    return str(value)


def period_row(found: Period, language: str) -> PeriodRow:
    """A period in a language."""
    titles = {one.standing.node.id: one.standing.node.title for one in found.lights}
    lock = found.lock
    return PeriodRow(
        plan=found.plan,
        period=found.period,
        on=found.on,
        promises=len(found.lights),
        issued=found.confirmed,
        changed=sum(one.issued is not None and one.issued.state != one.rule.state for one in found.lights),
        reported=sum(one.reported for one in found.lights),
        locked_at=found.locked_at,
        locked_by=found.locked_by,
        locked_with=lock.period if lock else None,
        brief_sha256=found.brief,
        digest=found.digest,
        lights=tuple(light_row(one, language) for one in found.lights),
        corrections=tuple(correction_row(one, titles, language) for one in found.corrections),
    )


def forecast_row(node: Node, one: Forecast, language: str) -> ForecastRow:
    """A forecast in a language."""
    template, facts = one.sentence
    return ForecastRow(
        node=node.id,
        place=place_of(node),
        title=node.title,
        lead=node.named("lead"),
        period=one.period,
        made_on=one.made_on,
        forecast_on=one.forecast_on,
        came_on=one.came_on,
        newer_on=one.newer_on,
        slip_days=one.slip_days,
        outcome=one.outcome,
        sentence=say(template, language, **facts),
    )


def record_row(one: Record) -> RecordRow:
    """A unit's record."""
    return RecordRow(one.name, one.entity, one.settled, one.kept, one.share, one.slip_days)


def bin_words(language: str) -> list[str]:
    """The bins of slips in words."""
    return [say(words, language) for words, _, _ in BINS.values()]


def table_of(
    rows: Iterable[Any], columns: Mapping[str, str], language: str
) -> tuple[list[str], list[list[object]]]:
    """Rows as the columns of a file, with their headings."""
    labels = [say(label, language) for label in columns.values()]
    return labels, [[_cell(getattr(row, name)) for name in columns] for row in rows]


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return f"{value.astimezone(REGION):%Y-%m-%d %H:%M}"
    return "、".join(map(str, value)) if isinstance(value, tuple) else value
