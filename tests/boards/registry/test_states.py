from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from haihe.boards.registry import Identifier, Name, Organisation, Pack, Place
from haihe.boards.registry.states import State, after, place_rows, state_of
from haihe.kit.source import Source

values = st.sampled_from(["a", "b", "c"])
bodies = st.builds(
    Organisation,
    st.just("company"),
    values,
    st.lists(st.builds(Identifier, st.sampled_from(["stock", "uscc"]), values), min_size=1, max_size=2).map(
        tuple
    ),
    st.builds(Source, st.just("row"), quote=values),
    st.none() | values,
    st.lists(st.builds(Name, values, st.sampled_from(["short", "former"])), max_size=2).map(tuple),
    st.dictionaries(st.sampled_from(["industry", "note"]), values),
)
packs = st.sampled_from(["p", None])
rows = st.builds(state_of, bodies, packs)
histories = st.lists(rows, min_size=1, max_size=6)


def told(history: list[State]) -> State:
    state = history[0]
    for row in history[1:]:
        state = after(state, row)
    return state


@given(histories)
def test_a_row_that_is_said_again_changes_nothing(history: list[State]) -> None:
    state = told(history)
    assert after(state, history[-1]) is state


@given(histories, rows)
def test_a_pack_never_overwrites_what_a_person_wrote(history: list[State], row: State) -> None:
    state = told(history)
    written_by_a_person = any(one.columns["pack"] is None for one in history)
    assert (state.columns["pack"] is None) == written_by_a_person
    if written_by_a_person and row.columns["pack"]:
        assert after(state, row) is state


@given(histories)
def test_every_value_has_the_source_of_the_row_that_said_it(history: list[State]) -> None:
    said = [
        (name, value, row.columns["source_id"])
        for row in history
        for name, value in [*row.columns["properties"].items(), ("adcode", row.columns["adcode"])]
    ]
    columns = told(history).columns
    for name, value in [*columns["properties"].items(), ("adcode", columns["adcode"])]:
        assert (name, value, columns["sources"].get(name, columns["source_id"])) in said


@given(rows, bodies)
def test_a_person_replaces_what_the_row_fills_and_leaves_the_rest(before: State, body: Organisation) -> None:
    now = after(before, state_of(body, None)).columns
    assert now["name"] == body.name
    assert now["adcode"] == (body.adcode or before.columns["adcode"])
    assert now["properties"] == {**before.columns["properties"], **body.properties}


@given(histories)
def test_an_identifier_once_given_is_kept(history: list[State]) -> None:
    heard = [row for row in history if row.columns["pack"] is None] or history
    assert told(history).identifiers.keys() >= {one for row in heard for one in row.identifiers}


def test_a_place_lies_in_all_above_it_and_in_its_unions(jingjinji: Pack) -> None:
    rows = {row["adcode"]: row for row in place_rows(jingjinji.places)}
    assert set(rows["130629"]["within"]) == {"130629", "130600", "130000", "133100", "990000"}
    assert set(rows["120114"]["within"]) == {"120114", "120000", "990000"}
    known: set[str] = set()
    for adcode, row in rows.items():
        assert row["parent"] is None or row["parent"] in known
        known.add(adcode)


def test_places_in_any_order_give_parents_first(jingjinji: Pack) -> None:
    backwards: list[Place] = [replace(place) for place in reversed(jingjinji.places)]
    assert {str(row) for row in place_rows(backwards)} == {str(row) for row in place_rows(jingjinji.places)}
