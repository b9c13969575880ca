from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haihe.boards.ledger import Promise, light_of, rule_on
from haihe.boards.ledger.forecasts import distribution, memory, records_of, settled
from haihe.boards.ledger.forms import figure_of
from haihe.boards.ledger.lights import rules
from haihe.boards.ledger.months import month_light
from haihe.boards.ledger.periods import moment_of
from haihe.boards.ledger.points import Points, points_light
from haihe.boards.ledger.records import Amount, Node, Report, Share
from haihe.boards.ledger.rollup import standings
from haihe.boards.ledger.targets import Target, status_of, target_of
from haihe.kit.errors import Invalid
from haihe.kit.periods import containing, first_day_of, is_period, last_day_of

ON = date(2026, 11, 20)
POINTS = Points({"on_track": 100, "near": 75, "behind": 75, "overdue": 50}, 5, 400, 300)

months = st.dates(date(2024, 1, 1), date(2027, 12, 31)).map(lambda day: f"{day:%Y-%m}")


@given(months)
def test_a_period_contains_exactly_those_whose_days_lie_in_it(month: str) -> None:
    year = int(month[:4])
    known = [f"{year}", *(f"{year}Q{n}" for n in range(1, 5)), *(f"{year}-{n:02}" for n in range(1, 13))]
    holds = {
        name
        for name in known
        if first_day_of(name) <= first_day_of(month) and last_day_of(month) <= last_day_of(name)
    }
    assert set(containing(month)) == holds


@pytest.mark.parametrize("words", ["2026-00", "2026-13", "2026Q5", "0000", "26-01", "２０２６", "2026-11 "])
def test_what_is_no_period_is_told(words: str) -> None:
    assert not is_period(words)


def test_a_moment_without_a_clock_is_the_end_of_its_day_in_the_region() -> None:
    end = moment_of("2026-11-05")
    assert end
    assert end.astimezone(UTC) == datetime(2026, 11, 5, 15, 59, 59, 999999, UTC)
    assert moment_of("2026-11-05T10:00Z") == datetime(2026, 11, 5, 10, tzinfo=UTC)
    with pytest.raises(Invalid, match="no moment"):
        moment_of("gestern")


@pytest.mark.parametrize(
    ("came", "on", "state"),
    [
        ({"2026-09": date(2026, 10, 5)}, date(2026, 10, 31), None),
        ({"2026-09": date(2026, 10, 6)}, date(2026, 10, 31), "behind"),
        ({"2026-09": date(2026, 10, 6)}, date(2026, 11, 6), "overdue"),
        ({"2026-09": date(2026, 10, 5), "2026-10": date(2026, 11, 20)}, date(2026, 11, 19), "overdue"),
        ({"2026-09": date(2026, 10, 5), "2026-10": date(2026, 11, 20)}, date(2026, 11, 20), "behind"),
        ({"2026-09": date(2026, 10, 5), "2026Q4": date(2026, 11, 1)}, date(2026, 11, 20), None),
        ({}, ON, None),
    ],
)
def test_a_missed_month_is_red_and_made_up_yellow(came: dict[str, date], on: date, state: str | None) -> None:
    light = month_light(came, None, on, 5)
    assert (light.state if light else None) == state


@given(st.dictionaries(months, st.dates(date(2024, 1, 1), date(2028, 1, 31))), st.integers(0, 900))
def test_a_month_that_was_missed_never_turns_green(returned: dict[str, date], wait: int) -> None:
    on = date(2025, 1, 1) + timedelta(days=wait)
    month = f"{(on - timedelta(days=5)).replace(day=1) - timedelta(days=1):%Y-%m}"
    light = month_light(returned, date(2024, 1, 1), on, 5)
    came = min((returned[name] for name in containing(month) if name in returned), default=date.max)
    in_time = came <= last_day_of(month) + timedelta(days=5)
    assert (light is None) == in_time


