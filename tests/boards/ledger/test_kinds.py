"""Kinds of register: whole definitions, one for every system of the inventory, and checked values."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from haihe.boards.ledger.guide import page_of
from haihe.boards.ledger.kinds import (
    MISSING,
    NOT_A_CHOICE,
    NOT_A_COUNT,
    NOT_A_DAY,
    NOT_A_PLACE,
    UNKNOWN_FIELD,
    Given,
    Kind,
    defined,
    faults_of,
    kinds,
    offered,
    reached,
    serving,
    unmet,
)
from haihe.boards.ledger.lights import rule_on
from haihe.kit import resources

EVERY = [pytest.param(kind, id=name) for name, kind in kinds().items()]


SCHEMA = json.loads((Path(__file__).parents[3] / "docs/formats/ledger-kind.schema.json").read_text("utf-8"))
MISTYPED = [
    ({"colour": "red"}, None),
    ({"promises": True}, "levels.item"),
    ({"fulfils": True}, "levels.item.fields.measure"),
    ({"shared": ["post"]}, "levels.item"),
    ({"stages": "promises"}, "levels.item"),
]


def faults_in(definition: Any, part: str = "") -> list[str]:
    """Where a definition does not fit the schema of a kind, or a part of it."""
    schema = {**SCHEMA, "$ref": f"#/$defs/{part}"} if part else SCHEMA
    named = {key: value for key, value in schema.items() if key in ("$defs", "$ref")} if part else schema
    return [error.json_path for error in Draft202012Validator(named).iter_errors(definition)]


@pytest.mark.parametrize("name", kinds())
def test_a_definition_fits_its_schema(name: str) -> None:
    assert faults_in(resources.definition(f"boards/ledger/kinds/{name}.yaml")) == []


def test_the_stages_and_shared_fields_fit_the_schema() -> None:
    assert faults_in(resources.definition("boards/ledger/params/stages.yaml"), "sequences") == []
    assert faults_in(resources.definition("boards/ledger/params/fields.yaml"), "sets") == []


@pytest.mark.parametrize(("more", "at"), MISTYPED)
def test_a_definition_that_is_mistyped_is_not_taken(more: dict[str, Any], at: str | None) -> None:
    definition: Any = {
        **{words: {"zh": "样例", "en": "Sample"} for words in ("label", "plural", "gist")},
        "serves": ["G1"],
        "levels": {
            "item": {
                "label": {"zh": "事项", "en": "Item"},
                "fields": {"measure": {"label": {"zh": "举措", "en": "Measure"}, "type": "words"}},
                "columns": ["title"],
            }
        },
    }
    assert defined("sample", definition).light == "suqian"
    assert faults_in(definition) == []
    place = definition
    for key in at.split(".") if at else ():
        place = place[key]
    place |= more
    with pytest.raises((TypeError, KeyError)):
        defined("sample", definition)
    assert faults_in(definition) or "shared" in more or "stages" in more, "names of sets are the loader's"


def test_every_system_of_the_ledger_has_a_kind(shared: Path) -> None:
    with (shared / "inventory.csv").open(encoding="utf-8", newline="") as file:
        wanted = [row["id"] for row in csv.DictReader(file) if row["board"] == "ledger"]
    assert len(wanted) > 50
    assert [system for system, served in serving(wanted).items() if not served] == []


@pytest.mark.parametrize("kind", EVERY)
def test_a_kind_can_be_begun_filled_and_ended(kind: Kind) -> None:
    assert kind.below(None), "no level stands at the root"
    for labels in (kind.label, kind.plural, kind.gist):
        assert labels.keys() == {"zh", "en"}
    for level in kind.levels.values():
        assert {"title"} <= set(level.columns)
        known = {"title", "stage", "lead", "due", "light", "progress"} | level.fields.keys()
        assert set(level.columns) <= known
        assert not level.stages or any(stage.ends for stage in level.stages.values())
        assert not next(iter(level.stages.values()), None) or not next(iter(level.stages.values())).ends
    reached = {level.name for level in kind.below(None)}
    for _ in kind.levels:
        reached |= {level.name for upper in reached.copy() for level in kind.below(upper)}
    assert reached == kind.levels.keys()


@pytest.mark.parametrize("kind", EVERY)
def test_the_light_rule_of_a_kind_is_there(kind: Kind) -> None:
    assert rule_on(date(2026, 11, 1), kind.light).near_days > 0


def test_what_concerns_internal_life_is_hidden_until_turned_on() -> None:
    hidden = {name: kind.serves for name, kind in kinds().items() if kind.hidden}
    assert hidden == {"cohort": ("G15",), "evidence": ("G16",), "visit": ("G24",)}
    served = {system for kind in offered(hidden=False).values() for system in kind.serves}
    assert not served & {"G15", "G16", "G24"}


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("place", "12010", NOT_A_PLACE),
        ("investment_fen", -1, NOT_A_COUNT),
        ("investment_fen", 1.5, NOT_A_COUNT),
        ("investment_fen", "NaN", NOT_A_COUNT),
        ("begun_on", "2026-02-30", NOT_A_DAY),
        ("begun_on", "20260201", NOT_A_DAY),
        ("axes", ["smart", "cheap"], NOT_A_CHOICE),
        ("colour", "red", UNKNOWN_FIELD),
        ("place", "120114", None),
        ("investment_fen", 74_000_000_000_00, None),
        ("axes", ["smart", "green"], None),
        ("begun_on", None, None),
    ],
)
def test_a_value_that_does_not_fit_is_named_with_its_reason(
    field: str, value: Given, reason: str | None
) -> None:
    level = kinds()["construction"].levels["project"]
    assert faults_of(level, {field: value}) == ([(field, reason)] if reason else [])


def test_what_is_required_may_wait_until_the_node_is_whole() -> None:
    level = kinds()["request"].levels["request"]
    assert faults_of(level, {}) == [("asked_by", MISSING)]
    assert faults_of(level, {}, whole=False) == []


def test_a_stage_is_entered_only_with_what_it_needs() -> None:
    level = kinds()["supervision"].levels["order"]
    assert [stage.label["zh"] for stage in level.stages.values()] == [
        "事项", "审核", "下发", "签收", "办理", "反馈", "复核", "办结",
    ]  # fmt: skip
    assert unmet(level, "answered", {}) == ("answer",)
    assert unmet(level, "answered", {"answer": "已办"}) == ()


def test_the_page_of_kinds_is_as_the_command_writes_it() -> None:
    page = (Path(__file__).parents[3] / "docs/kinds.md").read_text(encoding="utf-8")
    assert page == page_of(kinds().values()), "run haihe kinds --markdown > docs/kinds.md"


def test_a_stage_that_is_passed_asks_for_what_it_needs() -> None:
    level = kinds()["request"].levels["request"]
    assert unmet(level, "closed", {}, "sent") == ("answer",)
    assert unmet(level, "closed", {}, "answered") == ()
    level = kinds()["practice"].levels["practice"]
    assert unmet(level, "set_aside", {}, "found") == ("reason",), "an end that is passed by is none"


def test_a_report_reaches_the_stages_of_a_promise_only() -> None:
    item, order = kinds()["plan"].levels["item"], kinds()["supervision"].levels["order"]
    shown = [reached(item, "waiting", progress) for progress in (None, 0.0, 0.3, 1.0)]
    assert shown == ["waiting", "waiting", "under_way", "done"]
    assert reached(item, "done", 0.5) == "done"
    assert reached(order, "handled", 1.0) == "handled"
