"""A table that somebody else made: mapped, taken up, brought up to date, reported on, taken back."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi import FastAPI
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator
from openpyxl import Workbook
from typer.testing import CliRunner

from haihe.boards.accounts import OPERATOR, PUBLIC
from haihe.boards.accounts.actions import asking
from haihe.boards.ledger import Return
from haihe.boards.ledger import actions as ledger
from haihe.boards.office import mapping_actions, preview_actions, sheet_intake
from haihe.boards.office.mapping_api import router
from haihe.boards.office.mapping_cli import tables as commands
from haihe.boards.office.preview_actions import Upload
from haihe.boards.office.sheet_intake import tables_in
from haihe.kit.errors import Conflict, HaiheError, Invalid, Unknown
from haihe.store.opening import Store, the_store

pytestmark = pytest.mark.database

FORMATS = Path(__file__).parents[3] / "docs/formats"
PERIOD = f"{ledger.today():%Y-%m}"
HEAD = [
    "序号",
    "方面",
    "重点项目",
    "总投资（亿元）",
    "责任单位",
    "完成时限",
    "3月进展情况",
    "完成进度",
    "备注",
]
ROWS: list[list[Any]] = [
    [
        1,
        "科技创新",
        "建设氢能产业园",
        1.2,
        "牵头：市科技局；配合：武清区政府",
        "2026年6月底前",
        "已开工",
        0.4,
        None,
    ],
    [2, None, "建设联合实验室", "3000万元", "市教委", "2026.12", "主体完工", 0.6, "见附件"],
    ["小计", None, None, 1.6, None, None, None, None, None],
    [3, "交通", "推进市域铁路", "/", "市交通运输委、宝坻区政府", "长期", "前期工作", 0.05, None],
]
"""A monthly table whose first subtotal says 0.1 too much."""


def workbook(rows: Sequence[Sequence[Any]], title: str = "武清区2026年重点项目调度表") -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([title])
    sheet.merge_cells("A1:I1")
    for row in rows:
        sheet.append(list(row))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def valid(name: str, value: Any) -> Any:
    """The value, which must be as its schema says."""
    schema = json.loads((FORMATS / f"office-{name}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)
    return value


def titles(store: Store, name: str) -> dict[str, Any]:
    plan = ledger.plan_at(store, OPERATOR, name)
    return {one.node.title: one.node for one in ledger.tree_of(store, OPERATOR, plan.id, ledger.today())}


def test_a_table_becomes_a_plan_is_kept_up_to_date_and_taken_back(store: Store) -> None:
    first = Upload("调度表.xlsx", workbook([HEAD, *ROWS]), "重点项目")
    found = preview_actions.preview(store, OPERATOR, first)
    row = preview_actions.row_of(found, "en")
    assert row.counts == {"new": 5, "changed": 0, "same": 0, "left": 0}
    assert [one.words for one in row.shapes[0].sums_wrong] == [
        "The sum in row 5 (总投资（亿元）) is 0.1 more than its rows, which come to 1.5."
    ]
    with pytest.raises(Conflict):
        mapping_actions.take_up(store, OPERATOR, first, "another digest")
    done = mapping_actions.take_up(store, OPERATOR, first, found.digest)
    held = titles(store, "重点项目")
    assert {title: (node.kind, node.path) for title, node in held.items()} == {
        "科技创新": ("aspect", (1,)),
        "建设氢能产业园": ("project", (1, 1)),
        "建设联合实验室": ("project", (1, 2)),
        "交通": ("aspect", (2,)),
        "推进市域铁路": ("project", (2, 1)),
    }
    hydrogen = held["建设氢能产业园"]
    assert (hydrogen.named("lead"), hydrogen.named("cooperating")) == (("市科技局",), ("武清区政府",))
    assert (hydrogen.due_on, hydrogen.due_words) == (date(2026, 6, 30), "2026年6月底前")
    assert hydrogen.values["investment_fen"] == 12_000 * 1_000_000
    assert held["建设联合实验室"].values["investment_fen"] == 3_000 * 1_000_000
    assert (held["推进市域铁路"].due_on, held["推进市域铁路"].due_words) == (None, "长期")
    assert (
        mapping_actions.take_up(
            store, OPERATOR, first, preview_actions.preview(store, OPERATOR, first).digest
        ).uptake
        is None
    )

    fresh = [4, "科技创新", "建设算力中心", 2, "市数据局", "2026-12-31", "已签约", 0.1, None]
    later = [
        ["建设联合实验室改期" if cell == "x" else cell for cell in line] for line in (ROWS[0], fresh, ROWS[1])
    ]
    later[0][5], head = (
        "2026年9月底前",
        ["4月进展情况" if words.startswith("3月") else words for words in HEAD],
    )
    second = Upload("四月.xlsx", workbook([head, *later]), "重点项目", period=PERIOD)
    again = preview_actions.preview(store, OPERATOR, second)
    row = preview_actions.row_of(again, "en")
    assert {one.reason for one in row.shapes[0].columns} == {"As it was for the last table of this shape."}
    assert [(one.title, one.effect, one.number) for one in row.changes if one.effect != "left"] == [
        ("建设氢能产业园", "changed", "1.1"),
        ("建设算力中心", "new", "1.3"),
    ]
    assert (row.reported, row.reports) == (3, 2)
    taken = mapping_actions.take_up(store, OPERATOR, second, again.digest)
    assert taken.preview.merge
    assert len(taken.preview.merge.reports) == 3
    reports = ledger.reports_in(store, OPERATOR, taken.plan, PERIOD)
    assert sorted(report.progress or 0 for (report,) in reports.values()) == [0.1, 0.4, 0.6]
    assert {report.note for (report,) in reports.values()} == {"已开工", "主体完工", "已签约"}
    assert done.uptake is not None
    with pytest.raises(Conflict, match="建设氢能产业园"):
        mapping_actions.take_back(store, OPERATOR, done.uptake)


def test_what_was_taken_up_is_taken_back_until_somebody_reports_on_it(store: Store) -> None:
    third = Upload("另一份.xlsx", workbook([HEAD, *ROWS]), "另一份计划")
    other = mapping_actions.take_up(
        store, OPERATOR, third, preview_actions.preview(store, OPERATOR, third).digest
    )
    assert other.uptake is not None
    mapping_actions.take_back(store, OPERATOR, other.uptake)
    assert titles(store, "另一份计划") == {}
    with pytest.raises(Conflict):
        mapping_actions.take_back(store, OPERATOR, other.uptake)
    back = mapping_actions.take_up(
        store, OPERATOR, third, preview_actions.preview(store, OPERATOR, third).digest
    )
    assert len(titles(store, "另一份计划")) == 5
    node = titles(store, "另一份计划")["推进市域铁路"].id
    ledger.report_on(store, OPERATOR, node, Return(PERIOD, ledger.today(), 0.5))
    assert back.uptake is not None
    with pytest.raises(Conflict, match="推进市域铁路"):
        mapping_actions.take_back(store, OPERATOR, back.uptake)
    with pytest.raises(Unknown):
        preview_actions.preview(store, PUBLIC, third)


def bad(kind: str) -> bytes:
    """A file that cannot be taken up."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    if kind == "no header":
        for row in (["推进协同", "市科技局", 3], ["建设平台", "市教委", 4]):
            sheet.append(row)
    elif kind == "too long":
        sheet.append(["任务", "责任单位", "完成时限"])
        for number in range(50):
            sheet.append([f"任务{number}", "市科技局", "2026年"])
    elif kind == "macros":
        sheet.append(["任务", "责任单位"])
    content = io.BytesIO()
    book.save(content)
    if kind == "macros":
        with zipfile.ZipFile(content, "a") as archive:
            archive.writestr("xl/vbaProject.bin", b"")
    if kind == "password":
        return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    return content.getvalue() if kind != "damaged" else content.getvalue()[:400]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("no header", "no table whose header"),
        ("too long", "more than 50 rows"),
        ("macros", "macros"),
        ("password", "password"),
        ("damaged", "damaged"),
    ],
)
def test_a_file_that_cannot_be_mapped_is_refused_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, kind: str, words: str
) -> None:
    monkeypatch.setattr(sheet_intake, "ROWS_MAX", 50)
    with pytest.raises(Invalid, match=words) as refused:
        tables_in(bad(kind), "表.xlsx")
    assert "handed out" not in refused.value.advice


