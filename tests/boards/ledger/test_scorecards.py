"""What scorecards add up, held against sums written out another way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haihe.boards.ledger import Node, Report, Share, Standing
from haihe.boards.ledger.records import Tag
from haihe.boards.ledger.rollup import counted, promises_in
from haihe.boards.ledger.scorecards import (
    Rating,
    Score,
    days_before,
    judged_by_registers,
    rating_of,
    scores_of,
    trends,
    weights,
)
from haihe.boards.ledger.scorecards import Share as Of

ON = date(2026, 11, 22)
PERIOD = "2026-11"
UNITS = [Share("市科技局", "lead", 7), Share("市教委", "lead", 8), Share("某局", "lead")]


def plan(chance: Random, accounts: Iterable[str] = ("account/1",)) -> list[Standing]:
    """The standings of forty promises with reports by some accounts."""
    nodes = []
    for number in range(1, 41):
        due = ON + timedelta(days=chance.randint(-200, 200))
        on = ON - timedelta(days=chance.randint(0, 300))
        at = datetime(on.year, on.month, on.day, tzinfo=UTC)
        progress = chance.choice([None, 0.2, 0.9, 1.0, 1.0])
        forecast = chance.choice([None, due, due + timedelta(days=chance.randint(-40, 90))])
        by = chance.choice([*accounts])
        report = Report(number, number, f"{on:%Y-%m}", progress, "", forecast, on, at, by)
        node = Node(number, 1, None, (number,), "item", f"item {number}", "", "accepted", None)
        known = chance.random() < 0.8
        nodes.append(
            replace(
                node,
                due_on=due if chance.random() < 0.9 else None,
                shares=tuple(chance.sample(UNITS, chance.randint(1, 2))),
                tags=(Tag("six", chance.choice(["card", "net"]), True),),
                report=report if known else None,
            )
        )
    return promises_in(counted(nodes, ON).values())


def units(node: Node) -> list[tuple[str, str]]:
    return [(str(one.entity or one.name), one.name) for one in node.shares]


def scored(found: list[Standing]) -> dict[str, Score]:
    reported = {one.node.id for one in found if one.node.report and one.node.report.period == PERIOD}
    return {one.key: one for one in scores_of(found, units, PERIOD, reported)}


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_scorecards_are_what_counting_one_by_one_gives(seed: int) -> None:
    found = plan(Random(seed))
    for key, score in scored(found).items():
        mine = [one for one in found if key in dict(units(one.node))]
        assert score.promises == len(mine)
        on_time = judged = asked = reported = 0
        slips = []
        for one in mine:
            report, due = one.node.report, one.node.due_on
            done = report.reported_on if report and report.progress == 1 else None
            if due and (done or due < ON):
                judged += 1
                on_time += done is not None and done <= due
            if done is None or done >= date(2026, 11, 1):
                asked += 1
                reported += report is not None and report.period == PERIOD
            came = done or (report.forecast_due_on if report else None)
            if came and due:
                slips.append((came - due).days)
        assert (score.on_time.part, score.on_time.whole) == (on_time, judged)
        assert (score.reported.part, score.reported.whole) == (reported, asked)
        mean = sum(slips) / len(slips) if slips else None
        assert score.slip_days_mean == (None if mean is None else pytest.approx(mean))
        assert {name: len(rows) for name, rows in score.rows.items()} == {
            "on_time": judged, "in_order": score.in_order.whole, "reported": asked, "forecast": len(slips),
        }  # fmt: skip


@pytest.mark.parametrize(("part", "whole"), [(0, 1), (1, 1), (8, 10), (63, 127), (0, 40)])
def test_the_interval_of_a_share_is_wilsons(part: int, whole: int) -> None:
    """At its ends a true share is as far from the one seen as 1.96 standard errors of its own."""
    low, high = Of(part, whole).interval or (1, 0)
    assert 0 <= low <= part / whole + 1e-9
    assert part / whole - 1e-9 <= high <= 1
    for end in (low, high):
        error = 1.959964**2 * end * (1 - end) / whole
        assert (part / whole - end) ** 2 == pytest.approx(error, rel=1e-5, abs=1e-12)


def test_of_nothing_nothing_is_known() -> None:
    assert (Of(0, 0).value, Of(0, 0).interval) == (None, None)


def test_no_aggregate_is_keyed_by_an_account() -> None:
    """Whoever reported, the scorecards are the same, and no account is anywhere in them."""
    one, other = plan(Random(5)), plan(Random(5))
    renamed = [
        replace(each, node=replace(each.node, report=replace(each.node.report, by=f"account/{place}")))
        if each.node.report
        else each
        for place, each in enumerate(other)
    ]
    assert scored(one) == scored(renamed)
    assert "account" not in repr(scored(renamed))
    keyed = {name for made in (Score, Rating) for name in (field.name for field in fields(made))}
    assert not keyed & {"account", "by", "reporter", "leader", "post", "asker"}


def test_a_score_weighs_what_is_known() -> None:
    score = Score("7", "市科技局", {"on_track": 4}, Of(3, 4), Of(4, 4), Of(1, 2), 9.0, {})
    given = weights()
    parts = {"on_time": 0.75, "in_order": 1.0, "reported": 0.5, "forecast": 0.9}
    known = sum(given[name] for name in parts)
    rating = rating_of(score, None)
    assert rating.score == pytest.approx(100 * sum(given[name] * parts[name] for name in parts) / known)
    assert rating.known == pytest.approx(known / sum(given.values()))
    nothing = replace(score, on_time=Of(0, 0), in_order=Of(0, 0), reported=Of(0, 0), slip_days_mean=None)
    assert rating_of(nothing, None).score is None
    assert rating_of(nothing, 0.4).score == pytest.approx(40)


def test_other_sources_judge_by_their_shares() -> None:
    source = Node(1, 1, None, (1, 1), "source", "互评", "", "accepted", None, register="assessment")
    nodes = [
        replace(source, shares=(UNITS[0],), values={"share": 0.6, "score": 90, "highest": 100}),
        replace(source, shares=(UNITS[0], UNITS[2]), values={"share": 0.4, "score": 3, "highest": 5}),
        replace(source, shares=(UNITS[1],), values={"share": 0.4, "highest": 5}),
    ]
    assert judged_by_registers(nodes) == pytest.approx({"7": 0.6 * 0.9 + 0.4 * 0.6, "某局": 0.6})


def test_a_change_is_unknown_where_history_does_not_reach() -> None:
    now = Score("7", "", {"on_track": 4}, Of(0, 0), Of(3, 4), Of(0, 0), None, {})
    before = replace(now, in_order=Of(1, 4))
    found = trends([now], [before], [])
    assert (found["7"].quarter, found["7"].year) == (0.5, None)
    assert days_before(date(2024, 2, 29)) == (date(2023, 12, 31), date(2023, 2, 28))
