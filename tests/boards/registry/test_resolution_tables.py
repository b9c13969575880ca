"""Tables of names handed in over HTTP and on the page, and tables loaded there."""

from __future__ import annotations

import csv
import io
import json
from asyncio import to_thread
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator
from openpyxl import load_workbook
from playwright.async_api import Locator, Page, expect
from sqlalchemy import select
from tests.boards.registry.conftest import workbook

from haihe.app.api import create_api
from haihe.app.worker import run_all
from haihe.boards.accounts import OPERATOR, PUBLIC, Asker, Grant
from haihe.boards.accounts.actions import asking
from haihe.boards.registry import intake, links, load_actions, properties, resolution_actions, templates
from haihe.boards.registry.answers import Upload
from haihe.boards.registry.grids import csv_of
from haihe.boards.registry.kinds import TOO_LONG, kinds
from haihe.boards.registry.load_actions import load_file, load_pack
from haihe.boards.registry.rows import Known, lines_of
from haihe.boards.registry.tables import ENTITY
from haihe.kit.errors import Invalid, Unknown
from haihe.store.opening import Store
from haihe.store.session import reading

FORMATS = Path(__file__).parents[3] / "docs/formats"
RESOLUTIONS = "/api/v1/resolutions"
STEWARD, OTHER = (Asker(name, (Grant("steward"),), number) for number, name in ((1, "甲"), (2, "乙")))
NAMES = """id,name,region_context,identifier
a,市工信局,120000,
b,天津大学,,
c,无人知晓研究院,,
d,,,
e,天津港,,91110000600037342L
f,<img src=x onerror=alert(1)>,,
g,=1+1,,
"""
FIRMS = """stock_code,name,adcode
600901.SH,样例海河装备股份有限公司,120116
600902.SH,样例燕山新材料股份有限公司,130200
none,样例无码有限公司,
"""


class House:
    """The API as several people ask it."""

    def __init__(self, client: TestClient, store: Store) -> None:
        self.client, self.store = client, store

    def as_(self, asker: Asker) -> TestClient:
        self.client.app.dependency_overrides[asking] = lambda: asker  # type: ignore[attr-defined]
        return self.client

    def resolved(self, content: bytes, name: str = "in.csv", itself: bool = False) -> int:
        """The number of a table that 甲 handed in and the worker resolved."""
        answer = self.as_(STEWARD).post(RESOLUTIONS, files={"file": (name, content)}, data={"self": itself})
        assert answer.status_code == 202, answer.text
        valid(answer.json())
        run_all(self.store)
        return int(answer.json()["job"])


@pytest.fixture
def house(filled: Store) -> Iterator[House]:
    with TestClient(create_api(), headers={"accept-language": "en"}) as client:
        yield House(client, filled)


def valid(value: Any) -> Any:
    schema = json.loads((FORMATS / "registry-resolution.schema.json").read_text("utf-8"))
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)
    return value


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.database
def test_a_table_comes_back_with_every_row_and_whom_it_means(house: House) -> None:
    job = house.resolved(NAMES.encode())
    told = valid(house.client.get(f"{RESOLUTIONS}/{job}").json())
    rows = table(house.client.get(f"{RESOLUTIONS}/{job}/rows").content)
    assert [row["id"] for row in rows] == list("abcdefg")
    meant = {row["id"]: row["entity_id"] for row in rows}
    named = [number_of(house.store, name) for name in ("天津市工业和信息化局", "天津大学")]
    assert [meant["a"], meant["b"]] == named
    assert not any(row["entity_id"] for row in rows if row["id"] in "cdfg")
    assert all(row["reason"] for row in rows)
    assert rows[-1]["name"] == "'=1+1"
    counts = told["counts"]
    assert counts["rows"] == len(rows)
    assert counts["meant"] == sum(bool(row["entity_id"]) for row in rows) == len(rows) - counts["nobody"]
    assert counts["bodies"] == len({row["entity_id"] for row in rows} - {""})
    doubtful = table(house.client.get(f"{RESOLUTIONS}/{job}/rows", params={"only": "doubtful"}).content)
    sure = resolution_actions.SURE
    expected = [row for row in rows if row["entity_id"] and float(row["score"]) < sure]
    assert doubtful == expected
    assert counts["doubtful"] == len(expected)
    rejects = table(house.client.get(f"{RESOLUTIONS}/{job}/rejects").content)
    assert [(one["row"], one["column"]) for one in rejects] == [("5", "name"), ("6", "identifier")]
    assert counts["bad"] == len(rejects)