def test_cells_that_cannot_be_read_keep_their_rows_back_with_their_address(store: Store) -> None:
    rows: list[list[Any]] = [
        ["建设甲项目", "市科技局", "2026.6", 10],
        ["建设乙项目", "市教委", 2026.1, 10],
        ["建设丙项目", "市教委", "2026年13月", 10],
        ["建设丁项目", "市教委", "2026年6月", "300万美元"],
        ["建设戊项目", "='[其他.xlsx]Sheet1'!A1", "2026年6月", 5],
    ]
    found = preview_actions.preview(
        store,
        OPERATOR,
        Upload("表.xlsx", workbook([["项目名称", "责任单位", "完成时限", "总投资（万元）"], *rows]), "甲"),
    )
    told = {one.column: one.value for one in found.rejects}
    assert told == {
        "Sheet!C4": "2026.1",
        "Sheet!C5": "2026年13月",
        "Sheet!D6": "300万美元",
        "Sheet!B7": "='[其他.xlsx]Sheet1'!A1",
    }
    assert [one.line.title for one in found.changes.changes if one.effect == "new"][1:] == ["建设甲项目"]
    with pytest.raises(HaiheError, match="甲"):
        ledger.plan_at(store, OPERATOR, "甲")


@pytest.fixture
def client(store: Store) -> Iterator[TestClient]:
    app = FastAPI()
    app.include_router(router)
    app.dependency_overrides |= {the_store: lambda: store, asking: lambda: OPERATOR}
    with TestClient(app, headers={"accept-language": "en"}) as client:
        yield client


