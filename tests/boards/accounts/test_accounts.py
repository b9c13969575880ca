from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import text, update

from haihe.boards.accounts import OPERATOR, PUBLIC, Asker, Grant, is_same_origin, may, require, table
from haihe.boards.accounts.actions import (
    accounts,
    actor_of,
    add_account,
    administrator_is_set,
    asker_of,
    audit_verdict,
    first_password,
    renew_password,
    set_disabled,
    set_password,
    sign_in,
    sign_out,
)
from haihe.boards.accounts.tables import LOGIN
from haihe.kit.errors import Conflict, Forbidden, Invalid, Unknown
from haihe.store.opening import Store
from haihe.store.session import reading, writing

database = pytest.mark.database
LONG = "four words make it long"


@database
def test_the_first_administrator_sets_a_password_and_only_then_may_act(store: Store) -> None:
    password = first_password(store)
    assert password
    token = sign_in(store, "admin", password)
    asker = asker_of(store, token)
    with pytest.raises(Forbidden, match="one-time"):
        accounts(store, asker)
    assert not administrator_is_set(store)
    set_password(store, token, password, LONG)
    assert administrator_is_set(store)
    assert [one.name for one in accounts(store, asker_of(store, token))] == ["admin"]
    assert first_password(store) is None


@database
def test_the_one_time_password_is_made_anew_until_it_is_used(store: Store) -> None:
    old, new = first_password(store), first_password(store)
    assert old
    assert new
    with pytest.raises(Unknown):
        sign_in(store, "admin", old)
    assert sign_in(store, "admin", new)


@database
@pytest.mark.parametrize(("new", "words"), [("short", "5 characters"), ("x" * 300, "300 characters")])
def test_a_poor_password_is_refused_and_the_old_one_stays(store: Store, new: str, words: str) -> None:
    password = add_account(store, OPERATOR, "a", "", [Grant("viewer")])
    token = sign_in(store, "a", password)
    with pytest.raises(Invalid, match=words):
        set_password(store, token, password, new)
    assert sign_in(store, "a", password)


@database
def test_a_new_password_ends_every_other_session(store: Store) -> None:
    password = add_account(store, OPERATOR, "a", "", [Grant("viewer")])
    here, elsewhere = sign_in(store, "a", password), sign_in(store, "a", password)
    set_password(store, here, password, LONG)
    assert asker_of(store, here).name == "a"
    assert asker_of(store, elsewhere) == PUBLIC


@database
def test_sessions_end_by_signing_out_closing_the_account_and_time(store: Store) -> None:
    password = add_account(store, OPERATOR, "a", "", [Grant("viewer")])
    token = sign_in(store, "a", password)
    sign_out(store, token)
    assert asker_of(store, token) == PUBLIC
    token = sign_in(store, "a", password)
    account = accounts(store, OPERATOR)[0].id
    set_disabled(store, OPERATOR, account, disabled=True)
    assert asker_of(store, token) == PUBLIC
    with pytest.raises(Unknown):
        sign_in(store, "a", password)
    set_disabled(store, OPERATOR, account, disabled=False)
    token = sign_in(store, "a", password)
    with writing(store.engine, actor_of(OPERATOR)) as session:
        session.execute(update(LOGIN).values(ends_at=datetime(2020, 1, 1, tzinfo=UTC)))
        session.record("test", "account_login")
        session.commit()
    assert asker_of(store, token) == PUBLIC


@database
def test_no_password_or_token_is_kept_in_the_clear(store: Store) -> None:
    password = add_account(store, OPERATOR, "a", "", [Grant("viewer")])
    token = sign_in(store, "a", password)
    with reading(store.engine) as connection:
        for name in ("account", "account_login", "audit"):
            rows = str(connection.execute(text(f"SELECT * FROM {name}")).all())
            assert password not in rows
            assert token not in rows


@database
def test_names_are_taken_once_and_the_last_administrator_stays(store: Store) -> None:
    add_account(store, OPERATOR, "a", "", [Grant("admin")])
    with pytest.raises(Conflict, match="a"):
        add_account(store, OPERATOR, "a", "", [Grant("viewer")])
    account = accounts(store, OPERATOR)[0].id
    with pytest.raises(Conflict, match="last administrator"):
        set_disabled(store, OPERATOR, account, disabled=True)
    assert renew_password(store, OPERATOR, account)


@database
def test_only_an_administrator_keeps_accounts_and_sees_the_audit(store: Store) -> None:
    viewer = Asker("v", (Grant("viewer"),), 5)
    for act in (accounts, audit_verdict):
        with pytest.raises(Forbidden):
            act(store, viewer)
        with pytest.raises(Unknown):
            act(store, PUBLIC)
    with pytest.raises(Forbidden):
        add_account(store, viewer, "b", "", [Grant("admin")])
    assert audit_verdict(store, OPERATOR).whole


@pytest.mark.parametrize("action", sorted(table()))
@pytest.mark.parametrize("role", ["public", "viewer", "reporter", "lead", "supervisor", "steward", "admin"])
def test_the_table_is_what_holds(action: str, role: str) -> None:
    scope = table()[action].get(role)
    house, here = Asker("h", (Grant(role),), 1), Asker("u", (Grant(role, 7),), 2)
    assert may(house, action) == may(house, action, 7) == (scope is not None)
    assert may(here, action, 7) == (scope is not None)
    assert may(here, action) == (scope == "any")
    assert not may(here, action, 8), "a grant for one unit never reaches another"
    if scope is None:
        with pytest.raises(Forbidden):
            require(house, action)


def test_the_public_only_sees_what_is_published() -> None:
    assert [action for action in table() if may(PUBLIC, action)] == ["see_published"]


@pytest.mark.parametrize(
    ("method", "headers", "allowed"),
    [
        ("GET", {"sec-fetch-site": "cross-site"}, True),
        ("POST", {"sec-fetch-site": "same-origin"}, True),
        ("POST", {"sec-fetch-site": "same-site"}, False),
        ("DELETE", {"origin": "http://evil.example", "host": "127.0.0.1:8080"}, False),
        ("POST", {"origin": "null", "host": "127.0.0.1:8080"}, False),
        ("CONNECT", {"origin": "http://127.0.0.1:8080", "host": "127.0.0.1:8080"}, True),
        ("POST", {}, True),
    ],
)
def test_what_another_site_sends_is_refused(method: str, headers: dict[str, str], allowed: bool) -> None:
    assert is_same_origin(method, headers) == allowed
