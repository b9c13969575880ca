"""What a workbook may change in a register is what its pages may, and what nobody changed is no change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from haihe.boards.accounts import OPERATOR, Asker, Grant
from haihe.boards.ledger import Edit, Node, Return, actions
from haihe.boards.ledger import supervision_actions as supervision
from haihe.boards.ledger.changes import Book, Imported
from haihe.boards.ledger.records import Step
from haihe.boards.ledger.rows import Taken, taken_of
from haihe.boards.ledger.supervision import Wish, Wording
from haihe.kit.errors import Conflict, Invalid, NotFound
from haihe.kit.words import explain
from haihe.store.opening import Store

pytestmark = pytest.mark.database

ON = actions.today()
DRAFTER, REVIEWER = (
    Asker(name, (Grant("supervisor"),), number) for number, name in enumerate(("甲", "乙"), 1)
)


def at(store: Store, node: int) -> Node:
    return actions.node_at(store, OPERATOR, node, ON).standing.node


def sheet(content: bytes, cells: Mapping[tuple[str, str], object], *more: Mapping[str, object]) -> bytes:
    """A workbook in which cells, by number of line and header, say something else; and more."""
    book = load_workbook(BytesIO(content))
    page = book.worksheets[0]
    assert isinstance(page, Worksheet)
    head = {str(cell.value): place for place, cell in enumerate(page[2], 1)}
    rows = {str(page.cell(row, 1).value): row for row in range(3, page.max_row + 1)}
    for (number, column), value in cells.items():
        page.cell(rows[number], head[column]).value = value  # type: ignore[assignment]
    for line in more:
        page.append({head[column]: value for column, value in line.items()})
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def taken(store: Store, plan: int, content: bytes, *, dry_run: bool = False) -> Imported:
    held = actions.plan_at(store, OPERATOR, plan)
    return actions.import_book(store, DRAFTER, held.name, Book(content, held.kind), dry_run=dry_run)


def refused(found: Imported) -> list[tuple[str, str, str]]:
    told: Taken = taken_of(found, "zh")
    return [(one.column, one.value, one.reason[:6]) for one in told.rejects]


def test_no_workbook_signs_answers_or_closes_what_is_supervised(store: Store) -> None:
    wording = Wording("报送总结", "请报送年度总结。", ("样例市科技局",), workdays=5)
    order = supervision.draft(store, DRAFTER, wording)
    plan = at(store, order).plan
    supervision.act(store, REVIEWER, order, Wish("approve"))
    supervision.act(store, DRAFTER, order, Wish("issue"))
    before = supervision.order_at(store, DRAFTER, order, "zh")
    content = actions.workbook_of(store, DRAFTER, plan, "zh")
    done = {(number, "阶段"): "办结" for number in ("1", "1.1")} | {("1.1", "办理情况"): "已办。"}
    late = {("1.1", "完成时限"): date(2030, 1, 1), ("1", "标题"): "另一件事"}
    more = {"编号": "1.2", "层级": "承办", "标题": "报送总结", "阶段": "办结", "办理情况": "已办。"}
    found = taken(store, plan, sheet(content, done | late, more))
    rejects = taken_of(found, "zh").rejects
    assert [(one.column, one.value) for one in rejects] == [
        ("阶段", "办结"), ("标题", "另一件事"), ("办理情况", "已办。"),
        ("完成时限", "2030-01-01"), ("阶段", "办结"), ("层级", "承办"),
    ]  # fmt: skip
    assert all("督查督办" in one.reason for one in rejects)
    assert [one.row for one in rejects] == [3, 3, 4, 4, 4, 5]
    assert supervision.order_at(store, DRAFTER, order, "zh") == before
    assert taken(store, plan, content).counts() == {"new": 0, "changed": 0, "same": 2, "left": 0}


@pytest.fixture
def project(store: Store) -> int:
    plan = actions.begin_register(store, OPERATOR, "样例工程", "construction")
    return actions.add_node(store, OPERATOR, plan, None, Edit("样例厂房", "", "project"))


def test_a_workbook_moves_forward_with_what_the_stage_needs_and_never_back(
    store: Store, project: int
) -> None:
    plan = at(store, project).plan
    actions.move_node(store, OPERATOR, project, Step("building"))
    content = actions.workbook_of(store, OPERATOR, plan, "zh")
    back = taken(store, plan, sheet(content, {("1", "阶段"): "立项用地规划许可", ("1", "标题"): "改名"}))
    assert refused(back) == [("阶段", "立项用地规划许可", "不能用表格退")]
    assert refused(taken(store, plan, sheet(content, {("1", "阶段"): "开工建设"}))) == [
        ("开工日期", "", "此项必填。")
    ]
    assert (at(store, project).title, at(store, project).stage) == ("样例厂房", "building")
    before = at(store, project)
    begun = {("1", "阶段"): "开工建设", ("1", "开工日期"): date(2026, 3, 1), ("1", "标题"): "改名"}
    tried = taken_of(taken(store, plan, sheet(content, begun), dry_run=True), "zh")
    assert tried.changes[0].differences == (
        "标题: 样例厂房 → 改名", "阶段: 施工许可 → 开工建设", "开工日期: – → 2026-03-01",
    )  # fmt: skip
    assert taken(store, plan, sheet(content, begun)).rejects == ()
    item = actions.node_at(store, OPERATOR, project, ON)
    assert (item.moves[0].before, item.moves[0].after) == ("building", "begun")
    assert (item.standing.node.stage_on, item.standing.node.title) == (ON, "改名")
    actions.undo(store, OPERATOR, project)
    after = at(store, project)
    assert (after.stage, after.title, after.values) == (before.stage, before.title, before.values)
    fresh = {"编号": "2", "层级": "项目", "标题": "新厂房", "阶段": "施工许可"}
    assert taken(store, plan, sheet(content, {}, fresh)).counts()["new"] == 1


def test_a_meeting_is_not_closed_by_a_workbook_that_leaves_a_decision_open(store: Store) -> None:
    plan = actions.begin_register(store, OPERATOR, "联席会议", "meeting")
    meeting = actions.add_node(
        store, OPERATOR, plan, None, Edit("第1次会议", "", "meeting", values={"held_on": "2026-03-01"})
    )
    decision = actions.add_node(store, OPERATOR, plan, meeting, Edit("议定事项", "", "decision"))
    content = actions.workbook_of(store, OPERATOR, plan, "zh")
    closed = {("1", "阶段"): "议定事项已办结"}
    assert [column for column, *_ in refused(taken(store, plan, sheet(content, closed)))] == ["阶段"]
    more = {"编号": "1.2", "层级": "议定事项", "标题": "另一件"}
    done = closed | {("1.1", "阶段"): "已完成"}
    assert [
        column for column, *_ in refused(taken(store, plan, sheet(content, done, more), dry_run=True))
    ] == ["阶段"]
    assert taken(store, plan, sheet(content, done)).rejects == ()
    assert [at(store, node).stage for node in (meeting, decision)] == ["closed", "done"]


@pytest.fixture
def plan(store: Store) -> dict[str, int]:
    """A plan of a task, a project and two items, one of which cites the project, by their titles."""
    plan = actions.begin_register(store, OPERATOR, "样例计划", "plan")
    aspect = actions.add_node(store, OPERATOR, plan, None, Edit("推进协同", "", "aspect"))
    task = actions.add_node(store, OPERATOR, plan, aspect, Edit("共建平台", "", "task"))
    project = actions.add_node(store, OPERATOR, plan, task, Edit("样例中心", "", "project"))
    due = ON + timedelta(days=30)
    cites = Edit("开工", "", "item", due_on=due, lead=("样例市科技局",), cites=project)
    items = [actions.add_node(store, OPERATOR, plan, task, one) for one in (cites, Edit("完工", "", "item"))]
    return {"plan": plan, "task": task, "project": project, "first": items[0], "second": items[1]}


def test_what_nobody_changed_in_a_workbook_is_no_change_whatever_was_reported(
    store: Store, plan: dict[str, int]
) -> None:
    same = {"new": 0, "changed": 0, "same": 5, "left": 0}
    before = actions.workbook_of(store, OPERATOR, plan["plan"], "zh")
    for item, shares in ((plan["first"], (0.4, 0.7)), (plan["second"], (0.3, 1.0))):
        for share in shares:
            actions.report_on(store, OPERATOR, item, Return(f"{ON:%Y-%m}", ON, share))
            between = actions.workbook_of(store, OPERATOR, plan["plan"], "en")
            assert [taken(store, plan["plan"], one).counts() for one in (before, between, before)] == [
                same
            ] * 3
    assert [at(store, plan[name]).stage for name in ("first", "second")] == ["under_way", "done"]
    actions.reject(store, OPERATOR, plan["plan"], [plan["project"]])
    without = actions.workbook_of(store, OPERATOR, plan["plan"], "zh")
    assert taken(store, plan["plan"], without).counts() == same | {"same": 4}
    done = taken(
        store, plan["plan"], sheet(without, {("1.1.2", "阶段"): "已完成", ("1.1.2", "标题"): "已开工"})
    )
    assert [one.effect for one in done.changes if one.effect != "same"] == ["changed"]
    again = actions.workbook_of(store, OPERATOR, plan["plan"], "zh")
    assert taken(store, plan["plan"], again).counts()["changed"] == 0
    assert actions.node_at(store, OPERATOR, plan["first"], ON).moves[0].before == "waiting"


def test_an_item_cites_a_project_of_its_own_plan_however_it_comes_in(
    store: Store, plan: dict[str, int]
) -> None:
    other = actions.begin_register(store, OPERATOR, "另一计划", "plan")
    foreign = actions.add_node(store, OPERATOR, other, None, Edit("推进协同", "", "aspect"))
    for cited, error in ((999_999, NotFound), (foreign, NotFound), (plan["task"], Invalid)):
        with pytest.raises(error):
            actions.add_node(
                store, OPERATOR, plan["plan"], plan["task"], Edit("引用", "", "item", cites=cited)
            )
    content = actions.workbook_of(store, OPERATOR, plan["plan"], "zh")
    lines = (
        {"编号": "1.1.4", "层级": "事项", "标题": "引用任务", "服务项目": "1.1"},
        {"编号": "1.1.4.1", "层级": "事项", "标题": "在其下"},
        {
            "编号": "1.1.5",
            "层级": "事项",
            "标题": "倒置",
            "开始时间": date(2027, 1, 1),
            "完成时限": date(2026, 1, 1),
        },
        {"编号": "1.1.6", "层级": "事项", "标题": "长" * 501},
        {"编号": "1.1.7", "层级": "项目", "标题": "新中心"},
        {"编号": "1.1.8", "层级": "事项", "标题": "引用新项目", "服务项目": "1.1.7"},
    )
    found = taken(store, plan["plan"], sheet(content, {}, *lines))
    assert sorted((one.row, one.column) for one in taken_of(found, "en").rejects) == [
        (8, "Serves project"), (9, "Number"), (10, "Start"), (11, "Title"),
    ]  # fmt: skip
    assert [one.line.title for one in found.changes if one.effect == "new"] == ["新中心", "引用新项目"]


def test_the_name_of_a_register_that_is_taken_is_said_in_its_own_words(store: Store) -> None:
    actions.begin_register(store, OPERATOR, "样例计划", "plan")
    with pytest.raises(Conflict) as taken_name:
        actions.begin_register(store, OPERATOR, "样例计划", "plan")
    assert explain(taken_name.value, "zh")[1] == "请换一个名称。"
