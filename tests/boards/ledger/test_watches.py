"""Saved views, what is watched, and baselines: one register that an office works on while others look."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator
from openpyxl import load_workbook
from sqlalchemy import insert

from haihe.boards.accounts import PUBLIC, Asker, Grant
from haihe.boards.accounts.actions import actor_of, asking
from haihe.boards.accounts.tables import ACCOUNT
from haihe.boards.ledger import (
    Edit,
    Judgement,
    Return,
    Step,
    actions,
    baseline_actions,
    baseline_api,
    comment_actions,
    light_actions,
    period_actions,
    saved_actions,
    watch_actions,
    watch_api,
)
from haihe.boards.ledger.saved import Kept
from haihe.boards.ledger.watches import Watched
from haihe.boards.registry.tables import ENTITY
from haihe.kit.errors import Conflict, Forbidden, Invalid, NotFound, Unknown
from haihe.kit.source import Source
from haihe.store.opening import Store, the_store
from haihe.store.search import vector
from haihe.store.session import Actor, writing
from haihe.store.sources import keep

pytestmark = pytest.mark.database

FORMATS = Path(__file__).parents[3] / "docs/formats"
TODAY = actions.today()
PERIOD = f"{TODAY:%Y-%m}"
PAGES = frozenset({"/plan/{plan_id}", "/plan/{plan_id}/timeline", "/plans", "/item/{node_id}"})
OFFICE = Asker("office", (Grant("supervisor"),), 1)
DESK = Asker("desk", (Grant("viewer"),), 2)
UNIT = Asker("unit", (Grant("reporter", 1),), 3)
OTHER = Asker("other", (Grant("reporter", 2),), 4)
LEADS = ("样例市科技局", "样例市教委")


def valid(name: str, value: Any) -> Any:
    """The value, which must be as its schema says."""
    schema = json.loads((FORMATS / f"ledger-{name}.schema.json").read_text("utf-8"))
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)
    return value


def peopled(store: Store) -> Store:
    """A store with four accounts and two units, whose numbers are those of the askers and their grants."""
    source = Source("judgement", tier="sample", quote="样例")
    with writing(store.engine, Actor.now("test")) as session:
        keep(session, [source])
        made = {"password_hash": "", "must_change": False, "created_at": session.actor.at, "title": ""}
        session.execute(insert(ACCOUNT), [{"name": one.name, **made} for one in (OFFICE, DESK, UNIT, OTHER)])
        unit = {"kind": "agency", "properties": {}, "sources": {}, "source_id": source.id}
        unit["changed_at"] = session.actor.at
        for name in LEADS:
            session.execute(insert(ENTITY).values(key=f"unit:{name}", name=name, search=vector(name), **unit))
        session.record("test", "entity")
        session.commit()
    return store


@pytest.fixture(scope="module")
def house(empty: Callable[[], Store]) -> Store:
    return peopled(empty())


def register(store: Store, name: str) -> tuple[int, list[int]]:
    """A plan of an aspect, a task and four items, two of each unit."""
    plan = actions.begin_register(store, OFFICE, name, "plan")
    aspect = actions.add_node(store, OFFICE, plan, None, Edit("推进协同", "", "aspect"))
    task = actions.add_node(store, OFFICE, plan, aspect, Edit("落实任务", "", "task"))
    due_on = TODAY + timedelta(days=100)
    items = [
        actions.add_node(
            store, OFFICE, plan, task, Edit(f"第{n}件实事", "", "item", due_on=due_on, lead=(LEADS[n % 2],))
        )
        for n in range(4)
    ]
    return plan, [aspect, task, *items]


def test_a_view_is_an_address_of_this_house_for_one_or_for_the_office(house: Store) -> None:
    plan, _ = register(house, "样例视图")
    address = f"/plan/{plan}/timeline?light=overdue&unit=样例市科技局"
    for wrong in (
        "https://example.org/plans", "//example.org/plans", "/plans\\x", "/plans\nx", "/nowhere", "plans",
        "javascript:alert(1)", f"/plan/{plan}/../../sign-out", "/plans?" + "x" * 3000, "http:/plans", "",
    ):  # fmt: skip
        with pytest.raises(Invalid):
            saved_actions.save_view(house, DESK, Kept("x", wrong), PAGES)
    view = saved_actions.save_view(house, DESK, Kept(" 每日  逾期 ", address), PAGES)
    with pytest.raises(Conflict):
        saved_actions.save_view(house, DESK, Kept("每日 逾期", "/plans"), PAGES)
    with pytest.raises(Forbidden):
        saved_actions.save_view(house, DESK, Kept("全办", "/plans", shared=True), PAGES)
    with pytest.raises(Unknown):
        saved_actions.views(house, PUBLIC, PAGES)
    shared = saved_actions.save_view(house, OFFICE, Kept("全办", address, shared=True), PAGES)

    seen = {one.id: one for one in saved_actions.views(house, DESK, PAGES)}
    assert (seen[view].name, seen[view].address, seen[view].own) == ("每日 逾期", address, True)
    assert not seen[shared].changeable
    assert all(one.there for one in seen.values())
    assert [one.id for one in saved_actions.views(house, OFFICE, PAGES)] == [shared]
    assert not any(one.there for one in saved_actions.views(house, DESK, {"/plans"}))
    with pytest.raises(NotFound):
        saved_actions.rename_view(house, DESK, shared, "我的")
    stranger = Asker("stranger", (Grant("reporter", 99),), 4)
    assert [one.there for one in saved_actions.views(house, stranger, PAGES)] == [False]

    saved_actions.remove_view(house, DESK, view)
    assert view not in {one.id for one in saved_actions.views(house, DESK, PAGES)}
    again = saved_actions.save_view(house, DESK, Kept("每日 逾期", "/plans"), PAGES)
    with pytest.raises(Conflict):
        saved_actions.remove_view(house, DESK, view, back=True)
    saved_actions.rename_view(house, DESK, again, "另一个")
    saved_actions.remove_view(house, DESK, view, back=True)
    assert {view, again} < {one.id for one in saved_actions.views(house, DESK, PAGES)}


def kinds_of(store: Store, asker: Asker) -> list[tuple[int, str]]:
    return sorted((one.node, one.kind) for one in watch_actions.unread_news(store, asker))


def test_whoever_watches_hears_what_others_did_once(house: Store) -> None:
    plan, (_, task, first, second, third, _) = register(house, "样例关注")
    watch_actions.watch(house, DESK, Watched("plan", plan))
    watch_actions.watch(house, DESK, Watched("plan", plan))
    watch_actions.watch(house, UNIT, Watched("item", first))
    watch_actions.watch(house, OFFICE, Watched("item", task))
    with pytest.raises(NotFound):
        watch_actions.watch(house, OTHER, Watched("item", first))
    watch_actions.watch(house, OTHER, Watched("unit", 2))
    assert kinds_of(house, DESK) == []

    actions.report_on(house, OFFICE, first, Return(PERIOD, TODAY, 0.5, "已启动"))
    period_actions.issue_light(house, OFFICE, first, Judgement(PERIOD, "behind", "现场核查滞后"))
    actions.move_node(house, OFFICE, second, Step("under_way"))
    actions.undo(house, OFFICE, second)
    held = actions.node_at(house, OFFICE, third, TODAY).standing.node
    edit = Edit(held.title, "改了要求", "item", due_on=held.due_on, lead=held.named("lead"))
    actions.edit_node(house, OFFICE, third, edit)
    period_actions.lock_period(house, OFFICE, plan, PERIOD)
    period_actions.correct(house, OFFICE, first, Return(PERIOD, TODAY, 0.4, "更正"), "多报一成")
    with writing(house.engine, actor_of(OFFICE)) as session:
        comment_actions.put_comment(session, second, "样例办 处长", "请@[科技局](unit/1)说明")
        session.commit()
    clerk = replace(OFFICE, grants=(Grant("admin"),))
    light_actions.compute_lights(house, clerk, TODAY)
    assert (first, "light") not in kinds_of(house, DESK)
    light_actions.compute_lights(house, clerk, TODAY + timedelta(days=101))

    late = [(one, "light") for one in (first, second, third)]
    expected = [
        (first, "correction"), (first, "issued"), *[(first, "report")] * 2,
        (second, "comment"), (second, "decision"), (second, "undone"), (third, "decision"), *late,
    ]  # fmt: skip
    seen = [one for one in kinds_of(house, DESK) if one[0] in (first, second, third)]
    assert seen == sorted(expected)
    assert set(kinds_of(house, OTHER)) >= {(second, "comment"), (second, "decision")}
    assert not {node for node, _ in kinds_of(house, OTHER)} & {first, third}
    assert {node for node, _ in kinds_of(house, UNIT)} == {first}
    assert {kind for _, kind in kinds_of(house, OFFICE)} == {"light", "undone"}

    row = watch_actions.watched(house, DESK, "zh")
    said = {(one.node, one.kind): one.sentence for one in row.news}
    assert said[second, "comment"] == "样例办 处长批注：请@科技局说明"
    assert "多报一成" in said[first, "correction"]
    assert row.unread == len(watch_actions.unread_news(house, DESK)) == len(row.news)
    watch_actions.mark_read(house, DESK)
    assert watch_actions.glance(house, DESK, Watched("plan", plan)) == watch_actions.Glance(0, True)
    again = watch_actions.watched(house, DESK, "zh")
    assert len(again.news) == len(row.news)
    assert not any(one.unread for one in again.news)
    period_actions.correct_light(house, OFFICE, third, Judgement(PERIOD, "near", "临近"))
    assert kinds_of(house, DESK) == [(third, "correction"), (third, "issued")]
    watch_actions.stop_watching(house, DESK, Watched("plan", plan))
    assert kinds_of(house, DESK) == []


def lines(store: Store, plan: int) -> dict[str, dict[str, Any]]:
    """The register as its workbook has it, by number: what the file says is the oracle."""
    book = load_workbook(io.BytesIO(actions.workbook_of(store, OFFICE, plan, "en")))
    table = [row for row in book.worksheets[0].iter_rows(values_only=True) if any(row)]
    at = next(place for place, row in enumerate(table) if "Title" in row)
    rows = (dict(zip(table[at], row, strict=True)) for row in table[at + 1 :])
    return {row["Number"]: {name: row[name] or None for name in row if name} for row in rows}


@pytest.fixture
def client(house: Store) -> Iterator[tuple[TestClient, list[Asker]]]:
    """The doors, and who asks: the last one counts."""
    app, asker = FastAPI(), [OFFICE]
    for door in (baseline_api, watch_api):
        app.include_router(door.router)
    app.dependency_overrides |= {the_store: lambda: house, asking: lambda: asker[-1]}
    with TestClient(app, headers={"accept-language": "en"}) as client:
        yield client, asker


def test_a_register_is_compared_with_what_it_was_field_by_field(
    house: Store, client: tuple[TestClient, list[Asker]]
) -> None:
    http, _ = client
    plan, nodes = register(house, "样例基线")
    before = lines(house, plan)
    made = http.post(f"/api/v1/plans/{plan}/baselines", json={"name": "分解下达时"})
    assert made.status_code == 201
    with pytest.raises(Conflict):
        baseline_actions.name_baseline(house, OFFICE, plan, "分解下达时")
    with pytest.raises(Invalid):
        baseline_actions.name_baseline(house, OFFICE, plan, "明天", f"{TODAY + timedelta(days=2)}")

    random = Random(7)
    for node in random.sample(nodes[2:], 3):
        held = actions.node_at(house, OFFICE, node, TODAY).standing.node
        later = held.due_on + timedelta(days=random.randint(1, 90)) if held.due_on else None
        weight = random.choice([1.0, 2.0])
        values = {"investment_fen": random.randint(1, 9) * 10**8} if held.kind == "project" else {}
        edit = Edit(held.title + "扩面", held.text, held.kind, due_on=later, weight=weight, values=values)
        actions.edit_node(house, OFFICE, node, replace(edit, lead=held.named("lead")))
    actions.reject(house, OFFICE, plan, [nodes[2]])
    project = Edit("样例工程", "", "project", due_on=TODAY, values={"investment_fen": 3 * 10**8})
    actions.add_node(house, OFFICE, plan, nodes[1], project)
    actions.report_on(house, OFFICE, nodes[3], Return(PERIOD, TODAY, 1.0, "办结"))
    after = lines(house, plan)

    row = valid("baseline", http.get(f"/api/v1/plans/{plan}/baseline?against=分解下达时").json())
    by_effect: dict[str, set[str]] = {"added": set(), "removed": set(), "changed": set()}
    for one in row["nodes"]:
        by_effect.get(one["effect"], set()).add(one["place"])
    compared = ("Title", "Text", "Lead units", "Due", "Weight", "Start", "Cooperating units")
    changed = {
        number: {name for name in compared if before[number].get(name) != after[number].get(name)}
        for number in before.keys() & after.keys()
    }
    assert by_effect["added"] == after.keys() - before.keys()
    assert by_effect["removed"] == before.keys() - after.keys()
    assert by_effect["changed"] == {number for number, fields in changed.items() if fields}
    for one in row["nodes"]:
        if one["effect"] == "changed":
            assert {each["label"] for each in one["differences"]} == changed[one["place"]]
            moved = after[one["place"]]["Due"] - before[one["place"]]["Due"]
            assert one["slip_days"] == moved.days
    assert row["then"]["money"] == {}
    assert row["now"]["money"] == {"investment_fen": 3 * 10**8}
    finished = next(one for one in row["nodes"] if one["node"] == nodes[3])
    assert (finished["progress_then"], finished["progress_now"]) == (None, 1.0)

    later = http.get(f"/api/v1/plans/{plan}/baseline?show=later&format=csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(later)))
    assert {one["Number"] for one in rows} == {
        one["place"] for one in row["nodes"] if (one["slip_days"] or 0) > 0
    }
    then = baseline_actions.compared(house, OFFICE, plan, "2020")
    assert then.counts == {"added": len(after), "removed": 0, "changed": 0, "same": 0}


def test_a_baseline_and_what_is_watched_are_for_those_who_work_here(
    house: Store, client: tuple[TestClient, list[Asker]]
) -> None:
    http, asker = client
    plan, _ = register(house, "样例权限")
    made = baseline_actions.name_baseline(house, OFFICE, plan, "分解下达时")
    task = actions.tree_of(house, OFFICE, plan, TODAY)[1].node.id
    for lead in LEADS:
        actions.add_node(house, OFFICE, plan, task, Edit(f"新增{lead}", "", "item", lead=(lead,)))
    asker.append(UNIT)
    mine = http.get(f"/api/v1/plans/{plan}/baseline?against=分解下达时").json()
    assert {one["lead"][0] for one in mine["nodes"] if one["lead"]} == {LEADS[0]}
    with pytest.raises(Unknown):
        baseline_actions.compared(house, PUBLIC, plan)
    asker.append(OFFICE)
    listed = valid("baselines", http.get(f"/api/v1/plans/{plan}/baselines").json())
    assert [one["id"] for one in listed] == [made]
    assert http.delete(f"/api/v1/baselines/{made}").status_code == 204
    assert http.get(f"/api/v1/plans/{plan}/baselines").json() == []
    baseline_actions.remove_baseline(house, OFFICE, made, back=True)
    assert len(baseline_actions.baselines_of(house, DESK, plan)) == 1

    assert http.put(f"/api/v1/watched/plan/{plan}").status_code == 204
    assert http.post("/api/v1/watched/read").status_code == 204
    told = valid("watched", http.get("/api/v1/watched").json())
    assert plan in {one["number"] for one in told["watches"]}
    assert http.delete(f"/api/v1/watched/plan/{plan}").status_code == 204
