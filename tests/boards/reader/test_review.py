"""What somebody decides on facts: corrections, additions, and what a new reading leaves as it is."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from haihe.boards.accounts import OPERATOR, PUBLIC, Asker, Grant
from haihe.boards.accounts import actions as accounts
from haihe.boards.reader import actions, gazetteer_of, reading_of
from haihe.boards.reader.documents import Fact, Sought
from haihe.boards.reader.labels import words_of
from haihe.boards.reader.outline import TREE_KINDS, lines_of, tree_of
from haihe.boards.reader.records import Assignment, Defect, OrganisationMention
from haihe.boards.reader.verdicts import Correction
from haihe.boards.registry import actions as registry
from haihe.kit.errors import Conflict, Invalid
from haihe.kit.words import explain
from haihe.store.opening import Store
from haihe.store.schema import metadata
from haihe.store.session import reading

pytestmark = pytest.mark.database

TEXT = (
    "推动京津冀协同发展情况\n\n"
    "今年一季度，天津市落地项目74个，总投资502亿元，同比增长3.5%。\n"
    "下一步抓好三项工作：一是提升承载力，建好武清区产业园。二是抓好10条产业链。三是5月31日前完成评估。\n"
)
CONTENT = TEXT.encode()
SUPERVISOR = Asker("supervisor", (Grant("supervisor"),), 8)


def deeds(store: Store) -> int:
    """How many lines the audit chain has."""
    with reading(store.engine) as connection:
        return connection.execute(select(func.count()).select_from(metadata.tables["audit"])).scalar_one()


def facts(store: Store, document: int, *kinds: str) -> list[Fact]:
    return actions.facts_of(store, OPERATOR, document, Sought(kinds, limit=10_000)).rows


def one(store: Store, document: int, quote: str) -> Fact:
    """The fact with these words."""
    return next(fact for fact in facts(store, document) if fact.quote == quote)


def found_anew(store: Store, document: int, monkeypatch: pytest.MonkeyPatch, **kinds: object) -> None:
    """Read a document again with other rules, which find these records of some kinds."""
    found = replace(actions.reading_at(store, OPERATOR, document), **kinds)
    monkeypatch.setattr(actions, "reading_of", lambda *_, **__: found)
    actions.read_again(store, OPERATOR, document)
    monkeypatch.undo()


def test_a_correction_stands_beside_what_was_found_and_undo_brings_it_back(store: Store) -> None:
    document = actions.read_document(store, OPERATOR, CONTENT, "a.txt").id
    before = one(store, document, "502亿元")
    start = TEXT.index("总投资502亿元")
    correction = Correction({"value": 5.2, "subject": "总投资"}, (start, start + 7))
    [after] = actions.correct_fact(store, SUPERVISOR, before.id, correction)
    assert (after.state, after.quote, after.start) == ("corrected", "总投资502亿", start)
    assert TEXT[after.start : after.end] == after.quote
    assert (after.fields["value"], after.fields["subject"], after.fields["unit"]) == (5.2, "总投资", "亿元")
    assert after.fields["normalized_value"] == 520_000_000
    assert after.original is not None
    assert after.original.fields == before.fields
    assert (after.original.start, after.original.quote) == (before.start, before.quote)
    assert after in facts(store, document, "figure")
    context = actions.source_context(store, OPERATOR, after.source_id)
    assert (context.source.quote, context.fact_id) == (after.quote, after.id)
    assert actions.source_context(store, OPERATOR, before.source_id).fact_id == before.id
    actions.publish_document(store, SUPERVISOR, document)
    assert actions.facts_of(store, PUBLIC, document).rows == [after]
    assert actions.decide_fact(store, OPERATOR, before.id, "accepted") == [after], "it holds already"
    assert actions.decide_fact(store, OPERATOR, before.id, "found") == [replace(before, revision=2)]


def test_a_correction_that_says_what_was_found_accepts_it(store: Store) -> None:
    document = actions.read_document(store, OPERATOR, CONTENT, "a.txt").id
    fact = one(store, document, "74个")
    [after] = actions.correct_fact(store, OPERATOR, fact.id, Correction({"value": 74, "unit": "个"}))
    assert after == replace(fact, state="accepted", revision=1)


@pytest.mark.parametrize(
    ("correction", "words"),
    [
        (Correction({"value": "many"}), "many is no value"),
        (Correction({"normalized_value": 1}), "is no normalized_value"),
        (Correction({"unit": "x" * 999}), "is no unit"),
        (Correction(span=(5, 5)), "no words"),
        (Correction(span=(5, 10_000)), "no words"),
        (Correction(span=(-5, 3)), "no words"),
    ],
)
def test_a_correction_that_cannot_be_is_refused_and_changes_nothing(
    store: Store, correction: Correction, words: str
) -> None:
    document = actions.read_document(store, OPERATOR, CONTENT, "a.txt").id
    fact = one(store, document, "74个")
    before = deeds(store)
    with pytest.raises(Invalid, match=words):
        actions.correct_fact(store, OPERATOR, fact.id, correction)
    assert one(store, document, "74个") == fact
    assert deeds(store) == before


def test_a_fact_that_was_missed_is_added_and_its_fields_follow_from_its_words(store: Store) -> None:
    document = actions.read_document(store, OPERATOR, CONTENT, "a.txt").id
    start = TEXT.index("一季度")
    added = actions.add_fact(store, OPERATOR, document, "industry", Correction(span=(start, start + 3)))
    assert (added.state, added.quote, added.fields["name"]) == ("added", "一季度", "一季度")
    with pytest.raises(Conflict, match="already"):
        actions.add_fact(store, OPERATOR, document, "industry", Correction(span=(start, start + 3)))
    with pytest.raises(Invalid):
        actions.add_fact(store, OPERATOR, document, "figure", Correction(span=(start, start + 3)))
    with pytest.raises(Invalid):
        actions.add_fact(store, OPERATOR, document, "defect", Correction(span=(start, start + 3)))
    [changed] = actions.correct_fact(store, OPERATOR, added.id, Correction({"name": "季度"}))
    assert (changed.state, changed.fields["name"], changed.original) == ("added", "季度", None)
    assert actions.decide_fact(store, OPERATOR, added.id, "rejected") == []
    assert facts(store, document, "industry") == []


def test_another_reading_leaves_what_was_decided_and_takes_away_what_nobody_wanted(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = actions.read_document(store, OPERATOR, CONTENT, "a.txt").id
    accepted, rejected, corrected, waiting = (
        one(store, document, words) for words in ("74个", "502亿元", "3.5%", "10条")
    )
    actions.decide_fact(store, OPERATOR, accepted.id, "accepted")
    actions.decide_fact(store, OPERATOR, rejected.id, "rejected")
    actions.correct_fact(store, OPERATOR, corrected.id, Correction({"change": "同比增长"}, (59, 60)))
    start = TEXT.index("完成评估")
    added = actions.add_fact(store, OPERATOR, document, "task", Correction(span=(start, start + 4)))
    decided = [fact for fact in facts(store, document) if fact.state != "found"]
    figures = actions.reading_at(store, OPERATOR, document).figures
    wider = [replace(each, start=each.start - 1, quote=TEXT[each.start - 1 : each.end]) for each in figures]
    found_anew(store, document, monkeypatch, figures=tuple(wider))
    after = facts(store, document)
    assert [fact for fact in after if fact.state != "found"] == decided
    assert added.id in {fact.id for fact in after}
    assert [fact.quote for fact in after if fact.kind == "figure" and fact.state == "found"][-1] == "好10条"
    assert waiting.id not in {fact.id for fact in after}, "nobody decided on it and it was not found again"
    found_anew(store, document, monkeypatch, figures=figures)
    assert {fact.quote for fact in facts(store, document, "figure")} >= {"74个", "10条"}
    before = deeds(store)
    actions.read_again(store, OPERATOR, document)
    assert deeds(store) == before, "the same reading again is no deed"


def test_a_fact_and_what_repeats_it_are_decided_together(store: Store) -> None:
    text = "导语：新增74个。\n正文：新增74个。\n"
    draft = actions.draft_of(text.encode(), "a.txt")
    first, second = reading_of(draft.text, dated=None, gazetteer=gazetteer_of([])).figures
    found = reading_of(draft.text, dated=None, gazetteer=gazetteer_of([]))
    found = replace(found, figures=(replace(first, repeats=second.start), second))
    document = actions.keep_reading(store, OPERATOR, draft, found).id
    standfirst, body = facts(store, document, "figure")
    assert [line.twins for line in lines_of(facts(store, document))] == [(standfirst,)]
    for fact in (standfirst, body):
        now = actions.decide_fact(store, OPERATOR, fact.id, "accepted")
        assert {each.id for each in now} == {standfirst.id, body.id}
        assert {each.state for each in now} == {"accepted"}
        actions.decide_fact(store, OPERATOR, fact.id, "found")
    now = actions.correct_fact(store, OPERATOR, body.id, Correction({"value": 75}))
    assert [(each.state, each.fields["value"]) for each in now] == [("corrected", 75)] * 2


def test_who_decides_on_what_somebody_else_changed_is_told_who_and_what(store: Store) -> None:
    accounts.add_account(store, OPERATOR, "督查一", "", [Grant("supervisor")])
    accounts.add_account(store, OPERATOR, "督查二", "", [Grant("supervisor")])
    first, second = (Asker(name, (Grant("supervisor"),), n) for n, name in ((1, "督查一"), (2, "督查二")))
    document = actions.read_document(store, OPERATOR, CONTENT, "a.txt").id
    fact = one(store, document, "74个")
    actions.correct_fact(store, first, fact.id, Correction({"value": 75}), fact.revision)
    for deed in (
        lambda: actions.decide_fact(store, second, fact.id, "rejected", fact.revision),
        lambda: actions.correct_fact(store, second, fact.id, Correction({"value": 1}), fact.revision),
    ):
        with pytest.raises(Conflict) as clash:
            deed()
        message, advice = explain(clash.value, "zh")
        assert "督查一" in message
        assert "更正" in message
        assert "74个" in message
        assert advice
    assert one(store, document, "74个").fields["value"] == 75
    actions.decide_fact(store, first, fact.id, "found", fact.revision)
    actions.accept_facts(store, first, document)
    with pytest.raises(Conflict, match=r"督查一 accepted .74个"):
        actions.decide_fact(store, second, fact.id, "rejected", 0)
    now = one(store, document, "74个")
    assert actions.decide_fact(store, second, fact.id, "rejected", now.revision)[0].state == "rejected"


def test_names_in_what_holds_are_looked_up_where_the_title_is_at_home(filled: Store) -> None:
    store = filled
    text = "天津市推进方案\n天津大学建好平台（市政府牵头，某某局配合）。\n"
    draft = actions.draft_of(text.encode(), "a.txt")
    found = reading_of(draft.text, dated=None, gazetteer=gazetteer_of([]))
    at, bracket = text.index("天津大学"), text.index("（")
    found = replace(
        found,
        organisations=(OrganisationMention(at, at + 4, "天津大学", name="天津大学"),),
        assignments=(
            Assignment(
                bracket, bracket + 13, text[bracket : bracket + 13], None, 8, ("市政府",), ("某某局",), False
            ),
        ),
    )
    document = actions.keep_reading(store, OPERATOR, draft, found).id
    assert all(not fact.entities for fact in facts(store, document)), "nobody has decided yet"
    actions.accept_facts(store, OPERATOR, document)
    [university] = facts(store, document, "organisation")
    entity = registry.entity_at(store, OPERATOR, university.entities["天津大学"] or 0).entity
    assert entity.name == "天津大学"
    [answer] = facts(store, document, "assignment")
    assert answer.entities["某某局"] is None
    committee = answer.entities["市政府"]
    assert committee is not None
    assert registry.entity_at(store, OPERATOR, committee).entity.adcode == "120000"
    [back] = actions.decide_fact(store, OPERATOR, university.id, "found")
    assert back.entities == {}


def test_layout_defects_are_shown_and_not_decided_on(store: Store) -> None:
    draft = actions.draft_of(CONTENT, "a.txt")
    found = reading_of(draft.text, dated=None, gazetteer=gazetteer_of([]))
    found = replace(found, defects=(Defect(0, 5, TEXT[:5], "line_break", ((2, 3),)),))
    document = actions.keep_reading(store, OPERATOR, draft, found)
    [defect] = facts(store, document.id, "defect")
    assert document.facts == len(facts(store, document.id)) - 1
    with pytest.raises(Invalid, match="not decided"):
        actions.decide_fact(store, OPERATOR, defect.id, "accepted")
    assert actions.accept_facts(store, OPERATOR, document.id) == document.facts
    assert facts(store, document.id, "defect") == [defect]


def test_one_cell_answers_for_several_measures(store: Store) -> None:
    draft = actions.draft_of(CONTENT, "a.txt")
    found = reading_of(draft.text, dated=None, gazetteer=gazetteer_of([]))
    cell = Assignment(3, 6, TEXT[3:6], None, 0, ("某局",), (), False)
    found = replace(found, assignments=(cell, replace(cell, task_start=10)))
    document = actions.keep_reading(store, OPERATOR, draft, found).id
    assert [fact.fields["task_start"] for fact in facts(store, document, "assignment")] == [0, 10]
    assert actions.keep_reading(store, OPERATOR, draft, found).id == document
    assert len(facts(store, document, "assignment")) == 2


def test_a_plan_is_a_tree_of_measures_with_who_answers_for_each(store: Store) -> None:
    text = (
        "方案\n一、总体\n（一）建园区。抓好10条产业链。\n（二）补链条。抓好5条产业链。\n"
        "二、保障\n（一）强组织。\n（二）保资金。\n"
    )
    draft = actions.draft_of(text.encode(), "a.txt")
    found = reading_of(draft.text, dated=None, gazetteer=gazetteer_of([]))
    at = text.index("抓好5条")
    answer = Assignment(at, at + 4, text[at : at + 4], None, text.index("（二）补"), ("某局",), (), False)
    document = actions.keep_reading(store, OPERATOR, draft, replace(found, assignments=(answer,))).id
    shown = [(line.depth, words_of(line.fact)[:2]) for line in tree_of(facts(store, document, *TREE_KINDS))]
    assert shown == [
        (0, "总体"),
        (1, "建园"),
        (1, "补链"),
        (2, "抓好"),
        (0, "保障"),
        (1, "强组"),
        (1, "保资"),
    ]


def test_what_is_read_of_a_reviewed_document_is_what_stands(store: Store) -> None:
    text = "方案\n一、建园区。新增74个，投资502亿元。（某局牵头，6月底前完成）\n二、补链条。\n"
    document = actions.read_document(store, OPERATOR, text.encode(), "a.txt").id
    actions.decide_fact(store, OPERATOR, one(store, document, "74个").id, "rejected")
    actions.correct_fact(store, OPERATOR, one(store, document, "502亿元").id, Correction({"value": 5.5}))
    [answer] = facts(store, document, "assignment")
    change = Correction({"lead": ["另局"], "cooperate": ["某局"], "due": "2023-06-30"})
    actions.correct_fact(store, OPERATOR, answer.id, change)
    task = facts(store, document, "task")[1]
    actions.correct_fact(store, OPERATOR, task.id, Correction({"title": "链条"}))
    found = actions.reading_at(store, OPERATOR, document)
    assert [(each.value, each.normalized_value) for each in found.figures] == [(Decimal("5.5"), 550_000_000)]
    [stands] = found.assignments
    assert (stands.lead, stands.cooperate, stands.due) == (("另局",), ("某局",), "2023-06-30")
    assert [each.title.quote for each in found.measures] == ["建园区", "链条"]
    assert [each.title.quote for each in found.lists[0].measures] == ["建园区", "链条"]
    assert all(text[each.title.start : each.title.end] == each.title.quote for each in found.measures)
