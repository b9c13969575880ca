"""Which light a promise shows, and why (`params/lights.yaml`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from haihe.boards.ledger.records import Light, LightState
from haihe.kit import resources
from haihe.kit.errors import N_


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule for lights: near so many days before, behind by so much of the way, and what lateness leaves."""

    near_days: int
    behind_share: float
    kept_late: LightState


@dataclass(frozen=True, slots=True)
class Promise:
    """All that a light depends on; `progress` from 0 to 1, `reported_on` the day of the last report.

    It has `ended` where its stage leaves nothing to do, since `ended_on`, None where that day is unknown.
    """

    start_on: date | None = None
    due_on: date | None = None
    due_words: str | None = None
    progress: float | None = None
    reported_on: date | None = None
    forecast_due_on: date | None = None
    ended: bool = False
    ended_on: date | None = None


def rule_on(on: date, name: str | None = None) -> Rule:
    """The version of a named rule, by default the default one, that is in force on a day."""
    definition = resources.definition("boards/ledger/params/lights.yaml")
    versions = definition["rules"][name or definition["default"]]["versions"]
    held = [version for version in versions if version["since"] <= on] or versions[:1]
    return Rule(**{key: value for key, value in held[-1].items() if key != "since"})


def light_of(promise: Promise, on: date, rule: Rule) -> Light:
    """The light of a promise on a day; the same promise, day and rule always give the same light.

    >>> light_of(Promise(due_on=date(2023, 6, 30)), date(2023, 7, 2), rule_on(date(2023, 7, 2))).state
    'overdue'
    """
    if promise.ended and (promise.ended_on is None or promise.ended_on <= on):
        return _ended(promise, rule)
    if promise.progress is not None and promise.progress >= 1:
        return _kept(promise, rule)
    if promise.due_on is None:
        return _undated(promise)
    if on > promise.due_on:
        return _overdue(promise, promise.due_on, on)
    return _behind(promise, promise.due_on, on, rule) or _waiting(promise, promise.due_on, on, rule)


def _ended(promise: Promise, rule: Rule) -> Light:
    ended_on, due_on = promise.ended_on, promise.due_on
    if ended_on is None:
        return Light("on_track", N_("Its stage leaves nothing to do."))
    if due_on and ended_on > due_on:
        return Light(
            rule.kept_late,
            N_("Its last stage was reached on {ended_on}, {days} d after it was due on {due_on}."),
            {"ended_on": ended_on, "due_on": due_on, "days": (ended_on - due_on).days},
        )
    return Light("on_track", N_("Its last stage was reached on {ended_on}."), {"ended_on": ended_on})


def _kept(promise: Promise, rule: Rule) -> Light:
    if promise.reported_on is None:
        return Light("on_track", N_("Everything below it is finished."))
    if promise.due_on and promise.reported_on > promise.due_on:
        return Light(
            rule.kept_late,
            N_("It was reported finished on {reported_on}, {days} d after it was due on {due_on}."),
            {
                "reported_on": promise.reported_on,
                "due_on": promise.due_on,
                "days": (promise.reported_on - promise.due_on).days,
            },
        )
    facts = {"reported_on": promise.reported_on}
    return Light("on_track", N_("It was reported finished on {reported_on}."), facts)


def _undated(promise: Promise) -> Light:
    if promise.due_words:
        return Light(
            "unknown",
            N_("It is to go on ({words}), so no date tells whether it is late."),
            {"words": promise.due_words},
        )
    return Light("unknown", N_("Its document gives no due date."))


def _overdue(promise: Promise, due_on: date, on: date) -> Light:
    facts: dict[str, object] = {"due_on": due_on, "days": (on - due_on).days}
    if promise.progress is None:
        words = N_("It was due on {due_on} ({days} d ago), and nothing has been reported.")
        return Light("overdue", words, facts)
    words = N_("It was due on {due_on} ({days} d ago), and {progress:.0%} is reported.")
    return Light("overdue", words, facts | {"progress": promise.progress})


def _behind(promise: Promise, due_on: date, on: date, rule: Rule) -> Light | None:
    """Behind by its own forecast, or by the straight line from start to due date."""
    forecast_on = promise.forecast_due_on
    if forecast_on and forecast_on > due_on:
        return Light(
            "behind",
            N_("The last report expects it on {forecast_on}, {days} d after it is due on {due_on}."),
            {"forecast_on": forecast_on, "due_on": due_on, "days": (forecast_on - due_on).days},
        )
    start_on, progress = promise.start_on, promise.progress
    if start_on is None or progress is None or start_on >= due_on or on <= start_on:
        return None
    expected = (on - start_on) / (due_on - start_on)
    if progress >= expected - rule.behind_share:
        return None
    return Light(
        "behind",
        N_("{progress:.0%} is reported; {expected:.0%} of the time from {start_on} to {due_on} has passed."),
        {"progress": progress, "expected": expected, "start_on": start_on, "due_on": due_on},
    )


def _waiting(promise: Promise, due_on: date, on: date, rule: Rule) -> Light:
    near = due_on - on <= timedelta(days=rule.near_days)
    facts: dict[str, object] = {"due_on": due_on, "days": (due_on - on).days}
    if promise.progress is None:
        words = N_("It is due on {due_on} (in {days} d), and nothing has been reported.")
        return Light("near" if near else "unknown", words, facts)
    words = N_("It is due on {due_on} (in {days} d), and {progress:.0%} is reported.")
    return Light("near" if near else "on_track", words, facts | {"progress": promise.progress})
