"""Two lists that name each body once: which name of the one is which of the other."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz.distance import LCSseq

from haihe.boards.registry.blocking import blocks_of, near
from haihe.boards.registry.clusters import assigned
from haihe.boards.registry.forms import form_of
from haihe.boards.registry.lexicon import Lexicon
from haihe.boards.registry.resolution import Mention, bare, match_between
from haihe.boards.registry.weights import Match, Weights, log_odds

_ALIKE = 2.0
"""What it is worth, in log odds, that one name is written whole in the other."""


def linked(
    left: Sequence[Mention], right: Sequence[Mention], lexicon: Lexicon, worth: Weights
) -> list[tuple[int, int, Match]]:
    """The links between two lists that name each body once: each name in at most one, the likeliest together.

    What is likely is the log odds of a pair and, among equals, how much alike it is written.
    """
    forms, others = (
        [form_of(lexicon, one.name, one.region) for one in mentions] for mentions in (left, right)
    )
    blocks = blocks_of(others)
    matches: list[dict[int, Match]] = []
    values: list[dict[int, float]] = []
    for mine in zip(left, forms, strict=True):
        found = {at: match_between(mine, (right[at], others[at]), worth) for at in near(blocks, mine[1])}
        matches.append({at: one for at, one in found.items() if not one.barred and one.odds >= worth.link})
        values.append({})
        for at, one in matches[-1].items():
            short, full = sorted((bare(form) for form in (mine[1], others[at])), key=len)
            alike = LCSseq.similarity(short, full)
            if one.odds > log_odds(worth.threshold) or alike == len(short):
                values[-1][at] = one.odds - worth.link + _ALIKE * alike / len(full)
    return [(one, other, matches[one][other]) for one, other in assigned(values)]
