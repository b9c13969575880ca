"""What a unit sees of a register that is not published: no number made of its slice of others."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.boards.conftest import agencies

from haihe.boards.accounts import OPERATOR, PUBLIC, Asker, Grant
from haihe.boards.ledger import Edit, Return, actions, forecast_actions, scorecard_actions
from haihe.boards.ledger.rows import row_of
from haihe.boards.ledger.scorecard_actions import Board, Wanted
from haihe.boards.ledger.scorecards import Sight
from haihe.boards.ledger.standing_actions import NODES_AT_ONCE, forget, glances_known
from haihe.kit.errors import Forbidden, NotFound, Unknown
from haihe.store.opening import Store

pytestmark = pytest.mark.database

TODAY = actions.today()
PERIOD = f"{TODAY:%Y-%m}"
OURS, THEIRS = "样例甲区发展改革局", "样例乙区发展改革局"


@pytest.fixture
def reporter(store: Store) -> Asker:
    """The reporter of our unit."""
    return Asker("甲区填报", (Grant("reporter", agencies(store, OURS, THEIRS)[OURS]),), 1)


@pytest.fixture
def nodes(store: Store, reporter: Asker) -> list[int]:
    """Ours; theirs, finished, in which we cooperate; and two of theirs that are late and none of ours."""
    plan = actions.begin_register(store, OPERATOR, "样例两区计划", "plan")
    aspect = actions.add_node(store, OPERATOR, plan, None, Edit("产业协同", "", "aspect"))
    made = []
    for lead, others, days in ((OURS, (), 9), (THEIRS, (OURS,), 9), (THEIRS, (), -9), (THEIRS, (), -9)):
        due = TODAY + timedelta(days=days)
        edit = Edit("共建园区", "", "item", due_on=due, lead=(lead,), cooperating=others)
        made.append(actions.add_node(store, OPERATOR, plan, aspect, edit))
    before = TODAY.replace(day=1) - timedelta(days=1)
    for node in made[:2]:
        actions.report_on(store, OPERATOR, node, Return(f"{before:%Y-%m}", before, 0.4, "", TODAY))
        actions.report_on(store, OPERATOR, node, Return(PERIOD, TODAY, 1.0, "办结。", TODAY))
    return made


def cards(store: Store, asker: Asker, by: Sight = "unit", plan: int | None = None) -> Board:
    return scorecard_actions.board(store, asker, Wanted(by, PERIOD, plan))


def counted(found: Board) -> dict[str, int]:
    return {one.label: one.promises for one in found.scores}


def test_scores_of_others_are_not_made_of_the_slice_that_a_unit_sees(
    store: Store, reporter: Asker, nodes: list[int]
) -> None:
    (plan,) = actions.plans(store, OPERATOR).rows
    whole = cards(store, OPERATOR)
    assert (counted(whole), whole.parts) == ({THEIRS: 3, OURS: 1}, 0)
    theirs = next(one.key for one in whole.scores if one.label == THEIRS)
    for asked in (None, plan.id):
        part = cards(store, reporter, plan=asked)
        assert (counted(part), part.parts) == ({OURS: 1}, 1)
        (mine,) = part.scores
        assert part.ratings[mine.key] == whole.ratings[mine.key]
        with pytest.raises(NotFound):
            scorecard_actions.rows_of(part, theirs, "on_time")
    assert not cards(store, reporter, "theme").promises
    assert not cards(store, reporter, "jurisdiction").promises
    assert not glances_known(store, reporter, [plan], TODAY)
    above = actions.tree_of(store, reporter, plan.id, TODAY)[0]
    assert (above.progress, row_of(above, "zh").progress) == (1.0, None)

    actions.publish(store, OPERATOR, plan.id)
    part = cards(store, reporter)
    assert (counted(part), part.parts) == (counted(whole), 0)


def test_a_unit_sees_its_own_record_of_forecasts_and_no_other(
    store: Store, reporter: Asker, nodes: list[int]
) -> None:
    ours, theirs, *_ = nodes
    assert forecast_actions.memory_of(store, reporter, ours)
    assert forecast_actions.memory_of(store, OPERATOR, theirs)
    with pytest.raises(Forbidden):
        forecast_actions.memory_of(store, reporter, theirs)
    (plan,) = actions.plans(store, OPERATOR).rows
    actions.publish(store, OPERATOR, plan.id)
    with pytest.raises(Forbidden):
        forecast_actions.memory_of(store, reporter, theirs)
    with pytest.raises(Unknown):
        forecast_actions.memory_of(store, PUBLIC, ours)


def test_the_list_of_registers_counts_what_is_worked_out_and_waits_for_nothing(
    store: Store, nodes: list[int]
) -> None:
    forget()
    (plan,) = actions.plans(store, OPERATOR).rows
    large = [replace(plan, accepted=NODES_AT_ONCE + 1)]
    assert not glances_known(store, OPERATOR, large, TODAY)
    found = glances_known(store, OPERATOR, [plan], TODAY)[plan.id]
    assert (found.reported, found.promises, found.counts["overdue"]) == (2, 4, 2)
    assert glances_known(store, OPERATOR, large, TODAY) == {plan.id: found}
    actions.report_on(store, OPERATOR, nodes[2], Return(PERIOD, TODAY, 0.5, "推进中。"))
    assert glances_known(store, OPERATOR, [plan], TODAY)[plan.id].reported == 3
