from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from haihe.boards.accounts import OPERATOR, PUBLIC, Asker, Grant
from haihe.boards.ledger import Edit, Node, Return, actions, search_actions
from haihe.boards.ledger.records import Sought, Turn
from haihe.boards.reader import actions as reader
from haihe.boards.registry import load_actions as registry
from haihe.kit import resources
from haihe.kit.errors import Conflict, Forbidden, HaiheError, Invalid, NotFound, Unknown
from haihe.store.opening import Store
from haihe.store.search import Asked
from haihe.store.session import reading
from haihe.store.sources import source_at

pytestmark = pytest.mark.database

ON = date(2026, 7, 15)
TEXT = """关于区域协同的行动计划
2026年1月15日
一、推进产业协作
（一）培育集群。围绕产业链编制图谱。
1.编制产业链图谱。逐链列出清单12份。（责任单位：样例市工信局；完成时限：2026年6月底前）
2.样例二期项目。总投资12亿元。（责任单位：样例市科技局；完成时限：2026年12月底前）
（二）共建平台。
1.共建中试平台。（责任单位：样例市科技局；完成时限：2026年7月底前）
二、加强保障
（一）健全机制。按月调度。
"""
VIEWER = Asker("viewer", (Grant("viewer"),), 1)
REPORTER = Asker("reporter", (Grant("reporter"),), 2)


def read(store: Store, text: str = TEXT, name: str = "plan.txt") -> int:
    return reader.read_document(store, OPERATOR, text.encode(), name).id


def nodes(store: Store, plan: int, asker: Asker = OPERATOR) -> dict[str, Node]:
    tree = actions.tree_of(store, asker, plan, ON, review=True)
    return {".".join(map(str, standing.node.path)): standing.node for standing in tree}


@pytest.fixture
def draft(store: Store) -> int:
    """A plan of seven draft nodes."""
    return actions.draft_from(store, OPERATOR, "样例计划", read(store)).plan


@pytest.fixture
def plan(store: Store, draft: int) -> int:
    """The same plan, accepted and public."""
    actions.accept(store, OPERATOR, draft)
    actions.publish(store, OPERATOR, draft)
    return draft


def edit_of(node: Node, **changes: object) -> Edit:
    edit = Edit(
        node.title, node.text, node.kind, node.start_on, node.due_on, node.due_words, node.weight, node.cites,
        node.named("lead"), node.named("cooperating"),
    )  # fmt: skip
    return replace(edit, **changes)  # type: ignore[arg-type]


def found(store: Store, asker: Asker, words: str) -> list[int]:
    """The items that a search finds."""
    hits = search_actions.items(store, asker, Asked(words, slice(0, 50), "zh")).rows
    return [int(hit.address.removeprefix("/item/")) for hit in hits]


def test_the_press_page_becomes_the_plan_that_it_tells_of(store: Store, shared: Path) -> None:
    content = (shared / "documents/press-2023-06.txt").read_bytes()
    document = reader.read_document(store, OPERATOR, content, "press-2023-06.txt")
    made = actions.draft_from(store, OPERATOR, "走深走实", document.id)
    held = nodes(store, made.plan)
    lead = next(node for node in held.values() if node.kind == "aspect" and "六个重点" in node.title)
    under = [node for node in held.values() if node.parent == lead.id]
    primary = [
        tag.theme for node in under for tag in node.tags if tag.frame == "six-emphases" and tag.primary
    ]
    assert primary == ["chessboard", "dragon", "card", "screen", "net", "rope"]
    for node, name in zip(under, ["一盘棋", "一条龙", "一卡通", "一道屏", "一张网", "一股绳"], strict=True):
        assert name in node.title
    numbers = [number for found in actions.figures(store, OPERATOR, made.plan).values() for number in found]
    quotes = {number.quote for number in numbers}
    assert quotes >= {"7个", "25项", "98个", "1239项", "261家", "74个", "502亿元"}
    text = content.decode()
    with reading(store.engine) as connection:
        for source_id in [
            *(number.source_id for number in numbers),
            *(node.source_id for node in held.values()),
        ]:
            source = source_at(connection, source_id or "")
            assert text[slice(*(source.span or ()))] == source.quote


