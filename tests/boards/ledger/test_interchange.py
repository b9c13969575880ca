"""Projects as OC4IDS, held against the published schema (Open Contracting Partnership, Apache-2.0)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator, Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

from haihe.boards.ledger import Node, Plan, Report, Share
from haihe.boards.ledger.interchange import Publisher, package_of
from haihe.boards.ledger.records import Tag
from haihe.boards.ledger.rollup import counted
from haihe.kit.errors import NotFound

ROOT = Path(__file__).parents[3]
AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
ON = date(2026, 11, 22)
PLAN = Plan(1, "样例计划", "sample", datetime(2026, 1, 15, tzinfo=UTC), None, 0, 4, "construction")
PUBLISHER = Publisher("样例办公室", "https://haihe.example/api/v1/plans/1/oc4ids.json", AT)

BARE = Node(1, 1, None, (1,), "project", "样例项目", "", "accepted", None, register="construction")
FULL = replace(
    BARE,
    id=2,
    path=(2,),
    text="总投资12亿元。",
    shares=(Share("市科技局", "lead", 7), Share("区政府", "lead"), Share("某公司", "cooperating")),
    tags=(Tag("six-emphases", "dragon", True),),
    start_on=date(2026, 1, 1),
    due_on=date(2026, 12, 31),
    report=Report(5, 2, "2026-11", 1.0, "", None, ON, AT, "account/1"),
    stage="accepted",
    stage_on=ON,
    values={"investment_fen": 120_000_000_000, "spent_fen": 110_000_000_050, "place": "120114"},
)
UNDER = replace(
    BARE, id=3, path=(2, 1), parent=2, kind="node", title="封顶", due_on=date(2026, 6, 30), stage="waiting"
)
FOUND = [*counted([BARE, FULL, UNDER], ON).values()]


def published() -> Draft4Validator:
    """The published schema of a package, with that of its projects."""
    package, project = (
        json.loads((ROOT / f"tests/cases/oc4ids-{name}-schema.json").read_text("utf-8"))
        for name in ("package", "project")
    )
    held = Registry().with_resource(project["id"], Resource.from_contents(project, DRAFT4))
    return Draft4Validator(package, registry=held, format_checker=Draft4Validator.FORMAT_CHECKER)


def made() -> dict[str, Any]:
    return package_of(PLAN, FOUND, PUBLISHER)


def test_a_package_meets_the_published_schema_and_our_own() -> None:
    assert not list(published().iter_errors(made()))
    ours = json.loads((ROOT / "docs/formats/ledger-oc4ids.schema.json").read_text("utf-8"))
    Draft202012Validator(ours, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(made())


def test_the_published_schema_tells_a_bad_package() -> None:
    bad = made()
    bad["projects"][1] |= {"status": "under way", "period": "2026"}
    bad["projects"][0].pop("id")
    assert {error.validator for error in published().iter_errors(bad)} == {"enum", "type", "required"}


def test_a_project_says_what_is_known_of_it() -> None:
    bare, full = made()["projects"]
    assert set(bare) == {"id", "identifiers", "updated", "title"}
    assert full["status"] == "completion"
    assert full["budget"]["amount"] == {"amount": 1_200_000_000, "currency": "CNY"}
    assert full["completion"]["finalValue"]["amount"] == 1_100_000_000.5
    assert full["completion"]["endDate"] == "2026-11-22T00:00:00+08:00"
    assert full["publicAuthority"] == {"id": "entity-7", "name": "市科技局"}
    assert [party["roles"] for party in full["parties"]] == [
        ["publicAuthority"], ["administrativeEntity"], ["interestedParty"],
    ]  # fmt: skip
    assert [(one["title"], one["status"]) for one in full["milestones"]] == [("封顶", "notMet")]


def test_a_register_without_projects_says_so() -> None:
    with pytest.raises(NotFound):
        package_of(replace(PLAN, kind="meeting"), FOUND, PUBLISHER)
