"""The versions of a node: what each change found, and whether somebody has the newest one."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, select

from haihe.boards.accounts.actions import names_of
from haihe.boards.ledger.columns import standing_before
from haihe.boards.ledger.edits import Changed, Deed, Stale, changed_since
from haihe.boards.ledger.period_tables import issued_on
from haihe.boards.ledger.periods import Judgement
from haihe.boards.ledger.records import Node
from haihe.boards.ledger.tables import NODE, NODE_DECISION
from haihe.store.session import Session, as_json


def check_version(connection: Connection, node: Node, seen: int | None) -> None:
    """Raise Stale unless the version that somebody has seen is the newest; None asks for no check."""
    if seen is not None and seen != node.version:
        raise stale(connection, node, seen)


def check_issued(session: Session, node: int, given: Judgement) -> None:
    """Raise Stale unless the last light issued for a period is the one seen; nobody issues one meanwhile."""
    if given.seen is None:
        return
    title = session.execute(select(NODE.c.title).where(NODE.c.id == node).with_for_update()).scalar_one()
    issued = [one for one in issued_on(session.connection, node) if one.period == given.period]
    if issued and issued[0].id != given.seen:
        names = names_of(session.connection, {issued[0].by})
        before = next((one.state for one in issued if one.id == given.seen), None)
        by = names.get(issued[0].by, issued[0].by)
        raise Stale(title, issued[0].id, (Changed("light", before, issued[0].state, by, issued[0].at),))


def stale(connection: Connection, node: Node, seen: int) -> Stale:
    """The error of somebody who changes an older version of a node."""
    now = json.loads(as_json(standing_before(node)))
    return Stale(node.title, node.version, changed_since(seen, _deeds(connection, node.id), now))


def _deeds(connection: Connection, node: int) -> list[Deed]:
    rows = connection.execute(select(NODE_DECISION).where(NODE_DECISION.c.node_id == node)).all()
    names = names_of(connection, _actors(rows))
    done = [
        Deed(row.version, row.before, names.get(row.decided_by, row.decided_by), row.decided_at)
        for row in rows
        if row.version is not None
    ]
    undone = [
        Deed(row.undone_version, row.undone, names.get(row.undone_by, row.undone_by), row.undone_at)
        for row in rows
        if row.undone_version is not None
    ]
    return done + undone


def _actors(rows: Iterable[Any]) -> set[str]:
    return {name for row in rows for name in (row.decided_by, row.undone_by) if name}