def test_the_same_document_again_adds_nothing(store: Store, draft: int) -> None:
    before = actions.tree_of(store, OPERATOR, draft, ON, review=True)
    again = actions.draft_from(store, OPERATOR, " 样例计划 ", read(store))
    assert (again.plan, again.added, again.unchanged) == (draft, 0, 8)
    assert actions.tree_of(store, OPERATOR, draft, ON, review=True) == before


def test_another_document_adds_its_own_nodes_behind(store: Store, draft: int) -> None:
    other = read(store, "任务如下:\n一是扩大结算范围。\n二是拓展应用场景。\n", "more.txt")
    assert actions.draft_from(store, OPERATOR, "样例计划", other).added == 3
    assert nodes(store, draft)["3"].title == "任务如下"
    assert nodes(store, draft)["3.2"].title == "拓展应用场景"
    assert len(actions.documents_of(store, OPERATOR, draft)) == 2
    assert [each.id for each in actions.fed_by(store, OPERATOR, other)] == [draft]


def test_a_reading_never_overwrites_what_a_person_decided(store: Store, draft: int) -> None:
    held = nodes(store, draft)
    actions.edit_node(store, OPERATOR, held["1.1.1"].id, edit_of(held["1.1.1"], title="编制五条图谱"))
    actions.reject(store, OPERATOR, draft, [held["1.2"].id])
    actions.draft_from(store, OPERATOR, "样例计划", read(store))
    after = nodes(store, draft)
    assert (after["1.1.1"].title, after["1.1.1"].edited) == ("编制五条图谱", True)
    assert after["1.2"].state == "rejected"


def test_a_document_without_a_list_makes_no_plan(store: Store) -> None:
    with pytest.raises(Invalid, match="no numbered list"):
        actions.draft_from(store, OPERATOR, "空", read(store, "这是一段话，没有任何列举。"))
    assert actions.plans(store, OPERATOR).rows == []


def test_units_and_days_are_those_of_the_bracket(store: Store, draft: int) -> None:
    item = nodes(store, draft)["1.1.1"]
    assert item.named("lead") == ("样例市工信局",)
    assert (item.due_on, item.kind) == (date(2026, 6, 30), "item")
    assert nodes(store, draft)["1.1.2"].kind == "project"


def test_a_unit_of_the_registry_is_known_by_its_number(store: Store) -> None:
    registry.load_pack(store, OPERATOR, "sample", lambda _words: None)
    text = (
        "样例市行动计划\n任务如下:\n一是编制图谱。（责任单位：样例市发展改革委、样例市某局）\n二是建平台。\n"
    )
    plan = actions.draft_from(store, OPERATOR, "单位", read(store, text)).plan
    known, unknown = nodes(store, plan)["1.1"].shares
    assert unknown.entity is None
    assert known.entity is not None
    actions.accept(store, OPERATOR, plan)
    assert [each.node.title for each in actions.answers_for(store, OPERATOR, known.entity, ON)] == [
        "编制图谱"
    ]
    assert set(actions.home_summary(store, OPERATOR, ON).places) == {"999900"}


def test_drafts_count_nowhere_until_they_are_accepted(store: Store, draft: int) -> None:
    assert actions.tree_of(store, OPERATOR, draft, ON) == []
    assert actions.home_summary(store, OPERATOR, ON).promises == 0
    assert actions.accept(store, OPERATOR, draft, [nodes(store, draft)["1.1.1"].id]) == 3
    assert [standing.node.title for standing in actions.tree_of(store, OPERATOR, draft, ON)] == [
        "推进产业协作", "培育集群", "编制产业链图谱",
    ]  # fmt: skip
    assert actions.home_summary(store, OPERATOR, ON).counts == {"overdue": 1}


