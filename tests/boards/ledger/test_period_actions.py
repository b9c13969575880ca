from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Waiting
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from haihe.boards.accounts import OPERATOR, PUBLIC, Asker, Grant
from haihe.boards.accounts.actions import actor_of
from haihe.boards.ledger import (
    Amount,
    Edit,
    Judgement,
    Lock,
    Return,
    Share,
    Standing,
    actions,
    evidence_actions,
    forecast_actions,
    intake,
    light_actions,
    period_actions,
)
from haihe.boards.ledger.columns import begun
from haihe.boards.ledger.plan_tables import plans_where
from haihe.boards.ledger.records import LIGHT_STATES, Step
from haihe.boards.ledger.tables import PLAN
from haihe.boards.reader import actions as reader
from haihe.kit.errors import Conflict, Forbidden, HaiheError, Invalid, NotFound, Unknown
from haihe.store.opening import Store
from haihe.store.session import writing

pytestmark = pytest.mark.database

TODAY = actions.today()
PERIOD = f"{TODAY:%Y-%m}"
LAST = TODAY.replace(day=1) - timedelta(days=1)
BEFORE = f"{LAST:%Y-%m}"
REPORTER = Asker("reporter", (Grant("reporter", 7),), 2)
VIEWER = Asker("viewer", (Grant("viewer"),), 1)

_names = count()


def edit_of(title: str, kind: str = "item", **values: object) -> Edit:
    return replace(Edit(title, "", kind), **values)  # type: ignore[arg-type]


def planned(store: Store) -> tuple[int, list[int]]:
    """A plan with three items under one task, and their numbers."""
    due = {"due_on": TODAY + timedelta(days=90)}
    with writing(store.engine, actor_of(OPERATOR)) as session:
        number = intake.begin_register(session, f"样例计划{next(_names)}", "plan")
        (plan,) = plans_where(session.connection, PLAN.c.id == number)
        above: int | None = None
        for path, kind in (((1,), "aspect"), ((1, 1), "task")):
            (above,) = intake.put_nodes(
                session, [begun(plan, above, path, edit_of("协同", kind))], [()], [()]
            )
        rows = [begun(plan, above, (1, 1, n), edit_of(f"实事{n}", **due)) for n in (1, 2, 3)]
        nodes = intake.put_nodes(session, rows, [[Share("样例市科技局", "lead")]] * 3, [()] * 3)
        session.record("test", f"plan/{number}")
        session.commit()
    return number, nodes


def shown(found: list[Standing]) -> list[object]:
    """What anybody can see of standings."""
    nodes = [(one.node.title, one.node.due_on, one.node.stage, one.node.state) for one in found]
    parts = [(one.node.id, one.node.rule, one.node.shares, one.node.issued, one.node.report) for one in found]
    return [*nodes, *parts, *((one.light, one.progress, one.reported) for one in found)]


DEEDS = ["report", "issue", "confirm", "lock", "edit", "undo", "reject", "accept", "add", "move", "rule"]
deeds = st.tuples(
    st.sampled_from(DEEDS),
    st.integers(0, 2),
    st.integers(0, 10),
)


