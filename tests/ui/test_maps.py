from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from haihe.ui.maps import Scale, UnitMap, UnitValue, bounds, map_options, step_of

AMOUNTS = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60)


@given(AMOUNTS)
def test_every_value_has_a_class_and_a_larger_value_none_weaker(amounts: list[float]) -> None:
    upper = bounds(amounts)
    steps = [step_of(amount, upper) for amount in sorted(amounts)]
    assert steps == sorted(steps)
    assert set(steps) <= {1, 2, 3, 4, 5}
    assert steps[-1] == 5


@given(st.lists(st.integers(0, 10**6), min_size=5, max_size=100, unique=True))
def test_classes_hold_equal_numbers_where_no_values_tie(amounts: list[int]) -> None:
    upper = bounds(amounts)
    sizes = [sum(step_of(amount, upper) == step for amount in amounts) for step in range(1, 6)]
    assert max(sizes) - min(sizes) <= 1


def test_nothing_known_has_no_classes() -> None:
    assert bounds([]) == []


def test_on_a_scale_more_is_darker_and_never_a_jurisdictions_colour() -> None:
    scale = Scale("overdue", {0.0: "0%", 0.5: "50%", 1.0: "100%"})
    units = [
        UnitValue(f"{code}0000", code, share) for code, share in (("11", 0.0), ("13", 1.0), ("12", None))
    ]
    shown = UnitMap("/m", "x", units, scale)
    areas = [
        one["itemStyle"]["areaColor"] for one in map_options(shown, shown.upper, "?")["series"][0]["data"]
    ]
    assert areas == ["var(--tint-overdue-3)", "var(--tint-overdue-5)", "var(--line)"]


def test_an_unknown_unit_is_not_drawn_as_zero() -> None:
    units = [UnitValue("110000", "北京<市>", 0.0, "0"), UnitValue("120000", "天津市", None)]
    first, second = map_options(UnitMap("/m", "x", units), bounds([0.0]), "不详")["series"][0]["data"]
    assert "tint-11" in first["itemStyle"]["areaColor"]
    assert second["itemStyle"]["areaColor"] == "var(--surface)"
    assert second["value"] is None
    assert "不详" in second["words"]
    assert "北京&lt;市&gt;" in first["words"]
