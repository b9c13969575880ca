"""How sessions end, for requests and for pages that stay open; and the three separate administrators."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from typer.testing import CliRunner

from haihe.boards.accounts import OPERATOR, PUBLIC, Asker, Grant, may, session_api, table
from haihe.boards.accounts.actions import (
    COOKIE,
    actor_of,
    add_account,
    asker_of,
    open_session,
    renew_password,
    set_disabled,
)
from haihe.boards.accounts.cli import user as command
from haihe.boards.accounts.separation_actions import separate, set_grants
from haihe.boards.accounts.session_api import Presence
from haihe.boards.accounts.timeouts import timeouts_of
from haihe.kit.errors import Conflict, Forbidden, HaiheError, Invalid
from haihe.store.opening import Store
from haihe.store.session import noting, writing

database = pytest.mark.database
Member = Callable[..., int]
EVENT = '42["event",{"id":1}]'
SYSTEM, SECURITY, AUDIT = (
    Asker(role, (Grant(role),), number) for number, role in enumerate(("system", "security", "audit"), 900)
)


def idle(store: Store, minutes: int) -> None:
    with noting(store.engine) as connection:
        connection.execute(
            text(f"UPDATE account_login SET last_seen_at = last_seen_at - interval '{minutes} minutes'")
        )


@database
def test_a_session_ends_when_it_is_not_used_and_at_its_end_even_if_it_is(
    kept: Store, client: TestClient, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = open_session(kept, member("idle", Grant("viewer")), "password")
    client.cookies = {COOKIE: token}

    def who() -> str:
        return str(client.get("/api/v1/session").json()["name"])

    for _ in range(3):
        idle(kept, 29)
        assert who() == "idle", "what is used begins its idle time anew"
    idle(kept, 31)
    assert who() == "public"
    monkeypatch.setenv("HAIHE_SESSION_IDLE_MINUTES", "60")
    assert who() == "idle"
    monkeypatch.setenv("HAIHE_SESSION_MINUTES", "5")
    short = open_session(kept, 1, "password")
    with noting(kept.engine) as connection:
        connection.execute(text("UPDATE account_login SET ends_at = ends_at - interval '5 minutes'"))
    assert asker_of(kept, short) == PUBLIC
    assert asker_of(kept, token) != PUBLIC


@pytest.mark.parametrize("value", ["0", "-5", "half an hour", "1e3", "99999999"])
def test_a_timeout_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(Invalid, match="HAIHE_SESSION_IDLE_MINUTES"):
        timeouts_of({"HAIHE_SESSION_IDLE_MINUTES": value})


class Line:
    """A page's websocket by hand: what the browser says, what the house hears, what the browser is sent."""

    def __init__(self, token: str) -> None:
        cookie = f"{COOKIE}={token}".encode()
        self.scope = {"type": "websocket", "path": "/", "headers": [(b"cookie", cookie)]}
        self.said: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.heard: list[str] = []
        self.sent: list[str] = []

    async def house(self, _scope: Any, receive: Any, _send: Any) -> None:
        while (message := await receive())["type"] != "websocket.disconnect":
            self.heard.append(message["text"])

    async def serve(self) -> None:
        async def send(message: Any) -> None:
            self.sent.append(message["text"])

        await Presence(self.house)(self.scope, self.said.get, send)

    async def say(self, words: str) -> None:
        await self.said.put({"type": "websocket.receive", "text": words})
        await asyncio.sleep(0.2)

    async def hang_up(self) -> None:
        await self.said.put({"type": "websocket.disconnect"})


