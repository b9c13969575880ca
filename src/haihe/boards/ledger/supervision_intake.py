"""What comes into a supervision order: its draft, its approval and issue, what its units make of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import func, insert, select, update

from haihe.boards.ledger import intake, tree
from haihe.boards.ledger.checks import checked_return
from haihe.boards.ledger.columns import begun
from haihe.boards.ledger.escalations import rules_on
from haihe.boards.ledger.kinds import kinds
from haihe.boards.ledger.node_tables import locked
from haihe.boards.ledger.plan_tables import plans_where
from haihe.boards.ledger.records import Edit, Plan, Return, Step
from haihe.boards.ledger.report_intake import take_reports
from haihe.boards.ledger.supervision import (
    DEEDS,
    KIND,
    Order,
    Part,
    Why,
    Wish,
    Wording,
    check_unchanged,
    check_whole,
    checked_days,
)
from haihe.boards.ledger.supervision_tables import SUPERVISION
from haihe.boards.ledger.tables import NODE, PLAN
from haihe.kit.errors import N_, Invalid
from haihe.kit.periods import month_of
from haihe.kit.workdays import add_workdays
from haihe.store.session import Session

_NUMBERS = 20_161_122
"""The lock under which orders are numbered."""


def register_for(session: Session, language: str) -> Plan:
    """The newest register of supervision orders, else one begun under the name of the kind."""
    newest = select(PLAN.c.name).where(PLAN.c.kind == KIND).order_by(PLAN.c.id.desc()).limit(1)
    known = session.execute(newest).scalar_one_or_none()
    return intake.plan_for(session, known or kinds()[KIND].plural[language], KIND)


def put_order(
    session: Session, plan: Plan, wording: Wording, known: Mapping[str, int], about: tuple[int, Why] | None
) -> int:
    """A new draft in a register; its units are told nothing until it is issued."""
    values = {"basis": wording.basis} if wording.basis else {}
    order = intake.add(session, plan, None, Edit(wording.title, wording.text, "order", values=values), {})
    row = _worded(wording, known) | {
        "order_id": order,
        "about_id": about[0] if about else None,
        "why": asdict(about[1]) if about else None,
        "drafters": [session.actor.name],
        "drafted_at": session.actor.at,
    }
    session.execute(insert(SUPERVISION).values(row))
    return order


def amend(session: Session, order: Order, wording: Wording, known: Mapping[str, int]) -> None:
    """Write a draft anew; whoever does is one of its drafters."""
    values = {**order.node.values, "basis": wording.basis}
    intake.decide(
        session, order.node, "edit", {"title": wording.title, "text": wording.text, "values": values}
    )
    drafters = list(dict.fromkeys((*order.drafters, session.actor.name)))
    _mark(session, order, **_worded(wording, known), drafters=drafters, returned=None)


def _worded(wording: Wording, known: Mapping[str, int]) -> dict[str, Any]:
    units = [[name, known.get(name)] for name in wording.units]
    return {"units": units, "workdays": wording.workdays, "due_on": wording.due_on}


def _mark(session: Session, order: Order, **columns: object) -> None:
    session.execute(update(SUPERVISION).where(SUPERVISION.c.order_id == order.node.id).values(**columns))


def _approve(session: Session, order: Order, wish: Wish, today: date) -> None:
    check_whole(order)
    _enter(session, order, wish, today)
    by, at = session.actor.name, session.actor.at
    _mark(session, order, approved_by=by, approved_at=at, approved_sha256=order.digest)


def take_back_approval(session: Session, order: Order) -> None:
    """Let an order be unapproved again."""
    _mark(session, order, approved_by=None, approved_at=None, approved_sha256=None)


def _decline(session: Session, order: Order, wish: Wish, today: date) -> None:
    _enter(session, order, wish, today)
    take_back_approval(session, order)
    _mark(session, order, returned=wish.words)


def _discard(session: Session, order: Order, wish: Wish, _: date) -> None:
    intake.decide(session, order.node, "reject", {"state": "rejected"}, Step("raised", wish.words))


def _issue(session: Session, order: Order, wish: Wish, today: date) -> None:
    """Number an order and hand a part of it to each unit."""
    check_unchanged(order)
    due_on = add_workdays(today, order.workdays) if order.workdays else order.due_on
    assert due_on is not None, order.node.id
    if due_on < today:
        raise Invalid(
            N_("The order would be due on {day}, before it is issued."),
            advice=N_("Return it, and set another deadline."),
            day=due_on,
        )
    session.execute(select(func.pg_advisory_xact_lock(_NUMBERS)))
    last = select(func.max(SUPERVISION.c.number)).where(SUPERVISION.c.year == today.year)
    number = (session.execute(last).scalar_one() or 0) + 1
    by, at = session.actor.name, session.actor.at
    _mark(session, order, issued_by=by, issued_at=at, year=today.year, number=number, due_on=due_on)
    _enter(session, order, wish, today)
    node = order.node
    (plan,) = plans_where(session.connection, PLAN.c.id == node.plan)
    held = locked(session, NODE.c.parent_id == node.id)
    first = tree.next_path(held.values(), node)
    edit = Edit(node.title, node.text, "part", start_on=today, due_on=due_on)
    rows = [
        begun(plan, node.id, (*node.path, first[-1] + place), edit) | {"stage": "issued", "stage_on": today}
        for place in range(len(order.units))
    ]
    intake.put_nodes(session, rows, [[unit] for unit in order.units], [node.tags] * len(rows))


_ORDER_DEEDS: Mapping[str, Callable[[Session, Order, Wish, date], None]] = {
    "approve": _approve,
    "decline": _decline,
    "discard": _discard,
    "issue": _issue,
}


def move_order(session: Session, order: Order, wish: Wish, today: date) -> None:
    """Do what is asked with an order itself."""
    _ORDER_DEEDS[wish.deed](session, order, wish, today)


def move_part(session: Session, order: Order, part: Part, wish: Wish, today: date) -> None:
    """Do what is asked with the part of a unit; the order is closed with the last of them."""
    node, way = part.node, DEEDS[wish.deed]
    entered: dict[str, Any] = {"stage": way.stage, "stage_on": today}
    reason = wish.words
    if wish.deed == "answer":
        entered["values"] = {**node.values, "answer": wish.words}
        reason = ""
        _report(session, part, wish, 1.0, today)
    elif wish.deed == "redo":
        days = checked_days(wish.workdays) or rules_on(today).redo_workdays
        entered |= {"start_on": today, "due_on": add_workdays(today, days)}
        before = (one.progress for one in part.reports if one.progress is not None and one.progress < 1)
        _report(session, part, Wish("redo", words=wish.words), next(before, 0.0), today)
    elif wish.deed == "reissue":
        again = checked_days(wish.workdays) or order.workdays
        entered |= {"start_on": today} | ({"due_on": add_workdays(today, again)} if again else {})
    intake.decide(session, node, "move", entered, Step(way.stage, reason))
    others = (one for one in order.parts if one.node.id != node.id)
    if way.stage == "closed" and all(one.node.stage == "closed" for one in others):
        closed = {"stage": "closed", "stage_on": today}
        intake.decide(session, order.node, "move", closed, Step("closed"))


def _report(session: Session, part: Part, wish: Wish, progress: float, today: date) -> None:
    """File what was said of a part as a report on it, so that its light goes by it."""
    given = Return(month_of(today), today, progress, wish.words, evidence=wish.evidence)
    take_reports(session, part.node.plan, {part.node.id: checked_return(given, today)})


def _enter(session: Session, order: Order, wish: Wish, today: date) -> None:
    """Bring the node of an order to the stage of a deed, if it is not there."""
    stage = DEEDS[wish.deed].stage
    if order.node.stage != stage:
        entered = {"stage": stage, "stage_on": today}
        intake.decide(session, order.node, "move", entered, Step(stage, wish.words))


def undo_last(session: Session, order: Order, part: Part | None) -> None:
    """Take back the last deed on an order or a part; an order that was closed with it is open again."""
    if part is None:
        intake.restore(session, order.node.id)
        take_back_approval(session, order)
        return
    if part.node.stage == "closed" and order.node.stage == "closed":
        intake.restore(session, order.node.id)
    intake.restore(session, part.node.id)
