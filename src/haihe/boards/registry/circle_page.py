"""A network as a circle: organisations by jurisdiction around it, their ties across it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from haihe.boards.registry.networks import NOWHERE, Network, Node, Tie
from haihe.ui.maps import TOOLTIP
from haihe.ui.theme import FONT, unit_colour

DRAWN_MAX = 40
"""The most organisations that one picture shows."""

TIES_MAX = 150
"""The most ties that one picture shows, the strongest."""

_MARKS = ("circle", "rect", "triangle", "diamond", "roundRect", "pin", "arrow")
_HOLLOW = {"color": "var(--surface)", "borderColor": unit_colour(NOWHERE), "borderWidth": 2}
_SIZE_MIN, _SIZE_MAX = 5, 18
_WIDTH_MAX = 7
_LABEL_MAX = 11
_PHONE_WIDTH = 480


def circle(network: Network, regions: Mapping[str, str]) -> dict[str, Any]:
    """ECharts options of a network; `regions` are the jurisdictions with their words, in their order.

    The size of a mark is by events, its colour and shape by jurisdiction, the width of a line by events.
    """
    order = list(regions)
    nodes = sorted(network.nodes, key=lambda node: (order.index(node.body.region), -node.events))
    most = max((node.events for node in nodes), default=1)
    widest = max((tie.events for tie in network.ties), default=1)
    looks = [
        {
            "name": words,
            "symbol": _MARKS[0 if region == NOWHERE else place % len(_MARKS)],
            "itemStyle": _HOLLOW if region == NOWHERE else {"color": unit_colour(region)},
        }
        for place, (region, words) in enumerate(regions.items())
    ]
    return {
        "animation": False,
        "textStyle": {"fontFamily": FONT},
        "tooltip": TOOLTIP,
        "legend": {
            "left": 0,
            "top": 0,
            "itemWidth": 12,
            "itemHeight": 12,
            "data": [{"name": look["name"], "icon": look["symbol"]} for look in looks],
            "textStyle": {"color": "var(--ink)"},
            "inactiveColor": "var(--edge)",
        },
        "series": [
            {
                "type": "graph",
                "layout": "circular",
                "circular": {"rotateLabel": True},
                "left": "22%",
                "right": "22%",
                "top": "24%",
                "bottom": "20%",
                "categories": looks,
                "data": [_mark(node, order, most) for node in nodes],
                "links": [_line(tie, widest) for tie in network.ties],
                "label": {"show": True, "position": "right", "color": "var(--ink)", "fontSize": 11},
                "lineStyle": {"curveness": 0.3, "opacity": 0.5},
                "emphasis": {"focus": "adjacency", "lineStyle": {"opacity": 0.9}},
                "blur": {"itemStyle": {"opacity": 0.25}, "lineStyle": {"opacity": 0.05}},
                "cursor": "pointer",
            }
        ],
    }


def phone(options: Mapping[str, Any]) -> dict[str, Any]:
    """The same picture with smaller words where it is narrow."""
    narrow = {"series": [{"label": {"fontSize": 9}, "left": "27%", "right": "27%"}]}
    return {
        "baseOption": options,
        "media": [
            {"query": {"maxWidth": _PHONE_WIDTH}, "option": narrow},
            {"option": {"series": [{"label": {"fontSize": 11}, "left": "22%", "right": "22%"}]}},
        ],
    }


def _mark(node: Node, order: Sequence[str], most: int) -> dict[str, Any]:
    name = node.body.name
    short = name if len(name) <= _LABEL_MAX else f"{name[:_LABEL_MAX]}…"
    return {
        "name": node.body.id,
        "value": node.events,
        "category": order.index(node.body.region),
        "symbolSize": round(_SIZE_MIN + (_SIZE_MAX - _SIZE_MIN) * (node.events / most) ** 0.5, 1),
        "label": {"formatter": short.replace("{", "(").replace("}", ")")},
        "words": f"{_plain(name)} · {node.events}",
    }


def _line(tie: Tie, widest: int) -> dict[str, Any]:
    same = tie.first.region == tie.second.region
    return {
        "source": tie.first.id,
        "target": tie.second.id,
        "value": tie.events,
        "words": f"{_plain(tie.first.name)} – {_plain(tie.second.name)} · {tie.events}",
        "lineStyle": {
            "width": round(1 + (_WIDTH_MAX - 1) * (tie.events - 1) / max(widest - 1, 1), 1),
            "color": unit_colour(tie.first.region) if same else "var(--edge)",
        },
    }


def _plain(name: str) -> str:
    """A name as the picture's words, which are HTML."""
    return name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
