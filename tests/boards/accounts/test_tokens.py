"""The life of an API token, over HTTP and at the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator
from sqlalchemy import text, update
from typer.testing import CliRunner

from haihe.boards.accounts import OPERATOR, Grant
from haihe.boards.accounts.actions import actor_of, renew_password
from haihe.boards.accounts.cli import user as command
from haihe.boards.accounts.token_actions import add_token
from haihe.boards.accounts.token_tables import TOKEN
from haihe.boards.accounts.tokens import PREFIX, Wish
from haihe.store.opening import Store
from haihe.store.session import reading, writing

pytestmark = pytest.mark.database
SCHEMA = Path(__file__).parents[3] / "docs/formats/accounts-token.schema.json"

Member = Callable[..., int]
Cookie = Callable[[int], dict[str, str]]


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def test_a_token_does_what_it_was_made_for_and_no_more_until_it_is_revoked(
    kept: Store, client: TestClient, member: Member, cookie: Cookie
) -> None:
    desk = member("desk", Grant("supervisor"))
    client.cookies = cookie(desk)
    wish = {"name": "nightly", "actions": ["see_unpublished", "review_draft"], "days": 30}
    made = client.post("/api/v1/tokens", json=wish)
    assert made.status_code == 201
    secret = made.json()["token"]
    assert len(secret) >= len(PREFIX) + 43, "256 bits"
    client.cookies = {}

    seen = client.get("/api/v1/session", headers=bearer(secret)).json()
    assert (seen["account"], sorted(seen["scope"])) == (desk, ["review_draft", "see_unpublished"])
    publish = client.post("/api/v1/plans/1/publish", json={}, headers=bearer(secret))
    assert (publish.status_code, publish.json()["title"]) == (403, "This token does not reach that far.")
    assert client.get("/api/v1/plans", headers=bearer(secret)).status_code == 200
    again = client.post("/api/v1/tokens", json=wish, headers=bearer(secret))
    assert again.status_code == 403, "a token makes no tokens"

    client.cookies = cookie(desk)
    (listed,) = client.get("/api/v1/tokens").json()
    assert (listed["name"], listed["account"], listed["revoked_at"]) == ("nightly", "desk", None)
    assert listed["last_used_at"]
    assert secret not in str(listed)
    assert client.delete(f"/api/v1/tokens/{listed['id']}").status_code == 204
    client.cookies = {}
    assert client.get("/api/v1/plans", headers=bearer(secret)).status_code == 401
    with reading(kept.engine) as connection:
        for table in ("account_token", "audit"):
            assert secret not in str(connection.execute(text(f"SELECT * FROM {table}")).all())
        deeds = connection.execute(text("SELECT action FROM audit WHERE subject LIKE 'token/%' ORDER BY id"))
        assert deeds.scalars().all()[-2:] == ["add_token", "revoke_token"]


def test_a_token_ends_with_its_time_its_account_and_a_new_password(
    kept: Store, client: TestClient, member: Member
) -> None:
    held = member("held", Grant("viewer"))
    secrets = [add_token(kept, OPERATOR, held, Wish("x", ("see_unpublished",))) for _ in range(3)]

    def status(number: int) -> int:
        return client.get("/api/v1/session", headers=bearer(secrets[number])).status_code

    def changed(statement: object) -> None:
        with writing(kept.engine, actor_of(OPERATOR)) as session:
            session.execute(statement)
            session.record("test", "account")
            session.commit()

    client.cookies = {}
    assert [status(number) for number in range(3)] == [200, 200, 200]
    first = TOKEN.c.token_sha256 == text("encode(sha256(:secret), 'hex')").bindparams(
        secret=secrets[0].encode()
    )
    changed(update(TOKEN).where(first).values(ends_at=datetime(2020, 1, 1, tzinfo=UTC)))
    assert [status(number) for number in range(3)] == [401, 200, 200]
    changed(text(f"UPDATE account SET disabled_at = now() WHERE id = {held}"))
    assert [status(number) for number in range(3)] == [401, 401, 401]
    changed(text(f"UPDATE account SET disabled_at = NULL WHERE id = {held}"))
    assert status(1) == 200
    renew_password(kept, OPERATOR, held)
    assert [status(number) for number in range(3)] == [401, 401, 401]


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"name": "x", "actions": ["publish"]}, "so its token cannot: publish"),
        ({"name": "x", "actions": ["fly"]}, "fly"),
        ({"name": " ", "actions": ["see_published"]}, "needs a name"),
        ({"name": "x", "actions": ["see_published"], "days": 999}, "days"),
    ],
)
def test_a_token_never_reaches_beyond_its_account(
    client: TestClient, member: Member, cookie: Cookie, wish: dict[str, object], words: str
) -> None:
    client.cookies = cookie(member(f"viewer {words}", Grant("viewer")))
    answer = client.post("/api/v1/tokens", json=wish)
    assert (answer.status_code, words in answer.json()["title"]) == (422, True), answer.json()


def test_a_token_of_somebody_who_lost_a_role_lost_it_too(
    kept: Store, client: TestClient, member: Member
) -> None:
    lead = member("lead", Grant("lead"))
    headers = bearer(add_token(kept, OPERATOR, lead, Wish("x", ("read_document",))))
    client.cookies = {}
    files = {"file": ("empty.txt", b"")}
    assert client.post("/api/v1/documents", files=files, headers=headers).status_code == 422
    with writing(kept.engine, actor_of(OPERATOR)) as session:
        session.execute(text(f"UPDATE account_grant SET role = 'viewer' WHERE account_id = {lead}"))
        session.record("test", "account")
        session.commit()
    assert client.post("/api/v1/documents", files=files, headers=headers).status_code == 403


def test_the_command_makes_lists_and_revokes(kept: Store, client: TestClient, member: Member) -> None:
    member("robot", Grant("viewer"))
    runner = CliRunner()
    made = runner.invoke(command, ["token", "add", "robot", "nightly", "--action", "see_unpublished"])
    assert made.exit_code == 0
    client.cookies = {}
    headers = bearer(made.stdout.strip())
    assert client.get("/api/v1/session", headers=headers).json()["name"] == "robot"
    (line, *_) = runner.invoke(command, ["token", "list", "--json"]).stdout.splitlines()
    schema = json.loads(SCHEMA.read_text("utf-8"))
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(
        json.loads(line)
    )
    for deed, code, state in (("disable", 401, "disabled"), ("enable", 200, "viewer")):
        assert runner.invoke(command, [deed, "robot"]).exit_code == 0
        assert client.get("/api/v1/session", headers=headers).status_code == code
        (account,) = (one for one in runner.invoke(command, ["list"]).stdout.splitlines() if "robot" in one)
        assert state in account.split("\t")[-1]
    number = runner.invoke(command, ["token", "list"]).stdout.split("\t")[0]
    assert runner.invoke(command, ["token", "revoke", number]).exit_code == 0
    assert client.get("/api/v1/session", headers=headers).status_code == 401
