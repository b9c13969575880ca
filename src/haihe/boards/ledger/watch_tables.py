"""What is watched as rows, and what happened to it: read from what the ledger keeps anyway."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    ForeignKey,
    Identity,
    Select,
    Table,
    UniqueConstraint,
    exists,
    func,
    literal,
    null,
    select,
    union_all,
)

from haihe.boards.ledger.comment_tables import COMMENT
from haihe.boards.ledger.light_tables import LIGHT_HISTORY
from haihe.boards.ledger.period_tables import CORRECTION, ISSUED_LIGHT
from haihe.boards.ledger.report_tables import REPORT
from haihe.boards.ledger.tables import NODE, NODE_DECISION, NODE_UNIT, PLAN
from haihe.boards.ledger.watches import News
from haihe.store.schema import metadata

_MOMENT = DateTime(timezone=True)

WATCH = Table(
    "watch",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("account_id", BigInteger, ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
    Column("node_id", BigInteger, ForeignKey(NODE.c.id, ondelete="CASCADE"), index=True),
    Column("plan_id", BigInteger, ForeignKey(PLAN.c.id, ondelete="CASCADE"), index=True),
    Column("entity_id", BigInteger, ForeignKey("entity.id", ondelete="CASCADE"), index=True),
    Column("begun_at", _MOMENT, nullable=False),
    CheckConstraint("num_nonnulls(node_id, plan_id, entity_id) = 1", name="one"),
    UniqueConstraint("account_id", "node_id", "plan_id", "entity_id", postgresql_nulls_not_distinct=True),
)
"""Who watches an item, a register or a unit."""

WATCHER = Table(
    "watcher",
    metadata,
    Column("account_id", BigInteger, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("looked_at", _MOMENT, nullable=False),
)
"""Until when an account has read what is new."""


def _watched(account: int) -> CTE:
    """The nodes that an account watches, each with the moment after which what happens to it is unread."""
    own, mine = NODE.alias(), WATCH.c.account_id == account
    depth = func.cardinality(own.c.path)
    after = func.array_append(own.c.path[1 : depth - 1], own.c.path[depth] + 1)
    under = (NODE.c.plan_id == own.c.plan_id) & (NODE.c.path >= own.c.path) & (NODE.c.path < after)
    items = select(NODE.c.id, WATCH.c.begun_at).join_from(WATCH, own, own.c.id == WATCH.c.node_id)
    plans = select(NODE.c.id, WATCH.c.begun_at).join_from(WATCH, NODE, NODE.c.plan_id == WATCH.c.plan_id)
    shared = NODE_UNIT.c.entity_id == WATCH.c.entity_id
    units = select(NODE_UNIT.c.node_id, WATCH.c.begun_at).join_from(WATCH, NODE_UNIT, shared)
    found = union_all(*(each.where(mine) for each in (items.join(NODE, under), plans, units))).subquery()
    looked = select(WATCHER.c.looked_at).where(WATCHER.c.account_id == account).scalar_subquery()
    unread_from = func.greatest(func.min(found.c.begun_at), looked).label("unread_from")
    return select(found.c.id, unread_from).group_by(found.c.id).cte("watched")


def _facts(**columns: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.jsonb_build_object(*(part for pair in columns.items() for part in pair)).label("facts")


def _unread_from(connection: Connection, account: int) -> datetime | None:
    """The moment after which an account has not read everything; None where it watches nothing."""
    mine = WATCH.c.account_id == account
    looked = select(WATCHER.c.looked_at).where(WATCHER.c.account_id == account, exists().where(mine))
    query = select(func.min(WATCH.c.begun_at), looked.scalar_subquery()).where(mine)
    moments: list[datetime] = [one for one in connection.execute(query).one() if one]
    return max(moments, default=None)


def _happened(watched: CTE, since: datetime) -> Select[Any]:
    """What happened to watched nodes after a moment, which is a constant so that an index is chosen by it."""
    earlier = LIGHT_HISTORY.alias()
    changed = exists().where(
        earlier.c.node_id == LIGHT_HISTORY.c.node_id, earlier.c.lit_on < LIGHT_HISTORY.c.lit_on
    )
    report, issued, light = REPORT.c, ISSUED_LIGHT.c, LIGHT_HISTORY.c
    decision, correction, comment = NODE_DECISION.c, CORRECTION.c, COMMENT.c
    nobody = literal("")
    kinds: tuple[tuple[str, Any, ColumnElement[Any], ColumnElement[Any], ColumnElement[Any]], ...] = (
        (
            "report", report, report.reported_at, report.reported_by,
            _facts(period=report.period, progress=report.progress, note=report.note),
        ),
        (
            "issued", issued, issued.issued_at, issued.issued_by,
            _facts(period=issued.period, state=issued.state),
        ),
        (
            "light", light, light.noted_at, nobody,
            _facts(state=light.state, reason=light.reason, facts=light.facts),
        ),
        (
            "decision", decision, decision.decided_at, decision.decided_by,
            _facts(deed=decision.kind, after=decision.after),
        ),
        ("undone", decision, decision.undone_at, nobody, _facts()),
        (
            "correction", correction, correction.corrected_at, correction.corrected_by,
            _facts(period=correction.period, subject=correction.subject, reason=correction.reason),
        ),
        (
            "comment", comment, comment.written_at, comment.written_by,
            _facts(author=comment.author, text=comment.text),
        ),
    )  # fmt: skip
    selects = []
    for kind, columns, at, by, facts in kinds:
        query = select(
            literal(kind).label("kind"), columns.node_id, at.label("at"), by.label("by"), facts,
            (at > watched.c.unread_from).label("unread"),
        ).join(watched, watched.c.id == columns.node_id).where(at > literal(since, _MOMENT))  # fmt: skip
        if kind == "light":
            query = query.where(changed)
        if kind == "comment":
            query = query.where(comment.withdrawn_at == null())
        selects.append(query)
    found = union_all(*selects).subquery()
    named = select(found, NODE.c.title, NODE.c.kind.label("level"), PLAN.c.kind.label("register"))
    return named.join(NODE, NODE.c.id == found.c.node_id).join(PLAN, PLAN.c.id == NODE.c.plan_id)


def news_of(
    connection: Connection,
    watcher: tuple[int, str],
    seen: ColumnElement[bool],
    since: datetime | None,
    limit: int,
) -> list[News]:
    """What happened to what an account watches, the latest first, without its own deeds.

    `watcher` is the account and its name in the audit chain; without `since` only what is unread.
    """
    query = _of_others(connection, watcher, since)
    if query is None:
        return []
    at, node = query.selected_columns.at, query.selected_columns.node_id
    rows = connection.execute(query.where(seen).order_by(at.desc(), node).limit(limit))
    return [
        News(row.at, row.node_id, row.title, row.register, row.level, row.kind, row.facts, row.unread)
        for row in rows
    ]


def unread_of(connection: Connection, watcher: tuple[int, str], seen: ColumnElement[bool], limit: int) -> int:
    """How much of what an account watches is unread; counted no further than a limit."""
    query = _of_others(connection, watcher, None)
    if query is None:
        return 0
    found = query.where(seen).limit(limit).subquery()
    return int(connection.execute(select(func.count()).select_from(found)).scalar_one())


def _of_others(
    connection: Connection, watcher: tuple[int, str], since: datetime | None
) -> Select[Any] | None:
    """What others did to what an account watches; None where it watches nothing."""
    account, name = watcher
    unread_from = _unread_from(connection, account)
    if unread_from is None:
        return None
    query = _happened(_watched(account), since or unread_from)
    query = query.where(query.selected_columns.by != name)
    return query if since else query.where(query.selected_columns.unread)