@pytest.mark.database
def test_a_workbook_is_grouped_by_itself_and_comes_back_as_one(house: House) -> None:
    content = workbook(("name", "year"), ("北理工", 2023), ("北京理工大学", 2024), ("天津大学", 2024))
    job = house.resolved(content, "名单.xlsx", itself=True)
    answer = house.client.get(f"{RESOLUTIONS}/{job}/rows", params={"format": "xlsx"})
    assert "%E5%90%8D%E5%8D%95.resolved.xlsx" in answer.headers["content-disposition"]
    header, *rows = load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows(values_only=True)
    assert header == ("name", "year", "entity_id", "score", "reason")
    assert rows[0][2] == rows[1][2] != rows[2][2]
    assert valid(house.client.get(f"{RESOLUTIONS}/{job}").json())["counts"]["bodies"] == 2


@pytest.mark.database
def test_a_table_is_seen_by_whoever_handed_it_in_and_nobody_else(house: House) -> None:
    job = house.resolved(NAMES.encode())
    assert [one["job"] for one in house.client.get(RESOLUTIONS).json()] == [job]
    for path in ("", "/rows", "/rejects"):
        assert house.as_(OTHER).get(f"{RESOLUTIONS}/{job}{path}").status_code == 404
    assert house.client.get(RESOLUTIONS).json() == []
    assert house.as_(PUBLIC).get(RESOLUTIONS).status_code == 401
    assert house.client.post(RESOLUTIONS, files={"file": ("in.csv", b"name\n1\n")}).status_code == 401


@pytest.mark.database
@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (b"title\n1\n", "in.csv", "lacks columns: name"),
        (b"\n", "in.csv", "is empty"),
        (b"PK\x03\x04", "in.xlsx", "not a workbook"),
        (b'name\n"a', "in.csv", "row 2 cannot be read"),
    ],
)
def test_what_is_no_table_of_names_is_said_in_a_sentence(
    house: House, content: bytes, name: str, why: str
) -> None:
    job = house.resolved(content, name)
    answer = house.client.get(f"{RESOLUTIONS}/{job}")
    assert answer.status_code == 422
    assert why in answer.json()["title"]
    assert answer.json()["detail"]
    assert house.client.get(RESOLUTIONS).json()[0]["state"] == "failed"
    assert house.client.get(f"{RESOLUTIONS}/{job}/rows").status_code == 422


@pytest.mark.database
def test_a_table_that_waits_can_be_stopped(house: House) -> None:
    handed = resolution_actions.hand_in(house.store, STEWARD, NAMES.encode(), "in.csv")
    assert house.as_(OTHER).post(f"/api/v1/jobs/{handed.job}/cancel").status_code == 204, "stewards may"
    again = resolution_actions.hand_in(house.store, STEWARD, NAMES.encode(), "in.csv")
    resolution_actions.stop(house.store, STEWARD, again.job)
    run_all(house.store)
    assert [one.state for one in resolution_actions.mine(house.store, STEWARD)] == ["stopped", "stopped"]


@pytest.mark.database
def test_a_table_that_is_too_large_is_refused(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolution_actions, "UPLOAD_BYTES_MAX", 10)
    answer = house.as_(STEWARD).post(RESOLUTIONS, files={"file": ("in.csv", b"name\n" + b"1" * 10)})
    assert answer.status_code == 422
    assert "15 bytes" in answer.json()["title"]


