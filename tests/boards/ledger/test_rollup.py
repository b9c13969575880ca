from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from haihe.boards.ledger import Node, Report, Share, Tag, rule_on, standings, tally
from haihe.boards.ledger.money import Money
from haihe.boards.ledger.rollup import is_rolled_up, reviewed, stood
from haihe.boards.ledger.tree import accepted, children_of

ON = date(2026, 7, 1)
RULE = rule_on(ON)
KINDS = ("aspect", "task", "item")


def node(number: int, path: tuple[int, ...], parent: int | None, **values: object) -> Node:
    known = {
        "kind": KINDS[len(path) - 1],
        "title": f"n{number}",
        "text": "",
        "state": "accepted",
        "source_id": None,
    }
    return Node(id=number, plan=1, parent=parent, path=path, **(known | values))  # type: ignore[arg-type]


def report(number: int, progress: float | None) -> Report:
    return Report(
        number,
        number,
        "2026-06",
        progress,
        "",
        None,
        date(2026, 6, 30),
        datetime(2026, 6, 30, tzinfo=UTC),
        "a",
    )


@st.composite
def trees(draw: st.DrawFn) -> list[Node]:
    """Trees of up to three levels with some reports, due dates, weights and states."""
    nodes: list[Node] = []

    def grow(parent: Node | None, depth: int) -> None:
        for position in range(1, draw(st.integers(0, 3)) + 1):
            path = (*(parent.path if parent else ()), position)
            number = len(nodes) + 1
            share = draw(st.none() | st.floats(0, 1))
            nodes.append(
                node(
                    number,
                    path,
                    parent.id if parent else None,
                    state=draw(st.sampled_from(["accepted", "accepted", "draft", "rejected"])),
                    due_on=draw(st.none() | st.dates(date(2026, 1, 1), date(2026, 12, 31))),
                    weight=draw(st.floats(0.1, 10)),
                    report=None if share is None else report(number, share),
                )
            )
            if depth < 2:
                grow(nodes[number - 1], depth + 1)

    grow(None, 0)
    return nodes


@given(trees())
def test_what_counts_is_accepted_all_the_way_up(nodes: list[Node]) -> None:
    by_id = {each.id: each for each in nodes}

    def counts(each: Node) -> bool:
        return each.state == "accepted" and (each.parent is None or counts(by_id[each.parent]))

    assert {each.id for each in accepted(nodes)} == {each.id for each in nodes if counts(each)}


@given(trees())
def test_every_promise_is_counted_once_at_each_level_above_it(nodes: list[Node]) -> None:
    kept = accepted(nodes)
    found = standings(kept, ON, RULE)
    under = children_of(kept)

    def promises(each: Node) -> list[Node]:
        own = [each] if each.kind != "aspect" and (each.id not in under or each.due_on) else []
        return own + [one for child in under.get(each.id, []) for one in promises(child)]

    for each in kept:
        inside = promises(each)
        standing = found[each.id]
        assert standing.promises == len(inside) == sum(standing.counts.values())
        assert standing.reported == sum(one.report is not None for one in inside)
        assert standing.counts == Counter(found[one.id].light.state for one in inside)


@given(trees())
def test_progress_lies_between_the_least_and_the_most_below(nodes: list[Node]) -> None:
    kept = accepted(nodes)
    found = standings(kept, ON, RULE)
    under = children_of(kept)
    for each in kept:
        below = [found[child.id].progress for child in under.get(each.id, ())]
        known = [progress for progress in below if progress is not None]
        if each.report is None and known:
            progress = found[each.id].progress
            assert progress is not None
            assert min(known) - 1e-9 <= progress <= max(known) + 1e-9
        elif each.report is None:
            assert found[each.id].progress is None


def test_progress_is_weighted_and_unknown_is_not_zero() -> None:
    nodes = [
        node(1, (1,), None),
        node(2, (1, 1), 1, weight=3.0, report=report(2, 1.0)),
        node(3, (1, 2), 1, weight=1.0, report=report(3, 0.2)),
        node(4, (1, 3), 1, weight=9.0),
    ]
    aspect = standings(nodes, ON, RULE)[1]
    assert aspect.progress == (3 * 1.0 + 1 * 0.2) / 4
    assert (aspect.promises, aspect.reported) == (3, 2)


