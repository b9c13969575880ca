"""The progress status of a promise with a baseline and a target (Open SDG, after Statistics Canada)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from haihe.boards.ledger.records import Light, LightState, Node
from haihe.kit.errors import N_

Status = Literal["achieved", "substantial", "moderate", "limited", "deterioration", "unavailable"]

DAYS_A_YEAR = 365.2425

_WORDS: Mapping[Status, str] = {
    "achieved": N_("The target of {target} is reached: {current} from {baseline}."),
    "substantial": N_("Substantial progress: {current} from {baseline}, {rate:.2f} of the growth needed."),
    "moderate": N_("Moderate progress: {current} from {baseline}, {rate:.2f} of the growth needed."),
    "limited": N_("Limited progress: {current} from {baseline}, {rate:.2f} of the growth needed."),
    "deterioration": N_("Deterioration: {current} from {baseline}, away from the target."),
}
_GROWTH: Mapping[Status, str] = {
    "substantial": N_("Substantial progress: {current} from {baseline}, {rate:.1%} a year."),
    "moderate": N_("Moderate progress: {current} from {baseline}, {rate:.1%} a year."),
    "limited": N_("Limited progress: {current} from {baseline}, {rate:.1%} a year."),
    "deterioration": N_("Deterioration: {current} from {baseline}, {rate:.1%} a year."),
}


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which value on growth is of a class: over the growth needed, and without a target a year."""

    substantial: float
    moderate: float
    limited: float
    growth: Mapping[str, float]
    lights: Mapping[str, LightState]


@dataclass(frozen=True, slots=True)
class Target:
    """Where a figure began, where it is to be and where it is; it is to rise, or else to fall."""

    baseline: float
    base_on: date
    current: float
    current_on: date
    target: float | None = None
    target_on: date | None = None
    rising: bool = True

    @property
    def achieved(self) -> bool:
        """Whether it is at its target or beyond."""
        if self.target is None:
            return False
        return self.current >= self.target if self.rising else self.current <= self.target

    @property
    def rate(self) -> float | None:
        """Observed growth a year over the growth that is needed, or the growth itself without a target.

        Growth = (V₂ / V₁)^(1 / years) − 1, positive in the wanted direction. None where it cannot be: a
        baseline of 0, a change of sign, less than a year, or a target that is no change.
        """
        observed = _growth(self.baseline, self.current, self.base_on, self.current_on)
        if observed is None or self.current_on.year == self.base_on.year:
            return None
        wanted = (1 if self.rising else -1) * (1 if self.baseline > 0 else -1)
        if self.target is None or self.target_on is None:
            return wanted * observed
        needed = _growth(self.baseline, self.target, self.base_on, self.target_on)
        return wanted * observed / abs(needed) if needed else None


def _growth(before: float, after: float, since: date, until: date) -> float | None:
    years = (until - since).days / DAYS_A_YEAR
    if before == 0 or after / before <= 0 or years <= 0:
        return None
    return float((after / before) ** (1 / years)) - 1


def status_of(target: Target, rule: Thresholds) -> Status:
    """The class of a figure's progress.

    >>> rule = Thresholds(0.95, 0.6, 0, {}, {})
    >>> status_of(Target(100, date(2015, 1, 1), 130, date(2020, 1, 1), 200, date(2030, 1, 1)), rule)
    'substantial'
    """
    rate = target.rate
    if target.achieved:
        return "achieved"
    if rate is None:
        return "unavailable"
    limits = rule.growth if target.target is None else None
    classes: tuple[Status, ...] = ("substantial", "moderate", "limited")
    for name in classes:
        if rate >= (limits[name] if limits is not None else getattr(rule, name)):
            return name
    return "deterioration"


def status_light(target: Target, rule: Thresholds) -> Light | None:
    """The light of a figure's progress with its class as a sentence; None where there is no class."""
    status = status_of(target, rule)
    if status == "unavailable":
        return None
    words = _WORDS if target.target is not None else _GROWTH
    facts = {"baseline": target.baseline, "current": target.current, "rate": target.rate or 0.0}
    if target.target is not None:
        facts["target"] = target.target
    return Light(rule.lights[status], words[status], facts)


def target_of(node: Node) -> Target | None:
    """The target of a node by its fields and the figure of its last report; None where one is missing.

    The figure is the one that the node's indicator names, else the first in its unit, else the first.
    """
    values, figures = node.values, node.report.figures if node.report else ()
    baseline, target = _number(values.get("baseline")), _number(values.get("target"))
    if baseline is None or node.start_on is None or not figures or node.report is None:
        return None
    named = [one for one in figures if one.name == values.get("indicator")]
    same = [one for one in figures if one.unit and one.unit == values.get("unit")]
    return Target(
        baseline=baseline,
        base_on=node.start_on,
        current=float((*named, *same, *figures)[0].value),
        current_on=node.report.reported_on,
        target=target,
        target_on=node.due_on if target is not None else None,
        rising=values.get("direction", _direction(baseline, target)) == "up",
    )


def _direction(baseline: float, target: float | None) -> str:
    """Where a figure is wanted to go while nobody says so: to its target, and without one up."""
    return "up" if target is None or target >= baseline else "down"


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
