"""A text with its facts marked, as one element however many there are."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup, escape
from nicegui import ui
from nicegui.events import GenericEventArguments

from haihe.ui.markup import write

_PRESS = """(event) => {
  const mark = event.target.closest("mark[data-id]");
  if (mark) emit(mark.dataset.id);
}"""


@dataclass(frozen=True, slots=True)
class Span:
    """The code points [start, end) of a text that carry a fact: its id, its kind and words about it."""

    start: int
    end: int
    id: str
    kind: str
    title: str = ""


def marked(text: str, spans: Sequence[Span]) -> Markup:
    """The text as HTML with every span marked; the characters stay exactly the text's.

    Where spans overlap, the shortest has the click and `data-all` names each, so that marks never nest.

    >>> marked("74个项目", [Span(0, 2, "a", "figure")])
    Markup('<mark data-id="a" data-kind="figure" data-all="a" id="span-a" tabindex="0">74</mark>个项目')
    """
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    opening: dict[int, list[Span]] = {}
    for span in spans:
        opening.setdefault(span.start, []).append(span)
    cuts = sorted({0, len(text)}.union(*((span.start, span.end) for span in spans)))
    now: list[Span] = []
    anchored: set[str] = set()
    parts: list[Markup] = []
    for start, end in pairwise(cuts):
        now = [span for span in now if span.end > start] + opening.get(start, [])
        parts.append(_piece(text[start:end], now, anchored))
    return Markup("").join(parts)


def _piece(text: str, now: Sequence[Span], anchored: set[str]) -> Markup:
    words = escape(text).replace("\r", Markup("&#13;"))
    if not now:
        return words
    inner = min(now, key=lambda span: span.end - span.start)
    first = inner.id not in anchored
    anchored.add(inner.id)
    return Markup('<mark data-id="{}" data-kind="{}" data-all="{}"{}{}>{}</mark>').format(
        inner.id,
        inner.kind,
        " ".join(span.id for span in now),
        Markup(' id="span-{}" tabindex="0"').format(inner.id) if first else "",
        Markup(' title="{}"').format(inner.title) if inner.title else "",
        words,
    )


def highlighted_text(
    text: str, spans: Sequence[Span], on_press: Callable[[str], object] | None = None
) -> ui.html:
    """A text with its facts marked; `on_press` is given the id of the fact that was clicked.

    `/…#span-ID` scrolls to a fact.
    """
    element = write(marked(text, spans), classes="hai-reading")
    if on_press:
        press = on_press

        def handle(event: GenericEventArguments) -> object:
            return press(str(event.args))

        element.on("click", handle, js_handler=_PRESS)
    return element


def show_span(span_id: str) -> None:
    """Scroll to a fact's mark and give it the focus."""
    ui.run_javascript(f"haihe.showSpan({json.dumps(span_id)})")
