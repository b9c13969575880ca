"""The pages in a real browser."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.async_api import Browser, Dialog, Locator, Page, expect

from haihe.boards.accounts import OPERATOR
from haihe.boards.ledger import Edit, actions
from haihe.boards.ledger.kinds import Level, kinds
from haihe.boards.ledger.lines import lines_of
from haihe.boards.reader import actions as reader
from haihe.store.opening import Store

pytestmark = [pytest.mark.browser, pytest.mark.database]

DUE = actions.today() - timedelta(days=3)
TEXT = f"""任务如下:
一是扩大开放,拧成“一股绳”,落地项目74个。（责任单位：市商务局；完成时限：{DUE:%Y年%m月%d日}前）
二是共建中试平台。
"""


@pytest.fixture
def draft(store: Store) -> int:
    document = reader.read_document(store, OPERATOR, TEXT.encode(), "plan.txt").id
    return actions.draft_from(store, OPERATOR, "样例计划", document).plan


async def ready(at: Page, path: str) -> None:
    await at.goto(path)
    await at.wait_for_function("window.did_handshake === true")


async def test_the_list_says_what_to_do_while_there_is_no_plan(desk: Page) -> None:
    await ready(desk, "/plans")
    await expect(desk.get_by_text("haihe read FILE --into NAME")).to_be_visible()


async def test_drafts_are_reviewed_with_the_keyboard(desk: Page, store: Store, draft: int) -> None:
    await ready(desk, "/plans")
    await desk.get_by_role("link", name="3", exact=True).click()
    rows = desk.locator(".hai-review li")
    await expect(rows).to_have_count(3)
    await rows.nth(1).focus()
    await desk.keyboard.press("a")
    await expect(rows.nth(0)).to_have_attribute("data-state", "accepted")
    await expect(rows.nth(1)).to_have_attribute("data-state", "accepted")
    await expect(rows.nth(2)).to_be_focused()
    await desk.keyboard.press("r")
    await expect(rows.nth(2)).to_have_attribute("data-state", "rejected")
    await rows.nth(2).focus()
    await desk.keyboard.press("u")
    await expect(rows.nth(2)).to_have_attribute("data-state", "draft")
    await desk.keyboard.press("e")
    await desk.wait_for_url("**/item/*")
    await desk.locator("input[name=title]").first.fill("共建两个中试平台")
    await desk.get_by_role("button", name="Save").click()
    await expect(desk.locator(".hai-answer")).to_have_text("共建两个中试平台")
    states = {
        each.node.title: each.node.state for each in actions.tree_of(store, OPERATOR, draft, DUE, review=True)
    }
    assert states["共建两个中试平台"] == "draft"


async def test_all_drafts_are_accepted_and_the_plan_says_how_it_stands(desk: Page, draft: int) -> None:
    await ready(desk, f"/plan/{draft}")
    await expect(desk.get_by_text("3 drafts wait for review")).to_be_visible()
    await desk.get_by_role("button", name="Accept all 3 drafts").click()
    await expect(desk.locator(".hai-answer")).to_contain_text("2 promises: 1 overdue")
    await expect(desk.locator(".hai-tree")).to_contain_text("扩大开放")
    await desk.get_by_role("link", name="overdue", exact=False).first.click()
    listed = desk.locator(".hai-data:has(.hai-pager) tbody tr")
    await expect(listed).to_have_count(1)
    await ready(desk, f"/plan/{draft}?theme=rope")
    await expect(listed).to_have_count(1)


async def test_a_figure_of_the_plan_opens_its_sentence(desk: Page, draft: int) -> None:
    await ready(desk, f"/plan/{draft}")
    await desk.get_by_role("link", name="74个").first.click()
    await expect(desk.locator(".hai-drawer blockquote")).to_contain_text("落地项目74个")


async def test_a_report_is_sent_from_the_item_and_shown_there(desk: Page, store: Store, draft: int) -> None:
    actions.accept(store, OPERATOR, draft)
    node = actions.tree_of(store, OPERATOR, draft, DUE)[1].node
    await ready(desk, f"/item/{node.id}")
    await expect(desk.get_by_text("nothing has been reported")).to_be_visible()
    await desk.locator("summary", has_text="Report").click()
    await desk.locator("input[name=progress]").fill("140")
    await desk.get_by_role("button", name="Send").first.click()
    await expect(desk.get_by_text("A progress of 1.4 cannot be.")).to_be_visible()
    await desk.locator("input[name=progress]").fill("90")
    await desk.locator("textarea[name=note]").fill("签约完成。")
    await desk.locator("input[name=forecast_due_on]").fill("2020-01-01")
    asked: list[str] = []

    async def agree(dialog: Dialog) -> None:
        asked.append(dialog.message)
        await dialog.accept()

    desk.on("dialog", agree)
    await desk.get_by_role("button", name="Send").first.click()
    await expect(desk.locator(".hai-timeline")).to_contain_text("签约完成。")
    assert asked == ["You expect it by a day that has passed. Save it all the same?"]
    assert actions.node_at(store, OPERATOR, node.id, actions.today()).standing.progress == 0.9


async def test_home_and_search_lead_to_what_is_overdue(desk: Page, store: Store, draft: int) -> None:
    actions.accept(store, OPERATOR, draft)
    await ready(desk, "/")
    await expect(desk.locator(".hai-answer")).to_contain_text("2 promises: 1 overdue")
    await expect(desk.locator(".hai-card")).to_have_count(6)
    await expect(desk.locator(".hai-card", has_text="One rope")).to_contain_text("overdue")
    await ready(desk, "/search?q=中试平台")
    await desk.get_by_role("link", name="共建中试平台").click()
    await expect(desk.locator(".hai-answer")).to_have_text("共建中试平台")


async def test_a_plan_that_is_not_published_is_not_for_everybody(
    browser: Browser, site: str, draft: int
) -> None:
    opened = await browser.new_page(base_url=site, locale="en-GB")
    answer = await opened.goto(f"/plan/{draft}")
    assert answer
    assert answer.status == 404
    await expect(opened.get_by_text("There is no plan")).to_be_visible()


WALKED = "plan", "programme", "agreement", "study", "aid", "construction", "investment"
"""Meetings, problem lists and requests are walked in test_scenarios.py, by those who need them."""
BOXES = {
    "date": "2026-03-01", "money": "1200", "place": "120114", "count": "3", "number": "38.5", "share": "0.4",
    "unit": "样例市科学技术局", "units": "样例一区、样例二区", "words": "两区联合推进，已完成调查摸底。",
}  # fmt: skip


async def fill(form: Locator, level: Level, names: Iterable[str], linked: int) -> None:
    """Fill the boxes of some fields, those for an item with the address of one."""
    for name in names:
        words = {**BOXES, "node": f"http://127.0.0.1/item/{linked}"}.get(level.fields[name].type, "样例内容")
        await form.locator(f"[name=field-{name}]").fill(words)


async def move_to_end(desk: Page, level: Level, linked: int) -> None:
    """Bring an entry from stage to stage until one that ends."""
    for before, stage in pairwise(level.stages.values()):
        if before.ends:
            break
        move = desk.locator("details", has=desk.get_by_text(f"Move to: {stage.label['en']}", exact=True))
        await move.locator("summary").click()
        await fill(
            move,
            level,
            [need for need in stage.needs if await move.locator(f"[name=field-{need}]").count()],
            linked,
        )
        await move.get_by_role("button", name="Move").click()
        await expect(desk.locator(".hai-stepper li[data-state=now]")).to_have_text(stage.label["en"])


@pytest.mark.parametrize("name", WALKED)
async def test_a_register_is_walked_in_the_browser_to_its_end(desk: Page, store: Store, name: str) -> None:
    kind = kinds()[name]
    reforms = actions.begin_register(store, OPERATOR, "样例改革事项", "reform")
    linked = actions.add_node(store, OPERATOR, reforms, None, Edit("样例举措", "", "reform"))
    await ready(desk, "/plans")
    await desk.get_by_text("Begin a register").click()
    await desk.locator("input[name=name]").fill(f"样例{kind.label['zh']}")
    await desk.locator("select[name=kind]").select_option(name)
    await desk.get_by_role("button", name="Begin").click()
    await desk.wait_for_url("**/plan/*")
    plan = int(desk.url.rsplit("/", 1)[1])
    await expect(desk.get_by_text("Nothing stands in this register yet.")).to_be_visible()
    parent: str | None = None
    while below := kind.below(parent):
        level = below[0] if below[0].name != parent else below[-1]
        if level.name == parent:
            break
        fold = desk.locator(
            "details", has=desk.locator("summary", has_text=f"Add: {level.label['en']}")
        ).first
        if await fold.get_attribute("open") is None:
            await fold.locator("summary").first.click()
        await fold.locator("input[name=title]").fill(f"样例{level.label['zh']}")
        if level.promise:
            await fold.locator("input[name=due_on]").fill(f"{DUE:%Y-%m-%d}")
        await fill(fold, level, (each.name for each in level.fields.values() if each.required), linked)
        await fold.get_by_role("button", name="Add").click()
        made = desk.get_by_role("link", name=f"样例{level.label['zh']}", exact=True)
        added = made.and_(desk.locator("a[href^='/item/']")).last
        await expect(added).to_be_visible()
        await added.click()
        await desk.wait_for_url("**/item/*")
        await desk.wait_for_function("window.did_handshake === true")
        parent = level.name
        if level.promise:
            await expect(desk.locator(".hai-light").first).to_contain_text("overdue")
        await move_to_end(desk, level, linked)
    await ready(desk, f"/plan/{plan}?view=stages")
    last = [each for each in actions.tree_of(store, OPERATOR, plan, DUE) if each.node.stage]
    for each in last:
        stage = kind.levels[each.node.kind].stages[each.node.stage or ""]
        await expect(desk.locator(".hai-card", has_text=stage.label["en"]).first).to_contain_text(
            each.node.title
        )
    async with desk.expect_download() as handed:
        await desk.get_by_role("link", name="workbook").first.click()
    content = Path(await (await handed.value).path()).read_bytes()
    assert [line.title for line in lines_of(content, kind).lines] == [
        each.node.title for each in actions.tree_of(store, OPERATOR, plan, DUE)
    ]


async def test_a_workbook_is_looked_at_before_it_is_taken_over(
    desk: Page, store: Store, tmp_path: Path
) -> None:
    plan = actions.begin_register(store, OPERATOR, "协调", "request")
    asked = Edit("请支持", "", "request", values={"asked_by": "样例一区"})
    node = actions.add_node(store, OPERATOR, plan, None, asked)
    book = load_workbook(BytesIO(actions.workbook_of(store, OPERATOR, plan, "zh")))
    book.worksheets[0].cell(3, 3, "请尽快支持")
    book.worksheets[0].append(["2", "没有这一级", "错的"])
    book.save(tmp_path / "协调.xlsx")
    await ready(desk, f"/plan/{plan}")
    await desk.locator("input[type=file]").set_input_files(tmp_path / "协调.xlsx")
    await expect(desk.get_by_text("0 new, 1 changed, 0 the same, 0 left; 1 cells not taken.")).to_be_visible()
    await expect(desk.get_by_text("Title: 请支持 → 请尽快支持")).to_be_visible()
    assert actions.node_at(store, OPERATOR, node, DUE).standing.node.title == "请支持"
    await desk.get_by_role("button", name="Take over 1 lines").click()
    await expect(desk.get_by_role("link", name="请尽快支持")).to_be_visible()
