"""Comments on items: who is asked, who answers, and who never sees them; the last one in a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator
from playwright.async_api import Page, expect
from sqlalchemy import insert

from haihe.boards.accounts import OPERATOR, PUBLIC, Asker, Grant
from haihe.boards.accounts import actions as accounts
from haihe.boards.accounts.actions import asking
from haihe.boards.accounts.tables import ACCOUNT
from haihe.boards.ledger import Edit
from haihe.boards.ledger import actions as ledger
from haihe.boards.office import mention_actions, mention_api, post_actions
from haihe.boards.office.mentions import Candidate
from haihe.boards.registry.tables import ENTITY
from haihe.kit.errors import Forbidden, Invalid, NotFound, Unknown
from haihe.kit.source import Source
from haihe.store.opening import Store, the_store
from haihe.store.search import vector
from haihe.store.session import Actor, writing
from haihe.store.sources import keep

pytestmark = pytest.mark.database

FORMATS = Path(__file__).parents[3] / "docs/formats"
TODAY = ledger.today()
HEAD = Asker("处长", (Grant("supervisor"),), 1)
SCIENCE = Asker("科技局", (Grant("reporter", 1),), 2)
TRADE = Asker("商务局", (Grant("reporter", 2),), 3)
VIEWER = Asker("只读", (Grant("viewer"),), 4)
UNITS = ("样例市科技局", "样例市商务局", "样例市交通局")


def valid(name: str, value: Any) -> Any:
    """The value, which must be as its schema says."""
    schema = json.loads((FORMATS / f"office-{name}.schema.json").read_text("utf-8"))
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)
    return value


@pytest.fixture
def item(store: Store) -> int:
    """An item that the first unit leads, three units, four accounts, and a post that the first one holds."""
    source = Source("judgement", tier="sample", quote="样例")
    with writing(store.engine, Actor.now("test")) as session:
        keep(session, [source])
        made = {"password_hash": "", "must_change": False, "created_at": session.actor.at, "title": ""}
        names = [{"name": one.name, **made} for one in (HEAD, SCIENCE, TRADE, VIEWER)]
        session.execute(insert(ACCOUNT), names)
        unit = {"kind": "agency", "properties": {}, "sources": {}, "source_id": source.id}
        unit["changed_at"] = session.actor.at
        for name in UNITS:
            session.execute(insert(ENTITY).values(key=f"unit:{name}", name=name, search=vector(name), **unit))
        session.record("test", "entity")
        session.commit()
    post = post_actions.add_post(store, OPERATOR, "3", "综合处处长", "division")
    post_actions.hand_over(store, OPERATOR, post, HEAD.account, "任职")
    plan = ledger.begin_register(store, HEAD, "样例计划", "plan")
    aspect = ledger.add_node(store, HEAD, plan, None, Edit("推进协同", "", "aspect"))
    task = ledger.add_node(store, HEAD, plan, aspect, Edit("落实任务", "", "task"))
    edit = Edit("共建平台", "", "item", due_on=TODAY + timedelta(days=60), lead=UNITS[:1])
    return ledger.add_node(store, HEAD, plan, task, edit)


@pytest.fixture
def client(store: Store) -> Iterator[tuple[TestClient, list[Asker]]]:
    """The doors, and who asks: the last one counts."""
    app, asker = FastAPI(), [HEAD]
    app.include_router(mention_api.router)
    app.dependency_overrides |= {the_store: lambda: store, asking: lambda: asker[-1]}
    with TestClient(app) as client:
        yield client, asker


def test_a_question_waits_for_a_unit_until_it_answers(
    store: Store, item: int, client: tuple[TestClient, list[Asker]]
) -> None:
    http, asker = client
    path = f"/api/v1/nodes/{item}/comments"
    asked = http.post(path, json={"text": " 请@[随便](unit/1)说明口径，抄@[某](post/1)。<b>&amp; "})
    assert asked.status_code == 201
    asker.append(SCIENCE)
    (seen,) = valid("comments", http.get(path).json())
    assert seen["author"] == "样例市交通局 综合处处长"
    assert seen["words"] == "请@样例市科技局说明口径，抄@样例市交通局 综合处处长。<b>&amp;"
    assert (seen["own"], [one["settled_at"] for one in seen["mentions"]]) == (False, [None, None])
    (waits,) = valid("mentioned", http.get("/api/v1/mentions").json())
    assert (waits["title"], waits["mentioned"]) == ("共建平台", UNITS[0])
    assert http.post(f"/api/v1/mentions/{waits['id']}/settle").status_code == 204
    assert http.get("/api/v1/mentions").json() == []
    mention_actions.settle(store, SCIENCE, waits["id"], back=True)
    with pytest.raises(NotFound):
        mention_actions.settle(store, TRADE, waits["id"])

    answer = mention_actions.write(store, SCIENCE, item, "口径见附件。")
    assert mention_actions.mentioned(store, SCIENCE) == []
    (mine,) = mention_actions.mentioned(store, HEAD)
    assert mine.mentioned == "样例市交通局 综合处处长"
    first, second = mention_actions.comments_on(store, VIEWER, item)
    assert [one.settled_at is not None for one in first.mentions] == [True, False]
    assert (second.id, second.author) == (answer, "科技局")

    for wrong in ("", "  ", "x" * 2001, "@[没有](post/9)", "@[没有](unit/99)"):
        with pytest.raises(Invalid):
            mention_actions.write(store, HEAD, item, wrong)
    for nobody, error in ((PUBLIC, Unknown), (VIEWER, Forbidden), (TRADE, NotFound)):
        with pytest.raises(error):
            mention_actions.write(store, nobody, item, "我也来说")
    for blind, error in ((PUBLIC, Unknown), (TRADE, NotFound)):
        with pytest.raises(error):
            mention_actions.comments_on(store, blind, item)

    with pytest.raises(NotFound):
        mention_actions.withdraw(store, HEAD, answer)
    assert http.post(f"/api/v1/comments/{answer}/withdraw").status_code == 204
    assert [one.words for one in mention_actions.comments_on(store, HEAD, item)][1:] == [""]
    assert mention_actions.comments_on(store, SCIENCE, item)[1].words == "口径见附件。"
    assert http.post(f"/api/v1/comments/{answer}/show").status_code == 204
    assert mention_actions.comments_on(store, HEAD, item)[1].words == "口径见附件。"

    offered = valid("mentions", http.get(f"/api/v1/nodes/{item}/mentions?typed=样例").json())
    assert offered[0] == {"kind": "unit", "number": 1, "words": UNITS[0]}
    assert Candidate("post", 1, "样例市交通局 综合处处长") in mention_actions.suggested(
        store, SCIENCE, item, "处长"
    )
    assert mention_actions.suggested(store, SCIENCE, item, "商务") == []
    post_actions.hand_over(store, OPERATOR, 1, SCIENCE.account, "轮岗")
    assert [one.mentioned for one in mention_actions.mentioned(store, SCIENCE)] == [mine.mentioned]
    assert mention_actions.mentioned(store, HEAD) == []


@pytest.mark.browser
async def test_the_desk_saves_a_view_watches_an_item_and_asks_a_unit(
    desk: Page, store: Store, item: int, signed_in: Callable[[str, Grant], str], site: str
) -> None:
    async def ready(path: str, at: Page = desk) -> None:
        await at.goto(path)
        await at.wait_for_function("window.did_handshake === true")

    plan = ledger.plan_at(store, OPERATOR, "样例计划").id
    await ready(f"/plan/{plan}/timeline?light=unknown")
    await desk.get_by_role("button", name="Bookmarks").click()
    await desk.get_by_label("Name of this view").fill("每天看的")
    await desk.get_by_role("button", name="Save view").click()
    await desk.locator(".hai-drop").get_by_role("link", name="每天看的").click()
    await desk.wait_for_url(f"**/plan/{plan}/timeline?light=unknown")

    await ready(f"/item/{item}")
    await desk.get_by_role("button", name="Watched").click()
    await desk.get_by_role("button", name="Watch this item and what stands under it").click()
    await expect(desk.get_by_role("button", name="Stop watching")).to_be_visible()
    await desk.keyboard.press("Escape")
    box = desk.get_by_label("Write a comment")
    await box.press_sequentially("请@科技")
    await expect(desk.get_by_role("option", name=UNITS[0])).to_have_attribute(
        "aria-selected", "true", timeout=20_000
    )
    await box.press("Enter")
    await box.press_sequentially("周五前说明<b>口径</b>")
    await desk.get_by_role("button", name="Comment on it").click()
    said = desk.locator(".hai-news li")
    await expect(said).to_contain_text(f"请@{UNITS[0]} 周五前说明<b>口径</b>")
    await expect(said).to_contain_text(f"Waits for {UNITS[0]}.")
    await expect(said.get_by_role("link", name=f"@{UNITS[0]}")).to_have_attribute("href", "/units/1")
    await expect(box).to_have_value("")

    token = signed_in("联络员", Grant("reporter", 1))
    cookie = {"name": accounts.COOKIE, "value": token, "url": site}
    await desk.context.add_cookies([cookie])
    await ready("/")
    await expect(desk.get_by_text("You are asked")).to_be_visible()
    await expect(desk.locator(".hai-news")).to_contain_text("周五前说明")
    await desk.locator(".hai-news").get_by_role("link", name="共建平台").click()
    await desk.wait_for_function("window.did_handshake === true")
    await desk.get_by_label("Write a comment").fill("已附说明")
    await desk.get_by_role("button", name="Comment on it").click()
    await expect(desk.get_by_text("All that it mentions have answered.")).to_be_visible()
    await desk.get_by_role("button", name=re.compile("Withdraw the comment")).click()
    await expect(desk.get_by_role("button", name="Show it again")).to_be_visible()
