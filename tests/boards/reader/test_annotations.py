"""Facts as web annotations and as a table, checked against the recommendation's own terms."""

from __future__ import annotations

import json
import random
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from haihe.boards.reader import Gazetteer, figures_of, reading_of, row_of
from haihe.boards.reader.annotations import COLUMNS, annotations_of, fact_cells, fact_row
from haihe.boards.reader.documents import Fact, facts_in

SCHEMA = Path(__file__).parents[3] / "docs/formats/annotation.schema.json"
TEXT = "\ufeff一季度，天津市引进项目74个，总投资502亿元，同比增长3.5%。😀二季度引进74个。"


@pytest.fixture(scope="module")
def checked() -> Draft202012Validator:
    return Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def test_annotations_are_as_the_recommendation_says(
    shared: Path, gazetteer: Gazetteer, checked: Draft202012Validator
) -> None:
    text = (shared / "documents/press-2023-06.txt").read_bytes().decode()
    rows = [row_of(fact) for fact in facts_in(reading_of(text, dated=None, gazetteer=gazetteer))]
    for url in (None, "https://example.org/a?b=1"):
        said = json.loads(json.dumps(annotations_of(text, rows, url, "情况")))
        checked.validate(said)
        assert said["total"] == len(said["first"]["items"]) == len(rows) > 100
        assert len({item["id"] for item in said["first"]["items"]}) == len(rows)
        assert {item["target"]["source"] == url for item in said["first"]["items"]} == {url is not None}


@pytest.mark.parametrize("broken", ["total", "first", "@context"])
def test_the_schema_sees_what_is_missing(broken: str, checked: Draft202012Validator) -> None:
    said = annotations_of(TEXT, [row_of(one) for one in figures_of(TEXT)])
    assert checked.is_valid(said)
    del said[broken]
    assert not checked.is_valid(said)


@given(seed=st.integers(0, 2**32), words=st.text(min_size=1, max_size=120))
def test_both_selectors_of_a_target_find_the_same_words(seed: int, words: str) -> None:
    chance = random.Random(seed)
    start = chance.randrange(len(words))
    end = chance.randint(start + 1, len(words))
    row = {"kind": "figure", "start": start, "end": end, "quote": words[start:end]}
    (item,) = annotations_of(words, [row])["first"]["items"]
    position, quote = item["target"]["selector"]
    assert words[position["start"] : position["end"]] == quote["exact"]
    whole = quote["prefix"] + quote["exact"] + quote["suffix"]
    assert words[start - len(quote["prefix"]) :].startswith(whole)
    assert len(quote["prefix"]) == min(start, 32)
    assert len(quote["suffix"]) == min(len(words) - end, 32)


def fact(state: str, quote: str = "74个") -> Fact:
    start = TEXT.index(quote)
    return Fact(
        5,
        2,
        "figure",
        start,
        start + len(quote),
        quote,
        {"value": 74, "unit": "个"},
        "a" * 24,
        state,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("state", ["found", "accepted", "corrected", "added"])
def test_what_somebody_decided_is_told(state: str, checked: Draft202012Validator) -> None:
    said = annotations_of(TEXT, [fact_row(fact(state))])
    checked.validate(said)
    (item,) = said["first"]["items"]
    assert [body["value"] for body in item["body"] if body["purpose"] == "assessing"] == [state] * (
        state != "found"
    )
    assert ("creator" in item) == (state != "added")
    (described,) = [json.loads(body["value"]) for body in item["body"] if body["purpose"] == "describing"]
    assert described == {"value": 74, "unit": "个"}


def test_a_rejected_fact_is_no_annotation() -> None:
    assert annotations_of(TEXT, [fact_row(fact("rejected"))])["total"] == 0


def test_a_table_has_a_column_for_whatever_a_row_says(shared: Path, gazetteer: Gazetteer) -> None:
    text = (shared / "documents/press-2023-06.txt").read_bytes().decode()
    rows = [row_of(fact) for fact in facts_in(reading_of(text, dated=None, gazetteer=gazetteer))]
    assert {row["kind"] for row in rows} >= {"figure", "date", "place", "task"}
    for row, cells in zip(rows, fact_cells(rows), strict=True):
        assert row.keys() <= set(COLUMNS)
        told = dict(zip(COLUMNS, cells, strict=True))
        assert told["quote"] == row["quote"]
        assert (
            json.loads(told["members"]) == row["members"]
            if row["kind"] == "place"
            else told["members"] is None
        )  # type: ignore[arg-type]


def test_columns_are_named_once() -> None:
    assert len(COLUMNS) == len(set(COLUMNS))
    assert {each.name for each in fields(Fact)} & set(COLUMNS) == {"kind", "start", "end", "quote", "state"}
