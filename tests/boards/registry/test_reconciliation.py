"""The service as a client of the Reconciliation Service API 0.2 uses it, such as OpenRefine."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator

from haihe.boards.accounts import OPERATOR, PUBLIC
from haihe.boards.registry import actions, name_actions
from haihe.boards.registry.judgement_actions import judge
from haihe.boards.registry.judgements import Opinion
from haihe.boards.registry.reconciliation import Query, extension_of, queries_of
from haihe.boards.registry.reconciliation_actions import reconcile
from haihe.boards.registry.reconciliation_api import router
from haihe.kit.errors import Invalid
from haihe.store.opening import Store

FORMATS = Path(__file__).parents[3] / "docs/formats"


def valid(name: str, value: Any) -> Any:
    """The value, which must be as its schema says."""
    text = (FORMATS / f"registry-reconciliation-{name}.schema.json").read_text(encoding="utf-8")
    Draft202012Validator(json.loads(text)).validate(value)
    return value


class Refine:
    """A client that follows the manifest and knows nothing else of the service."""

    def __init__(self, http: TestClient, endpoint: str) -> None:
        self.http = http
        self.endpoint = endpoint
        self.manifest = valid("manifest", http.get(endpoint).json())

    def reconcile(self, **queries: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
        form = {"queries": json.dumps(queries, ensure_ascii=False)}
        posted = self.http.post(self.endpoint, data=form)
        assert posted.headers["access-control-allow-origin"] == "*"
        assert posted.json() == self.http.get(self.endpoint, params=form).json()
        answers = valid("results", posted.json())
        assert answers.keys() == queries.keys()
        for answer in answers.values():
            scores = [one["score"] for one in answer["result"]]
            assert scores == sorted(scores, reverse=True)
        return {name: answer["result"] for name, answer in answers.items()}

    def suggest(self, what: str, prefix: str, cursor: int = 0) -> list[dict[str, Any]]:
        service = self.manifest["suggest"][what]
        asked = {"prefix": prefix, "cursor": cursor}
        answer = self.http.get(service["service_url"] + service["service_path"], params=asked)
        found: list[dict[str, Any]] = valid("suggestions", answer.json())["result"]
        return found

    def extend(self, ids: list[str], *properties: str) -> dict[str, Any]:
        asked = {"ids": ids, "properties": [{"id": one} for one in properties]}
        answer = self.http.post(self.endpoint, data={"extend": json.dumps(asked)})
        return dict(valid("extension", answer.json()))


@pytest.fixture
def refine(filled: Store) -> Iterator[Refine]:
    app = FastAPI()
    app.include_router(router)
    with TestClient(app, headers={"accept-language": "zh"}) as http:
        yield Refine(http, "/reconcile")


@pytest.mark.database
def test_a_table_is_reconciled_and_extended_as_openrefine_does(refine: Refine, filled: Store) -> None:
    found = refine.reconcile(
        q0={"query": "天大"},
        q1={"query": "市政府", "properties": [{"pid": "place", "v": "120114"}]},
        q2={"query": "市政府", "properties": [{"pid": "place", "v": {"id": "x", "name": "保定市"}}]},
        q3={"query": "", "properties": [{"pid": "ministry_code", "v": ["4111010001"]}]},
        q4={"query": "京东方", "type": "company", "limit": 1},
        q5={"query": "京东方", "type": ["university", "agency"]},
        q6={"query": "从来没有的名称"},
        q7={
            "query": "天津大学",
            "properties": [{"pid": "level", "v": "本科"}, {"pid": "ownership", "v": "x"}],
        },
    )
    assert (found["q0"][0]["name"], found["q0"][0]["match"]) == ("天津大学", True)
    assert [found[name][0]["name"] for name in ("q1", "q2", "q3")] == [
        "天津市人民政府",
        "保定市人民政府",
        "北京大学",
    ]
    assert [found[name][0]["match"] for name in ("q1", "q2", "q3")] == [True] * 3
    assert found["q3"][0]["score"] == 100
    assert [one["name"] for one in found["q4"]] == ["京东方科技集团股份有限公司"]
    assert not [one for one in found["q5"] if one["type"][0]["id"] == "company"]
    assert found["q6"] == []
    assert found["q7"][0]["features"] == [{"id": "level", "value": True}, {"id": "ownership", "value": False}]
    (again,) = refine.reconcile(q={"query": found["q0"][0]["id"], "limit": 1})["q"]
    assert (again["name"], again["score"], again["match"]) == ("天津大学", 100, True)

    proposed = refine.manifest["extend"]["propose_properties"]
    asked = refine.http.get(
        proposed["service_url"] + proposed["service_path"], params={"type": "university", "limit": 50}
    ).json()
    names = [one["id"] for one in asked["properties"]]
    assert {"place", "ministry_code", "level", "parent"} <= set(names)
    ids = [found["q0"][0]["id"], found["q3"][0]["id"], "999999", "x", "1"]
    rows = refine.extend(ids, "ministry_code", "level", "place", "parent")["rows"]
    assert rows[ids[0]] == {
        "ministry_code": [{"str": "4112010056"}],
        "level": [{"str": "本科"}],
        "place": [{"str": "天津市"}],
        "parent": [],
    }
    assert rows["999999"] == rows["x"] == rows["1"] == {name: [] for name in rows["x"]}
    office = str(actions.completions(filled, PUBLIC, "京津冀联合办")[0].id)
    (parent,) = refine.extend([office], "parent")["rows"][office]["parent"][:1]
    assert actions.entity_at(filled, PUBLIC, int(parent["id"])).entity.name == parent["name"]

    preview = refine.http.get(refine.manifest["preview"]["url"].replace("{{id}}", ids[0]))
    assert "天津大学" in preview.text
    assert "frame-ancestors *" in preview.headers["content-security-policy"]
    assert refine.manifest["view"]["url"].endswith("/entity/{{id}}")


@pytest.mark.database
def test_suggestions_follow_what_is_typed(refine: Refine) -> None:
    everything = refine.suggest("entity", "天津")
    assert len(everything) == 10
    assert refine.suggest("entity", "天津", 5)[:5] == everything[5:]
    first = refine.suggest("entity", "天津大学")[0]
    assert (first["name"], first["notable"]) == ("天津大学", ["university"])
    assert refine.suggest("entity", first["id"])[0] == first
    assert [one["id"] for one in refine.suggest("type", "高等")] == ["university"]
    assert {"id": "stock_code", "name": "证券代码"} in refine.suggest("property", "证券")


@pytest.mark.database
def test_what_was_joined_is_one_candidate(refine: Refine, filled: Store) -> None:
    one, other = (actions.completions(filled, PUBLIC, name)[0].id for name in ("天津大学", "天津工业大学"))
    judge(filled, OPERATOR, Opinion(one, other, "same", "只为试验"))
    found = refine.reconcile(q={"query": "天津工业大学"})["q"]
    assert (found[0]["id"], found[0]["match"]) == (str(min(one, other)), True)
    assert str(max(one, other)) not in {each["id"] for each in found}


@pytest.mark.database
def test_where_not_all_names_are_held_the_same_are_meant(
    filled: Store, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (shared / "data/mentions/orgs_dev.csv").open(encoding="utf-8-sig") as table:
        asked = [(row["name"], row["region_context"]) for row in csv.DictReader(table)][::12]
    queries = {
        str(at): Query(name, stated={"place": (place,)} if place else {})
        for at, (name, place) in enumerate(asked)
    }

    def meant() -> list[list[str]]:
        found = reconcile(filled, PUBLIC, queries, "zh").values()
        return [[one["id"] for one in answer["result"] if one["match"]] for answer in found]

    held = meant()
    monkeypatch.setattr(name_actions, "HELD_MAX", -2)
    near = meant()
    assert sum(map(bool, held)) > 12
    assert sum(one == other for one, other in zip(held, near, strict=True)) >= 0.96 * len(held)


@pytest.mark.parametrize(
    "payload",
    [
        "", "[]", "{", "null", '{"q0": {}}', '{"q0": {"query": 1}}', '{"q0": {"properties": []}}',
        '{"q0": {"query": "x", "nonsense": 1}}', '{"q0": {"query": "x", "properties": [{"pid": "a"}]}}',
        "[" * 100_000, json.dumps({str(n): {"query": "x"} for n in range(201)}),
        json.dumps({"q": {"query": "x" * 20_000}}),
    ],
)  # fmt: skip
def test_what_is_no_query_is_refused(payload: str) -> None:
    with pytest.raises(Invalid):
        queries_of(payload)
    with pytest.raises(Invalid):
        extension_of(payload)


def test_a_query_is_read_in_all_its_forms() -> None:
    asked = {
        "query": "a",
        "type": "company",
        "limit": 1e6,
        "properties": [{"pid": "p", "v": [1.5, True, "b"]}],
    }
    query = queries_of(json.dumps({"q": asked}))["q"]
    assert (query.kinds, query.limit, query.stated) == (("company",), 50, {"p": ("1.5", "True", "b")})
