"""Items that name each other across registers: there or refused, seen from both ends."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from openpyxl import load_workbook
from playwright.async_api import Page, expect

from haihe.boards.accounts import OPERATOR, PUBLIC
from haihe.boards.ledger import Edit, actions, link_actions
from haihe.boards.ledger.changes import Book
from haihe.boards.ledger.records import Step
from haihe.kit.errors import Invalid
from haihe.store.opening import Store

pytestmark = pytest.mark.database

NOWHERE = "999999999"


def programme(store: Store, name: str, **values: object) -> tuple[int, int]:
    """A register of one programme with some fields, and the number of the programme."""
    plan = actions.begin_register(store, OPERATOR, name, "programme")
    edit = Edit(name, "", "programme", values=values)  # type: ignore[arg-type]
    return plan, actions.add_node(store, OPERATOR, plan, None, edit)


def test_a_link_leads_to_an_item_that_is_there_and_is_seen_from_both_ends(store: Store) -> None:
    air, clean = programme(store, "样例大气行动")
    _, port = programme(store, "样例港口行动")
    with pytest.raises(Invalid, match=NOWHERE):
        programme(store, "样例能源行动", advances=[NOWHERE])
    assert [plan.name for plan in actions.plans(store, OPERATOR, None, 9).rows] == [
        "样例能源行动", "样例港口行动", "样例大气行动",
    ]  # fmt: skip
    _, energy = programme(store, "样例用能行动", advances=[str(clean), str(port)])
    seen = link_actions.links_at(store, OPERATOR, energy)
    assert [(one.node, one.title, one.plan) for one in seen.names] == [
        (clean, "样例大气行动", "样例大气行动"),
        (port, "样例港口行动", "样例港口行动"),
    ]
    (back,) = link_actions.links_at(store, OPERATOR, clean).named_by
    assert (back.node, back.title, back.field.name) == (energy, "样例用能行动", "advances")
    edit = Edit("样例大气行动", "", "programme")
    for wrong in (str(clean), NOWHERE):
        with pytest.raises(Invalid, match=wrong):
            actions.edit_node(store, OPERATOR, clean, replace(edit, values={"advances": [wrong]}))
    actions.edit_node(store, OPERATOR, clean, replace(edit, values={"advances": [str(energy)]}))
    assert [one.node for one in link_actions.links_at(store, OPERATOR, energy).named_by] == [clean]
    actions.publish(store, OPERATOR, air, published=True)
    public = link_actions.links_at(store, PUBLIC, clean)
    assert (public.names, public.hidden, public.named_by) == ((), 1, ())
    assert link_actions.links_at(store, PUBLIC, energy) == link_actions.links.Links()


def test_a_problem_comes_back_from_an_earlier_one(store: Store) -> None:
    plan = actions.begin_register(store, OPERATOR, "样例问题清单", "problem")
    first, again = (
        actions.add_node(store, OPERATOR, plan, None, Edit(title, "", "problem"))
        for title in ("样例问题", "样例问题又现")
    )
    with pytest.raises(Invalid, match=NOWHERE):
        actions.move_node(
            store, OPERATOR, again, Step("rectifying", values={"measure": "样例", "recurs": NOWHERE})
        )
    step = Step("rectifying", values={"measure": "样例", "recurs": str(first)})
    actions.move_node(store, OPERATOR, again, step)
    assert [one.node for one in link_actions.links_at(store, OPERATOR, first).named_by] == [again]


def test_a_workbook_names_only_what_is_there(store: Store) -> None:
    plan, _ = programme(store, "样例大气行动")
    _, port = programme(store, "样例港口行动")
    book = load_workbook(BytesIO(actions.workbook_of(store, OPERATOR, plan, "zh")))
    page = book.worksheets[0]
    column = [cell.value for cell in page[2]].index("关联推进的事项") + 1
    page.cell(3, column, f"{port}、{NOWHERE}")
    for row, cells in enumerate(
        (["2", "行动", "样例能源"], ["2.1", "里程碑", "样例甲"], ["3", "行动", "样例水"]), 4
    ):
        page.append(cells)
        page.cell(row, column, {4: NOWHERE, 6: port}.get(row))
    content = BytesIO()
    book.save(content)
    taken = actions.import_book(store, OPERATOR, "样例大气行动", Book(content.getvalue(), "programme"))
    assert [(one.row, one.column, one.value) for one in taken.rejects] == [
        (3, "advances", NOWHERE), (4, "advances", NOWHERE), (5, "number", "2.1"),
    ]  # fmt: skip
    titles = {
        one.node.title: one.node.values for one in actions.tree_of(store, OPERATOR, plan, actions.today())
    }
    assert titles == {"样例大气行动": {}, "样例水": {"advances": [str(port)]}}


@pytest.mark.browser
async def test_the_pages_of_both_ends_show_the_link(desk: Page, store: Store) -> None:
    _, port = programme(store, "样例港口行动")
    _, energy = programme(store, "样例用能行动", advances=[str(port)])
    await desk.goto(f"/item/{energy}")
    section = desk.locator("section", has_text="Links to other items")
    await expect(section.get_by_role("link", name="样例港口行动")).to_have_attribute("href", f"/item/{port}")
    await section.get_by_role("link", name="样例港口行动").click()
    await desk.wait_for_url(f"**/item/{port}")
    await expect(desk.get_by_text("Named by")).to_be_visible()
    await expect(section.get_by_role("link", name="样例用能行动")).to_be_visible()
