"""What the office asks of a period: issue its lights, lock it, correct it, and see it as of a past moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, true, update

from haihe.boards.accounts import Asker, require
from haihe.boards.accounts.actions import actor_of
from haihe.boards.ledger import actions, checks, periods, tree
from haihe.boards.ledger.edit_tables import check_issued
from haihe.boards.ledger.period_tables import (
    CORRECTION,
    PLAN_PERIOD,
    corrections_where,
    digest_of,
    hold_alone,
    hold_open,
    latest_issued,
    lock_of,
    locks_of,
    nodes_of,
    put_correction,
    put_issued,
)
from haihe.boards.ledger.periods import Judgement, Lock, Locked, Period
from haihe.boards.ledger.plan_actions import plan_at, today
from haihe.boards.ledger.records import Correction, Issued, Light, Node, Report, Return
from haihe.boards.ledger.report_intake import put_reports
from haihe.boards.ledger.report_tables import reports_in
from haihe.boards.ledger.rollup import counted, promises_in
from haihe.boards.ledger.sight_tables import nodes_seen, told_in
from haihe.boards.ledger.tables import NODE, plan_of_node
from haihe.kit.clock import day_in_region
from haihe.kit.periods import checked_period
from haihe.store.opening import Store
from haihe.store.session import Session, reading, writing

standings_as_of = actions.standings_as_of


def period_at(store: Store, asker: Asker, plan: int, period: str) -> Period:
    """A period of a plan with the lights of its promises; raises Invalid for a period that is none."""
    return period_as_of(store, asker, plan, period, None)


def period_as_of(store: Store, asker: Asker, plan: int, period: str, as_of: datetime | None) -> Period:
    """A period of a plan as it stood at a moment; None is now."""
    plan_at(store, asker, plan)
    with reading(store.engine) as connection:
        return _period(connection, asker, plan, checked_period(period), as_of)


def _period(
    connection: Connection, asker: Asker, plan: int, period: str, as_of: datetime | None = None
) -> Period:
    moment = today() if as_of is None else day_in_region(as_of)
    on = periods.day_of(period, moment)
    nodes = nodes_seen(connection, asker, on, NODE.c.plan_id == plan, period=period, as_of=as_of)
    found, told = promises_in(counted(nodes, on).values()), told_in(asker, plan)
    inside = CORRECTION.c.node_id.in_(told), CORRECTION.c.period == period
    return Period(
        plan=plan,
        period=period,
        on=on,
        lock=lock_of(connection, plan, period, as_of),
        lights=periods.period_lights(
            found,
            latest_issued(connection, told, period, as_of),
            reports_in(connection, told, period, as_of),
        ),
        corrections=tuple(corrections_where(connection, *inside, as_of=as_of)),
        digest=digest_of(connection, plan, period),
    )


def periods_of(store: Store, asker: Asker, plan: int) -> list[Locked]:
    """The locked periods of a plan, the latest first."""
    plan_at(store, asker, plan)
    with reading(store.engine) as connection:
        return locks_of(connection, plan)


def period_lock(store: Store, asker: Asker, plan: int, period: str) -> Locked | None:
    """The lock that closes a period of a plan, or None."""
    plan_at(store, asker, plan)
    with reading(store.engine) as connection:
        return lock_of(connection, plan, checked_period(period))


def issue_light(store: Store, asker: Asker, node: int, given: Judgement) -> Issued:
    """Confirm or change the light of a promise for a period; raises Conflict once it is locked.

    Raises Invalid for another light than the rule's without a reason, and Stale where another was issued
    since the one that was seen.
    """
    require(asker, "publish")
    checked_period(given.period)
    plan = _plan_of(store, asker, node)
    with writing(store.engine, actor_of(asker)) as session:
        periods.check_open(hold_open(session, plan, given.period), given.period)
        issued = _issue(session, node, given, _rule_lights(session, asker, plan, given.period))
        session.commit()
    return issued


def _issue(session: Session, node: int, given: Judgement, lights: Mapping[int, Light]) -> Issued:
    if node not in lights:
        raise tree.no_node(node)
    given = periods.checked_judgement(given, lights[node])
    check_issued(session, node, given)
    (issued,) = put_issued(session, {node: (given.period, given.state, given.reason, lights[node])})
    detail = {"period": given.period, "state": given.state, "rule": lights[node].state}
    session.record("issue_light", f"node/{node}", detail)
    return issued


def _rule_lights(session: Session, asker: Asker, plan: int, period: str) -> dict[int, Light]:
    """What the rule gives for each promise of a plan in a period, as the transaction sees it."""
    return {one.standing.node.id: one.rule for one in _period(session.connection, asker, plan, period).lights}


def confirm_lights(store: Store, asker: Asker, plan: int, period: str) -> int:
    """Confirm the rule's light of every promise that has no issued one; returns how many there were."""
    require(asker, "publish")
    plan_at(store, asker, plan)
    with writing(store.engine, actor_of(asker)) as session:
        periods.check_open(hold_open(session, plan, checked_period(period)), period)
        found = _period(session.connection, asker, plan, period)
        open_lights = {one.standing.node.id: one.rule for one in found.lights if not one.confirmed}
        put_issued(session, {node: (period, rule.state, "", rule) for node, rule in open_lights.items()})
        session.record("confirm_lights", f"plan/{plan}", {"period": period, "lights": len(open_lights)})
        session.commit()
    return len(open_lights)


