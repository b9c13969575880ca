from __future__ import annotations

import pytest

from haihe.boards.registry import (
    Identifier,
    Name,
    NameIndex,
    Organisation,
    Pack,
    PlaceIndex,
    candidates,
    name_index_of,
)
from haihe.boards.registry.names import FULL, PLACE_ADDED
from haihe.kit.source import Source


def agency(code: str, adcode: str, name: str, *short: str) -> Organisation:
    return Organisation(
        "agency",
        name,
        (Identifier("unit", code),),
        Source("judgement"),
        adcode,
        tuple(Name(text, "short") for text in short),
    )


@pytest.fixture(scope="module")
def index(places: PlaceIndex) -> NameIndex:
    return name_index_of(
        [
            agency("tj-plan", "120000", "天津市发展和改革委员会", "天津市发展改革委"),
            agency("hb-plan", "130000", "河北省发展和改革委员会", "河北省发展改革委"),
            agency("bd-plan", "130600", "保定市发展和改革委员会", "保定市发展改革委"),
            agency("tj-market", "120000", "天津市市场监管委", "市场监管委"),
            agency("bj-market", "110000", "北京市市场监管委", "市场监管委"),
        ],
        places,
    )


def keys(index: NameIndex, text: str, adcode: str | None = None) -> list[str]:
    return [candidate.key.removeprefix("unit:") for candidate in candidates(index, text, adcode)]


def test_the_same_short_name_is_another_body_in_another_place(index: NameIndex) -> None:
    assert keys(index, "市发展改革委", "120000") == ["tj-plan"]
    assert keys(index, "市发展改革委", "120114") == ["tj-plan"]
    assert keys(index, "市发展改革委", "130600") == ["bd-plan"]
    assert keys(index, "省发展改革委", "130600") == ["hb-plan"]
    assert keys(index, "我省发展改革委", "130600") == ["hb-plan"]


def test_a_name_without_any_rank_may_be_of_every_place_above(index: NameIndex) -> None:
    assert keys(index, "发展改革委", "130638") == ["bd-plan", "hb-plan"]
    assert keys(index, "发展改革委") == []


def test_the_body_of_the_own_place_comes_first(index: NameIndex) -> None:
    assert keys(index, "市场监管委", "120000") == ["tj-market", "bj-market"]
    assert keys(index, "市场监管委", "110000") == ["bj-market", "tj-market"]


def test_each_candidate_says_why(index: NameIndex) -> None:
    (full,) = candidates(index, "天津市发展和改革委员会")
    (added,) = candidates(index, "市发展改革委", "120114")
    assert (full.reason, full.distance) == (FULL, 2)
    assert (added.reason, added.distance) == (PLACE_ADDED, 1)


def test_width_and_spacing_do_not_matter(index: NameIndex) -> None:
    assert keys(index, " 天津市 发展改革委") == ["tj-plan"]


def test_nobody_is_meant_by_an_unknown_name(index: NameIndex) -> None:
    assert keys(index, "市海洋局", "120000") == []


def test_governments_are_found_as_papers_write_them(jingjinji: Pack, places: PlaceIndex) -> None:
    index = name_index_of(jingjinji.organisations, places)
    assert keys(index, "市政府", "120114") == ["120000-government"]
    assert keys(index, "武清区政府") == ["120114-government"]
    assert keys(index, "区人民政府", "120114") == ["120114-government"]
    assert [one.key for one in candidates(index, "京津冀联合办")] == ["unit:jjj-office"]
