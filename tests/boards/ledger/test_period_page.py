"""The page of a period in a real browser, and its doors over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator
from openpyxl import load_workbook
from playwright.async_api import Browser, Page, expect

from haihe.boards.accounts import OPERATOR, Grant
from haihe.boards.accounts import actions as accounts
from haihe.boards.ledger import Edit, Return, actions, period_actions
from haihe.boards.ledger.api import router
from haihe.boards.ledger.period_api import router as periods
from haihe.store.opening import Store

pytestmark = pytest.mark.database

FORMATS = Path(__file__).parents[3] / "docs/formats"
TODAY = actions.today()
PERIOD = f"{TODAY:%Y-%m}"


def site_of() -> FastAPI:
    """The pages and the HTTP doors of registers and their periods."""
    app = FastAPI()
    for each in (router, periods):
        app.include_router(each)
    return app


@pytest.fixture
def token(signed_in: Callable[[str, Grant], str]) -> str:
    """The session of a supervisor."""
    return signed_in("督查", Grant("supervisor"))


@pytest.fixture
def plan(store: Store) -> tuple[int, list[int]]:
    """A plan of two items, the first reported on."""
    held = actions.begin_register(store, OPERATOR, "样例计划", "plan")
    aspect = actions.add_node(store, OPERATOR, held, None, Edit("推进协同", "", "aspect"))
    task = actions.add_node(store, OPERATOR, held, aspect, Edit("落实任务", "", "task"))
    due_on = TODAY + timedelta(days=60)
    items = [
        actions.add_node(store, OPERATOR, held, task, Edit(title, "", "item", due_on=due_on))
        for title in ("共建平台", "编制图谱")
    ]
    given = Return(PERIOD, TODAY, 0.4, "资金尚未到位", TODAY + timedelta(days=30))
    actions.report_on(store, OPERATOR, items[0], given)
    return held, items


async def correct(at: Page) -> None:
    """Write a tenth less than was reported."""
    await at.wait_for_function("window.did_handshake === true")
    await expect(at.get_by_label("What was done")).to_have_value("资金尚未到位")
    await expect(at.get_by_label("Progress in per cent")).to_have_value("40")
    await at.get_by_label("Progress in per cent").fill("30")
    await at.get_by_label("Reason of the correction").fill("多报一成")
    await at.get_by_role("button", name="Correct").click()


@pytest.mark.browser
async def test_the_office_walks_the_lights_by_the_keyboard_and_locks_the_period(
    browser: Browser, site: str, token: str, plan: tuple[int, list[int]], store: Store
) -> None:
    number, (first, second) = plan
    context = await browser.new_context(
        base_url=site, locale="en-GB", viewport={"width": 1280, "height": 900}
    )
    await context.add_cookies([{"name": accounts.COOKIE, "value": token, "url": site}])
    at, faults = await context.new_page(), []
    at.on("pageerror", lambda error: faults.append(str(error)))
    await at.goto(f"/plan/{number}")
    await at.get_by_role("link", name=f"Lights of {PERIOD}").click()
    await at.wait_for_function("window.did_handshake === true")
    await expect(at.locator(".hai-answer")).to_have_text(
        "0 of 2 lights are issued; in 0 the office judges otherwise."
    )
    rows = at.locator(".hai-period li")
    await expect(rows.nth(0)).to_contain_text("资金尚未到位")
    await rows.nth(0).focus()
    await at.keyboard.press("3")
    await at.keyboard.type("现场核查滞后")
    await at.keyboard.press("Enter")
    await expect(rows.nth(0).locator("[data-office]")).to_contain_text("现场核查滞后")
    await expect(rows.nth(0)).to_be_focused()
    await at.keyboard.press("ArrowDown")
    await at.keyboard.press("c")
    await expect(at.locator(".hai-answer")).to_have_text(
        "2 of 2 lights are issued; in 1 the office judges otherwise."
    )
    await at.reload()
    await at.wait_for_function("window.did_handshake === true")
    await at.get_by_text("Lock the period").click()
    await at.get_by_role("button", name=f"Lock {PERIOD} now").click()
    await expect(at.get_by_text("has been locked since")).to_be_visible()
    await at.wait_for_function("window.did_handshake === true")
    await rows.nth(1).focus()
    await at.keyboard.press("c")
    await at.keyboard.type("补充核定依据")
    await at.keyboard.press("Enter")
    await expect(rows.nth(1).locator("[data-office]")).to_contain_text("补充核定依据")
    await rows.nth(0).get_by_role("link", name="Correct").click()
    await correct(at)
    await at.wait_for_url(f"**/item/{first}")
    await at.goto(f"/item/{first}")
    await at.wait_for_function("window.did_handshake === true")
    beside = at.locator(".hai-beside")
    for words in ("on track", "behind", "现场核查滞后", "资金尚未到位"):
        await expect(beside).to_contain_text(words)
    await context.close()
    assert not faults
    found = period_actions.period_at(store, OPERATOR, number, PERIOD)
    assert [one.light.state for one in found.lights] == ["behind", "unknown"]
    assert {(one.node, one.reason) for one in found.corrections} == {
        (second, "补充核定依据"),
        (first, "多报一成"),
    }
    corrected = actions.reports_in(store, OPERATOR, number, PERIOD)[first][0]
    assert (corrected.progress, corrected.note) == (0.3, "资金尚未到位")


def test_a_period_goes_over_http_as_its_formats_say(
    store: Store, token: str, plan: tuple[int, list[int]]
) -> None:
    number, (first, second) = plan
    client = TestClient(site_of(), cookies={accounts.COOKIE: token}, headers={"accept-language": "en"})
    address = f"/api/v1/plans/{number}/periods/{PERIOD}"
    proof = client.post(f"/api/v1/nodes/{second}/evidence", files={"file": ("图谱.pdf", b"%PDF")}).json()
    sent = {"period": PERIOD, "reported_on": TODAY.isoformat(), "progress": 0.5, "evidence": [proof["id"]]}
    sent |= {"figures": [{"name": "图谱", "value": 3, "unit": "张"}], "key": "one", "confidence": "low"}
    first_time, again = (client.post(f"/api/v1/nodes/{second}/report", json=sent) for _ in range(2))
    assert (first_time.status_code, again.json()) == (201, first_time.json())
    valid("ledger-report", first_time.json())
    assert client.get(f"/api/v1/evidence/{proof['id']}").content == b"%PDF"
    judged = {"period": PERIOD, "state": "near", "reason": "临近节点"}
    assert client.post(f"/api/v1/nodes/{first}/light", json=judged).json()["rule_light"] == "on_track"
    assert client.post(f"{address}/confirm").json() == {"confirmed": 1}
    before = client.get(address).json()
    valid("ledger-period", before)
    locked = client.post(f"{address}/lock", json={"expected": before["digest"]})
    assert (locked.json()["period"], locked.status_code) == (PERIOD, 200)
    assert [one["period"] for one in client.get(f"/api/v1/plans/{number}/periods").json()] == [PERIOD]
    wanted = {"report": sent | {"progress": 0.2, "key": None}, "reason": "多报"}
    assert client.post(f"/api/v1/nodes/{second}/corrections", json=wanted).status_code == 201
    now = client.get(address).json()
    valid("ledger-period", now)
    assert ("Progress: 50%" in now["corrections"][0]["before"], now["locked_with"]) == (True, PERIOD)
    then = client.get(address, params={"as_of": before_lock(locked.json()["at"])}).json()
    assert (then["locked_at"], then["corrections"]) == (None, [])
    past = {"as_of": before_lock(locked.json()["at"])}
    nodes = client.get(f"/api/v1/plans/{number}/nodes", params=past).json()["rows"]
    assert [one["progress"] for one in nodes][-2:] == [0.4, 0.5]
    assert client.get(f"/api/v1/nodes/{second}", params=past).json()["node"]["progress"] == 0.5
    valid("ledger-detail", client.get(f"/api/v1/nodes/{second}").json())
    slips = client.get(f"/api/v1/plans/{number}/forecasts").json()
    valid("ledger-forecasts", slips)
    assert slips["forecasts"] == client.get(f"/api/v1/nodes/{first}/forecasts").json()
    for path in (address, f"{address}/corrections", f"/api/v1/plans/{number}/forecasts"):
        book = load_workbook(BytesIO(client.get(path, params={"format": "xlsx"}).content))
        assert book.worksheets[0].max_row > 1
    assert client.post(f"/api/v1/plans/{number}/rule", json={"rule": "ouhai"}).json()["rule"] == "ouhai"


def before_lock(moment: str) -> str:
    """The moment as the address has it, just before."""
    return (datetime.fromisoformat(moment) - timedelta(microseconds=1)).isoformat()


def valid(name: str, answer: object) -> None:
    """Raise unless an answer is as its schema says."""
    schema = json.loads((FORMATS / f"{name}.schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(answer)
