"""What is asked of baselines: name one, take it away and bring it back, and what has changed since."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from haihe.boards.accounts import Asker, require
from haihe.boards.accounts.actions import actor_of
from haihe.boards.ledger import actions
from haihe.boards.ledger.baseline_tables import BASELINE, baseline_of
from haihe.boards.ledger.baselines import Baseline, Compared, checked_baseline_name, pairs_of, sums_of
from haihe.boards.ledger.periods import moment_of
from haihe.boards.ledger.plan_actions import plan_at, today
from haihe.boards.ledger.watch_actions import check_inside
from haihe.kit.clock import REGION, day_in_region
from haihe.kit.errors import N_, Conflict, Invalid, NotFound
from haihe.kit.periods import is_period, last_day_of, month_of, neighbour
from haihe.store.opening import Store
from haihe.store.session import reading, writing

_THERE = BASELINE.c.removed_at.is_(None)


def baselines_of(store: Store, asker: Asker, plan: int) -> list[Baseline]:
    """The baselines of a register, the latest first."""
    check_inside(asker)
    plan_at(store, asker, plan)
    query = select(BASELINE).where(BASELINE.c.plan_id == plan, _THERE)
    with reading(store.engine) as connection:
        rows = connection.execute(query.order_by(BASELINE.c.at.desc(), BASELINE.c.id.desc()))
        return [baseline_of(row) for row in rows]


def compared(store: Store, asker: Asker, plan: int, against: str = "") -> Compared:
    """A register at a moment beside now, the day of whose lights is today.

    `against` is the name of a baseline, a moment, or a period, of which it is the end; without it the latest
    baseline, else the end of last month. Raises Invalid for what is none of these or is still to come.
    """
    known = baselines_of(store, asker, plan)
    name, at = _moment(known, against)
    now = actor_of(asker).at
    if at > now:
        raise Invalid(
            N_("{moment} is still to come."), advice=N_("Compare with a moment that has passed."), moment=name
        )
    on = day_in_region(at)
    then = actions.standings_as_of(store, asker, plan, on, at)
    standing = actions.tree_of(store, asker, plan, today())
    return Compared(plan, name, at, today(), pairs_of(then, standing), sums_of(then), sums_of(standing))


def _moment(known: list[Baseline], against: str) -> tuple[str, datetime]:
    """The name and the moment of what is compared with."""
    if not against and known:
        return known[0].name, known[0].at
    found = next((one for one in known if one.name == against), None)
    if found:
        return found.name, found.at
    wanted = against or neighbour(month_of(today()))
    if is_period(wanted):
        return wanted, datetime.combine(last_day_of(wanted), time.max, REGION)
    moment = moment_of(wanted)
    assert moment
    return wanted, moment


def name_baseline(store: Store, asker: Asker, plan: int, name: str, at: str = "") -> int:
    """Give a moment of a register a name, this one without `at`; returns the number of the baseline.

    Raises Conflict where the register has that name, Invalid for a moment that is still to come.
    """
    require(asker, "review_draft")
    plan_at(store, asker, plan)
    kept = checked_baseline_name(name)
    _, moment = _moment([], at) if at else ("", None)
    with writing(store.engine, actor_of(asker)) as session:
        if moment and moment > session.actor.at:
            raise Invalid(
                N_("{moment} is still to come."), advice=N_("Name a moment that has passed."), moment=at
            )
        made = {"made_by": session.actor.name, "made_at": session.actor.at}
        row = {"plan_id": plan, "name": kept, "at": moment or session.actor.at} | made
        try:
            number = session.execute(insert(BASELINE).values(row).returning(BASELINE.c.id)).scalar_one()
        except IntegrityError as error:
            raise _taken(kept) from error
        session.record("name_baseline", f"plan/{plan}", {"name": kept, "at": row["at"]})
        session.commit()
    return int(number)


def remove_baseline(store: Store, asker: Asker, baseline: int, *, back: bool = False) -> None:
    """Take a name away from a moment, or give it back; the moment itself can always be looked at."""
    require(asker, "review_draft")
    with writing(store.engine, actor_of(asker)) as session:
        held = BASELINE.c.id == baseline
        changed = update(BASELINE).where(held).values(removed_at=None if back else session.actor.at)
        try:
            row = session.execute(changed.returning(BASELINE)).first()
        except IntegrityError as error:
            raise _taken("") from error
        if row is None:
            raise NotFound(
                N_("There is no baseline {baseline}."),
                advice=N_("Look at the list on the page of the register."),
                baseline=baseline,
            )
        plan_at(store, asker, row.plan_id)
        detail = {"name": row.name}
        session.record("restore_baseline" if back else "remove_baseline", f"plan/{row.plan_id}", detail)
        session.commit()


def _taken(name: str) -> Conflict:
    return Conflict(
        N_("The register has a baseline {name} already."), advice=N_("Give it another name."), name=name
    )
