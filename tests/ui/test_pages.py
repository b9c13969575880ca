from __future__ import annotations

from html import unescape

import pytest
from nicegui import ui
from nicegui.testing import User

from haihe.ui.theme import stylesheet


async def test_a_page_is_in_the_readers_language(reader: User) -> None:
    reader.http_client.headers["Accept-Language"] = "zh-CN,zh;q=0.9,en;q=0.8"
    await reader.open("/plan")
    await reader.should_see("全部展开")
    reader.http_client.headers["Accept-Language"] = "en-GB,en;q=0.9"
    await reader.open("/plan")
    await reader.should_see("Open all")


async def test_the_chosen_language_wins_and_html_says_it(reader: User) -> None:
    reader.http_client.headers["Accept-Language"] = "en-GB"
    answer = await reader.http_client.get("/language/zh?back=/plan%3Fa%3D1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/plan?a=1")
    page = (await reader.http_client.get("/plan")).text
    assert '<html lang="zh-CN"' in page
    assert "全部展开" in page
    assert "Open all" not in page


@pytest.mark.parametrize(
    "back", ["https://evil.example", "//evil.example", "/\\evil.example", "evil", "/a%0d%0ab", ""]
)
async def test_a_switch_never_leads_off_the_site(reader: User, back: str) -> None:
    answer = await reader.http_client.get(f"/appearance/dark?back={back}")
    assert answer.headers["location"] == "/"
    assert "haihe_appearance=dark" in answer.headers["set-cookie"]


async def test_a_language_that_haihe_does_not_speak_is_refused(reader: User) -> None:
    assert (await reader.http_client.get("/language/fr")).status_code == 422


async def test_the_chosen_appearance_is_in_the_page(reader: User) -> None:
    assert 'dataset.look="auto"' in (await reader.http_client.get("/")).text
    await reader.http_client.get("/appearance/dark")
    page = (await reader.http_client.get("/")).text
    assert 'dataset.look="dark"' in page
    assert "const dark = True" in page


async def test_the_look_may_be_kept_for_ever_at_an_address_of_its_own(reader: User) -> None:
    page = (await reader.http_client.get("/")).text
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]
    answer = await reader.http_client.get(address)
    assert answer.text == stylesheet()
    assert "immutable" in answer.headers["cache-control"]


async def test_a_refusal_becomes_the_page_under_its_own_status(reader: User) -> None:
    answer = await reader.http_client.get("/lost", headers={"Accept-Language": "zh"})
    assert answer.status_code == 404
    assert "没有 样例 这个文件。" in answer.text
    assert "请刷新页面。" in answer.text


async def test_a_refusal_of_an_act_becomes_a_notice(reader: User) -> None:
    reader.http_client.headers["Accept-Language"] = "zh"
    await reader.open("/pieces")
    reader.find("接受").click()
    await reader.should_see("没有 样例 这个文件。 请刷新页面。")


async def test_the_account_slot_is_drawn_though_it_waits(reader: User) -> None:
    await reader.open("/")
    await reader.should_see("登录")


async def test_an_address_brings_a_table_back_as_it_was(reader: User) -> None:
    await reader.open("/rows?items.page=3&items.sort=-lead&items.words=科技")
    await reader.should_see("101–150")
    await reader.should_see("样例科技局")
    await reader.should_not_see("样例交通委")
    await reader.should_see('aria-sort="descending"')


@pytest.mark.parametrize(
    "query", ["items.page=²", "items.page=-1", "items.page=99999999999999999999", "items.sort=;drop"]
)
async def test_a_strange_address_is_no_fault(reader: User, query: str) -> None:
    await reader.open(f"/rows?{query}")
    await reader.should_see("事项")


async def test_a_filter_starts_again_at_the_first_row(reader: User) -> None:
    reader.http_client.headers["Accept-Language"] = "en"
    await reader.open("/rows?items.page=3")
    reader.find(kind=ui.input).type("人社")
    await reader.should_see("1–50 of 247")


async def test_a_facet_keeps_the_other_choices(reader: User) -> None:
    page = unescape(unescape((await reader.http_client.get("/?unit=11&unit=12&light=behind")).text))
    for query in (
        "unit=12&light=behind",
        "unit=11&light=behind",
        "unit=11&unit=12&unit=13&light=behind",
        "unit=11&unit=12&light=behind&light=overdue",
        "unit=11&unit=12",
    ):
        assert f'href=\\"/?{query}\\"' in page


async def test_the_unknown_is_said_and_a_missing_cell_stays_empty(reader: User) -> None:
    reader.http_client.headers["Accept-Language"] = "zh"
    await reader.open("/pieces")
    await reader.should_see('<dt>投资</dt><dd><span class="hai-unknown">不详</span></dd>')
    await reader.open("/plan")
    await reader.should_see('<td data-label="牵头单位"></td>')


async def test_the_coverage_line_says_day_and_error(reader: User) -> None:
    reader.http_client.headers["Accept-Language"] = "en"
    await reader.open("/")
    await reader.should_see('As of <time datetime="2023-06-01">2023-06-01</time>. Measured error: 3.2%.')


async def test_a_light_says_its_word_and_keeps_its_reason(reader: User) -> None:
    reader.http_client.headers["Accept-Language"] = "en"
    await reader.open("/pieces")
    await reader.should_see('<b aria-hidden="true">▲</b>behind</span></summary><p>两期未报</p>')