@pytest.mark.database
def test_a_dry_load_says_what_the_real_one_does_and_stores_nothing(house: House) -> None:
    steward, files = house.as_(STEWARD), {"file": ("firms.csv", FIRMS.encode())}
    sought = {"q": "样例海河装备", "kind": "company"}
    dry = steward.post("/api/v1/loads", files=files, data={"kind": "company", "dry": "true"}).json()
    assert steward.get("/api/v1/entities", params=sought).json()["rows"] == []
    done = steward.post("/api/v1/loads", files=files, data={"kind": "company"}).json()
    assert (dry["stored"], done["stored"]) == (False, True)
    assert dry["counts"] == done["counts"] == {"entity": {"added": 2, "changed": 0, "unchanged": 0}}
    assert dry["rejects"] == done["rejects"]
    assert len(steward.get("/api/v1/entities", params=sought).json()["rows"]) == 1
    (one,) = load_actions.past(house.store, STEWARD)
    assert (one.file, one.kind, one.added, one.bad) == ("firms.csv", "company", 2, 1)
    with pytest.raises(Unknown):
        load_actions.past(house.store, PUBLIC)


@pytest.mark.database
def test_a_workbook_is_loaded_as_the_same_table_in_csv(filled: Store) -> None:
    rows = [tuple(line.split(",")) for line in FIRMS.splitlines()]
    rows = [(code, name, int(place) if place.isdigit() else place) for code, name, place in rows]
    outcome = load_file(filled, OPERATOR, Upload("firms.xlsx", workbook(*rows), "company"))
    assert outcome.counts["entity"].added == 2
    assert [one.row for one in outcome.rejects["firms.xlsx"]] == [4]
    same = load_file(filled, OPERATOR, Upload("firms.csv", FIRMS.encode(), "company"), dry=True)
    assert same.counts["entity"].added == 0


@pytest.mark.database
def test_a_row_with_a_name_that_no_index_can_hold_is_bad_and_the_others_are_loaded(filled: Store) -> None:
    name = "".join(map(chr, range(0x4E00, 0x4E00 + 10_000)))
    table = f"stock_code,name,short\n600901.SH,{name},\n600902.SH,样例十一厂,{name}\n600903.SH,样例十二厂,\n"
    outcome = load_file(filled, OPERATOR, Upload("t.csv", table.encode(), "company"))
    assert outcome.counts["entity"].added == 1
    assert [(one.row, one.column, one.reason) for one in outcome.rejects["t.csv"]] == [
        (2, "name", TOO_LONG), (3, "short", TOO_LONG),
    ]  # fmt: skip


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml"])
@pytest.mark.parametrize("content", [b"", b"<a/>x", b"<worksheet><sheetData><row><c r='ZZZZZ1'/></row>"])
def test_a_damaged_workbook_is_said_to_be_one(part: str, content: bytes) -> None:
    damaged = io.BytesIO()
    with ZipFile(io.BytesIO(workbook(("name",)))) as whole, ZipFile(damaged, "w") as written:
        for one in whole.namelist():
            written.writestr(one, content if one == part else whole.read(one))
    with pytest.raises(Invalid, match="not a workbook"):
        csv_of(damaged.getvalue(), "in.xlsx")


def test_cells_of_a_workbook_stand_as_somebody_would_write_them() -> None:
    rows = ("name", "on", "code", "share", None), (" 甲\n", date(2024, 5, 1), 120000, 0.5, None), (None,)
    assert csv_of(workbook(*rows), "in.xlsx") == "name,on,code,share\r\n甲,2024-05-01,120000,0.5\r\n,,,\r\n"


