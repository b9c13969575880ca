"""The ways of looking at registers over HTTP: one plan walked through all of them, for everybody who may."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from icalendar import Calendar
from jsonschema import Draft202012Validator
from openpyxl import load_workbook
from referencing import Registry, Resource

from haihe.boards.accounts import OPERATOR, PUBLIC, Asker, Grant
from haihe.boards.accounts.actions import asking
from haihe.boards.ledger import (
    Edit,
    Return,
    actions,
    calendar_api,
    desk_actions,
    desk_api,
    interchange_api,
    interchange_cli,
    scorecard_api,
    timeline_api,
    unit_actions,
)
from haihe.boards.ledger.units import Unit, has_part
from haihe.kit.errors import HaiheError, Invalid, NotFound
from haihe.store.opening import Store, the_store

pytestmark = pytest.mark.database

FORMATS = Path(__file__).parents[3] / "docs/formats"
TODAY = actions.today()
VIEWER = Asker("viewer", (Grant("viewer"),), 1)
LEAD = "样例市科技局"


def valid(name: str, value: Any) -> Any:
    """The value, which must be as its schema says."""
    schemas = [json.loads(file.read_text("utf-8")) for file in FORMATS.glob("ledger-*.json")]
    held = Registry().with_resources((one["$id"], Resource.from_contents(one)) for one in schemas)
    schema = next(one for one in schemas if one["$id"].endswith(f"/ledger-{name}.schema.json"))
    Draft202012Validator(schema, registry=held).validate(value)
    return value


@pytest.fixture
def asker() -> list[Asker]:
    """Who asks, the last one counts."""
    return [OPERATOR]


@pytest.fixture
def client(store: Store, asker: list[Asker]) -> Iterator[TestClient]:
    app = FastAPI()
    for door in (timeline_api, calendar_api, scorecard_api, desk_api, interchange_api):
        app.include_router(door.router)
    app.dependency_overrides |= {the_store: lambda: store, asking: lambda: asker[-1]}
    with TestClient(app, headers={"accept-language": "en"}) as client:
        yield client


@pytest.fixture
def plan(store: Store) -> int:
    """A plan with an aspect, a task, a project and three items, two of them reported on."""
    made = actions.begin_register(store, OPERATOR, "样例计划", "plan")

    def add(under: int | None, kind: str, title: str, days: int | None = None, **more: Any) -> int:
        due_on = TODAY + timedelta(days=days) if days is not None else None
        edit = Edit(title, "", kind, due_on=due_on, weight=1, **more)
        return actions.add_node(store, OPERATOR, made, under, edit)

    task = add(add(None, "aspect", "推进协同"), "task", "落实任务")
    lead = {"lead": (LEAD,)}
    add(task, "project", "样例二期项目", 90, values={"investment_fen": 10**11}, **lead)
    late = add(task, "item", "已逾期", -3, **lead)
    near = add(task, "item", "共同牵头", 20, lead=(LEAD, "样例一区政府"))
    add(task, "item", "别家的", 200, lead=("样例一区政府",), cooperating=(LEAD,))
    last = TODAY.replace(day=1) - timedelta(days=1)
    for node, days in ((late, 10), (near, 40)):
        forecast = TODAY + timedelta(days=days)
        actions.report_on(store, OPERATOR, node, Return(f"{last:%Y-%m}", last, 0.4, "", forecast))
    return made


def test_a_plan_is_looked_at_in_every_way(client: TestClient, plan: int, asker: list[Asker]) -> None:
    base = f"/api/v1/plans/{plan}"
    rows = valid("timeline", client.get(f"{base}/timeline").json())
    assert {row["title"]: row["slip_days"] for row in rows} == {
        "样例二期项目": None, "已逾期": 13, "共同牵头": 20, "别家的": None,
    }  # fmt: skip
    asked = client.get(f"{base}/timeline?light=overdue&format=csv&unit={LEAD}").content.decode("utf-8-sig")
    assert [row["title"] for row in csv.DictReader(io.StringIO(asked))] == ["已逾期"]

    due = TODAY - timedelta(days=3)
    month = valid("calendar", client.get(f"{base}/calendar?month={due:%Y-%m}").json())
    assert {"day": f"{due}", "what": "due", "title": "已逾期"}.items() <= next(
        row for row in month if row["title"] == "已逾期" and row["what"] == "due"
    ).items()
    book = load_workbook(io.BytesIO(client.get(f"{base}/calendar?format=xlsx").content))
    assert book.worksheets[0].cell(1, 2).value == "day"

    scores = valid("scorecards", client.get(f"/api/v1/scorecards?plan={plan}").json())
    mine = next(row for row in scores if row["label"] == LEAD)
    assert (mine["promises"], mine["on_time"], mine["on_time_of"]) == (3, 0, 1)
    assert (mine["reported"], mine["reported_of"], mine["slip_days_mean"]) == (0, 3, 16.5)
    assert mine["change_year"] is None
    query = f"plan={plan}&key={mine['key']}&measure=forecast"
    counted = client.get(f"/api/v1/scorecards/rows?{query}").json()
    assert {row["title"] for row in counted} == {"已逾期", "共同牵头"}
    assert not client.get(f"/api/v1/scorecards?plan={plan}&by=jurisdiction").json()

    tree = valid("tree", client.get(f"{base}/tree.json").json())
    assert [node["kind"] for node in tree["nodes"]] == ["aspect", "task", "project", "item", "item", "item"]
    package = valid("oc4ids", client.get(f"{base}/oc4ids.json").json())
    assert [each["title"] for each in package["projects"]] == ["样例二期项目"]
    for path in ("timeline", "calendar", "calendar.ics", "tree.json", "oc4ids.json"):
        asker.append(PUBLIC)
        with pytest.raises(NotFound):
            client.get(f"{base}/{path}")
        asker.append(OPERATOR)


def test_a_public_plan_has_a_public_feed(
    client: TestClient, store: Store, plan: int, asker: list[Asker]
) -> None:
    feeds = (f"/api/v1/plans/{plan}/calendar.ics", f"/api/v1/units/{LEAD}/calendar.ics")
    asker.append(PUBLIC)
    for feed in feeds:
        with pytest.raises(HaiheError):
            client.get(feed)
    actions.publish(store, OPERATOR, plan)
    for feed, count in zip(feeds, (4, 4), strict=True):
        answer = client.get(feed)
        assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
        assert len(Calendar.from_ical(answer.content).walk("VTODO")) == count


def test_a_unit_sees_its_part_and_only_what_waits_for_it(client: TestClient, store: Store, plan: int) -> None:
    unit = unit_actions.unit_at(store, VIEWER, LEAD)
    found = unit_actions.promises_of(store, VIEWER, [unit], TODAY)
    whole = actions.promises_of(store, VIEWER, plan, TODAY)
    assert found == [one for one in whole if has_part(one.node, [unit])]
    assert len(client.get(f"/api/v1/units/{LEAD}/promises").json()["rows"]) == 4
    work = client.get(f"/api/v1/my-work?unit={LEAD}").json()["rows"]
    assert [row["title"] for row in work] == ["已逾期", "共同牵头", "样例二期项目"]
    given = Return(desk_actions.period_now(), TODAY, 1.0, "办结。")
    actions.report_on(store, OPERATOR, work[0]["id"], given)
    work = desk_actions.work(store, OPERATOR, [unit], desk_actions.period_now())
    assert [one.node.title for one in work.waiting] == ["共同牵头", "样例二期项目"]
    assert [one.node.title for one in work.reported] == ["已逾期"]
    with pytest.raises(Invalid):
        desk_actions.work(store, OPERATOR, [unit], "2026-13")
    with pytest.raises(NotFound):
        unit_actions.unit_at(store, PUBLIC, LEAD)
    assert unit_actions.promises_of(store, PUBLIC, [Unit(LEAD)], TODAY) == []


def test_a_unit_keeps_what_stands_under_and_over_its_promises(store: Store, plan: int) -> None:
    """A promise with others under it stands as in its plan, though only it names the unit."""
    (task,) = (one.node for one in actions.tree_of(store, OPERATOR, plan, TODAY) if one.node.kind == "task")
    edit = Edit(task.title, "", "task", due_on=date(2030, 1, 1), lead=("样例办公室",))
    actions.edit_node(store, OPERATOR, task.id, edit)
    unit = Unit("样例办公室")
    (found,) = unit_actions.promises_of(store, OPERATOR, [unit], TODAY)
    whole = {one.node.id: one for one in actions.tree_of(store, OPERATOR, plan, TODAY)}
    assert found == whole[task.id]
    assert found.progress is not None
    actions.reject(store, OPERATOR, plan, [task.parent or 0])
    assert unit_actions.promises_of(store, OPERATOR, [unit], TODAY) == []


def test_the_command_line_writes_both_forms(store: Store, plan: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interchange_cli, "the_store", lambda: store)
    assert len(valid("tree", json.loads(interchange_cli.content_of("样例计划", "json")))["nodes"]) == 6
    assert len(valid("oc4ids", json.loads(interchange_cli.content_of("样例计划", "oc4ids")))["projects"]) == 1
