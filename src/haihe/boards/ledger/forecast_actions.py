"""What a unit and the office ask of forecasts: a promise's memory, and how far they slip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from haihe.boards.accounts import Asker, may, require, require_part
from haihe.boards.ledger import actions, report_tables
from haihe.boards.ledger.forecasts import Forecast, Record, distribution, memory, records_of, settled
from haihe.boards.ledger.records import Node
from haihe.store.opening import Store
from haihe.store.session import reading


@dataclass(frozen=True, slots=True)
class Slips:
    """The forecasts of a plan with their nodes, how far they slipped by bin, and the record of each unit."""

    forecasts: tuple[tuple[Node, Forecast], ...]
    bins: dict[str, int]
    records: tuple[Record, ...]

    @property
    def settled(self) -> int:
        """How many forecasts are settled."""
        return len(settled(one for _, one in self.forecasts))


def memory_of(store: Store, asker: Asker, node: int) -> tuple[Forecast, ...]:
    """What was forecast of a promise and what came, the latest first; raises as `remembered` does."""
    return remembered(store, asker, node)[1]


def remembered(store: Store, asker: Asker, node: int) -> tuple[Node, tuple[Forecast, ...]]:
    """A promise with what was forecast of it and what came.

    Raises Forbidden, or Unknown for the public, where the record is another unit's.
    """
    item = actions.node_at(store, asker, node, actions.today())
    if not is_shown(asker, item.standing.node):
        require(asker, "publish")
    return item.standing.node, memory(item.reports, actions.today())


def slips_of(store: Store, asker: Asker, plan: int) -> Slips:
    """How far the forecasts of a plan slipped: of all units for the office, else of one's own."""
    require_part(asker, "see_unpublished")
    nodes = [each.node for each in actions.promises_of(store, asker, plan, actions.today())]
    seen = {node.id: node for node in nodes if is_shown(asker, node)}
    with reading(store.engine) as connection:
        reports = report_tables.reports_on(connection, seen)
    found: Sequence[tuple[Node, Forecast]] = [
        (seen[node], one) for node, each in reports.items() for one in memory(each, actions.today())
    ]
    return Slips(tuple(found), distribution(one for _, one in found), records_of(found))


def is_shown(asker: Asker, node: Node) -> bool:
    """Whether the record of a promise is shown: to the office of every unit, to a unit its own."""
    return may(asker, "publish") or any(
        may(asker, "report_item", share.entity) for share in node.shares if share.role == "lead"
    )
