"""The posts that a supervision order goes up to are written to, where the office set up a channel."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from haihe.boards.accounts import OPERATOR, Grant
from haihe.boards.accounts import actions as accounts
from haihe.boards.accounts.actions import actor_of
from haihe.boards.ledger import supervision_actions as supervision
from haihe.boards.ledger.supervision import Wish, Wording
from haihe.boards.ledger.supervision_tables import SUPERVISION
from haihe.boards.office import chase_tables
from haihe.boards.office.contacts import Contact
from haihe.boards.office.escalation_actions import escalate_due
from haihe.boards.office.sign_tables import HOLDING, POST
from haihe.boards.registry.tables import ENTITY
from haihe.kit.source import Source
from haihe.kit.workdays import add_workdays
from haihe.store.opening import Store
from haihe.store.outbox import OUTBOX
from haihe.store.search import vector
from haihe.store.session import reading, writing
from haihe.store.sources import keep

pytestmark = pytest.mark.database

UNIT, OFFICE = "样例市教育局", "样例协同办"
TODAY = supervision.actions.today()


@pytest.fixture
def order(store: Store) -> int:
    """An order of today to a unit, drafted by the holder of a post of the office, whose posts are reached."""
    accounts.add_account(store, OPERATOR, "督查", "", [Grant("supervisor")])
    (drafter,) = accounts.accounts(store, OPERATOR)
    made = supervision.draft(store, OPERATOR, Wording("报送总结", "请报送。", (UNIT,), workdays=10))
    source = Source("judgement", quote=OFFICE, tier="sample")
    with writing(store.engine, actor_of(OPERATOR)) as session:
        keep(session, [source])
        row = {"key": "unit:office", "kind": "agency", "name": OFFICE, "search": vector(OFFICE)}
        row |= {"properties": {}, "sources": {}, "source_id": source.id, "changed_at": session.actor.at}
        office = session.execute(ENTITY.insert().values(row).returning(ENTITY.c.id)).scalar_one()
        post = {"unit_id": office, "unit": OFFICE, "title": "督查岗", "level": "drafter"}
        number = session.execute(POST.insert().values(post).returning(POST.c.id)).scalar_one()
        held = {"post": number, "account": drafter.id, "name": "督查", "since": session.actor.at}
        session.execute(HOLDING.insert().values(held | {"reason": "任命"}))
        session.execute(update(SUPERVISION).values(drafters=[f"account/{drafter.id}"]))
        contacts = [
            Contact(UNIT, UNIT, "liaison", "wecom", "lianluo"),
            Contact(UNIT, UNIT, "leader", "wecom", "juzhang"),
            Contact(f"entity/{office}", OFFICE, "leader", "wecom", "zhuren"),
        ]
        chase_tables.put_contacts(session, contacts)
        settings = {"address": "https://robot.example/send?key=k", "form": "text"}
        channel = chase_tables.put_channel(session, "wecom", "督查群", settings)
        register = supervision.actions.plans(store, OPERATOR).rows[0].id
        chase_tables.put_round(session, register, channel, on=True)
        session.record("test", "office")
        session.commit()
    for deed in ("approve", "issue"):
        supervision.act(store, OPERATOR, made, Wish(deed))  # type: ignore[arg-type]
    return made


def test_the_liaison_then_the_leader_then_the_principal_of_the_office_are_told(
    store: Store, order: int
) -> None:
    for days in (2, 4, 15):
        escalate_due(store, OPERATOR, add_workdays(TODAY, days))
        escalate_due(store, OPERATOR, add_workdays(TODAY, days))
    with reading(store.engine) as connection:
        rows = connection.execute(select(OUTBOX).order_by(OUTBOX.c.id)).all()
    assert [row.content["addresses"] for row in rows] == [["lianluo"], ["juzhang"], ["zhuren"]]
    assert [row.content["title"] for row in rows] == [f"督办〔{TODAY.year}〕1号"] * 3
    assert "已超过 5 个工作日仍未反馈" in rows[2].content["text"]
    assert "报送总结" in rows[2].content["text"]
    found = supervision.order_at(store, OPERATOR, order, "zh").parts[0].escalations
    assert [one.step for one in found if one.letters] == ["principal", "unsigned_leader", "unsigned"]
