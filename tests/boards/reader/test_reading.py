"""The reading as a whole: what must hold of any text, and how well it does on the labelled documents."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from haihe.boards.reader import Gazetteer, Reading, Span, reading_of, row_of

WORDS = """
一是 二是 三是 首先 其次 最后 一、 二、 （一） （二） 1. 2. ① 第一条 第二， 在人才方面， 措施
天津 京津冀 武清区 雄安 北京大学 在津 津兴城际 2023年 6月 31日 今年 “十四五” 一季度
502亿元 3.5% 1—2家 近百 第99名 千亿级 6.2∶35.7 同比增长 百分之 “六个重点”
： 。 ； ， 、 ？ 《 》 ”
"""
PIECES = [*WORDS.split(), "\n", "\r\n", "\n\n", " ", "\u3000", "\ufeff", "\ud800", "\u202e", "\x00"]
TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(PIECES), max_size=60).map("".join),
    st.text("一二三是、。1（）年月%万", max_size=80),
)
DAYS = st.none() | st.dates(date(1900, 1, 1))


def records(found: Reading) -> Iterator[Span]:
    yield from (*found.blocks, *found.lists, *found.measures, *found.figures, *found.dates, *found.places)
    yield from (measure.title for measure in found.measures)
    yield from (listing.lead for listing in found.lists if listing.lead)


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS, dated=DAYS)
def test_of_any_text_every_record_is_its_exact_words(
    text: str, dated: date | None, gazetteer: Gazetteer
) -> None:
    found = reading_of(text, dated=dated, gazetteer=gazetteer)
    for record in records(found):
        assert 0 <= record.start <= record.end <= len(text)
        assert text[record.start : record.end] == record.quote
    for record in (*found.blocks, *found.measures, *found.figures, *found.dates, *found.places):
        assert record.quote
        assert json.loads(json.dumps(row_of(record)))["kind"]
    assert found == reading_of(text, dated=dated, gazetteer=gazetteer)


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS)
def test_of_any_text_measures_nest_and_facts_do_not_overlap(text: str, gazetteer: Gazetteer) -> None:
    found = reading_of(text, dated=None, gazetteer=gazetteer)
    for kind in (found.figures, found.dates, found.places):
        assert all(before.end <= after.start for before, after in pairwise(kind))
    reached: list[int] = []
    for measure in found.measures:
        while reached and reached[-1] <= measure.start:
            reached.pop()
        assert not reached or measure.end <= reached[-1]
        reached.append(measure.end)
        parent = None if measure.parent is None else found.measures[measure.parent]
        assert measure.level == parent.level + 1 if parent else measure.level > 0
        assert parent is None or parent.start <= measure.start
        assert measure in found.lists[measure.listing].measures


def test_a_text_three_times_over_says_everything_three_times(shared: Path, gazetteer: Gazetteer) -> None:
    text = (shared / "documents/press-2023-06.txt").read_bytes().decode() + "\n\n"
    once = reading_of(text, dated=None, gazetteer=gazetteer)
    often = reading_of(text * 3, dated=None, gazetteer=gazetteer)
    assert len(often.figures) == 3 * len(once.figures)
    assert len(often.measures) == 3 * len(once.measures)


@pytest.fixture(scope="module")
def documents(shared: Path) -> Path:
    return shared / "documents"


@pytest.fixture(scope="module")
def score(documents: Path) -> Callable[..., Any]:
    """The referee of the labelled documents."""
    spec = importlib.util.spec_from_file_location("score", documents / "score.py")
    assert spec is not None
    assert spec.loader is not None
    referee = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(referee)
    return referee.score  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def scored(documents: Path, score: Callable[..., Any], gazetteer: Gazetteer) -> Any:
    """The pooled score of the newspaper page and the pages."""
    pairs = []
    for gold in [documents / "press-2023-06.gold.json", *sorted((documents / "pages").glob("*.gold.json"))]:
        text = gold.with_name(gold.name.replace(".gold.json", ".txt")).read_bytes().decode()
        found = reading_of(text, dated=None, gazetteer=gazetteer)
        facts = (*found.figures, *found.dates, *found.places, *found.measures)
        pairs.append(([row_of(fact) for fact in facts], json.loads(gold.read_bytes())))
    return score(pairs)


@pytest.mark.parametrize(
    ("kind", "floor"), [("figure", 0.98), ("date", 0.98), ("task", 0.98), ("place", 0.97)]
)
def test_the_score_on_the_labelled_documents_does_not_fall(kind: str, floor: float, scored: Any) -> None:
    assert scored["kinds"][kind]["exact"]["f1"] >= floor


@pytest.mark.parametrize(
    ("kind", "field"),
    [("figure", name) for name in ("value", "unit", "qualifier", "change")] + [("place", "adcode")],
)
def test_the_fields_of_what_was_found_are_right(kind: str, field: str, scored: Any) -> None:
    assert scored["kinds"][kind]["fields"][field]["accuracy"] >= 0.97


def test_no_trap_comes_out_as_a_figure(scored: Any) -> None:
    assert scored["figures_on_numeral_terms"] == 0
