"""The page of foreign tables in a real browser, served by a process of its own: this file, run as one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from io import BytesIO
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from nicegui import ui
from openpyxl import Workbook
from playwright.async_api import Browser, expect

from haihe.boards.accounts import OPERATOR, Grant
from haihe.boards.accounts import actions as accounts
from haihe.boards.ledger import actions as ledger
from haihe.boards.office import mapping_page
from haihe.store.opening import Store, using
from haihe.ui import doors

pytestmark = [pytest.mark.browser, pytest.mark.database]


def serve(port: int, home_folder: str, url: str, owner_url: str) -> None:
    """The page on a store that is open elsewhere."""
    app = FastAPI()
    doors.mount(app)
    mapping_page.mount()
    ui.run_with(app, storage_secret="test", show_welcome_message=False)
    with using(Path(home_folder), url, owner_url):
        uvicorn.run(app, port=port, log_level="warning")


@pytest.fixture(scope="module")
def site(database: Store, serve: Callable[..., AbstractContextManager[str]]) -> Iterator[str]:
    """The address of the page."""
    with serve(Path(__file__), str(database.heads.parent), database.url, database.owner_url) as address:
        yield address


def workbook(path: Path) -> str:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["项目名称", "总投资", "责任单位", "完成时限"])
    sheet.append(["建设氢能产业园", 1.2, "市科技局", "2026年6月底前"])
    sheet.append(["建设联合实验室", 0.3, "市教委", "2026.12"])
    content = BytesIO()
    book.save(content)
    path.write_bytes(content.getvalue())
    return str(path)


async def test_columns_are_chosen_taken_up_and_taken_back(
    browser: Browser, site: str, store: Store, tmp_path: Path
) -> None:
    old = accounts.add_account(store, OPERATOR, "督查", "", [Grant("supervisor")])
    token = accounts.sign_in(store, "督查", old)
    accounts.set_password(store, token, old, "a password of several words")
    context = await browser.new_context(base_url=site, locale="en-GB")
    await context.add_cookies([{"name": accounts.COOKIE, "value": token, "url": site}])
    page = await context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    await page.goto("/office/map?into=样例清单")
    await page.wait_for_function("window.did_handshake === true")
    async with page.expect_file_chooser() as chooser:
        await page.get_by_role("button", name="Choose a file").click()
    await (await chooser.value).set_files([workbook(tmp_path / "清单.xlsx")])
    await expect(page.get_by_text("2 cells cannot be read")).to_be_visible(timeout=15_000)
    await page.get_by_label("Unit", exact=True).select_option("亿元")
    await expect(page.get_by_text("3 items would be new")).to_be_visible(timeout=15_000)
    await page.get_by_role("button", name="Take up 3 items into 样例清单").click()
    await expect(page.get_by_text("has taken up 清单.xlsx")).to_be_visible(timeout=15_000)
    plan = ledger.plan_at(store, OPERATOR, "样例清单")
    nodes = {one.node.title: one.node for one in ledger.tree_of(store, OPERATOR, plan.id, ledger.today())}
    assert nodes["建设氢能产业园"].values["investment_fen"] == 12_000 * 1_000_000
    await page.get_by_role("button", name="Take it back").first.click()
    await expect(page.get_by_text("Taken up before")).to_be_visible(timeout=15_000)
    assert ledger.plan_at(store, OPERATOR, "样例清单").accepted == 0
    await context.close()
    assert not faults


if __name__ in {"__main__", "__mp_main__"}:
    serve(int(sys.argv[1]), *sys.argv[2:])
