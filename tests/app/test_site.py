"""What people do on the whole site, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Awaitable
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Protocol

import httpx2
import pytest
from playwright.async_api import FilePayload, Locator, Page, expect

from haihe.boards.accounts.actions import COOKIE
from haihe.boards.ledger.actions import today
from haihe.kit import resources

pytestmark = [pytest.mark.browser, pytest.mark.database]

OWN_PASSWORD = "five rivers and one sea"
THEMES = {
    "zh-CN": ["一盘棋", "一条龙", "一卡通", "一道屏", "一张网", "一股绳"],
    "en-GB": ["One chessboard", "One chain", "One card", "One green screen", "One network", "One rope"],
}
WORDS = {
    "zh-CN": (
        r"共 24 项：逾期 \d+ 项，滞后 \d+ 项，临近时限 \d+ 项。",
        "区域概况",
        "查看数据表",
        "出处",
    ),
    "en-GB": (
        r"24 promises: \d+ overdue, \d+ behind, \d+ near their date\.",
        "The region",
        "The numbers as a table",
        "Source",
    ),
}
DUE = today() + timedelta(days=300)
LATER = DUE + timedelta(days=45)
ORDERS = f"""样例任务安排

任务如下：
一是共建样例中试平台5个。（责任单位：样例市科技局；完成时限：{DUE:%Y年%m月%d日}前）
二是每季度通报进展。
"""
LETTER = "样例情况通报\n\n2026年前三季度，武清区落地样例项目31个，总投资48.6亿元，同比增长7.5%。\n"


class Desk(Protocol):
    def open(
        self, path: str, *, width: int = 1280, locale: str = "zh-CN", scheme: str = "light"
    ) -> Awaitable[Page]: ...


async def ready(page: Page) -> None:
    await page.wait_for_function("window.did_handshake === true")


async def go(page: Page, site: str, path: str) -> None:
    await page.goto(site + path)
    await ready(page)


async def enter(page: Page, name: str, password: str) -> None:
    """Sign in with a one-time password and set one's own."""
    await page.get_by_label("用户名").fill(name)
    await page.get_by_label("密码").fill(password)
    await page.locator(".hai-content").get_by_role("button", name="登录").click()
    await page.wait_for_url("**/account")
    await ready(page)
    await expect(page.locator(".hai-answer")).to_contain_text("请先设置自己的密码")
    await page.get_by_label("现在的密码").fill(password)
    await page.get_by_label("新密码", exact=True).fill(OWN_PASSWORD)
    await page.get_by_label("再输一次新密码").fill(OWN_PASSWORD)
    await page.get_by_label("再输一次新密码").press("Enter")
    await expect(page.locator("h1")).to_have_text("京津冀协同发展")
    await ready(page)


@pytest.fixture(scope="module")
def token(house: Any) -> str:
    """The session of a supervisor."""
    made = house.haihe("user", "add", "督查室", "--role", "supervisor")
    assert made.exit_code == 0, made.stderr
    given = made.stdout.strip()
    with httpx2.Client(base_url=f"{house.url}/api/v1", trust_env=False) as client:
        client.post("/session", json={"name": "督查室", "password": given}).raise_for_status()
        client.put("/session/password", json={"old": given, "new": OWN_PASSWORD}).raise_for_status()
        return client.cookies[COOKIE]


@pytest.fixture
async def supervisor(desk: Desk, site: str, token: str) -> Page:
    """A supervisor's browser."""
    page = await desk.open("/sign-in")
    await page.context.add_cookies([{"name": COOKIE, "value": token, "url": site}])
    return page


async def nodes(page: Page, site: str, plan: int) -> list[dict[str, Any]]:
    answer = await page.request.get(f"{site}/api/v1/plans/{plan}/nodes")
    found: list[dict[str, Any]] = (await answer.json())["rows"]
    return found


async def drawer_of(page: Page, number: Locator, name: str) -> Locator:
    """The drawer after a press on a number."""
    await number.click()
    drawer = page.get_by_role("complementary", name=name)
    await expect(drawer).to_be_visible()
    return drawer


@pytest.mark.parametrize("locale", list(WORDS))
async def test_the_public_reads_home_and_opens_the_source_of_a_number(
    desk: Desk, site: str, locale: str
) -> None:
    sentence, region, table, source = WORDS[locale]
    page = await desk.open("/", locale=locale)
    said = page.locator(".hai-answer")
    await expect(said).to_have_text(re.compile(sentence))
    cards = page.locator(".hai-card h3")
    await expect(cards).to_have_count(6)
    for card, theme in zip(await cards.all(), THEMES[locale], strict=True):
        await expect(card).to_contain_text(theme)

    part = page.locator("section", has=page.get_by_role("heading", name=region))
    names = part.locator(".hai-map svg text")
    await expect(names.filter(has_text=re.compile("北京市|天津市|河北省"))).to_have_count(3)
    size = await part.locator(".hai-map svg").bounding_box()
    assert size
    assert min(size["width"], size["height"]) > 200

    await part.get_by_text(table).click()
    number = part.locator("a[data-source]").first
    shown = (await number.inner_text()).replace(",", "")
    drawer = await drawer_of(page, number, source)
    row = drawer.locator("blockquote b")
    await expect(row).to_contain_text(shown)
    assert await row.inner_text() in resources.text("packs/jingjinji/indicators.csv").splitlines()

    await go(page, site, "/plan/1")
    drawer = await drawer_of(page, page.get_by_role("link", name="12项", exact=True), source)
    await expect(drawer.locator("blockquote")).to_contain_text("面向传感器、氢能装备组织联合攻关12项")
    await expect(drawer.locator("blockquote b")).to_have_text("12项")


