"""Registers of every kind: begun, filled, moved to their end, handed on as a workbook and taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from haihe.boards.accounts import OPERATOR, PUBLIC, Asker, Grant
from haihe.boards.ledger import Edit, Node, Return, actions
from haihe.boards.ledger.changes import Book
from haihe.boards.ledger.kinds import LINKS, Field, Given, Kind, Level, kinds
from haihe.boards.ledger.lines import lines_of
from haihe.boards.ledger.records import Sought, Step, Turn
from haihe.kit.errors import Conflict, Forbidden, Invalid, NotFound, Unknown
from haihe.store.opening import Store
from haihe.store.session import reading
from haihe.store.sources import source_at

pytestmark = pytest.mark.database

ON = actions.today()
DUE = ON - timedelta(days=3)
EVERY = [pytest.param(kind, id=name) for name, kind in kinds().items()]
VIEWER = Asker("viewer", (Grant("viewer"),), 1)
REPORTER = Asker("reporter", (Grant("reporter"),), 2)


def example(field: Field, link: str = "") -> Given:
    """A value that a field takes."""
    choice = next(iter(field.choices or {}), "")
    values: Mapping[str, Given] = {
        "text": "样例文字", "words": "样例说明。", "number": 1.5, "count": 3, "money": 1_234_500_000,
        "share": 0.25, "date": "2026-03-01", "flag": True, "choice": choice, "choices": [choice],
        "unit": "样例市科技局", "units": ["样例一区", "样例二区"], "place": "120114", "node": link,
    }  # fmt: skip
    return values[field.type]


def written(level: Level, title: str, *, whole: bool) -> Edit:
    fields = [one for one in level.fields.values() if one.required or (whole and one.type not in LINKS)]
    promise = {"due_on": DUE, "lead": ("样例市科技局",)} if level.promise else {}
    return Edit(title, "", level.name, values={field.name: example(field) for field in fields}, **promise)  # type: ignore[arg-type]


def at(store: Store, node: int) -> Node:
    return actions.node_at(store, OPERATOR, node, ON).standing.node


def filled(store: Store, kind: Kind, *, whole: bool) -> dict[str, int]:
    """A register of a kind with a node of each level, and their numbers by level."""
    plan = (
        actions.begin_register(store, OPERATOR, f"样例{kind.label['zh']}", kind.name)
        if not kind.hidden
        else None
    )
    nodes: dict[str, int] = {}
    assert plan
    for level in kind.levels.values():
        parent = next((nodes[name] for name in level.under if name in nodes), None)
        nodes[level.name] = actions.add_node(
            store, OPERATOR, plan, parent, written(level, level.label["zh"], whole=whole)
        )
    return nodes


def test_a_supervision_order_is_moved_by_its_own_steps_only(store: Store) -> None:
    order = filled(store, kinds()["supervision"], whole=False)["order"]
    before = at(store, order).stage
    with pytest.raises(Conflict, match="step by step"):
        actions.move_node(store, OPERATOR, order, Step("closed"))
    assert at(store, order).stage == before


UNGUARDED = [
    pytest.param(kind, id=name)
    for name, kind in kinds().items()
    if not any(level.guarded for level in kind.levels.values())
]


@pytest.mark.parametrize("kind", UNGUARDED)
def test_a_register_is_walked_from_its_beginning_to_what_is_handed_on(
    store: Store, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAIHE_HIDDEN_KINDS", "1")
    nodes = filled(store, replace(kind, hidden=False), whole=False)
    plan = at(store, next(iter(nodes.values()))).plan
    reforms = actions.begin_register(store, OPERATOR, "样例举措", "reform")
    measure = str(actions.add_node(store, OPERATOR, reforms, None, Edit("样例举措", "", "reform")))
    for number in (number for name, number in nodes.items() if kind.levels[name].promise):
        assert actions.node_at(store, OPERATOR, number, ON).standing.light.state == "overdue"
    for name, number in reversed(nodes.items()):
        level = kind.levels[name]
        for stage in list(level.stages.values())[1:]:
            missing = {need: example(level.fields[need], measure) for need in stage.needs}
            if any(not at(store, number).values.get(need) for need in missing):
                with pytest.raises(Invalid, match=next(iter(missing))):
                    actions.move_node(store, OPERATOR, number, Step(stage.name))
            actions.move_node(store, OPERATOR, number, Step(stage.name, values=missing))
            assert at(store, number).stage == stage.name
        if level.stages and level.promise:
            light = actions.node_at(store, OPERATOR, number, ON).standing.light
            assert light.state in ("on_track", "behind")
            assert light.facts["days"] == 3
            assert [move.after for move in actions.node_at(store, OPERATOR, number, ON).moves] == list(
                level.stages
            )[:0:-1]
    content = actions.workbook_of(store, OPERATOR, plan, "zh")
    taken = actions.import_book(store, OPERATOR, "另一份", Book(content, kind.name))
    assert (taken.counts()["new"], taken.rejects) == (len(nodes), ())
    assert taken.plan
    again = actions.workbook_of(store, OPERATOR, taken.plan, "en")
    assert lines_of(content, kind).lines == lines_of(again, kind).lines
    same = actions.import_book(store, OPERATOR, "另一份", Book(again, kind.name)).counts()
    assert (same["new"], same["changed"], same["same"]) == (0, 0, len(nodes))


def test_every_field_of_every_kind_survives_a_workbook(store: Store) -> None:
    for kind in actions.offered().values():
        plan = at(store, next(iter(filled(store, kind, whole=True).values()))).plan
        content = actions.workbook_of(store, OPERATOR, plan, "zh")
        taken = actions.import_book(store, OPERATOR, kind.name, Book(content, kind.name))
        assert not taken.rejects, (kind.name, taken.rejects)
        assert taken.plan
        values = [
            [each.node.values for each in actions.tree_of(store, OPERATOR, one, ON)]
            for one in (plan, taken.plan)
        ]
        assert values[0] == values[1]


def test_hidden_kinds_are_offered_only_where_the_house_turns_them_on(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotFound, match="visit"):
        actions.begin_register(store, OPERATOR, "巡访", "visit")
    monkeypatch.setenv("HAIHE_HIDDEN_KINDS", "1")
    assert actions.begin_register(store, OPERATOR, "巡访", "visit")
    with pytest.raises(Conflict, match="already"):
        actions.begin_register(store, OPERATOR, "巡访", "plan")


@pytest.fixture
def request_node(store: Store) -> int:
    return filled(store, kinds()["request"], whole=False)["request"]


def test_going_back_asks_for_the_reason_and_can_be_undone(store: Store, request_node: int) -> None:
    actions.move_node(store, OPERATOR, request_node, Step("accepted"))
    before = at(store, request_node)
    with pytest.raises(Invalid, match="why"):
        actions.move_node(store, OPERATOR, request_node, Step("sent"))
    actions.move_node(store, OPERATOR, request_node, Step("sent", "材料不全"))
    moves = actions.node_at(store, OPERATOR, request_node, ON).moves
    assert [(move.before, move.after, move.reason) for move in moves] == [
        ("accepted", "sent", "材料不全"),
        ("sent", "accepted", ""),
    ]
    actions.undo(store, OPERATOR, request_node)
    assert replace(at(store, request_node), version=before.version) == before
    assert len(actions.node_at(store, OPERATOR, request_node, ON).moves) == 1


def test_passing_a_stage_needs_what_it_needs(store: Store, request_node: int) -> None:
    with pytest.raises(Invalid, match="answer"):
        actions.move_node(store, OPERATOR, request_node, Step("closed"))
    actions.move_node(store, OPERATOR, request_node, Step("closed", values={"answer": "已办"}))
    found = actions.children(
        store, OPERATOR, at(store, request_node).plan, Sought(stages=["closed"]), Turn(ON)
    )
    assert [each.node.id for each in found.rows] == [request_node]


def test_a_report_shows_the_stage_of_a_promise(store: Store) -> None:
    item = filled(store, kinds()["plan"], whole=False)["item"]
    assert at(store, item).stage == "waiting"
    actions.report_on(store, OPERATOR, item, Return(f"{ON:%Y-%m}", ON, 0.4))
    assert at(store, item).stage == "under_way"
    with pytest.raises(Conflict, match="later stage"):
        actions.move_node(store, OPERATOR, item, Step("waiting", "重来"))
    actions.move_node(store, OPERATOR, item, Step("done"))
    assert actions.node_at(store, OPERATOR, item, DUE).standing.light.state != "overdue"


def test_a_meeting_shows_what_the_meetings_before_it_left_undone(store: Store) -> None:
    kind = kinds()["meeting"]
    plan = actions.begin_register(store, OPERATOR, "联席会议", "meeting")
    meetings = [
        actions.add_node(store, OPERATOR, plan, None, Edit(f"第{number}次会议", "", "meeting"))
        for number in (1, 2, 3)
    ]
    decisions = [
        actions.add_node(
            store, OPERATOR, plan, meetings[number], written(kind.levels["decision"], title, whole=True)
        )
        for number, title in ((0, "未办"), (0, "已办"), (1, "再议"), (2, "后来的"))
    ]
    actions.move_node(store, OPERATOR, decisions[1], Step("done"))

    def carried(meeting: int) -> list[str]:
        return [each.node.title for each in actions.node_at(store, OPERATOR, meeting, ON).carried]

    assert [carried(meeting) for meeting in meetings] == [[], ["未办"], ["未办", "再议"]]


def test_a_workbook_says_field_by_field_what_it_would_change(store: Store) -> None:
    kind = kinds()["construction"]
    plan = at(store, filled(store, kind, whole=True)["project"]).plan
    book = load_workbook(BytesIO(actions.workbook_of(store, OPERATOR, plan, "zh")))
    page = book.worksheets[0]
    head = {str(cell.value): place for place, cell in enumerate(page[2], 1)}
    page.cell(3, head["总投资（万元）"], 9999.5)
    page.cell(3, head["标题"], "改名")
    page.append(["1.2", "节点", "封顶"])
    page.append(["7.7", "节点", "没有上级"])
    page.delete_cols(head["地点"])
    file = BytesIO()
    book.save(file)
    name = actions.plan_at(store, OPERATOR, plan).name
    tried = actions.import_book(store, OPERATOR, name, Book(file.getvalue(), kind.name), dry_run=True)
    assert [(change.effect, change.line.title) for change in tried.changes] == [
        ("changed", "改名"), ("same", "节点"), ("new", "封顶"),
    ]  # fmt: skip
    assert {each.field: each.becomes for each in tried.changes[0].differences} == {
        "title": "改名",
        "investment_fen": 9_999_500_000,
    }
    assert [(reject.row, reject.column) for reject in tried.rejects] == [(6, "number")]
    assert len(actions.tree_of(store, OPERATOR, plan, ON)) == 2
    actions.import_book(store, OPERATOR, name, Book(file.getvalue(), kind.name))
    project, _, new = (each.node for each in actions.tree_of(store, OPERATOR, plan, ON))
    assert (project.title, project.values["place"]) == ("改名", "120114"), "an absent column changes nothing"
    assert new.source_id
    with reading(store.engine) as connection:
        source = source_at(connection, new.source_id)
    assert (source.kind, source.locator) == ("row", "row=5")
    assert source.document_sha256
    assert store.files.content(source.document_sha256) == file.getvalue()
    actions.undo(store, OPERATOR, project.id)
    assert at(store, project.id).title == "项目"


def test_a_register_of_another_kind_is_not_overwritten(store: Store, request_node: int) -> None:
    content = actions.workbook_of(store, OPERATOR, at(store, request_node).plan, "zh")
    actions.begin_register(store, OPERATOR, "会议", "meeting")
    with pytest.raises(Conflict, match="another kind"):
        actions.import_book(store, OPERATOR, "会议", Book(content, "request"))


def test_who_may_not_write_neither_begins_nor_adds_nor_moves(store: Store, request_node: int) -> None:
    plan = at(store, request_node).plan
    for asker, error in ((PUBLIC, Unknown), (VIEWER, Forbidden)):
        for deed in (
            lambda: actions.begin_register(store, asker, "x", "plan"),  # noqa: B023  called at once
            lambda: actions.add_node(store, asker, plan, None, Edit("x", "", "request")),  # noqa: B023
            lambda: actions.move_node(store, asker, request_node, Step("accepted")),  # noqa: B023
            lambda: actions.import_book(store, asker, "x", Book(b"")),  # noqa: B023
        ):
            with pytest.raises(error):
                deed()
    actions.move_node(store, REPORTER, request_node, Step("accepted"))
    assert at(store, request_node).stage == "accepted"
    assert at(store, request_node).stage_on == date.fromisoformat(ON.isoformat())
