"""Reminding in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from haihe.boards.accounts import OPERATOR
from haihe.boards.ledger import Share
from haihe.boards.office import actions, chase_actions
from haihe.store.opening import Store

pytestmark = [pytest.mark.browser, pytest.mark.database]

PERIOD = f"{actions.today():%Y-%m}"
UNITS = ("样例市科技局", "样例市商务局", "样例市交通局")


async def test_a_supervisor_sets_up_a_channel_reminds_and_sees_who_was_reminded(
    desk: Page, store: Store, plan_of: Callable[..., int]
) -> None:
    plan = plan_of(*([Share(unit, "lead")] for unit in UNITS))
    order = actions.Order(plan, PERIOD, actions.today() + timedelta(days=2), "en")
    actions.dispatch(store, OPERATOR, order)
    await desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await desk.goto(f"/office/chase?plan={plan}&period={PERIOD}")
    await desk.wait_for_function("window.did_handshake === true")
    await expect(desk.locator(".hai-answer")).to_contain_text("3 units have something open")
    await desk.get_by_text("Words to send").nth(1).click()
    await desk.get_by_role("button", name="Copy").first.click()
    await expect(desk.get_by_role("button", name="Copied")).to_be_visible()
    copied = await desk.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"{UNITS[0]}: of your 1 items of 样例计划")
    await desk.get_by_role("checkbox", name=UNITS[2]).uncheck()
    await desk.get_by_role("button", name="Note as reminded by hand").click()
    await expect(desk.locator(".hai-answer")).to_contain_text("2 were reminded today", timeout=10_000)
    await expect(desk.locator("td", has_text="reminded today")).to_have_count(2)

    await desk.goto("/office/channels")
    await desk.wait_for_function("window.did_handshake === true")
    await expect(desk.get_by_text("No channel is set up.")).to_be_visible()
    await desk.get_by_label("Name of the channel").fill("专班群")
    await desk.get_by_label("Address (webhook)").fill("https://192.0.2.1/send?key=verysecret")
    await desk.get_by_role("button", name="Set it up").click()
    await expect(desk.get_by_text("192.0.2.1 is on a private network")).to_be_visible()
    await desk.get_by_label("Address (webhook)").fill("https://11.0.0.1/send?key=verysecret")
    await desk.get_by_role("button", name="Set it up").click()
    await expect(desk.get_by_role("heading", name="专班群")).to_be_visible(timeout=10_000)
    assert "verysecret" not in await desk.content()

    await desk.goto(f"/office/chase?plan={plan}&period={PERIOD}&channel=专班群")
    await desk.wait_for_function("window.did_handshake === true")
    await desk.get_by_role("button", name="Send through 专班群").click()
    await expect(desk.get_by_text("waits to be sent")).to_have_count(1, timeout=10_000)
    await desk.get_by_role("button", name="Take back").click()
    await expect(desk.get_by_text("taken back")).to_have_count(1, timeout=10_000)
    found, _ = chase_actions.history(store, OPERATOR, chase_actions.Sought(plan, channel="专班群"))
    assert [(one.name, one.state) for one in found] == [(UNITS[2], "withdrawn")]
