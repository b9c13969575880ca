"""The page of foreign tables in a real browser."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from playwright.async_api import Page, expect

from haihe.boards.accounts import OPERATOR
from haihe.boards.ledger import actions as ledger
from haihe.store.opening import Store

pytestmark = [pytest.mark.browser, pytest.mark.database]


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


async def test_columns_are_chosen_taken_up_and_taken_back(desk: Page, store: Store, tmp_path: Path) -> None:
    await desk.goto("/office/map?into=样例清单")
    await desk.wait_for_function("window.did_handshake === true")
    async with desk.expect_file_chooser() as chooser:
        await desk.get_by_role("button", name="Choose a file").click()
    await (await chooser.value).set_files([workbook(tmp_path / "清单.xlsx")])
    await expect(desk.get_by_text("2 cells cannot be read")).to_be_visible(timeout=15_000)
    async with desk.expect_download() as download:
        await desk.get_by_role("button", name="Cells that cannot be read, as xlsx").click()
    rejects = load_workbook(BytesIO(Path(await (await download.value).path()).read_bytes()))
    assert rejects.active.oddFooter.left.text.startswith("Taken from Haihe by 督查 on ")
    await desk.get_by_label("Unit", exact=True).select_option("亿元")
    await expect(desk.get_by_text("3 items would be new")).to_be_visible(timeout=15_000)
    await desk.get_by_role("button", name="Take up 3 items into 样例清单").click()
    await expect(desk.get_by_text("has taken up 清单.xlsx")).to_be_visible(timeout=15_000)
    plan = ledger.plan_at(store, OPERATOR, "样例清单")
    nodes = {one.node.title: one.node for one in ledger.tree_of(store, OPERATOR, plan.id, ledger.today())}
    assert nodes["建设氢能产业园"].values["investment_fen"] == 12_000 * 1_000_000
    await desk.get_by_role("button", name="Take it back").first.click()
    await expect(desk.get_by_text("Taken up before")).to_be_visible(timeout=15_000)
    assert ledger.plan_at(store, OPERATOR, "样例清单").accepted == 0
