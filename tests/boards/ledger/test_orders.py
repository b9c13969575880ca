"""Supervision orders as the office reads them: who had a hand in one, and a list that goes on."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape

import pytest
from sqlalchemy import insert
from tests.conftest import simulation

from haihe.boards.accounts import OPERATOR, Asker, Grant
from haihe.boards.accounts.actions import COOKIE, actor_of
from haihe.boards.accounts.tables import ACCOUNT
from haihe.boards.ledger import supervision_actions as supervision
from haihe.boards.ledger import supervision_page
from haihe.boards.ledger.supervision import Wish, Wording
from haihe.store.opening import Store
from haihe.store.session import writing
from haihe.ui import slots

pytestmark = pytest.mark.database

DRAFTER, REVIEWER, DEPUTY = (
    Asker(name, (Grant("supervisor"),), number) for number, name in enumerate(("督查", "主任", "代办"), 101)
)


def drafted(store: Store) -> int:
    wording = Wording("报送总结", "请报送年度总结。", ("样例市教育局",), workdays=10)
    return supervision.draft(store, DRAFTER, wording)


def test_an_order_names_those_who_had_a_hand_in_it(store: Store) -> None:
    row = {"title": "", "password_hash": "", "must_change": False, "created_at": datetime.now(UTC)}
    rows = [row | {"id": one.account, "name": one.name} for one in (DRAFTER, REVIEWER, DEPUTY)]
    with writing(store.engine, actor_of(OPERATOR)) as session:
        session.execute(insert(ACCOUNT), rows)
        session.record("test", "account")
        session.commit()
    order = drafted(store)
    supervision.act(store, REVIEWER, order, Wish("approve"))
    supervision.act(store, DRAFTER, order, Wish("issue"))
    (part,) = supervision.order_at(store, DRAFTER, order, "zh").parts
    supervision.act(store, DEPUTY, order, Wish("receive", part.id))
    supervision.act(store, DEPUTY, order, Wish("answer", part.id, "已报送。"))
    found = supervision.order_at(store, DRAFTER, order, "zh")
    assert (found.drafted_by, found.approved_by, found.issued_by) == (["督查"], "主任", "督查")
    assert {move.by for move in found.moves} == {"主任", "督查"}
    assert {move.by for move in found.parts[0].moves} == {"代办"}
    assert [answer.by for answer in found.parts[0].answers] == ["代办"]


async def test_a_list_of_orders_goes_on_to_the_oldest(
    store: Store, signed_in: Callable[[str, Grant], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervision_page, "ROWS_SHOWN", 2)
    orders = [drafted(store) for _ in range(5)]
    shown, path = list[int](), "/supervision?state=raised"
    slots.empty()
    async with simulation() as user:
        supervision_page.mount()
        user.http_client.cookies.set(COOKIE, signed_in("督查", Grant("supervisor")))
        user.http_client.headers["Accept-Language"] = "en"
        while path:
            text = unescape(unescape((await user.http_client.get(path)).text)).replace('\\"', '"')
            shown += map(int, re.findall(r'href="/supervision/(\d+)"', text))
            onward = re.search(r'href="([^"]+)">Next</a>', text)
            path = onward[1] if onward else ""
    slots.empty()
    assert shown == orders[::-1]
