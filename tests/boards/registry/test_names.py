from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

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
    place_index_of,
)
from haihe.boards.registry.comparers import WORDS
from haihe.boards.registry.forms import form_of
from haihe.boards.registry.intake import gazetteer
from haihe.boards.registry.names import matches
from haihe.boards.registry.resolution import Mention, compared, known_of
from haihe.boards.registry.weights import weights
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
def country(places: PlaceIndex) -> PlaceIndex:
    every = {place.adcode: place for place in (*gazetteer(), *places.by_code.values())}
    return place_index_of(every.values())


@pytest.fixture(scope="module")
def index(country: PlaceIndex) -> NameIndex:
    return name_index_of(
        [
            agency("tj-plan", "120000", "天津市发展和改革委员会", "天津市发展改革委"),
            agency("hb-plan", "130000", "河北省发展和改革委员会", "河北省发展改革委"),
            agency("bd-plan", "130600", "保定市发展和改革委员会", "保定市发展改革委"),
            agency("tj-market", "120000", "天津市市场监管委", "市场监管委"),
            agency("bj-market", "110000", "北京市市场监管委", "市场监管委"),
        ],
        country,
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
    assert keys(index, "发展改革委") == ["bd-plan", "hb-plan", "tj-plan"]


def test_the_body_of_the_own_place_is_meant(index: NameIndex) -> None:
    assert keys(index, "市场监管委", "120000") == ["tj-market"]
    assert keys(index, "市场监管委", "110000") == ["bj-market"]
    assert keys(index, "市场监管委") == ["bj-market", "tj-market"]


def test_each_candidate_says_why(index: NameIndex) -> None:
    (full,) = candidates(index, "天津市发展和改革委员会")
    (added,) = candidates(index, "市发展改革委", "120114")
    assert full.reasons[0] == added.reasons[0] == WORDS["same"]
    assert (full.distance, added.distance) == (2, 1)
    assert 0.5 < full.score < 1


def test_width_and_spacing_do_not_matter(index: NameIndex) -> None:
    assert keys(index, " 天津市 发展改革委") == ["tj-plan"]


def test_nobody_is_meant_by_an_unknown_name(index: NameIndex) -> None:
    assert keys(index, "市海洋局", "120000") == []


@pytest.fixture(scope="module")
def region(jingjinji: Pack, country: PlaceIndex) -> NameIndex:
    return name_index_of(jingjinji.organisations, country)


def test_governments_are_found_as_papers_write_them(region: NameIndex) -> None:
    assert keys(region, "市政府", "120114") == ["120000-government"]
    assert keys(region, "武清区政府") == ["120114-government"]
    assert keys(region, "区人民政府", "120114") == ["120114-government"]
    assert keys(region, "京津冀联合办") == ["jjj-office"]


def test_a_name_written_exactly_so_has_no_rival(region: NameIndex) -> None:
    assert keys(region, "中国中铁股份有限公司") == ["stock:601390.SH"]


def test_beside_a_firm_a_port_is_meant_by_its_exact_name_only(region: NameIndex) -> None:
    assert keys(region, "唐山港") == ["stock:601000.SH", "tangshan-port"]
    for name in ("唐山港股份", "唐山港（601000）", "唐山港集团有限公司"):
        assert keys(region, name) == ["stock:601000.SH"]
    assert keys(region, "首都机场") == ["iata:PEK"]


def test_what_the_full_name_bars_no_short_name_allows(region: NameIndex) -> None:
    assert keys(region, "泰达股份") == ["stock:000652.SZ"]
    assert keys(region, "泰达管委会") == []


def test_labelled_mentions_are_looked_up_one_by_one(region: NameIndex, jingjinji: Pack, shared: Path) -> None:
    """An organisation of the pack is meant where a mention of it bears a name that is its alone."""
    with (shared / "data/mentions/orgs_dev.csv").open(encoding="utf-8-sig") as table:
        labelled = list(csv.DictReader(table))
    bearers = defaultdict(set)
    for one in known_of(jingjinji.organisations):
        bearers[one.name].add(one.entity)
    named = {name: next(iter(found)) for name, found in bearers.items() if len(found) == 1}
    gold = {row["entity_id"]: named[row["name"]] for row in labelled if row["name"] in named}
    right = wrong = 0
    for row in labelled:
        found = candidates(region, row["name"], row["region_context"] or None)
        if found and all(other.distance > found[0].distance for other in found[1:]):
            right += found[0].key == gold.get(row["entity_id"])
            wrong += found[0].key != gold.get(row["entity_id"])
    assert right / sum(row["entity_id"] in gold for row in labelled) >= 0.93
    assert right / (right + wrong) >= 0.95


def test_single_look_ups_give_what_the_bulk_gives(region: NameIndex, shared: Path) -> None:
    """One parser and one file of weights: 10,000 pairs say the same one by one and together."""
    with (shared / "data/organisations/listed_companies_2025-06.csv").open(encoding="utf-8-sig") as table:
        names = [row[column] for row in csv.DictReader(table) for column in ("name", "fullname")]
    mentions = [Mention(name) for name in names[:1_200]]
    single = {
        (at, len(mentions) + number): match
        for at, mention in enumerate(mentions)
        for number, match in matches(region, mention, weights())
    }
    assert len(single) >= 10_000
    every = [*mentions, *region.known]
    forms = [form_of(region.lexicon, one.name, one.region) for one in every]
    bulk = compared(every, forms, weights(), lambda _: single)
    assert {pair: bulk[pair] for pair in single} == single


@pytest.mark.parametrize(
    ("written", "adcode", "meant"),
    [
        ("桥西区人民政府", "130703", "unit:130703-government"),
        ("桥西区人民政府", "130104", "unit:130104-government"),
        ("张家口市桥西区政府", None, "unit:130703-government"),
        ("新华区政府", "130900", "unit:130902-government"),
        ("市工信局规划处", "120000", "unit:120000-gyxxh"),
        ("天津市教委高教处", None, "unit:120000-jy"),
    ],
)
def test_a_unit_of_government_is_the_one_of_its_place_and_its_divisions_are_itself(
    region: NameIndex, written: str, adcode: str | None, meant: str
) -> None:
    named = {one.key: one.name for one in region.organisations.values()}
    (found,) = candidates(region, written, adcode)
    assert found.key == meant, named[found.key]


@pytest.mark.parametrize(
    "written",
    [
        "天津科技大学附属小学",
        "北京师范大学附属中学",
        "天津大学附属中学",
        "北京师范大学第二附属中学",
        "京东方北京分公司",
        "首钢集团",
    ],
)
def test_a_school_a_branch_and_a_group_are_not_the_body_of_which_they_are(
    region: NameIndex, written: str
) -> None:
    assert candidates(region, written, None) == ()
