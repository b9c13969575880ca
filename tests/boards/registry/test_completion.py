from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from haihe.boards.accounts import OPERATOR, PUBLIC
from haihe.boards.registry.actions import completions, entities, facets, resolve_unit
from haihe.boards.registry.answers import Part, Sought, Upload
from haihe.boards.registry.completion import initials_of, typed_of
from haihe.boards.registry.load_actions import load_file
from haihe.boards.registry.name_actions import names_near
from haihe.boards.registry.names import candidates
from haihe.kit.text import folded
from haihe.store.opening import Store

PLACES = frozenset({"天津市", "天津", "武清区", "武清"})


@settings(max_examples=30, deadline=None)
@given(some.text("天津市武清区大学工业a1 ", min_size=1, max_size=12))
def test_every_name_can_be_typed_whole_and_by_its_initials(name: str) -> None:
    typed = typed_of([name], PLACES)
    if folded(name):
        assert {folded(name), initials_of(folded(name))} <= typed
    assert all(len(word) <= 60 for word in typed)


def test_places_in_front_may_be_left_out() -> None:
    assert {"天津市武清区医院", "武清区医院", "医院", "yy", "tjswqqyy"} <= typed_of(
        ["天津市武清区医院"], PLACES
    )
    assert typed_of(["天津市"], PLACES) == {"天津市", "tjs"}


@pytest.mark.database
def test_what_is_typed_finds_the_shortest_names_first_and_follows_the_table(filled: Store) -> None:
    def found(typed: str) -> list[str]:
        return [one.name for one in completions(filled, PUBLIC, typed)]

    assert found("tjdx")[0] == found("天津大")[0] == found("tjd")[0] == "天津大学"
    assert "天津工业大学" in found("gydx")
    assert found("天大")[0] == found("天津大學")[0] == "天津大学"
    assert "天津市工业和信息化局" in found("市工信局")
    assert "武清区" in found("武清")
    assert "北京东方雨虹防水技术股份有限公司" in found("雨虹")
    assert [found(typed) for typed in ("", "\0", "%", "_", "\\", "';--")] == [[]] * 6
    code = next(one for one in completions(filled, PUBLIC, "泰达") if "泰达" in one.name)
    table = f"stock_code,name\n{code.key.removeprefix('stock:')},滨海蓝鲸股份有限公司\n"
    load_file(filled, OPERATOR, Upload("t.csv", table.encode(), "company"))
    assert [one.id for one in completions(filled, PUBLIC, "bhlj")] == [code.id]


@pytest.mark.database
@pytest.mark.parametrize(
    "typed", ["天津大学", "天津大學", "ＴＪＤＸ", "tjdx", "天津大學（", "天大", "天津 大学"]
)
def test_the_list_filters_by_words_as_search_completes_them(filled: Store, typed: str) -> None:
    found = entities(filled, PUBLIC, Sought(words=typed), Part(100)).rows
    assert "天津大学" in [one.name for one in found]
    assert {one.id for one in completions(filled, PUBLIC, typed)} <= {one.id for one in found}
    assert sum(one.count for one in facets(filled, PUBLIC, Sought(words=typed)).kinds) == len(found)


@pytest.mark.database
def test_a_name_is_looked_up_in_the_database_as_it_is_among_all_names_in_memory(filled: Store) -> None:
    for name, adcode in (("市政府", "120114"), ("天津大学", None), ("北大", None), ("天津港", "120000")):
        held = {one.name for one in resolve_unit(filled, name, adcode)}
        assert held, name
        near, _ = names_near(filled, name)
        assert {one.name for one in candidates(near, name, adcode)} == held
