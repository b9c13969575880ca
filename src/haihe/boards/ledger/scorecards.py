"""Scorecards (记分卡) of units, themes and jurisdictions, never of persons: how promises stand, added up.

What is added up has no account in it: who reported is not looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from statistics import NormalDist, fmean
from typing import Literal

from haihe.boards.ledger.desk import is_asked
from haihe.boards.ledger.records import Node, Standing
from haihe.boards.ledger.units import finished_on, is_finished, slip_days
from haihe.kit import resources
from haihe.kit.errors import N_

Sight = Literal["unit", "theme", "jurisdiction"]
Measure = Literal["on_time", "in_order", "reported", "forecast"]
Key = tuple[str, str]
"""What a scorecard is of: its key and its name."""

SIGHTS: Mapping[Sight, str] = {
    "unit": N_("by unit"),
    "theme": N_("by theme"),
    "jurisdiction": N_("by jurisdiction"),
}

MEASURES: Mapping[Measure, str] = {
    "on_time": N_("Kept on time"),
    "in_order": N_("In order"),
    "reported": N_("Reported"),
    "forecast": N_("Mean slip in days"),
}

FORMULAS: Mapping[Measure, str] = {
    "on_time": N_(
        "Finished by their due date ÷ those that are finished or overdue, with the interval of 95 % "
        "(Wilson 1927)."
    ),
    "in_order": N_("Neither overdue nor behind ÷ those whose light is known."),
    "reported": N_("With a report for {period} ÷ those that were not finished before it."),
    "forecast": N_(
        "Mean of the day finished, or expected by the last report, less the due date, where both are known."
    ),
}

_CONFIDENCE = 0.95
_LATE = ("overdue", "behind")


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many; `value` is None of none."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """The share, from 0 to 1."""
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The interval that holds the true share with 95 % (E. B. Wilson, JASA 22 (1927) 209).

        >>> tuple(round(each, 3) for each in Share(8, 10).interval or ())
        (0.49, 0.943)
        """
        if not self.whole:
            return None
        z, n, p = NormalDist().inv_cdf((1 + _CONFIDENCE) / 2), self.whole, self.part / self.whole
        middle, reach = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return max((middle - reach) / (1 + z * z / n), 0.0), min((middle + reach) / (1 + z * z / n), 1.0)


@dataclass(frozen=True, slots=True)
class Score:
    """How the promises of a unit, theme or jurisdiction stand; `rows` are the nodes behind each measure."""

    key: str
    label: str
    counts: Mapping[str, int]
    on_time: Share
    in_order: Share
    reported: Share
    slip_days_mean: float | None
    rows: Mapping[Measure, Collection[int]]

    @property
    def promises(self) -> int:
        """How many promises it has."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Trend:
    """How much a share has changed, in points from −1 to 1: since the last quarter, and since a year ago.

    None where history does not reach so far.
    """

    quarter: float | None
    year: float | None


@dataclass(frozen=True, slots=True)
class Rating:
    """A unit's score out of 100, what share of the weights is known, and its parts from 0 to 1 by measure."""

    key: str
    score: float | None
    known: float
    parts: Mapping[str, float | None]


def scores_of(
    found: Iterable[Standing], keys: Callable[[Node], Iterable[Key]], period: str, reported: Collection[int]
) -> tuple[Score, ...]:
    """The scorecards of promises, the one of most promises first; `reported` have a report for the period."""
    held: dict[str, tuple[str, list[Standing]]] = {}
    for standing in found:
        for key, label in dict(keys(standing.node)).items():
            held.setdefault(key, (label, []))[1].append(standing)
    made = [_score((key, label), inside, period, reported) for key, (label, inside) in held.items()]
    return tuple(sorted(made, key=lambda one: (-one.promises, one.label)))


