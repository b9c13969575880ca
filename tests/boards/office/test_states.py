"""How far a unit is, and the words that remind it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from haihe.boards.office import Asked, Dispatch, Handout, Line, Unit
from haihe.boards.office.states import states_of
from haihe.kit.periods import last_day_of

ASKED = Asked(1, "样例计划", "2026-11", date(2026, 11, 30))
SAID = (
    "乙：贵单位承担的《样例计划》2 项任务中，2026-11 尚有 1 项未报送，请于 2026-11-30 前交回（还有 5 天）："
)
AT = datetime(2026, 11, 20, tzinfo=UTC)


def dispatch(number: int, unit: str, *nodes: int) -> Dispatch:
    lines = tuple(
        Line(node, {"place": f"1.{node}", "title": f"事项{node}", "due": "2026-12-31" if node == 2 else ""})
        for node in nodes
    )
    return Dispatch(number, Handout(ASKED, Unit(unit), lines), "", "account/1", AT)


def test_a_unit_is_as_far_as_its_last_workbook_is_reported_on() -> None:
    handed = [dispatch(1, "甲", 1), dispatch(2, "乙", 2, 3), dispatch(3, "丙", 4, 5), dispatch(4, "甲", 1, 6)]
    states = states_of(handed, counting={1, 2, 3, 4, 6}, filed={1, 3, 6})
    assert [(each.unit.name, each.state, each.reported, each.items) for each in states] == [
        ("丙", "missing", 0, 1),
        ("乙", "partial", 1, 2),
        ("甲", "complete", 2, 2),
    ]
    assert [line.node for line in states[1].waiting] == [2]


@pytest.mark.parametrize(
    ("period", "day"),
    [("2028-02", date(2028, 2, 29)), ("2026Q2", date(2026, 6, 30)), ("2026", date(2026, 12, 31))],
)
def test_a_period_ends_on_its_last_day(period: str, day: date) -> None:
    assert last_day_of(period) == day
