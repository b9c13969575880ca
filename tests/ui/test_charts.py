from __future__ import annotations

import json

import pytest

from haihe.ui.charts import Chart, Series, bars, lines, table_of

CHART = Chart(
    "落地项目",
    "季度",
    ["2023Q1", "2023Q2"],
    [Series("北京", [74, None]), Series("天津", [61.5, 1234567])],
    "个",
)


@pytest.mark.parametrize("build", [bars, lines])
def test_a_picture_shows_what_its_table_says(build: object) -> None:
    assert callable(build)
    options = build(CHART)
    columns, rows = table_of(CHART)
    assert [column.label for column in columns] == ["季度", "北京 (个)", "天津 (个)"]
    assert [series["name"] for series in options["series"]] == ["北京", "天津"]
    for place, series in enumerate(options["series"]):
        shown = [None if amount is None else f"{amount:,.10g}" for amount in series["data"]]
        assert shown == [row[str(place)] for row in rows]
    assert json.loads(json.dumps(options)) == options


def test_unknown_values_stay_unknown() -> None:
    _, rows = table_of(CHART)
    assert rows == [
        {"category": "2023Q1", "0": "74", "1": "61.5"},
        {"category": "2023Q2", "0": None, "1": "1,234,567"},
    ]


def test_series_must_fit_their_categories() -> None:
    with pytest.raises(AssertionError):
        Chart("x", "y", ["a"], [Series("s", [1, 2])])
