from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from sqlalchemy import select

from haihe.app.api import create_api
from haihe.boards.accounts import OPERATOR, PUBLIC
from haihe.boards.accounts.actions import asking
from haihe.boards.registry import (
    Identifier,
    Known,
    Reference,
    actions,
    judgement_actions,
    link_actions,
    link_api,
)
from haihe.boards.registry.answers import Card, Link, Upload
from haihe.boards.registry.cards import Stated, told_of
from haihe.boards.registry.formers import UNTIL_BETWEEN
from haihe.boards.registry.interchange_actions import export
from haihe.boards.registry.judgements import Opinion
from haihe.boards.registry.links import COLUMNS, Added, Ended, Ground, keys_in, ties_of
from haihe.boards.registry.load_actions import load_file, load_pack
from haihe.boards.registry.rows import lines_of
from haihe.boards.registry.tables import IDENTIFIER
from haihe.boards.registry.validity import Validity, earliest, is_moment, latest, overlap
from haihe.kit import resources
from haihe.kit.errors import Conflict, Invalid, NotFound, Unknown
from haihe.kit.source import TIERS
from haihe.store.opening import Store
from haihe.store.session import reading

FORMATS = Path(__file__).parents[3] / "docs/formats"
KNOWN = Known((), {"paper": Reference("paper", "a paper", "press")})
HELD = {Identifier("unit", "a"): "agency", Identifier("unit", "b"): "group", Identifier("unit", "c"): "post"}
DAYS = [date(2023, 12, 31), date(2024, 1, 1), date(2024, 2, 29), date(2024, 3, 1), date(2025, 1, 1)]
LIST = Ground("联合印发名单", "https://example.org/list", "official")