def done(store: Store, plan: int, node: int, name: str, amount: int) -> None:  # noqa: C901  one line a deed
    """Do one thing of a random history."""
    locked = period_actions.periods_of(store, OPERATOR, plan)
    given = Return(PERIOD, TODAY - timedelta(days=amount % 3), amount / 10, forecast_due_on=TODAY)
    judged = Judgement(PERIOD, LIGHT_STATES[amount % 5], "核定")
    match name:
        case "report" if locked:
            period_actions.correct(store, OPERATOR, node, given, "漏报")
        case "report":
            actions.report_on(store, OPERATOR, node, given)
        case "issue" if locked:
            period_actions.correct_light(store, OPERATOR, node, judged)
        case "issue":
            period_actions.issue_light(store, OPERATOR, node, judged)
        case "confirm":
            period_actions.confirm_lights(store, OPERATOR, plan, PERIOD)
        case "lock":
            period_actions.lock_period(store, OPERATOR, plan, PERIOD)
        case "edit":
            due_on, lead = TODAY + timedelta(days=amount - 5), (f"单位{amount}",)
            actions.edit_node(store, OPERATOR, node, edit_of(f"改{amount}", due_on=due_on, lead=lead))
        case "undo":
            actions.undo(store, OPERATOR, node)
        case "reject":
            actions.reject(store, OPERATOR, plan, [node])
        case "accept":
            actions.accept(store, OPERATOR, plan, [node])
        case "add":
            parent = actions.node_at(store, OPERATOR, node, TODAY).standing.node.parent
            actions.add_node(store, OPERATOR, plan, parent, edit_of(f"新{amount}"))
        case "move":
            step = Step(("waiting", "under_way", "done")[amount % 3], "调整")
            actions.move_node(store, OPERATOR, node, step)
        case "rule":
            light_actions.choose_rule(store, OPERATOR, plan, ("suqian", "ouhai", "scoreboard")[amount % 3])


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(deeds, min_size=2, max_size=6))
def test_the_past_is_shown_as_it_was_seen_then_whatever_came_later(
    store: Store, history: list[tuple[str, int, int]]
) -> None:
    plan, nodes = planned(store)
    seen = []
    for name, place, amount in history:
        try:
            done(store, plan, nodes[place], name, amount)
        except HaiheError:
            continue
        seen.append((datetime.now(UTC), shown(actions.tree_of(store, OPERATOR, plan, TODAY))))
    for moment, then in seen:
        assert shown(period_actions.standings_as_of(store, OPERATOR, plan, TODAY, moment)) == then


def test_the_office_confirms_or_changes_a_light_with_its_reason_and_the_units_words_stay_beside(
    store: Store,
) -> None:
    plan, (first, _second, _) = planned(store)
    actions.report_on(store, OPERATOR, first, Return(PERIOD, TODAY, 0.4, "资金尚未到位"))
    with pytest.raises(Invalid, match="needs a reason"):
        period_actions.issue_light(store, OPERATOR, first, Judgement(PERIOD, "behind", "  "))
    period_actions.issue_light(store, OPERATOR, first, Judgement(PERIOD, "behind", "现场核查滞后"))
    assert period_actions.confirm_lights(store, OPERATOR, plan, PERIOD) == 2
    found = period_actions.period_at(store, OPERATOR, plan, PERIOD)
    judged, confirmed, _ = found.lights
    assert (judged.rule.state, judged.light.state, judged.words) == ("on_track", "behind", "资金尚未到位")
    assert judged.light.reason.format_map(judged.light.facts) == "The office judges: 现场核查滞后"
    assert confirmed.light == confirmed.rule
    assert found.confirmed == 3
    period_actions.issue_light(store, OPERATOR, first, Judgement(PERIOD, "on_track"))
    item = actions.node_at(store, OPERATOR, first, TODAY)
    assert [one.state for one in item.issued] == ["on_track", "behind"]
    assert item.standing.node.issued == item.issued[0]


