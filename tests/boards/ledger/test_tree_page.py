"""The page of a register in a real browser: of how much its numbers are, and how it is searched."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from haihe.boards.accounts import OPERATOR
from haihe.boards.ledger import Edit, Return, actions
from haihe.boards.ledger.cells import CARDS_SHOWN
from haihe.store.opening import Store

pytestmark = [pytest.mark.browser, pytest.mark.database]

TODAY = actions.today()
UNIT = "样例市科技局"


async def ready(at: Page, path: str) -> None:
    await at.goto(path)
    await at.wait_for_function("window.did_handshake === true")


async def test_a_register_says_of_how_much_its_numbers_are(desk: Page, store: Store) -> None:
    plan = actions.begin_register(store, OPERATOR, "样例计划", "plan")
    aspect = actions.add_node(store, OPERATOR, plan, None, Edit("产业协同", "", "aspect"))
    task = actions.add_node(store, OPERATOR, plan, aspect, Edit("共建园区", "", "task"))
    for fen in (3 * 10**10, None):
        values = {} if fen is None else {"investment_fen": fen}
        actions.add_node(store, OPERATOR, plan, task, Edit("样例项目", "", "project", values=values))
    items = [
        actions.add_node(
            store, OPERATOR, plan, task, Edit(f"事项{place}", "", "item", lead=(UNIT,) * (not place))
        )
        for place in range(CARDS_SHOWN)
    ]
    actions.report_on(store, OPERATOR, items[0], Return("2026-10", TODAY, 0.8))

    await ready(desk, f"/plan/{plan}")
    await expect(desk.get_by_text("Investment: 3 × 100 million yuan (1 of 2 give one)")).to_be_visible()
    told = desk.get_by_title(f"1 of {CARDS_SHOWN + 2} report a progress")
    await expect(told).to_have_count(2)
    await expect(told.first).to_have_text(f"80% 1/{CARDS_SHOWN + 2} reported")
    await desk.get_by_label("Unit").select_option(UNIT)
    await desk.get_by_role("button", name="Find").click()
    await expect(desk.get_by_text("1–1 of 1")).to_be_visible()
    await desk.get_by_label("Unit").select_option("")
    await desk.get_by_label("Words of a title").fill("共建")
    await desk.get_by_role("button", name="Find").click()
    await expect(desk.get_by_role("link", name="共建园区")).to_be_visible()
    await expect(desk.get_by_label("Words of a title")).to_have_value("共建")

    await ready(desk, f"/plan/{plan}?view=stages")
    await desk.get_by_role("link", name="1 more in this stage").click()
    await expect(desk.get_by_text(f"of {CARDS_SHOWN + 1}", exact=False)).to_be_visible()
    await ready(desk, f"/item/{task}")
    await expect(desk.get_by_text("3 × 100 million yuan (1 of 2 give one)")).to_be_visible()
