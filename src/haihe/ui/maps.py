"""Maps of the region by administrative unit."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from nicegui import ui
from nicegui.events import EChartPointClickEventArguments

from haihe.kit.errors import N_
from haihe.ui.charts import Options, numbers
from haihe.ui.language import tr
from haihe.ui.markup import UNKNOWN, number_link, unit_mark, write
from haihe.ui.table import Column, plain_table
from haihe.ui.theme import FONT, TINTS, light_tint, unit_colour, unit_tint

LABELLED_MAX = 20
_BLANK = ("var(--surface)", "var(--line)")
"""What is unknown: blank among colours of jurisdictions, grey on a scale."""
NOTE = N_("A sketch map; it is no evidence of boundaries.")


TOOLTIP = {
    "trigger": "item",
    "confine": True,
    "backgroundColor": "var(--surface)",
    "borderColor": "var(--line)",
    "textStyle": {"color": "var(--ink)", "fontFamily": FONT},
    ":formatter": "(at) => at.data?.words ?? ''",
}
"""What ECharts shows beside a part of a picture: the `words` of its data."""


@dataclass(frozen=True, slots=True)
class UnitValue:
    """What one administrative unit shows: its value, None if unknown, in words, and that number's source."""

    adcode: str
    name: str
    value: float | None
    text: str = ""
    source_id: str | None = None


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale from pale to dark, where more is worse: the light whose colour it has, and its classes.

    `upper` are the upper bounds of the classes, rising, five at most, each in words.
    """

    light: str
    upper: Mapping[float, str]


@dataclass(frozen=True, slots=True)
class UnitMap:
    """What a map shows: its units' values, the words for them, and the address of the units' shapes.

    The shapes are a GeoJSON FeatureCollection (RFC 7946), each feature with a property `adcode`. Without a
    `scale` each unit has the colour of its jurisdiction, stronger by quantiles.
    """

    url: str
    label: str
    units: Sequence[UnitValue]
    scale: Scale | None = None

    @property
    def upper(self) -> list[float]:
        """The upper bounds of its classes."""
        if self.scale:
            return [*self.scale.upper]
        return bounds([unit.value for unit in self.units if unit.value is not None])


def bounds(values: Sequence[float], classes: int = len(TINTS)) -> list[float]:
    """The upper bounds of classes with as equal numbers of values as ties allow (quantiles), rising.

    >>> bounds([1, 2, 3, 4, 5, 6, 7, 8, 9, 100])
    [2, 4, 6, 8, 100]
    """
    ordered = sorted(values)
    ranks = (-(-len(ordered) * step // classes) - 1 for step in range(1, classes + 1))
    return sorted({ordered[max(rank, 0)] for rank in ranks}) if ordered else []


def step_of(amount: float, upper: Sequence[float]) -> int:
    """The class of a value, from 1 to 5; fewer classes keep the strong end."""
    place = next(i for i, bound in enumerate(upper) if amount <= bound)
    return len(TINTS) - len(upper) + place + 1


def map_options(shown: UnitMap, upper: Sequence[float], unknown: str) -> Options:
    """ECharts options of a map already registered under its address."""
    return {
        "animation": False,
        "textStyle": {"fontFamily": FONT},
        "tooltip": TOOLTIP,
        "series": [
            {
                "type": "map",
                "map": shown.url,
                "roam": False,
                "selectedMode": False,
                "layoutCenter": ["50%", "50%"],
                "layoutSize": "98%",
                "label": {
                    "show": len(shown.units) <= LABELLED_MAX,
                    ":formatter": "(at) => at.data?.label ?? ''",
                    "color": "var(--ink)",
                    "textBorderColor": "var(--surface)",
                    "textBorderWidth": 3,
                    "fontSize": 12,
                },
                "labelLayout": {"hideOverlap": True},
                "itemStyle": {"areaColor": "var(--page)", "borderColor": "var(--surface)"},
                "emphasis": {
                    "label": {"color": "var(--ink)"},
                    "itemStyle": {"areaColor": "inherit", "borderColor": "var(--ink)", "borderWidth": 1.6},
                },
                "data": [_area(shown, unit, upper, unknown) for unit in shown.units],
            }
        ],
    }


def _area(shown: UnitMap, unit: UnitValue, upper: Sequence[float], unknown: str) -> dict[str, Any]:
    words = Markup("{}<br><b>{}</b>").format(unit.name, unknown if unit.value is None else unit.text)
    style = {"areaColor": _BLANK[bool(shown.scale)], "borderColor": "var(--edge)", "borderType": "dashed"}
    if unit.value is not None:
        step = step_of(unit.value, upper)
        style = {
            "areaColor": light_tint(shown.scale.light, step) if shown.scale else unit_tint(unit.adcode, step)
        }
    return {
        "label": unit.name,
        "name": unit.adcode,
        "value": unit.value,
        "words": str(words),
        "itemStyle": style,
        "emphasis": {"itemStyle": {"areaColor": style["areaColor"]}},
    }


def unit_map(
    shown: UnitMap,
    *,
    on_press: Callable[[str], object] | None = None,
    downloads: Mapping[str, str] | None = None,
) -> None:
    """A choropleth by unit in its jurisdiction's colour, the note on boundaries, the table and the files.

    `on_press` is given the adcode of the unit that was clicked. The page must be connected to draw the map;
    the table under it is there at once.
    """
    upper = shown.upper
    options = map_options(shown, upper, tr(UNKNOWN))
    with ui.element("figure").classes("hai-figure hai-map"):
        write(shown.label, "figcaption")
        drawing = ui.echart({}, renderer="svg")
        drawing.props["role"] = "img"
        drawing.props["aria-label"] = shown.label
        write(_legend(shown, upper), classes="hai-legend")
        write(tr(NOTE), "p", "hai-note")
        numbers(_table(shown), downloads or {})

    def draw() -> None:
        drawing.options.update(options)
        drawing.update()

    drawing.on("mapready", draw)
    if on_press:
        press = on_press

        def handle(event: EChartPointClickEventArguments) -> object:
            return press(event.name)

        drawing.on_point_click(handle)
    ui.run_javascript(f"haihe.readyMap({drawing.id}, {json.dumps(shown.url)})")


def _legend(shown: UnitMap, upper: Sequence[float]) -> Markup:
    """Each class in the colours of the jurisdictions that are on the map, with its bounds."""
    colours = sorted({unit_colour(unit.adcode): unit.adcode for unit in shown.units}.items())
    texts = {unit.value: unit.text for unit in shown.units if unit.value is not None}
    low = min(texts, default=0.0)
    parts = _scale(shown.scale) if shown.scale else []
    for place, bound in enumerate(() if shown.scale else upper):
        step = len(TINTS) - len(upper) + place + 1
        swatches = Markup("").join(
            Markup('<i style="background:{}"></i>').format(unit_tint(a, step)) for _, a in colours
        )
        inside = sorted(v for v in texts if (v > upper[place - 1] if place else v >= low) and v <= bound)
        words = texts[inside[0]] if inside[0] == inside[-1] else f"{texts[inside[0]]} – {texts[inside[-1]]}"
        parts.append(Markup("<span>{}{}</span>").format(swatches, words))
    if any(unit.value is None for unit in shown.units):
        blank = Markup('<span><i data-unknown style="background:{}"></i>{}</span>')
        parts.append(blank.format(_BLANK[bool(shown.scale)], tr(UNKNOWN)))
    return Markup("").join(parts)


def _scale(scale: Scale) -> list[Markup]:
    """Every class of a scale, whether or not it is on the map."""
    part = Markup('<span><i style="background:{}"></i>{}</span>')
    first = len(TINTS) - len(scale.upper) + 1
    return [
        part.format(light_tint(scale.light, step), words if bound == 0 else f"≤ {words}")
        for step, (bound, words) in enumerate(scale.upper.items(), first)
    ]


def _table(shown: UnitMap) -> Markup:
    columns = [Column("unit", tr(N_("Territory"))), Column("value", shown.label, numeric=True)]
    rows = (
        {
            "unit": unit_mark(unit.name, unit.adcode),
            "value": None
            if unit.value is None
            else number_link(unit.text, unit.source_id)
            if unit.source_id
            else unit.text,
        }
        for unit in shown.units
    )
    return plain_table(columns, rows)
