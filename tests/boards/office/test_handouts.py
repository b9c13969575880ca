"""Who is handed what."""

from __future__ import annotations

from datetime import date

import pytest

from haihe.boards.office import Asked, Item, Line, Unit, handouts_of
from haihe.boards.office.handouts import is_collective

ASKED = Asked(1, "样例计划", "2026-11", date(2026, 11, 30))
SCIENCE, TRADE = Unit("市科技局", 7), Unit("市商务局")


def item(node: int, *leads: Unit, finished: bool = False) -> Item:
    return Item(Line(node, {}), leads, finished)


def test_each_lead_unit_is_handed_its_items_and_no_others() -> None:
    handed, orphans = handouts_of(
        [item(1, SCIENCE), item(2, TRADE), item(3, TRADE, SCIENCE), item(4, SCIENCE, finished=True)], ASKED
    )
    assert {each.unit.name: [line.node for line in each.lines] for each in handed} == {
        "市科技局": [1, 3],
        "市商务局": [2, 3],
    }
    assert orphans == ()


def test_two_names_of_one_organisation_are_one_unit() -> None:
    (handed,), _ = handouts_of([item(1, SCIENCE), item(2, Unit("市科学技术局", 7))], ASKED)
    assert [line.node for line in handed.lines] == [1, 2]


def test_items_without_a_desk_to_hand_them_to_are_listed() -> None:
    handed, orphans = handouts_of([item(1), item(2, Unit("各区")), item(3, Unit("各区"), TRADE)], ASKED)
    assert [line.node for each in handed for line in each.lines] == [3]
    assert [(orphan.name, orphan.nodes) for orphan in orphans] == [("", (1,)), ("各区", (2, 3))]


@pytest.mark.parametrize(
    "name", ["各区", "各区人民政府", "有关部门", "市相关单位", "市教委等部门", "市发展改革委等"]
)
def test_a_class_of_units_is_told_from_one_unit(name: str) -> None:
    assert is_collective(Unit(name))
    assert not is_collective(Unit(name, 3))


@pytest.mark.parametrize("name", ["市科技局", "北京市人民政府", "京津冀联合办", "滨海新区政府", "平等社区"])
def test_one_unit_is_no_class(name: str) -> None:
    assert not is_collective(Unit(name))