def test_the_worst_light_below_is_shown_above() -> None:
    nodes = [
        node(1, (1,), None),
        node(2, (1, 1), 1, due_on=date(2027, 1, 1), report=report(2, 0.5)),
        node(3, (1, 2), 1, due_on=date(2026, 6, 1)),
    ]
    found = standings(nodes, ON, RULE)
    assert found[1].light == found[3].light
    assert found[1].light.state == "overdue"


def test_a_task_with_a_day_of_its_own_is_a_promise_beside_its_items() -> None:
    nodes = [
        node(1, (1,), None),
        node(2, (1, 1), 1, due_on=date(2026, 6, 1)),
        node(3, (1, 1, 1), 2, due_on=date(2027, 6, 1), report=report(3, 1.0)),
    ]
    found = standings(nodes, ON, RULE)
    assert found[2].light.state == "on_track"
    assert found[1].promises == 2


def test_money_is_summed_once_with_how_many_gave_it() -> None:
    """An item that cites a project, even under another aspect, adds nothing to what the project gives."""
    nodes = [
        node(1, (1,), None),
        node(2, (1, 1), 1),
        node(3, (1, 1, 1), 2, kind="project", values={"investment_fen": 700}),
        node(4, (1, 1, 2), 2, kind="project"),
        node(5, (1, 1, 3), 2, cites=3),
        node(6, (1, 2), 1, kind="project", values={"investment_fen": 50}),
        node(7, (2,), None),
        node(8, (2, 1), 7, kind="item", cites=3),
    ]
    found = standings(nodes, ON, RULE)
    assert found[2].money == {"investment_fen": Money(700, 1, 2)}
    assert found[1].money == {"investment_fen": Money(750, 2, 3)}
    assert not found[7].money
    assert not found[5].money


def test_progress_says_whether_it_is_that_of_what_stands_below() -> None:
    nodes = [node(1, (1,), None), node(2, (1, 1), 1, report=report(2, 0.5)), node(3, (1, 2), 1)]
    found = standings(nodes, ON, RULE)
    assert (is_rolled_up(found[1]), found[1].progress, found[1].reported, found[1].promises) == (
        True,
        0.5,
        1,
        2,
    )
    assert not is_rolled_up(found[2])
    own = standings([replace(nodes[0], report=report(1, 0.2)), *nodes[1:]], ON, RULE)[1]
    assert (is_rolled_up(own), own.progress) == (False, 0.2)


def test_a_tally_counts_by_any_key() -> None:
    nodes = [
        node(1, (1,), None),
        node(
            2,
            (1, 1),
            1,
            shares=(Share("市科技局", "lead"), Share("市教育局", "cooperating")),
            tags=(Tag("f", "t", True),),
        ),
        node(3, (1, 2), 1, due_on=date(2026, 6, 1), shares=(Share("市科技局", "lead"),)),
    ]
    counted = tally(standings(nodes, ON, RULE).values(), lambda each: each.named("lead"))
    assert counted == {"市科技局": Counter({"unknown": 1, "overdue": 1})}


def test_a_review_shows_why_a_node_does_not_count() -> None:
    nodes = [node(1, (1,), None, state="rejected"), node(2, (1, 1), 1), node(3, (2,), None, state="draft")]
    shown = reviewed(nodes, standings(accepted(nodes), ON, RULE))
    assert [standing.light.reason for standing in shown.values()] == [
        "It was rejected and counts nowhere.",
        "What it stands under is not accepted, so it counts nowhere.",
        "It is a draft and counts nowhere until it is accepted.",
    ]
    assert [standing.children for standing in shown.values()] == [1, 0, 0]
    assert all(standing.promises == 0 for standing in shown.values())


@given(trees(), st.data())
def test_what_stays_of_an_earlier_edition_is_what_would_be_worked_out_anew(
    nodes: list[Node], data: st.DataObject
) -> None:
    before = stood(nodes, ON)
    after = []
    for one in nodes:
        deed = data.draw(st.sampled_from(["nothing", "nothing", "report", "state", "due"]))
        if deed == "report":
            after.append(replace(one, report=report(one.id, data.draw(st.floats(0, 1)))))
        elif deed == "state":
            after.append(replace(one, state="accepted" if one.state == "draft" else "draft"))
        elif deed == "due":
            after.append(replace(one, due_on=data.draw(st.none() | st.just(date(2026, 5, 1)))))
        else:
            after.append(replace(one))
    assert stood(after, ON, before) == stood(after, ON)
    again = stood([replace(one) for one in nodes], ON, before)
    assert all(again.standings[number] is one for number, one in before.standings.items())
