"""Signing in, tokens and the audit in a real browser, served by a process of its own (this file, run)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import httpx2
import pytest
import uvicorn
from nicegui import ui
from playwright.async_api import Browser, expect
from sqlalchemy import text

from haihe.app.api import create_api
from haihe.boards.accounts import OPERATOR, Grant, page, session_api
from haihe.boards.accounts import actions as accounts
from haihe.store.opening import Store, using
from haihe.store.session import noting
from haihe.ui import doors

pytestmark = [pytest.mark.browser, pytest.mark.database]
OWN = "four words make it long"


def serve_pages(port: int, home_folder: str, url: str, owner_url: str) -> None:
    """The pages of accounts on a store that is open elsewhere."""
    app = create_api()
    session_api._CHECKED_S = 0.0
    doors.mount(app)
    page.mount()
    ui.run_with(app, storage_secret="test", show_welcome_message=False)
    with using(Path(home_folder), url, owner_url):
        uvicorn.run(app, port=port, log_level="warning")


@pytest.fixture(scope="module")
def site(kept: Store, serve: Callable[..., AbstractContextManager[str]]) -> Iterator[str]:
    """The address of the pages."""
    with serve(Path(__file__), str(kept.heads.parent), kept.url, kept.owner_url) as address:
        yield address


async def test_somebody_signs_in_makes_a_token_and_is_led_to_sign_in_when_the_session_ends(
    kept: Store, browser: Browser, site: str
) -> None:
    given = accounts.add_account(kept, OPERATOR, "desk", "", [Grant("admin")])
    token = accounts.sign_in(kept, "desk", given)
    accounts.set_password(kept, token, given, OWN)
    context = await browser.new_context(base_url=site, locale="en-GB")
    opened = await context.new_page()
    await opened.goto("/sign-in?back=/account")
    for password in ("wrong", OWN):
        await opened.get_by_label("Name").fill("desk")
        await opened.get_by_label("Password").fill(password)
        await opened.locator(".hai-content").get_by_role("button", name="Sign in").click()
        if password == "wrong":
            await expect(opened.get_by_role("alert")).to_contain_text("wrong")
    await opened.wait_for_url("**/account")
    await opened.wait_for_function("window.did_handshake === true")
    await opened.get_by_label("What it is for").fill("nightly export")
    await opened.get_by_label("What it may do").click()
    await opened.get_by_role("option", name="see what is not published").click()
    await opened.keyboard.press("Escape")
    await opened.get_by_role("button", name="Make a token").click()
    secret = await opened.locator(".hai-code").inner_text()
    headers = {"Authorization": f"Bearer {secret}"}
    assert httpx2.get(f"{site}/api/v1/session", headers=headers, trust_env=False).json()["name"] == "desk"
    await opened.get_by_role("button", name="Done").click()
    await expect(opened.get_by_text("nightly export", exact=True)).to_be_visible()
    for path in ("/accounts", "/audit"):
        await opened.goto(path)
        await expect(opened.locator(".hai-answer")).to_be_visible()
    await expect(opened.get_by_role("cell", name="Made an API token").first).to_be_visible()

    await opened.goto("/account")
    await opened.wait_for_function("window.did_handshake === true")
    with noting(kept.engine) as connection:
        connection.execute(text("UPDATE account_login SET last_seen_at = last_seen_at - interval '1 hour'"))
    await opened.get_by_role("button", name="Make a token").click()
    await opened.wait_for_url("**/sign-in?ended=1**")
    await expect(opened.get_by_role("alert")).to_contain_text("Your session has ended")
    await context.close()


if __name__ == "__main__":
    serve_pages(int(sys.argv[1]), *sys.argv[2:])
