"""A target has a baseline, a unit, a direction and a day, and its progress is worked out from them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from haihe.boards.accounts import OPERATOR
from haihe.boards.ledger import Edit, Return, actions, light_actions
from haihe.boards.ledger.kinds import NOT_A_CHOICE, faults_of, kinds
from haihe.boards.ledger.records import Amount
from haihe.kit.words import say
from haihe.store.opening import Store

TARGET = {"indicator": "PM2.5平均浓度", "baseline": 60, "unit": "微克/立方米"}


@pytest.mark.parametrize(("kind", "level"), [("plan", "task"), ("plan", "item"), ("programme", "milestone")])
def test_a_target_is_written_where_something_is_promised(kind: str, level: str) -> None:
    held = kinds()[kind].levels[level]
    assert faults_of(held, {**TARGET, "target": 38, "direction": "down"}) == []
    assert faults_of(held, {"direction": "sideways"}) == [("direction", NOT_A_CHOICE)]


@pytest.mark.database
@pytest.mark.parametrize(
    ("target", "direction", "measured", "words"),
    [
        # (45/60)^(1/6) − 1 = −4.68 % a year, and (38/60)^(1/10) − 1 = −4.46 % is needed: 1.05 of it
        (38, "down", 45, "Substantial progress: 45.0 from 60.0, 1.05 of"),
        (38, None, 45, "Substantial progress: 45.0 from 60.0, 1.05 of"),
        (38, "down", 57, "Limited progress: 57.0 from 60.0, 0.19 of"),
        (38, "down", 63, "Deterioration: 63.0 from 60.0"),
        (38, "down", 37, "The target of 38.0 is reached"),
        (None, "down", 45, "Substantial progress: 45.0 from 60.0, 4.7% a year"),
        (None, None, 45, "Deterioration: 45.0 from 60.0"),
        (None, "up", 66, "Substantial progress: 66.0 from 60.0, 1.6% a year"),
    ],
)
def test_a_target_that_is_to_fall_is_nearer_the_lower_the_figure(
    store: Store, target: int | None, direction: str | None, measured: int, words: str
) -> None:
    values = {**TARGET, "target": target, "direction": direction}
    known = {"start_on": date(2020, 1, 1), "due_on": date(2030, 1, 1), "values": values}
    plan = actions.begin_register(store, OPERATOR, "样例大气行动", "programme")
    programme = actions.add_node(store, OPERATOR, plan, None, Edit("样例行动", "", "programme"))
    node = actions.add_node(store, OPERATOR, plan, programme, Edit("样例降尘", "", "milestone", **known))  # type: ignore[arg-type]
    light_actions.choose_rule(store, OPERATOR, plan, "target")
    figure = Amount("PM2.5平均浓度", Decimal(measured), "微克/立方米")
    given = Return("2025", date(2026, 1, 1), note="样例监测", figures=(figure,))
    actions.report_on(store, OPERATOR, node, given)
    light = actions.node_at(store, OPERATOR, node, date(2026, 11, 22)).standing.light
    assert say(light.reason, "en", **light.facts).startswith(words)
