"""Pictures of numbers: first the picture, then the same numbers as a table, then the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from nicegui import ui

from haihe.kit.errors import N_
from haihe.ui.language import tr
from haihe.ui.markup import download_links, write
from haihe.ui.table import Cells, Column, plain_table
from haihe.ui.theme import FONT

Options = dict[str, Any]

PALETTE = (
    "var(--accent)",
    "var(--light-near)",
    "var(--unit-11)",
    "var(--unit-12)",
    "var(--unit-13)",
    "var(--unit-00)",
)
"""Colours of series that are no jurisdiction's and no light's, in this order."""


@dataclass(frozen=True, slots=True)
class Series:
    """One row of numbers, a value for each category, None where unknown; its colour is a CSS variable."""

    name: str
    values: Sequence[float | None]
    colour: str | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """What a picture shows: its title, the categories along it, the series and their unit of measure."""

    title: str
    heading: str
    categories: Sequence[str]
    series: Sequence[Series]
    unit: str = ""

    def __post_init__(self) -> None:
        assert all(len(one.values) == len(self.categories) for one in self.series)


def _axes(chart: Chart) -> Options:
    quiet = {"axisLine": {"lineStyle": {"color": "var(--edge)"}}, "axisTick": {"show": False}}
    words = {"color": "var(--muted)", "fontFamily": FONT}
    return {
        "animation": False,
        "aria": {"enabled": False},
        "textStyle": {"fontFamily": FONT},
        "grid": {"left": 8, "right": 16, "top": 40, "bottom": 8, "containLabel": True},
        "legend": {
            "show": len(chart.series) > 1,
            "left": 0,
            "top": 0,
            "textStyle": {"color": "var(--ink)"},
            "inactiveColor": "var(--edge)",
        },
        "tooltip": {
            "trigger": "axis",
            "confine": True,
            "backgroundColor": "var(--surface)",
            "borderColor": "var(--line)",
            "textStyle": {"color": "var(--ink)", "fontFamily": FONT},
            "axisPointer": {"type": "line", "lineStyle": {"color": "var(--edge)"}},
        },
        "xAxis": {"type": "category", "data": list(chart.categories), "axisLabel": words, **quiet},
        "yAxis": {
            "type": "value",
            "axisLabel": words,
            "splitLine": {"lineStyle": {"color": "var(--line)"}},
        },
    }


def _colour(series: Series, place: int) -> str:
    return series.colour or PALETTE[place % len(PALETTE)]


def bars(chart: Chart) -> Options:
    """ECharts options of upright bars, one group a category."""
    return _axes(chart) | {
        "series": [
            {
                "type": "bar",
                "name": one.name,
                "data": list(one.values),
                "barMaxWidth": 28,
                "itemStyle": {"color": _colour(one, place), "borderRadius": [2, 2, 0, 0]},
                "emphasis": {"disabled": True},
            }
            for place, one in enumerate(chart.series)
        ]
    }


def lines(chart: Chart) -> Options:
    """ECharts options of lines; an unknown value leaves a gap."""
    return _axes(chart) | {
        "series": [
            {
                "type": "line",
                "name": one.name,
                "data": list(one.values),
                "symbol": ("circle", "rect", "triangle", "diamond")[place % 4],
                "symbolSize": 6,
                "itemStyle": {"color": _colour(one, place)},
                "lineStyle": {"color": _colour(one, place), "width": 2},
                "emphasis": {"disabled": True},
            }
            for place, one in enumerate(chart.series)
        ]
    }


def table_of(chart: Chart) -> tuple[list[Column], list[Cells]]:
    """The same numbers as a table: a row for each category, a column for each series."""
    unit = f" ({chart.unit})" if chart.unit else ""
    columns = [Column("category", chart.heading)]
    columns += [Column(str(place), one.name + unit, numeric=True) for place, one in enumerate(chart.series)]
    rows: list[Cells] = [
        {"category": category} | {str(i): _number(one.values[place]) for i, one in enumerate(chart.series)}
        for place, category in enumerate(chart.categories)
    ]
    return columns, rows


def _number(amount: float | None) -> str | None:
    return None if amount is None else f"{amount:,.10g}"


def figure(chart: Chart, options: Options, *, downloads: Mapping[str, str] | None = None) -> None:
    """A picture with its title, and behind one click the table of its numbers, with its files."""
    with ui.element("figure").classes("hai-figure"):
        title = f"{chart.title} ({chart.unit})" if chart.unit else chart.title
        write(title, "figcaption")
        drawing = ui.echart(options, renderer="svg")
        drawing.props["role"] = "img"
        drawing.props["aria-label"] = title
        numbers(plain_table(*table_of(chart)), downloads or {})


def numbers(table: Markup, downloads: Mapping[str, str]) -> None:
    """The table under a picture, folded away, and its files."""
    write(
        Markup("<details><summary>{}</summary><div class=hai-scroll>{}</div></details>{}").format(
            tr(N_("The numbers as a table")), table, download_links(downloads)
        ),
        classes="hai-numbers",
    )
