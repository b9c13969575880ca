from __future__ import annotations

import csv
from itertools import combinations
from pathlib import Path

import ibis
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from haihe.boards.registry import PlaceIndex, place_index_of
from haihe.boards.registry.blocking import blocks_of, near
from haihe.boards.registry.bulk import BLOCK_MAX, candidates, key_rows, strong_keys
from haihe.boards.registry.forms import form_of
from haihe.boards.registry.intake import gazetteer
from haihe.boards.registry.lexicon import lexicon_of
from haihe.boards.registry.weights import match_of, weights
from haihe.store.bulk import run

SURE = 0.9

KEYS = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 6)), min_size=1, max_size=20)


def pairs(keys: list[tuple[str, int]]) -> set[tuple[int, int]]:
    table = pa.table({"key": [key for key, _ in keys], "number": [number for _, number in keys]})
    found = run(candidates(ibis.memtable(table)))
    return set(zip(found["first"].to_pylist(), found["second"].to_pylist(), strict=True))


@settings(max_examples=30, deadline=None)
@given(KEYS)
def test_names_that_share_a_key_are_candidates(keys: list[tuple[str, int]]) -> None:
    by_key = {key: {number for one, number in keys if one == key} for key, _ in keys}
    assert pairs(keys) == {pair for numbers in by_key.values() for pair in combinations(sorted(numbers), 2)}


def test_a_key_of_too_many_names_is_left_out() -> None:
    assert not pairs([("a", number) for number in range(BLOCK_MAX + 1)])


def test_the_spellings_of_a_name_share_a_key(places: PlaceIndex) -> None:
    lexicon = lexicon_of(places)
    names = ("天津力生制药股份有限公司", "力生制药", "天津力升制药（集团）", "力生（天津）")
    first, *others = ({*strong_keys(form_of(lexicon, name))} for name in names)
    assert all(first & other for other in others)


def test_many_names_and_one_are_judged_alike(shared: Path, places: PlaceIndex) -> None:
    every = {place.adcode: place for place in (*gazetteer(), *places.by_code.values())}
    lexicon = lexicon_of(place_index_of(every.values()))
    with (shared / "data/organisations/listed_companies_2025-06.csv").open(encoding="utf-8-sig") as table:
        names = [row[column] for row in csv.DictReader(table) for column in ("name", "fullname")]
    forms = [form_of(lexicon, name) for name in names]
    found = run(candidates(ibis.memtable(pa.table(key_rows(forms)))))
    pairs = sorted(zip(found["first"].to_pylist(), found["second"].to_pylist(), strict=True))
    compared = pairs[:10_000]
    assert len(compared) == 10_000
    blocks = blocks_of(forms)
    for first, second in compared:
        once = match_of(form_of(lexicon, names[second]), forms[first], weights())
        assert match_of(forms[first], forms[second], weights()) == once
    sure = [pair for pair in compared if match_of(forms[pair[0]], forms[pair[1]], weights()).score > SURE]
    assert sum(second in near(blocks, forms[first]) for first, second in sure) >= 0.99 * len(sure)