def test_a_locked_period_takes_corrections_only_and_keeps_what_was_there_before(store: Store) -> None:
    plan, (node, other, _) = planned(store)
    actions.report_on(store, OPERATOR, node, Return(BEFORE, LAST, 0.3, "开工"))
    actions.report_on(store, OPERATOR, node, Return(PERIOD, TODAY, 0.5, "过半"))
    with pytest.raises(Conflict, match="still open"):
        period_actions.correct(store, OPERATOR, node, Return(BEFORE, TODAY, 0.2, "更正"), "错报")
    seen = period_actions.period_at(store, OPERATOR, plan, BEFORE)
    actions.report_on(store, OPERATOR, other, Return(BEFORE, LAST, 0.1))
    with pytest.raises(Conflict, match="since the brief was made"):
        period_actions.lock_period(store, OPERATOR, plan, BEFORE, Lock("a" * 64, seen.digest))
    seen = period_actions.period_at(store, OPERATOR, plan, BEFORE)
    made = period_actions.lock_period(store, OPERATOR, plan, BEFORE, Lock("a" * 64, seen.digest))
    assert made.brief == "a" * 64
    assert period_actions.lock_period(store, OPERATOR, plan, BEFORE, Lock("b" * 64)) == made
    for deed in (
        lambda: actions.report_on(store, OPERATOR, node, Return(BEFORE, TODAY, 0.9)),
        lambda: period_actions.issue_light(store, OPERATOR, node, Judgement(BEFORE, "behind", "迟")),
        lambda: period_actions.confirm_lights(store, OPERATOR, plan, BEFORE),
    ):
        with pytest.raises(Conflict, match="is closed"):
            deed()
    with pytest.raises(Invalid, match="needs its reason"):
        period_actions.correct(store, OPERATOR, node, Return(BEFORE, TODAY, 0.2, "更正"), " ")
    before = datetime.now(UTC)
    period_actions.correct(store, OPERATOR, node, Return(BEFORE, TODAY, 0.2, "更正"), "错报一成")
    period_actions.correct_light(store, OPERATOR, node, Judgement(BEFORE, "overdue", "核查未动工"))
    light, report = period_actions.corrections_since(store, OPERATOR, plan, before)
    assert (report.before or {})["progress"] == 0.3
    assert (report.after["progress"], report.reason, light.after["light"]) == (0.2, "错报一成", "overdue")
    item = actions.node_at(store, OPERATOR, node, TODAY)
    assert (item.standing.progress, len(item.reports)) == (0.5, 3)
    shown_now = period_actions.period_at(store, OPERATOR, plan, BEFORE).lights[0]
    shown_then = period_actions.period_as_of(store, OPERATOR, plan, BEFORE, before).lights[0]
    assert (shown_now.standing.progress, shown_then.standing.progress) == (0.2, 0.3)
    assert (shown_now.light.state, shown_then.issued) == ("overdue", None)


def test_a_locked_quarter_closes_its_months_and_nothing_beside_it(store: Store) -> None:
    plan, (node, *_) = planned(store)
    period_actions.lock_period(store, OPERATOR, plan, "2025Q4")
    with pytest.raises(Conflict, match="2025Q4 was locked"):
        actions.report_on(store, OPERATOR, node, Return("2025-12", TODAY, 0.1))
    for period in ("2025-09", "2026-01", "2025"):
        actions.report_on(store, OPERATOR, node, Return(period, TODAY, 0.1))
    with pytest.raises(Invalid, match="still to come"):
        period_actions.lock_period(store, OPERATOR, plan, "2199-01")


def test_a_report_and_a_lock_at_the_same_time_do_not_both_win(store: Store) -> None:
    plan, (node, *_) = planned(store)
    given = Return(PERIOD, TODAY, 0.5)
    with ThreadPoolExecutor(2) as pool:
        with writing(store.engine, actor_of(OPERATOR)) as session:
            held = {node: actions.node_at(store, OPERATOR, node, TODAY).standing.node}
            held |= {one.id: one for one in actions.node_at(store, OPERATOR, node, TODAY).above}
            actions.report_all(session, OPERATOR, held, {node: given})
            digest = period_actions.period_at(store, OPERATOR, plan, PERIOD).digest
            lock = pool.submit(period_actions.lock_period, store, OPERATOR, plan, PERIOD, Lock(None, digest))
            with pytest.raises(Waiting):
                lock.result(0.3)
            session.commit()
        with pytest.raises(Conflict, match="since the brief was made"):
            lock.result(10)
        with writing(store.engine, actor_of(OPERATOR)) as session:
            period_actions.lock_in(session, OPERATOR, plan, PERIOD, Lock())
            late = pool.submit(actions.report_on, store, OPERATOR, node, replace(given, progress=0.6))
            with pytest.raises(Waiting):
                late.result(0.3)
            session.commit()
        with pytest.raises(Conflict, match="is closed"):
            late.result(10)
    assert actions.node_at(store, OPERATOR, node, TODAY).standing.progress == 0.5


