"""The search box and its page over all boards, with names that wish ill."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from jsonschema import validate
from playwright.async_api import Page, expect
from sqlalchemy import func, select
from tests.boards.conftest import SignIn

from haihe.app.api import create_api
from haihe.boards.accounts import OPERATOR, Grant
from haihe.boards.accounts.actions import COOKIE
from haihe.boards.reader import actions as reader
from haihe.boards.registry.actions import resolve_unit
from haihe.boards.registry.answers import Upload
from haihe.boards.registry.load_actions import load_file
from haihe.boards.registry.tables import ENTITY
from haihe.store.opening import Store
from haihe.store.search import FOUND_MAX
from haihe.store.session import reading

pytestmark = pytest.mark.database

FORMATS = Path(__file__).parents[2] / "docs/formats"
ILL = [
    "<script>document.title='x'</script>滨海蓝鲸公司",
    "滨海蓝鲸'); DROP TABLE entity; --",
    "滨海蓝鲸😀🏳️‍🌈公司",
    '=HYPERLINK("http://x")滨海蓝鲸',
    "滨海蓝鲸%_\\公司",
    "滨海蓝鲸" + "长" * 196,
]
SAME = FOUND_MAX + 20
COMMON = ("bhlj", "滨海蓝", "蓝鲸", "同名")


@pytest.fixture
def told(store: Store) -> Store:
    """A registry with names that wish ill and very many equal ones, and two documents, one of them public."""
    names = [*ILL, *["同名复制有限公司"] * SAME]
    table = io.StringIO()
    csv.writer(table).writerows(
        [["stock_code", "name"], *([f"{600_000 + n}.SH", name] for n, name in enumerate(names))]
    )
    outcome = load_file(store, OPERATOR, Upload("t.csv", table.getvalue().encode(), "company"))
    assert outcome.counts["entity"].added + sum(map(len, outcome.rejects.values())) == len(names), (
        "nothing is lost"
    )
    for name, published in (("公开", True), ("内部", False)):
        words = f"{name}通报\n滨海蓝鲸公司的{name}情况。\n"
        document = reader.read_document(store, OPERATOR, words.encode(), f"{name}.txt")
        if published:
            reader.publish_document(store, OPERATOR, document.id)
    return store


@pytest.fixture
def client(store: Store) -> Iterator[TestClient]:
    with TestClient(create_api(), base_url="http://127.0.0.1", headers={"accept-language": "en"}) as opened:
        yield opened


def checked(answer: Any) -> dict[str, Any]:
    """The groups of an answer by kind, as the format says they are."""
    assert answer.status_code == 200, answer.text
    groups = answer.json()
    validate(groups, json.loads((FORMATS / "search-groups.schema.json").read_text("utf-8")))
    return {group["kind"]: group for group in groups}


def test_ill_names_are_found_like_others_and_a_search_shows_what_its_asker_may_see(
    told: Store, client: TestClient, signed_in: SignIn
) -> None:
    found = checked(client.get("/api/v1/search", params={"q": "蓝鲸"}))
    stored = {hit["title"] for hit in found["organisations"]["rows"]}
    assert set(ILL[:5]) <= stored
    assert [hit["title"] for hit in found["documents"]["rows"]] == ["公开通报"]
    client.cookies.set(COOKIE, signed_in("督查", Grant("supervisor")))
    inside = checked(client.get("/api/v1/search", params={"q": "蓝鲸"}))
    assert {hit["title"] for hit in inside["documents"]["rows"]} == {"公开通报", "内部通报"}
    assert "公司的公开情况" in found["documents"]["rows"][0]["words"]

    same = checked(client.get("/api/v1/search", params={"q": "同名", "kind": "organisations", "start": 100}))
    assert (same["organisations"]["count"], same["organisations"]["more"]) == (FOUND_MAX, True)
    assert len(same["organisations"]["rows"]) == 50
    sheet = client.get("/api/v1/search", params={"q": "蓝鲸", "kind": "organisations", "format": "csv"}).text
    lines = list(csv.reader(io.StringIO(sheet.removeprefix("\ufeff"))))
    assert len(lines) == 1 + found["organisations"]["count"]
    assert not any(cell.startswith("=") for line in lines for cell in line)

    for typed in (*COMMON, "%", "';--", "😀", "\0", "(", "(a|b)*", "a" * 200):
        begun = checked(client.get("/api/v1/search/completions", params={"q": typed}))
        assert ("organisations" in begun) == (typed in COMMON)
        checked(client.get("/api/v1/search", params={"q": typed}))
        resolve_unit(told, typed)
    assert client.get("/api/v1/search", params={"q": "a" * 201}).status_code == 422
    with reading(told.engine) as connection:
        assert connection.execute(select(func.count()).select_from(ENTITY)).scalar_one() >= SAME + 5


@pytest.mark.browser
async def test_the_box_completes_what_is_typed_by_keyboard_and_leads_to_the_page(
    told: Store, desk: Page
) -> None:
    await desk.goto("/documents")
    await desk.wait_for_function("window.did_handshake === true")
    assert not await desk.evaluate(
        "performance.getEntriesByType('resource').some((one) => one.name.includes('search.js'))"
    )
    await desk.keyboard.press("/")
    box = desk.get_by_role("combobox", name="Search documents")
    await expect(box).to_be_focused()
    await box.press_sequentially("滨海蓝")
    options = desk.get_by_role("option")
    await expect(options.filter(has_text="DROP TABLE")).to_be_visible(timeout=30_000)
    await expect(options.filter(has_text="<script>")).to_have_count(0)
    await expect(box).to_have_attribute("aria-expanded", "true")
    await box.press("ArrowDown")
    chosen = await box.get_attribute("aria-activedescendant")
    await expect(desk.locator(f"#{chosen}")).to_have_attribute("aria-selected", "true")
    await box.press("Escape")
    await expect(options).to_have_count(0)
    await expect(box).to_have_value("滨海蓝")
    await box.press("ArrowDown")
    await expect(options).not_to_have_count(0)
    await box.press("ArrowUp")
    await box.press("Enter")
    await desk.wait_for_url("**/search?q=*")
    await expect(desk.get_by_role("heading", name="Organisations")).to_be_visible()
    await expect(desk.locator(".hai-hits mark").first).to_have_text("滨海蓝")
    await expect(desk.locator("body")).not_to_contain_text("dataset")
    assert await desk.title() != "x"
    await desk.goto("/search?q=同名&kind=organisations&part=2")
    await expect(desk.get_by_text(f"51–100 of {FOUND_MAX}")).to_be_visible()
    await expect(desk.get_by_text(f"{FOUND_MAX}+").first).to_be_visible()
    await desk.goto("/search?q=滨海兰鲸")
    await expect(desk.get_by_text("Did you mean:")).to_contain_text("滨海蓝鲸")
