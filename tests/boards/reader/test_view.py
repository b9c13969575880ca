from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from haihe.boards.reader.records import (
    Assignment,
    Block,
    Cell,
    DateMention,
    Defect,
    Grid,
    Measure,
    MeasureList,
    Reading,
    Span,
)
from haihe.boards.reader.repair import repaired
from haihe.boards.reader.view import View, restored, view_of

TEXTS = st.text("一二好、。|\n \ud800\u202e1", max_size=60)


@st.composite
def cut_texts(draw: st.DrawFn) -> tuple[str, list[tuple[int, int]]]:
    text = draw(TEXTS)
    places = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    return text, list(zip(places[::2], places[1::2], strict=False))


def spans(value: Any) -> Iterator[Span]:
    """A record and every span within it."""
    if isinstance(value, tuple):
        for one in value:
            yield from spans(one)
    elif isinstance(value, Span):
        yield value
        for each in fields(value):
            yield from spans(getattr(value, each.name))


def everything(reading: Reading) -> list[Span]:
    return [span for each in fields(reading) for span in spans(getattr(reading, each.name))]


def piece(view: View, start: int, end: int) -> Span:
    return Span(start, end, view.text[start:end])


@given(cut=cut_texts())
def test_every_span_of_a_view_leads_back_to_its_own_characters(
    cut: tuple[str, list[tuple[int, int]]],
) -> None:
    text, left_out = cut
    view = view_of(text, left_out)
    kept = [at for at in range(len(text)) if not any(start <= at < end for start, end in left_out)]
    assert view.text == "".join(text[at] for at in kept)
    for start in range(len(kept)):
        for end in range(start + 1, len(kept) + 1):
            assert view.span(start, end) == (kept[start], kept[end - 1] + 1)
    for place in range(len(kept) + 1):
        start, end = view.span(place, place)
        assert start == end
        assert 0 <= start <= len(text)


def test_a_record_of_every_shape_comes_back_with_what_was_left_out_within_it() -> None:
    original = "扎实做\n\n做好工作，（市发\n改委），2025\n年底"
    view = view_of(original, [(3, 6), (13, 14), (22, 23)])
    assert view.text == "扎实做好工作，（市发改委），2025年底"
    unit, due, title = piece(view, 8, 12), piece(view, 14, 20), piece(view, 2, 6)
    measure = Measure(0, 20, view.text, 1, 1, None, title, 0, None)
    listing = MeasureList(0, 20, view.text, title, 1, None, (measure,))
    assignment = Assignment(7, 13, view.text[7:13], 0, 3, ("市发改委",), (), False, (unit,), None, due)
    grid = Grid(0, 6, view.text[:6], (Cell(2, 4, "做好", 0, 0), Cell(6, 6, "", 0, 1)), 0)
    day = DateMention(14, 20, due.quote, "2025-12-31", "year", repeats=14)
    defect = Defect(0, 4, view.text[:4], "caption", ((3, 4),))
    block = Block(0, 20, view.text, "paragraph", 1)
    reading = Reading(
        (block,), (listing,), (measure,), (), (day,), (), (grid,), (assignment,), defects=(defect,)
    )
    found = restored(reading, view, original)
    assert all(original[span.start : span.end] == span.quote for span in everything(found))
    assert found.lists[0].measures == found.measures
    assert found.measures[0].title.quote == "做\n\n做好工作"
    assert found.assignments[0].units[0].quote == "市发\n改委"
    assert original[found.assignments[0].task_start] == "好"
    assert found.dates[0].quote == "2025\n年底"
    assert found.dates[0].repeats == found.dates[0].start
    assert found.defects[0].left_out == ((6, 7),)
    assert (found.measures[0].ordinal, found.assignments[0].lead, found.dates[0].iso) == (
        1,
        ("市发改委",),
        "2025-12-31",
    )


def test_a_text_without_damage_is_its_own_view() -> None:
    text = "第一段完整。\n第二段完整。"
    view = repaired(text)
    reading = Reading((Block(0, 6, text[:6], "paragraph", 1),), (), (), (), (), ())
    assert view.text == text
    assert restored(reading, view, text) is reading


def test_a_reading_comes_back_with_the_repairs_of_its_view() -> None:
    text = "会议召开。会议要求，与会单位共同启\n\n动科技兴警三年行动计划。"
    view = repaired(text)
    found = restored(Reading((), (), (), (), (), ()), view, text)
    assert [defect.quote for defect in found.defects] == ["，与会单位共同启\n\n动科技兴警三年行"]
