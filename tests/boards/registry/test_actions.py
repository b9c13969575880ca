from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select, text

from haihe.boards.accounts import OPERATOR, PUBLIC, Asker, Grant
from haihe.boards.registry import Pack, search_actions
from haihe.boards.registry.actions import (
    completions,
    entities,
    entity_at,
    entity_rows,
    facets,
    indicator_values,
    indicators,
    place_at,
    places,
    publications,
    region_map,
    resolve_unit,
)
from haihe.boards.registry.answers import Card, Entity, Part, Sought, Turn, Upload
from haihe.boards.registry.intake import map_of
from haihe.boards.registry.load_actions import load_file, load_pack
from haihe.kit.cursor import cursor_of
from haihe.kit.errors import Forbidden, HaiheError, Invalid, NotFound, Unknown
from haihe.store.audit import AUDIT
from haihe.store.opening import Store
from haihe.store.search import Asked
from haihe.store.session import reading

pytestmark = pytest.mark.database

WHOLE = Part(10_000)
TABLES = ("entity", "entity_name", "identifier", "indicator", "indicator_value", "link", "place", "source")


def everything(store: Store) -> dict[str, list[str]]:
    with reading(store.engine) as connection:
        return {
            table: sorted(str(row) for row in connection.execute(text(f"SELECT * FROM {table}")))
            for table in (*TABLES, "audit", "pack", "region_map")
        }


def firms(*lines: str, header: str = "stock_code,name,adcode,industry") -> Upload:
    return Upload("firms.csv", "\n".join([header, *lines]).encode(), "company")


def card(store: Store, words: str) -> Card:
    return entity_at(store, PUBLIC, completions(store, PUBLIC, words)[0].id)


def test_a_pack_is_loaded_whole(filled: Store, jingjinji: Pack) -> None:
    levels = Counter(place.level for place in places(filled, PUBLIC, None, WHOLE).rows)
    assert levels == {"region": 1, "province": 3, "city": 11, "new_area": 1, "county": 199}
    stored = {entity.key: entity.name for entity in entities(filled, PUBLIC, Sought(), WHOLE).rows}
    stated = {one.key: one.name for one in jingjinji.organisations}
    assert stored == stated | {f"adcode:{place.adcode}": place.name for place in jingjinji.places}
    for one in indicators(filled, PUBLIC):
        values = indicator_values(filled, PUBLIC, one.id, None, WHOLE).rows
        assert {(value.adcode, value.period, value.value) for value in values} == {
            (each.adcode, each.period, float(each.value))
            for each in jingjinji.observations
            if each.indicator == one.id
        }


def test_the_second_load_changes_nothing_and_is_no_deed(filled: Store) -> None:
    before = everything(filled)
    outcome = load_pack(filled, OPERATOR, "jingjinji", lambda _: None)
    assert not any(tally.moved for tally in outcome.counts.values())
    assert everything(filled) == before
    assert len(before["audit"]) == 1


def test_two_loads_at_once_are_one(store: Store) -> None:
    start = Barrier(2)

    def run() -> int:
        start.wait()
        counts = load_pack(store, OPERATOR, "jingjinji", lambda _: None).counts
        return sum(tally.moved for tally in counts.values())

    with ThreadPoolExecutor(2) as pool:
        moved = sorted(one.result() for one in [pool.submit(run) for _ in range(2)])
    assert moved[0] == 0 < moved[1]
    after_both = everything(store)
    assert len(after_both["audit"]) == 1
    load_pack(store, OPERATOR, "jingjinji", lambda _: None)
    assert everything(store) == after_both


def test_two_tables_at_once_are_both_stored(filled: Store) -> None:
    start = Barrier(2)

    def run(number: int) -> None:
        start.wait()
        load_file(filled, OPERATOR, firms(f"60000{number}.SH,新公司{number},120000,", "600009.SH,同一公司,,"))

    with ThreadPoolExecutor(2) as pool:
        for one in [pool.submit(run, number) for number in range(2)]:
            one.result()
    names = [entity.name for entity in entities(filled, PUBLIC, Sought(words="公司"), WHOLE).rows]
    assert Counter(names)["同一公司"] == Counter(names)["新公司0"] == Counter(names)["新公司1"] == 1


