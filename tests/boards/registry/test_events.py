"""Events of cooperation: files of them, who they name, and what is counted once."""

from __future__ import annotations

import io
import json
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as some
from jsonschema import Draft202012Validator
from openpyxl import Workbook
from typer.testing import CliRunner

from haihe.boards.accounts import OPERATOR, PUBLIC, Asker, Grant
from haihe.boards.registry import PlaceIndex, event_actions, network_actions
from haihe.boards.registry.actions import resolve_unit
from haihe.boards.registry.answers import Part, Turn, Upload
from haihe.boards.registry.event_actions import SAMPLE, SURE, File, load_events, load_sample, nameless
from haihe.boards.registry.event_cli import events
from haihe.boards.registry.event_intake import A_PERSON, NO_OBJECT, UNFIT, events_of
from haihe.boards.registry.events import Report, day_in, firsts_of, kinds_in, sorts
from haihe.boards.registry.intake import NO_PLACE, TWICE
from haihe.boards.registry.judgement_actions import judge, undo
from haihe.boards.registry.judgements import Opinion
from haihe.boards.registry.kinds import NOT_ITS_FORM, REQUIRED
from haihe.boards.registry.load_actions import load_file, load_pack
from haihe.boards.registry.networks import Scope
from haihe.boards.registry.rows import NO_TIER
from haihe.kit import resources
from haihe.kit.errors import Forbidden, Invalid, NotFound, Unknown
from haihe.store.opening import Store
from haihe.store.session import row_json

FORMATS = Path(__file__).parents[3] / "docs/formats"
STEWARD = Asker("steward", (Grant("steward"),), 1)
READER = Asker("lead", (Grant("lead"),), 2)

TABLE = """编号,日期,标题,类型,参与单位,地点,链接,备注
a,2024年3月12日,两地签约,签署协议,甲方：天津海蓝科技有限公司；乙方：天津大学,天津市,https://example.cn/a,x
b,2024-03,成立联盟,,天津大学;某某学会,,,
"""


def test_a_table_with_chinese_headings_is_read(places: PlaceIndex) -> None:
    loaded = events_of(TABLE.encode("gb18030"), "e.csv", places)
    assert not loaded.rejects
    first, second = loaded.rows
    assert (first.key, first.day, first.kinds, first.places) == (
        "a",
        "2024-03-12",
        ("agreement",),
        ("120000",),
    )
    assert [(party.name, party.role) for party in first.parties] == [
        ("天津海蓝科技有限公司", "甲方"),
        ("天津大学", "乙方"),
    ]
    assert (first.source.locator, first.source.url, first.source.tier) == (
        "row=2",
        "https://example.cn/a",
        "press",
    )
    assert first.source.quote == TABLE.splitlines()[1], "what no column takes still stands in the source"
    assert (second.day, second.kinds, second.source.tier) == ("2024-03", ("alliance",), "ours")


def test_one_table_is_the_same_as_csv_workbook_and_json_lines(places: PlaceIndex) -> None:
    rows = [line.split(",") for line in TABLE.splitlines()]
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    lines = [json.dumps(dict(zip(rows[0], row, strict=True)), ensure_ascii=False) for row in rows[1:]]
    files = {"e.csv": TABLE.encode(), "e.xlsx": file.getvalue(), "e.jsonl": "\n".join(lines).encode()}
    read = [events_of(content, name, places) for name, content in files.items()]
    known = [[(e.key, e.day, e.title, e.kinds, e.parties, e.places) for e in one.rows] for one in read]
    assert known[0] == known[1] == known[2]
    assert [len(one.rejects) for one in read] == [0, 0, 0]


