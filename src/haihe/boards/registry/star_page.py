"""The ties of one organisation as a picture, wide and narrow, in which each leads to its page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup

from haihe.boards.registry.pieces_page import kind_words
from haihe.boards.registry.stars import (
    LOOKS,
    NARROW,
    RADIUS,
    WIDE,
    Label,
    Point,
    Ray,
    Shape,
    Size,
    Spoke,
    Star,
    family_of,
    star,
)
from haihe.kit.errors import N_
from haihe.ui.language import tr
from haihe.ui.markup import html, joined, write

TABLE = "ties"
"""The anchor of the table that has all of them."""

_CORNERS: Mapping[Shape, Sequence[Point]] = {
    "square": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    "frame": ((-0.8, -0.8), (0.8, -0.8), (0.8, 0.8), (-0.8, 0.8)),
    "triangle": ((0, -1.15), (1.1, 0.85), (-1.1, 0.85)),
    "diamond": ((0, -1.2), (1.2, 0), (0, 1.2), (-1.2, 0)),
    "hexagon": ((-1.1, 0), (-0.55, -0.95), (0.55, -0.95), (1.1, 0), (0.55, 0.95), (-0.55, 0.95)),
}
_HOLLOW = {"ring", "frame"}


def picture(name: str, groups: Mapping[str, Sequence[Spoke]]) -> None:
    """An organisation in the middle and those that it is tied to round it, by what they are to it."""
    wide, narrow = (star(name, groups, size) for size in (WIDE, NARROW))
    spokes = [ray.spoke for ray in wide.rays]
    title = tr(N_("The ties of {name}"), name=name)
    shown = html(
        '<div role="group" aria-label="{}">{}</div><p class="hai-keys">{}</p><p class="hai-note">{}</p>',
        title,
        _drawing(wide) + _drawing(narrow),
        _legend(spokes),
        " ".join(_told(spokes)),
    )
    write(shown, "figure", "hai-figure hai-star")


def _told(spokes: Sequence[Spoke]) -> Iterable[str]:
    """What the lines mean that are there."""
    yield tr(N_("Press one to open its page; the heading of a group says what those in it are to this one."))
    if not all(one.mutual for one in spokes):
        yield tr(N_("An arrow points at whom the tie names, such as the parent, the host or the member."))
    if any(one.ended for one in spokes):
        yield tr(N_("What has ended is dashed."))


def _legend(spokes: Iterable[Spoke]) -> Markup:
    present: defaultdict[str, set[str]] = defaultdict(set)
    for one in spokes:
        present[family_of(one.kind)].add(kind_words(one.kind))
    return joined(
        html(
            '<span class="hai-key"><svg viewBox="-8 -8 16 16" aria-hidden="true">{}</svg>{}</span>',
            _mark(family, (0, 0)),
            tr(N_(", ")).join(sorted(present[family])) if family == "entity" else kind_words(family),
        )
        for family in LOOKS
        if family in present
    )


def _drawing(drawn: Star) -> Markup:
    size = drawn.size
    tip = html(
        '<marker id="hai-tip-{}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8"'
        ' markerUnits="userSpaceOnUse" orient="auto-start-reverse"><path d="M0 0 8 4 0 8z"/></marker>',
        size.name,
    )
    parts = [
        *(_heading(one, size) for one in drawn.headings),
        *(_ray(one, size) for one in drawn.rays),
        *(_more(label, count, size) for label, count in drawn.more),
        _middle(drawn),
    ]
    return html(
        '<svg data-size="{}" viewBox="0 0 {} {}" style="max-width:{}px" font-size="{}">'
        "<defs>{}</defs>{}</svg>",
        size.name,
        size.width,
        round(drawn.height),
        size.width * 1.15,
        size.letters,
        tip,
        joined(parts),
    )


def _middle(drawn: Star) -> Markup:
    across, down = drawn.pill
    return html(
        '<g class="hai-middle"><rect x="{}" y="{}" width="{}" height="{}" rx="8"/>{}</g>',
        round(drawn.size.width / 2 - across, 1),
        round(drawn.height / 2 - down, 1),
        round(2 * across, 1),
        round(2 * down, 1),
        _text(drawn.middle, drawn.size, "middle"),
    )


def _heading(label: Label, size: Size) -> Markup:
    return html('<g class="hai-heading">{}</g>', _text(label, size))


def _more(label: Label, count: int, size: Size) -> Markup:
    words = tr(N_("{count} more ↓"), count=count)
    shown = Label((words,), label.x, label.y, label.left)
    return html('<a href="#{}">{}</a>', TABLE, _text(shown, size))


def _ray(ray: Ray, size: Size) -> Markup:
    spoke = ray.spoke
    title = " · ".join(part for part in (spoke.name, ray.group, kind_words(spoke.kind), spoke.note) if part)
    end = "end" if spoke.outward else "start"
    (x1, y1), (x2, y2) = ray.line
    line = html(
        '<line x1="{}" y1="{}" x2="{}" y2="{}"{}{}/>',
        *(round(one, 1) for one in (x1, y1, x2, y2)),
        html(' stroke-dasharray="5 4"') if spoke.ended else "",
        "" if spoke.mutual else html(' marker-{}="url(#hai-tip-{})"', end, size.name),
    )
    return html(
        '{}<a href="/entity/{}" aria-label="{}"><title>{}</title>{}{}</a>',
        line,
        spoke.number,
        title,
        title,
        _mark(family_of(spoke.kind), ray.mark),
        _text(ray.label, size),
    )


def _text(label: Label, size: Size, anchor: str = "") -> Markup:
    first = label.y + size.letters * 0.36
    lines = joined(
        html(
            '<tspan x="{}" y="{}">{}</tspan>',
            round(label.x, 1),
            round(first + at * size.letters * 1.3, 1),
            words,
        )
        for at, words in enumerate(label.lines)
    )
    return html('<text text-anchor="{}">{}</text>', anchor or ("end" if label.left else "start"), lines)


def _mark(family: str, at: Point) -> Markup:
    shape, colour = LOOKS[family]
    fill = "var(--surface)" if shape in _HOLLOW else colour
    looks = html('fill="{}" stroke="{}" stroke-width="2"', fill, colour)
    if shape in _CORNERS:
        corners = " ".join(f"{at[0] + RADIUS * x:.1f},{at[1] + RADIUS * y:.1f}" for x, y in _CORNERS[shape])
        return html('<polygon points="{}" {}/>', corners, looks)
    return html('<circle cx="{}" cy="{}" r="{}" {}/>', round(at[0], 1), round(at[1], 1), RADIUS - 1, looks)
