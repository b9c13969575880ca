"""Bars along time: a line for each thing, with what is marked on it; pure HTML, as wide as there is room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on a line: its place from 0 to 1, what it is, and the words for it."""

    place: float
    kind: Literal["forecast", "earlier", "done", "due"]
    words: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its label, its bar from one place to another, its light, its marks and all of it in words.

    `late` is the place up to which it is late; None where it is not. A `head` stands over those below it.
    """

    label: Markup
    bar: tuple[float, float] | None
    state: str
    words: str
    ticks: Sequence[Tick] = ()
    late: float | None = None
    head: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """The marks along the top with their words, and the place of today, None where it is outside."""

    marks: Sequence[tuple[float, str]]
    now: float | None
    now_words: str


_BAR = '<i style="left:{:.2f}%;width:{:.2f}%"></i>'
_LATE = '<s style="left:{:.2f}%;width:{:.2f}%"></s>'


def gantt(axis: Axis, lines: Iterable[Line]) -> Markup:
    """A timeline; what a line shows stands in its words too, for who does not see it."""
    marks = Markup("").join(
        Markup('<span style="left:{:.2f}%">{}</span>').format(100 * place, words)
        for place, words in axis.marks
    )
    now = Markup("")
    if axis.now is not None:
        now = Markup('<b style="left:{:.2f}%" title="{}"></b>').format(100 * axis.now, axis.now_words)
    rows = Markup("").join(map(_line, lines))
    return Markup(
        '<div class="hai-gantt"><div class="hai-gantt-axis" aria-hidden="true"><div>{}{}</div></div>'
        "<ol>{}</ol></div>"
    ).format(marks, now, rows)


def _line(line: Line) -> Markup:
    parts = []
    if line.bar:
        parts.append(_span(_BAR, line.bar))
        if line.late is not None:
            parts.append(_span(_LATE, (line.bar[1], line.late)))
    parts += (
        Markup('<u data-kind="{}" style="left:{:.2f}%" title="{}"></u>').format(
            tick.kind, 100 * tick.place, tick.words
        )
        for tick in line.ticks
    )
    return Markup(
        '<li data-state="{}"{}><div>{}</div><div role="img" aria-label="{}" title="{}">{}</div></li>'
    ).format(
        line.state,
        Markup(" data-head") if line.head else "",
        line.label,
        line.words,
        line.words,
        Markup("").join(parts),
    )


def _span(template: str, ends: tuple[float, float]) -> Markup:
    first, last = ends
    return Markup(template).format(100 * first, 100 * max(last - first, 0))  # noqa: S704  one of two below
