"""How the nodes of plans stand, worked out once for each edition of a plan and each day."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from threading import Lock
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, any_, true

from haihe.boards.accounts import Asker, may_part
from haihe.boards.ledger.edition_tables import editions_where
from haihe.boards.ledger.node_tables import nodes_where
from haihe.boards.ledger.records import Plan, Standing
from haihe.boards.ledger.rollup import Stood, counted, promises_in, reviewed, stood
from haihe.boards.ledger.sight_tables import nodes_seen, sees_all, tree_seen
from haihe.boards.ledger.summary import Glance, glance_of
from haihe.boards.ledger.tables import NODE, PLAN, numbers_of
from haihe.boards.ledger.unit_tables import around, plans_naming
from haihe.boards.ledger.units import Unit, has_part, place
from haihe.store.opening import Store
from haihe.store.session import reading

NODES_KEPT_MAX = 250_000
"""How many nodes are kept worked out, of the plans that were looked at last."""

PLANS_AT_ONCE = 5
"""How many plans a look at a unit works out and keeps; so that nobody waits for all after a restart."""

NODES_AT_ONCE = 500
"""So many nodes a look at the list of plans works out; so that nobody waits for all after a restart."""

_ADDED_FASTER = 10
"""By how much adding up nodes that are worked out is faster than working them out."""


@dataclass(slots=True)
class _Plan:
    """What was worked out of a plan for an edition and a day; its glance once somebody asked for it."""

    edition: UUID
    stood: Stood
    summed: Glance | None = None

    @property
    def glance(self) -> Glance:
        """What it adds up to."""
        self.summed = self.summed or glance_of(self.stood.standings.values())
        return self.summed


@dataclass(slots=True)
class _Kept:
    """What was worked out last for plans and days, the longest unused first."""

    found: OrderedDict[tuple[int, date], _Plan] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)
    work: Lock = field(default_factory=Lock)

    def at(self, plan: int, edition: UUID, on: date) -> _Plan | None:
        known = self.found.get((plan, on))
        return known if known and known.edition == edition else None

    def last(self, plan: int, on: date) -> _Plan | None:
        with self.lock:
            found = self.found.get((plan, on))
            if found is not None:
                self.found.move_to_end((plan, on))
            return found

    def put(self, plan: int, on: date, made: _Plan) -> None:
        with self.lock:
            self.found[plan, on] = made
            count = sum(len(one.stood.nodes) for one in self.found.values())
            while len(self.found) > 1 and count > NODES_KEPT_MAX:
                count -= len(self.found.popitem(last=False)[1].stood.nodes)


_kept = _Kept()


def forget() -> None:
    """Keep nothing of what was worked out."""
    _kept.found.clear()


def counts_alike(asker: Asker) -> ColumnElement[bool]:
    """Whether what counts in the plan of a row is the same for the asker as for those who see everything."""
    return true() if sees_all(asker) else PLAN.c.published_at.is_not(None)


def tree_standings(
    connection: Connection, asker: Asker, plan: Plan, on: date, *, review: bool = False
) -> Mapping[int, Standing]:
    """How the nodes of a plan stand on a day, as far as the asker sees them, in the order of the tree.

    Those that do not count are there in a `review`, for those who may see some of them.
    """
    review = review and may_part(asker, "see_unpublished")
    if sees_all(asker) or plan.published_at:
        (edition,) = editions_where(connection, PLAN.c.id == plan.id).values()
        kept = _worked_out(connection, plan.id, edition, on).stood
        if not review or len(kept.nodes) == len(kept.standings):
            return kept.standings
        if sees_all(asker):
            return reviewed(kept.nodes, kept.standings)
    nodes = tree_seen(connection, asker, on, plan.id)
    found = counted(nodes, on)
    return reviewed(nodes, found) if review else found


def glances_known(store: Store, asker: Asker, plans: Iterable[Plan], on: date) -> dict[int, Glance]:
    """What plans add up to on a day, by plan: of those that are worked out, and of a few small ones more.

    Only of the plans whose count is the same for the asker as for everybody.
    """
    left = NODES_AT_ONCE
    found: dict[int, Glance] = {}
    with reading(store.engine) as connection:
        editions = editions_where(connection, counts_alike(asker))
        for plan in plans:
            edition = editions.get(plan.id)
            if edition is None:
                continue
            one = _kept.at(plan.id, edition, on)
            if one is None or one.summed is None:
                cost = plan.accepted // _ADDED_FASTER if one else plan.accepted
                if cost > left:
                    continue
                left -= cost
            found[plan.id] = _worked_out(connection, plan.id, edition, on).glance
    return found


def glances_in(
    connection: Connection, asker: Asker, plans: Iterable[Plan], on: date
) -> tuple[list[Glance], dict[int, Standing]]:
    """What some plans add up to on a day for the asker, and how those of their nodes stand that count."""
    asked = {plan.id for plan in plans}
    editions = editions_where(connection, counts_alike(asker), PLAN.c.id == any_(numbers_of(asked)))
    glances: list[Glance] = []
    found: dict[int, Standing] = {}
    for plan, edition in editions.items():
        one = _worked_out(connection, plan, edition, on)
        glances.append(one.glance)
        found |= one.stood.standings
    if rest := asked - editions.keys():
        seen = counted(nodes_seen(connection, asker, on, NODE.c.plan_id == any_(numbers_of(rest))), on)
        glances.append(glance_of(seen.values()))
        found |= seen
    return glances, found


def _worked_out(connection: Connection, plan: int, edition: UUID, on: date) -> _Plan:
    known = _kept.last(plan, on)
    if known is None or known.edition != edition:
        with _kept.work:
            known = _kept.last(plan, on)
            if known is None or known.edition != edition:
                nodes = nodes_where(connection, on, NODE.c.plan_id == plan)
                known = _Plan(edition, stood(nodes, on, known.stood if known else None))
                _kept.put(plan, on, known)
    return known


def promises_held(connection: Connection, asker: Asker, units: Collection[Unit], on: date) -> list[Standing]:
    """How the promises stand on a day that count and in which one of the units has a part, in their order.

    Only of the plans whose count is the same for the asker as for everybody. Of those that are not worked
    out yet some are, and of the others only what concerns the units.
    """
    editions = editions_where(connection, counts_alike(asker))
    unknown = [plan for plan, edition in editions.items() if not _kept.at(plan, edition, on)]
    named = plans_naming(connection, units, unknown) if unknown else []
    once = named[PLANS_AT_ONCE:]
    left = {*unknown} - {*named[:PLANS_AT_ONCE]}
    keys = {unit.name for unit in units} | {unit.entity for unit in units if unit.entity is not None}
    found: list[Standing] = []
    for plan, edition in editions.items():
        if plan not in left:
            promises = _worked_out(connection, plan, edition, on).stood.promises
            held = [promises[key] for key in keys if key in promises]
            found += _once(chain(*held)) if len(held) > 1 else chain(*held)
    if once:
        wanted = around(connection, units, NODE.c.plan_id == any_(numbers_of(once)))
        counting = counted(nodes_where(connection, on, NODE.c.id == any_(numbers_of(wanted))), on)
        return _once([*found, *(one for one in promises_in(counting.values()) if has_part(one.node, units))])
    return found


def _once(found: Iterable[Standing]) -> list[Standing]:
    return sorted({one.node.id: one for one in found}.values(), key=place)
