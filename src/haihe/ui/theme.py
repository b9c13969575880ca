"""Colours, type and the stylesheet made of them.

Every colour is named once here, for light and for dark, and reaches pages and charts as a CSS variable
(`var(--ink)`). Text and the ground it stands on keep a contrast of at least 4.5, marks at least 3
(WCAG 2.2, success criteria 1.4.3 and 1.4.11); tests/ui/test_theme.py measures every pair.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

from haihe.kit import resources
from haihe.kit.errors import N_

LIGHT: Mapping[str, str] = {
    "page": "#f4f6f5",
    "surface": "#ffffff",
    "wash": "#e4eeee",
    "line": "#d5dddc",
    "edge": "#7c8a8c",
    "ink": "#172226",
    "muted": "#526067",
    "accent": "#0b5c66",
    "on-accent": "#ffffff",
    "mark": "#fbe9b7",
    "mark-strong": "#f3cf6b",
    "unit-11": "#b3382c",
    "unit-12": "#2463a6",
    "unit-13": "#3a7d44",
    "unit-00": "#66737a",
    "light-on-track": "#1f7a45",
    "light-near": "#8a6100",
    "light-behind": "#b4500a",
    "light-overdue": "#b01030",
    "light-unknown": "#5c6a70",
}

DARK: Mapping[str, str] = {
    "page": "#10171a",
    "surface": "#182226",
    "wash": "#20343a",
    "line": "#2d3b40",
    "edge": "#6f8087",
    "ink": "#e7eded",
    "muted": "#a3b2b6",
    "accent": "#74c6cf",
    "on-accent": "#0d2327",
    "mark": "#4a3d14",
    "mark-strong": "#6d5714",
    "unit-11": "#e58377",
    "unit-12": "#7db1ea",
    "unit-13": "#83c48d",
    "unit-00": "#9aa8ae",
    "light-on-track": "#6ecb92",
    "light-near": "#e0b546",
    "light-behind": "#f0954f",
    "light-overdue": "#f58497",
    "light-unknown": "#a0aeb4",
}

FONT = (
    '-apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", '
    '"Noto Sans SC", "WenQuanYi Micro Hei", "Helvetica Neue", Arial, sans-serif'
)

TINTS = (0.2, 0.36, 0.54, 0.74, 0.95)
"""How strong a jurisdiction's colour is in each of the five classes of a map."""


@dataclass(frozen=True, slots=True)
class LightLook:
    """How a light 亮灯 is shown: never by its colour alone."""

    shape: str
    word: str
    colour: str


LIGHTS: Mapping[str, LightLook] = {
    "on_track": LightLook("●", N_("on track"), "var(--light-on-track)"),
    "near": LightLook("◆", N_("near its date"), "var(--light-near)"),
    "behind": LightLook("▲", N_("behind"), "var(--light-behind)"),
    "overdue": LightLook("■", N_("overdue"), "var(--light-overdue)"),
    "unknown": LightLook("○", N_("unknown"), "var(--light-unknown)"),
}


def jurisdiction(adcode: str) -> str:
    """The two digits that choose a unit's colour: 11 Beijing, 12 Tianjin, 13 Hebei, 00 all others.

    >>> jurisdiction("130200"), jurisdiction("310000")
    ('13', '00')
    """
    return adcode[:2] if adcode[:2] in {"11", "12", "13"} else "00"


def unit_colour(adcode: str) -> str:
    """The colour of a unit's jurisdiction, as a CSS variable."""
    return f"var(--unit-{jurisdiction(adcode)})"


def unit_tint(adcode: str, step: int) -> str:
    """The jurisdiction's colour in class `step` of a map, 1 (weakest) to 5, as a CSS variable."""
    assert 1 <= step <= len(TINTS)
    return f"var(--tint-{jurisdiction(adcode)}-{step})"


def light_tint(light: str, step: int) -> str:
    """The colour of a light in class `step` of a map, 1 (weakest) to 5, as a CSS variable."""
    assert 1 <= step <= len(TINTS)
    return f"var(--tint-{light}-{step})"


def mixed(colour: str, ground: str, share: float) -> str:
    """`share` of a colour over a ground, both as #rrggbb.

    >>> mixed("#000000", "#ffffff", 0.5)
    '#808080'
    """
    pairs = zip(bytes.fromhex(colour[1:]), bytes.fromhex(ground[1:]), strict=True)
    return "#" + bytes(round(share * a + (1 - share) * b) for a, b in pairs).hex()


def variables(colours: Mapping[str, str]) -> str:
    """The CSS declarations of a set of colours, with the tints of jurisdictions and of what is overdue."""
    hues = {unit: colours[f"unit-{unit}"] for unit in ("11", "12", "13", "00")}
    hues["overdue"] = colours["light-overdue"]
    tints = {
        f"tint-{name}-{step}": mixed(hue, colours["surface"], share)
        for name, hue in hues.items()
        for step, share in enumerate(TINTS, 1)
    }
    return "".join(f"--{name}:{value};" for name, value in (dict(colours) | tints).items())


@cache
def stylesheet() -> str:
    """The one stylesheet of every page: the colours in light, dark and print, then `style.css`."""
    light = f"color-scheme:light;{variables(LIGHT)}--font:{FONT};"
    dark = f"color-scheme:dark;{variables(DARK)}"
    return (
        f":root{{{light}}}\n"
        f"@media screen{{:root[data-look=dark]{{{dark}}}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root[data-look=auto]{{{dark}}}}}\n"
        + resources.text("ui/style.css")
    )


@cache
def digest(content: str) -> str:
    """Twelve hexadecimal digits that change with the content, for addresses that may be kept for ever."""
    return sha256(content.encode()).hexdigest()[:12]