def lock_period(store: Store, asker: Asker, plan: int, period: str, lock: Lock = Lock()) -> Locked:
    """Lock a period of a plan; what is reported afterwards comes in as a correction only.

    Raises Conflict where it is no longer what `lock.expected` says, Invalid for one that is still to come.
    There is no unlocking; a locked period stays as it was locked first.
    """
    plan_at(store, asker, plan)
    with writing(store.engine, actor_of(asker)) as session:
        locked = lock_in(session, asker, plan, period, lock)
        session.commit()
    return locked


def lock_in(session: Session, asker: Asker, plan: int, period: str, lock: Lock) -> Locked:
    """Lock a period in the transaction of another board, as `lock_period` does."""
    require(asker, "publish")
    periods.check_begun(checked_period(period), today())
    held = hold_alone(session, plan, period)
    if held:
        return held
    digest = digest_of(session.connection, plan, period)
    periods.check_unchanged(digest, lock.expected, period)
    made = Locked(plan, period, session.actor.at, session.actor.name, lock.brief)
    row = update(PLAN_PERIOD).where(PLAN_PERIOD.c.plan_id == plan, PLAN_PERIOD.c.period == period)
    session.execute(row.values(locked_at=made.at, locked_by=made.by, brief_sha256=made.brief))
    detail = {"period": period, "brief": lock.brief, "digest": digest}
    session.record("lock_period", f"plan/{plan}", detail)
    return made


def correct(store: Store, asker: Asker, node: int, given: Return, reason: str) -> Report:
    """Correct what was reported on a promise for a locked period: a report and an entry in the log."""
    plan = _plan_of(store, asker, node)
    with writing(store.engine, actor_of(asker)) as session:
        stored = correct_all(session, asker, actions.hold(session, plan), {node: given}, reason)[node]
        session.commit()
    return stored


def correct_all(
    session: Session, asker: Asker, held: Mapping[int, Node], given: Mapping[int, Return], reason: str
) -> dict[int, Report]:
    """Correct reports on nodes of a plan that is held, by node, in the transaction of another board.

    Each speaks for the day of the report that it corrects, so that later ones stay the latest. Raises
    Conflict where the period is not locked; none is corrected then.
    """
    require(asker, "publish")
    reason = periods.checked_reason(reason)
    checked = {node: checks.checked_return(one, today()) for node, one in given.items()}
    for promise in tree.named(held, given):
        tree.check_reportable(promise, tree.ancestors(promise, held))
    before: dict[int, Report] = {}
    for plan, period in sorted({(held[node].plan, one.period) for node, one in checked.items()}):
        periods.check_locked(hold_open(session, plan, period), period)
        filed = reports_in(session.connection, nodes_of(plan), period)
        before |= {
            node: filed[node][0] for node, one in checked.items() if one.period == period and node in filed
        }
    dated = {
        node: replace(
            one,
            reported_on=before[node].reported_on if node in before else periods.day_of(one.period, today()),
        )
        for node, one in checked.items()
    }
    stored = {report.node: report for report in put_reports(session, dated)}
    for node, report in stored.items():
        put_correction(
            session,
            {
                "node_id": node,
                "period": report.period,
                "subject": "report",
                "before": periods.reported(before[node]) if node in before else None,
                "after": periods.reported(report),
                "reason": reason,
            },
        )
        session.record("correct_report", f"node/{node}", {"period": report.period, "reason": reason})
    return stored


def correct_light(store: Store, asker: Asker, node: int, given: Judgement) -> Issued:
    """Correct the light of a promise for a locked period: an issued light and an entry in the log."""
    require(asker, "publish")
    reason = periods.checked_reason(given.reason)
    checked_period(given.period)
    plan = _plan_of(store, asker, node)
    with writing(store.engine, actor_of(asker)) as session:
        periods.check_locked(hold_open(session, plan, given.period), given.period)
        before = latest_issued(session.connection, [node], given.period, None).get(node)
        issued = _issue(session, node, given, _rule_lights(session, asker, plan, given.period))
        put_correction(
            session,
            {
                "node_id": node,
                "period": given.period,
                "subject": "light",
                "before": {"light": before.state, "reason": before.reason} if before else None,
                "after": {"light": issued.state, "reason": issued.reason},
                "reason": reason,
            },
        )
        session.commit()
    return issued


def corrections_since(store: Store, asker: Asker, plan: int, since: datetime | None) -> list[Correction]:
    """What was corrected in a plan after a moment, or ever, the latest first."""
    plan_at(store, asker, plan)
    later = true() if since is None else CORRECTION.c.corrected_at > since
    with reading(store.engine) as connection:
        return corrections_where(connection, CORRECTION.c.node_id.in_(told_in(asker, plan)), later)


def _plan_of(store: Store, asker: Asker, node: int) -> int:
    with reading(store.engine) as connection:
        plan = plan_of_node(connection, node)
    return plan_at(store, asker, plan).id
