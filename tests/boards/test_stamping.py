"""What leaves the house over HTTP: stamped where somebody who signed in takes it away, else as it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import httpx
import pytest
from docx import Document
from fastapi import FastAPI
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from sqlalchemy import insert, text
from tests.boards.conftest import SignIn

from haihe.app.api import create_api
from haihe.app.worker import run_all
from haihe.boards.accounts import OPERATOR, Grant
from haihe.boards.accounts.actions import COOKIE, actor_of
from haihe.boards.accounts.marking_actions import mark
from haihe.boards.ledger import actions
from haihe.boards.office.meeting_actions import Called, call_meeting
from haihe.boards.office.template import shipped
from haihe.boards.reader import actions as reader
from haihe.boards.registry.actions import resolve_unit
from haihe.boards.registry.answers import Upload
from haihe.boards.registry.load_actions import load_file
from haihe.boards.registry.tables import INDICATOR
from haihe.store.opening import Store
from haihe.store.session import reading, writing

pytestmark = pytest.mark.database

NAME, UNIT = "督查室", "样例市工信公司"
API = "/api/v1"
PERIOD = f"{actions.today():%Y-%m}"
TEXT = f"任务如下:\n一是推进工作12项。（责任单位：{UNIT}；完成时限：2027年6月底前）\n二是共建平台。\n"
OPEN = {"/search", "/entities", "/plans", "/plans/{plan}/nodes", "/documents", "/scorecards"}
"""Some of the lists that the public has too."""
EMPTY = {"/loads/templates/{kind}", "/resolutions/sample"}
"""Tables that hold nothing of the house."""


@dataclass(frozen=True, slots=True)
class House:
    """A house with a published plan that is marked, a document, and whoever signed in."""

    app: FastAPI
    store: Store
    token: str
    at: dict[str, Any]
    """What stands in addresses."""

    def visit(self, token: str = "") -> TestClient:
        """A program, signed in by a session."""
        cookies = {COOKIE: token} if token else {}
        return TestClient(
            self.app, base_url="http://127.0.0.1", headers={"accept-language": "zh"}, cookies=cookies
        )

    def exports(self, form: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Every address that gives a list in a format, filled in, with what it must be asked with."""
        for path, operations in self.app.openapi()["paths"].items():
            takes = operations.get("get", {}).get("parameters", ())
            if path.removeprefix(API) in EMPTY:
                continue
            if any(one["name"] == "format" and form in one["schema"]["enum"] for one in takes):
                asked = {one["name"] for one in takes if one["required"] or one["name"] == "plan"}
                query = {name: self.at[name] for name in asked} | {"format": form}
                yield path.removeprefix(API), path.format(**self.at), query

    @property
    def plan(self) -> str:
        """The plan as a subject."""
        return f"plan/{self.at['plan']}"

    def noted(self) -> list[tuple[str, Any]]:
        """What was taken away by whoever signed in, as the audit chain has it."""
        query = """SELECT subject, detail FROM audit JOIN account ON actor = 'account/' || account.id
        WHERE action = 'export' AND account.name = :name ORDER BY audit.id"""
        with reading(self.store.engine) as connection:
            return [tuple(row) for row in connection.execute(text(query), {"name": NAME})]


@pytest.fixture
def house(store: Store, signed_in: SignIn) -> House:
    load_file(
        store, OPERATOR, Upload("units.csv", f"stock_code,name\n600001.SH,{UNIT}\n".encode(), "company")
    )
    (unit,) = resolve_unit(store, UNIT)
    known = {"id": "gdp", "label": {"zh": "地区生产总值"}, "unit": {"zh": "亿元"}, "definition": {"zh": ""}}
    with writing(store.engine, actor_of(OPERATOR)) as session:
        session.execute(insert(INDICATOR).values(known))
        session.record("test", "indicator/gdp")
        session.commit()
    document = reader.read_document(store, OPERATOR, TEXT.encode(), "plan.txt").id
    reader.publish_document(store, OPERATOR, document)
    plan = actions.draft_from(store, OPERATOR, "样例计划", document).plan
    actions.accept(store, OPERATOR, plan)
    actions.publish(store, OPERATOR, plan)
    mark(store, OPERATOR, f"plan/{plan}", "work_secret")
    named = {"plan": plan, "document": document, "entity": unit.id, "unit": unit.id, "indicator": "gdp"}
    asked = {"q": "推进", "period": PERIOD, "key": str(unit.id), "measure": "on_time"}
    house = House(create_api(), store, signed_in(NAME, Grant("admin")), named | asked)
    table = {"file": ("名单.csv", f"name\n{UNIT}\n".encode())}
    house.at["job"] = house.visit(house.token).post(f"{API}/resolutions", files=table).json()["job"]
    run_all(store)
    return house


