"""Plans made by hand, so that the office is tested without reading a document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import pytest
from sqlalchemy import insert

from haihe.boards.accounts import OPERATOR
from haihe.boards.accounts.actions import actor_of
from haihe.boards.ledger import Share
from haihe.boards.ledger.tables import NODE, NODE_UNIT, PLAN
from haihe.store.opening import Store
from haihe.store.search import vector
from haihe.store.session import Session, writing

DUE = date(2026, 12, 31)


def _node(session: Session, plan: int, parent: int | None, path: Sequence[int], title: str) -> int:
    row = {
        "plan_id": plan,
        "parent_id": parent,
        "path": list(path),
        "kind": ("aspect", "task", "item")[len(path) - 1],
        "title": title,
        "text": f"{title}。按月调度，年底前完成。",
        "state": "accepted",
        "due_on": DUE if len(path) == 3 else None,
        "terms": vector(title),
    }
    return int(session.execute(insert(NODE).values(row).returning(NODE.c.id)).scalar_one())


def _plan(store: Store, leads: Sequence[Sequence[Share]], name: str = "样例计划") -> int:
    """A plan of one aspect and one task with an item for each of the leads given; returns its number."""
    with writing(store.engine, actor_of(OPERATOR)) as session:
        row = {"name": name, "tier": "sample", "created_at": session.actor.at}
        plan = int(session.execute(insert(PLAN).values(row).returning(PLAN.c.id)).scalar_one())
        aspect = _node(session, plan, None, [1], "推进协同")
        task = _node(session, plan, aspect, [1, 1], "落实任务")
        shares = []
        for number, units in enumerate(leads, 1):
            item = _node(session, plan, task, [1, 1, number], f"推进第{number}件实事")
            shares += [
                {
                    "node_id": item,
                    "position": place,
                    "name": unit.name,
                    "role": unit.role,
                    "entity_id": unit.entity,
                }
                for place, unit in enumerate(units)
            ]
        session.execute(insert(NODE_UNIT), shares)
        session.record("test", f"plan/{plan}")
        session.commit()
    return plan


@pytest.fixture
def plan_of(store: Store) -> Callable[..., int]:
    """Makes a plan."""
    return lambda *leads, name="样例计划": _plan(store, leads, name)
