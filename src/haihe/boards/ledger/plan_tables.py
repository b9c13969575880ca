"""The rows of plans, and how many of their nodes somebody sees, counted once for each edition of a plan."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, RowMapping, any_, func, select, true

from haihe.boards.ledger.edition_tables import PLAN_EDITION
from haihe.boards.ledger.records import Plan
from haihe.boards.ledger.tables import NODE, PLAN, PLAN_RULE, numbers_of


class Counts(NamedTuple):
    """How many nodes are drafts and how many accepted."""

    drafts: int
    accepted: int


COUNTS_KEPT_MAX = 20_000
"""Of how many plans, each for a condition, the counts are kept."""

_kept: dict[tuple[int, Hashable], tuple[UUID, Counts]] = {}


def plans_where(connection: Connection, *conditions: ColumnElement[bool]) -> list[Plan]:
    """The plans that meet conditions, the newest first, with counts of all their nodes."""
    rows = _rows(connection, *conditions)
    counts = _counts(connection, [row["id"] for row in rows], true())
    return [_plan(row, [counts[row["id"]]]) for row in rows]


def plans_counted(
    connection: Connection,
    *conditions: ColumnElement[bool],
    told: Mapping[Hashable, ColumnElement[bool]],
    limit: int | None = None,
) -> list[Plan]:
    """The plans that meet conditions, the newest first, with counts of their nodes that meet one of `told`.

    No node may meet two. What was counted under the name of a condition holds as long as the edition of a
    plan. Only for reading: a transaction's edition comes at its end.
    """
    rows = _rows(connection, *conditions, limit=limit)
    counted = [_counted(connection, rows, name, condition) for name, condition in told.items()]
    return [_plan(row, [counts[row["id"]] for counts in counted]) for row in rows]


def _counted(
    connection: Connection, rows: Sequence[RowMapping], name: Hashable, condition: ColumnElement[bool]
) -> dict[int, Counts]:
    editions = {row["id"]: row["edition"] for row in rows}
    kept = {plan: _kept.get((plan, name)) for plan in editions}
    known = {plan: one[1] for plan, one in kept.items() if one and one[0] == editions[plan]}
    if left := editions.keys() - known.keys():
        if len(_kept) > COUNTS_KEPT_MAX:
            _kept.clear()
        for plan, counts in _counts(connection, left, condition).items():
            known[plan] = counts
            if editions[plan]:
                _kept[plan, name] = editions[plan], counts
    return known


def _counts(
    connection: Connection, plans: Collection[int], condition: ColumnElement[bool]
) -> dict[int, Counts]:
    """How many nodes of some plans that meet a condition are drafts and accepted."""
    drafts, accepted = (func.count().filter(NODE.c.state == state) for state in ("draft", "accepted"))
    query = select(NODE.c.plan_id, drafts.label("drafts"), accepted.label("accepted"))
    query = query.where(NODE.c.plan_id == any_(numbers_of(plans)), condition).group_by(NODE.c.plan_id)
    found = {row.plan_id: Counts(row.drafts, row.accepted) for row in connection.execute(query)}
    return {plan: found.get(plan, Counts(0, 0)) for plan in plans}


def _rows(
    connection: Connection, *conditions: ColumnElement[bool], limit: int | None = None
) -> Sequence[RowMapping]:
    rule = select(PLAN_RULE.c.rule).where(PLAN_RULE.c.plan_id == PLAN.c.id).order_by(PLAN_RULE.c.id.desc())
    query = select(PLAN, PLAN_EDITION.c.edition, rule.limit(1).scalar_subquery().label("rule"))
    query = query.outerjoin(PLAN_EDITION, PLAN_EDITION.c.plan_id == PLAN.c.id).where(*conditions)
    return connection.execute(query.order_by(PLAN.c.id.desc()).limit(limit)).mappings().all()


def _plan(row: RowMapping, counted: Collection[Counts]) -> Plan:
    drafts, accepted = (sum(column) for column in zip(*counted, strict=True))
    held: dict[str, Any] = {**row, "drafts": drafts, "accepted": accepted}
    return Plan(**{name: held[name] for name in Plan.__dataclass_fields__})
