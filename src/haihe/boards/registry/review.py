"""Pairs that somebody should look at, and how good the resolution is by what was judged so far.

The pairs stand in bands of score. Within a band they come in an order that says nothing of them, so those
judged first are a random sample of it, and what was found there speaks for the rest (stratified sampling).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from hashlib import sha256
from math import exp, log, sqrt

from haihe.boards.registry.weights import Match

EDGES = (0.1, 0.3, 0.6, 0.9)
"""Where the bands of score begin; one edge is the threshold.

Pairs below the first are not kept: there are thousands (two departments of one government), and nobody
should be asked about what is nearly sure. Recall is of the pairs that are kept.
"""

_NORMAL_95 = 1.96
_JUDGED_MIN = 2

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Doubt:
    """Two entities that may be the same: the log odds with their reasons, its band, and its turn."""

    pair: Pair
    odds: float
    reasons: tuple[str, ...]
    band: int
    turn: float

    @property
    def score(self) -> float:
        """The probability that they are the same."""
        return 1 / (1 + exp(-self.odds))


@dataclass(frozen=True, slots=True)
class Band:
    """The pairs of a band of score: how many there are, and how many are known to be what."""

    least: float
    size: int
    same: int
    different: int

    @property
    def judged(self) -> int:
        """How many pairs are known."""
        return self.same + self.different


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share that was estimated, and the ends of its interval of 95 %."""

    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Quality:
    """Precision and recall of taking pairs from the threshold up for one body; None is unknown."""

    precision: Estimate | None
    recall: Estimate | None


@dataclass(frozen=True, slots=True)
class Ends:
    """The kinds and the jurisdictions that the two ends of pairs have, and how many pairs have these."""

    kinds: frozenset[str]
    places: frozenset[str]
    pairs: int


def counts_of(
    ends: Iterable[Ends], kinds: Collection[str], places: Collection[str]
) -> tuple[Counter[str], Counter[str]]:
    """How many pairs have an end of each kind, and of each jurisdiction, under the other's choice.

    >>> counts_of([Ends(frozenset({"park"}), frozenset({"120000"}), 3)], (), ("120000",))
    (Counter({'park': 3}), Counter({'120000': 3}))
    """
    by_kind, by_place = Counter[str](), Counter[str]()
    for one in ends:
        if not places or one.places.intersection(places):
            by_kind.update(dict.fromkeys(one.kinds, one.pairs))
        if not kinds or one.kinds.intersection(kinds):
            by_place.update(dict.fromkeys(one.places, one.pairs))
    return by_kind, by_place


def judged_of(bands: Iterable[Band], least: float = 0) -> int:
    """On how many judged pairs an estimate of the bands from a score up rests."""
    return sum(band.judged for band in bands if band.least >= least)


def doubts_of(matches: Mapping[Pair, Match]) -> list[Doubt]:
    """The pairs that are worth a look, in the order in which they should be judged.

    A band has its turn in proportion to p (1 - p) of its mean score: nothing is learnt faster than by judging
    where the outcome is least sure (Lewis and Gale, 1994), and the surer bands are not forgotten.
    """
    bands: defaultdict[int, list[Pair]] = defaultdict(list)
    for pair, match in matches.items():
        if match.score >= EDGES[0]:
            bands[bisect_right(EDGES, match.score) - 1].append(pair)
    doubts = []
    for band, pairs in bands.items():
        mean = sum(matches[pair].score for pair in pairs) / len(pairs)
        for rank, pair in enumerate(sorted(pairs, key=_lot), start=1):
            match = matches[pair]
            doubts.append(Doubt(pair, match.odds, match.reasons, band, rank / (mean * (1 - mean))))
    return sorted(doubts, key=lambda one: (one.turn, one.pair))


def _lot(pair: Pair) -> bytes:
    """Where a pair comes in its band: by chance, but always the same."""
    return sha256(f"{pair[0]} {pair[1]}".encode()).digest()


def quality_of(bands: Sequence[Band], threshold: float) -> Quality:
    """Precision and recall by the judged pairs of each band.

    Of the N pairs of a band n are judged and k are the same; of the others p = (k + 1/2) / (n + 1) are taken
    to be (Jeffreys), with variance N² (1 - n/N) p (1 - p) / (n + 1) (Cochran, Sampling Techniques, 1977, 5.9
    and 5.11). With A the sum above the threshold and B that below, precision is A over the pairs above, and
    recall R = A / (A + B) with variance (B² var A + A² var B) / (A + B)⁴ by linearisation (Särndal, Swensson
    and Wretman, 1992, 5.6). Intervals of 95 % are symmetric in log odds, so that they stay within 0 and 1.
    """
    filled = [band for band in bands if band.size]
    above, below = ([band for band in filled if (band.least >= threshold) == over] for over in (True, False))
    if not above or any(band.judged < min(_JUDGED_MIN, band.size) for band in above):
        return Quality(None, None)
    (held, spread), pairs = _total(above), sum(band.size for band in above)
    precision = _estimate(held / pairs, spread / pairs**2)
    if any(band.judged < min(_JUDGED_MIN, band.size) for band in below):
        return Quality(precision, None)
    missed, doubt = _total(below)
    whole = held + missed
    return Quality(precision, _estimate(held / whole, (missed**2 * spread + held**2 * doubt) / whole**4))


def _total(bands: Iterable[Band]) -> tuple[float, float]:
    """About how many pairs of some bands are the same, and the variance of that."""
    total = variance = 0.0
    for band in bands:
        left = band.size - band.judged
        share = (band.same + 0.5) / (band.judged + 1)
        total += band.same + left * share
        variance += band.size * left * share * (1 - share) / (band.judged + 1)
    return total, variance


def _estimate(share: float, variance: float) -> Estimate:
    share = min(max(share, 1e-9), 1 - 1e-9)
    width = _NORMAL_95 * sqrt(variance) / (share * (1 - share))
    odds = log(share / (1 - share))
    return Estimate(share, 1 / (1 + exp(min(width - odds, 700))), 1 / (1 + exp(min(-width - odds, 700))))


def differing(mine: str, other: str) -> list[tuple[str, bool]]:
    """A text in stretches, each with whether the other text lacks it there.

    >>> differing("天津工业大学", "天津大学")
    [('天津', False), ('工业', True), ('大学', False)]
    """
    matcher = SequenceMatcher(None, mine, other, autojunk=False)
    return [
        (mine[start:end], tag != "equal") for tag, start, end, _, _ in matcher.get_opcodes() if start < end
    ]