@pytest.mark.parametrize("kind", sorted(templates.loadable()))
def test_the_template_of_a_kind_has_the_columns_that_its_tables_may_have(kind: str) -> None:
    """What is taken is asked of the intake itself: no column is unknown to it, and none is missing."""
    header, *rows = load_workbook(io.BytesIO(templates.template(kind, "xlsx", "zh"))).worksheets
    content = templates.template(kind, "csv", "en")
    names = content.decode("utf-8-sig").strip().split(",")
    assert [cell.value for cell in header[1]] == names
    assert [(row[0].value, bool(row[1].value)) for page in rows for row in page] == [
        (name, True) for name in names
    ]
    known = Known(set(), {})
    if kind in kinds():
        intake.organisations_of(content, "t.csv", kinds()[kind], known)
        with pytest.raises(Invalid) as refused:
            intake.organisations_of(b"planet\n", "t.csv", kinds()[kind], known)
        assert set(str(refused.value.facts["known"]).split(", ")) == set(names)
    elif kind == templates.VALUE_KIND:
        intake.observations_of(content, "t.csv", {}, known)
    else:
        columns = {templates.PROPERTY_KIND: properties.COLUMNS, templates.LINK_KIND: links.COLUMNS}[kind]
        lines_of(content, "t.csv", columns, known)
        assert set(names) == set(columns)


@pytest.mark.database
def test_the_sample_is_resolved(house: House) -> None:
    content = house.as_(PUBLIC).get(f"{RESOLUTIONS}/sample").content
    rows = table(content)
    assert {"name", "region_context"} <= rows[0].keys()
    assert all("样例" in "".join(row.values()) for row in rows)
    job = house.resolved(content)
    assert len(table(house.client.get(f"{RESOLUTIONS}/{job}/rows").content)) == len(rows)


@pytest.fixture
def role() -> str:
    """Who loads tables."""
    return "steward"


async def choose(desk: Page, name: str, content: str) -> None:
    async with desk.expect_file_chooser() as chooser:
        await desk.get_by_role("button", name="Choose a file").click()
    file = {"name": name, "mimeType": "text/csv", "buffer": content.encode()}
    await (await chooser.value).set_files([file])  # type: ignore[list-item]


async def taken(desk: Page, way: Locator) -> str:
    async with desk.expect_download() as download:
        await way.click()
    return Path(await (await download.value).path()).read_text("utf-8-sig")


@pytest.mark.browser
@pytest.mark.database
async def test_names_are_resolved_and_firms_loaded_by_somebody_without_a_shell(
    store: Store, desk: Page
) -> None:
    load_pack(store, OPERATOR, "sample", lambda _: None)
    await desk.goto("/entities")
    await desk.get_by_role("link", name="Names in a table").click()
    await desk.wait_for_function("window.did_handshake === true")
    await choose(desk, "机构.csv", NAMES.replace("120000", "样例市"))
    await desk.wait_for_url("**/entities/tables/*")
    await to_thread(run_all, store)
    cell = desk.get_by_role("link", name="样例市工业和信息化局")
    await expect(cell).to_have_attribute("href", "/entity/" + number_of(store, "样例市工业和信息化局"))
    await expect(desk.locator(".hai-answer")).to_contain_text("机构.csv: 1 of 7 rows mean an organisation")
    await expect(desk.get_by_text("<img src=x onerror=alert(1)>")).to_be_visible()
    found = table((await taken(desk, desk.locator(".hai-data-tools a", has_text="CSV"))).encode())
    assert list(found[0]) == ["id", "name", "region_context", "identifier", "entity_id", "score", "reason"]
    await desk.get_by_role("link", name="Load a table").click()
    await desk.wait_for_function("window.did_handshake === true")
    await choose(desk, "firms.csv", FIRMS.replace("120116", "999900").replace("130200", "999901"))
    answer = desk.locator(".hai-answer").last
    await expect(answer).to_have_text(
        "firms.csv: 2 would be added and 0 changed, 0 are as they are; bad rows: 1."
    )
    assert "none" in await taken(desk, desk.get_by_role("button", name="Bad rows as CSV"))
    await desk.get_by_role("button", name="Load the good rows: 2").click()
    await expect(answer).to_contain_text("firms.csv is loaded: 2 were added")
    assert number_of(store, "样例海河装备股份有限公司")


def number_of(store: Store, name: str) -> str:
    with reading(store.engine) as connection:
        return str(connection.execute(select(ENTITY.c.id).where(ENTITY.c.name == name)).scalar_one())
