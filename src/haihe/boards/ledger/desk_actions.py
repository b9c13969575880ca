"""What a reporter asks for: for whom it reports, and what is to be reported."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import select

from haihe.boards.accounts import Asker, may
from haihe.boards.ledger import actions, unit_actions
from haihe.boards.ledger.desk import Work, is_asked, work_of
from haihe.boards.ledger.records import Standing
from haihe.boards.ledger.tables import PLAN
from haihe.boards.ledger.units import Unit, has_part
from haihe.kit.periods import checked_period, month_of
from haihe.store.opening import Store
from haihe.store.session import reading


def period_now() -> str:
    """The month that is reported on today."""
    return month_of(actions.today())


def own_units(store: Store, asker: Asker) -> list[Unit]:
    """The units that the asker reports for, as its grants name them."""
    held = dict.fromkeys(
        grant.unit
        for grant in asker.grants
        if grant.unit is not None and may(asker, "report_item", grant.unit)
    )
    return [unit_actions.unit_at(store, asker, str(unit)) for unit in held]


def work(store: Store, asker: Asker, units: Collection[Unit], period: str) -> Work:
    """What units have to report on for a period; raises Invalid for what is no period."""
    checked_period(period)
    found = unit_actions.promises_of(store, asker, units, actions.today())
    return work_in(store, asker, (one for one in found if has_part(one.node, units, "lead")), period)


def register_names(store: Store, found: Iterable[Standing]) -> dict[int, str]:
    """The names of the registers that promises stand in, by their numbers."""
    inside = PLAN.c.id.in_({one.node.plan for one in found})
    with reading(store.engine) as connection:
        return {row.id: row.name for row in connection.execute(select(PLAN.c.id, PLAN.c.name).where(inside))}


def work_in(store: Store, asker: Asker, led: Iterable[Standing], period: str) -> Work:
    """What is to be reported on for a period among the promises that some units lead, as they stand today."""
    asked = [one for one in led if is_asked(one, period)]
    return work_of(
        asked, period, unit_actions.reported_in(store, asker, [one.node.id for one in asked], period)
    )