def test_a_program_sees_confirms_and_takes_back(client: TestClient) -> None:
    address = "/api/v1/office/tables"
    sent = {"file": ("调度表.xlsx", workbook([HEAD, *ROWS]))}
    shown = valid("table", client.post(address, files=sent, data={"into": "重点项目"}).json())
    assert (shown["counts"]["new"], shown["applied"]) == (5, False)
    columns = [{"heading": one["heading"], "target": one["target"]} for one in shown["shapes"][0]["columns"]]
    columns[3] |= {"target": "ignore"}
    mapping = {"format": 1, "kind": "plan", "tables": [{"shape": "", "columns": columns}]}
    data = {"into": "重点项目", "mapping": json.dumps(valid("mapping", mapping))}
    other = client.post(address, files=sent, data=data).json()
    assert other["digest"] != shown["digest"]
    done = valid("table", client.post(address, files=sent, data={**data, "confirm": other["digest"]}).json())
    assert done["applied"]
    (listed,) = valid("uptakes", client.get(address).json())
    assert (listed["id"], listed["new"], listed["undone_at"]) == (done["uptake"], 5, None)
    back = client.post(f"{address}/{done['uptake']}/undo").json()
    assert valid("uptakes", [back])[0]["undone_at"] is not None or back["new"] == 5


def test_the_command_saves_a_mapping_uses_it_and_writes_the_rejects(store: Store, tmp_path: Path) -> None:
    def run(*words: str, **options: Any) -> Any:
        answer = CliRunner().invoke(
            commands, list(words), catch_exceptions=False, env={"LC_ALL": "zh_CN.UTF-8"}, **options
        )
        assert answer.exit_code == 0, answer.output
        return answer

    file, kept = tmp_path / "调度表.xlsx", tmp_path / "m.yaml"
    file.write_bytes(
        workbook([HEAD, *ROWS, [4, "交通", "建设枢纽", "很多", "市交通运输委", "2026年", "", "", ""]])
    )
    row = valid("table", json.loads(run("map", str(file), "--save", str(kept), "--dry-run", "--json").stdout))
    assert [one["cell"] for one in row["rejects"]] == ["Sheet!D7"]
    assert "很多" in (tmp_path / "调度表.rejects.csv").read_text("utf-8-sig")
    written = valid("mapping", yaml.safe_load(kept.read_text("utf-8")))
    written["tables"][0]["columns"][3]["target"] = "ignore"
    kept.write_text(yaml.safe_dump(written, allow_unicode=True), "utf-8")
    words = ("map", str(file), "--into", "重点项目", "--mapping", str(kept))
    assert "小计" not in run(*words, input="n\n").stdout
    done = json.loads(run(*words, "--yes", "--json").stdout)
    assert (done["counts"]["new"], done["rejects"]) == (6, [])
    assert "科技创新" in titles(store, "重点项目")
    assert "6 个新增" in run("take-back", str(done["uptake"])).stdout
    assert titles(store, "重点项目") == {}
