"""Supervision orders: walked by the office and its units, sent back on the way, and going up unanswered."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from icalendar import Calendar
from jsonschema import Draft202012Validator
from openpyxl import load_workbook
from playwright.async_api import Browser, Page, expect
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from tests.boards.conftest import agencies

from haihe.boards.accounts import OPERATOR, PUBLIC, ROLE_LABELS, Asker, Grant
from haihe.boards.accounts.actions import COOKIE, actor_of, asking
from haihe.boards.ledger import Edit, actions, calendar_api, evidence_actions, supervision_api
from haihe.boards.ledger import supervision_actions as supervision
from haihe.boards.ledger.supervision import DEEDS, Deed, Wish, Wording
from haihe.boards.ledger.supervision_actions import Sought
from haihe.boards.ledger.supervision_tables import SUPERVISION
from haihe.kit import resources
from haihe.kit.errors import Conflict, Forbidden, Invalid, NotFound, Unknown
from haihe.kit.workdays import add_workdays
from haihe.store.opening import Store, the_store
from haihe.store.session import writing

pytestmark = pytest.mark.database

FORMATS = Path(__file__).parents[3] / "docs/formats"
TABLE = yaml.safe_load(resources.text("boards/accounts/params/permissions.yaml"))["actions"]
ROLES = [role for role in ROLE_LABELS if role != "public"]
WAIT = 20_000
TODAY = actions.today()
SCIENCE, SCHOOLS = "样例市科学技术局", "样例市教育局"
DRAFTER = Asker("督查", (Grant("supervisor"),), 101)
REVIEWER = Asker("主任", (Grant("supervisor"),), 102)


@dataclass(frozen=True)
class House:
    """An overdue entry of a plan that two units lead, and who reports for each."""

    store: Store
    item: int
    science: Asker
    schools: Asker

    def drafted(self) -> int:
        return supervision.draft_on(self.store, DRAFTER, self.item, "zh")

    def issued(self) -> int:
        order = self.drafted()
        self.do(REVIEWER, order, "approve")
        self.do(DRAFTER, order, "issue")
        return order

    def do(self, asker: Asker, order: int, deed: Deed, part: int | None = None, words: str = "") -> None:
        supervision.act(self.store, asker, order, Wish(deed, part, words))

    def state(self, order: int) -> str:
        return supervision.order_at(self.store, DRAFTER, order, "zh").order.state

    def parts(self, order: int) -> dict[str, int]:
        found = supervision.order_at(self.store, DRAFTER, order, "zh").parts
        return {part.unit: part.id for part in found}


@pytest.fixture
def house(store: Store) -> House:
    science, schools = agencies(store, SCIENCE, SCHOOLS).values()
    plan = actions.begin_register(store, OPERATOR, "样例计划", "plan")
    aspect = actions.add_node(store, OPERATOR, plan, None, Edit("推进协同", "", "aspect"))
    lead = (SCIENCE, SCHOOLS)
    edit = Edit("共建实验室", "年底前建成。", "task", due_on=TODAY - timedelta(days=3), lead=lead)
    item = actions.add_node(store, OPERATOR, plan, aspect, edit)
    reporters = [Asker(f"填报{unit}", (Grant("reporter", unit),), 110 + unit) for unit in (science, schools)]
    return House(store, item, *reporters)


def test_a_draft_is_returned_amended_and_approved_by_somebody_else(house: House) -> None:
    store, order = house.store, house.drafted()
    found = supervision.order_at(store, DRAFTER, order, "zh")
    assert found.order.units == [SCIENCE, SCHOOLS]
    assert found.why_state == "overdue"
    assert str(TODAY - timedelta(days=3)) in found.why
    assert "共建实验室" in found.order.title
    assert found.basis.startswith("样例计划")
    with pytest.raises(Forbidden, match="drafted"):
        house.do(DRAFTER, order, "approve")
    with pytest.raises(NotFound):
        supervision.order_at(store, house.science, order, "zh")
    with pytest.raises(Invalid):
        house.do(REVIEWER, order, "decline", words=" ")
    house.do(REVIEWER, order, "decline", words="时限太长")
    found = supervision.order_at(store, REVIEWER, order, "zh")
    assert (found.returned, found.deeds) == ("时限太长", ["amend", "discard"])
    said = Wording(found.order.title, "请说明原因。", (SCIENCE, SCHOOLS), found.basis, workdays=5)
    supervision.amend(store, DRAFTER, order, said)
    house.do(REVIEWER, order, "approve")
    assert supervision.undo(store, REVIEWER, order) == "approve"
    house.do(REVIEWER, order, "approve")
    assert house.state(order) == "examined"
    house.do(DRAFTER, order, "issue")
    with pytest.raises(Conflict):
        supervision.undo(store, DRAFTER, order)
    found = supervision.order_at(store, house.science, order, "zh")
    assert found.order.number_label == f"督办〔{TODAY.year}〕1号"
    assert found.order.units == [SCIENCE]
    (mine,) = found.parts
    assert (mine.unit, mine.stage_label, mine.due_on) == (SCIENCE, "下发", add_workdays(TODAY, 5))


def test_each_unit_signs_and_answers_by_itself_and_may_have_to_do_it_again(house: House) -> None:
    store, order = house.store, house.issued()
    parts = house.parts(order)
    mine, others = parts[SCIENCE], parts[SCHOOLS]
    with pytest.raises(NotFound):
        house.do(house.science, order, "receive", others)
    with pytest.raises(Conflict):
        house.do(house.science, order, "answer", mine, "已办")
    house.do(house.science, order, "receive", mine)
    assert supervision.undo(store, house.science, order, mine) == "receive"
    house.do(house.science, order, "receive", mine)
    house.do(house.science, order, "handle", mine)
    proof = evidence_actions.keep_evidence(store, house.science, mine, "验收.pdf", b"%PDF").id
    supervision.act(store, house.science, order, Wish("answer", mine, "已建成并验收。", (proof,)))
    with pytest.raises(Conflict):
        supervision.undo(store, house.science, order, mine)
    with pytest.raises(Forbidden):
        house.do(house.science, order, "check", mine)

    house.do(DRAFTER, order, "redo", mine, "未附验收意见")
    (part,) = supervision.order_at(store, house.science, order, "zh").parts
    assert (part.stage, part.returned, part.light) == ("handled", "未附验收意见", "near")
    assert [answer.kind for answer in part.answers] == ["return", "answer"]
    assert [one.name for one in part.answers[1].evidence] == ["验收.pdf"]
    house.do(house.science, order, "answer", mine, "补充验收意见。")
    house.do(DRAFTER, order, "check", mine)
    house.do(DRAFTER, order, "close", mine)
    assert house.state(order) == "issued", "the other unit has not signed"
    house.do(house.schools, order, "object", others, "非我局职责")
    house.do(DRAFTER, order, "release", others, "已由市科技局一并办理")
    found = supervision.order_at(store, DRAFTER, order, "zh")
    assert (found.order.state, found.order.state_label, found.order.closed) == ("closed", "办结", 2)
    assert actions.node_at(store, DRAFTER, order, TODAY).standing.node.stage == "closed"
    assert [(move.before, move.after) for move in reversed(found.parts[0].moves)] == [
        ("下发", "签收"), ("签收", "办理"), ("办理", "反馈"), ("反馈", "办理"), ("办理", "反馈"),
        ("反馈", "复核"), ("复核", "办结"),
    ]  # fmt: skip
    assert found.parts[0].undo == "close"
    supervision.undo(store, DRAFTER, order, mine)
    assert house.state(order) == "checked"


def test_what_was_approved_is_what_is_issued(house: House) -> None:
    order = house.drafted()
    house.do(REVIEWER, order, "approve")
    edit = Edit("另一件事", "另一种要求。", "order")
    actions.edit_node(house.store, DRAFTER, order, edit)
    with pytest.raises(Conflict, match="changed after"):
        house.do(DRAFTER, order, "issue")
    by = update(SUPERVISION).values(approved_by=SUPERVISION.c.drafters[1])
    with writing(house.store.engine, actor_of(OPERATOR)) as session, pytest.raises(IntegrityError):
        session.execute(by)


def test_a_discarded_draft_is_gone_and_orders_are_numbered_by_year(house: House) -> None:
    order = house.drafted()
    house.do(DRAFTER, order, "discard", words="误点")
    with pytest.raises(NotFound):
        house.state(order)
    wording = Wording("报送总结", "请报送年度总结。", (SCHOOLS,), due_on=TODAY + timedelta(days=30))
    free = supervision.draft(house.store, DRAFTER, wording)
    house.do(REVIEWER, free, "approve")
    house.do(DRAFTER, free, "issue")
    first = house.issued()
    rows = supervision.orders(house.store, DRAFTER, Sought(), "en")
    assert [(row.id, row.number_label) for row in rows] == [
        (first, f"Order {TODAY.year}-2"),
        (free, f"Order {TODAY.year}-1"),
    ]
    assert [row.id for row in supervision.orders(house.store, house.schools, Sought(), "zh")] == [first, free]
    assert [row.id for row in supervision.orders(house.store, house.science, Sought(), "zh")] == [first]
    assert supervision.orders(house.store, DRAFTER, Sought(unit=SCIENCE, states=["raised"]), "zh") == []
    assert [row.id for row in supervision.orders_around(house.store, DRAFTER, house.item, "zh")[0]] == [first]


def offered(house: House, asker: Asker, order: int) -> set[Deed]:
    """What somebody may do with an order and with the part of the first unit."""
    try:
        found = supervision.order_at(house.store, asker, order, "zh")
    except (NotFound, Forbidden, Unknown):
        return set()
    return {*found.deeds, *(deed for part in found.parts if part.unit == SCIENCE for deed in part.deeds)}


def foreseen(role: str, own: bool, deeds: set[Deed], *, issued: bool) -> set[Deed]:
    """Of the deeds that a step allows those that the permission table gives to a role."""
    seen = TABLE["see_unpublished"].get(role)
    if seen is None or (seen == "own" and not (own and issued)):
        return set()
    reports = TABLE["report_item"].get(role)
    may = {
        "drafter": role in TABLE["review_draft"],
        "reviewer": role in TABLE["publish"],
        "unit": reports == "any" or (reports == "own" and own),
    }
    return {deed for deed in deeds if may[DEEDS[deed].side]}


def test_each_role_may_do_what_the_permission_table_gives_it_and_nothing_else(house: House) -> None:
    science, schools = (asker.grants[0].unit for asker in (house.science, house.schools))
    whole = {"supervisor", "steward", "admin", "system", "security", "audit"}
    askers = [
        (Asker(role, (Grant(role, None if role in whole else unit),), 200 + place), role, unit == science)
        for place, role in enumerate(ROLES)
        for unit in ((science,) if role in whole else (science, schools))
    ]
    order, walked, part = house.drafted(), set[Deed](), None
    way: list[tuple[Asker, Deed]] = [
        (REVIEWER, "approve"), (DRAFTER, "issue"), (house.science, "object"), (DRAFTER, "reissue"),
        (house.science, "receive"), (house.science, "answer"), (DRAFTER, "check"), (DRAFTER, "close"),
    ]  # fmt: skip
    for asker, deed in way:
        issued = part is not None
        found = supervision.order_at(house.store, DRAFTER, order, "zh")
        held = found.parts[0].stage if issued else found.order.state
        allowed = {
            each
            for each, one in DEEDS.items()
            if held in one.stages and one.of == ("part" if issued else "order")
        }
        walked |= allowed
        for other, role, own in askers:
            expected = foreseen(role, own, allowed, issued=issued)
            assert offered(house, other, order) == expected, (held, role, own)
            for each in sorted(allowed - expected)[:1]:
                with pytest.raises((Forbidden, NotFound, Unknown)):
                    house.do(other, order, each, part, "理由")
        house.do(asker, order, deed, part, "理由")
        part = part or next(iter(house.parts(order).values()), None)
    assert walked == set(DEEDS)
    with pytest.raises(Unknown):
        supervision.orders(house.store, PUBLIC, Sought(), "zh")


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    app = FastAPI()
    for door in (supervision_api, calendar_api):
        app.include_router(door.router)
    app.dependency_overrides[the_store] = lambda: house.store
    known = {"drafter": DRAFTER, "reviewer": REVIEWER, "science": house.science}

    def asker(request: Request) -> Asker:
        return known[request.headers["who"]]

    app.dependency_overrides[asking] = asker
    with TestClient(app, headers={"accept-language": "en", "who": "drafter"}) as client:
        yield client


def valid(name: str, value: Any) -> Any:
    """The value, which must be as its schema says."""
    schema = json.loads((FORMATS / f"ledger-{name}.schema.json").read_text("utf-8"))
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)
    return value


def test_an_order_over_http_is_as_its_schema_says_and_stands_in_files_and_calendars(
    client: TestClient, house: House
) -> None:
    base = "/api/v1/supervision"
    made = valid("supervision-order", client.post(base, json={"about": house.item}).json())
    order = made["order"]["id"]
    for who, deed in (("reviewer", "approve"), ("drafter", "issue")):
        answer = client.post(f"{base}/{order}/deeds", json={"deed": deed}, headers={"who": who})
        assert answer.status_code == 204
    mine = {"who": "science"}
    found = valid("supervision-order", client.get(f"{base}/{order}", headers=mine).json())
    act = {"deed": "receive", "part": found["parts"][0]["id"]}
    assert client.post(f"{base}/{order}/deeds", json=act, headers=mine).status_code == 204
    rows = valid("supervision", client.get(f"{base}?unit={SCHOOLS}&state=issued").json())
    assert [row["id"] for row in rows] == [order]
    table = list(csv.reader(io.StringIO(client.get(f"{base}?format=csv").content.decode("utf-8-sig"))))
    assert table[1][:3] == [f"Order {TODAY.year}-1", rows[0]["title"], f"{SCIENCE}、{SCHOOLS}"]
    book = load_workbook(io.BytesIO(client.get(f"{base}?format=xlsx").content))
    assert book.active is not None
    assert book.active.max_row == 2
    paper = client.get(f"{base}/{order}/paper", headers={"accept-language": "zh"})
    for words in ("督办单", f"督办〔{TODAY.year}〕1号", SCHOOLS, "共建实验室", TODAY.isoformat()):
        assert words in paper.text
    unit = house.science.grants[0].unit
    feed = Calendar.from_ical(client.get(f"/api/v1/units/{unit}/calendar.ics", headers=mine).content)
    assert rows[0]["title"] in [str(one["summary"]) for one in feed.walk("VTODO")]


@pytest.mark.browser
async def test_an_order_is_walked_in_the_browser_by_the_office_and_by_a_unit(
    browser: Browser, site: str, house: House, signed_in: Callable[[str, Grant], str]
) -> None:
    faults: list[str] = []

    async def desk(name: str, grant: Grant) -> Page:
        context = await browser.new_context(base_url=site, locale="en-GB")
        token = await asyncio.to_thread(signed_in, name, grant)
        await context.add_cookies([{"name": COOKIE, "value": token, "url": site}])
        page = await context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        return page

    async def press(page: Page, words: str) -> None:
        await page.wait_for_function("window.did_handshake === true")
        await page.get_by_role("button", name=words).first.click()

    drafter = await desk("督查", Grant("supervisor"))
    reviewer = await desk("主任", Grant("supervisor"))
    unit = await desk("填报", house.science.grants[0])
    await drafter.goto(f"/item/{house.item}")
    await press(drafter, "Draft a supervision order")
    await drafter.wait_for_url("**/supervision/*")
    await expect(drafter.get_by_text("A draft: it is sent down once")).to_be_visible(timeout=WAIT)
    await expect(drafter.get_by_role("button", name="Approve it")).to_have_count(0)
    await reviewer.goto(drafter.url)
    await press(reviewer, "Approve it")
    await expect(reviewer.get_by_role("button", name="Undo the last step")).to_be_visible(timeout=WAIT)
    await drafter.reload()
    await press(drafter, "Send it down")
    await expect(drafter.get_by_text(f"Order {TODAY.year}-1")).to_be_visible(timeout=WAIT)

    await unit.goto("/supervision?state=issued")
    await expect(unit.locator(".hai-answer")).to_contain_text("1 wait for you", timeout=WAIT)
    await unit.goto(drafter.url)
    await expect(unit.get_by_text(SCHOOLS)).to_have_count(0)
    step = unit.locator("[aria-current=step]")
    await press(unit, "Sign for it")
    await press(unit, "Begin handling it")
    await expect(step).to_have_text("Being handled", timeout=WAIT)
    await unit.wait_for_function("window.did_handshake === true")
    await unit.locator("textarea[name=words]").first.fill("已建成并验收。")
    await press(unit, "Give feedback")
    await expect(step).to_have_text("Answered", timeout=WAIT)
    await drafter.reload()
    await press(drafter, "Pass the review")
    await press(drafter, "Close it")
    await expect(drafter.locator("[aria-current=step]").first).to_have_text("Closed", timeout=WAIT)
    assert not faults
    for page in (drafter, reviewer, unit):
        await page.context.close()
