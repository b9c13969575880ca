from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haihe.boards.ledger import Promise, Rule, light_of, rule_on

DUE = date(2026, 6, 30)
RULE = Rule(near_days=30, behind_share=0.1, kept_late="on_track")
SEVERITY = {"on_track": 0, "unknown": 0, "near": 1, "behind": 2, "overdue": 3}

days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
promises = st.builds(
    Promise,
    start_on=st.none() | days,
    due_on=st.none() | days,
    due_words=st.none() | st.just("持续推进"),
    progress=st.none() | st.floats(0, 1),
    reported_on=st.none() | days,
    forecast_due_on=st.none() | days,
)


@pytest.mark.parametrize(
    ("promise", "on", "state"),
    [
        (Promise(due_on=DUE), date(2026, 1, 1), "unknown"),
        (Promise(due_on=DUE), date(2026, 5, 30), "unknown"),
        (Promise(due_on=DUE), date(2026, 5, 31), "near"),
        (Promise(due_on=DUE), DUE, "near"),
        (Promise(due_on=DUE), date(2026, 7, 1), "overdue"),
        (Promise(due_on=DUE, progress=0.9), date(2026, 7, 1), "overdue"),
        (Promise(due_on=DUE, progress=0.2), date(2026, 1, 1), "on_track"),
        (Promise(due_on=DUE, progress=0.2, forecast_due_on=date(2026, 8, 1)), date(2026, 1, 1), "behind"),
        (Promise(date(2026, 1, 1), DUE, progress=0.3), date(2026, 4, 1), "behind"),
        (Promise(date(2026, 1, 1), DUE, progress=0.45), date(2026, 4, 1), "on_track"),
        (Promise(due_on=None, due_words="持续推进"), DUE, "unknown"),
        (Promise(), DUE, "unknown"),
        (Promise(due_on=DUE, progress=1.0, reported_on=DUE), date(2027, 1, 1), "on_track"),
    ],
)
def test_a_promise_shows_the_light_of_its_day(promise: Promise, on: date, state: str) -> None:
    assert light_of(promise, on, RULE).state == state


def test_the_reason_says_how_late_and_what_was_reported() -> None:
    light = light_of(Promise(due_on=DUE, progress=0.71), date(2026, 7, 10), RULE)
    assert light.reason.format_map(light.facts) == "It was due on 2026-06-30 (10 d ago), and 71% is reported."


def test_a_promise_kept_late_is_green_in_one_house_and_yellow_in_another() -> None:
    late = Promise(due_on=DUE, progress=1.0, reported_on=date(2026, 7, 5))
    states = {
        name: light_of(late, date(2026, 8, 1), rule_on(date(2026, 8, 1), name)).state
        for name in ("suqian", "ouhai")
    }
    assert states == {"suqian": "on_track", "ouhai": "behind"}


def test_the_rule_in_force_on_an_early_day_is_the_first_one() -> None:
    assert rule_on(date(1999, 1, 1)) == rule_on(date(2026, 1, 1))


@given(promises, days)
def test_the_same_promise_and_day_give_the_same_light_with_a_whole_sentence(
    promise: Promise, on: date
) -> None:
    light = light_of(promise, on, rule_on(on))
    assert light == light_of(promise, on, rule_on(on))
    fields = {name for _, name, _, _ in Formatter().parse(light.reason) if name}
    assert fields <= set(light.facts)
    sentence = light.reason.format_map(light.facts)
    assert sentence.endswith(".")
    assert "None" not in sentence


@given(promises, days, st.integers(0, 4000))
def test_an_unfinished_promise_never_gets_better_by_waiting(promise: Promise, on: date, wait: int) -> None:
    earlier = light_of(promise, on, RULE)
    later = light_of(promise, on + timedelta(days=wait), RULE)
    assert SEVERITY[later.state] >= SEVERITY[earlier.state]


@given(promises, days, st.floats(0, 1))
def test_more_progress_is_never_worse(promise: Promise, on: date, more: float) -> None:
    if promise.progress is None:
        return
    ahead = replace(promise, progress=max(more, promise.progress))
    assert SEVERITY[light_of(ahead, on, RULE).state] <= SEVERITY[light_of(promise, on, RULE).state]


@pytest.mark.parametrize("due_on", [date(2026, 6, 1), date(2026, 7, 9), date(2027, 6, 1)])
def test_a_report_without_progress_is_still_a_report(due_on: date) -> None:
    """A note alone changes no light, but nobody says that nothing was reported."""
    silent = Promise(due_on=due_on)
    noted = replace(silent, reported_on=date(2026, 6, 20))
    before, after = (light_of(one, date(2026, 7, 1), RULE) for one in (silent, noted))
    assert before.state == after.state
    assert "nothing has been reported" in before.reason
    assert "the last report gives no progress" in after.reason


@given(promises, days)
def test_overdue_means_a_due_day_that_has_passed_and_no_end(promise: Promise, on: date) -> None:
    late = promise.due_on is not None and on > promise.due_on and (promise.progress or 0) < 1
    assert (light_of(promise, on, RULE).state == "overdue") == late
