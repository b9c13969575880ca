"""Documents over HTTP: what a program sends, and what it gets."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator
from openpyxl import load_workbook

from haihe.boards.accounts import OPERATOR, PUBLIC
from haihe.boards.accounts.actions import asking
from haihe.boards.reader.api import router
from haihe.kit.errors import Invalid, NotFound, Unknown
from haihe.store.opening import Store, the_store

pytestmark = pytest.mark.database

FORMATS = Path(__file__).parents[3] / "docs/formats"
TEXT = "\ufeff协同发展简报\n2023年，天津市新增项目74个，投资约502亿元。\n一是建好产业园。二是补齐产业链。\n"


def valid(name: str, value: Any) -> Any:
    """The value, which must be as its schema says."""
    schema = json.loads((FORMATS / f"{name}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)
    return value


@pytest.fixture
def client(store: Store) -> Iterator[TestClient]:
    """A program that asks as the operator."""
    app = FastAPI()
    app.include_router(router)
    app.dependency_overrides |= {the_store: lambda: store, asking: lambda: OPERATOR}
    with TestClient(app) as client:
        yield client


def sent(client: TestClient, text: str = TEXT, **form: str) -> dict[str, Any]:
    answer = client.post("/api/v1/documents", files={"file": ("简报.txt", text.encode())}, data=form)
    assert answer.status_code == 201
    receipt = valid("reader-receipt", answer.json())
    assert receipt["job"] is None
    document: dict[str, Any] = receipt["document"]
    return document


def test_a_document_goes_in_and_its_facts_come_out(client: TestClient) -> None:
    document = sent(client, dated="2023-12-31", tier="official", url="https://example.org/a")
    assert (document["dated"], document["tier"]) == ("2023-12-31", "official")
    assert document["title"] == "协同发展简报"
    address = f"/api/v1/documents/{document['id']}"
    assert valid("reader-document", client.get(address).json()) == document
    text = client.get(f"{address}/text")
    assert text.content == TEXT.encode()
    page = client.get(f"{address}/facts", params={"limit": 200}).json()
    assert page["next"] is None
    assert all(
        valid("reader-fact", fact)["quote"] == TEXT[fact["start"] : fact["end"]] for fact in page["rows"]
    )
    figures = client.get(f"{address}/facts", params={"kind": "figure"}).json()["rows"]
    assert {"74个", "约502亿元"} <= {fact["quote"] for fact in figures}
    assert client.get("/api/v1/documents", params={"q": "产业链"}).json()["rows"] == [document]
    assert client.get("/api/v1/documents", params={"q": "雄安"}).json()["rows"] == []


def test_a_source_comes_with_the_words_around_it(client: TestClient) -> None:
    document = sent(client)
    fact = client.get(f"/api/v1/documents/{document['id']}/facts", params={"kind": "figure"}).json()["rows"][
        0
    ]
    context = valid("reader-source", client.get(f"/api/v1/sources/{fact['source_id']}").json())
    assert context["source"]["locator"] == f"char={fact['start']},{fact['end']}"
    assert context["before"] + context["source"]["quote"] + context["after"] == TEXT.splitlines()[1]
    assert context["fact_id"] == fact["id"]
    with pytest.raises(NotFound):
        client.get("/api/v1/sources/0123456789abcdef01234567")


def test_a_fact_is_decided_and_the_decision_taken_back(client: TestClient) -> None:
    document = sent(client)
    number = client.get(f"/api/v1/documents/{document['id']}/facts").json()["rows"][0]["id"]
    states = [
        client.post(f"/api/v1/facts/{number}/{deed}").json()[0]["state"]
        for deed in ("accept", "undo", "reject")
    ]
    assert states == ["accepted", "found", "rejected"]
    assert client.post(f"/api/v1/documents/{document['id']}/accept").json() == document["facts"] - 1
    counts = client.get(f"/api/v1/documents/{document['id']}/counts").json()
    assert sum(each["count"] for each in counts if each["state"] == "accepted") == document["facts"] - 1


def test_a_fact_is_corrected_and_one_added_and_both_stay_when_it_is_read_anew(client: TestClient) -> None:
    address = f"/api/v1/documents/{sent(client)['id']}"
    fact = client.get(f"{address}/facts", params={"kind": "figure"}).json()["rows"][0]
    correction = valid(
        "reader-correction", {"fields": {"value": 75}, "span": [fact["start"], fact["end"] + 1]}
    )
    [after] = client.post(f"/api/v1/facts/{fact['id']}/correct", json=correction).json()
    assert valid("reader-fact", after)["state"] == "corrected"
    assert (after["fields"]["value"], after["quote"]) == (75, TEXT[fact["start"] : fact["end"] + 1])
    assert after["original"]["fields"] == fact["fields"]
    start = TEXT.index("产业链")
    correction = valid("reader-correction", {"span": [start, start + 3]})
    answer = client.post(f"{address}/facts/industry", json=correction)
    assert answer.status_code == 201
    added = valid("reader-fact", answer.json())
    assert (added["state"], added["quote"]) == ("added", "产业链")
    valid("reader-receipt", client.post(f"{address}/read").json())
    decided = client.get(f"{address}/facts", params={"waiting": False}).json()["rows"]
    assert decided == [after, added]
    with pytest.raises(Invalid):
        client.post(f"/api/v1/facts/{fact['id']}/correct", json={"fields": {"colour": "red"}})
    assert client.post(f"/api/v1/facts/{fact['id']}/correct", json={"span": [1]}).status_code == 422


def test_facts_can_be_taken_away_as_lines_of_json_and_as_web_annotations(client: TestClient) -> None:
    address = f"/api/v1/documents/{sent(client)['id']}/facts"
    facts = client.get(address, params={"limit": 200}).json()["rows"]
    client.post(
        f"/api/v1/facts/{facts[0]['id']}/correct", json={"span": [facts[0]["start"], facts[0]["end"] + 2]}
    )
    facts = client.get(address, params={"limit": 200}).json()["rows"]
    lines = client.get(address, params={"format": "jsonl"})
    assert lines.headers["content-type"] == "application/x-ndjson"
    rows = [json.loads(line) for line in lines.text.splitlines()]
    assert [(row["quote"], row["state"]) for row in rows] == [
        (fact["quote"], fact["state"]) for fact in facts
    ]
    notes = valid("annotation", client.get(address, params={"format": "webannotation"}).json())
    assert facts[0]["quote"] in json.dumps(notes, ensure_ascii=False)


def test_publishing_opens_a_document_to_everybody(client: TestClient, store: Store) -> None:
    document = sent(client)
    public = FastAPI()
    public.include_router(router)
    public.dependency_overrides |= {the_store: lambda: store, asking: lambda: PUBLIC}
    with TestClient(public) as visitor:
        with pytest.raises(NotFound):
            visitor.get(f"/api/v1/documents/{document['id']}")
        with pytest.raises(Unknown):
            visitor.post(f"/api/v1/documents/{document['id']}/publish")
        assert client.post(f"/api/v1/documents/{document['id']}/publish").json()["published"] is True
        assert visitor.get(f"/api/v1/documents/{document['id']}").json()["facts"] == 0
        client.post(f"/api/v1/documents/{document['id']}/withdraw")
        assert visitor.get("/api/v1/documents").json()["rows"] == []


def test_facts_can_be_taken_away_as_a_table(client: TestClient) -> None:
    address = f"/api/v1/documents/{sent(client)['id']}/facts"
    facts = client.get(address, params={"limit": 200}).json()["rows"]
    answer = client.get(address, params={"format": "xlsx"})
    table = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert [row[table[0].index("quote")] for row in table[1:]] == [fact["quote"] for fact in facts]
    lines = client.get(address, params={"format": "csv"}).content.decode("utf-8-sig").splitlines()
    assert len(lines) == len(facts) + 1
    assert client.get("/api/v1/documents", params={"format": "csv"}).text.count("简报.txt") == 1


def test_bad_questions_are_refused(client: TestClient) -> None:
    assert client.post("/api/v1/documents", data={"dated": "2023-12-31"}).status_code == 422
    files = {"file": ("a.txt", TEXT.encode())}
    assert client.post("/api/v1/documents", files=files, data={"dated": "gestern"}).status_code == 422
    assert client.get("/api/v1/documents", params={"limit": 10_000}).status_code == 422
    assert client.get(f"/api/v1/documents/{2**63}").status_code == 422
    for cursor in ("x", "WyJhIl0", "WzFd" * 9):
        with pytest.raises(Invalid):
            client.get("/api/v1/documents", params={"cursor": cursor})
    assert client.get("/api/v1/documents", params={"q": "\0"}).json()["rows"] == []