@database
@pytest.mark.parametrize("end", ["idle", "closed", "role"])
async def test_an_open_page_is_heard_until_its_session_ends_or_its_roles_change(
    kept: Store, member: Member, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    monkeypatch.setattr(session_api, "_CHECKED_S", 0.0)
    account = member(f"page {end}", Grant("viewer"))
    line = Line(open_session(kept, account, "password"))
    served = asyncio.create_task(line.serve())
    await line.say(EVENT)
    idle(kept, 29)
    await line.say(EVENT)
    idle(kept, 29)
    await line.say(EVENT)
    assert (line.heard, line.sent) == ([EVENT] * 3, []), "what is done in a page is use of the session"

    if end == "idle":
        idle(kept, 31)
    elif end == "closed":
        set_disabled(kept, OPERATOR, account, disabled=True)
    else:
        with writing(kept.engine, actor_of(OPERATOR)) as session:
            session.execute(text(f"UPDATE account_grant SET role = 'lead' WHERE account_id = {account}"))
            session.record("test", "account")
            session.commit()
    await line.say(EVENT)
    await line.say(EVENT)
    assert len(line.heard) == 3, "nothing more is passed on"
    assert ["/session-ended" in words for words in line.sent] == [True]
    await line.hang_up()
    await served


@database
def test_where_a_session_has_ended_its_cookie_goes_and_signing_in_leads_back(
    kept: Store, client: TestClient, member: Member
) -> None:
    token = open_session(kept, member("gone", Grant("viewer")), "password")
    client.cookies = {COOKIE: token}
    assert client.get("/session-ended?back=/plans").headers["location"] == "/plans", "it has not ended"
    idle(kept, 31)
    answer = client.get("/session-ended?back=/plans")
    assert answer.headers["location"] == "/sign-in?ended=1&back=%2Fplans"
    assert f'{COOKIE}=""' in answer.headers["set-cookie"]


# Separation


def test_no_right_of_the_three_is_the_offices_and_none_is_shared_with_another_of_them() -> None:
    held = {
        asker.name: {action for action in table() if may(asker, action)}
        for asker in (SYSTEM, SECURITY, AUDIT)
    }
    assert held == {
        "system": {"see_published", "see_accounts", "manage_accounts", "manage_work"},
        "security": {"see_published", "see_accounts", "grant_roles", "manage_tokens", "mark"},
        "audit": {"see_published", "see_audit"},
    }


@database
def test_the_work_of_an_administrator_is_shared_once_and_for_good(kept: Store, member: Member) -> None:
    boss, desk = member("boss", Grant("admin")), member("office", Grant("viewer"))
    asker = Asker("boss", (Grant("admin"),), boss)
    names = {"system": "系统", "security": "安全", "audit": "审计"}
    passwords = separate(kept, asker, names)
    assert passwords.keys() == names.keys()
    token = open_session(kept, boss, "password")
    assert asker_of(kept, token).grants == (), "the undivided administrator is none any more"
    with noting(kept.engine) as connection:
        rows = connection.execute(text("SELECT name, id FROM account")).all()
    numbers = {row.name: row.id for row in rows}

    password = add_account(kept, SYSTEM, "新岗", "", [])
    assert password
    refused: list[tuple[type[HaiheError], Callable[[], object]]] = [
        (Forbidden, lambda: add_account(kept, SYSTEM, "x", "", [Grant("viewer")])),
        (Forbidden, lambda: set_grants(kept, SYSTEM, desk, [Grant("supervisor")])),
        (Forbidden, lambda: set_grants(kept, SECURITY, desk, [Grant("audit")])),
        (Forbidden, lambda: set_grants(kept, SECURITY, numbers["审计"], [Grant("viewer")])),
        (Forbidden, lambda: renew_password(kept, SYSTEM, numbers["审计"])),
        (Forbidden, lambda: set_disabled(kept, SYSTEM, numbers["安全"], disabled=True)),
        (Forbidden, lambda: set_grants(kept, AUDIT, desk, [Grant("lead")])),
        (Conflict, lambda: set_grants(kept, OPERATOR, desk, [Grant("admin")])),
        (Conflict, lambda: set_disabled(kept, OPERATOR, numbers["审计"], disabled=True)),
        (Conflict, lambda: separate(kept, OPERATOR, {role: f"{name}二" for role, name in names.items()})),
    ]
    for error, deed in refused:
        with pytest.raises(error):
            deed()
    set_grants(kept, SECURITY, desk, [Grant("supervisor")])
    assert CliRunner().invoke(command, ["renew", "审计"]).exit_code == 0, "the operator helps out"


@database
@pytest.mark.parametrize(
    "grants",
    [
        [Grant("system"), Grant("security")],
        [Grant("audit"), Grant("viewer")],
        [Grant("audit"), Grant("admin")],
        [Grant("system", 7)],
        [Grant("king")],
        [Grant("public")],
    ],
    ids=str,
)
def test_nobody_holds_two_of_the_three_or_one_beside_something_else(kept: Store, grants: list[Grant]) -> None:
    with pytest.raises(Invalid):
        add_account(kept, OPERATOR, f"both {grants}", "", grants)


@database
def test_the_database_itself_refuses_two_of_the_three(kept: Store, member: Member) -> None:
    account = member("one of three", Grant("audit"))
    with pytest.raises(Exception, match="ix_account_grant_separate"), noting(kept.engine) as connection:
        connection.execute(text(f"INSERT INTO account_grant VALUES ({account}, 'system')"))


@database
def test_nobody_changes_their_own_roles(kept: Store, member: Member) -> None:
    own = Asker("own", (Grant("security"),), member("own", Grant("security")))
    with pytest.raises(Forbidden):
        set_grants(kept, own, own.account or 0, [Grant("viewer")])
