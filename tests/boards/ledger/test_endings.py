"""A register's entry is not brought to its end while something under it is open."""

from __future__ import annotations

import pytest

from haihe.boards.accounts import OPERATOR
from haihe.boards.ledger import Edit, Return, actions
from haihe.boards.ledger.kinds import kinds
from haihe.boards.ledger.records import Step
from haihe.kit.errors import Conflict
from haihe.kit.words import explain
from haihe.store.opening import Store

pytestmark = pytest.mark.database


def test_a_meeting_is_closed_only_once_its_decisions_are_kept(store: Store) -> None:
    plan = actions.begin_register(store, OPERATOR, "样例联席会议", "meeting")
    meeting, other = (
        actions.add_node(
            store, OPERATOR, plan, None, Edit(title, "", "meeting", values={"held_on": "2026-11-05"})
        )
        for title in ("样例第一次会议", "样例第二次会议")
    )
    topic = actions.add_node(store, OPERATOR, plan, meeting, Edit("样例议题", "", "topic"))
    decided = [
        actions.add_node(store, OPERATOR, plan, under, Edit(title, "", "decision"))
        for under, title in ((topic, "样例议定甲"), (meeting, "样例议定乙"), (meeting, "样例议定丙"))
    ]
    with pytest.raises(Conflict) as refused:
        actions.move_node(store, OPERATOR, meeting, Step("closed"))
    assert refused.value.facts["count"] == 3
    assert "第一项是“样例议定甲”" in explain(refused.value, "zh")[0]
    done = Return("2026-11", actions.today(), progress=1.0)
    actions.report_on(store, OPERATOR, decided[0], done)
    actions.move_node(store, OPERATOR, decided[1], Step("done"))
    with pytest.raises(Conflict) as refused:
        actions.move_node(store, OPERATOR, meeting, Step("closed"))
    assert (refused.value.facts["count"], refused.value.facts["first"]) == (1, "样例议定丙")
    actions.move_node(store, OPERATOR, other, Step("closed"))
    actions.reject(store, OPERATOR, plan, [decided[2]])
    actions.move_node(store, OPERATOR, meeting, Step("closed"))
    found = actions.node_at(store, OPERATOR, meeting, actions.today())
    assert found.standing.node.stage == "closed"


def test_the_ends_that_wait_for_what_is_below_are_named_in_the_kinds() -> None:
    waiting = {
        (kind.name, stage.label["zh"])
        for kind in kinds().values()
        for level in kind.levels.values()
        for stage in level.stages.values()
        if stage.when and kind.below(level.name)
    }
    assert waiting == {
        ("agreement", "履行完毕"), ("consortium", "履行完毕"), ("construction", "竣工验收"),
        ("event", "成果已跟进"), ("meeting", "议定事项已办结"), ("supervision", "办结"), ("visit", "已跟进"),
    }  # fmt: skip