def footers(answer: httpx.Response) -> set[str | None]:
    """What the sheets of a workbook say at their foot: how it is marked, and who took it away."""
    assert answer.status_code == 200, (answer.url, answer.text)
    assert int(answer.headers["content-length"]) == len(answer.content)
    return {named(page.oddFooter.left.text) for page in load_workbook(BytesIO(answer.content))}


def headers(answer: httpx.Response) -> set[str | None]:
    """What the pages of a paper say at their head: how it is marked, and who took it away."""
    assert answer.status_code == 200, (answer.url, answer.text)
    assert int(answer.headers["content-length"]) == len(answer.content)
    sections = Document(BytesIO(answer.content)).sections
    return {named(paragraph.text) for section in sections for paragraph in section.header.paragraphs}


def named(words: str | None) -> str | None:
    """The words of a stamp before its time."""
    return words and words.partition(f" 于 {actions.today():%Y-%m-}")[0]


def test_every_list_says_who_took_it_away_and_how_its_plan_is_marked(house: House) -> None:
    public, desk = house.visit(), house.visit(house.token)
    taken = list(house.exports("xlsx"))
    seen = {path: public.get(address, params=query) for path, address, query in taken}
    free = {path: footers(answer) for path, answer in seen.items() if answer.status_code == 200}
    assert free.keys() >= OPEN
    assert set().union(*free.values()) == {None}
    assert house.noted() == []
    for path, address, query in taken:
        marked = "工作秘密 · " if "plan" in query else ""
        assert footers(desk.get(address, params=query)) == {f"{marked}{NAME}"}, path
    noted = house.noted()
    assert len(noted) == len(taken) > 25
    assert (house.plan, {"form": "xlsx", "marking": "work_secret"}) in noted
    assert ("search", {"form": "xlsx", "marking": None}) in noted
    assert footers(desk.get(f"{API}/entities", params={"format": "xlsx", "plan": house.at["plan"]})) == {NAME}


def test_a_table_of_plain_text_stays_one_and_is_noted(house: House) -> None:
    public, desk = house.visit(), house.visit(house.token)
    address = f"{API}/plans/{house.at['plan']}/nodes"
    assert desk.get(address).status_code == 200
    assert house.noted() == []
    assert desk.get(address, params={"format": "csv"}).content.startswith("\ufeffid,".encode())
    assert public.get(address, params={"format": "csv"}).status_code == 200
    assert house.noted() == [(house.plan, {"form": "csv", "marking": "work_secret"})]


def test_registers_and_papers_are_stamped_and_what_was_handed_out_or_issued_is_as_it_was(
    house: House,
) -> None:
    desk, plan = house.visit(house.token), house.at["plan"]
    stamp = {f"工作秘密 · {NAME}"}
    assert footers(desk.get(f"{API}/plans/{plan}/workbook")) == stamp
    assert footers(desk.get(f"{API}/plans/00{plan}/workbook")) == stamp
    for empty in (
        "kinds/plan/template",
        "loads/templates/company?format=xlsx",
        "resolutions/sample?format=xlsx",
    ):
        assert footers(desk.get(f"{API}/{empty}")) == {None}

    office, query = f"{API}/office/plans/{plan}", {"period": PERIOD}
    with ZipFile(BytesIO(desk.post(f"{office}/dispatch", params=query).content)) as archive:
        (handed,) = map(archive.read, archive.namelist())
    (unit,) = desk.get(office, params=query).json()["units"]
    assert desk.get(f"{API}/office/workbooks/{unit['workbook']}").content == handed
    returned = {"file": ("样例.xlsx", handed)}
    differences = desk.post(f"{API}/office/collect", files=returned, data={"format": "xlsx"})
    assert footers(differences) == {NAME}

    briefs = f"{API}/office/briefs"
    draft = desk.post(briefs, params={"plan": plan, "kind": "month", **query}).json()["draft"]
    assert headers(desk.post(f"{briefs}/drafts/{draft}/file")) == stamp
    issued = desk.post(f"{briefs}/drafts/{draft}/issue").json()
    file = desk.get(f"{briefs}/{issued['id']}", params={"format": "docx"}).content
    assert sha256(file).hexdigest() == issued["sha256"]
    assert desk.get(f"{briefs}/template").content == shipped()

    meeting = call_meeting(house.store, OPERATOR, Called("样例调度会", "十月调度会"))
    register = actions.node_at(house.store, OPERATOR, meeting, actions.today()).plan.id
    mark(house.store, OPERATOR, f"plan/{register}", "internal")
    minutes = desk.get(f"{API}/office/meetings/{meeting}/minutes", params={"format": "docx"})
    assert headers(minutes) == {f"内部 · {NAME}"}
