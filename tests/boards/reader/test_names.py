"""The names of a text: what must hold of any text, and how well they do on the labelled documents."""

from __future__ import annotations

import importlib.util
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haihe.boards.reader.names import names_of
from haihe.boards.reader.records import row_of

WORDS = """
市委 市政府 天津市 科技局 局长 王明 张海涛 欧阳修远 马克·吐温 表示 说 记者 摄 本报 大学 有限公司 集团 研究院
中心 领导小组 京津冀 与 和 等 企业 12条 产业链 人工智能 制造业 产业 工业 领域 国家 中小 大中小 以下简称
、 ， 。 （ ） ( ) “ ” 《 》 : ：
"""
PIECES = [*WORDS.split(), "\n", " ", "\u3000", "\ud800", "\u202e", "\x00", "▶"]
TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(
        st.sampled_from([*PIECES, "\n", " ", "\u3000", "\ud800", "\u202e", "\x00", "▶"]), max_size=60
    ).map("".join),
)


@settings(deadline=None, max_examples=200)
@given(text=TEXTS)
def test_of_any_text_every_name_is_its_exact_words_and_none_overlap(text: str) -> None:
    found = names_of(text)
    for kind in (found.posts, found.organisations, found.industries):
        for record in kind:
            assert record.quote
            assert text[record.start : record.end] == record.quote
            assert row_of(record)["name"]
        assert all(before.end <= after.start for before, after in pairwise(kind))
    assert found == names_of(text)


@pytest.mark.parametrize(
    "run", ["天", "市委", "大中小", "、", "张海涛说", "王·", "产业、", "国家级", "（", "等企业"]
)
def test_a_line_without_an_end_takes_no_longer_than_its_length_asks(run: str) -> None:
    names_of(run * (20_000 // len(run)))


@pytest.fixture(scope="module")
def documents(shared: Path) -> Path:
    return shared / "documents"


@pytest.fixture(scope="module")
def scored(documents: Path) -> Any:
    """The referee's result over the labelled documents."""
    spec = importlib.util.spec_from_file_location("score", documents / "score.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    pairs = []
    for gold in [documents / "press-2023-06.gold.json", *sorted((documents / "pages").glob("*.gold.json"))]:
        found = names_of(gold.with_name(gold.name.replace(".gold.json", ".txt")).read_bytes().decode())
        rows = [row_of(one) for one in (*found.posts, *found.organisations, *found.industries)]
        pairs.append((rows, json.loads(gold.read_bytes())))
    return module.score(pairs)


@pytest.mark.parametrize(("kind", "floor"), [("person", 0.97), ("organisation", 0.96), ("industry", 0.88)])
def test_the_score_on_the_labelled_documents_does_not_fall(kind: str, floor: float, scored: Any) -> None:
    assert scored["kinds"][kind]["exact"]["f1"] >= floor


def test_the_titles_of_the_names_are_right(scored: Any) -> None:
    assert scored["kinds"]["person"]["fields"]["title"]["accuracy"] >= 0.95
