from __future__ import annotations

from collections.abc import Iterator

import pytest

from haihe.ui.slots import Entry, draw, empty, fill, filled


@pytest.fixture(autouse=True)
def _afresh() -> Iterator[None]:
    empty()
    yield
    empty()


async def test_functions_are_called_in_order_with_the_id() -> None:
    drawn: list[tuple[str, str]] = []

    async def second(item_id: str) -> None:
        drawn.append(("second", item_id))

    fill("item", second, order=20)
    fill("item", lambda item_id: drawn.append(("third", item_id)), order=20)
    fill("item", lambda item_id: drawn.append(("first", item_id)), order=10)
    await draw("item", "7")
    assert drawn == [("first", "7"), ("second", "7"), ("third", "7")]


def test_a_slot_that_nobody_fills_is_empty() -> None:
    assert filled("entity") == ()


def test_nav_takes_entries_and_no_other_slot_does() -> None:
    entry = Entry("Plans", "/plans", "checklist")
    fill("nav", entry)
    assert filled("nav") == (entry,)
    with pytest.raises(AssertionError):
        fill("home", entry)
    with pytest.raises(AssertionError):
        fill("nav", print)


def test_the_same_function_is_not_drawn_twice() -> None:
    fill("home", print)
    with pytest.raises(AssertionError, match="already"):
        fill("home", print)
