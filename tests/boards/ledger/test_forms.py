from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from haihe.boards.ledger import Edit, Node, Return, Share
from haihe.boards.ledger.desk import form_of
from haihe.boards.ledger.forms import (
    Offer,
    add_offers,
    asked,
    edit_offer,
    move_offers,
    report_offer,
    return_of,
)
from haihe.boards.ledger.kinds import kinds
from haihe.boards.ledger.records import Light, Report, Standing, Step
from haihe.kit.errors import Invalid

TODAY = date(2026, 7, 3)
NODE = Node(
    1, 1, 2, (1, 1, 1), "item", "图谱", "编制图谱", "accepted", None,
    shares=(Share("市工信局", "lead"), Share("市数据局", "cooperating")), due_on=date(2026, 6, 30), cites=7,
)  # fmt: skip


def sent(offer: Offer, **changes: str) -> dict[str, str]:
    """What a browser sends of a form as it stands, with some boxes changed."""
    return {each.name: str(each.value or "") for each in (*offer.boxes, *offer.folded)} | changes


def test_a_form_sent_as_it_stands_changes_nothing() -> None:
    offer = edit_offer(NODE, "task", "zh")
    assert asked(offer, NODE, sent(offer), TODAY, "zh") == Edit(
        "图谱", "编制图谱", "item", None, date(2026, 6, 30), None, 1.0, 7, ("市工信局",), ("市数据局",)
    )


def test_what_is_written_is_taken() -> None:
    offer = edit_offer(NODE, "task", "zh")
    changes = {"kind": "project", "weight": "2.5", "lead": "市科技局, 市工信局", "due_on": ""}
    edit = asked(offer, NODE, sent(offer, **changes), TODAY, "zh")
    assert isinstance(edit, Edit)
    assert (edit.kind, edit.weight, edit.lead, edit.due_on) == (
        "project",
        2.5,
        ("市科技局", "市工信局"),
        None,
    )


def test_a_node_becomes_only_what_may_stand_in_its_place() -> None:
    aspect = Node(1, 1, None, (1,), "aspect", "t", "", "draft", None)
    assert "kind" not in {box.name for box in edit_offer(aspect, None, "zh").boxes}
    (kind,) = (box for box in edit_offer(NODE, "task", "en").boxes if box.name == "kind")
    assert kind.options == (("project", "Project"), ("item", "Item"))


def test_the_form_of_a_level_asks_for_its_fields_and_takes_money_in_wan() -> None:
    (offer, *_) = add_offers(kinds()["construction"].below(None), "zh")
    assert "总投资（万元）" in offer.html()
    assert "&lt;" not in offer.html()
    written = sent(offer, title="厂房", **{"field-investment_fen": "5,020.5", "field-place": "120114"})
    edit = asked(offer, None, written, TODAY, "zh")
    assert isinstance(edit, Edit)
    assert (edit.values["investment_fen"], edit.values["place"]) == (5_020_500_000, "120114")
    with pytest.raises(Invalid, match="地点"):
        asked(offer, None, written | {"field-place": "武清"}, TODAY, "zh")


def test_a_move_asks_for_what_is_missing_and_going_back_for_the_reason() -> None:
    order = Node(
        1, 1, None, (1,), "order", "督办", "", "accepted", None, register="supervision", stage="handled"
    )
    moves = {offer.stage: offer for offer in move_offers(order, "en")}
    assert [box.name for box in moves["answered"].boxes] == ["field-answer"]
    assert [box.name for box in moves["closed"].boxes] == ["field-answer"]
    assert [box.name for box in moves["raised"].boxes] == ["reason"]
    step = asked(moves["answered"], order, {"field-answer": "已办"}, TODAY, "en")
    assert step == Step("answered", "", {"answer": "已办"})


def test_what_somebody_wrote_stands_in_the_form_as_text() -> None:
    node = Node(1, 1, 2, (1,), "item", '<b>"x"</b>', "</textarea>", "accepted", None)
    html = edit_offer(node, "task", "zh").html()
    assert "<b>" not in html
    assert html.count("</textarea>") == 1


def test_a_report_is_written_in_per_cent() -> None:
    offer = report_offer(NODE, TODAY, "zh")
    assert return_of(sent(offer, progress="70"), TODAY) == Return("2026-07", TODAY, 0.7, "", None)
    assert return_of(sent(offer), TODAY).progress is None


@pytest.mark.parametrize(
    ("last", "words"),
    [(date(2026, 8, 30), "Still 2026-08-30"), (date(2026, 5, 1), "Last expected by 2026-05-01")],
)
def test_a_report_expects_only_what_its_writer_says(last: date, words: str) -> None:
    said = Report(1, 1, "2026-06", 0.4, "", last, TODAY, datetime(2026, 7, 3, tzinfo=UTC), "account/1")
    node, light = replace(NODE, report=said), Light("near", "")
    offer = report_offer(node, TODAY, "en")
    assert [each.name for each in offer.boxes] == ["progress", "note", "forecast_due_on"]
    assert return_of(sent(offer, note="x"), TODAY).forecast_due_on is None
    desk = form_of(Standing(node, light, light, 0.4, 1, 1, {"near": 1}, 0), "2026-07", TODAY, "en")
    for form in (offer.html(), desk):
        assert re.search('<input name="forecast_due_on" type="date" value=""[^>]*>', form)
        assert f'value="{last}" onclick=' in form
        assert words in form


@pytest.mark.parametrize("changes", [{"progress": "七成"}, {"forecast_due_on": "六月"}])
def test_what_is_no_number_or_date_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        return_of(sent(report_offer(NODE, TODAY, "zh"), **changes), TODAY)
