"""Nodes with what is known of them on a day, now or as of a past moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, func, literal, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from haihe.boards.accounts.actions import names_of
from haihe.boards.ledger import tree
from haihe.boards.ledger.columns import Around, as_it_was, node_of, shares_before
from haihe.boards.ledger.kinds import kinds
from haihe.boards.ledger.light_tables import LIGHT_HISTORY, changes_where
from haihe.boards.ledger.lights import looks_at_months
from haihe.boards.ledger.period_tables import CORRECTION, corrections_where, issued_on, latest_issued
from haihe.boards.ledger.periods import Moment
from haihe.boards.ledger.records import Item, Node, Plan, Share, Standing, Tag
from haihe.boards.ledger.report_tables import known_at, latest_reports, reports_of, returned_days
from haihe.boards.ledger.rollup import carried
from haihe.boards.ledger.tables import (
    NODE,
    NODE_DECISION,
    NODE_THEME,
    NODE_UNIT,
    PLAN,
    figures_of,
    moves_of,
    numbers_of,
    rules_chosen,
)
from haihe.store.session import Session

Part = TypeVar("Part")

_FIELDS = func.nullif(NODE.c["values"], literal({}, JSONB), type_=JSONB).label("values")
_COLUMNS = [column for column in NODE.c if column.name not in ("terms", "created_at", "values")]


def nodes_where(
    connection: Connection,
    on: date,
    *conditions: ColumnElement[bool],
    period: str | None = None,
    as_of: datetime | None = None,
) -> list[Node]:
    """The nodes that meet conditions, in the order of their trees, with what was reported by a day.

    With a `period` also what was reported for it later. With `as_of` all of it as it stood at that moment;
    the conditions meet the nodes as they stand now.
    """
    rows = _rows(connection, *conditions, known_at(NODE.c.created_at, as_of))
    if not rows:
        return []
    inside = select(func.unnest(numbers_of(row["id"] for row in rows)))
    before = _before(connection, inside, as_of) if as_of else {}
    shares = _shares(connection, inside) | {node: shares_before(each) for node, each in before.items()}
    tags = _tags(connection, inside)
    reports = latest_reports(connection, inside, on, period, as_of)
    issued = latest_issued(connection, inside, None, as_of)
    chosen = rules_chosen(connection, as_of)
    rules = {row["plan_id"]: chosen.get(row["plan_id"]) or kinds()[row["register"]].light for row in rows}
    monthly = any(map(looks_at_months, set(rules.values())))
    returned = returned_days(connection, inside, as_of) if monthly else {}
    return [
        node_of(
            as_it_was(row, before[row["id"]]) if row["id"] in before else row,
            Around(
                shares.get(row["id"], ()),
                tags.get(row["id"], ()),
                reports.get(row["id"]),
                issued.get(row["id"]),
                rules[row["plan_id"]],
                returned.get(row["id"], {}),
            ),
        )
        for row in rows
    ]


def _rows(connection: Connection, *conditions: ColumnElement[bool]) -> Sequence[RowMapping]:
    query = select(*_COLUMNS, _FIELDS, PLAN.c.tier, PLAN.c.kind.label("register"))
    query = query.join(PLAN, PLAN.c.id == NODE.c.plan_id).where(*conditions)
    return connection.execute(query.order_by(NODE.c.plan_id, NODE.c.path)).mappings().all()


def _shares(connection: Connection, nodes: Select[Any]) -> dict[int, tuple[Share, ...]]:
    columns = NODE_UNIT.c.node_id, NODE_UNIT.c.name, NODE_UNIT.c.role, NODE_UNIT.c.entity_id
    query = select(*columns).where(NODE_UNIT.c.node_id.in_(nodes))
    return _parts(connection.execute(query.order_by(NODE_UNIT.c.position)).all(), cache(Share))


def _tags(connection: Connection, nodes: Select[Any]) -> dict[int, tuple[Tag, ...]]:
    query = select(NODE_THEME).where(NODE_THEME.c.node_id.in_(nodes))
    order = NODE_THEME.c.frame, NODE_THEME.c.primary.desc(), NODE_THEME.c.theme
    return _parts(connection.execute(query.order_by(*order)).all(), cache(Tag))


def _parts(rows: Iterable[Any], part: Callable[..., Part]) -> dict[int, tuple[Part, ...]]:
    """What the rest of each row says, by the node that it begins with."""
    found: dict[int, list[Part]] = {}
    for node, *rest in rows:
        found.setdefault(node, []).append(part(*rest))
    return {node: tuple(parts) for node, parts in found.items()}


def _before(connection: Connection, nodes: Select[Any], as_of: datetime) -> dict[int, Mapping[str, Any]]:
    """What nodes were at a moment, those that were decided on since: what the first deed after it found.

    Taking back a decision finds what that decision had made of the node.
    """
    since = or_(NODE_DECISION.c.decided_at > as_of, NODE_DECISION.c.undone_at > as_of)
    query = select(NODE_DECISION).where(NODE_DECISION.c.node_id.in_(nodes), since)
    deeds: dict[int, list[tuple[datetime, int, Mapping[str, Any] | None]]] = {}
    for row in connection.execute(query):
        after = row.decided_at > as_of
        deed = (row.decided_at, row.id, row.before) if after else (row.undone_at, row.id, row.undone)
        deeds.setdefault(row.node_id, []).append(deed)
    first = {node: min(found, key=lambda deed: deed[:2])[2] for node, found in deeds.items()}
    return {node: found for node, found in first.items() if found is not None}


def locked(session: Session, condition: ColumnElement[bool], on: date = date.max) -> dict[int, Node]:
    """Nodes by number, held against anybody else until the transaction ends."""
    session.execute(select(NODE.c.id).where(condition).order_by(NODE.c.id).with_for_update())
    return {node.id: node for node in nodes_where(session.connection, on, condition)}


def line_of(connection: Connection, node: int, seen: ColumnElement[bool]) -> list[Node]:
    """A node of a plan that is seen and those above it, from the root down, without what was reported.

    Raises NotFound.
    """
    place = select(NODE.c.plan_id, NODE.c.path).join(PLAN, PLAN.c.id == NODE.c.plan_id)
    row = connection.execute(place.where(NODE.c.id == node, seen)).first()
    if row is None:
        raise tree.no_node(node)
    paths = [row.path[:depth] for depth in range(1, len(row.path) + 1)]
    found = _rows(connection, NODE.c.plan_id == row.plan_id, NODE.c.path.in_(paths))
    shares = _shares(connection, select(func.unnest(numbers_of(one["id"] for one in found))))
    return [node_of(one, Around(shares.get(one["id"], ()))) for one in found]


def with_movers(connection: Connection, item: Item, *, named: bool) -> Item:
    """An item whose moves say by what name each was made; by none where nobody is to be `named`."""
    if not item.moves:
        return item
    names = names_of(connection, {move.by for move in item.moves}) if named else {}
    return replace(item, moves=tuple(replace(move, by=names.get(move.by, "")) for move in item.moves))


def item_of(
    connection: Connection, plan: Plan, seen: Mapping[int, Standing], node: int, moment: Moment
) -> Item:
    """A node among those of its plan that may be seen, with all that its page shows; raises NotFound."""
    if node not in seen or not seen[node].node.told:
        raise tree.no_node(node)
    nodes = {number: standing.node for number, standing in seen.items()}
    as_of = moment.as_of
    return Item(
        plan=plan,
        standing=seen[node],
        above=tuple(tree.ancestors(nodes[node], nodes)),
        reports=tuple(reports_of(connection, node, as_of)),
        changes=tuple(changes_where(connection, LIGHT_HISTORY.c.node_id == node, date.min, moment.on)),
        numbers=tuple(figures_of(connection, [node]).get(node, ())),
        cites=nodes.get(nodes[node].cites or 0),
        cited_by=tuple(other for other in nodes.values() if other.cites == node),
        moves=tuple(moves_of(connection, node, as_of)),
        below=tuple(each for each in seen.values() if each.node.parent == node),
        carried=tuple(carried(seen.values(), nodes[node])),
        issued=tuple(issued_on(connection, node, as_of)),
        corrections=tuple(corrections_where(connection, CORRECTION.c.node_id == node, as_of=as_of)),
    )