def test_a_bad_row_is_a_reject_and_the_rest_is_read(places: PlaceIndex) -> None:
    good = {
        "id": "1",
        "date": "2024",
        "title": "甲",
        "parties": [{"name": "天津大学", "role": "牵头"}, "南开大学"],
    }
    bad = [
        (good | {"id": "2", "date": "2023-02-30"}, "date", NOT_ITS_FORM),
        (good | {"id": "3", "title": ""}, "title", REQUIRED),
        (good | {"id": "4", "places": ["无此地"]}, "places", NO_PLACE),
        (good | {"id": "5", "tier": "rumour"}, "tier", NO_TIER),
        (good | {"id": "6", "url": "javascript:alert(1)"}, "url", NOT_ITS_FORM),
        (good | {"id": "7", "parties": ["欧阳建国"]}, "parties", A_PERSON),
        (good | {"id": "8", "title": "a\0b"}, "", UNFIT),
        (good, "id", TWICE),
    ]
    lines = [json.dumps(good), *(json.dumps(row) for row, _, _ in bad), "[1, 2"]
    loaded = events_of("\n".join(lines).encode(), "e.jsonl", places)
    assert [event.key for event in loaded.rows] == ["1"]
    assert [(p.name, p.role) for p in loaded.rows[0].parties] == [("天津大学", "牵头"), ("南开大学", "")]
    expected = [(number, column, reason) for number, (_, column, reason) in enumerate(bad, start=2)]
    told = [(one.row, one.column, one.reason) for one in loaded.rejects]
    assert told == [*expected, (len(lines), "", NO_OBJECT)]


def test_a_file_that_is_no_table_of_events_is_refused(places: PlaceIndex) -> None:
    for name, content in {
        "e.csv": b"a,b\n1,2\n",
        "e.xlsx": b"PK",
        "e.jsonl": b"{}",
        "f.csv": b"\xff\xfe\0",
    }.items():
        with pytest.raises(Invalid):
            events_of(content, name, places)


def test_kinds_are_read_from_the_words_or_named_outright() -> None:
    for one in sorts().values():
        assert one.id in kinds_in(one.id)
        assert one.id in kinds_in(one.label["zh"])
    assert kinds_in("签署协议、联合培养", "成立联盟") == ("agreement", "training")
    assert kinds_in("", "举办论坛") == ("meeting",)
    assert kinds_in("协同推进") == ("other",)
    assert day_in("2024/2/29") == "2024-02-29"
    assert day_in("2023/2/29") is None


@settings(max_examples=30)
@given(
    some.lists(
        some.tuples(
            some.sampled_from(["ab", "a"]), some.sampled_from(["京津冀联盟成立", "联盟成立", "签约仪式举行"])
        ),
        max_size=7,
    )
)
def test_reports_of_one_event_are_those_that_chains_of_alike_pairs_join(drawn: list[tuple[str, str]]) -> None:
    """Brute force: pairs of characters are counted anew, and groups grow until nothing joins them."""
    reports = [
        Report(number, "2024-05-01", frozenset(bodies), title, "")
        for number, (bodies, title) in enumerate(drawn, start=1)
    ]

    def alike(one: Report, other: Report) -> bool:
        first, second = ({t[i : i + 2] for i in range(len(t) - 1)} for t in (one.title, other.title))
        return one.bodies == other.bodies and 2 * len(first & second) >= 0.5 * (len(first) + len(second))

    groups = [{one.id} for one in reports]
    for one, other in combinations(reports, 2):
        if alike(one, other):
            joined = [group for group in groups if group & {one.id, other.id}]
            groups = [group for group in groups if group not in joined] + [set().union(*joined)]
    expected = {number: min(group) for group in groups for number in group if number != min(group)}
    assert firsts_of(reports) == expected
    undated = [Report(one.id, "2024-05", one.bodies, one.title, "") for one in reports]
    assert firsts_of(undated) == {}, "a month may see two events of the same organisations"


def firms(store: Store, *lines: str) -> list[int]:
    table = "\n".join(["stock_code,name,short", *lines]).encode()
    load_file(store, OPERATOR, Upload("firms.csv", table, "company"))
    return [resolve_unit(store, line.split(",")[1])[0].id for line in lines]


