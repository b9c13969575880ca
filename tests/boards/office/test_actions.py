"""The cycle against the database: handed out, returned, merged, and nothing lost between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from haihe.boards.accounts import OPERATOR, PUBLIC, Asker, Grant
from haihe.boards.accounts.actions import audit_verdict
from haihe.boards.ledger import Return, Share, period_actions
from haihe.boards.ledger import actions as ledger
from haihe.boards.office import actions
from haihe.boards.office.intake import inbox_of
from haihe.boards.office.records import LABELS, Inbox, Wanted
from haihe.kit.errors import Conflict, Forbidden, Invalid, NotFound, Unknown
from haihe.store.opening import Store

pytestmark = pytest.mark.database

PERIOD = f"{actions.today():%Y-%m}"
VIEWER = Asker("viewer", (Grant("viewer"),), 1)
A, B, EACH = Share("样例市科技局", "lead"), Share("样例市商务局", "lead"), Share("各区", "lead")
COLUMN = {name: place for place, name in enumerate(LABELS, 1)}


@pytest.fixture
def plan(plan_of: Callable[..., int]) -> int:
    """Four items: two of A, one of A and B, one of all districts."""
    return plan_of([A], [A], [A, B], [EACH])


@pytest.fixture
def handed(store: Store, plan: int) -> actions.Handed:
    return actions.dispatch(store, OPERATOR, actions.Order(plan, PERIOD))


def filled(content: bytes, **entries: object) -> bytes:
    """The workbook with entries in its first row."""
    book = load_workbook(BytesIO(content))
    for name, value in entries.items():
        book.worksheets[0].cell(6, COLUMN[name]).value = value
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


def of(handed: actions.Handed, unit: str, **entries: object) -> Inbox:
    """What came back from one unit."""
    name = next(name for name in handed.files if name.startswith(unit))
    return inbox_of([(f"{unit}.xlsx", filled(handed.files[name], **entries))])


def apply(store: Store, inbox: Inbox, wanted: Wanted = Wanted()) -> int:
    found = actions.preview(store, OPERATOR, inbox, wanted)
    return len(actions.collect(store, OPERATOR, inbox, wanted, found.digest).reports)


def reports(store: Store, plan: int) -> dict[str, list[tuple[float | None, str]]]:
    found = ledger.reports_in(store, OPERATOR, plan, PERIOD)
    titles = {
        each.node.id: each.node.title for each in ledger.tree_of(store, OPERATOR, plan, actions.today())
    }
    return {titles[node]: [(one.progress, one.note) for one in each] for node, each in found.items()}


def test_each_unit_is_handed_a_file_by_its_name(store: Store, plan: int, handed: actions.Handed) -> None:
    assert list(handed.files) == [
        f"样例市科技局-样例计划-{PERIOD}.xlsx",
        f"样例市商务局-样例计划-{PERIOD}.xlsx",
    ]
    assert [len(each.lines) for each in handed.handouts] == [3, 1]
    assert [(orphan.name, len(orphan.nodes)) for orphan in handed.orphans] == [("各区", 1)]
    cycle = actions.cycle(store, OPERATOR, actions.Order("样例计划", PERIOD))
    assert [(each.unit.name, each.state) for each in cycle.units] == [
        ("样例市科技局", "missing"),
        ("样例市商务局", "missing"),
    ]
    name, content = actions.workbook_at(store, OPERATOR, cycle.units[0].dispatch.id)
    assert handed.files[name] == content
    assert audit_verdict(store, OPERATOR).whole


def test_a_dry_run_hands_out_nothing(store: Store, plan: int) -> None:
    dry = actions.dispatch(store, OPERATOR, actions.Order(plan, PERIOD), dry_run=True)
    cycle = actions.cycle(store, OPERATOR, actions.Order(plan, PERIOD))
    assert (set(dry.files.values()), cycle.units) == ({b""}, ())
    assert len(cycle.waiting) == len(dry.handouts) == 2


def test_what_came_back_is_shown_first_and_reported_once(
    store: Store, plan: int, handed: actions.Handed
) -> None:
    inbox = of(handed, A.name, progress=0.6, note="已招标", difficulty="缺资金", confidence="低")
    found = actions.preview(store, OPERATOR, inbox, Wanted())
    assert (found.plan, found.period, found.missing) == (plan, PERIOD, (B.name,))
    assert reports(store, plan) == {}
    assert apply(store, inbox) == 1
    assert reports(store, plan) == {"推进第1件实事": [(0.6, "已招标")]}
    again = actions.preview(store, OPERATOR, inbox, Wanted())
    assert (again.reports, again.unchanged, again.differences) == ({}, 1, ())
    assert apply(store, inbox) == 0
    assert reports(store, plan) == {"推进第1件实事": [(0.6, "已招标")]}
    states = {
        each.unit.name: each.state
        for each in actions.cycle(store, OPERATOR, actions.Order(plan, PERIOD)).units
    }
    assert states == {A.name: "partial", B.name: "missing"}
    assert audit_verdict(store, OPERATOR).whole
    (sha256,) = {taken.sha256 for taken in found.reports.values()}
    assert store.files.content(sha256) == inbox.contents[sha256]


def test_what_comes_back_for_a_locked_period_is_a_correction_with_its_reason(
    store: Store, plan: int, handed: actions.Handed
) -> None:
    apply(store, of(handed, A.name, progress=0.6, note="已招标"))
    period_actions.lock_period(store, OPERATOR, plan, PERIOD)
    inbox = of(handed, A.name, progress=0.5, note="已招标")
    found = actions.preview(store, OPERATOR, inbox, Wanted())
    assert found.locked
    (choice,) = {one.choice for one in found.differences}
    wanted = Wanted(chosen=frozenset({choice}))
    with pytest.raises(Conflict, match="locked"):
        apply(store, inbox, wanted)
    assert reports(store, plan) == {"推进第1件实事": [(0.6, "已招标")]}
    assert apply(store, inbox, replace(wanted, reason="单位来函更正")) == 1
    assert reports(store, plan) == {"推进第1件实事": [(0.5, "已招标"), (0.6, "已招标")]}
    (logged,) = period_actions.corrections_since(store, OPERATOR, plan, None)
    assert logged.reason == "单位来函更正"
    assert audit_verdict(store, OPERATOR).whole


def test_the_next_workbook_shows_what_was_reported_last(
    store: Store, plan: int, handed: actions.Handed
) -> None:
    apply(store, of(handed, A.name, progress=0.6, note="已招标", forecast=date(2026, 12, 25)))
    following = actions.dispatch(store, OPERATOR, actions.Order(plan, "2026Q4"))
    sheet = load_workbook(BytesIO(next(iter(following.files.values())))).worksheets[0]
    before = [
        sheet.cell(6, COLUMN[f"{name}_before"]).value for name in ("period", "progress", "note", "forecast")
    ]
    assert before == [PERIOD, "60%", "已招标", "2026-12-25"]


def test_a_finished_item_is_not_asked_for_again(store: Store, plan: int, handed: actions.Handed) -> None:
    apply(store, of(handed, A.name, progress=1))
    same = actions.dispatch(store, OPERATOR, actions.Order(plan, PERIOD))
    following = actions.dispatch(store, OPERATOR, actions.Order(plan, "2026Q4"))
    assert [len(each.lines) for each in same.handouts] == [3, 1]
    assert [len(each.lines) for each in following.handouts] == [2, 1]


def test_a_report_made_in_the_site_meanwhile_waits_for_a_choice(
    store: Store, plan: int, handed: actions.Handed
) -> None:
    node = handed.handouts[0].lines[0].node
    ledger.report_on(store, OPERATOR, node, Return(PERIOD, actions.today(), 0.5, "站内已报"))
    inbox = of(handed, A.name, progress=0.6)
    found = actions.preview(store, OPERATOR, inbox, Wanted())
    assert [each.outcome for each in found.differences] == ["conflict"]
    assert apply(store, inbox) == 0
    assert reports(store, plan) == {"推进第1件实事": [(0.5, "站内已报")]}
    chosen = Wanted(files=frozenset({f"{A.name}.xlsx"}))
    assert apply(store, inbox, chosen) == 1
    assert reports(store, plan) == {"推进第1件实事": [(0.6, ""), (0.5, "站内已报")]}
    assert ledger.node_at(store, OPERATOR, node, actions.today()).standing.progress == 0.6
    assert apply(store, inbox, chosen) == 0


def test_what_changed_since_it_was_shown_is_not_reported(
    store: Store, plan: int, handed: actions.Handed
) -> None:
    inbox = of(handed, A.name, progress=0.6)
    shown = actions.preview(store, OPERATOR, inbox, Wanted())
    node = handed.handouts[0].lines[0].node
    ledger.report_on(store, OPERATOR, node, Return(PERIOD, actions.today(), 0.5))
    with pytest.raises(Conflict, match="no longer what was shown"):
        actions.collect(store, OPERATOR, inbox, Wanted(), shown.digest)
    assert reports(store, plan) == {"推进第1件实事": [(0.5, "")]}


def test_returns_of_another_plan_are_refused_and_the_rest_is_taken(
    store: Store, plan: int, handed: actions.Handed, plan_of: Callable[..., int]
) -> None:
    other = plan_of([A], name="别的计划")
    foreign = actions.dispatch(store, OPERATOR, actions.Order(other, PERIOD))
    late = actions.dispatch(store, OPERATOR, actions.Order(plan, "2026Q4"))
    mixed = [
        ("本期.xlsx", filled(next(iter(handed.files.values())), note="甲")),
        ("别的.xlsx", filled(next(iter(foreign.files.values())), note="乙")),
        ("季度.xlsx", filled(next(iter(late.files.values())), note="丙")),
        ("说明.docx", b"PK"),
    ]
    inbox, wanted = inbox_of(mixed), Wanted(plan, PERIOD)
    found = actions.preview(store, OPERATOR, inbox, wanted)
    assert {read.name: read.outcome for read in found.files} == {
        "本期.xlsx": "read",
        "别的.xlsx": "refused",
        "季度.xlsx": "refused",
        "说明.docx": "refused",
    }
    assert apply(store, inbox, wanted) == 1
    assert reports(store, other) == {}


def test_nothing_is_collected_where_nothing_is_a_return(store: Store) -> None:
    inbox = inbox_of([("a.xlsx", b"x")])
    found = actions.preview(store, OPERATOR, inbox, Wanted())
    assert (found.plan, [read.outcome for read in found.files]) == (None, ["refused"])
    with pytest.raises(Invalid, match="None of the files"):
        actions.collect(store, OPERATOR, inbox, Wanted(), found.digest)


def test_only_who_may_report_for_a_unit_hands_out_and_collects(
    store: Store, plan: int, handed: actions.Handed
) -> None:
    order = actions.Order(plan, PERIOD)
    with pytest.raises(Forbidden):
        actions.dispatch(store, VIEWER, order)
    with pytest.raises((NotFound, Unknown)):
        actions.cycle(store, PUBLIC, order)
    inbox = of(handed, A.name, progress=0.6)
    found = actions.preview(store, OPERATOR, inbox, Wanted())
    with pytest.raises(Forbidden):
        actions.preview(store, VIEWER, inbox, Wanted())
    with pytest.raises(Forbidden):
        actions.collect(store, VIEWER, inbox, Wanted(), found.digest)
    number = actions.cycle(store, OPERATOR, order).units[0].dispatch.id
    with pytest.raises(Forbidden):
        actions.workbook_at(store, VIEWER, number)
    assert reports(store, plan) == {}


@pytest.mark.parametrize("period", ["2026-13", "11", "2026/11", "０２６Q1", "0000"])
def test_a_period_that_is_none_is_refused(store: Store, plan: int, period: str) -> None:
    with pytest.raises(Invalid, match="period"):
        actions.dispatch(store, OPERATOR, actions.Order(plan, period))


def test_file_names_fit_every_system(store: Store, plan_of: Callable[..., int]) -> None:
    odd = Share('样例/市:"局"' + "长" * 100, "lead")
    twin = Share("样例 市 局 " + "长" * 100, "lead")
    plan = plan_of([odd], [twin], name="计划" * 60)
    names = list(actions.dispatch(store, OPERATOR, actions.Order(plan, PERIOD)).files)
    assert len(set(names)) == 2
    assert all(len(name.encode()) <= 255 and not set(name) & set('\\/:*?"<>|') for name in names)
