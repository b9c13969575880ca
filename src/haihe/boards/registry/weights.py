"""What the levels of the comparers are worth together: one probability with its reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import exp, log

from haihe.boards.registry.comparers import COMPARERS
from haihe.boards.registry.forms import Form
from haihe.kit import resources

SILENT = frozenset({"none", "unknown", "open"})
"""Levels that say nothing, and so are no reason."""

DIGITS = 4
"""The digits that log odds are kept to, so that equal evidence is equal however it was summed."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Log odds: those of any two candidates, and what each level adds (Fellegi and Sunter, 1969).

    `bars` are the levels that no other evidence outweighs, `threshold` the probability from which two names
    are taken for one body, `link` the least log odds of a link between two lists that name each body once.
    """

    prior: float
    levels: Mapping[str, Mapping[str, float]]
    bars: frozenset[tuple[str, str]]
    threshold: float
    link: float


@dataclass(frozen=True, slots=True)
class Match:
    """How likely two names mean the same body, and why; `barred` where they cannot."""

    odds: float
    reasons: tuple[str, ...]
    barred: bool = False

    @property
    def score(self) -> float:
        """The probability, 0 where the two cannot be the same."""
        return 0.0 if self.barred else 1 / (1 + exp(-self.odds))


@cache
def weights() -> Weights:
    """The shipped weights; `benchmarks/learning.py` works them out."""
    written = resources.definition("boards/registry/params/weights.yaml")
    bars = frozenset((comparer, level) for comparer, levels in written["bars"].items() for level in levels)
    return Weights(written["prior"], written["levels"], bars, written["threshold"], written["link"])


def match_of(a: Form, b: Form, worth: Weights) -> Match:
    """The verdict of all comparers on two names."""
    comparisons = tuple(compare(a, b) for compare in COMPARERS)
    odds = worth.prior + sum(worth.levels[one.comparer].get(one.level, 0.0) for one in comparisons)
    told = tuple(one.reason for one in comparisons if one.level not in SILENT)
    barred = any((one.comparer, one.level) in worth.bars for one in comparisons)
    return Match(round(odds, DIGITS), told, barred)


def log_odds(probability: float) -> float:
    """The log odds of a probability.

    >>> log_odds(0.5)
    0.0
    """
    return log(probability / (1 - probability))
