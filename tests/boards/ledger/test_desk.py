"""My work on a phone."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import httpx
import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import insert

from haihe.boards.accounts import OPERATOR, Grant
from haihe.boards.accounts import actions as accounts
from haihe.boards.accounts.actions import actor_of
from haihe.boards.ledger import (
    Edit,
    actions,
)
from haihe.boards.registry.tables import ENTITY
from haihe.kit.source import Source
from haihe.store.opening import Store
from haihe.store.search import vector
from haihe.store.session import writing
from haihe.store.sources import keep

pytestmark = [pytest.mark.browser, pytest.mark.database]

TODAY = actions.today()
WAIT = 20_000
UNIT = "样例市科学技术局"


def _unit(store: Store) -> int:
    """The number of the unit in the registry, which has nothing else."""
    source = Source("judgement", quote=UNIT, tier="sample")
    with writing(store.engine, actor_of(OPERATOR)) as session:
        keep(session, [source])
        row = {"key": "unit:science", "kind": "agency", "name": UNIT, "search": vector(UNIT)}
        row |= {"properties": {}, "sources": {}, "source_id": source.id, "changed_at": session.actor.at}
        made = session.execute(insert(ENTITY).values(row).returning(ENTITY.c.id)).scalar_one()
        session.record("test", "entity")
        session.commit()
    return int(made)


@pytest.fixture
def token(store: Store, signed_in: Callable[[str, Grant], str]) -> str:
    """The session of an account that reports for one unit, which leads two items."""
    unit = _unit(store)
    plan = actions.begin_register(store, OPERATOR, "样例计划", "plan")
    aspect = actions.add_node(store, OPERATOR, plan, None, Edit("推进协同", "", "aspect"))
    for title, days, lead in (("不急的", 20, UNIT), ("逾期的", -3, UNIT), ("别家的", -9, "样例市教育局")):
        edit = Edit(title, "", "task", due_on=TODAY + timedelta(days=days), lead=(lead,))
        actions.add_node(store, OPERATOR, plan, aspect, edit)
    return signed_in("填报", Grant("reporter", unit))


async def ready(at: Page, path: str) -> None:
    await at.goto(path)
    await at.wait_for_function("window.did_handshake === true")


async def test_what_is_typed_survives_a_cut_connection_and_becomes_one_report(
    browser: Browser, site: str, store: Store, token: str
) -> None:
    context = await browser.new_context(
        base_url=site, locale="en-GB", viewport={"width": 390, "height": 800}, has_touch=True
    )
    await context.add_cookies([{"name": accounts.COOKIE, "value": token, "url": site}])
    phone = await context.new_page()
    faults: list[str] = []
    phone.on("pageerror", lambda error: faults.append(str(error)))
    await ready(phone, "/my-work")
    assert await phone.locator(".hai-work strong").all_text_contents() == ["逾期的", "不急的"]
    form = phone.locator("form.hai-desk").first
    for target in await form.locator("input[type=number], input[type=date], textarea, button").all():
        box = await target.bounding_box()
        assert box
        assert box["height"] >= 44
    await form.locator("[data-slider]").fill("65")
    await expect(form.locator("[name=progress]")).to_have_value("65")
    await form.locator("[name=note]").fill("签约三家。")
    await form.locator("[name=difficulty]").fill("缺场地。")

    await context.set_offline(True)
    await form.get_by_role("button").click()
    await expect(form.locator("[role=status]")).to_contain_text("There is no connection.", timeout=WAIT)
    await context.set_offline(False)
    await expect(phone.locator(".hai-work > li").first).to_have_attribute("data-saved", "", timeout=WAIT)
    await expect(phone.locator("[data-left]")).to_have_text("1")
    following = phone.locator("form.hai-desk")
    await expect(following.locator("[name=note]")).to_be_visible()

    await following.locator("[name=note]").fill("写到一半")
    await phone.reload()
    await phone.wait_for_function("window.did_handshake === true")
    await expect(following.locator("[name=note]")).to_have_value("写到一半")

    async def lose(route: object) -> None:
        await route.fetch()  # type: ignore[attr-defined]  # the server has it, the phone never hears of it
        await route.abort()  # type: ignore[attr-defined]

    await phone.route("**/report", lose, times=1)
    await following.get_by_role("button").click()
    await expect(following.locator("[role=status]")).to_contain_text("There is no connection.", timeout=WAIT)
    await phone.reload()
    await expect(phone.get_by_text("Nothing is left to report.")).to_be_visible(timeout=WAIT)
    await asyncio.to_thread(_check_reports, store)
    await ready(phone, f"/units/{UNIT}")
    await expect(phone.locator(".hai-answer")).to_contain_text(f"{UNIT} leads 2 promises")
    await context.close()
    assert not faults


PAGES = {
    "/plan/1/timeline": "2 promises: 1 overdue",
    "/plan/1/timeline?by=unit&light=near": "1 promises: 0 overdue, 0 behind, 1 near",
    "/plan/1/timeline?stage=done": "There is nothing to draw.",
    f"/plan/1/calendar?month={TODAY - timedelta(days=3):%Y-%m}": "are due",
    "/plan/1/calendar?month=x": "There is no month x.",
    "/scorecards": UNIT,
    f"/scorecards?key={UNIT}&of=on_time&plan=1": "Kept on time",
    "/scorecards?by=theme": "you see the part of your own units",
    "/scorecards?by=jurisdiction": "There is nothing to add up yet.",
    "/units/样例市教育局": "No register that you may see names the unit",
    "/units/没有这个": "No register that you may see names the unit",
    "/my-work?period=2026-13": "The period 2026-13 is not known.",
}


def test_every_way_of_looking_opens(site: str, token: str) -> None:
    with httpx.Client(
        base_url=site, cookies={accounts.COOKIE: token}, headers={"accept-language": "en"}
    ) as client:
        for path, words in PAGES.items():
            answer = client.get(path)
            assert answer.status_code in (200, 404, 422), path
            said = re.sub("<[^>]*>", "", unescape(unescape(answer.text)))
            assert words in said, path


def _check_reports(store: Store) -> None:
    plan = actions.plan_at(store, OPERATOR, "样例计划").id
    held = {one.node.title: one.node.id for one in actions.promises_of(store, OPERATOR, plan, TODAY)}
    notes = {
        title: [
            (one.progress, one.note, one.difficulty)
            for one in actions.node_at(store, OPERATOR, node, TODAY).reports
        ]
        for title, node in held.items()
    }
    assert notes == {
        "逾期的": [(0.65, "签约三家。", "缺场地。")],
        "不急的": [(None, "写到一半", "")],
        "别家的": [],
    }
