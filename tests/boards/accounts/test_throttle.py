"""Failing to sign in: who waits, for how long, and who does not."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from haihe.boards.accounts import OPERATOR, Grant
from haihe.boards.accounts.actions import add_account, sign_in
from haihe.boards.accounts.throttle import Failures, TooMany, free_at, rule
from haihe.kit.errors import Unknown
from haihe.store.opening import Store
from haihe.store.session import noting, reading

database = pytest.mark.database
HERE, THERE = "192.0.2.1", "198.51.100.7"


@pytest.fixture
def house(kept: Store) -> Store:
    """The store without attempts or accounts."""
    with noting(kept.engine) as connection:
        for table in ("account_attempt", "account"):
            connection.execute(text(f"DELETE FROM {table}"))
    return kept


def attempt(store: Store, name: str, password: str, address: str = HERE) -> str:
    try:
        sign_in(store, name, password, address)
    except Unknown:
        return "wrong"
    except TooMany:
        return "wait"
    return "in"


def later(store: Store, minutes: int) -> None:
    """Let time pass: what was noted moves back."""
    with noting(store.engine) as connection:
        connection.execute(text(f"UPDATE account_attempt SET at = at - interval '{minutes} minutes'"))


@database
@pytest.mark.parametrize("name", ["desk", "no such account"])
def test_five_failures_make_a_name_wait_at_its_address_whether_it_exists_or_not(
    house: Store, name: str
) -> None:
    password = add_account(house, OPERATOR, "desk", "", [Grant("viewer")])
    assert [attempt(house, name, "wrong") for _ in range(7)] == ["wrong"] * 5 + ["wait"] * 2
    with pytest.raises(TooMany) as refused:
        sign_in(house, name, password, HERE)
    minutes = refused.value.facts["minutes"]
    assert minutes in (14, 15)
    until = datetime.now(UTC) + timedelta(hours=8, minutes=15)
    assert abs(int(str(refused.value.facts["time"])[:2]) - until.hour) % 23 <= 1
    later(house, 16)
    assert attempt(house, name, password) == ("in" if name == "desk" else "wrong")


@database
def test_what_is_refused_does_not_make_the_wait_longer_and_success_begins_anew(house: Store) -> None:
    password = add_account(house, OPERATOR, "desk", "", [Grant("viewer")])
    for _ in range(5):
        attempt(house, "desk", "wrong")
    later(house, 10)
    assert [attempt(house, "desk", "wrong") for _ in range(5)] == ["wait"] * 5
    later(house, 6)
    assert attempt(house, "desk", password) == "in"
    assert [attempt(house, "desk", "wrong") for _ in range(4)] == ["wrong"] * 4
    assert attempt(house, "desk", password) == "in"
    assert [attempt(house, "desk", "wrong") for _ in range(4)] == ["wrong"] * 4


@database
def test_nobody_is_kept_out_by_others_behind_the_address_or_by_a_stranger_elsewhere(house: Store) -> None:
    password = add_account(house, OPERATOR, "desk", "", [Grant("viewer")])
    other = add_account(house, OPERATOR, "other", "", [Grant("viewer")])
    assert attempt(house, "desk", password) == "in"
    for number in range(70):
        attempt(house, f"guess {number}", "wrong")
    assert attempt(house, "guess 99", "wrong") == "wait", "the address guesses at names"
    assert attempt(house, "desk", password) == "in", "who signed in here before is let in"
    assert attempt(house, "other", other, THERE) == "in"

    for number in range(40):
        attempt(house, "desk", "wrong", f"203.0.113.{number}")
    assert attempt(house, "desk", password, "203.0.113.99") == "wait", "many guess at one name"
    assert attempt(house, "desk", password) == "in"


@database
def test_many_attempts_at_once_are_counted_as_many(house: Store) -> None:
    add_account(house, OPERATOR, "desk", "", [Grant("viewer")])
    with ThreadPoolExecutor(16) as pool:
        outcomes = Counter(pool.map(lambda _: attempt(house, "desk", "wrong"), range(32)))
    assert outcomes["wrong"] <= 5
    assert outcomes["wrong"] + outcomes["wait"] == 32


@database
def test_an_ipv6_network_is_one_address_and_no_name_is_kept_as_typed(house: Store) -> None:
    for number in range(5):
        assert attempt(house, "my password", "wrong", f"2001:db8::{number + 1}") == "wrong"
    assert attempt(house, "my password", "wrong", "2001:db8::ffff") == "wait"
    assert attempt(house, "my password", "wrong", "2001:db8:1::1") == "wrong"
    with reading(house.engine) as connection:
        assert "my password" not in str(connection.execute(text("SELECT * FROM account_attempt")).all())
        assert "my password" not in str(connection.execute(text("SELECT * FROM audit")).all())


@database
def test_the_door_says_when_to_try_again(house: Store, client: TestClient) -> None:
    client.cookies = {}
    words = {"name": "desk", "password": "wrong"}
    answers = [client.post("/api/v1/session", json=words) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert "The next attempt is possible at" in answers[-1].json()["title"]
    assert "minutes=15" in client.post("/sign-in", data=words).headers["location"]


@given(
    minutes=st.lists(st.integers(0, 14), max_size=70),
    known=st.booleans(),
)
@settings(max_examples=30)
def test_the_wait_ends_when_the_window_has_room_again(minutes: list[int], known: bool) -> None:
    now = datetime(2026, 11, 2, 12, tzinfo=UTC)
    failed = [now - timedelta(minutes=ago) for ago in sorted(minutes)]
    found = free_at(Failures(failed, failed, failed, known), rule())
    assert (found is None) == (len(failed) < 5)
    if found:
        inside = [moment for moment in failed if moment > found - rule().window]
        assert len(inside) < 5