def test_the_public_sees_what_is_accepted_of_published_plans_only(store: Store, draft: int) -> None:
    with pytest.raises(NotFound):
        actions.plan_at(store, PUBLIC, draft)
    with pytest.raises(Conflict):
        actions.publish(store, OPERATOR, draft)
    item, other = nodes(store, draft)["1.1.1"], nodes(store, draft)["1.2.1"]
    actions.accept(store, OPERATOR, draft, [item.id])
    assert found(store, PUBLIC, "产业链图谱") == []
    actions.publish(store, OPERATOR, draft)
    assert actions.plan_at(store, PUBLIC, draft).drafts == 0
    assert actions.plan_at(store, VIEWER, draft).drafts == 5
    assert set(nodes(store, draft, PUBLIC)) == {"1", "1.1", "1.1.1"}
    assert len(nodes(store, draft, VIEWER)) == 8
    assert actions.node_at(store, PUBLIC, item.id, ON).standing.node.id == item.id
    with pytest.raises(NotFound):
        actions.node_at(store, PUBLIC, other.id, ON)
    assert found(store, PUBLIC, "产业链图谱") == [item.id]
    assert found(store, PUBLIC, "中试平台") == []
    assert found(store, VIEWER, "中试平台") == [other.id]
    assert set(actions.figures(store, PUBLIC, draft)) == {item.id}
    actions.publish(store, OPERATOR, draft, published=False)
    with pytest.raises(NotFound):
        actions.node_at(store, PUBLIC, item.id, ON)


def test_a_rejected_task_takes_its_items_out_and_undoing_brings_them_back(store: Store, plan: int) -> None:
    task = nodes(store, plan)["1.1"].id
    actions.reject(store, OPERATOR, plan, [task])
    assert set(nodes(store, plan, PUBLIC)) == {"1", "1.2", "1.2.1", "2", "2.1"}
    assert found(store, PUBLIC, "产业链图谱") == []
    actions.undo(store, OPERATOR, task)
    assert len(nodes(store, plan, PUBLIC)) == 8


def test_every_decision_can_be_undone_in_turn(store: Store, draft: int) -> None:
    before = nodes(store, draft)
    item = before["1.1.1"]
    shares = {"lead": ("市数据局",), "cooperating": ("样例市工信局",)}
    actions.edit_node(
        store,
        OPERATOR,
        item.id,
        edit_of(item, title="新", kind="project", due_on=date(2027, 1, 1), weight=3.0, **shares),
    )
    actions.accept(store, OPERATOR, draft, [item.id])
    changed = nodes(store, draft)["1.1.1"]
    assert (changed.title, changed.kind, changed.weight, changed.state) == ("新", "project", 3.0, "accepted")
    assert changed.named("cooperating") == ("样例市工信局",)
    for _ in range(2):
        actions.undo(store, OPERATOR, item.id)
    undone = nodes(store, draft)["1.1.1"]
    assert replace(undone, version=item.version) == item
    assert undone.version > item.version
    with pytest.raises(Conflict, match="Nobody has decided"):
        actions.undo(store, OPERATOR, item.id)
    assert item.id in found(store, OPERATOR, "产业链图谱")


def test_an_item_may_cite_a_project_of_its_plan(store: Store, draft: int) -> None:
    held = nodes(store, draft)
    actions.edit_node(store, OPERATOR, held["1.1.1"].id, edit_of(held["1.1.1"], cites=held["1.1.2"].id))
    item = actions.node_at(store, OPERATOR, held["1.1.1"].id, ON)
    project = actions.node_at(store, OPERATOR, held["1.1.2"].id, ON)
    assert item.cites and item.cites.id == project.standing.node.id  # noqa: PT018  one fact
    assert [node.id for node in project.cited_by] == [held["1.1.1"].id]


@pytest.mark.parametrize(
    "change",
    [{"kind": "aspect"}, {"title": "  "}, {"weight": 0.0}, {"weight": float("nan")},
     {"start_on": date(2027, 1, 1)}, {"due_on": date(9999, 12, 31)}, {"start_on": date(1, 1, 1)}],
)  # fmt: skip
def test_an_edit_that_cannot_stand_changes_nothing(
    store: Store, draft: int, change: dict[str, object]
) -> None:
    item = nodes(store, draft)["1.1.1"]
    with pytest.raises(Invalid):
        actions.edit_node(store, OPERATOR, item.id, edit_of(item, **change))
    assert nodes(store, draft)["1.1.1"] == item