def test_a_plan_under_the_rule_of_months_says_which_month_is_missing() -> None:
    promise = Promise(due_on=date(2027, 6, 30), progress=0.5, returned={"2026-09": date(2026, 10, 2)})
    light = light_of(promise, ON, rule_on(ON, "ouhai"))
    assert light.reason.format_map(light.facts) == (
        "The report for 2026-10 was due on 2026-11-05 (15 d ago) and is missing."
    )
    assert light_of(promise, ON, rule_on(ON, "suqian")).state == "on_track"


@pytest.mark.parametrize(
    ("counts", "score", "state"),
    [
        ({"on_track": 3, "behind": 2}, 450, "on_track"),
        ({"on_track": 1, "near": 3, "behind": 1}, 400, "on_track"),
        ({"on_track": 1, "near": 1, "overdue": 3}, 325, "behind"),
        ({"behind": 2, "overdue": 3}, 300, "overdue"),
        ({"on_track": 2, "overdue": 2, "unknown": 6}, 375, "behind"),
    ],
)
def test_points_are_summed_over_five_as_the_scoreboard_does(
    counts: dict[str, int], score: float, state: str
) -> None:
    light = points_light(counts, POINTS)
    assert light
    assert (light.facts["score"], light.state) == (score, state)


def test_what_nobody_knows_scores_nothing() -> None:
    assert points_light({"unknown": 4}, POINTS) is None


def open_sdg(target: Target) -> str:
    """The class of Open SDG's progress measure, written from its description in whole years."""
    if target.target is None:
        growth = (target.current / target.baseline) ** (
            1 / (target.current_on.year - target.base_on.year)
        ) - 1
        value, limits = growth if target.rising else -growth, (0.015, 0.005, 0)
    else:
        assert target.target_on
        if (target.current >= target.target) if target.rising else (target.current <= target.target):
            return "achieved"
        years = target.current_on.year - target.base_on.year, target.target_on.year - target.base_on.year
        observed = (target.current / target.baseline) ** (1 / years[0]) - 1
        needed = (target.target / target.baseline) ** (1 / years[1]) - 1
        value, limits = (observed if target.rising else -observed) / abs(needed), (0.95, 0.6, 0)
    names = ("substantial", "moderate", "limited")
    return next((name for name, limit in zip(names, limits, strict=True) if value >= limit), "deterioration")


@given(
    st.floats(1, 1000), st.floats(1, 1000), st.none() | st.floats(1, 1000), st.integers(1, 9), st.booleans()
)
def test_the_progress_status_is_that_of_open_sdg(
    baseline: float, current: float, target: float | None, years: int, rising: bool
) -> None:
    rule = rule_on(ON, "target").status
    assert rule
    where = Target(
        baseline, date(2015, 1, 1), current, date(2015 + years, 1, 1), target,
        date(2030, 1, 1) if target is not None else None, rising,
    )  # fmt: skip
    if target is not None and abs(target - baseline) < 1e-6:
        return
    expected, rate = open_sdg(where), where.rate
    if rate is not None and min(abs(rate - limit) for limit in (0, 0.005, 0.015, 0.6, 0.95)) < 2e-3:
        return
    assert status_of(where, rule) == expected


def node(**values: object) -> Node:
    known = {"kind": "milestone", "title": "n", "text": "", "state": "accepted", "source_id": None}
    return Node(1, 1, None, (1,), **(known | values))  # type: ignore[arg-type]


def report(number: int, period: str, on: date, **values: object) -> Report:
    at = datetime(on.year, on.month, on.day, tzinfo=UTC)
    return Report(number, 1, period, None, "", None, on, at, "a", **values)  # type: ignore[arg-type]


def test_the_figure_that_a_milestone_is_measured_by_is_the_one_that_its_indicator_names() -> None:
    figures = tuple(map(figure_of, ["投资 12 亿元", "落地项目 74 个"]))
    values = {"indicator": "落地项目", "baseline": 50.0, "target": 100.0, "unit": "个"}
    held = node(
        register="programme",
        start_on=date(2024, 1, 1),
        due_on=date(2028, 1, 1),
        values=values,
        report=report(1, "2026-10", date(2026, 10, 31), figures=figures),
    )
    target = target_of(held)
    assert target
    assert (target.current, target.rising) == (74.0, True)
    light = standings([held], ON, rule_on(ON, "target"))[1].light
    assert light.reason.format_map(light.facts).startswith("Moderate progress: 74.0 from 50.0")
    assert target_of(node(values=values)) is None


