"""Whom a name means of those that it may mean: one, or several alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from math import inf

from haihe.boards.registry.spelling import plain
from haihe.boards.registry.weights import Match, log_odds

LIKELY = 0.5
"""The least probability from which a single name is taken to mean somebody."""

RIVAL = 1.0
"""A candidate whose log odds are this much below those of the likeliest is not meant."""


def likeliest(scores: Mapping[str, float], exact: Collection[str]) -> list[str]:
    """Whom a name means of those that it may mean with some probability.

    Those that are far less likely than the likeliest are not meant, and where somebody is called exactly so,
    nobody else is.
    """
    likely = {key: log_odds(score) for key, score in scores.items() if score >= LIKELY}
    least = max(likely.values(), default=inf) - RIVAL
    return [key for key in likely if key in exact] or [key for key, odds in likely.items() if odds >= least]


def rivals_of(
    names: Sequence[str], entities: Sequence[str | None], odds: Mapping[tuple[int, int], float]
) -> dict[int, tuple[str, ...]]:
    """The entities that a name may mean alike, by its number, for each that may mean several.

    `entities` says of the names that the registry has whose they are; `odds` are the log odds of pairs. Whom
    one of its names bars is not meant unless the name is written exactly as another one of it.
    """
    scores: defaultdict[int, dict[str, float]] = defaultdict(dict)
    exact: defaultdict[int, set[str]] = defaultdict(set)
    barred: defaultdict[int, set[str]] = defaultdict(set)
    for pair, value in odds.items():
        for one, known in (pair, pair[::-1]):
            if max(pair) >= len(names) or entities[one] or not (entity := entities[known]):
                continue
            scores[one][entity] = max(Match(value, ()).score, scores[one].get(entity, 0.0))
            if value == -inf:
                barred[one].add(entity)
            if plain(names[one]) == plain(names[known]):
                exact[one].add(entity)
    found = {}
    for one, held in scores.items():
        free = {key: score for key, score in held.items() if key in exact[one] or key not in barred[one]}
        found[one] = tuple(sorted(likeliest(free, exact[one])))
    return {one: several for one, several in found.items() if len(several) > 1}