def test_a_report_moves_the_light_and_is_kept_with_those_before(store: Store, plan: int) -> None:
    item = nodes(store, plan)["1.1.1"].id
    assert actions.node_at(store, PUBLIC, item, ON).standing.light.state == "overdue"
    first = actions.report_on(
        store, OPERATOR, item, Return("2026-06", ON - timedelta(days=20), 0.7, "两份未完成")
    )
    second = actions.report_on(store, REPORTER, item, Return("2026-07", ON, 1.0))
    shown = actions.node_at(store, PUBLIC, item, ON)
    assert [report.id for report in shown.reports] == [second.id, first.id]
    assert (shown.standing.light.state, shown.standing.progress) == ("on_track", 1.0)
    assert actions.node_at(store, PUBLIC, item, ON - timedelta(days=1)).standing.progress == 0.7
    task = actions.node_at(store, PUBLIC, nodes(store, plan)["1.1"].id, ON).standing
    assert (task.progress, task.reported, task.promises) == (1.0, 1, 2)


@pytest.mark.parametrize(
    "given",
    [Return("2026-06", ON), Return("2026-06", ON, 1.5), Return("2026-06", ON, float("nan")),
     Return("六月", ON, 0.5), Return("2026-06", date(2999, 1, 1), 0.5), Return("0001-06", ON, 0.5),
     Return("2026-06", ON, 0.5, forecast_due_on=date(9999, 12, 31)),
     Return("2026-06", ON, 0.5, "长" * 2001)],
)  # fmt: skip
def test_a_report_that_cannot_be_is_not_stored(store: Store, plan: int, given: Return) -> None:
    item = nodes(store, plan)["1.1.1"].id
    with pytest.raises(Invalid):
        actions.report_on(store, OPERATOR, item, given)
    assert actions.node_at(store, PUBLIC, item, ON).reports == ()


def test_nothing_is_reported_on_a_draft_or_an_aspect(store: Store, draft: int) -> None:
    held = nodes(store, draft)
    given = Return("2026-06", ON, 0.5)
    with pytest.raises(Conflict):
        actions.report_on(store, OPERATOR, held["1.1.1"].id, given)
    actions.accept(store, OPERATOR, draft)
    with pytest.raises(Invalid):
        actions.report_on(store, OPERATOR, held["1"].id, given)


@pytest.mark.parametrize(("asker", "error"), [(PUBLIC, Unknown), (VIEWER, Forbidden)])
def test_each_deed_asks_for_its_right(store: Store, plan: int, asker: Asker, error: type[HaiheError]) -> None:
    item, document = nodes(store, plan)["1.1.1"], read(store)
    for deed in (
        lambda: actions.draft_from(store, asker, "x", document),
        lambda: actions.accept(store, asker, plan),
        lambda: actions.reject(store, asker, plan, [item.id]),
        lambda: actions.edit_node(store, asker, item.id, edit_of(item)),
        lambda: actions.undo(store, asker, item.id),
        lambda: actions.publish(store, asker, plan),
        lambda: actions.report_on(store, asker, item.id, Return("2026-06", ON, 0.5)),
        lambda: actions.compute_lights(store, asker, ON),
    ):
        with pytest.raises(error):
            deed()


def test_a_reporter_reports_for_its_own_unit_only(store: Store, plan: int) -> None:
    item = nodes(store, plan)["1.1.1"].id
    elsewhere = Asker("other", (Grant("reporter", 99),), 3)
    with pytest.raises(Forbidden):
        actions.report_on(store, elsewhere, item, Return("2026-06", ON, 0.5))