@pytest.mark.parametrize(
    ("asker", "error"),
    [
        (PUBLIC, Unknown),
        (Asker("viewer", (Grant("viewer"),), 1), Forbidden),
        (Asker("lead", (Grant("lead"),), 1), Forbidden),
    ],
)
def test_only_a_steward_or_an_administrator_loads(
    store: Store, asker: Asker, error: type[HaiheError]
) -> None:
    with pytest.raises(error):
        load_pack(store, asker, "jingjinji", lambda _: None)
    with pytest.raises(error):
        load_file(store, asker, firms("600000.SH,甲公司,,"))
    assert not any(everything(store).values())
    load_file(store, Asker("steward", (Grant("steward"),), 1), firms("600000.SH,甲公司,,"))
    assert everything(store)["entity"]


def test_a_short_word_finds_the_district_and_what_is_in_it(filled: Store) -> None:
    asked = Asked("武清", slice(0, 500), "en")
    (place,) = search_actions.places(filled, PUBLIC, asked).rows
    assert (place.title, place.address) == ("武清区", "/place/120114")
    found = search_actions.organisations(filled, PUBLIC, asked)
    assert not found.more
    assert {"武清区人民政府", "武清京津产业新城"} <= {one.title for one in found.rows}
    assert all("武清" in f"{one.title}{one.about}" for one in found.rows)
    assert found.rows[0].title.startswith("武清")


def test_a_code_and_a_slip_of_the_pen_find_it_too(filled: Store) -> None:
    def found(words: str) -> list[str]:
        asked = Asked(words, slice(0, 500), "zh")
        return [one.title for one in search_actions.organisations(filled, PUBLIC, asked).rows]

    assert found("4111010001") == ["北京大学"]
    for typed in ("天津大雪", "天经大学", "天大"):
        assert "天津大学" in {one.title for one in search_actions.meant(filled, PUBLIC, typed, "zh")}
    for words in ("", "'", "☃", "a & !b"):
        assert found(words) == search_actions.meant(filled, PUBLIC, words, "zh") == []


def test_good_rows_are_stored_and_bad_ones_named(filled: Store) -> None:
    table = firms(
        "600001.SH,甲公司,120114,纺织", "600002.SH,乙公司,999999,纺织", "6.SH,丙公司,,", "600004.SH,,,"
    )
    outcome = load_file(filled, OPERATOR, table)
    assert (outcome.stored, outcome.counts["entity"].added) == (True, 1)
    assert [(one.row, one.column, one.value) for one in outcome.rejects["firms.csv"]] == [
        (3, "adcode", "999999"),
        (4, "stock_code", "6.SH"),
        (5, "name", ""),
    ]
    assert all(one.reason for one in outcome.rejects["firms.csv"])
    assert card(filled, "甲公司").entity.place == "武清区"
    assert not [one for one in completions(filled, PUBLIC, "乙公司") if one.name == "乙公司"]


def test_strict_stores_nothing_if_any_row_is_bad(filled: Store) -> None:
    before = everything(filled)
    table = firms("600001.SH,甲公司,120114,", "600002.SH,乙公司,999999,")
    outcome = load_file(filled, OPERATOR, table, strict=True)
    assert not outcome.stored
    assert [one.row for one in outcome.rejects["firms.csv"]] == [3]
    assert everything(filled) == before


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        (Upload("t.csv", b"", "company"), "empty"),
        (Upload("t.csv", b"\x7fELF\0\0\0", "company"), "not a text"),
        (Upload("t.csv", "stock_code,name\n".encode("utf-16-le"), "company"), "not a text"),
        (Upload("t.csv", b"\xff\xff\xff\xff", "company"), "neither UTF-8 nor GB18030"),
        (firms("600001.SH,x,y", header="stock_code,name,colour"), "not known: colour"),
        (firms("x", header="industry"), "lacks columns: name"),
        (Upload("t.csv", b"name\nx\n", "planet"), "no kind planet"),
        (Upload("t.csv", b"name\nx\n", "place"), "no kind place"),
    ],
)
def test_a_bad_file_is_refused_with_its_fault_and_nothing_is_stored(
    filled: Store, upload: Upload, words: str
) -> None:
    before = everything(filled)
    with pytest.raises(Invalid, match=words):
        load_file(filled, OPERATOR, upload)
    assert everything(filled) == before


