"""The review of pairs in a real browser, served by a process of its own (this file, run as a program)."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from nicegui import ui
from playwright.async_api import Browser, Page, expect

from haihe.boards.accounts import OPERATOR, Grant
from haihe.boards.accounts import actions as accounts
from haihe.boards.registry import page
from haihe.boards.registry.actions import search
from haihe.boards.registry.answers import Upload
from haihe.boards.registry.judgement_actions import judgements
from haihe.boards.registry.load_actions import load_file
from haihe.boards.registry.review_actions import JOB, look, look_job, waiting
from haihe.store.opening import Store, using
from haihe.store.work import run_next
from haihe.ui import doors

pytestmark = [pytest.mark.browser, pytest.mark.database]

TABLE = """unit_code,name
a,天津海蓝智能装备研究院
b,天津海蓝智能装备研究所
c,天津市海蓝智能装备研究院
"""


def serve(port: int, home_folder: str, url: str, owner_url: str) -> None:
    """The registry's pages on a store that is open elsewhere."""
    app = FastAPI()
    doors.mount(app)
    page.mount()
    ui.run_with(app, storage_secret="test", show_welcome_message=False)
    with using(Path(home_folder), url, owner_url):
        uvicorn.run(app, port=port, log_level="warning")


@pytest.fixture(scope="module")
def site(database: Store, serve: Callable[..., AbstractContextManager[str]]) -> Iterator[str]:
    """The address of the pages."""
    with serve(Path(__file__), str(database.heads.parent), database.url, database.owner_url) as address:
        yield address


@pytest.fixture
async def desk(browser: Browser, site: str, store: Store) -> AsyncIterator[Page]:
    """A steward's browser; no page may err in it."""
    old = accounts.add_account(store, OPERATOR, "管理员", "", [Grant("steward")])
    token = accounts.sign_in(store, "管理员", old)
    accounts.set_password(store, token, old, "a password of several words")
    context = await browser.new_context(base_url=site, locale="en-GB")
    await context.add_cookies([{"name": accounts.COOKIE, "value": token, "url": site}])
    opened = await context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    yield opened
    await context.close()
    assert not faults


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
    await desk.get_by_role("button", name="Undo").click()
    await expect(desk.get_by_text("Also recorded as")).to_be_hidden()
    assert search(store, OPERATOR, "海蓝智能装备研究")


if __name__ == "__main__":
    serve(int(sys.argv[1]), *sys.argv[2:])
