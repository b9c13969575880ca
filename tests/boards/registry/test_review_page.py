"""The review of pairs in a real browser."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.async_api import Page, expect

from haihe.boards.accounts import OPERATOR
from haihe.boards.registry.actions import completions
from haihe.boards.registry.answers import Upload
from haihe.boards.registry.judgement_actions import judgements
from haihe.boards.registry.load_actions import load_file
from haihe.boards.registry.review_actions import JOB, look, look_job, waiting
from haihe.store.opening import Store
from haihe.store.work import run_next

pytestmark = [pytest.mark.browser, pytest.mark.database]

TABLE = """unit_code,name
a,天津海蓝智能装备研究院
b,天津海蓝智能装备研究所
c,天津市海蓝智能装备研究院
d,天津海兰智能装备研究院
"""


@pytest.fixture
def role() -> str:
    """Who reviews pairs."""
    return "steward"


async def test_pairs_are_judged_and_undone_with_the_keyboard(desk: Page, store: Store) -> None:
    load_file(store, OPERATOR, Upload("i.csv", TABLE.encode(), "institute"))
    look(store, OPERATOR)
    assert run_next(store.engine, {JOB: look_job}, lambda: datetime.now(UTC))
    pairs = waiting(store, OPERATOR)
    count = len(pairs)
    await desk.goto("/registry/review")
    await desk.wait_for_function("window.did_handshake === true")
    answer = desk.locator(".hai-answer")
    await expect(answer).to_have_text(f"{count} pairs wait; 0 are judged.")
    shown = desk.locator(".hai-pair")
    await expect(shown).to_contain_text(pairs[0].first.entity.name)
    assert await shown.locator("mark").count() > 0
    await desk.keyboard.press("j")
    await expect(desk.get_by_text(f"2 of {count} at hand")).to_be_visible()
    await desk.keyboard.press("k")
    await expect(desk.get_by_text(f"1 of {count} at hand")).to_be_visible()
    await desk.keyboard.press("u")
    await expect(answer).to_contain_text(f"{count - 1} pairs wait")
    await expect(desk.get_by_role("status").filter(has_text="Unsure")).to_contain_text("Undo")
    await desk.keyboard.press("z")
    await expect(answer).to_have_text(f"{count} pairs wait; 0 are judged.")
    await desk.get_by_label("Reason, if one is needed").fill("旧名")
    await desk.get_by_role("button", name="The same").click()
    await expect(answer).to_contain_text("1 are judged")
    (one,) = judgements(store, OPERATOR).rows
    assert (one.verdict, one.reason, (one.first, one.second)) == ("same", "旧名", pairs[0].doubt.pair)
    await desk.goto(f"/entity/{one.second}")
    await expect(desk).to_have_url(f"/entity/{one.first}")
    await desk.wait_for_function("window.did_handshake === true")
    await expect(desk.get_by_text("Also recorded as")).to_be_visible()
    await expect(desk.locator(".hai-verdicts")).to_contain_text("督查")
    await desk.get_by_role("button", name="Undo").click()
    await expect(desk.get_by_text("Also recorded as")).to_be_hidden()
    assert completions(store, OPERATOR, "海蓝智能装备研究")
