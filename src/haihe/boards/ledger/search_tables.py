"""Which items and registers have words, as far as somebody may see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from haihe.boards.accounts import Asker
from haihe.boards.ledger.sight_tables import node_found, plan_seen
from haihe.boards.ledger.tables import NODE, PLAN
from haihe.kit.limits import QUERY_CHARACTERS_MAX
from haihe.store.search import FOUND_MAX, Bound, Numbers, among, newest


def items(connection: Connection, asker: Asker, words: str, limit: int = FOUND_MAX) -> Numbers:
    """The newest items that have words, those that have them in their titles first."""
    found = newest(connection, NODE.c.terms, words, node_found(asker), bound=Bound(limit))
    titled = func.strpos(func.lower(NODE.c.title), words.lower()) > 0
    query = select(NODE.c.id).where(among(NODE.c.id, found.ids)).order_by(titled.desc(), NODE.c.id.desc())
    return Numbers(list(connection.execute(query).scalars()), found.more)


def item_rows(connection: Connection, numbers: Sequence[int]) -> list[Any]:
    """Items by their numbers in that order, each with the name of its register."""
    columns = NODE.c.id, NODE.c.title, NODE.c.text, PLAN.c.name, PLAN.c.tier
    query = select(*columns).join(PLAN, PLAN.c.id == NODE.c.plan_id).where(among(NODE.c.id, numbers))
    by_number = {row.id: row for row in connection.execute(query)}
    return [by_number[number] for number in numbers]


def registers(connection: Connection, asker: Asker, words: str) -> list[Any]:
    """The plans and other registers that have words in their names, the newest first."""
    named = PLAN.c.name.icontains(words[:QUERY_CHARACTERS_MAX], autoescape=True)
    columns = PLAN.c.id, PLAN.c.name, PLAN.c.kind, PLAN.c.tier
    query = select(*columns).where(named, plan_seen(asker)).order_by(PLAN.c.id.desc())
    return list(connection.execute(query.limit(FOUND_MAX + 1)))
