"""What somebody does with a register in Chinese, down to the paper or workbook that they hand on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook
from playwright.async_api import Browser, Locator, Page, expect
from tests.boards.conftest import agencies

from haihe.boards.accounts import OPERATOR, Grant
from haihe.boards.accounts import actions as accounts
from haihe.boards.ledger import Edit, actions
from haihe.store.opening import Store

pytestmark = [pytest.mark.browser, pytest.mark.database]

UNIT, OTHER = "样例市住房和城乡建设局", "样例二区政府"
DUE = actions.today() + timedelta(days=40)
Opened = Callable[[str, Grant], Awaitable[Page]]


@pytest.fixture
async def opened(
    browser: Browser, site: str, signed_in: Callable[[str, Grant], str]
) -> AsyncIterator[Opened]:
    """Opens the browser of an account in Chinese."""
    contexts = []

    async def open_for(name: str, grant: Grant) -> Page:
        contexts.append(await browser.new_context(base_url=site, locale="zh-CN"))
        await contexts[-1].add_cookies(
            [{"name": accounts.COOKIE, "value": signed_in(name, grant), "url": site}]
        )
        return await contexts[-1].new_page()

    yield open_for
    for one in contexts:
        await one.close()


async def ready(at: Page, path: str) -> None:
    await at.goto(path)
    await at.wait_for_function("window.did_handshake === true")


async def send(at: Page, title: str, written: dict[str, str], button: str) -> None:
    """Open a form by its title, fill it and send it."""
    form = at.locator("details", has=at.locator("summary", has_text=title)).first
    if await form.get_attribute("open") is None:
        await form.locator("summary").first.click()
    for name, words in written.items():
        await form.locator(f"[name={name}]").fill(words)
    await form.get_by_role("button", name=button, exact=True).click()


async def handed(at: Page, way: Locator) -> bytes:
    """The file behind a link."""
    async with at.expect_download() as download:
        await way.click()
    return Path(await (await download.value).path()).read_bytes()


def rows(content: bytes) -> list[dict[str, object]]:
    """The lines of a workbook by the words over its columns."""
    head, *lines = list(load_workbook(BytesIO(content)).worksheets[0].iter_rows(min_row=2, values_only=True))
    return [dict(zip(map(str, head), line, strict=True)) for line in lines]


def told(content: bytes) -> str:
    """The words of a paper, those of its tables too."""
    paper = Document(BytesIO(content))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(line.text for line in paper.paragraphs), *cells])


async def test_a_problem_is_put_right_by_its_unit_and_struck_off_the_list(
    store: Store, opened: Opened
) -> None:
    number = agencies(store, UNIT)[UNIT]
    plan = actions.begin_register(store, OPERATOR, "样例督查问题清单", "problem")
    found = {"found_on": "2026-10-12", "found_by": "样例市督查室"}
    edit = Edit("样例河道沿线违规堆放未清理", "", "problem", due_on=DUE, lead=(UNIT,), values=found)
    node = actions.add_node(store, OPERATOR, plan, None, edit)
    reporter = await opened("住建填报", Grant("reporter", number))
    await ready(reporter, f"/item/{node}")
    await expect(reporter.locator(".hai-particulars")).to_contain_text("整改责任单位")
    measure = "已清运堆放物320立方米，设置围挡，安排专班每周巡查。"
    await send(reporter, "转入：整改中", {"field-measure": measure}, "转入")
    await expect(reporter.locator(".hai-stepper li[data-state=now]")).to_have_text("整改中")
    office = await opened("督查", Grant("supervisor"))
    await ready(office, f"/item/{node}")
    await send(office, "转入：待销号", {"field-verified_on": "2026-11-18"}, "转入")
    await expect(office.locator(".hai-stepper li[data-state=now]")).to_have_text("待销号")
    await send(office, "转入：已销号", {}, "转入")
    await expect(office.locator(".hai-stepper li[data-state=now]")).to_have_text("已销号")
    await ready(office, f"/plan/{plan}")
    (line,) = rows(await handed(office, office.get_by_role("link", name="工作簿").first))
    assert (line["整改责任单位"], line["阶段"], line["整改措施"]) == (UNIT, "已销号", measure)
    assert (line["发现单位"], f"{line['核验日期']:%Y-%m-%d}") == ("样例市督查室", "2026-11-18")


async def test_a_meeting_ends_in_minutes_and_closes_once_its_decision_is_kept(
    store: Store, opened: Opened
) -> None:
    plan = actions.begin_register(store, OPERATOR, "样例联席会议", "meeting")
    called = {"convened_by": "样例市协同办", "members": ["样例一区政府", OTHER]}
    node = actions.add_node(
        store, OPERATOR, plan, None, Edit("样例第三次联席会议", "", "meeting", values=called)
    )
    office = await opened("督查", Grant("supervisor"))
    await ready(office, f"/office/meetings/{node}")
    topic = {"title": "跨界公交线路接续运营", "raised_by": OTHER}
    await send(office, "增加议题", topic, "增加")
    await expect(office.get_by_role("link", name="跨界公交线路接续运营")).to_be_visible()
    decided = {"title": "年底前开通两条跨界公交", "lead": OTHER, "due_on": f"{DUE:%Y-%m-%d}"}
    await send(office, "登记议题 1 的议定事项", decided, "登记")
    await expect(office.get_by_role("link", name="年底前开通两条跨界公交")).to_be_visible()
    await send(office, "登记已召开", {"held_on": "2026-11-20"}, "登记")
    await expect(office.get_by_text("登记已召开")).to_have_count(0)
    minutes = told(await handed(office, office.get_by_role("link", name="docx").first))
    for words in ("样例第三次联席会议", "跨界公交线路接续运营", "年底前开通两条跨界公交", OTHER):
        assert words in minutes
    await ready(office, f"/item/{node}")
    await send(office, "转入：议定事项已办结", {}, "转入")
    await expect(office.get_by_text("尚有1项未完成，第一项是“年底前开通两条跨界公交”")).to_be_visible()
    held = [one.node for one in actions.tree_of(store, OPERATOR, plan, actions.today())]
    decision = next(one.id for one in held if one.kind == "decision")
    await ready(office, f"/item/{decision}")
    await send(office, "转入：已完成", {}, "转入")
    await expect(office.locator(".hai-stepper li[data-state=now]")).to_have_text("已完成")
    await ready(office, f"/item/{node}")
    await send(office, "转入：议定事项已办结", {}, "转入")
    await expect(office.locator(".hai-stepper li[data-state=now]")).to_have_text("议定事项已办结")


async def test_a_request_is_answered_by_the_other_side_and_handed_on_as_a_paper(
    store: Store, opened: Opened
) -> None:
    number = agencies(store, OTHER)[OTHER]
    plan = actions.begin_register(store, OPERATOR, "样例协调事项", "request")
    words = "请支持样例一区企业在贵区设立中转仓，协调用地约20亩。"
    asked = Edit(
        "请支持设立中转仓", words, "request", due_on=DUE, lead=(OTHER,), values={"asked_by": "样例一区政府"}
    )
    node = actions.add_node(store, OPERATOR, plan, None, asked)
    side = await opened("二区填报", Grant("reporter", number))
    await ready(side, f"/office/requests/{node}")
    await send(side, "受理", {}, "受理")
    await expect(side.get_by_text("已受理").first).to_be_visible()
    answer = "同意支持，已落实园区南侧地块22亩，12月10日前完成选址踏勘。"
    await send(side, "答复", {"words": answer, "supply": "提供标准仓6000平方米过渡使用。"}, "答复")
    await expect(side.get_by_text(answer)).to_be_visible()
    paper = told(await handed(side, side.get_by_role("link", name="docx").first))
    for said in ("请支持设立中转仓", words, answer, "提供标准仓6000平方米过渡使用。", "样例一区政府", OTHER):
        assert said in paper


async def test_a_plan_is_reported_on_by_its_unit_and_handed_on_as_a_workbook(
    store: Store, opened: Opened
) -> None:
    number = agencies(store, UNIT)[UNIT]
    plan = actions.begin_register(store, OPERATOR, "样例行动方案", "plan")
    aspect = actions.add_node(store, OPERATOR, plan, None, Edit("样例宜居方面", "", "aspect"))
    posts = {
        "leader_post": "副市长（分管城建）",
        "division": "城市更新处",
        "liaison_post": "城市更新处一级主任科员",
    }
    measured = {"indicator": "改造小区", "baseline": 10, "target": 30, "unit": "个", "direction": "up"}
    begin = actions.today() - timedelta(days=100)
    task = Edit("样例老旧小区改造", "", "task", begin, DUE, lead=(UNIT,), values={**posts, **measured})
    node = actions.add_node(store, OPERATOR, plan, aspect, task)
    reporter = await opened("住建填报", Grant("reporter", number))
    await ready(reporter, f"/item/{node}")
    known = reporter.locator(".hai-particulars").first
    for words in ("分管领导（职务）", "副市长（分管城建）", "责任处室", "目标方向", "上升"):
        await expect(known).to_contain_text(words)
    await expect(known).not_to_contain_text("联络员二")
    said = {"progress": "60", "note": "已完工18个小区，其余12个正在施工。"}
    await send(reporter, "报送进展", said, "提交")
    await expect(reporter.locator(".hai-timeline")).to_contain_text("已完工18个小区")
    office = await opened("督查", Grant("supervisor"))
    await ready(office, f"/plan/{plan}")
    await expect(office.locator(".hai-tree")).to_contain_text("样例老旧小区改造")
    lines = rows(await handed(office, office.get_by_role("link", name="工作簿").first))
    line = next(one for one in lines if one["标题"] == "样例老旧小区改造")
    assert (line["牵头单位"], line["责任处室"], line["联络员一（职务）"]) == (
        UNIT, "城市更新处", "城市更新处一级主任科员",
    )  # fmt: skip
    assert (line["目标方向"], line["基期值"], line["目标值"]) == ("上升", 10, 30)
