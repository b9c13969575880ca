"""What was worked out for an edition of a plan is never told after the plan has changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, func, select, update
from tests.boards.conftest import agencies

from haihe.boards.accounts import OPERATOR, PUBLIC, Asker, Grant, may_part
from haihe.boards.accounts.actions import actor_of
from haihe.boards.ledger import Edit, Return, actions, light_actions, standing_actions, unit_actions
from haihe.boards.ledger.edition_tables import editions_where
from haihe.boards.ledger.records import Standing
from haihe.boards.ledger.rollup import counted, reviewed
from haihe.boards.ledger.sight_tables import tree_seen
from haihe.boards.ledger.tables import NODE, NODE_UNIT, PLAN
from haihe.boards.ledger.units import Unit, has_part, place
from haihe.kit.cursor import page_after
from haihe.store.opening import Store
from haihe.store.session import reading, writing

pytestmark = pytest.mark.database

TODAY = actions.today()
UNITS = ("样例市科技局", "样例市教育局")


@pytest.fixture
def plan(store: Store) -> int:
    """A public register with an aspect, a task and three items."""
    made = actions.begin_register(store, OPERATOR, "样例计划", "plan")
    aspect = actions.add_node(store, OPERATOR, made, None, Edit("推进协同", "", "aspect"))
    task = actions.add_node(store, OPERATOR, made, aspect, Edit("共建平台", "", "task"))
    for count, days in enumerate((-3, 5, 90)):
        lead = (UNITS[count % 2],)
        due_on = TODAY + timedelta(days=days)
        actions.add_node(
            store, OPERATOR, made, task, Edit(f"事项{count}", "", "item", due_on=due_on, lead=lead)
        )
    actions.publish(store, OPERATOR, made)
    return made


def anew(store: Store, asker: Asker, plan: int, *, review: bool = False) -> list[Standing]:
    """How a plan stands, read and worked out on the spot."""
    with reading(store.engine) as connection:
        nodes = tree_seen(connection, asker, TODAY, plan)
    found = counted(nodes, TODAY)
    return list((reviewed(nodes, found) if review else found).values())


def edition(store: Store, plan: int) -> object:
    with reading(store.engine) as connection:
        return editions_where(connection, PLAN.c.id == plan)[plan]


def test_every_write_that_a_standing_depends_on_gives_the_plan_another_edition(
    store: Store, plan: int
) -> None:
    nodes = {one.node.title: one.node.id for one in actions.tree_of(store, OPERATOR, plan, TODAY)}
    item = nodes["事项1"]

    def by_hand(statement: object) -> None:
        with writing(store.engine, actor_of(OPERATOR)) as session:
            session.execute(statement)  # type: ignore[arg-type]  # any statement
            session.record("test", "plan")
            session.commit()

    deeds: dict[str, Callable[[], object]] = {
        "report": lambda: actions.report_on(store, OPERATOR, item, Return("2026-01", date(2026, 2, 1), 0.4)),
        "edit": lambda: by_hand(update(NODE).where(NODE.c.id == item).values(weight=3)),
        "add": lambda: actions.add_node(store, OPERATOR, plan, nodes["共建平台"], Edit("事项3", "", "item")),
        "rule": lambda: light_actions.choose_rule(store, OPERATOR, plan, "ouhai"),
        "withdraw": lambda: actions.publish(store, OPERATOR, plan, published=False),
        "unit": lambda: by_hand(
            update(NODE_UNIT).where(NODE_UNIT.c.node_id == item).values(name="样例市水务局")
        ),
        "part": lambda: by_hand(delete(NODE_UNIT).where(NODE_UNIT.c.node_id == item)),
        "remove": lambda: by_hand(delete(NODE).where(NODE.c.id == item)),
    }
    seen = {edition(store, plan)}
    for name, deed in deeds.items():
        deed()
        assert actions.tree_of(store, OPERATOR, plan, TODAY) == anew(store, OPERATOR, plan), name
        assert edition(store, plan) not in seen, name
        seen.add(edition(store, plan))


def test_who_began_to_read_before_a_write_leaves_nothing_old_behind(store: Store, plan: int) -> None:
    held = actions.plan_at(store, OPERATOR, plan)
    item = actions.promises_of(store, OPERATOR, plan, TODAY)[0].node.id
    with reading(store.engine) as connection:
        before = editions_where(connection)
        actions.report_on(store, OPERATOR, item, Return("2026-01", date(2026, 2, 1), 0.4))
        assert editions_where(connection) == before
        old = standing_actions.tree_standings(connection, OPERATOR, held, TODAY)
        assert old[item].progress is None
    shown = {one.node.id: one.progress for one in actions.tree_of(store, OPERATOR, plan, TODAY)}
    assert shown[item] == 0.4


def test_a_write_that_is_rolled_back_leaves_the_edition(store: Store, plan: int) -> None:
    before = edition(store, plan)
    with writing(store.engine, actor_of(OPERATOR)) as session:
        session.execute(update(NODE).where(NODE.c.plan_id == plan).values(weight=2))
    assert edition(store, plan) == before


def test_everybody_is_told_what_they_would_be_told_without_anything_kept(store: Store, plan: int) -> None:
    unit = agencies(store, UNITS[0])[UNITS[0]]
    reporter = Asker("填报", (Grant("public"), Grant("reporter", unit)), 7)
    for draft in (False, True):
        with writing(store.engine, actor_of(OPERATOR)) as session:
            own = update(NODE_UNIT).where(NODE_UNIT.c.name == UNITS[0]).values(entity_id=unit)
            session.execute(own)
            if draft:
                drafted = select(func.max(NODE.c.id)).scalar_subquery()
                session.execute(update(NODE).where(NODE.c.id == drafted).values(state="draft"))
            session.record("test", "plan")
            session.commit()
        for public in (True, False):
            actions.publish(store, OPERATOR, plan, published=public)
            for asker in (OPERATOR, reporter, *([PUBLIC] if public else [])):
                for review in (False, True):
                    told = actions.tree_of(store, asker, plan, TODAY, review=review)
                    shown = review and may_part(asker, "see_unpublished")
                    assert told == anew(store, asker, plan, review=shown), (asker.name, draft, public, review)
                seen = {one.id: (one.drafts, one.accepted) for one in actions.plans(store, asker).rows}
                assert seen == {plan: _counts(store, asker, plan)}, (asker.name, draft, public)


def _counts(store: Store, asker: Asker, plan: int) -> tuple[int, int]:
    """The drafts and accepted nodes of a plan of which the asker sees all, counted one by one."""
    with reading(store.engine) as connection:
        nodes = connection.execute(select(NODE.c.id, NODE.c.state).where(NODE.c.plan_id == plan)).all()
        parts = connection.execute(select(NODE_UNIT.c.node_id, NODE_UNIT.c.entity_id)).all()
        public = connection.execute(select(PLAN.c.published_at).where(PLAN.c.id == plan)).scalar_one()
    units = {grant.unit for grant in asker.grants if grant.role == "reporter"}
    own = {part.node_id for part in parts if part.entity_id in units}
    states = [
        node.state
        for node in nodes
        if asker is OPERATOR or node.id in own or (public and node.state == "accepted")
    ]
    return states.count("draft"), states.count("accepted")


def test_a_unit_has_the_same_part_however_many_plans_are_worked_out(
    store: Store, plan: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    units = [Unit(name) for name in UNITS]
    whole = [one for one in actions.promises_of(store, OPERATOR, plan, TODAY) if has_part(one.node, units)]
    assert len(whole) == 3
    for asker in (OPERATOR, PUBLIC):
        for count in (0, 1):
            monkeypatch.setattr(standing_actions, "PLANS_AT_ONCE", count)
            standing_actions.forget()
            assert unit_actions.promises_of(store, asker, units, TODAY) == whole
    turned, cursor = [], None
    for _ in whole:
        page = page_after(whole, cursor, 1, place)
        turned += page.rows
        cursor = page.next
    assert turned == whole
    assert cursor is None