def _score(key: Key, inside: Sequence[Standing], period: str, reported: Collection[int]) -> Score:
    judged = {one.node.id: kept for one in inside if (kept := _is_kept(one)) is not None}
    lit = {one.node.id: one.light.state not in _LATE for one in inside if one.light.state != "unknown"}
    asked = {one.node.id: one.node.id in reported for one in inside if is_asked(one, period)}
    slips = {one.node.id: days for one in inside if (days := slip_days(one)) is not None}
    return Score(
        *key,
        Counter(one.light.state for one in inside),
        Share(sum(judged.values()), len(judged)),
        Share(sum(lit.values()), len(lit)),
        Share(sum(asked.values()), len(asked)),
        fmean(slips.values()) if slips else None,
        {"on_time": [*judged], "in_order": [*lit], "reported": [*asked], "forecast": [*slips]},
    )


def _is_kept(standing: Standing) -> bool | None:
    """Whether a promise was kept by its due date; None where it is open, has none, or that is unknown."""
    due_on, done_on = standing.node.due_on, finished_on(standing)
    if due_on is None:
        return None
    if is_finished(standing):
        return None if done_on is None else done_on <= due_on
    return False if standing.light.state == "overdue" else None


def days_before(on: date) -> tuple[date, date]:
    """The last day of the quarter before, and the same day a year ago.

    >>> days_before(date(2026, 11, 22))
    (datetime.date(2026, 9, 30), datetime.date(2025, 11, 22))
    """
    quarter = date(on.year, 3 * ((on.month - 1) // 3) + 1, 1) - timedelta(days=1)
    year = on.replace(year=on.year - 1, day=min(on.day, 28) if on.month == 2 else on.day)
    return quarter, year


def trends(now: Iterable[Score], quarter: Iterable[Score], year: Iterable[Score]) -> dict[str, Trend]:
    """How the share in order of each scorecard has changed since the two earlier ones."""
    then = [{one.key: one.in_order.value for one in scores} for scores in (quarter, year)]
    return {
        one.key: Trend(*(_less(one.in_order.value, before.get(one.key)) for before in then)) for one in now
    }


def _less(now: float | None, before: float | None) -> float | None:
    return None if now is None or before is None else now - before


def weights() -> Mapping[str, float]:
    """The weights of the measures that make a unit's score (`params/assessment.yaml`)."""
    written: Mapping[str, float] = resources.definition("boards/ledger/params/assessment.yaml")["weights"]
    return written


def rating_of(score: Score, judged: float | None) -> Rating:
    """The score of a unit: Σ weight · part / Σ weight over the parts that are known, times 100.

    `judged` is what registers of assessment give it, from 0 to 1.
    """
    longest = resources.definition("boards/ledger/params/assessment.yaml")["forecast_days"]
    slip = score.slip_days_mean
    parts = {
        "on_time": score.on_time.value,
        "in_order": score.in_order.value,
        "reported": score.reported.value,
        "forecast": None if slip is None else 1 - min(max(slip, 0.0), longest) / longest,
        "registers": judged,
    }
    given = weights()
    known = sum(given[name] for name, part in parts.items() if part is not None)
    points = sum(given[name] * part for name, part in parts.items() if part is not None)
    return Rating(score.key, 100 * points / known if known else None, known / sum(given.values()), parts)


def judged_by_registers(nodes: Iterable[Node]) -> dict[str, float]:
    """What the sources in registers of assessment give each unit, from 0 to 1, weighted by their shares.

    A source names its units as leading; the key is a unit's number, else its name.
    """
    sums: dict[str, list[tuple[float, float]]] = {}
    for node in nodes:
        share, score, highest = (_number(node.values.get(name)) for name in ("share", "score", "highest"))
        if share is None or score is None or not highest:
            continue
        for each in node.shares:
            key = str(each.entity) if each.entity is not None else each.name
            if each.role == "lead":
                sums.setdefault(key, []).append((share, min(max(score / highest, 0.0), 1.0)))
    return {
        key: sum(share * part for share, part in given) / sum(share for share, _ in given)
        for key, given in sums.items()
        if sum(share for share, _ in given)
    }


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