def test_a_report_sent_again_with_its_key_is_one_with_its_evidence_and_figures(store: Store) -> None:
    _plan, (node, other, _) = planned(store)
    kept = evidence_actions.keep_evidence(store, OPERATOR, node, "..\\a/验收单.pdf", b"scan")
    document = reader.read_document(store, OPERATOR, "落地项目74个。".encode(), "press.txt").id
    fact = reader.facts_of(store, OPERATOR, document).rows[0]
    cited = evidence_actions.cite_fact(store, OPERATOR, node, document, fact.id)
    given = Return(
        PERIOD, TODAY, 0.5, "过半", TODAY, "high", "缺地", (Amount("落地项目", Decimal(74), "个"),),
        (kept.id, cited.id), "k1",
    )  # fmt: skip
    first = actions.report_on(store, OPERATOR, node, given)
    assert actions.report_on(store, OPERATOR, node, given) == first
    (report,) = actions.node_at(store, OPERATOR, node, TODAY).reports
    assert [one.name for one in report.evidence] == ["验收单.pdf", fact.quote]
    assert (report.figures, report.confidence, report.difficulty) == (given.figures, "high", "缺地")
    assert evidence_actions.evidence_file(store, VIEWER, kept.id) == ("验收单.pdf", b"scan")
    with pytest.raises(Conflict, match="same key"):
        actions.report_on(store, OPERATOR, node, replace(given, progress=0.6))
    with pytest.raises(Invalid, match="no evidence"):
        actions.report_on(store, OPERATOR, other, replace(given, key=None))
    with pytest.raises(NotFound):
        evidence_actions.evidence_file(store, PUBLIC, kept.id)
    with pytest.raises(NotFound, match="fact of a document"):
        evidence_actions.evidence_file(store, VIEWER, cited.id)


def test_the_office_sees_every_slip_and_a_unit_its_own(store: Store) -> None:
    plan, (node, other, _) = planned(store)
    expected = LAST + timedelta(days=3)
    for each, late in ((node, 5), (other, 0)):
        actions.report_on(store, OPERATOR, each, Return(BEFORE, LAST, 0.3, "", expected))
        later = expected + timedelta(days=late)
        actions.report_on(store, OPERATOR, each, Return(PERIOD, TODAY, 0.6, "", later))
    (newest, before) = forecast_actions.memory_of(store, OPERATOR, node)
    assert (before.slip_days, before.outcome, newest.forecast_on) == (
        5,
        "slipped",
        expected + timedelta(days=5),
    )
    slips = forecast_actions.slips_of(store, OPERATOR, plan)
    assert (slips.bins["kept"], slips.bins["week"]) >= (1, 1)
    (record,) = slips.records
    assert (record.name, record.entity) == ("样例市科技局", None)
    with pytest.raises(NotFound):
        forecast_actions.slips_of(store, REPORTER, plan)
    actions.publish(store, OPERATOR, plan)
    assert forecast_actions.slips_of(store, REPORTER, plan).forecasts == ()


@pytest.mark.parametrize("asker", [PUBLIC, VIEWER, REPORTER])
def test_only_who_publishes_issues_confirms_locks_and_corrects(store: Store, asker: Asker) -> None:
    plan, (node, *_) = planned(store)
    actions.publish(store, OPERATOR, plan)
    judged = Judgement(PERIOD, "behind", "迟")
    deeds: list[Callable[[], object]] = [
        lambda: period_actions.issue_light(store, asker, node, judged),
        lambda: period_actions.confirm_lights(store, asker, plan, PERIOD),
        lambda: period_actions.lock_period(store, asker, plan, PERIOD),
        lambda: period_actions.correct(store, asker, node, Return(PERIOD, TODAY, 0.1), "错"),
        lambda: period_actions.correct_light(store, asker, node, judged),
        lambda: light_actions.choose_rule(store, asker, plan, "ouhai"),
        lambda: evidence_actions.keep_evidence(store, asker, node, "a", b"a"),
    ]
    for deed in deeds:
        with pytest.raises((Forbidden, Unknown)):
            deed()
