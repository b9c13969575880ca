"""Which light a promise shows, and why (`params/lights.yaml`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

from haihe.boards.ledger.months import month_light
from haihe.boards.ledger.points import Points
from haihe.boards.ledger.records import LIGHT_STATES, Light, LightState
from haihe.boards.ledger.targets import Target, Thresholds, status_light
from haihe.kit import resources
from haihe.kit.errors import N_, NotFound

_PARAMS = "boards/ledger/params/lights.yaml"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule for lights: near so many days before, behind by so much of the way, and what lateness leaves.

    With `months_days` each month is a node whose report is due so many days after its end; with `points`
    what stands above promises shows by points; with `status` a promise with a target by its growth.
    """

    near_days: int
    behind_share: float
    kept_late: LightState
    months_days: int | None = None
    points: Points | None = None
    status: Thresholds | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """All that a light depends on; `progress` from 0 to 1, `reported_on` the day of the last report.

    It has `ended` where its stage leaves nothing to do, since `ended_on`, None where that day is unknown.
    `returned` is the day on which the first report for each period came in.
    """

    start_on: date | None = None
    due_on: date | None = None
    due_words: str | None = None
    progress: float | None = None
    reported_on: date | None = None
    forecast_due_on: date | None = None
    ended: bool = False
    ended_on: date | None = None
    returned: Mapping[str, date] = field(default_factory=dict)
    target: Target | None = None


@dataclass(frozen=True, slots=True)
class Lit:
    """What a run over the lights did: promises looked at, and lights that changed."""

    promises: int
    changed: int


@cache
def rules() -> Mapping[str, Mapping[str, str]]:
    """The named rules with their labels by language."""
    return {name: rule["label"] for name, rule in resources.definition(_PARAMS)["rules"].items()}


def checked_rule(name: str) -> str:
    """The name of a rule; raises NotFound."""
    if name not in rules():
        raise NotFound(
            N_("There is no rule of lights {name}."),
            advice=N_("Choose one of these: {names}."),
            name=name[:40],
            names=", ".join(rules()),
        )
    return name


def looks_at_months(name: str) -> bool:
    """Whether a version of a named rule looks at the months that were reported for."""
    versions = resources.definition(_PARAMS)["rules"][name]["versions"]
    return any("months_days" in version for version in versions)


def rule_on(on: date, name: str | None = None) -> Rule:
    """The version of a named rule, by default the default one, that is in force on a day."""
    definition = resources.definition(_PARAMS)
    versions = definition["rules"][name or definition["default"]]["versions"]
    held = [version for version in versions if version["since"] <= on] or versions[:1]
    values: dict[str, Any] = {key: value for key, value in held[-1].items() if key != "since"}
    for key, record in (("points", Points), ("status", Thresholds)):
        if key in values:
            values[key] = record(**values[key])
    return Rule(**values)


def light_of(promise: Promise, on: date, rule: Rule) -> Light:
    """The light of a promise on a day; the same promise, day and rule always give the same light.

    >>> light_of(Promise(due_on=date(2023, 6, 30)), date(2023, 7, 2), rule_on(date(2023, 7, 2))).state
    'overdue'
    """
    if promise.ended and (promise.ended_on is None or promise.ended_on <= on):
        return _ended(promise, rule)
    if promise.progress is not None and promise.progress >= 1:
        return _kept(promise, rule)
    light = _of_date(promise, on, rule)
    if rule.months_days is not None:
        month = month_light(promise.returned, promise.start_on, on, rule.months_days)
        if month and LIGHT_STATES.index(month.state) < LIGHT_STATES.index(light.state):
            return month
    return light


def _of_date(promise: Promise, on: date, rule: Rule) -> Light:
    if promise.due_on is None:
        return _undated(promise)
    if on > promise.due_on:
        return _overdue(promise, promise.due_on, on)
    if rule.status and promise.target and (light := status_light(promise.target, rule.status)):
        return light
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
        if promise.reported_on:
            words = N_("It was due on {due_on} ({days} d ago); the last report gives no progress.")
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
        if promise.reported_on:
            words = N_("It is due on {due_on} (in {days} d); the last report gives no progress.")
        return Light("near" if near else "unknown", words, facts)
    words = N_("It is due on {due_on} (in {days} d), and {progress:.0%} is reported.")
    return Light("near" if near else "on_track", words, facts | {"progress": promise.progress})
