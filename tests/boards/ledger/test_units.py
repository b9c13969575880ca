from __future__ import annotations

import json
from pathlib import Path

import pytest

from haihe.boards.ledger import shares_of
from haihe.boards.ledger.units import first_leads


@pytest.mark.parametrize(
    ("text", "lead", "cooperating"),
    [
        ("推进（责任部门：市科委、市经济信息化委）", ["市科委", "市经济信息化委"], []),
        (
            "办会。（牵头单位：市留交办，配合单位：各有关单位，各区、县级市）",
            ["市留交办"],
            ["各有关单位", "各区", "县级市"],
        ),
        ("合作（市交通运输委牵头，天津港集团、市商务局配合）", ["市交通运输委"], ["天津港集团", "市商务局"]),
        ("改革（市发展改革委、市财政局按职责分工负责）。", ["市发展改革委", "市财政局"], []),
        ("攻关（科技部、农业农村部等负责）", ["科技部", "农业农村部"], []),
        ("图谱（责任单位：市工信局；完成时限：2026年6月底前）", ["市工信局"], []),
        ("建设智算中心（二期）", [], []),
        ("支持创新（鼓励企业参与）", [], []),
        ("没有括号", [], []),
    ],
)
def test_units_are_read_from_the_closing_bracket(text: str, lead: list[str], cooperating: list[str]) -> None:
    shares = shares_of(text)
    assert [share.name for share in shares if share.role == "lead"] == lead
    assert [share.name for share in shares if share.role == "cooperating"] == cooperating
    assert all(share.entity is None for share in shares)


def test_a_unit_named_twice_has_one_part() -> None:
    shares = shares_of("（牵头单位：市科技局，配合单位：市科技局、市教育局）")
    assert [(each.name, each.role) for each in shares] == [("市科技局", "lead"), ("市教育局", "cooperating")]


@pytest.mark.parametrize("name", ["gz-talent", "sh-bci", "gwy-nongji"])
def test_published_plans_are_read_as_annotated(shared: Path, name: str) -> None:
    """The gold files give each measure's bracket and its units; nine in ten must come out whole."""
    folder = shared / "documents/plans"
    text = (folder / f"{name}.txt").read_bytes().decode()
    gold = json.loads((folder / f"{name}.gold.json").read_text("utf-8"))["assignments"]
    first = first_leads(text)
    right = 0
    for row in gold:
        shares = shares_of(text[row["task_start"] : row["end"]], first_leads=first)
        parts = ({each.name for each in shares if each.role == role} for role in ("lead", "cooperating"))
        right += [*parts] == [set(row["lead"]), set(row["cooperate"])]
    assert right >= 0.9 * len(gold), f"{right} of {len(gold)}"
