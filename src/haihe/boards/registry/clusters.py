"""From pairs to bodies: names are joined from the surest pair down, and never against a bar."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

FOR_MAX, AGAINST_MAX = 3.0, 1.5
"""How much one pair may say for and against joining two groups: unlike names often mean one body."""

_RAISE = 0.01


def clusters_of(count: int, odds: Mapping[tuple[int, int], float], least: float) -> list[int]:
    """The group of each of `count` names, given the log odds of pairs (smaller number first).

    The pair of the best odds joins its groups when all pairs between them speak for it on balance, odds above
    `least` for and below it against; minus infinity bars. Pairs that are not given say nothing. Groups are
    numbered in the order of their first name.
    Greedy correlation clustering (Bansal, Blum and Chawla, 2004; Elsner and Schudy, 2009).
    """
    groups = [{number} for number in range(count)]
    around: list[dict[int, tuple[float, int]]] = [{} for _ in range(count)]
    for (a, b), value in odds.items():
        said = max(-AGAINST_MAX, min(FOR_MAX, value - least)) if value != float("-inf") else value
        around[a][b] = around[b][a] = (said, 1)
    home = list(range(count))
    for (a, b), value in sorted(odds.items(), key=lambda pair: (-pair[1], pair[0])):
        if value < least:
            break
        first, second = home[a], home[b]
        if first != second and around[first][second][0] > 0:
            _join(first, second, groups, around, home)
    names: dict[int, int] = {}
    return [names.setdefault(home[number], len(names)) for number in range(count)]


def divided(odds: Mapping[tuple[int, int], float], least: float) -> dict[int, int]:
    """The group of every name in some pairs, as `clusters_of` has them, called by its smallest member."""
    numbers = sorted({number for pair in odds for number in pair})
    places = {number: at for at, number in enumerate(numbers)}
    groups = clusters_of(len(numbers), {(places[a], places[b]): odds[a, b] for a, b in odds}, least)
    names: dict[int, int] = {}
    return {number: names.setdefault(group, number) for number, group in zip(numbers, groups, strict=True)}


def _join(
    first: int,
    second: int,
    groups: list[set[int]],
    around: list[dict[int, tuple[float, int]]],
    home: list[int],
) -> None:
    """Put the group with fewer neighbours into the other one, with all that speaks for and against them."""
    if len(around[first]) < len(around[second]):
        first, second = second, first
    for other, (said, pairs) in around[second].items():
        if other != first:
            before, count = around[first].get(other, (0.0, 0))
            around[first][other] = around[other][first] = (before + said, count + pairs)
        del around[other][second]
    around[second] = {}
    for number in groups[second]:
        home[number] = first
    groups[first] |= groups[second]
    groups[second] = set()


def assigned(values: Sequence[Mapping[int, float]]) -> list[tuple[int, int]]:
    """Which of its candidates each one gets so that nobody shares and the values sum to all but the most.

    `values` are those of the candidates by their number, positive; who gets none is left out. Each bids
    for the candidate that is worth most to it after its price (Bertsekas, The auction algorithm, 1988).
    """
    prices: defaultdict[int, float] = defaultdict(float)
    owners: dict[int, int] = {}
    waiting = list(range(len(values)))
    while waiting:
        bidder = waiting.pop()
        worth = sorted(((value - prices[at], at) for at, value in values[bidder].items()), reverse=True)
        if not worth or worth[0][0] <= 0:
            continue
        (best, at), second = worth[0], max(0.0, worth[1][0]) if len(worth) > 1 else 0.0
        if at in owners:
            waiting.append(owners[at])
        prices[at] += best - second + _RAISE
        owners[at] = bidder
    return sorted((bidder, at) for at, bidder in owners.items())
