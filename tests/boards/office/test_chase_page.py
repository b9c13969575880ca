"""Reminding in a real browser, served by a process of its own (this file, run as a program)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from nicegui import ui
from playwright.async_api import Browser, expect

from haihe.boards.accounts import OPERATOR, Grant
from haihe.boards.accounts import actions as accounts
from haihe.boards.ledger import Share
from haihe.boards.office import actions, channel_page, chase_actions, chase_page
from haihe.boards.office.chase_api import router
from haihe.store.opening import Store, using
from haihe.ui import doors

pytestmark = [pytest.mark.browser, pytest.mark.database]

PERIOD = f"{actions.today():%Y-%m}"
UNITS = ("样例市科技局", "样例市商务局", "样例市交通局")


def serve(port: int, home_folder: str, url: str, owner_url: str) -> None:
    """The pages of reminding on a store that is open elsewhere."""
    app = FastAPI()
    app.include_router(router)
    doors.mount(app)
    chase_page.mount()
    channel_page.mount()
    ui.run_with(app, storage_secret="test", show_welcome_message=False)
    with using(Path(home_folder), url, owner_url):
        uvicorn.run(app, port=port, log_level="warning")


@pytest.fixture
def site(store: Store, serve: Callable[..., AbstractContextManager[str]]) -> Iterator[str]:
    """The address of the pages."""
    with serve(Path(__file__), str(store.heads.parent), store.url, store.owner_url) as address:
        yield address


async def test_a_supervisor_sets_up_a_channel_reminds_and_sees_who_was_reminded(
    browser: Browser, site: str, store: Store, plan_of: Callable[..., int]
) -> None:
    plan = plan_of(*([Share(unit, "lead")] for unit in UNITS))
    order = actions.Order(plan, PERIOD, actions.today() + timedelta(days=2), "en")
    actions.dispatch(store, OPERATOR, order)
    old = accounts.add_account(store, OPERATOR, "督查", "", [Grant("supervisor")])
    token = accounts.sign_in(store, "督查", old)
    accounts.set_password(store, token, old, "a password of several words")
    context = await browser.new_context(
        base_url=site, locale="en-GB", viewport={"width": 1280, "height": 900}
    )
    await context.add_cookies([{"name": accounts.COOKIE, "value": token, "url": site}])
    await context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = await context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))

    await page.goto(f"/office/chase?plan={plan}&period={PERIOD}")
    await page.wait_for_function("window.did_handshake === true")
    await expect(page.locator(".hai-answer")).to_contain_text("3 units have something open")
    await page.get_by_text("Words to send").nth(1).click()
    await page.get_by_role("button", name="Copy").first.click()
    await expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"{UNITS[0]}: of your 1 items of 样例计划")
    await page.get_by_role("checkbox", name=UNITS[2]).uncheck()
    await page.get_by_role("button", name="Note as reminded by hand").click()
    await expect(page.locator(".hai-answer")).to_contain_text("2 were reminded today", timeout=10_000)
    await expect(page.locator("td", has_text="reminded today")).to_have_count(2)

    await page.goto("/office/channels")
    await page.wait_for_function("window.did_handshake === true")
    await expect(page.get_by_text("No channel is set up.")).to_be_visible()
    await page.get_by_label("Name of the channel").fill("专班群")
    await page.get_by_label("Address (webhook)").fill("https://192.0.2.1/send?key=verysecret")
    await page.get_by_role("button", name="Set it up").click()
    await expect(page.get_by_text("192.0.2.1 is on a private network")).to_be_visible()
    await page.get_by_label("Address (webhook)").fill("https://11.0.0.1/send?key=verysecret")
    await page.get_by_role("button", name="Set it up").click()
    await expect(page.get_by_role("heading", name="专班群")).to_be_visible(timeout=10_000)
    assert "verysecret" not in await page.content()

    await page.goto(f"/office/chase?plan={plan}&period={PERIOD}&channel=专班群")
    await page.wait_for_function("window.did_handshake === true")
    await page.get_by_role("button", name="Send through 专班群").click()
    await expect(page.get_by_text("waits to be sent")).to_have_count(1, timeout=10_000)
    await page.get_by_role("button", name="Take back").click()
    await expect(page.get_by_text("taken back")).to_have_count(1, timeout=10_000)
    found, _ = chase_actions.history(store, OPERATOR, chase_actions.Sought(plan, channel="专班群"))
    assert [(one.name, one.state) for one in found] == [(UNITS[2], "withdrawn")]
    await context.close()
    assert not faults


if __name__ in {"__main__", "__mp_main__"}:
    serve(int(sys.argv[1]), *sys.argv[2:])
