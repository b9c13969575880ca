"""The cycle over HTTP and at the command line: what a program sends, and what it gets."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from haihe.boards.accounts import OPERATOR, PUBLIC, Asker
from haihe.boards.accounts.actions import asking
from haihe.boards.ledger import Share
from haihe.boards.ledger import actions as ledger
from haihe.boards.office.api import router
from haihe.boards.office.cli import office as command
from haihe.boards.office.records import LABELS
from haihe.kit.errors import Conflict, NotFound
from haihe.store.opening import Store, the_store

pytestmark = pytest.mark.database

FORMATS = Path(__file__).parents[3] / "docs/formats"
PERIOD = f"{ledger.today():%Y-%m}"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
COLUMN = {name: place for place, name in enumerate(LABELS, 1)}


def valid(name: str, value: Any) -> Any:
    """The value, which must be as its schema says."""
    schema = json.loads((FORMATS / f"office-{name}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)
    return value


def filled(content: bytes, **entries: object) -> bytes:
    book = load_workbook(io.BytesIO(content))
    for name, value in entries.items():
        book.worksheets[0].cell(6, COLUMN[name]).value = value
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


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
def plan(plan_of: Callable[..., int]) -> int:
    return plan_of([Share("样例市科技局", "lead")], [Share("样例市商务局", "lead")], [Share("各区", "lead")])


def test_the_cycle_goes_from_zip_to_reports(client: TestClient, plan: int, asker: list[Asker]) -> None:
    address = f"/api/v1/office/plans/{plan}"
    dry = valid("dispatch", client.post(f"{address}/dispatch?period={PERIOD}&dry_run=true").json())
    assert [(unit["unit"], unit["items"]) for unit in dry["units"]] == [
        ("样例市科技局", 1),
        ("样例市商务局", 1),
    ]
    assert dry["orphans"][0]["name"] == "各区"
    answer = client.post(f"{address}/dispatch?period={PERIOD}&return_by=2026-12-05")
    assert "filename*=UTF-8''" in answer.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert list(files) == [unit["file"] for unit in dry["units"]]
    state = valid("cycle", client.get(f"{address}?period={PERIOD}").json())
    assert (state["items"], state["reported"], state["states"]["missing"]) == (2, 0, 2)
    workbook = client.get(f"/api/v1/office/workbooks/{state['units'][0]['workbook']}")
    assert workbook.content == files[f"样例市科技局-样例计划-{PERIOD}.xlsx"]
    sent = [
        ("file", (name, filled(content, progress=0.4, due="2030"), XLSX)) for name, content in files.items()
    ]
    shown = valid("merge", client.post("/api/v1/office/collect", files=sent).json())
    assert (shown["reports"], shown["outcomes"]) == (2, {"conflict": 0, "apply": 2, "reject": 2})
    assert shown["differences"][0]["reason"].startswith("The cell is locked")
    table = client.post("/api/v1/office/collect", files=sent, data={"format": "csv"}).content.decode(
        "utf-8-sig"
    )
    assert next(csv.reader(io.StringIO(table)))[:2] == ["What becomes of it", "Returned by"]
    done = client.post("/api/v1/office/collect", files=sent, data={"confirm": shown["digest"]}).json()
    assert (valid("merge", done)["applied"], done["reports"]) == (True, 2)
    with pytest.raises(Conflict):
        client.post("/api/v1/office/collect", files=sent, data={"confirm": shown["digest"]})
    rows = list(
        csv.DictReader(
            io.StringIO(client.get(f"{address}?period={PERIOD}&format=csv").content.decode("utf-8-sig"))
        )
    )
    assert [(row["Handed to"], row["Return"]) for row in rows] == [
        ("样例市科技局", "all returned"),
        ("样例市商务局", "all returned"),
    ]
    asker.append(PUBLIC)
    with pytest.raises(NotFound):
        client.get(f"{address}?period={PERIOD}")


def test_a_conflict_is_settled_by_handing_its_choice_back(client: TestClient, plan: int) -> None:
    answer = client.post(f"/api/v1/office/plans/{plan}/dispatch?period={PERIOD}")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        content = archive.read(archive.namelist()[0])
    sent = [
        ("file", (name, filled(content, note=words), XLSX))
        for name, words in (("a.xlsx", "甲"), ("b.xlsx", "乙"))
    ]
    shown = client.post("/api/v1/office/collect", files=sent).json()
    assert (shown["reports"], shown["outcomes"]["conflict"]) == (0, 2)
    wanted = {"choice": [one["choice"] for one in shown["differences"] if one["becomes"] == "乙"]}
    chosen = client.post("/api/v1/office/collect", files=sent, data=wanted).json()
    outcomes = {one["becomes"]: one["outcome"] for one in chosen["differences"]}
    assert outcomes == {"乙": "apply", "甲": "reject"}


def run(*words: str, **options: Any) -> Result:
    answer = CliRunner().invoke(
        command, list(words), catch_exceptions=False, env={"LC_ALL": "zh_CN.UTF-8"}, **options
    )
    assert answer.exit_code == 0, answer.output
    return answer


def test_the_commands_hand_out_collect_and_remind(store: Store, plan: int, tmp_path: Path) -> None:
    folder = str(tmp_path / "out")
    dry = valid(
        "dispatch",
        json.loads(run("dispatch", "样例计划", folder, "--period", PERIOD, "--dry-run", "--json").stdout),
    )
    assert dry["dry_run"]
    assert not Path(folder).exists()
    said = run("dispatch", "样例计划", folder, "--period", PERIOD, "--by", "2026-12-05")
    assert "无处下发：各区，1 项" in said.stderr
    assert sorted(file.name for file in Path(folder).iterdir()) == sorted(
        unit["file"] for unit in dry["units"]
    )
    reminded = run("remind", "样例计划", "--period", PERIOD).stdout
    assert "样例市科技局：贵单位承担的《样例计划》1 项任务中" in reminded
    returned = tmp_path / "back" / "科技局发来"
    returned.mkdir(parents=True)
    file = Path(folder, dry["units"][0]["file"])
    (returned / "终稿.xlsx").write_bytes(filled(file.read_bytes(), progress=0.4))
    (returned / "~$终稿.xlsx").write_bytes(b"")
    (returned / "说明.txt").write_bytes("见附件".encode())
    back = str(tmp_path / "back")
    shown = valid("merge", json.loads(run("collect", back, "--dry-run", "--json").stdout))
    assert (shown["reports"], shown["applied"], shown["missing"]) == (1, False, ["样例市商务局"])
    assert {each["name"]: each["outcome"] for each in shown["files"]} == {
        "科技局发来/终稿.xlsx": "read",
        "科技局发来/说明.txt": "refused",
    }
    refused = run("collect", back, input="n\n")
    assert "apply\t样例市科技局\t推进第1件实事\tprogress\t\t40%" in refused.stdout
    assert "科技局发来/说明.txt 不是工作簿" in refused.stderr
    assert ledger.reports_in(store, OPERATOR, plan, PERIOD) == {}
    assert "已报送 1 项" in run("collect", back, "--yes", "--plan", "样例计划", "--period", PERIOD).stderr
    state = valid("cycle", json.loads(run("remind", "样例计划", "--period", PERIOD, "--json").stdout))
    assert (state["reported"], state["states"]["complete"]) == (1, 1)
    assert json.loads(run("collect", back, "--yes", "--json").stdout)["unchanged"] == 1