@pytest.mark.database
class TestTheRegistry:
    def test_names_find_their_organisations_and_what_is_judged_can_be_taken_back(self, store: Store) -> None:
        blue, late = firms(
            store, "600001.SH,海蓝科技股份有限公司,海蓝科技", "600002.SH,青禾重工股份有限公司,青禾重工"
        )
        lines = [
            {"id": "1", "date": "2024-05-01", "title": "签约", "parties": ["海蓝科技", "北辰新材料学会"]},
            {"id": "2", "date": "2025-05-01", "title": "再签约", "parties": ["海蓝科技", "北辰新材料学会"]},
        ]
        content = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines).encode()
        dry = load_events(store, OPERATOR, File("e.jsonl", content, dry=True))
        assert (dry.stored, dry.events.added, dry.named, dry.names) == (False, 2, 1, 2)
        assert not network_actions.told(store, PUBLIC).happenings, "a dry run stores nothing"
        done = load_events(store, OPERATOR, File("e.jsonl", content))
        assert (done.stored, done.events.added) == (True, 2)
        again = load_events(store, OPERATOR, File("e.jsonl", content))
        assert (again.events.added, again.events.changed, again.events.unchanged) == (0, 0, 2)
        (unknown,) = nameless(store, PUBLIC).rows
        assert (unknown.name, unknown.events) == ("北辰新材料学会", 2)
        event_actions.name_body(store, STEWARD, unknown.id, late)
        assert set(network_actions.told(store, PUBLIC).bodies) == {str(blue), str(late)}
        assert [one.entity for one in event_actions.judged(store, STEWARD)] == [late]
        assert not nameless(store, PUBLIC).rows
        event_actions.forget_body(store, STEWARD, unknown.id)
        assert set(network_actions.told(store, PUBLIC).bodies) == {str(blue), f"n{unknown.id}"}
        event_actions.name_body(store, STEWARD, unknown.id, None)
        assert not nameless(store, PUBLIC).rows, "judged to be nobody of the registry"

        (made,) = firms(store, "600003.SH,北辰新材料学会,")
        event_actions.forget_body(store, STEWARD, unknown.id)
        assert set(network_actions.told(store, PUBLIC).bodies) == {str(blue), str(made)}

        changed = content.replace("再签约".encode(), "续签".encode())
        assert load_events(store, OPERATOR, File("e.jsonl", changed)).events.changed == 1

    def test_joined_organisations_are_one_node_until_the_judgement_is_undone(self, store: Store) -> None:
        one, other, third = firms(
            store,
            "600001.SH,海蓝科技股份有限公司,",
            "600002.SH,碧波软件股份有限公司,",
            "600003.SH,青禾重工股份有限公司,",
        )
        table = "id,date,title,parties\n1,2024-01-01,甲,海蓝科技股份有限公司;青禾重工股份有限公司\n"
        load_events(store, OPERATOR, File("a.csv", table.encode()))
        given = judge(store, STEWARD, Opinion(one, other, "same"))
        table = "id,date,title,parties\n2,2025-01-01,乙,碧波软件股份有限公司;青禾重工股份有限公司\n"
        load_events(store, OPERATOR, File("b.csv", table.encode()))
        joined = network_actions.network_row(store, PUBLIC, Scope())
        assert [(tie.first, tie.second, tie.events) for tie in joined.ties] == [(str(one), str(third), 2)]
        undo(store, STEWARD, given.id)
        apart = network_actions.network_row(store, PUBLIC, Scope())
        assert {frozenset((tie.first, tie.second)) for tie in apart.ties} == {
            frozenset((str(one), str(third))),
            frozenset((str(other), str(third))),
        }, "a name that was read while they were one belongs to the one that is called so"

    def test_samples_are_marked_and_make_room_for_real_events(self, store: Store) -> None:
        load_pack(store, OPERATOR, "sample", lambda _: None)
        done = load_events(store, OPERATOR, File("events.csv", resources.data(SAMPLE)))
        load_sample(store, OPERATOR)
        assert (done.events.added, done.repeats, done.rejects) == (12, 1, {})
        assert done.names - done.named == 1
        schema = json.loads((FORMATS / "registry-events-load.schema.json").read_text("utf-8"))
        Draft202012Validator(schema).validate(json.loads(row_json(done)))
        told = network_actions.told(store, PUBLIC)
        assert len(told.happenings) == 11
        assert network_actions.has_samples_only(told)
        assert all(body.name.startswith("样例") for body in told.bodies.values())
        table = "date,title,parties\n2024,甲,南开大学;天津大学\n"
        load_events(store, OPERATOR, File("a.csv", table.encode()))
        assert [one.title for one in network_actions.told(store, PUBLIC).happenings] == ["甲"]

    def test_the_command_loads_what_is_good_and_leaves_the_rest_in_a_file(
        self, store: Store, tmp_path: Path
    ) -> None:
        application = typer.Typer()
        application.command()(events)
        there = {"HAIHE_DATABASE_URL": store.url, "HAIHE_DATABASE_OWNER_URL": store.owner_url}
        there["HAIHE_HOME"] = str(store.heads.parent)
        file = tmp_path / "e.csv"
        file.write_text("date,title,parties\n2024,签约,南开大学;天津大学\n今年,会商,\n", "utf-8")
        shown = CliRunner().invoke(application, [str(file), "--dry-run", "--json"], env=there)
        told = json.loads(shown.stdout)
        assert (told["stored"], told["events"]["added"], told["names"]) == (False, 1, 2)
        done = CliRunner().invoke(application, [str(file)], env=there)
        assert done.exit_code == 0
        assert [one.title for one in network_actions.told(store, PUBLIC).happenings] == ["签约"]
        assert (tmp_path / "e.rejects.csv").read_text("utf-8-sig").splitlines()[1].startswith("3,date,今年,")

    def test_who_may_not_is_refused(self, store: Store) -> None:
        for asker, error in ((PUBLIC, Unknown), (READER, Forbidden)):
            with pytest.raises(error):
                load_events(store, asker, File("e.csv", b"date,title\n2024,a\n"))
            with pytest.raises(error):
                event_actions.name_body(store, asker, 1, None)
        with pytest.raises(NotFound):
            event_actions.name_body(store, STEWARD, 1, None)
        strict = load_events(store, OPERATOR, File("e.csv", b"date,title\n2024,a\nx,b\n", strict=True))
        assert (strict.stored, len(strict.rejects["e.csv"])) == (False, 1)
        assert not network_actions.told(store, PUBLIC).happenings

    def test_the_shared_events_are_all_read_and_counted(self, filled: Store, shared: Path) -> None:
        """839 events of 2023 to 2026: what is counted is what the raw file has."""
        content = (shared / "data/events/cooperation_events.jsonl").read_bytes()
        raw = [json.loads(line) for line in content.decode().splitlines()]
        done = load_events(filled, OPERATOR, File("events.jsonl", content))
        assert (done.events.added, done.rejects) == (839, {})
        assert done.names == len({name for one in raw for name in one["subjects"]})
        told = network_actions.told(filled, PUBLIC)
        reports = sum(len(one.source_ids) for one in told.happenings)
        assert (reports, reports - len(told.happenings)) == (839, done.repeats)
        years: Counter[str] = Counter()
        kinds: Counter[str] = Counter()
        for row in raw:
            years[row["date"][:4]] += 1
            kinds.update(kinds_in(row["action"], row["title"], row["summary"]))
        by_year: Counter[str] = Counter()
        for one in told.happenings:
            by_year[one.day[:4]] += len(one.source_ids)
        assert by_year == years
        for kind, count in kinds.items():
            _, total = network_actions.event_rows(filled, PUBLIC, Scope(kinds=(kind,)), Turn(0, 1))
            assert count - done.repeats <= total <= count + done.repeats
        for first, second in combinations(["北京大学", "清华大学", "天津大学"], 2):
            numbers = {body.name: body.id for body in told.bodies.values()}
            ids = (numbers[first], numbers[second])
            together = [row for row in raw if {first, second} <= set(row["subjects"])]
            rows, total = network_actions.event_rows(filled, PUBLIC, Scope(bodies=ids), Turn(0, 200))
            told_in = sum(len(one.source_ids) for one in rows)
            assert total == len(rows)
            assert told_in >= len(together), "an organ that is named by its faculty counts too"
        listed = nameless(filled, PUBLIC, Part(500)).rows
        assert len(listed) == done.names - done.named
        assert all(
            not meant.score >= SURE or len(one.candidates) > 1 for one in listed for meant in one.candidates
        )
