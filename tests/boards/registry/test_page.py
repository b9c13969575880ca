from __future__ import annotations

from collections.abc import AsyncIterator
from html import unescape

import pytest
from nicegui.testing import User
from tests.conftest import simulation

from haihe.app import home, search
from haihe.boards.accounts import OPERATOR, PUBLIC
from haihe.boards.registry import Pack, actions, load_actions, page
from haihe.boards.registry.answers import Sought, Upload
from haihe.store.opening import Store
from haihe.ui import slots

pytestmark = pytest.mark.database


@pytest.fixture(scope="module")
async def reader() -> AsyncIterator[User]:
    """A simulated reader who is not signed in."""
    slots.empty()
    async with simulation() as user:
        for board in (home, page, search):
            board.mount()
        user.http_client.headers["Accept-Language"] = "en"
        yield user
    slots.empty()


async def seen(reader: User, path: str, language: str = "en") -> str:
    answer = await reader.http_client.get(path, headers={"accept-language": language}, follow_redirects=True)
    assert answer.status_code == 200
    return unescape(unescape(answer.text)).replace('\\"', '"')


def number_of(store: Store, words: str) -> int:
    return actions.completions(store, PUBLIC, words)[0].id


async def test_all_organisations_are_counted_in_a_sentence(reader: User, filled: Store) -> None:
    counts = {one.code: one.count for one in actions.facets(filled, PUBLIC, Sought()).kinds}
    await reader.open("/entities")
    await reader.should_see(f"{sum(counts.values()):,} are known:")
    await reader.should_see(f"{counts['university']} universities")
    await reader.should_not_see("of them are samples")
    await reader.should_see(f"1–50 of {sum(counts.values()):,}")
    await reader.should_see("全国高等学校名单（2025年）")
    cited = len(actions.publications(filled, PUBLIC))
    await reader.should_see(f"Known is what {cited} publications")


async def test_an_address_shows_one_kind_of_one_place(reader: User, filled: Store) -> None:
    sought = Sought(("university",), ("120000",))
    names = {one.name for one in actions.entities(filled, PUBLIC, sought).rows}
    text = await seen(reader, "/entities?kind=university&place=120000")
    assert sum(f">{name}</a>" in text for name in names) == len(names)
    assert "北京大学" not in text
    assert "kind=university&adcode=120000&format=csv" in text


async def test_a_register_names_the_hosts_of_a_laboratory_and_not_their_codes(
    reader: User, filled: Store
) -> None:
    text = await seen(reader, "/entities?kind=laboratory")
    assert "天津大学；南开大学" in text
    assert "moe:" not in text


@pytest.mark.parametrize("query", ["kind=%00", "kind=planet", "place=x", "place=999999", "kind=%E4%BA%AC"])
async def test_a_strange_address_is_no_fault(reader: User, filled: Store, query: str) -> None:
    assert "Organisations and places" in await seen(reader, f"/entities?{query}")


async def test_an_organisation_shows_every_value_with_its_source(reader: User, filled: Store) -> None:
    card = actions.entity_at(filled, PUBLIC, number_of(filled, "京津冀联合办"))
    text = await seen(reader, f"/entity/{card.entity.id}")
    tied = {tie.kind for tie in card.links}
    for fact in (*card.names, *card.identifiers, *card.properties):
        value = "15 个" if fact.name == "topic_groups" else fact.value
        shown = f'data-source="{fact.source_id}">{value}</a>'
        assert (shown in text) == (fact.name not in tied), fact
    for tie in card.links:
        assert f'href="/entity/{tie.id}">{tie.name}</a>' in text
    assert f'href="/place/{card.entity.adcode}"' in text
    assert "Parent" in text
    assert "since 2023-07 or later" in text


def test_the_source_of_a_value_names_the_publication(filled: Store) -> None:
    card = actions.entity_at(filled, PUBLIC, number_of(filled, "天津大学"))
    code = next(one for one in card.identifiers if one.value == "4112010056")
    cited = actions.cited_by(filled, PUBLIC, code.source_id)
    assert cited is not None
    assert cited.title == "全国高等学校名单（2025年）"
    place = actions.place_at(filled, PUBLIC, "120114").place
    assert actions.cited_by(filled, PUBLIC, place.source_id) is None


