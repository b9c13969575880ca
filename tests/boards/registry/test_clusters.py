from __future__ import annotations

from itertools import permutations, product
from math import inf

from hypothesis import given
from hypothesis import strategies as st

from haihe.boards.registry.clusters import assigned, clusters_of, divided

NUMBERS = st.integers(0, 5)
PAIRS = st.dictionaries(
    st.tuples(NUMBERS, NUMBERS).filter(lambda pair: pair[0] < pair[1]),
    st.one_of(st.just(-inf), st.floats(-5, 5)),
)


def test_a_surer_pair_is_joined_first() -> None:
    assert clusters_of(3, {(0, 1): 1.0, (1, 2): 2.0, (0, 2): -inf}, 0.0) == [0, 1, 1]


def test_one_good_pair_does_not_join_groups_that_speak_against_it() -> None:
    against = {(0, 2): -3.0, (1, 3): -3.0, (0, 3): -3.0}
    assert clusters_of(4, {(0, 1): 3.0, (2, 3): 3.0, (1, 2): 1.0, **against}, 0.0) == [0, 0, 1, 1]


@given(PAIRS)
def test_a_bar_is_never_inside_a_group(odds: dict[tuple[int, int], float]) -> None:
    groups = clusters_of(6, odds, 0.0)
    assert not any(odds.get(pair) == -inf and groups[pair[0]] == groups[pair[1]] for pair in odds)


@given(PAIRS)
def test_names_without_a_good_pair_stand_alone(odds: dict[tuple[int, int], float]) -> None:
    groups = clusters_of(6, odds, 0.0)
    for number in range(6):
        if not any(number in pair and value > 0 for pair, value in odds.items()):
            assert groups.count(groups[number]) == 1


@given(PAIRS)
def test_groups_of_pairs_alone_are_those_of_all_names(odds: dict[tuple[int, int], float]) -> None:
    groups = clusters_of(6, odds, 0.0)
    found = divided(odds, 0.0)
    assert found == {
        number: min(one for one in found if groups[one] == groups[number])
        for number in {each for pair in odds for each in pair}
    }


@given(st.lists(st.dictionaries(st.integers(0, 3), st.floats(0.1, 9.0), max_size=4), max_size=4))
def test_the_assignment_is_all_but_the_best_of_all(values: list[dict[int, float]]) -> None:
    found = assigned(values)
    assert len({at for _, at in found}) == len(found) == len({one for one, _ in found})
    total = sum(values[one][at] for one, at in found)
    best = max(
        sum(values[one].get(at, 0.0) for one, (at, used) in enumerate(zip(order, mask, strict=True)) if used)
        for order in permutations(range(4), len(values))
        for mask in product((True, False), repeat=len(values))
    )
    assert best - 0.05 <= total <= best + 1e-9