def test_lights_are_noted_on_the_days_they_change(store: Store, plan: int) -> None:
    item = nodes(store, plan)["1.2.1"].id
    day = date(2026, 6, 1)
    while day <= date(2026, 8, 5):
        actions.compute_lights(store, OPERATOR, day)
        day += timedelta(days=1)
    assert actions.compute_lights(store, OPERATOR, date(2026, 8, 5)).changed == 0
    history = actions.node_at(store, PUBLIC, item, date(2026, 8, 5)).changes
    assert [(change.on, change.before, change.light.state) for change in history] == [
        (date(2026, 8, 1), "near", "overdue"),
        (date(2026, 7, 1), "unknown", "near"),
        (date(2026, 6, 1), None, "unknown"),
    ]
    assert (
        history[0].light.reason.format_map(history[0].light.facts).startswith("It was due on 2026-07-31 (1 d")
    )


def test_home_says_how_it_stands_by_theme_and_unit(store: Store, plan: int) -> None:
    actions.compute_lights(store, OPERATOR, ON - timedelta(days=20))
    actions.compute_lights(store, OPERATOR, ON)
    summary = actions.home_summary(store, PUBLIC, ON)
    assert (len(summary.plans), summary.promises, summary.reported) == (1, 4, 0)
    assert summary.counts == {"overdue": 1, "near": 1, "unknown": 2}
    late = (*summary.late("overdue"), *summary.late("near"))
    assert [one.node.title for one in late] == ["编制产业链图谱", "共建中试平台"]
    assert [(unit.name, sum(unit.lead.values())) for unit in summary.units] == [
        ("样例市科技局", 2),
        ("样例市工信局", 1),
    ]
    changed = [card for card in summary.cards if card.changed and card.changed.title == "编制产业链图谱"]
    assert changed
    assert all(card.change and card.change.light.state == "overdue" for card in changed)
    assert sum(sum(card.counts.values()) for card in summary.cards if card.frame == "six-emphases") <= 4


def test_nodes_are_found_by_page_and_filter(store: Store, plan: int) -> None:
    def found(sought: Sought, limit: int = 50) -> list[str]:
        titles: list[str] = []
        cursor = None
        while True:
            page = actions.children(store, PUBLIC, plan, sought, Turn(ON, cursor, limit))
            titles += [standing.node.title for standing in page.rows]
            cursor = page.next
            if cursor is None:
                return titles

    whole = found(Sought())
    assert len(whole) == 8
    assert found(Sought(), limit=3) == whole
    assert found(Sought(parent=0)) == ["推进产业协作", "加强保障"]
    assert found(Sought(lights=["overdue"], kind="item")) == ["编制产业链图谱"]
    assert found(Sought(unit="样例市科技局")) == ["样例二期项目", "共建中试平台"]
    assert found(Sought(words="中试 平台")) == found(Sought(words="中试平台")) == ["共建中试平台"]
    assert found(Sought(themes=["six-emphases:rope"])) == []


def test_plans_are_listed_by_page(store: Store) -> None:
    document = read(store)
    made = [actions.draft_from(store, OPERATOR, f"计划{number}", document).plan for number in range(3)]
    first = actions.plans(store, OPERATOR, limit=2)
    assert [plan.id for plan in first.rows] == made[:0:-1]
    assert [plan.id for plan in actions.plans(store, OPERATOR, first.next).rows] == made[:1]
    assert actions.plans(store, PUBLIC).rows == []
    assert actions.plan_at(store, OPERATOR, "计划1").id == made[1]


def test_the_sample_plan_drafts_as_written(store: Store) -> None:
    content = resources.data("packs/sample/plan.txt")
    document = reader.read_document(
        store, OPERATOR, content, "plan.txt", reader.ReadOptions(date(2026, 1, 15), "sample")
    )
    held = nodes(store, actions.draft_from(store, OPERATOR, "样例", document.id).plan)
    kinds = [node.kind for node in held.values()]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "aspect": 4,
        "task": 8,
        "project": 5,
        "item": 19,
    }
    assert all(
        node.due_on and node.named("lead") for node in held.values() if node.kind in ("project", "item")
    )
    assert held["1.1.1"].named("lead") == ("样例市发展改革委",)
    assert held["1.1.1"].named("cooperating") == ("样例市商务局",)
