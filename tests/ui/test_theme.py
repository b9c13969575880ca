from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from haihe.ui.theme import DARK, LIGHT, LIGHTS, stylesheet

GROUNDS = ("page", "surface")


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_agrees_with_published_pairs() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert contrast("#ff0000", "#ffffff") == pytest.approx(4.0, abs=0.01)


def text_pairs() -> list[tuple[str, str]]:
    words = ("ink", "muted", "accent", *(name for name in LIGHT if name.startswith("light-")))
    pairs = [(word, ground) for word in words for ground in GROUNDS]
    return [
        *pairs,
        ("ink", "wash"),
        ("accent", "wash"),
        ("on-accent", "accent"),
        ("ink", "mark"),
        ("ink", "mark-strong"),
        ("surface", "ink"),
    ]


def mark_pairs() -> list[tuple[str, str]]:
    marks = ("edge", "accent", *(name for name in LIGHT if name.startswith("unit-")))
    return [*((mark, ground) for mark in marks for ground in GROUNDS), ("accent", "line")]


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("word", "ground"), text_pairs())
def test_words_can_be_read(colours: Mapping[str, str], word: str, ground: str) -> None:
    assert contrast(colours[word], colours[ground]) >= 4.5


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), mark_pairs())
def test_marks_can_be_seen(colours: Mapping[str, str], mark: str, ground: str) -> None:
    assert contrast(colours[mark], colours[ground]) >= 3


def test_light_and_dark_name_the_same_colours() -> None:
    assert LIGHT.keys() == DARK.keys()


def test_every_light_has_its_own_shape_and_word() -> None:
    assert len({look.shape for look in LIGHTS.values()}) == len({look.word for look in LIGHTS.values()}) == 5
    assert [look.shape for look in LIGHTS.values()] == ["●", "◆", "▲", "■", "○"]


def test_every_variable_that_is_used_is_defined() -> None:
    sheet = stylesheet()
    used = set(re.findall(r"var\((--[a-z0-9-]+)\)", sheet + "".join(look.colour for look in LIGHTS.values())))
    defined = set(re.findall(r"(--[a-z0-9-]+):", sheet.replace(": ", ":"))) | {"--depth"}
    assert used <= defined


def test_the_stylesheet_fetches_nothing() -> None:
    assert not re.search(r"url\(|@import|https?:", stylesheet())
