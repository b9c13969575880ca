"""Orders that nobody answers go up: each step on its day, once, whenever somebody looks."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from haihe.boards.accounts import OPERATOR
from haihe.boards.accounts.actions import actor_of
from haihe.boards.ledger import actions
from haihe.boards.ledger import supervision_actions as supervision
from haihe.boards.ledger.escalation_actions import escalate_due
from haihe.boards.ledger.escalations import Due, Risen, risen, rules_on, sign_by
from haihe.boards.ledger.supervision_tables import ESCALATION
from haihe.kit.words import say
from haihe.kit.workdays import is_workday
from haihe.store.opening import Store
from haihe.store.outbox import Letter, Taken, send_next
from haihe.store.session import reading, writing

FIRST = date(2026, 9, 1)


def due(start_on: date, due_on: date, stage: str = "issued") -> Due:
    return Due(1, "报送总结", "样例市教育局", 2, 3, ("account/9",), (2026, 4), stage, start_on, due_on)


def workday(day: date, count: int) -> date:
    """The workday so many after a day, counted one by one, or before the last workday up to it."""
    step = timedelta(days=1 if count > 0 else -1)
    while count <= 0 and not is_workday(day):
        day += step
    for _ in range(abs(count)):
        day += step
        while not is_workday(day):
            day += step
    return day


def foreseen(one: Due, on: date) -> set[tuple[str, date, date]]:
    """The steps by the table of the rules: name, deadline and day."""
    rules = rules_on(one.start_on)
    signed = workday(one.start_on, rules.sign_workdays)
    deadlines = {"issued": {"receipt": signed, "answer": one.due_on}, "handled": {"answer": one.due_on}}
    known = deadlines.get(one.stage, {})
    days = {
        (rise.name, known[rise.of], workday(known[rise.of], rise.workdays))
        for rise in rules.rises
        if rise.of in known
    }
    return {each for each in days if one.start_on < each[2] <= on}


@given(
    st.integers(0, 60),
    st.integers(0, 40),
    st.sampled_from(["issued", "handled", "examined", "answered", "closed"]),
    st.lists(st.integers(0, 130), min_size=1, max_size=12),
)
@settings(max_examples=30, deadline=None)
def test_the_days_may_come_in_any_order_and_twice(
    start: int, length: int, stage: str, days: Sequence[int]
) -> None:
    begun = FIRST + timedelta(days=start)
    one = due(begun, begun + timedelta(days=length), stage)
    found: dict[tuple[int, str, date], Risen] = {}
    for day in days:
        for step in risen(one, FIRST + timedelta(days=day)):
            assert found.setdefault(step.key, step) == step
    assert {(step.rise.name, step.due_on, step.on) for step in found.values()} == foreseen(
        one, FIRST + timedelta(days=max(days))
    )


def test_an_order_of_october_goes_up_around_the_holidays_and_says_why() -> None:
    """National Day 2026 is 1 to 7 October; 20 September and 10 October are worked (国办发明电)."""
    steps = list(risen(due(date(2026, 9, 28), date(2026, 10, 9), "handled"), date(2026, 10, 31)))
    assert [(step.rise.name, step.on) for step in steps] == [
        ("soon", date(2026, 9, 29)),
        ("day", date(2026, 10, 9)),
        ("late", date(2026, 10, 10)),
        ("leader", date(2026, 10, 13)),
        ("principal", date(2026, 10, 15)),
    ]
    assert sign_by(date(2026, 9, 30)) == date(2026, 10, 8)
    told = max(steps, key=lambda step: step.place)
    assert say(told.reason.reason, "zh", **told.reason.facts) == (
        "样例市教育局应于 2026-10-09 前反馈督办〔2026〕4号，已超过 5 个工作日仍未反馈。"
    )


def issued(store: Store, *units: str) -> list[int]:
    """The parts of units that have not signed for an order of today, due in ten workdays."""
    order = supervision.draft(
        store, OPERATOR, supervision.Wording("报送总结", "请报送。", units, workdays=10)
    )
    with writing(store.engine, actor_of(OPERATOR)) as session:
        session.execute(update(supervision.SUPERVISION).values(drafters=["account/9"]))
        session.record("test", f"node/{order}")
        session.commit()
    supervision.act(store, OPERATOR, order, supervision.Wish("approve"))
    supervision.act(store, OPERATOR, order, supervision.Wish("issue"))
    return [part.id for part in supervision.order_at(store, OPERATOR, order, "zh").parts]


@pytest.fixture
def part(store: Store) -> int:
    return issued(store, "样例市教育局")[0]


def noted(store: Store) -> list[tuple[str, date, int]]:
    with reading(store.engine) as connection:
        columns = ESCALATION.c.step, ESCALATION.c.fell_on, func.cardinality(ESCALATION.c.letters)
        rows = connection.execute(select(*columns).order_by(ESCALATION.c.id))
        return [tuple(row) for row in rows]


def letters(_: Due, step: Risen) -> list[Letter]:
    return [Letter(f"{step.rise.name}/{step.due_on}", "robot", {"step": step.rise.name})]


@pytest.mark.database
def test_missed_days_are_caught_up_and_told_once_by_their_last_step(store: Store, part: int) -> None:
    today = actions.today()
    days = [workday(today, count) for count in (2, 4)]
    assert escalate_due(store, OPERATOR, days[0], letters) == 1
    assert escalate_due(store, OPERATOR, days[0], letters) == 0
    assert escalate_due(store, OPERATOR, today, letters) == 0
    later = workday(today, 30)
    assert escalate_due(store, OPERATOR, later, letters) == 6
    assert escalate_due(store, OPERATOR, days[1], letters) == 0
    steps = noted(store)
    assert [name for name, _, _ in steps] == [rise.name for rise in rules_on(today).rises]
    assert [count for *_, count in steps] == [1, 0, 0, 0, 0, 0, 1]
    assert steps[0][1] == days[0]
    (row,) = supervision.orders(store, OPERATOR, supervision.Sought(), "zh")
    assert row.escalated == "办公室主要负责人"
    supervision.act(store, OPERATOR, row.id, supervision.Wish("receive", part))
    supervision.act(store, OPERATOR, row.id, supervision.Wish("answer", part, "已报送。"))
    supervision.act(store, OPERATOR, row.id, supervision.Wish("redo", part, "缺数据", workdays=1))
    assert escalate_due(store, OPERATOR, workday(today, 2), letters) == 2, "the new deadline counts anew"


@pytest.mark.database
def test_a_day_that_breaks_off_goes_up_whole_the_next_time(store: Store) -> None:
    last = issued(store, "样例市教育局", "样例市科学技术局", "样例市水务局")[-1]
    on = workday(actions.today(), 2)

    def breaking(one: Due, _: Risen) -> list[Letter]:
        if one.part == last:
            raise ConnectionError
        return [Letter(str(one.part), "robot", {})]

    with pytest.raises(ConnectionError):
        escalate_due(store, OPERATOR, on, breaking)
    assert noted(store) == []
    assert escalate_due(store, OPERATOR, on) == 3
    assert escalate_due(store, OPERATOR, on) == 0
    assert len(noted(store)) == 3


def die(_: Due, __: Risen) -> list[Letter]:
    os.kill(os.getpid(), signal.SIGKILL)
    return []


@pytest.mark.database
def test_a_process_killed_between_escalation_and_sending_sends_once(store: Store, part: int) -> None:
    on = workday(actions.today(), 2)
    for commits in (False, True):
        child = os.fork()
        if child == 0:
            with suppress(BaseException):
                store.engine.dispose(close=False)
                escalate_due(store, OPERATOR, on, letters if commits else die)
                os.kill(os.getpid(), signal.SIGKILL)
            os._exit(1)
        assert os.waitpid(child, 0)[1] == signal.SIGKILL
        assert len(noted(store)) == commits
    assert escalate_due(store, OPERATOR, on, letters) == 0
    sent: list[Taken] = []

    def send(taken: Taken) -> None:
        sent.append(taken)

    while send_next(store.engine, send, lambda: datetime.now(UTC)):
        pass
    assert [taken.letter.content for taken in sent] == [{"step": "unsigned"}]