def valid(name: str, value: Any) -> Any:
    """The value, which must be as its schema says."""
    schema = json.loads((FORMATS / f"registry-{name}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(json.loads(json.dumps(value, default=str)))
    return value


# Dates


moments = st.sampled_from(["2023", "2024", "2024-02", "2024-02-29", "..2024", "2024..", "2023..2024"])
validities = st.builds(Validity, st.none() | moments, st.none() | moments)


def whiles(one: Validity) -> list[set[date]]:
    """Everything that a span may have been, of some days."""
    starts = [None] if one.since is None else [day for day in DAYS if may_be(one.since, day)]
    ends = [None] if one.until is None else [day for day in DAYS if may_be(one.until, day)]
    return [
        {day for day in DAYS if (start is None or start <= day) and (end is None or day <= end)}
        for start in starts
        for end in ends
    ]


def may_be(moment: str, day: date) -> bool:
    first, last = earliest(moment), latest(moment)
    return (first is None or first <= day) and (last is None or day <= last)


@given(validities, validities)
@settings(max_examples=60)
def test_what_surely_held_together_did_so_however_its_dates_are_read(one: Validity, other: Validity) -> None:
    assert overlap(one, one)
    assert overlap(one, other) == overlap(other, one)
    if one != other and overlap(one, other):
        told = [(mine, yours) for mine in whiles(one) for yours in whiles(other) if mine and yours]
        assert all(mine & yours for mine, yours in told)


def test_a_moment_bounds_the_days_it_may_be() -> None:
    days = {"2024": (date(2024, 1, 1), date(2024, 12, 31)), "..2023-02": (None, date(2023, 2, 28))}
    assert {words: (earliest(words), latest(words)) for words in days} == days
    assert not any(map(is_moment, ("", "..", "2025..2024", "2023-13", "23", "2023-1", "2023..x", "２０２３")))


# Values with dates


def stated(value: float, since: str | None, until: str | None, tier: int = 0, read: int = 1) -> Stated:
    day = date(2026, 1, read)
    return Stated("students", value, f"{value}-{tier}", TIERS[tier], day, Validity(since, until))


def test_a_value_of_another_time_is_no_rival_and_the_newest_stands() -> None:
    told = told_of([stated(26e3, "2022", "2022"), stated(29e3, "2023", "2023"), stated(27e3, "2021", "2021")])
    assert [fact.value for fact in told.facts] == [29e3]
    assert [fact.since for fact in told.earlier] == ["2022", "2021"]
    assert told.choices == ()


def test_values_of_one_time_stand_side_by_side_whatever_was_before() -> None:
    told = told_of([stated(1, "2023", "2023", 2), stated(2, "2023", "2023"), stated(3, "2020", "2020")])
    assert [fact.value for fact in told.facts] == [2]
    assert [[fact.value for fact in choice.facts] for choice in told.choices] == [[2, 1]]
    assert [fact.value for fact in told.earlier] == [3]


# Tables of ties


def test_a_bad_tie_is_a_reject_that_names_its_column_and_a_good_one_is_kept() -> None:
    content = (
        "from,kind,to,since,until,source,quote\n"
        "unit:a,chairs,unit:b,2024,2024,paper,甲轮值\n"
        "unit:a,chairs,unit:x,,,,\n"
        "unit:b,chairs,unit:a,,,,\n"
        "unit:a,marries,unit:b,,,,\n"
        "unit:a,parent,unit:a,,,,\n"
        "unit:a,chairs,unit:b,2024-31,,,\n"
    ).encode()
    lines = lines_of(content, "t.csv", COLUMNS, KNOWN)
    assert {one.key for one in keys_in(lines.rows)} == {"unit:a", "unit:b", "unit:x"}
    found = ties_of(lines, HELD)
    (tie,) = found.rows
    assert (tie.kind, tie.validity, tie.source.quote) == ("chairs", Validity("2024", "2024"), "甲轮值")
    assert [(one.row, one.column) for one in found.rejects] == [
        *((3, "to"), (4, "to"), (5, "kind"), (6, "to"), (7, "since"))
    ]


# In the store


FIRMS = """unit_code,name,short,former,adcode,parent
t-one,津门检测技术研究院,津检院,,,unit:t-two
t-two,津门科技集团有限公司,,,,
t-three,燕赵材料集团有限公司,,,,
"""
TIES = """from,kind,to,since,until,note,tier,quote
unit:t-three,cooperates,unit:t-two,2021,,共建中试线,press,
unit:t-one,host,unit:t-two,2019,2022,,official,
unit:t-one,host,unit:t-two,2019,,,press,
"""
VALUES = """key,property,value,since,until,tier
unit:t-one,former,海河检测中心,..2018,2018..2020,official
unit:t-one,note,第一版,2020,2020,official
unit:t-one,note,第二版,2021,2021,official
unit:t-one,note,另一版,2021,2021,press
unit:t-one,heads,2,,,official
"""


def loaded(store: Store, kind: str, text: str) -> dict[str, Any]:
    outcome = load_file(store, OPERATOR, Upload(f"{kind}.csv", text.encode(), kind))
    return {
        "counts": outcome.counts,
        "rejects": [one.column for each in outcome.rejects.values() for one in each],
    }


def numbers(store: Store) -> dict[str, int]:
    with reading(store.engine) as connection:
        return {row.value: row.entity_id for row in connection.execute(select(IDENTIFIER))}


def link_to(card: Card, other: int, kind: str) -> Link:
    (found,) = [one for one in card.links if (one.id, one.kind) == (other, kind)]
    return found


@pytest.fixture
def told(store: Store) -> dict[str, int]:
    """Three organisations, their ties and their dated values; the numbers by code."""
    assert loaded(store, "institute", FIRMS)["rejects"] == []
    assert loaded(store, "link", TIES)["counts"]["link"].added == 3
    assert loaded(store, "property", VALUES)["rejects"] == ["property"]
    return numbers(store)


@pytest.mark.database
def test_a_table_brings_ties_names_and_values_with_their_dates_and_again_changes_nothing(
    store: Store, told: dict[str, int]
) -> None:
    one, two, three = (told[f"t-{name}"] for name in ("one", "two", "three"))
    card = actions.entity_at(store, PUBLIC, one)
    (former,) = [fact for fact in card.names if fact.name == "former"]
    assert (former.value, former.since, former.until) == ("海河检测中心", "..2018", "2018..2020")
    (meant,) = actions.resolve_unit(store, "海河检测中心")
    assert (meant.id, meant.reasons[0], meant.facts) == (
        one, UNTIL_BETWEEN, {"since": "2018", "until": "2020"}
    )  # fmt: skip
    assert UNTIL_BETWEEN not in actions.resolve_unit(store, "津门检测技术研究院")[0].reasons
    assert [fact.value for fact in card.properties if fact.name == "note"] == ["第二版"]
    assert [[fact.value for fact in choice.facts] for choice in card.choices] == [["第二版", "另一版"]]
    assert [fact.value for fact in card.earlier] == ["第一版"]
    host = link_to(card, two, "host")
    assert (host.since, host.until) == ("2019", "2022")
    assert [(other.since, other.until) for other in host.others] == [("2019", None)]
    assert link_to(card, two, "parent").since is None
    mutual = [
        link_to(actions.entity_at(store, PUBLIC, a), b, "cooperates") for a, b in ((two, three), (three, two))
    ]
    assert all((each.since, each.note, each.outward) == ("2021", "共建中试线", True) for each in mutual)
    valid("entity", asdict(card))
    for kind, text in (("link", TIES), ("property", VALUES), ("institute", FIRMS)):
        assert all(tally.moved == 0 for tally in loaded(store, kind, text)["counts"].values()), kind
    assert actions.entity_at(store, PUBLIC, one).names == card.names


@pytest.mark.database
def test_a_tie_that_somebody_adds_or_ends_is_as_before_once_it_is_undone(
    store: Store, told: dict[str, int]
) -> None:
    two, three = (told[f"t-{name}"] for name in ("two", "three"))
    states = [link_actions.rows(store, PUBLIC)]
    added = link_actions.add(store, OPERATOR, Added(three, "invests", two, LIST, "2024-05"))
    states.append(link_actions.rows(store, PUBLIC))
    ends = [
        link_actions.end(store, OPERATOR, Ended(three, "invests", two, "2025", LIST, "2024-05")),
        link_actions.end(store, OPERATOR, Ended(three, "cooperates", two, "2023..2024", LIST, "2021")),
    ]
    states.append(link_actions.rows(store, PUBLIC))
    assert all(before != after for before, after in pairwise(states))
    card = actions.entity_at(store, PUBLIC, two)
    ended = [link_to(card, three, kind) for kind in ("invests", "cooperates")]
    assert [(each.until, each.ended_by) for each in ended] == [
        ("2025", ends[0].id),
        ("2023..2024", ends[1].id),
    ]
    with pytest.raises(Conflict):
        link_actions.end(store, OPERATOR, Ended(three, "invests", two, "2026", LIST, "2024-05"))
    with pytest.raises(Conflict):
        link_actions.add(store, OPERATOR, Added(three, "invests", two, LIST, "2024-05"))
    for edit in ends:
        valid("link-edit", asdict(link_actions.undo(store, OPERATOR, edit.id)))
    assert link_actions.rows(store, PUBLIC) == states[1]
    link_actions.undo(store, OPERATOR, added.id)
    assert valid("links", [asdict(row) for row in link_actions.rows(store, PUBLIC)]) == [
        asdict(row) for row in states[0]
    ]
    with pytest.raises(Conflict, match="undone already"):
        link_actions.undo(store, OPERATOR, added.id)


@pytest.mark.database
def test_an_edit_that_makes_no_sense_is_refused(store: Store, told: dict[str, int]) -> None:
    one, two = told["t-one"], told["t-two"]
    for wrong, error in (
        (Added(one, "leads", two, LIST), Invalid),
        (Added(one, "host", one, LIST), Invalid),
        (Added(one, "marries", two, LIST), Invalid),
        (Added(one, "host", 10**9, LIST), NotFound),
        (Added(one, "host", two, LIST, "last year"), Invalid),
        (Added(one, "host", two, Ground(" ")), Invalid),
        (Added(one, "host", two, Ground("x", "javascript:alert(1)")), Invalid),
    ):
        with pytest.raises(error):
            link_actions.add(store, OPERATOR, wrong)
    with pytest.raises(NotFound):
        link_actions.end(store, OPERATOR, Ended(one, "host", two, "2024", LIST, "2018"))
    with pytest.raises(NotFound):
        link_actions.undo(store, OPERATOR, 10**9)
    with pytest.raises(Unknown):
        link_actions.add(store, PUBLIC, Added(one, "invests", two, LIST))


@pytest.mark.database
def test_programs_list_add_end_and_undo_ties(store: Store, told: dict[str, int]) -> None:
    one, two = told["t-one"], told["t-two"]
    api = create_api()
    api.include_router(link_api.router)
    api.dependency_overrides[asking] = lambda: OPERATOR
    with TestClient(api) as client:
        asked = {"start": one, "kind": "invests", "end": two, "ground": {"quote": "出资"}, "since": "2020"}
        added = client.post("/api/v1/links", json=asked)
        assert added.status_code == 201
        ended = client.post("/api/v1/links/ends", json=asked | {"until": "2021"}).json()
        assert valid("link-edit", ended)["until"] == "2021"
        rows = valid("links", client.get(f"/api/v1/entities/{one}/links").json())
        told_by_file = client.get("/api/v1/links?kind=invests&format=csv").content.decode("utf-8-sig")
        (row,) = csv.DictReader(io.StringIO(told_by_file))
        assert row["end_name"] == "津门科技集团有限公司"
        assert (row["since"], row["until"]) == ("2020", "2021")
        assert next(each for each in rows if each["kind"] == "invests")["ended_by"] == ended["id"]
        for edit in (ended["id"], added.json()["id"]):
            assert client.delete(f"/api/v1/links/edits/{edit}").status_code == 200
        assert client.get("/api/v1/links?kind=invests").json() == []


@pytest.mark.database
def test_ties_follow_what_is_joined_and_part_again(store: Store, told: dict[str, int]) -> None:
    one, two, three = (told[f"t-{name}"] for name in ("one", "two", "three"))
    judgement = judgement_actions.judge(store, OPERATOR, Opinion(two, three, "same"))
    assert {link.id for link in actions.entity_at(store, PUBLIC, three).links} == {one}
    assert {row.end for row in link_actions.rows(store, PUBLIC, entity=one)} == {two}
    judgement_actions.undo(store, OPERATOR, judgement.id)
    assert {link.id for link in actions.entity_at(store, PUBLIC, three).links} == {two}


@pytest.mark.database
def test_the_exports_carry_the_dates(store: Store, told: dict[str, int]) -> None:
    rows = list(csv.DictReader(io.StringIO(export(store, PUBLIC, "csv").decode("utf-8-sig"))))
    (former,) = [row for row in rows if row["prop"] == "previousName"]
    assert (former["value"], former["since"], former["until"]) == ("海河检测中心", "..2018", "2018..2020")
    entities = [valid("export", json.loads(line)) for line in export(store, PUBLIC, "json").splitlines()]
    ties = [one for one in entities if one["schema"] == "UnknownLink"]
    dated = {(*one["properties"]["role"], *one["properties"].get("endDate", [""])) for one in ties}
    assert dated == {("依托单位", "2022"), ("合作单位", "")}
    (institute,) = [one for one in entities if one["caption"] == "津门检测技术研究院"]
    assert institute["properties"]["parent"] == ["haihe-unit-t-two"]


@pytest.mark.database
def test_what_a_person_adds_outlives_a_new_version_of_the_pack(filled: Store) -> None:
    known = numbers(filled)
    rows = "key,property,value,until\nmoe:4112010056,former,北洋大学堂,1951\n"
    assert loaded(filled, "property", rows)["counts"]["property"].added == 1
    tie = "from,kind,to\nmoe:4112010056,cooperates,moe:4112010055\n"
    assert loaded(filled, "link", tie)["counts"]["link"].added == 1
    link_actions.end(
        filled,
        OPERATOR,
        Ended(known["120000-government"], "chairs", known["jjj-topic-transport"], "2025", LIST, "2024"),
    )
    before = (actions.entity_at(filled, PUBLIC, known["4112010056"]), link_actions.rows(filled, PUBLIC))
    with filled.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE pack SET digest = ''")
    counts = load_pack(filled, OPERATOR, "jingjinji", lambda _: None).counts
    assert counts["entity"].moved == counts["property"].moved == counts["link"].moved == 0
    after = (actions.entity_at(filled, PUBLIC, known["4112010056"]), link_actions.rows(filled, PUBLIC))
    assert after == before
    assert ("former", "北洋大学堂", "1951") in [
        (fact.name, fact.value, fact.until) for fact in after[0].names
    ]


def test_the_tables_of_the_pack_are_as_the_formats_say() -> None:
    for name in ("links", "properties"):
        text = resources.text(f"packs/jingjinji/{name}.csv")
        assert valid(f"{name}-table", list(csv.DictReader(io.StringIO(text))))
