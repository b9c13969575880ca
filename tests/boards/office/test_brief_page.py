"""The pages of briefs in a real browser, served by a process of its own (this file, run as a program)."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager
from io import BytesIO
from pathlib import Path

import pytest
import uvicorn
from docx import Document
from fastapi import FastAPI
from nicegui import ui
from playwright.async_api import Browser, Page, expect

from haihe.boards.accounts import OPERATOR, Grant
from haihe.boards.accounts import actions as accounts
from haihe.boards.ledger import Share, period_actions
from haihe.boards.office import brief_actions, brief_page
from haihe.boards.office.brief_api import router
from haihe.store.opening import Store, using
from haihe.ui import doors

pytestmark = [pytest.mark.browser, pytest.mark.database]

PERIOD = f"{brief_actions.today():%Y-%m}"


def serve(port: int, home_folder: str, url: str, owner_url: str) -> None:
    """The pages of briefs on a store that is open elsewhere."""
    app = FastAPI()
    app.include_router(router)
    doors.mount(app)
    brief_page.mount()
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
    """A supervisor's browser; no page may err in it."""
    old = accounts.add_account(store, OPERATOR, "督查", "", [Grant("supervisor")])
    token = accounts.sign_in(store, "督查", old)
    accounts.set_password(store, token, old, "a password of several words")
    context = await browser.new_context(base_url=site, locale="en-GB", accept_downloads=True)
    await context.add_cookies([{"name": accounts.COOKIE, "value": token, "url": site}])
    opened = await context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    yield opened
    await context.close()
    assert not faults


def template() -> bytes:
    document = Document()
    document.add_paragraph("{{ issuer }}: {{ headline }}")
    file = BytesIO()
    document.save(file)
    return file.getvalue()


async def test_a_brief_is_drafted_looked_at_and_issued(
    desk: Page, store: Store, plan_of: Callable[..., int], tmp_path: Path
) -> None:
    plan = plan_of([Share("样例市科技局", "lead")], [Share("样例市商务局", "lead")])
    await desk.goto(f"/office/briefs?plan={plan}&kind=month&period={PERIOD}")
    await desk.wait_for_function("window.did_handshake === true")
    await expect(desk.locator(".hai-answer")).to_contain_text("is not issued yet")
    await desk.get_by_role("button", name="Make a draft").click()
    await expect(desk.locator(".brief")).to_contain_text("none of their lights is confirmed")
    period_actions.confirm_lights(store, OPERATOR, plan, PERIOD)
    await desk.get_by_role("button", name="Make the draft again").click()
    await expect(desk.locator(".brief")).to_contain_text("have a confirmed light")
    await expect(desk.get_by_text("Changed since the draft before")).to_be_visible()

    (tmp_path / "own.docx").write_bytes(template())
    await desk.get_by_label("In whose name").fill("Sample office")
    async with desk.expect_file_chooser() as chooser:
        await desk.get_by_role("button", name="Choose a Word template").click()
    await (await chooser.value).set_files(tmp_path / "own.docx")
    await expect(desk.get_by_role("button", name="own.docx")).to_be_visible()
    async with desk.expect_download() as download:
        await desk.get_by_role("button", name="The draft as docx").click()
    content = Path(await (await download.value).path()).read_bytes()
    assert Document(BytesIO(content)).paragraphs[0].text.startswith("Sample office: As of")

    await desk.get_by_role("button", name="Issue it").click()
    await desk.wait_for_url("**/office/brief/*")
    await expect(desk.locator(".brief .issuer")).to_have_text("Sample office")
    await expect(desk.get_by_text("in force")).to_be_visible()
    (issued,) = brief_actions.issues(store, OPERATOR, plan)
    assert period_actions.periods_of(store, OPERATOR, plan)[0].brief == issued.sha256


if __name__ == "__main__":
    port, *rest = sys.argv[1:]
    serve(int(port), *rest)
