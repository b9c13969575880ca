"""An organisation in the middle of those that it is tied to, as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin
from typing import Any

_ACROSS, _DOWN = 130, 100
_LABEL_MAX = 16


@dataclass(frozen=True, slots=True)
class Spoke:
    """One tie: the name of its other end, the words for it, and whether it is stated here."""

    name: str
    label: str
    outward: bool


def star(name: str, spokes: Sequence[Spoke]) -> dict[str, Any]:
    """ECharts options of an organisation among those that it is tied to, the first at the top."""
    nodes = [
        {
            "name": "0",
            "x": 0,
            "y": 0,
            "symbolSize": 18,
            "value": name,
            "itemStyle": {"color": "var(--accent)"},
        }
    ]
    edges = []
    for at, spoke in enumerate(spokes, start=1):
        angle = 2 * pi * (at - 1) / len(spokes) - pi / 2
        place = {"x": round(_ACROSS * cos(angle), 1), "y": round(_DOWN * sin(angle), 1)}
        nodes.append({"name": str(at), "value": spoke.name, "symbolSize": 10, **place})
        ends = ("0", str(at)) if spoke.outward else (str(at), "0")
        edges.append({"source": ends[0], "target": ends[1], "value": spoke.label})
    for node in nodes:
        node["label"] = {"formatter": _short(str(node["value"]))}
    for edge in edges:
        edge["label"] = {"formatter": edge["value"]}  # type: ignore[assignment]  # ECharts' own shape
    series = {
        "type": "graph",
        "layout": "none",
        "data": nodes,
        "links": edges,
        "edgeSymbol": ["none", "arrow"],
        "edgeSymbolSize": 7,
        "itemStyle": {"color": "var(--edge)"},
        "lineStyle": {"color": "var(--line)", "width": 1.5},
        "label": {"show": True, "position": "bottom", "color": "var(--ink)"},
        "edgeLabel": {"show": True, "color": "var(--muted)", "fontSize": 11},
        "emphasis": {"disabled": True},
        "silent": True,
        "left": "center",
        "top": "15%",
        "height": "65%",
    }
    return {"animation": False, "series": [series]}


def _short(name: str) -> str:
    return name if len(name) <= _LABEL_MAX else f"{name[:_LABEL_MAX]}…"
