from __future__ import annotations

import pytest

from haihe.boards.registry import PlaceIndex, is_municipality, line_of, names_of, short_name, units_at


def test_the_region_has_3_provinces_13_cities_and_199_county_units(places: PlaceIndex) -> None:
    assert [len(units_at(places, level)) for level in ("province", "city", "county")] == [3, 13, 199]


def test_every_place_but_the_region_hangs_in_the_tree_under_it(places: PlaceIndex) -> None:
    assert {line_of(places, adcode)[-1].name for adcode in places.by_code} == {"京津冀"}


def test_a_district_of_a_municipality_lies_directly_under_it(places: PlaceIndex) -> None:
    assert [place.name for place in line_of(places, "120114")] == ["武清区", "天津市", "京津冀"]
    assert [place.name for place in line_of(places, "130638")] == ["雄县", "保定市", "河北省", "京津冀"]


def test_beijing_and_tianjin_are_municipalities_and_hebei_is_not(places: PlaceIndex) -> None:
    provinces = units_at(places, "province")
    assert [place.name for place in provinces if is_municipality(places, place)] == ["北京市", "天津市"]


def test_a_place_is_found_by_each_of_its_names(places: PlaceIndex) -> None:
    for name in ("天津市", "天津", "津"):
        assert places.by_name[name] == ("120000",)
    assert places.by_name["雄安"] == places.by_name["河北雄安新区"] == ("133100",)
    assert names_of(places.by_code["120114"]) == ("武清区", "武清")


def test_a_name_that_two_places_bear_gives_both(places: PlaceIndex) -> None:
    assert places.by_name["桥西区"] == ("130104", "130703")


def test_an_unknown_adcode_has_no_line(places: PlaceIndex) -> None:
    assert line_of(places, "440300") == ()


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("围场满族蒙古族自治县", "围场"),
        ("大厂回族自治县", "大厂"),
        ("新疆维吾尔自治区", "新疆"),
        ("香港特别行政区", "香港"),
        ("黔东南苗族侗族自治州", "黔东南"),
        ("阿克苏地区", "阿克苏"),
        ("蠡县", None),
        ("京津冀", None),
    ],
)
def test_short_names(name: str, short: str | None) -> None:
    assert short_name(name) == short
