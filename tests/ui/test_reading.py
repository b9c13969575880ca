from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from haihe.ui.reading import Span, marked

TEXTS = st.text(alphabet="一二3<>&\"' \n\r津a", min_size=1, max_size=40)


class Read(HTMLParser):
    """Each character of the HTML with the facts that are marked on it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.characters: list[tuple[str, frozenset[str]]] = []
        self.depth = 0
        self._now: frozenset[str] = frozenset()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag == "mark"
        assert not self._now, "marks never nest"
        found = dict(attrs)
        self._now = frozenset((found["data-all"] or "").split())
        assert found["data-id"] in self._now

    def handle_endtag(self, tag: str) -> None:
        assert tag == "mark"
        self._now = frozenset()

    def handle_data(self, data: str) -> None:
        self.characters += [(character, self._now) for character in data]

    def handle_entityref(self, name: str) -> None:
        self.handle_data({"lt": "<", "gt": ">", "amp": "&"}[name])

    def handle_charref(self, name: str) -> None:
        self.handle_data(chr(int(name)))


@st.composite
def texts_and_spans(draw: st.DrawFn) -> tuple[str, list[Span]]:
    text = draw(TEXTS)
    ends = st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))
    pairs = draw(st.lists(ends.filter(lambda pair: pair[0] != pair[1]), max_size=8))
    return text, [Span(min(pair), max(pair), f"f{n}", "figure", '"<') for n, pair in enumerate(pairs)]


@given(texts_and_spans())
def test_every_character_carries_exactly_its_facts(case: tuple[str, list[Span]]) -> None:
    text, spans = case
    page = Read()
    page.feed(marked(text, spans))
    page.close()
    expected = [
        (character, frozenset(span.id for span in spans if span.start <= place < span.end))
        for place, character in enumerate(text)
    ]
    assert page.characters == expected


def test_the_shortest_of_overlapping_facts_has_the_click() -> None:
    html = marked("落地74个项目", [Span(0, 7, "whole", "measure"), Span(2, 4, "number", "figure")])
    assert 'data-id="number" data-kind="figure" data-all="whole number"' in html


def test_each_fact_has_at_most_one_anchor() -> None:
    html = marked(
        "一二三四五", [Span(0, 5, "whole", "measure"), Span(1, 2, "a", "figure"), Span(3, 4, "b", "figure")]
    )
    assert html.count('id="span-whole"') == html.count('id="span-a"') == html.count('id="span-b"') == 1
