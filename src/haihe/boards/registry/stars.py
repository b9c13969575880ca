"""An organisation in the middle of those that it is tied to, as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin
from typing import Any

_ACROSS, _DOWN = 150, 100
_LABEL_WIDTH = 88
_UPPER = -1e-9
_CORNERS = {"first": (-_ACROSS, -_DOWN), "last": (_ACROSS, _DOWN)}
"""Unseen, so that few ties are drawn on the scale of many."""


@dataclass(frozen=True, slots=True)
class Spoke:
    """One tie: the name of its other end, the words for it, and whether this is its first end.

    A tie that has `ended` is dashed, one that is `mutual` has no arrow.
    """

    name: str
    label: str
    outward: bool
    ended: bool = False
    mutual: bool = False


def star(spokes: Sequence[Spoke]) -> dict[str, Any]:
    """ECharts options of an organisation among those that it is tied to, the first at the top.

    What an end is stands with its name, away from the middle, where no line crosses it.
    """
    corners = [_node(name, "", place, 0) for name, place in _CORNERS.items()]
    nodes = [*corners, _node("0", "", (0, 0), 18) | {"itemStyle": {"color": "var(--accent)"}}]
    edges = []
    for at, spoke in enumerate(spokes, start=1):
        angle = 2 * pi * (at - 1) / len(spokes) - pi / 2
        place = round(_ACROSS * cos(angle), 1), round(_DOWN * sin(angle), 1)
        nodes.append(_node(str(at), f"{{tie|{spoke.label}}}\n{spoke.name}", place, 10))
        ends = ("0", str(at)) if spoke.outward else (str(at), "0")
        edges.append(
            {
                "source": ends[0],
                "target": ends[1],
                "value": spoke.label,
                "lineStyle": {"type": "dashed" if spoke.ended else "solid"},
                "symbol": ["none", "none" if spoke.mutual else "arrow"],
            }
        )
    series = {
        "type": "graph",
        "layout": "none",
        "data": nodes,
        "links": edges,
        "edgeSymbolSize": 7,
        "itemStyle": {"color": "var(--edge)"},
        "lineStyle": {"color": "var(--edge)", "width": 1.5},
        "emphasis": {"disabled": True},
        "silent": True,
        "left": "center",
        "top": "26%",
        "height": "50%",
    }
    return {"animation": False, "series": [series]}


def _node(name: str, label: str, place: tuple[float, float], size: int) -> dict[str, Any]:
    return {
        "name": name,
        "x": place[0],
        "y": place[1],
        "symbolSize": size,
        "label": {
            "show": True,
            "formatter": label,
            "position": "top" if place[1] < _UPPER else "bottom",
            "color": "var(--ink)",
            "width": _LABEL_WIDTH,
            "overflow": "break",
            "rich": {"tie": {"color": "var(--muted)", "fontSize": 11, "lineHeight": 16}},
        },
    }
