"""Two who edit one item: the second is told who changed what, and loses nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator
from playwright.async_api import Browser, Page, expect

from haihe.app.api import create_api
from haihe.boards.accounts import OPERATOR, Asker, Grant
from haihe.boards.accounts import actions as accounts
from haihe.boards.accounts.actions import asking
from haihe.boards.ledger import Edit, Judgement, Step, actions, period_actions
from haihe.boards.ledger.edits import Deed, Stale, changed_since, merged
from haihe.kit.errors import Conflict
from haihe.store.opening import Store

pytestmark = pytest.mark.database

TODAY = actions.today()
FORMATS = Path(__file__).parents[3] / "docs/formats"
LI, WANG = (Asker(name, (Grant("steward"),), number) for number, name in enumerate(("李工", "王工"), 1))
WAIT = 20_000


@pytest.fixture
def item(store: Store) -> int:
    """An item of a plan, and the two who edit it."""
    for one in (LI, WANG):
        accounts.add_account(store, OPERATOR, one.name, "", one.grants)
    plan = actions.begin_register(store, OPERATOR, "样例计划", "plan")
    aspect = actions.add_node(store, OPERATOR, plan, None, Edit("推进协同", "", "aspect"))
    return actions.add_node(store, OPERATOR, plan, aspect, Edit("开通公交", "开通跨市公交。", "task"))


def edit_of(store: Store, item: int, **changes: object) -> Edit:
    node = actions.node_at(store, OPERATOR, item, TODAY).standing.node
    held = Edit(node.title, node.text, node.kind, node.start_on, node.due_on, node.due_words, node.weight)
    return replace(held, **changes)  # type: ignore[arg-type]


def client_of(asker: Asker) -> TestClient:
    app = create_api()
    app.dependency_overrides[asking] = lambda: asker
    return TestClient(app, base_url="http://127.0.0.1", headers={"accept-language": "zh-CN"})


def test_the_second_to_save_is_told_field_by_field_and_may_save_again(store: Store, item: int) -> None:
    path, li, wang = f"/api/v1/nodes/{item}", client_of(LI), client_of(WANG)
    seen = wang.get(path).headers["etag"]
    edit = {"title": "开通公交三条", "text": "开通跨市公交。", "kind": "task", "lead": ["样例市交通局"]}
    first = li.post(f"{path}/edit", json=edit, headers={"if-match": li.get(path).headers["etag"]})
    assert first.status_code == 200
    mine = edit | {"title": "开通地铁", "lead": []}
    refused = wang.post(f"{path}/edit", json=mine, headers={"if-match": seen})
    assert refused.status_code == 409
    said = refused.json()
    schema = json.loads((FORMATS / "problem.schema.json").read_text("utf-8"))
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(said)
    changed = {one["field"]: (one["before"], one["after"], one["by"]) for one in said["changed"]}
    assert changed == {
        "title": ("开通公交", "开通公交三条", "李工"),
        "lead": ([], ["样例市交通局"], "李工"),
    }
    assert "李工" in said["title"]
    assert wang.get(path).json()["node"]["title"] == "开通公交三条"
    again = wang.post(f"{path}/edit", json=mine, headers={"if-match": f'"{said["version"]}"'})
    assert (again.status_code, again.json()["node"]["title"]) == (200, "开通地铁")
    assert wang.post(f"{path}/undo", headers={"if-match": seen}).status_code == 409
    assert wang.post(f"{path}/move", json={"stage": "x"}, headers={"if-match": "7"}).status_code == 422


def test_of_many_who_save_the_same_version_one_does(store: Store, item: int) -> None:
    version = actions.node_at(store, OPERATOR, item, TODAY).standing.node.version
    edits = [edit_of(store, item, title=f"第{number}稿") for number in range(8)]

    def save(edit: Edit) -> str | None:
        try:
            actions.edit_node(store, LI, item, edit, version)
        except Conflict:
            return None
        return edit.title

    with ThreadPoolExecutor(8) as pool:
        saved = [title for title in pool.map(save, edits) if title]
    assert saved == [actions.node_at(store, OPERATOR, item, TODAY).standing.node.title]


def test_what_was_taken_back_meanwhile_is_said_too(store: Store, item: int) -> None:
    actions.edit_node(store, LI, item, edit_of(store, item, title="甲", weight=2.0))
    version = actions.node_at(store, OPERATOR, item, TODAY).standing.node.version
    actions.edit_node(store, WANG, item, edit_of(store, item, text="乙"))
    for _ in range(2):
        actions.undo(store, WANG, item)
    with pytest.raises(Stale) as stale:
        actions.move_node(store, LI, item, Step("under_way"), version)
    changed = {one.field: (one.before, one.after, one.by) for one in stale.value.changed}
    assert changed == {"title": ("甲", "开通公交", "王工"), "weight": (2.0, 1.0, "王工")}


def test_a_review_decides_on_what_it_shows(store: Store, item: int) -> None:
    node = actions.node_at(store, OPERATOR, item, TODAY).standing.node
    actions.edit_node(store, LI, item, edit_of(store, item, title="改了的"))
    with pytest.raises(Stale):
        actions.reject(store, WANG, node.plan, {item: node.version})
    assert actions.reject(store, WANG, node.plan, {item: node.version + 1}) == 1


def test_a_light_that_another_issued_meanwhile_is_said(store: Store, item: int) -> None:
    period = f"{TODAY:%Y-%m}"
    judged = Judgement(period, "behind", "现场核查滞后", seen=0)
    first = period_actions.issue_light(store, replace(LI, grants=(Grant("supervisor"),)), item, judged)
    with pytest.raises(Stale) as stale:
        period_actions.issue_light(store, OPERATOR, item, replace(judged, state="overdue"))
    (changed,) = stale.value.changed
    assert (changed.field, changed.before, changed.after, changed.by) == ("light", None, "behind", "李工")
    again = replace(judged, state="overdue", seen=first.id)
    assert period_actions.issue_light(store, OPERATOR, item, again).state == "overdue"


async def opened(browser: Browser, site: str, token: str, path: str) -> Page:
    context = await browser.new_context(
        base_url=site, locale="zh-CN", viewport={"width": 1280, "height": 900}
    )
    await context.add_cookies([{"name": accounts.COOKIE, "value": token, "url": site}])
    page = await context.new_page()
    await page.goto(path)
    await page.wait_for_function("window.did_handshake === true")
    await page.locator("summary", has_text="修改").click()
    return page


@pytest.mark.browser
async def test_both_see_whose_words_hold_and_nothing_typed_is_lost(
    browser: Browser, site: str, store: Store, item: int, signed_in: Callable[[str, Grant], str]
) -> None:
    first, second = [
        await opened(browser, site, signed_in(name, Grant("steward")), f"/item/{item}") for name in "甲乙"
    ]
    form = "form:has(textarea[name=text]):has(select[name=kind], input[name=weight]) >> nth=0"
    await second.locator(f"{form} >> input[name=title]").fill("开通地铁")
    await second.locator(f"{form} >> input[name=weight]").fill("3")
    await first.locator(f"{form} >> input[name=title]").fill("开通公交三条")
    await first.locator(f"{form} >> textarea[name=text]").fill("开通三条。")
    await first.locator(f"{form} >> button").click()
    await expect(first.locator("h1")).to_contain_text("开通公交三条", timeout=WAIT)
    await second.locator(f"{form} >> button").click()
    merge = second.locator(".hai-merge")
    await expect(merge).to_contain_text("甲", timeout=WAIT)
    boxes = {name: second.locator(f"{form} >> [name={name}]") for name in ("title", "text", "weight")}
    await expect(boxes["title"]).to_have_value("开通地铁")
    await expect(boxes["text"]).to_have_value("开通三条。")
    await expect(boxes["weight"]).to_have_value("3")
    await merge.locator("input[name=pick-title][value=theirs]").check()
    await expect(boxes["title"]).to_have_value("开通公交三条")
    await second.locator("button", has_text="全部保留我的").click()
    await expect(boxes["title"]).to_have_value("开通地铁")
    await expect(boxes["text"]).to_have_value("开通跨市公交。")
    await merge.locator("input[name=pick-text][value=theirs]").check()
    await second.locator(f"{form} >> button").click()
    await expect(second.locator("h1")).to_contain_text("开通地铁", timeout=WAIT)
    node = actions.node_at(store, OPERATOR, item, TODAY).standing.node
    assert (node.title, node.text, node.weight) == ("开通地铁", "开通三条。", 3.0)
    for page in (first, second):
        await page.context.close()


def test_a_field_counts_once_however_often_it_changed() -> None:
    def state(title: str, note: str = "") -> dict[str, object]:
        return {"title": title, "shares": [], "values": {"note": note} if note else {}, "cites_id": None}

    at = TODAY  # only its order counts
    deeds = [Deed(n, one, f"{n}", at) for n, one in enumerate((state("a"), state("b"), state("c", "x")), 1)]  # type: ignore[arg-type]
    assert [
        (one.field, one.before, one.after, one.by) for one in changed_since(1, deeds, state("a", "y"))
    ] == [("field-note", None, "y", "3")]
    assert changed_since(4, deeds, state("a")) == ()
    assert merged({"a": ""}, {"a": "b"}, {}) == {"a": "b"}
