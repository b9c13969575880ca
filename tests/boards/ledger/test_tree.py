from __future__ import annotations

from dataclasses import replace

import pytest

from haihe.boards.ledger import Node
from haihe.boards.ledger.kinds import kinds
from haihe.boards.ledger.tree import check_citation, check_place, check_reportable, open_drafts, to_accept
from haihe.kit.errors import Conflict, Invalid, NotFound


def node(number: int, parent: int | None, kind: str, state: str = "draft") -> Node:
    return Node(number, 1, parent, (number,), kind, f"n{number}", "", state, None)  # type: ignore[arg-type]


HELD = {1: node(1, None, "aspect"), 2: node(2, 1, "task"), 3: node(3, 2, "item"), 4: node(4, 2, "project")}


@pytest.mark.parametrize(
    ("kind", "parent"), [("aspect", None), ("task", "aspect"), ("item", "task"), ("project", "task")]
)
def test_what_may_stand_where(kind: str, parent: str | None) -> None:
    check_place(kinds()["plan"], kind, parent, [])


@pytest.mark.parametrize(
    ("kind", "parent", "children"),
    [("task", None, []), ("project", "project", []), ("item", "project", []), ("aspect", "task", []),
     ("item", "task", ["project"])],
)  # fmt: skip
def test_what_may_not(kind: str, parent: str | None, children: list[str]) -> None:
    with pytest.raises(Invalid):
        check_place(kinds()["plan"], kind, parent, children)


def test_an_item_cites_a_project_of_its_plan_and_nothing_else() -> None:
    check_citation(HELD[3], HELD[4])
    for citing, cited in ((HELD[4], HELD[3]), (HELD[3], HELD[2]), (HELD[3], replace(HELD[4], plan=2))):
        with pytest.raises(Invalid):
            check_citation(citing, cited)


def test_accepting_an_item_accepts_what_it_stands_under() -> None:
    assert [each.id for each in to_accept(HELD, [3])] == [1, 2, 3]
    part = HELD | {1: node(1, None, "aspect", "accepted")}
    assert [each.id for each in to_accept(part, [3])] == [2, 3]


def test_nothing_under_a_rejected_node_is_accepted() -> None:
    held = HELD | {2: node(2, 1, "task", "rejected")}
    assert open_drafts(held) == [1]
    with pytest.raises(Conflict, match="n3 stands under n2"):
        to_accept(held, [3])
    with pytest.raises(NotFound):
        to_accept(held, [9])


def test_only_what_counts_and_is_no_aspect_is_reported_on() -> None:
    aspect, task = node(1, None, "aspect", "accepted"), node(2, 1, "task", "accepted")
    check_reportable(task, [aspect])
    with pytest.raises(Invalid):
        check_reportable(aspect, [])
    with pytest.raises(Conflict):
        check_reportable(task, [replace(aspect, state="rejected")])
