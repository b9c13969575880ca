"""Letters leave the house: none is lost, and none is counted twice by who knows its key."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy import create_engine, select

from haihe.store.opening import Store
from haihe.store.outbox import (
    LEASE,
    OUTBOX,
    TRIES_MAX,
    Letter,
    Refused,
    Taken,
    put,
    revive,
    send_next,
    withdraw,
)
from haihe.store.session import Actor, as_json, reading, writing

pytestmark = pytest.mark.database
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def posted(
    store: Store, *keys: str, channel: str = "robot", minute_max: int | None = None
) -> list[int | None]:
    with writing(store.engine, Actor("account/7", NOON)) as session:
        numbers = [put(session, Letter(key, channel, {"text": key}, minute_max)) for key in keys]
        if any(numbers):
            session.commit()
    return numbers


def states(store: Store) -> dict[str, tuple[str, int]]:
    with reading(store.engine) as connection:
        rows = connection.execute(select(OUTBOX).order_by(OUTBOX.c.id))
        return {row.key: (row.state, row.tries) for row in rows}


class Post:
    """Takes letters, or refuses them as it is told."""

    def __init__(self, *answers: Refused | None) -> None:
        self.answers = list(answers)
        self.taken: list[str] = []

    def __call__(self, taken: Taken) -> Refused | None:
        self.taken.append(taken.letter.key)
        return self.answers.pop(0) if self.answers else None


def sent_all(store: Store, post: Callable[[Taken], Refused | None], at: datetime = NOON) -> int:
    count = 0
    while send_next(store.engine, post, lambda: at):
        count += 1
    return count


def test_a_letter_is_sent_once_and_lost_with_the_deed_that_asked_for_it(store: Store) -> None:
    with writing(store.engine, Actor("account/7", NOON)) as session:
        put(session, Letter("a", "robot", {}))
    post = Post()
    assert sent_all(store, post) == 0
    assert posted(store, "a", "b", "a") == [2, 3, None]
    assert posted(store, "b") == [None]
    assert sent_all(store, post) == 2
    assert sent_all(store, post) == 0
    assert post.taken == ["a", "b"]
    assert states(store) == {"a": ("sent", 1), "b": ("sent", 1)}


def test_a_letter_is_tried_again_after_a_growing_while_and_then_given_up(store: Store) -> None:
    (number,) = posted(store, "a")
    post, at, waits = Post(*[Refused("HTTP 502")] * TRIES_MAX), NOON, []
    while sent_all(store, post, at) and states(store)["a"][0] == "waiting":
        with reading(store.engine) as connection:
            due = connection.execute(select(OUTBOX.c.due_at)).scalar_one()
        assert sent_all(store, post, due - timedelta(seconds=1)) == 0
        waits.append((due - at).total_seconds())
        at = due
    assert waits == [70, 140, 280, 560, 1120, 2240, 3600]
    assert states(store)["a"] == ("dead", TRIES_MAX)
    with writing(store.engine, Actor("account/7", at)) as session:
        assert number is not None
        assert withdraw(session, [number]) == 0
        assert revive(session, [number]) == 1
        session.commit()
    assert sent_all(store, Post(), at) == 1
    assert states(store)["a"] == ("sent", 1)


def test_what_is_refused_for_good_is_not_tried_again(store: Store) -> None:
    posted(store, "a", "b")
    post = Post(Refused("sign not match", again=False))
    assert sent_all(store, post) == 2
    assert sent_all(store, post, NOON + timedelta(days=1)) == 0
    assert states(store) == {"a": ("dead", 1), "b": ("sent", 1)}


def test_a_channel_is_sent_no_more_in_a_minute_than_it_takes(store: Store) -> None:
    posted(store, *(f"r{number}" for number in range(45)), minute_max=20)
    posted(store, "mail", channel="mail")
    sent: list[int] = []
    senders = [threading.Thread(target=lambda: sent.append(sent_all(store, Post()))) for _ in range(3)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert sum(sent) == 21
    assert sent_all(store, Post(), NOON + timedelta(seconds=60)) == 0
    assert sent_all(store, Post(), NOON + timedelta(seconds=66)) == 20
    assert sent_all(store, Post(), NOON + timedelta(seconds=132)) == 5


class Receiver(ThreadingHTTPServer):
    """Counts what arrives, and what a receiver that knows keys again counts."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Arrivals)
        self.arrived: Counter[str] = Counter()
        self.known: set[str] = set()
        self.counted: list[str] = []
        self.news = threading.Semaphore(0)

    def handle_error(self, request: object, client_address: object) -> None:
        """A sender that was killed hung up."""


class Arrivals(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        text = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["text"]
        self.server.arrived[text] += 1
        if self.headers["webhook-id"] not in self.server.known:
            self.server.known.add(self.headers["webhook-id"])
            self.server.counted.append(text)
        self.server.news.release()
        time.sleep(0.01)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def deliver(url: str, port: int, at: datetime) -> None:
    """Send over HTTP what is due, on a connection to the database of its own."""
    engine = create_engine(url, json_serializer=as_json)

    def send(taken: Taken) -> None:
        time.sleep(0.005)
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        body = json.dumps({"text": taken.letter.content["text"]})
        connection.request("POST", "/", body, {"webhook-id": taken.letter.key})
        connection.getresponse().read()
        connection.close()

    while send_next(engine, send, lambda: at):
        pass
    engine.dispose()


def test_a_sender_that_is_killed_loses_nothing_and_nothing_counts_twice(
    store: Store, receiver: Receiver
) -> None:
    keys = [f"letter-{number}" for number in range(40)]
    posted(store, *keys)
    chance = random.Random(5)
    for round_ in range(10):
        at = NOON + round_ * (LEASE + timedelta(seconds=1))
        receiver.news = threading.Semaphore(0)
        child = os.fork()
        if child == 0:
            with suppress(BaseException):
                deliver(store.url, receiver.server_port, at)
            os._exit(0)
        for _ in range(chance.randint(1, 3)):
            assert receiver.news.acquire(timeout=30)
        time.sleep(chance.uniform(0, 0.03))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    deliver(store.url, receiver.server_port, NOON + timedelta(days=1))
    assert set(receiver.arrived) == set(keys)
    assert max(receiver.arrived.values()) > 1, "no sender died between sending and marking"
    assert sorted(receiver.counted) == sorted(keys)
    assert {state for state, _ in states(store).values()} == {"sent"}
