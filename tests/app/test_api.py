from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from haihe.app.api import create_api
from haihe.boards.accounts import OPERATOR, Grant
from haihe.boards.accounts.actions import COOKIE, add_account, first_password
from haihe.store.opening import Store

pytestmark = pytest.mark.database
LONG = "four words make it long"


@pytest.fixture(scope="module")
def api() -> FastAPI:
    return create_api()


@pytest.fixture
def client(store: Store, api: FastAPI) -> TestClient:
    return TestClient(api, base_url="http://127.0.0.1", headers={"accept-language": "en"})


def signed_in(client: TestClient, store: Store, role: str) -> TestClient:
    password = add_account(store, OPERATOR, role, "", [Grant(role)])
    assert client.post("/api/v1/session", json={"name": role, "password": password}).status_code == 204
    words = {"old": password, "new": LONG}
    assert client.put("/api/v1/session/password", json=words).status_code == 204
    return client


def test_errors_have_one_shape_and_the_readers_language(client: TestClient) -> None:
    for path, status in (("/api/v1/plans/999", 404), ("/api/v1/nowhere", 404), ("/api/v1/accounts", 401)):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
        assert set(answer.json()) == {"type", "title", "status", "detail", "instance"}
        assert answer.json()["instance"] == path
    answer = client.get("/api/v1/accounts", headers={"accept-language": "zh-CN"})
    assert answer.json()["title"] == "这一步需要登录。"


def test_a_form_that_does_not_fit_is_a_problem_too(client: TestClient) -> None:
    answer = client.post("/api/v1/session", json={"name": "a"})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert "body.password" in answer.json()["title"]


def test_an_administrator_makes_an_account_that_can_sign_in(client: TestClient, store: Store) -> None:
    password = first_password(store)
    assert (
        client.post("/sign-in", data={"name": "admin", "password": password}, follow_redirects=False).headers[
            "location"
        ]
        == "/account"
    )
    assert client.get("/api/v1/accounts").status_code == 403, "the one-time password comes first"
    assert client.put("/api/v1/session/password", json={"old": password, "new": LONG}).status_code == 204
    made = client.post("/api/v1/accounts", json={"name": "desk", "grants": [{"role": "lead", "unit": None}]})
    assert made.status_code == 201
    client.delete("/api/v1/session")
    assert client.get("/api/v1/session").json()["name"] == "public"
    words = {"name": "desk", "password": made.json()["password"]}
    assert client.post("/api/v1/session", json=words).status_code == 204
    assert client.get("/api/v1/session").json()["name"] == "desk"


def test_the_cookie_is_kept_from_scripts_and_other_sites(client: TestClient, store: Store) -> None:
    password = add_account(store, OPERATOR, "a", "", [Grant("viewer")])
    answer = client.post("/api/v1/session", json={"name": "a", "password": password})
    assert COOKIE in answer.headers["set-cookie"]
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "SameSite=lax" in answer.headers["set-cookie"]


def test_what_another_site_sends_is_refused_before_it_does_anything(client: TestClient, store: Store) -> None:
    signed_in(client, store, "admin")
    foreign = {"sec-fetch-site": "cross-site"}
    made = client.post("/api/v1/accounts", json={"name": "x", "grants": [{"role": "admin"}]}, headers=foreign)
    assert (made.status_code, made.headers["content-type"]) == (403, "application/problem+json")
    assert [one["name"] for one in client.get("/api/v1/accounts").json()] == ["admin"]
    asked = client.post("/reconcile", data={"queries": '{"q": {"query": "a"}}'}, headers=foreign)
    assert (asked.json(), asked.headers["access-control-allow-origin"]) == ({"q": {"result": []}}, "*")


def test_sign_in_leads_nowhere_else(client: TestClient, store: Store) -> None:
    signed_in(client, store, "viewer")
    for back, target in (("/plans", "/plans"), ("//evil.example", "/"), ("http://evil.example", "/")):
        form = {"name": "viewer", "password": LONG, "back": back}
        assert client.post("/sign-in", data=form, follow_redirects=False).headers["location"] == target


def test_the_audit_chain_is_whole_after_all_this(client: TestClient, store: Store) -> None:
    signed_in(client, store, "admin")
    verdict = client.get("/api/v1/audit").json()
    assert verdict["broken_at"] is None
    assert verdict["cut"] is False
    assert verdict["count"] == 3, "an account, a session, a password"
