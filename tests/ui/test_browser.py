"""What only a real browser can tell."""

from __future__ import annotations

import re
from collections.abc import Awaitable
from typing import Protocol

import pytest
from playwright.async_api import Page, expect

pytestmark = pytest.mark.browser

SOURCE = "0123456789abcdef01234567"


class Desk(Protocol):
    def open(
        self, path: str, *, width: int = 1280, locale: str = "zh-CN", scheme: str = "light"
    ) -> Awaitable[Page]: ...


async def test_a_number_opens_its_source_and_the_keyboard_comes_back(desk: Desk) -> None:
    page = await desk.open("/")
    number = page.locator("a[data-source]").first
    await number.focus()
    await page.keyboard.press("Enter")
    drawer = page.get_by_role("complementary", name="出处")
    await expect(drawer).to_be_visible()
    await expect(drawer).to_contain_text(SOURCE)
    await page.keyboard.press("Escape")
    await expect(drawer).not_to_be_visible()
    await expect(number).to_be_focused()


async def test_a_number_is_a_plain_link_too(desk: Desk) -> None:
    page = await desk.open("/")
    assert await page.locator("a[data-source]").first.get_attribute("href") == f"/source/{SOURCE}"


async def test_the_first_tab_offers_to_skip_to_the_content(desk: Desk) -> None:
    page = await desk.open("/plan")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.classList.contains('hai-content')")


async def test_every_page_has_its_landmarks_and_language(desk: Desk) -> None:
    page = await desk.open("/pieces", locale="en-GB")
    for role in ("banner", "navigation", "search", "main"):
        assert await page.get_by_role(role).count() >= 1, role  # type: ignore[arg-type]
    assert await page.evaluate("document.documentElement.lang") == "en-US"
    assert await page.locator("h1").count() == 1


async def test_a_tree_is_walked_with_the_keyboard(desk: Desk) -> None:
    page = await desk.open("/plan")
    rows = page.locator(".hai-tree tbody tr")
    await expect(rows).to_have_count(10 + 10 + 12)
    knot = page.locator("button[data-node='1']")
    await knot.focus()
    await page.keyboard.press("ArrowRight")
    await expect(rows).to_have_count(10 + 10 + 12 + 10)
    await expect(knot).to_be_focused()
    await expect(knot).to_have_attribute("aria-expanded", "true")
    await page.keyboard.press("ArrowDown")
    await expect(page.locator("button[data-node='1.0']")).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("ArrowLeft")
    await expect(rows).to_have_count(10 + 10 + 12)
    await expect(knot).to_be_focused()


async def test_a_tree_of_1310_rows_opens_whole_and_closes(desk: Desk) -> None:
    page = await desk.open("/plan")
    rows = page.locator(".hai-tree tbody tr")
    await page.get_by_role("button", name="全部展开").click()
    await expect(rows).to_have_count(10 + 100 + 1200, timeout=10_000)
    names = await rows.locator("th span").all_text_contents()
    assert names[:3] == ["第1方面：交通互联", "样例任务0", "样例任务第0项：推进跨区域协同事项落地"]
    await page.get_by_role("button", name="全部收起").click()
    await expect(rows).to_have_count(10)
    assert await page.locator("button[aria-expanded=true]").count() == 0


async def test_a_table_sorts_pages_and_writes_its_address(desk: Desk) -> None:
    page = await desk.open("/rows")
    head = page.get_by_role("columnheader", name="牵头单位")
    await head.get_by_role("button").click()
    await expect(head).to_have_attribute("aria-sort", "ascending")
    await expect(head.get_by_role("button")).to_be_focused()
    await head.get_by_role("button").click()
    await expect(head).to_have_attribute("aria-sort", "descending")
    await page.get_by_role("button", name="下一页").click()
    await expect(page.get_by_text("第 51–100 条，共 1,239 条")).to_be_visible()
    await expect(page).to_have_url(
        re.compile(r"items\.page=2&items\.sort=-lead|items\.sort=-lead&items\.page=2")
    )
    await page.reload()
    await expect(page.get_by_text("第 51–100 条，共 1,239 条")).to_be_visible()


async def test_columns_can_be_chosen(desk: Desk) -> None:
    page = await desk.open("/rows")
    await page.get_by_role("button", name="列", exact=True).click()
    await page.get_by_role("checkbox", name="进度").click()
    await expect(page.get_by_role("columnheader", name="进度")).to_have_count(0)
    assert await page.locator(".hai-table tbody tr").first.locator("td").count() == 5


