"""Meetings and requests, from the call to the paper that is handed on."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from fastapi import FastAPI
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator
from tests.boards.conftest import agencies

from haihe.boards.accounts import OPERATOR, PUBLIC, Asker, Grant
from haihe.boards.accounts.actions import asking
from haihe.boards.ledger import Return
from haihe.boards.ledger import actions as ledger
from haihe.boards.office import meeting_actions, request_actions
from haihe.boards.office.meeting_actions import Called, Decided
from haihe.boards.office.meeting_api import router
from haihe.boards.office.request_actions import Asked, Reply
from haihe.boards.office.requests import DEEDS, answered, words_of
from haihe.kit.errors import Conflict, Forbidden, Invalid, NotFound, Unknown
from haihe.store.opening import Store, the_store

FORMATS = Path(__file__).parents[3] / "docs/formats"
NORTH, SOUTH, EAST = "样例北市人民政府", "样例南市人民政府", "样例东市人民政府"
SERIES = "样例月调度会"


def valid(name: str, value: Any) -> Any:
    """The value, which must be as its schema says."""
    schema = json.loads((FORMATS / f"office-{name}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)
    return value


@pytest.fixture
def units(store: Store) -> dict[str, int]:
    """Three units that the registry knows."""
    return agencies(store, NORTH, SOUTH, EAST)


@pytest.fixture
def client(store: Store) -> Callable[[Asker], TestClient]:
    def of(asker: Asker) -> TestClient:
        app = FastAPI()
        app.include_router(router)
        app.dependency_overrides = {the_store: lambda: store, asking: lambda: asker}
        return TestClient(app, headers={"accept-language": "zh"})

    return of


def told(docx: bytes) -> str:
    """Every word of a document."""
    document = Document(BytesIO(docx))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


@pytest.mark.database
def test_the_next_meeting_begins_with_what_came_of_the_last_and_hands_on_its_minutes(
    store: Store, units: dict[str, int], client: Callable[[Asker], TestClient]
) -> None:
    day = meeting_actions.today()
    called = Called(SERIES, "十月调度会", day - timedelta(30), NORTH, (NORTH, SOUTH))
    first = meeting_actions.call_meeting(store, OPERATOR, called)
    topic = meeting_actions.raise_topic(store, OPERATOR, first, "跨市公交", SOUTH)
    kept = meeting_actions.decide(
        store, OPERATOR, topic, Decided("开通夜班", (NORTH,), day - timedelta(5), (SOUTH,))
    )
    late = meeting_actions.decide(store, OPERATOR, first, Decided("统一票价", (SOUTH,), day - timedelta(1)))
    meeting_actions.hold(store, OPERATOR, first, day - timedelta(30))
    given = Return(f"{day:%Y-%m}", day - timedelta(6), 1.0, "夜班已开通")
    ledger.report_on(store, OPERATOR, kept, given)
    second = meeting_actions.call_meeting(store, OPERATOR, Called(SERIES, "十一月调度会"))
    third = meeting_actions.call_meeting(store, OPERATOR, Called(SERIES, "十二月调度会"))

    found = meeting_actions.meeting_at(store, OPERATOR, second, "zh")
    assert found.before == "十月调度会"
    assert {row.id: (row.light, row.note) for row in found.followed} == {
        kept: ("on_track", "夜班已开通"),
        late: ("overdue", ""),
    }
    assert found.older == []
    after = meeting_actions.meeting_at(store, OPERATOR, third, "zh")
    assert after.followed == []
    assert [row.id for row in after.older] == [late]

    office = client(OPERATOR)
    detail = valid("meeting", office.get(f"/api/v1/office/meetings/{first}").json())
    assert [one["title"] for one in detail["topics"][0]["decisions"]] == ["开通夜班"]
    assert (detail["meeting"]["kept"], detail["meeting"]["late"]) == (1, 1)
    minutes = told(office.get(f"/api/v1/office/meetings/{first}/minutes?format=docx").content)
    for words in (
        "会议纪要：十月调度会",
        "议题 1：跨市公交",
        "开通夜班",
        f"{NORTH}；配合：{SOUTH}",
        "统一票价",
    ):
        assert words in minutes
    agenda = office.get(f"/api/v1/office/meetings/{second}/minutes").text
    assert "会议议程：十一月调度会" in agenda
    assert "逾期" in agenda
    with pytest.raises(NotFound):
        meeting_actions.meeting_at(store, OPERATOR, kept, "zh")
    with pytest.raises(NotFound):
        meeting_actions.meeting_at(store, PUBLIC, first, "zh")


@pytest.mark.database
def test_a_request_is_asked_answered_and_ended_by_the_two_sides_and_nobody_else(
    store: Store, units: dict[str, int], client: Callable[[Asker], TestClient]
) -> None:
    north, south, east = (
        Asker(name, (Grant("reporter", units[name]),), number)
        for number, name in enumerate((NORTH, SOUTH, EAST), 1)
    )
    day, register = request_actions.today(), "样例协调事项"
    ledger.begin_register(store, OPERATOR, register, "request")
    asked = Asked(register, "请增开夜班车", "群众返程不便。", NORTH, (SOUTH,), day + timedelta(10))
    with pytest.raises(Forbidden):
        request_actions.ask(store, south, asked)
    with pytest.raises(Invalid):
        request_actions.ask(store, north, Asked(register, "请", "", NORTH, (NORTH,), None))
    node = request_actions.ask(store, north, asked)

    assert request_actions.requests(store, east, "zh") == []
    with pytest.raises(NotFound):
        request_actions.reply(store, east, node, Reply("accept"))
    with pytest.raises(Unknown):
        request_actions.requests(store, PUBLIC, "zh")
    assert request_actions.request_at(store, north, node, "zh").deeds == []
    with pytest.raises(Forbidden):
        request_actions.reply(store, north, node, Reply("answer", "我们自己答复"))
    with pytest.raises(Conflict):
        request_actions.reply(store, north, node, Reply("close"))
    with pytest.raises(Invalid):
        request_actions.reply(store, south, node, Reply("answer", "  "))

    request_actions.reply(store, south, node, Reply("accept"))
    request_actions.reply(store, south, node, Reply("answer", "下月开通", "可提供车辆"))
    seen = request_actions.request_at(store, north, node, "zh")
    assert (seen.answer, seen.answered, seen.deeds) == ("下月开通", "in_time", ["close", "reopen"])
    with pytest.raises(Invalid):
        request_actions.reply(store, north, node, Reply("reopen"))
    request_actions.reply(store, north, node, Reply("reopen", "请给出日期"))
    again = request_actions.request_at(store, south, node, "zh")
    assert (again.stage, again.answered, again.answer) == ("accepted", "open", "")
    request_actions.reply(store, south, node, Reply("answer", "12月1日开通"))
    request_actions.reply(store, north, node, Reply("close"))
    for side in (north, south, OPERATOR):
        (row,) = valid("requests", client(side).get("/api/v1/office/requests").json())
        assert (row["stage"], row["answered"], row["answered_on"]) == ("closed", "in_time", day.isoformat())
    paper = told(client(south).get(f"/api/v1/office/requests/{node}/paper?format=docx").content)
    assert all(words in paper for words in ("请增开夜班车", "12月1日开通", NORTH, SOUTH, "按期答复"))


def test_an_answer_is_late_by_the_day_on_which_it_was_given() -> None:
    due = date(2026, 6, 30)
    assert answered(due, None, date(2026, 6, 30)) == ("open", 0)
    assert answered(due, None, date(2026, 7, 1)) == ("late", -1)
    assert answered(due, date(2026, 6, 30), date(2026, 8, 1)) == ("in_time", 0)
    assert answered(None, None, date(2026, 7, 1)) == ("open", None)
    assert words_of("late", -3, "zh") == "逾期未答复，超期 3 天"
    assert words_of("open", 3, "en") == "waits for an answer, 3 d left"


def test_every_stage_of_a_request_can_be_reached_and_left_by_one_of_the_sides() -> None:
    stages = ledger.offered()["request"].levels["request"].stages
    reached = {"sent", *(stage for _, _, stage in DEEDS.values())}
    assert reached == set(stages)
    left = {stage for _, since, _ in DEEDS.values() for stage in since}
    assert {name for name, stage in stages.items() if not stage.ends} <= left