def test_what_a_person_corrected_outlives_the_next_load_of_the_pack(filled: Store) -> None:
    old = card(filled, "天津泰达股份有限公司")
    code = next(one.value for one in old.identifiers if one.name == "stock")
    load_file(filled, OPERATOR, firms(f"{code},天津泰达股份有限公司,120116,"))
    load_file(
        filled,
        OPERATOR,
        Upload("v.csv", "indicator,adcode,period,value,unit\ngdp,120000,2024,1.5,亿元\n".encode(), "value"),
    )
    before = everything(filled)
    outcome = load_pack(filled, OPERATOR, "jingjinji", lambda _: None)
    assert not any(tally.moved for tally in outcome.counts.values())
    assert everything(filled) == before
    new = card(filled, "天津泰达股份有限公司")
    assert (new.entity.id, new.entity.place) == (old.entity.id, "滨海新区")
    assert new.place_source_id == new.entity.source_id != old.entity.source_id
    assert new.properties == old.properties
    values = indicator_values(filled, PUBLIC, "gdp", "2024", WHOLE).rows
    assert {one.adcode: one.value for one in values}["120000"] == 1.5


def test_a_code_of_another_organisation_is_a_reject_with_its_row(filled: Store) -> None:
    header = "stock_code,name,credit_code"
    credit = "91120000000000000J"
    load_file(filled, OPERATOR, firms(f"600001.SH,甲公司,{credit}", header=header))
    outcome = load_file(
        filled, OPERATOR, firms("600002.SH,乙公司,", f"600003.SH,丙公司,{credit}", header=header)
    )
    tally = outcome.counts["entity"]
    assert (tally.added, tally.changed) == (1, 1), "a known credit code is the known firm"
    assert card(filled, "600003.SH").entity.id == card(filled, "600001.SH").entity.id
    clash = load_file(filled, OPERATOR, firms(f"600002.SH,乙公司,{credit}", header=header))
    assert [(one.row, one.column, one.value) for one in clash.rejects["firms.csv"]] == [
        (2, "credit_code", credit)
    ]


def test_pages_show_every_entity_once(filled: Store) -> None:
    whole = entities(filled, PUBLIC, Sought(), WHOLE).rows
    seen: list[Entity] = []
    cursor: str | None = None
    while True:
        page = entities(filled, PUBLIC, Sought(), Part(97, cursor))
        seen += page.rows
        cursor = page.next
        if cursor is None:
            break
    assert seen == whole
    assert len({entity.id for entity in whole}) == len(whole)


@pytest.mark.parametrize("values", [[1, "x"], ["x"], ["x", 2**70], ["a\0", 1], ["x", True], [None, None]])
def test_a_cursor_of_another_list_is_refused(filled: Store, values: list[object]) -> None:
    with pytest.raises(Invalid, match="cursor"):
        entities(filled, PUBLIC, Sought(), Part(5, cursor_of(values)))


@pytest.mark.parametrize("sort", ["name", "kind", "place", "tier"])
@pytest.mark.parametrize("descending", [False, True])
def test_a_table_is_sorted_by_any_column(filled: Store, sort: str, descending: bool) -> None:
    sought = Sought(("park", "group", "platform", "university"))
    rows, total = entity_rows(filled, PUBLIC, sought, Turn(0, 10_000, sort, descending))
    shown = [str(getattr(row, sort)) for row in rows]
    assert shown == sorted(shown, reverse=descending)
    assert total == len(rows)
    part, same = entity_rows(filled, PUBLIC, sought, Turn(7, 5, sort, descending))
    assert (part, same) == (rows[7:12], total)


