"""The picture of ties: what it must never do, on random ties, and what a press on it does."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from playwright.async_api import Page, expect

from haihe.boards.accounts import OPERATOR, PUBLIC
from haihe.boards.registry import actions
from haihe.boards.registry.load_actions import load_pack
from haihe.boards.registry.stars import NARROW, WIDE, Label, Size, Spoke, Star, star
from haihe.store.opening import Store

Box = tuple[float, float, float, float]

NAMES = some.text("京津冀协同发展天大学院AI (）", min_size=1, max_size=24).map(
    lambda one: f"津{one.strip()}院"
)
SPOKES = some.builds(
    Spoke, some.integers(1, 99), NAMES, some.sampled_from(["agency", "port"]), some.booleans()
)
GROUPS = some.dictionaries(
    some.sampled_from(["下级单位", "成员单位", "依托其建设的单位", "Partner", "Body it is a member of"]),
    some.lists(SPOKES, min_size=1, max_size=30),
    min_size=1,
)


def box(label: Label, size: Size) -> Box:
    """The ground that a label covers: left, top, right, bottom."""
    wide = max(sum(1 if ord(one) > 0x2E7F else 0.6 for one in line) for line in label.lines) * size.letters
    high = size.letters * 1.3
    left = label.x - wide if label.left else label.x
    return left, label.y - high / 2, left + wide, label.y + (len(label.lines) - 0.5) * high


def overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] + 1 < other[3] and other[1] + 1 < one[3]


def crosses(line: tuple[tuple[float, float], tuple[float, float]], ground: Box) -> bool:
    """Whether a line enters a box, walked in small steps."""
    (x1, y1), (x2, y2) = line
    steps = ((x1 + (x2 - x1) * part / 200, y1 + (y2 - y1) * part / 200) for part in range(201))
    return any(ground[0] < x < ground[2] and ground[1] < y < ground[3] for x, y in steps)


@settings(max_examples=30)
@given(GROUPS, some.sampled_from([WIDE, NARROW]))
def test_every_name_is_whole_and_nothing_lies_over_anything(
    groups: dict[str, list[Spoke]], size: Size
) -> None:
    drawn = star("京津冀协同发展联合工作办公室", groups, size)
    labels = [*(ray.label for ray in drawn.rays), *drawn.headings]
    for ray in drawn.rays:
        assert "".join(ray.label.lines).replace(" ", "") == ray.spoke.name.replace(" ", "")
    boxes = [box(one, size) for one in labels]
    assert not [pair for pair in combinations(boxes, 2) if overlap(*pair)]
    assert not [one for one in boxes for ray in drawn.rays if crosses(ray.line, one)]
    assert all(one[1] >= 0 and one[3] <= drawn.height for one in boxes)
    assert all(one[0] >= 0 and one[2] <= size.width for one in boxes)
    assert counted(drawn) == sum(map(len, groups.values()))
    assert len(drawn.rays) <= size.most
    assert {ray.group for ray in drawn.rays} == groups.keys()


def counted(drawn: Star) -> int:
    return len(drawn.rays) + sum(count for _, count in drawn.more)


@pytest.mark.database
@pytest.mark.browser
async def test_a_press_and_the_keyboard_open_the_neighbour(store: Store, desk: Page) -> None:
    load_pack(store, OPERATOR, "sample", lambda _: None)
    middle = actions.completions(store, PUBLIC, "样例市人民政府")[0]
    tie = actions.entity_at(store, PUBLIC, middle.id).links[0]
    await desk.goto(f"/entity/{middle.id}")
    await desk.wait_for_function("window.did_handshake === true")
    drawn = desk.locator(".hai-star svg[data-size=wide]")
    await expect(drawn.locator(".hai-middle")).to_have_text(middle.name)
    await drawn.get_by_role("link", name=tie.name).click()
    await expect(desk).to_have_url(f"/entity/{tie.id}")
    await desk.wait_for_function("window.did_handshake === true")
    await drawn.get_by_role("link", name=middle.name).focus()
    await desk.keyboard.press("Enter")
    await expect(desk).to_have_url(f"/entity/{middle.id}")
    await desk.set_viewport_size({"width": 390, "height": 800})
    await expect(desk.locator(".hai-star svg[data-size=narrow]")).to_be_visible()
    await expect(drawn).to_be_hidden()
