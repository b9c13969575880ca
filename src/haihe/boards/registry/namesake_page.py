"""How an organisation is written that shares its name with another: with its place."""

from __future__ import annotations

from markupsafe import Markup

from haihe.boards.registry.namesake_tables import Line
from haihe.kit.errors import N_
from haihe.ui.language import tr
from haihe.ui.markup import html, joined, link
from haihe.ui.theme import unit_colour


def apart_words(name: str, place: str | None) -> str:
    """A name, with the place that tells it apart where one does."""
    return tr(N_("{name} ({place})"), name=name, place=place) if place else name


def apart_mark(place: str | None) -> Markup:
    """The place that tells a name apart, to stand behind it; empty where none does."""
    return html(' <small class="hai-apart">{}</small>', place) if place else Markup("")


def home_line(line: Line) -> Markup:
    """The places that an organisation lies in, each leading to its page, with the colour of the first."""
    dot = html('<i style="background:{}"></i>', unit_colour(line[0][0]))
    places = joined((link(name, f"/place/{adcode}") for adcode, name in line), " ")
    return html('<span class="hai-unit">{}{}</span>', dot, places)
