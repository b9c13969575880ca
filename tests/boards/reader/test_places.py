from __future__ import annotations

import csv
from pathlib import Path

import pytest

from haihe.boards.reader.places import Gazetteer, gazetteer_of, places_of
from haihe.boards.reader.records import Alias


def named(text: str, gazetteer: Gazetteer) -> list[str]:
    return [found.quote for found in places_of(text, gazetteer)]


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("北京市通州区与河北省三河、大厂、香河", ["北京市", "通州区", "河北省", "三河", "大厂", "香河"]),
        ("设立河北雄安新区，", ["河北雄安新区"]),
        ("推动京津冀协同，京津两地、津冀港口", ["京津冀", "京津", "津冀"]),
        ("在津落地，向京外疏解", ["津", "京"]),
        ("支持天津滨海新区发展", ["天津", "滨海新区"]),
        ("扩建天津滨海国际机场，", ["天津滨海国际机场"]),
        ("津兴城际、京沪高铁", ["津兴城际", "京沪高铁"]),
        ("天津港与河北黄骅港", ["天津港", "河北黄骅港"]),
        ("与绍兴、菏泽、江阴等地", ["绍兴", "菏泽", "江阴"]),
        ("天津大学、北京市科委、河北省科技厅", []),
        ("河北港口集团，天津市网络空间安全研究院", []),
        ("中国地质大学（北京）", []),
        ("河北496所学校，天津与企业共建实验室", ["河北", "天津"]),
        ("打造便捷出海口，冀国强主持", []),
        ("董事长田金昌讲话", []),
        ("加强资源合作，公安机关前进", []),
    ],
)
def test_places_are_found_and_heads_of_organisations_are_not(
    text: str, quotes: list[str], gazetteer: Gazetteer
) -> None:
    assert named(text, gazetteer) == quotes


@pytest.mark.parametrize(
    ("text", "quote", "adcode"),
    [
        ("北京市通州区、大兴区", "通州区", "110112"),
        ("江苏省南通市通州区", "通州区", "320612"),
        ("天津市和平区", "和平区", "120101"),
        ("辽宁省沈阳市和平区", "和平区", "210102"),
        ("吉林省长春市朝阳区", "朝阳区", "220104"),
    ],
)
def test_the_context_tells_units_of_one_name_apart(
    text: str, quote: str, adcode: str, gazetteer: Gazetteer
) -> None:
    assert [found.adcode for found in places_of(text, gazetteer) if found.quote == quote] == [adcode]


def test_a_name_that_several_bear_has_no_code_without_context(gazetteer: Gazetteer) -> None:
    (found,) = places_of("在鼓楼区举行", gazetteer)
    assert (found.quote, found.adcode) == ("鼓楼区", None)


def test_a_short_county_needs_support(gazetteer: Gazetteer) -> None:
    assert named("武清加快发展", gazetteer) == []
    assert named("天津市委同意武清加快发展", gazetteer) == ["武清"]


def test_a_region_has_members_and_xiongan_a_code_of_the_registry(gazetteer: Gazetteer) -> None:
    region, area = places_of("京津冀与雄安新区", gazetteer)
    assert region.members == ("110000", "120000", "130000")
    assert (area.adcode, area.unit, area.name) == (None, "133100", "河北雄安新区")


def test_a_pack_may_bring_names_of_its_own() -> None:
    alias = Alias("津城", "天津市", "admin", "120000", "120000")
    index = gazetteer_of([("120000", "天津市", "province", None)], [alias])
    assert [found.adcode for found in places_of("津城与天津", index)] == ["120000", "120000"]


def test_every_county_unit_of_the_region_is_found_by_its_full_name(
    shared: Path, gazetteer: Gazetteer
) -> None:
    with (shared / "data/places/bth_adcode_centroids.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 199
    cities = {"110000": "北京市", "120000": "天津市"}
    for row in rows:
        city = cities.get(row["city_adcode"]) or gazetteer.units[row["city_adcode"]].name
        found = places_of(f"{city}{row['name']}。", gazetteer)
        assert [place.adcode for place in found] == [row["city_adcode"], row["adcode"]], row["name"]
