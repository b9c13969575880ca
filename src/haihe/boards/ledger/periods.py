"""Periods of reporting (报送期): which contain which, and what holds for a locked one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any

from haihe.boards.ledger.records import Correction, Issued, Light, LightState, Report, Standing
from haihe.kit.clock import REGION, day_in_region
from haihe.kit.errors import N_, Conflict, Invalid
from haihe.kit.limits import is_taken
from haihe.kit.periods import checked_period, first_day_of, last_day_of

REASON_CHARACTERS_MAX = 500
"""The longest reason of a correction, a light or a return."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The day that lights are of, and the past moment as of which things are looked at; None is now."""

    on: date
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The light that the office gives for a period; `reason` is needed where it is not the rule's.

    `seen` is the last one that was issued when it was chosen, 0 where there was none; None compares nothing.
    """

    period: str
    state: LightState
    reason: str = ""
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class Locked:
    """A period of a plan that is locked: when, by whom, and with which brief, by SHA-256."""

    plan: int
    period: str
    at: datetime
    by: str
    brief: str | None


@dataclass(frozen=True, slots=True)
class Lock:
    """With which brief, by SHA-256, a period is to be locked, and the digest of what that was made of."""

    brief: str | None = None
    expected: str | None = None


@dataclass(frozen=True, slots=True)
class PeriodLight:
    """A promise in a period: the rule's light, the one that was issued, and the unit's own words."""

    standing: Standing
    rule: Light
    issued: Issued | None
    words: str
    reported: bool = False

    @property
    def light(self) -> Light:
        """The light that counts: the issued one, else the rule's."""
        if self.issued is None or self.issued.state == self.rule.state:
            return self.rule
        return self.issued.light

    @property
    def confirmed(self) -> bool:
        """Whether the office gave a light."""
        return self.issued is not None


@dataclass(frozen=True, slots=True)
class Period:
    """A period of a plan: the lights of its promises as of the day `on`, its lock and its corrections.

    `digest` changes with each report, issued light and correction of the period.
    """

    plan: int
    period: str
    on: date
    lock: Locked | None
    lights: tuple[PeriodLight, ...]
    corrections: tuple[Correction, ...]
    digest: str

    @property
    def confirmed(self) -> int:
        """How many promises have an issued light."""
        return sum(one.confirmed for one in self.lights)

    @property
    def locked(self) -> bool:
        """Whether reports come in only as corrections."""
        return self.lock is not None

    @property
    def locked_at(self) -> datetime | None:
        """Since when it is locked."""
        return self.lock.at if self.lock else None

    @property
    def locked_by(self) -> str | None:
        """Who locked it, as the audit chain names it."""
        return self.lock.by if self.lock else None

    @property
    def brief(self) -> str | None:
        """The SHA-256 of the brief that it was locked with."""
        return self.lock.brief if self.lock else None


def day_of(period: str, today: date) -> date:
    """The day that a period's lights are of: its last, or today where that is still to come."""
    return min(last_day_of(period), today)


def period_lights(
    found: Iterable[Standing], issued: Mapping[int, Issued], reports: Mapping[int, Sequence[Report]]
) -> tuple[PeriodLight, ...]:
    """The promises of a period with what was issued for it and what their units said in it."""
    lights = []
    for one in found:
        said = reports.get(one.node.id, ())
        words = said[0].note if said else ""
        lights.append(PeriodLight(one, one.light, issued.get(one.node.id), words, bool(said)))
    return tuple(lights)


def checked_judgement(given: Judgement, rule: Light) -> Judgement:
    """A light as the office may issue it; raises Invalid for another than the rule's without a reason."""
    reason = " ".join(given.reason.split())
    if given.state != rule.state and not reason:
        raise Invalid(
            N_("This is not the light that the rule gives, so it needs a reason."),
            advice=N_("Say in a sentence why the office judges otherwise."),
        )
    return replace(given, period=checked_period(given.period), reason=_checked_length(reason))


def checked_reason(reason: str) -> str:
    """Why a locked period is corrected; raises Invalid for none."""
    kept = " ".join(reason.split())
    if not kept:
        raise Invalid(
            N_("A correction needs its reason."),
            advice=N_("Say in a sentence what was wrong and who found it."),
        )
    return _checked_length(kept)


def _checked_length(reason: str) -> str:
    if len(reason) > REASON_CHARACTERS_MAX:
        raise Invalid(
            N_("The reason has {count} characters; it may have {limit}."),
            advice=N_("Say it more briefly."),
            count=len(reason),
            limit=REASON_CHARACTERS_MAX,
        )
    return reason


def check_open(lock: Locked | None, period: str) -> None:
    """Raise Conflict for a period that is locked."""
    if lock is None:
        return
    raise Conflict(
        N_("{period} is closed: {locked} was locked on {day}."),
        advice=N_("Ask the office for a correction; it keeps the old value, the new one and the reason."),
        period=period,
        locked=lock.period,
        day=day_in_region(lock.at),
    )


def check_locked(lock: Locked | None, period: str) -> None:
    """Raise Conflict for a period that is still open, where nothing needs a correction."""
    if lock is None:
        raise Conflict(
            N_("{period} is still open, so nothing of it needs a correction."),
            advice=N_("Report on the item again, or issue its light; the latest counts."),
            period=period,
        )


def check_begun(period: str, today: date) -> None:
    """Raise Invalid for a period that is still to come."""
    if first_day_of(period) > today:
        raise Invalid(
            N_("{period} is still to come, so it cannot be locked."),
            advice=N_("Lock a period once it has begun and its brief is issued."),
            period=period,
        )


def check_unchanged(digest: str, expected: str | None, period: str) -> None:
    """Raise Conflict where a period is no longer what its brief was made of."""
    if expected is not None and digest != expected:
        raise Conflict(
            N_("Something of {period} was reported, issued or corrected since the brief was made."),
            advice=N_("Make the brief again and issue that one."),
            period=period,
        )


def reported(report: Report) -> dict[str, Any]:
    """What a report says, as a correction keeps it."""
    return {
        "progress": report.progress,
        "note": report.note,
        "forecast_due_on": report.forecast_due_on and report.forecast_due_on.isoformat(),
        "confidence": report.confidence,
        "difficulty": report.difficulty,
        "figures": [[one.name, str(one.value), one.unit] for one in report.figures],
        "evidence": [one.name for one in report.evidence],
    }


def differing(correction: Correction) -> dict[str, tuple[Any, Any]]:
    """What a correction changed: by field the value before, None where there was none, and after."""
    before = correction.before or {}
    fields = dict.fromkeys([*before, *correction.after])
    pairs = {name: (before.get(name), correction.after.get(name)) for name in fields}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1] and any(pair)}


def moment_of(words: str) -> datetime | None:
    """A moment as an address has it, in the region's time where it names no other; a day is its end.

    None for nothing; raises Invalid.

    >>> moment_of("2026-11-05").isoformat()
    '2026-11-05T23:59:59.999999+08:00'
    """
    if not words:
        return None
    try:
        found = datetime.fromisoformat(words)
    except ValueError:
        found = datetime.min.replace(tzinfo=UTC)
    if not is_taken(found.date()):
        raise Invalid(
            N_("{moment} is no moment."),
            advice=N_("Write it as 2026-11-05 or 2026-11-05T10:00."),
            moment=words[:40],
        )
    if len(words) <= len("2026-11-05"):
        found = datetime.combine(found, time.max)
    return found if found.tzinfo else found.replace(tzinfo=REGION)
