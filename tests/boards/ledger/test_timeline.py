"""Where promises stand along time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from haihe.boards.ledger import Light, Node, Report, Share, Standing
from haihe.boards.ledger.timeline import MARKS_MAX, Scale, bar_of, groups_of, marks_of, scale_of
from haihe.boards.ledger.units import finished_on, slip_days

ON = date(2026, 11, 22)
DUE = date(2026, 12, 31)


def node(number: int, path: tuple[int, ...], parent: int | None = None, lead: Iterable[str] = ()) -> Node:
    shares = tuple(Share(name, "lead") for name in lead)
    kind = ("aspect", "task", "item")[len(path) - 1]
    made = Node(number, 1, parent, path, kind, f"{kind} {number}", "", "accepted", None)
    return replace(made, shares=shares, due_on=DUE if kind == "item" else None)


def report(number: int, on: date, progress: float | None, forecast: date | None) -> Report:
    at = datetime(on.year, on.month, on.day, tzinfo=UTC)
    return Report(number, 3, f"{on:%Y-%m}", progress, "", forecast, on, at, "account/1")


def standing(of: Node, progress: float | None = None) -> Standing:
    light = Light("behind", "")
    return Standing(of, light, light, progress, 1, 0, {"behind": 1}, 0)


ASPECT, TASK = node(1, (1,)), node(2, (1, 1), 1)
ITEMS = [node(3, (1, 1, 1), 2, ["甲", "乙"]), node(4, (1, 1, 2), 2, ["甲"]), node(5, (1, 1, 3), 2)]
TREE = {one.id: one for one in (ASPECT, TASK, *ITEMS)}


def test_promises_stand_with_their_aspect_their_task_or_each_of_their_lead_units() -> None:
    found = [standing(one) for one in ITEMS]

    def shown(by: str) -> list[tuple[str, list[int]]]:
        groups = groups_of(found, TREE, by, "–")  # type: ignore[arg-type]
        return [(group.label, [bar.node.id for bar in group.bars]) for group in groups]

    assert shown("aspect") == [("aspect 1", [3, 4, 5])]
    assert shown("task") == [("task 2", [3, 4, 5])]
    assert shown("unit") == [("甲", [3, 4]), ("–", [5]), ("乙", [3])]


def test_a_line_keeps_the_forecasts_that_later_reports_gave_up() -> None:
    days = [DUE, date(2027, 2, 1), date(2027, 2, 1), date(2027, 3, 1)]
    reports = [report(place, date(2026, 7 + place, 1), 0.5, day) for place, day in enumerate(days)]
    late = replace(ITEMS[0], report=reports[-1])
    bar = bar_of(standing(late, 0.5), reports[::-1])
    assert bar.forecast_on == date(2027, 3, 1)
    assert bar.earlier == (DUE, date(2027, 2, 1))
    assert slip_days(bar.standing) == (date(2027, 3, 1) - DUE).days


def test_what_is_finished_expects_nothing_and_slipped_by_the_day_it_came() -> None:
    done = replace(ITEMS[0], report=report(9, date(2027, 1, 10), 1.0, date(2027, 5, 1)))
    bar = bar_of(standing(done, 1.0))
    assert bar.forecast_on is None
    assert finished_on(bar.standing) == date(2027, 1, 10)
    assert slip_days(bar.standing) == 10


def test_without_a_report_nothing_is_known_of_the_slip() -> None:
    assert slip_days(standing(ITEMS[0])) is None
    assert bar_of(standing(replace(ITEMS[0], due_on=None))).span is None


@pytest.mark.parametrize("days", [1, 40, 200, 400, 1200, 5000, 40_000])
def test_a_scale_holds_every_day_and_has_few_marks_inside_it(days: int) -> None:
    span = (ON - timedelta(days=days), ON + timedelta(days=days))
    scale = scale_of([span, None], ON)
    assert scale
    assert 0 <= scale.place(span[0]) < scale.place(ON) < scale.place(span[1]) < 1
    marks = [day for day, _ in marks_of(scale)]
    assert 1 <= len(marks) <= MARKS_MAX
    assert marks == sorted(set(marks))
    assert all(scale.first <= day < scale.last for day in marks)


def test_there_is_no_scale_of_nothing() -> None:
    assert scale_of([None], ON) is None
    assert Scale(ON, ON + timedelta(days=10)).place(ON + timedelta(days=99)) == 1