async def test_a_text_of_8000_characters_and_400_facts_is_shown_whole_and_answers(desk: Desk) -> None:
    page = await desk.open("/document")
    await page.locator("#span-f2").click()
    await expect(page.get_by_text("chosen f2", exact=True)).to_be_visible()
    assert await page.locator("mark[id]").count() == 400
    text = await page.evaluate("document.querySelector('.hai-reading').textContent")
    assert len(text) == 8000
    await page.locator("#span-f4").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("chosen f4", exact=True)).to_be_visible()


async def test_a_map_draws_every_unit_and_answers_a_click(desk: Desk) -> None:
    page = await desk.open("/")
    names = page.locator(".hai-map svg text")
    await expect(names).to_have_count(13)
    await names.get_by_text("保定市").click(force=True)
    await expect(page.get_by_text("130600")).to_be_visible()
    await expect(page.get_by_text("示意图，不作边界依据。")).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/plan", "/rows", "/pieces", "/document"])
async def test_a_phone_never_scrolls_sideways(desk: Desk, path: str) -> None:
    page = await desk.open(path, width=360)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360


async def test_a_phone_has_its_menu_in_a_drawer(desk: Desk) -> None:
    page = await desk.open("/plan", width=360)
    places = page.get_by_role("navigation", name="栏目")
    await expect(places).not_to_be_visible()
    await page.get_by_role("button", name="菜单").click()
    await expect(places).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(places).not_to_be_visible()


@pytest.mark.parametrize(("scheme", "ground"), [("light", "rgb(244, 246, 245)"), ("dark", "rgb(16, 23, 26)")])
async def test_the_look_follows_the_system_until_it_is_chosen(desk: Desk, scheme: str, ground: str) -> None:
    page = await desk.open("/", scheme=scheme)
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == ground
    await page.locator("a[href^='/appearance/dark']").click()
    await page.wait_for_function(
        "window.did_handshake === true && document.documentElement.dataset.look === 'dark'"
    )
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 23, 26)"


async def test_paper_shows_the_table_and_nothing_else(desk: Desk) -> None:
    page = await desk.open("/plan", scheme="dark")
    await page.emulate_media(media="print")
    await expect(page.get_by_role("banner")).not_to_be_visible()
    await expect(page.get_by_role("button", name="全部展开")).not_to_be_visible()
    await expect(page.get_by_text("样例任务第11项：推进跨区域协同事项落地")).to_be_visible()
    assert await page.evaluate("getComputedStyle(document.body).color") == "rgb(23, 34, 38)"


async def test_long_work_ends_its_own_asking(desk: Desk) -> None:
    page = await desk.open("/pieces")
    bar = page.get_by_role("progressbar")
    await expect(bar).to_have_attribute("aria-valuenow", "1", timeout=8_000)
    await expect(page.get_by_role("button", name="停止")).to_have_count(0)


async def test_a_file_is_handed_in_and_another_kind_or_a_larger_one_is_not(desk: Desk) -> None:
    page = await desk.open("/pieces")
    async with page.expect_file_chooser() as chooser:
        await page.get_by_role("button", name="选择文件").click()
    content = b"a,b\n" * 100
    await (await chooser.value).set_files({"name": "表.csv", "mimeType": "text/csv", "buffer": content})
    await expect(page.get_by_text("表.csv: 400")).to_be_visible()
    field = page.locator("input[type=file]")
    await field.set_input_files({"name": "表.exe", "mimeType": "text/csv", "buffer": content})
    await expect(page.get_by_text("大小不得超过 1 MB，扩展名须为 .csv, .xlsx")).to_be_visible()
    await field.set_input_files({"name": "大.csv", "mimeType": "text/csv", "buffer": bytes(2 << 20)})
    await expect(page.locator(".q-notification__badge")).to_have_text("2")


async def test_nothing_is_fetched_from_elsewhere(desk: Desk, site: str) -> None:
    page = await desk.open("/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.reload()
    await page.wait_for_function("window.did_handshake === true")
    await expect(page.locator(".hai-map svg text")).to_have_count(13)
    assert asked
    assert [url for url in asked if not url.startswith((site, site.replace("http", "ws"), "data:"))] == []