@pytest.mark.parametrize(
    ("language", "words"), [("zh-CN", "此地址没有页面。"), ("en", "There is no page at")]
)
def test_an_address_without_a_page_says_so_in_the_readers_language(
    site: str, language: str, words: str
) -> None:
    answer = httpx2.get(f"{site}/nowhere/at/all", headers={"accept-language": language})
    assert answer.status_code == 404
    assert words in answer.text
    assert httpx2.get(f"{site}/_nicegui/nowhere.js").status_code == 404


async def test_no_page_scrolls_sideways_on_a_phone(desk: Desk, site: str) -> None:
    page = await desk.open("/", width=360)
    await expect(page.locator(".hai-map svg text").first).to_be_attached()
    item = next(node for node in await nodes(page, site, 1) if node["kind"] == "item")
    paths = [f"/item/{item['id']}", f"/source/{item['source_id']}", "/plan/1", "/document/1", "/entities"]
    wide = {}
    for path in ["/", *paths]:
        await go(page, site, path)
        await expect(page.locator(".hai-coverage, blockquote").first).to_be_visible()
        wide[path] = await page.evaluate("document.documentElement.scrollWidth")
    assert wide == dict.fromkeys(wide, 360)


async def test_the_first_administrator_reviews_the_draft_that_nobody_saw_before(
    desk: Desk, house: Any, site: str
) -> None:
    public = await desk.open("/")
    assert await where_seen(public, site) == []

    page = await desk.open("/sign-in")
    await enter(page, "admin", house.password)
    await go(page, site, "/plan/2?review=1")
    rows = page.locator(".hai-review li")
    await expect(page.locator(".hai-answer")).to_have_text("待审核草稿 12 项，已采纳 0 项。")
    await expect(rows).to_have_count(12)
    await rows.nth(1).focus()
    await page.keyboard.press("a")
    await expect(rows.nth(1)).to_have_attribute("data-state", "accepted")
    await expect(rows.nth(0)).to_have_attribute("data-state", "accepted")
    await expect(rows.nth(2)).to_be_focused()
    await page.keyboard.press("r")
    await expect(rows.nth(2)).to_have_attribute("data-state", "rejected")
    await rows.nth(11).focus()
    await page.keyboard.press("r")
    await expect(rows.nth(11)).to_have_attribute("data-state", "rejected")
    await rows.nth(2).focus()
    await page.keyboard.press("u")
    await expect(rows.nth(2)).to_have_attribute("data-state", "draft")

    await page.reload()
    await ready(page)
    await page.get_by_role("button", name="全部采纳（9 项）").click()
    await expect(page.get_by_role("button", name="全部采纳")).to_have_count(0)
    await go(page, site, "/plan/2")
    await expect(page.locator(".hai-answer")).to_contain_text("共 9 项：")
    tree = page.locator(".hai-tree")
    await expect(tree).to_contain_text("深化对口帮扶")
    await expect(tree).not_to_contain_text("压实工作责任")
    assert await where_seen(public, site) == []

    await page.get_by_role("button", name="公开", exact=True).click()
    await expect(page.get_by_role("button", name="撤回公开")).to_be_visible()
    await go(public, site, "/plan/2")
    await expect(public.locator(".hai-answer")).to_contain_text("共 9 项：")
    await expect(public.locator(".hai-content")).not_to_contain_text("压实工作责任")
    now = await where_seen(public, site)
    assert {"/plan/2", "/api/v1/plans/2", "/plans", "/search?q=产业配套水平"} <= {*now}
    assert not {"/document/2", "/api/v1/documents/2", "/documents"} & {*now}, "the text is not published"


async def where_seen(page: Page, site: str) -> list[str]:
    """Where a reader meets the second sample document or its plan."""
    refused = ["/plan/2", "/document/2", "/api/v1/plans/2", "/api/v1/documents/2"]
    found = [path for path in refused if (await page.request.get(site + path)).status != 404]
    for path in ("/", "/plans", "/documents", "/search?q=产业配套水平"):
        await go(page, site, path)
        await expect(page.locator(".hai-coverage").last).to_be_visible()
        words = await page.locator(".hai-content").inner_text()
        found += [path] if "新闻发布会材料" in words or "提升产业配套水平" in words else []
    return found


