"""Forecast memory (预判兑现): what was expected last time, and what came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from statistics import median
from typing import Literal

from haihe.boards.ledger.records import Confidence, Node, Report
from haihe.kit.errors import N_

Outcome = Literal["early", "kept", "slipped", "open"]

BINS: Mapping[str, tuple[str, int, int]] = {
    "month_early": (N_("more than 30 d earlier"), -100_000, -31),
    "early": (N_("1 to 30 d earlier"), -30, -1),
    "kept": (N_("kept"), 0, 0),
    "week": (N_("1 to 7 d later"), 1, 7),
    "month": (N_("8 to 30 d later"), 8, 30),
    "quarter": (N_("31 to 90 d later"), 31, 90),
    "more": (N_("more than 90 d later"), 91, 100_000),
}
"""Slips in days by size: the words of each, its least and its most."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """By when a report expected a promise to be kept, and what came of it.

    It came on a day, or a newer report (`settled_by`) expects it by another; a slip is in days, later than
    expected above 0. An open forecast that lies in the past slips by the days that have passed.
    """

    node: int
    period: str
    made_on: date
    forecast_on: date
    confidence: Confidence | None = None
    came_on: date | None = None
    newer_on: date | None = None
    settled_by: int | None = None
    slip_days: int = 0

    @property
    def outcome(self) -> Outcome:
        """In one word."""
        if self.came_on is None and self.newer_on is None and self.slip_days <= 0:
            return "open"
        return "slipped" if self.slip_days > 0 else "early" if self.slip_days < 0 else "kept"

    @property
    def sentence(self) -> tuple[str, Mapping[str, object]]:
        """What came of it: a template and its facts."""
        facts = {"forecast_on": self.forecast_on, "days": abs(self.slip_days)}
        if self.came_on is not None:
            return _CAME[self.outcome], facts | {"came_on": self.came_on}
        if self.newer_on is not None:
            return _NEWER[self.outcome], facts | {"newer_on": self.newer_on}
        return _OPEN[self.outcome], facts


_CAME: Mapping[str, str] = {
    "early": N_("Expected by {forecast_on}, finished on {came_on}, {days} d early."),
    "kept": N_("Expected by {forecast_on}, and finished on that day."),
    "slipped": N_("Expected by {forecast_on}, finished on {came_on}, {days} d late."),
}
_NEWER: Mapping[str, str] = {
    "early": N_("Last expected by {forecast_on}, now by {newer_on}, {days} d earlier."),
    "kept": N_("Still expected by {forecast_on}, as before."),
    "slipped": N_("Last expected by {forecast_on}, now by {newer_on}, {days} d later."),
}
_OPEN: Mapping[str, str] = {
    "slipped": N_("Expected by {forecast_on}, {days} d ago, and not reported finished."),
    "open": N_("Expected by {forecast_on}."),
}


@dataclass(frozen=True, slots=True)
class Record:
    """A unit's forecasts: how many are settled, how many of them were kept, and the median slip in days."""

    name: str
    entity: int | None
    settled: int
    kept: int
    slip_days: float

    @property
    def share(self) -> float:
        """The share that was kept."""
        return self.kept / self.settled


def memory(reports: Iterable[Report], on: date) -> tuple[Forecast, ...]:
    """The forecasts of a node's reports and what came of each by a day, the latest first.

    Of several reports for a period the latest speaks, so that a correction replaces what it corrects; a
    forecast that the latest does not give is the last one given for the period.
    """
    order = sorted(
        (one for one in reports if one.reported_on <= on), key=lambda one: (one.reported_on, one.id)
    )
    periods: dict[str, Report] = {}
    for one in order:
        before = periods.get(one.period)
        expected = one.forecast_due_on or (before.forecast_due_on if before else None)
        periods[one.period] = replace(one, forecast_due_on=expected)
    last = list(periods.values())
    found = []
    for place, report in enumerate(last):
        if report.forecast_due_on is not None and not is_done(report):
            found.append(_forecast(report, report.forecast_due_on, last[place + 1 :], on))
    return tuple(reversed(found))


def _forecast(report: Report, expected: date, later: Sequence[Report], on: date) -> Forecast:
    answer = next((one for one in later if is_done(one) or one.forecast_due_on is not None), None)
    came_on = answer.reported_on if answer and is_done(answer) else None
    newer_on = answer.forecast_due_on if answer and came_on is None else None
    reached = came_on or newer_on or max(on, expected)
    return Forecast(
        node=report.node,
        period=report.period,
        made_on=report.reported_on,
        forecast_on=expected,
        confidence=report.confidence,
        came_on=came_on,
        newer_on=newer_on,
        settled_by=answer.id if answer else None,
        slip_days=(reached - expected).days,
    )


def is_done(report: Report) -> bool:
    """Whether a report says that the promise is kept."""
    return report.progress is not None and report.progress >= 1


def settled(found: Iterable[Forecast]) -> list[Forecast]:
    """The forecasts of which something came, or whose day passed."""
    return [one for one in found if one.outcome != "open"]


def distribution(found: Iterable[Forecast]) -> dict[str, int]:
    """How many settled forecasts slipped by so much, by bin in the order of `BINS`."""
    slips = [one.slip_days for one in settled(found)]
    return {name: sum(least <= slip <= most for slip in slips) for name, (_, least, most) in BINS.items()}


def records_of(found: Iterable[tuple[Node, Forecast]]) -> tuple[Record, ...]:
    """The record of each lead unit with a settled forecast, the least kept first; never of anybody else."""
    names: dict[str | int, str] = {}
    slips: dict[str | int, list[int]] = {}
    for node, one in found:
        for share in node.shares:
            if share.role == "lead" and one.outcome != "open":
                key = share.name if share.entity is None else share.entity
                names.setdefault(key, share.name)
                slips.setdefault(key, []).append(one.slip_days)
    records = (
        Record(
            names[key],
            key if isinstance(key, int) else None,
            len(each),
            sum(slip <= 0 for slip in each),
            median(each),
        )
        for key, each in slips.items()
    )
    return tuple(sorted(records, key=lambda record: (record.share, -record.slip_days, record.name)))