async def test_what_another_organisation_says_of_this_one_stands_on_its_page(
    reader: User, filled: Store
) -> None:
    text = await seen(reader, f"/entity/{number_of(filled, '北京市人民政府')}")
    assert "Subordinate" in text
    assert "京津冀协同发展联合工作办公室" in text


async def test_the_entity_of_a_place_leads_to_its_page(reader: User, filled: Store, jingjinji: Pack) -> None:
    within = sum(one.adcode == "120114" for one in jingjinji.organisations)
    text = await seen(reader, f"/entity/{number_of(filled, '武清区')}")
    assert f"武清区: 0 units under it, {within} organisations, 0 figures." in text


async def test_a_place_shows_its_figures_with_their_sources(reader: User, filled: Store) -> None:
    card = actions.place_at(filled, PUBLIC, "120000")
    text = await seen(reader, "/place/120000")
    newest = {one.indicator: one for one in card.figures}
    for one in newest.values():
        assert f'data-source="{one.source_id}">{one.value:,.10g}</a>' in text
    assert all(f">{child.name}</span>" in text for child in card.children)
    assert "/entities?place=120000&kind=university" in text


async def test_what_is_put_together_says_about(reader: User, filled: Store) -> None:
    assert "about 1,552 km²" in await seen(reader, "/place/133100")
    assert "about" not in (await seen(reader, "/place/120114")).split("Administrative code")[1][:400]


@pytest.mark.parametrize("path", ["/entity/999999", f"/entity/{10**30}", "/place/1", "/place/999999"])
async def test_what_is_not_there_is_said(reader: User, filled: Store, path: str) -> None:
    answer = await reader.http_client.get(path)
    assert answer.status_code == 404
    assert "There is no" in answer.text


async def test_home_shows_the_indicator_that_the_address_names(reader: User, filled: Store) -> None:
    values = actions.indicator_values(filled, PUBLIC, "gdp", "2024").rows
    text = await seen(reader, "/")
    assert "Gross regional product, 2024 (100 million yuan)" in text
    assert all(f'data-source="{one.source_id}">{one.value:,.10g}</a>' in text for one in values)
    other = await seen(reader, "/?indicator=pm25_mean")
    assert "Mean PM2.5, " in other
    assert "Gross regional product, 2024" not in other
    assert "Gross regional product, 2024" in await seen(reader, "/?indicator=nothing")


async def test_a_search_finds_the_district_and_what_is_in_it(reader: User, filled: Store) -> None:
    text = await seen(reader, "/search?q=%E6%AD%A6%E6%B8%85")
    assert text.index("<mark>武清</mark>区</a>") < text.index("<mark>武清</mark>区人民政府</a>")
    assert "Nothing that you may see has these words." in await seen(reader, "/search?q=zzzz")


async def test_an_empty_house_says_how_to_fill_it(reader: User, store: Store) -> None:
    for path in ("/", "/entities"):
        assert "haihe load --pack jingjinji" in await seen(reader, path)


async def test_samples_are_marked(reader: User, store: Store) -> None:
    load_actions.load_pack(store, OPERATOR, "sample", lambda _: None)
    total = len(actions.entities(store, PUBLIC, Sought()).rows)
    for path in ("/", "/entities"):
        assert f"{total} of them are samples." in await seen(reader, path)
    text = await seen(reader, f"/entity/{number_of(store, '样例海纳传感')}")
    assert 'class="hai-sample"' in text
    table = "stock_code,name\n600001.SH,<b>甲</b>公司\n".encode()
    load_actions.load_file(store, OPERATOR, Upload("t.csv", table, "company"))
    answer = await reader.http_client.get(f"/entity/{number_of(store, '600001.SH')}")
    assert "<b>甲" not in answer.text.replace("\\u003C", "<")


async def test_the_pages_speak_chinese(reader: User, filled: Store) -> None:
    for path in ("/entities", "/place/120000", f"/entity/{number_of(filled, '天津大学')}"):
        text = await seen(reader, path, "zh")
        assert "haihe.kit" not in text
        assert not [word for word in (" are known", "units under it", "each with its source") if word in text]
    assert "所在地" in await seen(reader, f"/entity/{number_of(filled, '天津大学')}", "zh")