def test_a_place_has_what_lies_in_it_at_every_depth(filled: Store, jingjinji: Pack) -> None:
    above: dict[str, set[str]] = {place.adcode: set() for place in jingjinji.places}
    for place in jingjinji.places:
        for member in (
            *place.members,
            *(one.adcode for one in jingjinji.places if one.parent == place.adcode),
        ):
            above[member].add(place.adcode)

    def inside(adcode: str, place: str | None) -> bool:
        return place is not None and (place == adcode or any(inside(adcode, one) for one in above[place]))

    for adcode in ("990000", "130000", "133100", "130600", "120114"):
        expected = {one.name for one in jingjinji.organisations if inside(adcode, one.adcode)}
        expected |= {place.name for place in jingjinji.places if inside(adcode, place.adcode)}
        found = entities(filled, PUBLIC, Sought(adcodes=(adcode,)), WHOLE).rows
        assert {entity.name for entity in found} == expected
        counts = place_at(filled, PUBLIC, adcode).organisations
        assert sum(one.count for one in counts) == sum(entity.kind != "place" for entity in found)


def test_a_place_knows_its_neighbours_in_the_tree(filled: Store) -> None:
    wuqing = place_at(filled, PUBLIC, "120114")
    assert [one.name for one in wuqing.above] == ["京津冀", "天津市"]
    assert wuqing.children == ()
    xiongan = place_at(filled, PUBLIC, "133100")
    assert xiongan.place.approximate
    assert {one.adcode for one in xiongan.children} == {"130629", "130632", "130638"}
    assert len(place_at(filled, PUBLIC, "120000").children) == 16
    with pytest.raises(NotFound, match="000000"):
        place_at(filled, PUBLIC, "000000")


def test_facets_count_what_a_choice_would_show(filled: Store) -> None:
    sought = Sought(("company",), ("120000",), "股份")
    shown = facets(filled, PUBLIC, sought)
    for one in shown.kinds:
        page = entities(filled, PUBLIC, Sought((one.code,), ("120000",), "股份"), WHOLE)
        assert len(page.rows) == one.count
    for one in shown.places:
        page = entities(filled, PUBLIC, Sought(("company",), (one.code,), "股份"), WHOLE)
        assert len(page.rows) == one.count
    assert {one.name for one in shown.places} == {"北京市", "天津市", "河北省"}


def test_a_short_name_is_resolved_in_its_context_and_after_every_load(filled: Store) -> None:
    (meant,) = resolve_unit(filled, "市政府", "120114")
    assert (meant.name, meant.distance) == ("天津市人民政府", 1)
    assert entity_at(filled, PUBLIC, meant.id).entity.name == "天津市人民政府"
    assert resolve_unit(filled, "市档案局", "120000") == ()
    table = "unit_code,name,short,adcode\ntj-archives,天津市档案局,,120000\n"
    load_file(filled, OPERATOR, Upload("a.csv", table.encode(), "agency"))
    (meant,) = resolve_unit(filled, "市档案局", "120000")
    assert meant.key == "unit:tj-archives"


def test_maps_are_drawn_once_and_kept(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> Callable[..., bytes]:
        raise AssertionError("drawn again")

    drawn = map_of("jingjinji", "county")
    monkeypatch.setattr("haihe.boards.registry.intake.map_of", refuse)
    sha256, content = region_map(filled, PUBLIC, "county")
    assert content == drawn
    assert filled.files.content(sha256) == content
    load_pack(filled, OPERATOR, "jingjinji", lambda _: None)
    with pytest.raises(NotFound, match="no map"):
        region_map(filled, PUBLIC, "region")


def test_the_audit_names_what_a_load_moved(filled: Store) -> None:
    load_file(filled, OPERATOR, firms("600001.SH,甲公司,120114,", "bad,乙公司,,"))
    with reading(filled.engine) as connection:
        last = connection.execute(select(AUDIT).order_by(AUDIT.c.id.desc()).limit(1)).one()
    assert (last.actor, last.action, last.subject) == ("operator", "load", "table/firms.csv")
    assert last.detail == {"kind": "company", "moved": {"entity": [1, 0]}, "rejects": 1}


def test_the_publications_are_those_of_the_loaded_packs(store: Store) -> None:
    assert publications(store, PUBLIC) == ()
    load_pack(store, OPERATOR, "sample", lambda _: None)
    assert [one.tier for one in publications(store, PUBLIC)] == ["sample"]
    with pytest.raises(NotFound, match="nowhere"):
        load_pack(store, OPERATOR, "nowhere", lambda _: None)
