from __future__ import annotations

from datetime import date

import pytest

from haihe.boards.ledger import Edit, Node, Return, Share
from haihe.boards.ledger.forms import Field, edit_fields, edit_of, return_fields, return_of
from haihe.kit.errors import Invalid

NODE = Node(
    1, 1, 2, (1, 1, 1), "item", "图谱", "编制图谱", "accepted", None,
    shares=(Share("市工信局", "lead"), Share("市数据局", "cooperating")), due_on=date(2026, 6, 30), cites=7,
)  # fmt: skip


def sent(fields: tuple[Field, ...], **changes: str) -> dict[str, str]:
    """What a browser sends of a form as it stands, with some fields changed."""
    return {
        each.name: str(each.options[0][0] if each.options else each.value or "") for each in fields
    } | changes


def test_a_form_sent_as_it_stands_changes_nothing() -> None:
    assert edit_of(NODE, sent(edit_fields(NODE))) == Edit(
        "图谱", "编制图谱", "item", None, date(2026, 6, 30), None, 1.0, 7, ("市工信局",), ("市数据局",)
    )


def test_what_is_written_is_taken() -> None:
    edit = edit_of(
        NODE, sent(edit_fields(NODE), kind="project", weight="2.5", lead="市科技局, 市工信局", due_on="")
    )
    assert (edit.kind, edit.weight, edit.lead, edit.due_on) == (
        "project",
        2.5,
        ("市科技局", "市工信局"),
        None,
    )


def test_only_projects_and_items_may_change_their_kind() -> None:
    task = Node(1, 1, None, (1,), "task", "t", "", "draft", None)
    assert "kind" not in {field.name for field in edit_fields(task)}
    assert edit_of(task, sent(edit_fields(task))).kind == "task"


def test_a_report_is_written_in_per_cent() -> None:
    today = date(2026, 7, 3)
    fields = return_fields(NODE, today)
    assert return_of(sent(fields, progress="70"), today) == Return(
        "2026-07", today, 0.7, "", date(2026, 6, 30)
    )
    assert return_of(sent(fields), today).progress is None


@pytest.mark.parametrize("changes", [{"progress": "七成"}, {"forecast_due_on": "六月"}])
def test_what_is_no_number_or_date_is_refused(changes: dict[str, str]) -> None:
    today = date(2026, 7, 3)
    with pytest.raises(Invalid):
        return_of(sent(return_fields(NODE, today), **changes), today)