async def test_a_report_turns_the_light_and_stands_beside_what_was_forecast_before(
    supervisor: Page, house: Any, site: str, tmp_path: Path
) -> None:
    text = tmp_path / "orders.txt"
    text.write_text(ORDERS, "utf-8")
    assert house.haihe("read", str(text), "--into", "样例任务").exit_code == 0
    page = supervisor
    await go(page, site, "/plans")
    await page.get_by_role("row", name="样例任务").get_by_role("link").last.click()
    await ready(page)
    await page.get_by_role("button", name="全部采纳").click()
    await expect(page.get_by_role("button", name="全部采纳")).to_have_count(0)
    await page.get_by_role("link", name="共建样例中试平台5个").first.click()
    await ready(page)
    light = page.locator(".hai-content .hai-light").first
    await expect(light).to_contain_text("不详")

    await report(page, "2026-09", "40", DUE, "选定两处场地。")
    await expect(light).to_contain_text("正常")
    await report(page, "2026-10", "45", LATER, "一处场地产权未理清。")
    await expect(light).to_contain_text("滞后")
    await expect(page.locator(".hai-content")).to_contain_text(
        f"最近一次报送预计 {LATER} 完成，比时限 {DUE} 晚 45 天"
    )
    course = page.locator(".hai-timeline li")
    before, now = course.filter(has_text="2026-09"), course.filter(has_text="2026-10")
    await expect(before.last).to_contain_text(f"选定两处场地。 · 预计 {DUE} 完成。")
    await expect(now.last).to_contain_text(f"一处场地产权未理清。 · 预计 {LATER} 完成。")
    await expect(page.locator(".hai-particulars")).to_contain_text("45%")


def test_no_day_to_come_is_worked_out(house: Any) -> None:
    refused = house.haihe("work", "--on", "2199-01-01")
    assert refused.exit_code == 1
    assert "2199-01-01 is still to come" in str(refused.exception)


async def report(page: Page, period: str, progress: str, forecast: date, note: str) -> None:
    await page.locator("summary", has_text="报送进展").click()
    form = page.locator("form", has=page.get_by_label("进度（%）"))
    await form.get_by_text("其他报告期").click()
    await form.get_by_label("时期").fill(period)
    await form.get_by_label("进度（%）").fill(progress)
    await form.get_by_label("预计完成时间").fill(forecast.isoformat())
    await form.get_by_label("进展情况").fill(note)
    await form.get_by_role("button", name="提交").click()
    await expect(page.locator(".hai-timeline")).to_contain_text(note)
    await ready(page)


async def hand_in(page: Page, name: str, content: bytes) -> None:
    async with page.expect_file_chooser() as chooser:
        await page.get_by_role("button", name="选择文件并读取").click()
    await (await chooser.value).set_files(FilePayload(name=name, mimeType="text/plain", buffer=content))


async def test_an_uploaded_document_shows_its_facts_and_has_them_accepted(
    supervisor: Page, site: str
) -> None:
    page = supervisor
    await go(page, site, "/documents")
    await hand_in(page, "情况.txt", LETTER.encode())
    await page.wait_for_url(re.compile(r"/document/\d+$"))
    await ready(page)
    await expect(page.locator("h1")).to_have_text("样例情况通报")
    for quote in ("31个", "48.6亿元", "7.5%"):
        await expect(page.locator(".hai-reading mark", has_text=quote)).to_have_count(1)
    await page.locator(".hai-reading mark", has_text="48.6亿元").click()
    row = page.locator(".hai-facts li", has_text="48.6亿元")
    await expect(row).to_be_focused()
    await expect(page.locator("mark[data-here]")).to_have_text("48.6亿元")
    await page.keyboard.press("a")
    await expect(row).to_have_attribute("data-state", "accepted")
    await expect(row).to_contain_text("✓ 已核")
    await go(page, site, "/documents")
    await expect(page.get_by_role("row", name="样例情况通报")).to_be_visible()


async def test_a_file_that_is_no_text_is_explained_and_not_kept(supervisor: Page, site: str) -> None:
    page = supervisor
    await go(page, site, "/documents")
    before = await (await page.request.get(f"{site}/api/v1/documents")).json()
    notices = page.locator(".q-notification")
    await hand_in(page, "空白.txt", b"")
    await expect(notices.first).to_contain_text("空白.txt 是空的。 请确认选对了文件。")
    await hand_in(page, "程序.txt", b"\x7fELF\x02\x01\x01\x00" * 50)
    await expect(notices.filter(has_text="程序.txt")).to_contain_text("不是文本：第")
    assert await (await page.request.get(f"{site}/api/v1/documents")).json() == before


async def test_a_search_for_a_district_finds_it(desk: Desk) -> None:
    page = await desk.open("/")
    box = page.get_by_role("combobox").first
    await box.fill("武清")
    await box.press("Enter")
    await page.wait_for_url("**/search?q=*")
    await page.get_by_role("link", name="武清区", exact=True).first.click()
    await expect(page.locator("h1")).to_have_text("武清区")
    await expect(page.locator("nav", has_text="天津市").first).to_be_visible()