def test_figures_are_written_a_line_each() -> None:
    assert figure_of("投资:1,200.5 亿元") == Amount("投资", figure_of("a 1200.5").value, "亿元")
    with pytest.raises(Invalid, match="no figure"):
        figure_of("很多")


def test_every_rule_has_a_label_in_both_languages() -> None:
    assert set(rules()) == {"suqian", "ouhai", "scoreboard", "target"}
    assert all(label.keys() >= {"zh", "en"} for label in rules().values())


histories = st.lists(
    st.tuples(st.integers(0, 300), st.none() | st.integers(0, 400), st.booleans()), min_size=1, max_size=6
)


@settings(max_examples=60)
@given(histories)
def test_what_was_forecast_is_measured_against_the_next_word_on_it(
    history: list[tuple[int, int | None, bool]],
) -> None:
    begin = date(2026, 1, 1)
    reports = []
    for number, (day, expected, done) in enumerate(sorted(history, key=lambda one: one[0])):
        forecast = None if expected is None else begin + timedelta(days=expected)
        on = begin + timedelta(days=day)
        period = f"{2000 + number}"
        at = datetime(2026, 1, 1, tzinfo=UTC)
        progress = 1.0 if done else 0.5
        reports.append(Report(number, 1, period, progress, "", forecast, on, at, "a"))
    found = {one.period: one for one in memory(reports, ON)}
    for place, one in enumerate(reports):
        if one.forecast_due_on is None or one.progress == 1:
            assert one.period not in found
            continue
        answer = None
        for later in reports[place + 1 :]:
            if later.progress == 1 or later.forecast_due_on is not None:
                answer = later.reported_on if later.progress == 1 else later.forecast_due_on
                break
        slip = ((answer or max(ON, one.forecast_due_on)) - one.forecast_due_on).days
        assert found[one.period].slip_days == slip
        assert (found[one.period].outcome == "open") == (answer is None and slip == 0)
    assert sum(distribution(found.values()).values()) == len(settled(found.values()))


def test_a_correction_replaces_what_the_same_period_said() -> None:
    first = report(1, "2026-08", date(2026, 8, 31))
    wrong, right = (
        Report(n, 1, "2026-08", 0.1, "", day, first.reported_on, first.reported_at, "a")
        for n, day in ((2, date(2026, 9, 1)), (3, date(2026, 9, 10)))
    )
    done = Report(4, 1, "2026-09", 1.0, "", None, date(2026, 9, 12), first.reported_at, "a")
    (one,) = memory([wrong, right, done], ON)
    assert (one.forecast_on, one.slip_days, one.settled_by) == (date(2026, 9, 10), 2, 4)


def test_records_are_kept_by_unit_and_the_least_reliable_comes_first() -> None:
    held = [
        node(shares=(Share("甲局", "lead", 5), Share("丙局", "cooperating"))),
        node(shares=(Share("乙局", "lead"),)),
    ]
    late = report(1, "2026-08", date(2026, 8, 31))
    expected = Report(1, 1, "2026-08", 0.5, "", date(2026, 9, 1), late.reported_on, late.reported_at, "a")
    done = Report(2, 1, "2026-09", 1.0, "", None, date(2026, 9, 3), late.reported_at, "a")
    kept = Report(2, 1, "2026-09", 1.0, "", None, date(2026, 9, 1), late.reported_at, "a")
    pairs = [(held[0], *memory([expected, done], ON)), (held[1], *memory([expected, kept], ON))]
    assert [(one.name, one.entity, one.share, one.slip_days) for one in records_of(pairs)] == [
        ("甲局", 5, 0.0, 2),
        ("乙局", None, 1.0, 0),
    ]
