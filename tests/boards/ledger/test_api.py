"""Plans over HTTP and at the command line: what a program sends, and what it gets."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator
from openpyxl import load_workbook
from typer.testing import CliRunner

from haihe.boards.accounts import OPERATOR, PUBLIC, Asker
from haihe.boards.accounts.actions import asking
from haihe.boards.ledger.api import router
from haihe.boards.ledger.cli import plan as command
from haihe.boards.reader import actions as reader
from haihe.kit.errors import Invalid, NotFound, Unknown
from haihe.store.opening import Store, the_store

pytestmark = pytest.mark.database

FORMATS = Path(__file__).parents[3] / "docs/formats"
TEXT = """任务如下:
一是编制产业链图谱12份。（责任单位：样例市工信局；完成时限：2026年6月底前）
二是共建中试平台。
"""
REVIEW = "review=true&on=2026-07-01"


def valid(name: str, value: Any) -> Any:
    """The value, which must be as its schema says."""
    schema = json.loads((FORMATS / f"ledger-{name}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)
    return value


@pytest.fixture
def asker() -> list[Asker]:
    """Who asks, the last one counts."""
    return [OPERATOR]


@pytest.fixture
def client(store: Store, asker: list[Asker]) -> Iterator[TestClient]:
    app = FastAPI()
    app.include_router(router)
    app.dependency_overrides |= {the_store: lambda: store, asking: lambda: asker[-1]}
    with TestClient(app, headers={"accept-language": "en"}) as client:
        yield client


@pytest.fixture
def plan(client: TestClient, store: Store) -> str:
    """The address of a plan of three drafts."""
    document = reader.read_document(store, OPERATOR, TEXT.encode(), "plan.txt").id
    answer = client.post("/api/v1/plans", json={"name": "样例计划", "document": document})
    assert answer.status_code == 201
    assert answer.json()["added"] == 3
    assert [each["name"] for each in client.get(f"/api/v1/documents/{document}/plans").json()] == ["样例计划"]
    return f"/api/v1/plans/{answer.json()['plan']}"


def test_a_plan_goes_from_draft_to_report(client: TestClient, plan: str, asker: list[Asker]) -> None:
    rows = client.get(f"{plan}/nodes?{REVIEW}").json()["rows"]
    assert [(row["place"], row["state"]) for row in rows] == [
        ("1", "draft"),
        ("1.1", "draft"),
        ("1.2", "draft"),
    ]
    assert client.get(f"{plan}/nodes").json()["rows"] == []
    item, other = (f"/api/v1/nodes/{row['id']}" for row in rows[1:])
    assert client.post(f"{plan}/reject", json={"nodes": [rows[2]["id"]]}).json() == {"changed": 1}
    assert client.post(f"{plan}/accept", json={"nodes": None}).json() == {"changed": 2}
    assert valid("detail", client.post(f"{other}/undo").json())["node"]["state"] == "draft"
    edit = {
        "title": "编制五条图谱",
        "text": "编制",
        "kind": "task",
        "due_on": "2026-06-30",
        "lead": ["样例市工信局"],
    }
    changed = valid("detail", client.post(f"{item}/edit", json=edit).json())
    assert (changed["node"]["title"], changed["node"]["lead"]) == ("编制五条图谱", ["样例市工信局"])
    assert client.post(f"{plan}/publish", json={}).json()["published_at"]
    given = {"period": "2026-06", "reported_on": "2026-06-20", "progress": 0.5, "note": "过半"}
    answer = client.post(f"{item}/report", json=given)
    assert answer.status_code == 201
    assert valid("report", answer.json())["progress"] == 0.5
    asker.append(PUBLIC)
    shown = valid("detail", client.get(f"{item}?on=2026-07-01").json())
    assert (shown["node"]["light"], shown["node"]["progress"], len(shown["reports"])) == ("overdue", 0.5, 1)
    assert shown["node"]["reason"] == "It was due on 2026-06-30 (1 d ago), and 50% is reported."
    chinese = client.get(f"{item}?on=2026-07-01", headers={"accept-language": "zh"}).json()
    assert chinese["node"]["reason"] == "时限为 2026-06-30，已逾期 1 天，报送进度 50%。"
    with pytest.raises(NotFound):
        client.get(other)


def test_lists_answer_by_page_and_as_files(client: TestClient, plan: str) -> None:
    client.post(f"{plan}/accept", json={})
    first = client.get(f"{plan}/nodes?limit=2&on=2026-07-01").json()
    second = client.get(f"{plan}/nodes?limit=2&on=2026-07-01&cursor={first['next']}").json()
    rows = [valid("node", row) for row in first["rows"] + second["rows"]]
    assert [row["place"] for row in rows] == ["1", "1.1", "1.2"]
    assert second["next"] is None
    table = list(
        csv.DictReader(io.StringIO(client.get(f"{plan}/nodes?format=csv").content.decode("utf-8-sig")))
    )
    assert [row["title"] for row in table] == [row["title"] for row in rows]
    assert table[1]["lead"] == "样例市工信局"
    book = load_workbook(io.BytesIO(client.get(f"{plan}/nodes?format=xlsx").content))
    assert [row[0] for row in book.active.iter_rows(min_row=2, values_only=True)] == [
        row["id"] for row in rows
    ]
    late = client.get(f"{plan}/nodes?light=overdue&on=2026-07-01").json()["rows"]
    assert {row["place"] for row in late} == {"1", "1.1"}
    assert valid("plan", client.get("/api/v1/plans").json()["rows"][0])["accepted"] == 3
    assert client.get("/api/v1/plans?format=csv").content.decode("utf-8-sig").splitlines()[1].startswith("1,")
    with pytest.raises(Invalid, match="cursor"):
        client.get(f"{plan}/nodes?cursor=x")


def test_the_overview_counts_by_theme_unit_and_place(client: TestClient, plan: str) -> None:
    client.post(f"{plan}/accept", json={})
    assert client.get("/api/v1/ledger?on=0001-01-02").status_code == 422
    shown = valid("overview", client.get("/api/v1/ledger?on=2026-07-01").json())
    assert (shown["plans"], shown["promises"], shown["lights"]) == (1, 2, {"overdue": 1, "unknown": 1})
    assert shown["units"] == [
        {"name": "样例市工信局", "entity": None, "lead": {"overdue": 1}, "cooperating": {}}
    ]
    overdue = client.get("/api/v1/ledger/late?on=2026-07-01").json()
    assert [valid("node", row)["place"] for row in overdue] == ["1.1"]
    assert {theme["id"] for frame in client.get("/api/v1/frames").json() for theme in frame["themes"]}


def test_every_figure_has_its_source(client: TestClient, plan: str) -> None:
    found = client.get(f"{plan}/figures").json()
    assert [number["quote"] for numbers in found.values() for number in numbers] == ["12份"]
    assert all(len(number["source_id"]) == 24 for numbers in found.values() for number in numbers)


def test_the_public_may_not_draft(client: TestClient, asker: list[Asker]) -> None:
    asker.append(PUBLIC)
    with pytest.raises(Unknown):
        client.post("/api/v1/plans", json={"name": "x", "document": 1})


def run(*words: str) -> str:
    answer = CliRunner().invoke(command, list(words), catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    return answer.output


@pytest.mark.usefixtures("plan")
def test_the_command_lists_shows_and_exports(tmp_path: Path) -> None:
    listed = [valid("plan", json.loads(line)) for line in run("list", "--json").splitlines()]
    assert [each["name"] for each in listed] == ["样例计划"]
    assert run("list").split("\t")[1] == "样例计划"
    assert run("show", "样例计划") == ""
    shown = run("show", "样例计划", "--review", "--json", "--on", "2026-07-01").splitlines()
    assert [valid("node", json.loads(line))["kind"] for line in shown] == ["aspect", "task", "task"]
    assert run("show", "样例计划", "--review").splitlines()[1].startswith("1.1\ttask\t编制产业链图谱")
    for form in ("csv", "xlsx"):
        run("export", "样例计划", str(tmp_path / f"plan.{form}"), "--format", form, "--review")
    assert (
        (tmp_path / "plan.csv").read_text("utf-8-sig").splitlines()[0].startswith("id,plan,parent,place,kind")
    )
    rows = list(load_workbook(tmp_path / "plan.xlsx").active.iter_rows(values_only=True))
    assert [row[0] for row in rows] == ["样例计划", "编号"], "drafts are no part of the register"
    with pytest.raises(NotFound, match="别的计划"):
        run("show", "别的计划")


@pytest.mark.usefixtures("store")
def test_the_sample_plan_goes_in_and_out_at_the_command_line(tmp_path: Path) -> None:
    made, back = tmp_path / "sample.xlsx", tmp_path / "back.xlsx"
    run("sample", str(made), "--seed", "1")
    tried = valid("taken", json.loads(run("import", str(made), "--name", "模拟", "--dry-run", "--json")))
    assert (tried["plan"], tried["counts"]["new"], tried["rejects"]) == (None, 1369, [])
    with pytest.raises(NotFound):
        run("show", "模拟")
    done = valid("taken", json.loads(run("import", str(made), "--name", "模拟", "--json")))
    assert done["counts"] == {"new": 1369, "changed": 0, "same": 0, "left": 0}
    again = json.loads(run("import", str(made), "--name", "模拟", "--json"))
    assert again["counts"] == {"new": 0, "changed": 0, "same": 1369, "left": 0}
    run("export", "模拟", str(back))
    cells = [
        [[cell.value for cell in row] for page in load_workbook(file).worksheets for row in page.rows]
        for file in (made, back)
    ]
    assert cells[0][1:] == cells[1][1:]
    assert "模拟数据" in str(cells[1][0][0])
    assert json.loads(run("list", "--json"))["tier"] == "sample"


def test_a_register_is_begun_filled_and_moved_over_http(client: TestClient) -> None:
    plan = valid("plan", client.post("/api/v1/registers", json={"name": "协调", "kind": "request"}).json())
    node = {"title": "请支持", "text": "", "kind": "request", "values": {"asked_by": "样例一区"}}
    added = valid("detail", client.post(f"/api/v1/plans/{plan['id']}/nodes", json=node).json())["node"]
    assert (added["stage"], added["values"]) == ("sent", {"asked_by": "样例一区"})
    step = {"stage": "answered", "values": {"answer": "同意"}}
    moved = valid("detail", client.post(f"/api/v1/nodes/{added['id']}/move", json=step).json())
    assert moved["node"]["stage"] == "answered"
    found = client.get(f"/api/v1/plans/{plan['id']}/nodes?stage=answered").json()["rows"]
    assert [row["id"] for row in found] == [added["id"]]
    with pytest.raises(Invalid):
        client.post(f"/api/v1/nodes/{added['id']}/move", json={"stage": "nowhere"})
    kinds = {kind["name"] for kind in client.get("/api/v1/kinds").json()}
    assert "request" in kinds
    assert "visit" not in kinds
    book = client.get("/api/v1/kinds/request/template")
    assert load_workbook(io.BytesIO(book.content)).active["A1"].value == "Request"


def test_a_workbook_is_handed_in_over_http(client: TestClient) -> None:
    plan = client.post("/api/v1/registers", json={"name": "协调", "kind": "request"}).json()["id"]
    node = {"title": "=1+1", "text": "", "kind": "request", "values": {"asked_by": "样例一区"}}
    client.post(f"/api/v1/plans/{plan}/nodes", json=node)
    content = client.get(f"/api/v1/plans/{plan}/workbook").content
    sent = {"file": ("x.xlsx", content)}
    answer = client.post("/api/v1/registers/workbook", files=sent, data={"name": "另一份", "kind": "request"})
    taken = valid("taken", answer.json())
    assert taken["counts"]["new"] == 1
    assert client.get(f"/api/v1/plans/{taken['plan']}/nodes").json()["rows"][0]["title"] == "=1+1"
