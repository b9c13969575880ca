"""The page in a real browser."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.async_api import Browser, Page, expect

from haihe.boards.accounts import OPERATOR
from haihe.boards.ledger import Return, Share
from haihe.boards.ledger import actions as ledger
from haihe.boards.office import actions
from haihe.boards.office.records import LABELS
from haihe.store.opening import Store

pytestmark = [pytest.mark.browser, pytest.mark.database]

PERIOD = f"{actions.today():%Y-%m}"
COLUMN = {name: place for place, name in enumerate(LABELS, 1)}
UNITS = ("样例市科技局", "样例市商务局", "样例市交通局")


@pytest.fixture
def plan(plan_of: Callable[..., int]) -> int:
    """A plan with items of three units, one of them shared by two, and one of all districts."""
    leads = [[Share(unit, "lead")] for unit in UNITS]
    return plan_of(*leads, [Share(unit, "lead") for unit in UNITS[:2]], [Share("各区", "lead")])


def filled(content: bytes, **entries: object) -> bytes:
    book = load_workbook(BytesIO(content))
    for name, value in entries.items():
        book.worksheets[0].cell(6, COLUMN[name]).value = value
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


async def ready(at: Page, path: str) -> None:
    await at.goto(path)
    await at.wait_for_function("window.did_handshake === true")


async def hand_in(at: Page, folder: Path, files: dict[str, bytes]) -> None:
    """Choose files as a person does."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
    async with at.expect_file_chooser() as chooser:
        await at.get_by_role("button", name="Take in what came back").click()
    await (await chooser.value).set_files([str(folder / name) for name in files])


async def test_the_page_says_what_to_do_while_there_is_no_plan(desk: Page) -> None:
    await ready(desk, "/office")
    await expect(desk.get_by_text("There is nothing to hand out.")).to_be_visible()
    await expect(desk.get_by_role("main").get_by_role("link", name="Plans")).to_be_visible()


async def test_workbooks_are_handed_out_as_one_archive(desk: Page, plan: int) -> None:
    await ready(desk, f"/office?plan={plan}")
    await expect(desk.locator(".hai-answer")).to_contain_text("3 units with 4 items wait")
    async with desk.expect_download() as download:
        await desk.get_by_role("button", name="Hand out 3 workbooks").click()
    with zipfile.ZipFile(await (await download.value).path()) as archive:
        assert sorted(archive.namelist()) == sorted(f"{unit}-样例计划-{PERIOD}.xlsx" for unit in UNITS)
    await expect(desk.locator(".hai-answer")).to_contain_text("of 3 units 0 have returned all")
    await expect(desk.get_by_text("Nobody to hand to")).to_be_visible()
    await expect(desk.get_by_text("各区")).to_be_visible()


async def test_returns_are_shown_chosen_and_reported(
    desk: Page, store: Store, plan: int, tmp_path: Path
) -> None:
    handed = actions.dispatch(store, OPERATOR, actions.Order(plan, PERIOD, language="en"))
    files = dict(zip(UNITS, handed.files.values(), strict=True))
    first = handed.handouts[2].lines[0].node
    ledger.report_on(store, OPERATOR, first, Return(PERIOD, actions.today(), 0.3, "站内已报"))
    await ready(desk, f"/office?plan={plan}&period={PERIOD}")
    back = {
        "甲.xlsx": filled(files[UNITS[0]], progress=0.4, note="已招标", due="2031"),
        "乙.xlsx": filled(files[UNITS[2]], progress=0.5),
        "丙.docx": b"PK",
    }
    await hand_in(desk, tmp_path, back)
    await expect(
        desk.get_by_text("3 files: 1 items would be reported on, 1 wait for a choice")
    ).to_be_visible()
    await expect(desk.get_by_text("丙.docx is no workbook")).to_be_visible()
    await expect(desk.get_by_text("The cell is locked")).to_be_visible()
    await expect(desk.get_by_text(f"Nothing came back from: {UNITS[1]}")).to_be_visible()
    async with desk.expect_download() as download:
        await desk.get_by_role("button", name="All differences as xlsx").click()
    taken = load_workbook(BytesIO(Path(await (await download.value).path()).read_bytes()))
    assert taken.active.oddFooter.left.text.startswith("Taken from Haihe by 督查 on ")
    await desk.get_by_role("radio").check()
    await desk.get_by_role("button", name="Take this one").click()
    await desk.get_by_role("button", name="Report on 2 items").click()
    await expect(desk.locator(".hai-answer").first).to_contain_text(
        "2 of 4 items are reported on", timeout=10_000
    )
    found = ledger.reports_in(store, OPERATOR, plan, PERIOD)
    assert [report.progress for report in found[first]] == [0.5, 0.3]


async def test_a_reader_sees_the_state_and_no_buttons(
    browser: Browser, site: str, store: Store, plan: int
) -> None:
    ledger.publish(store, OPERATOR, plan)
    opened = await browser.new_page(base_url=site, locale="zh-CN")
    await ready(opened, f"/office?plan={plan}")
    await expect(opened.locator(".hai-answer")).to_contain_text("尚未下发")
    await expect(opened.get_by_role("button", name="收取交回的文件")).to_have_count(0)
    await opened.close()
