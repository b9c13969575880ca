from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from haihe.kit.errors import N_, Conflict, Invalid, NotFound
from haihe.store.opening import Store
from haihe.store.session import Actor, writing
from haihe.store.work import LEASE, Job, Progress, ask, cancel, job_at, run_next

pytestmark = pytest.mark.database
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def asked(store: Store, kind: str, **arguments: Any) -> int:
    with writing(store.engine, Actor("account/7", NOON)) as session:
        job = ask(session, kind, arguments)
        session.commit()
    return job


def double(engine: Engine, actor: Actor, arguments: Mapping[str, Any], progress: Progress) -> Any:
    progress(0.5, "halfway")
    return {"asked_by": actor.name, "twice": 2 * arguments["n"]}


def run(store: Store, **kinds: Any) -> bool:
    return run_next(store.engine, kinds, lambda: NOON)


def test_a_job_runs_once_for_whoever_asked(store: Store) -> None:
    job = asked(store, "double", n=21)
    assert run(store, double=double)
    assert not run(store, double=double)
    done = job_at(store.engine, job)
    assert (done.state, done.progress, done.note) == ("done", 1.0, "halfway")
    assert done.result == {"asked_by": "account/7", "twice": 42}


def test_a_job_of_another_kind_is_left_alone(store: Store) -> None:
    job = asked(store, "other")
    assert not run(store, double=double)
    assert job_at(store.engine, job).state == "waiting"


def test_workers_share_the_queue_without_doing_anything_twice(store: Store) -> None:
    ran: list[int] = []

    def note(engine: Engine, actor: Actor, arguments: Mapping[str, Any], progress: Progress) -> None:
        ran.append(arguments["n"])

    for number in range(30):
        asked(store, "note", n=number)

    def work() -> None:
        while run(store, note=note):
            pass

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(ran) == list(range(30))


def cancelled(store: Store, job: int) -> Job:
    with writing(store.engine, Actor("account/7", NOON)) as session:
        cancel(session, job)
        session.commit()
    return job_at(store.engine, job)


def test_a_waiting_job_is_cancelled_at_once(store: Store) -> None:
    job = asked(store, "double", n=1)
    assert cancelled(store, job).state == "stopped"
    assert not run(store, double=double)
    with pytest.raises(Conflict, match=str(job)):
        cancelled(store, job)


def test_a_running_job_stops_at_its_next_sign_of_progress(store: Store) -> None:
    steps: list[int] = []

    def long(engine: Engine, actor: Actor, arguments: Mapping[str, Any], progress: Progress) -> None:
        for step in range(10):
            progress(step / 10, "")
            steps.append(step)
            if step == 3:
                assert cancelled(store, job).state == "stopping"

    job = asked(store, "long")
    assert run(store, long=long)
    assert (job_at(store.engine, job).state, steps) == ("stopped", [0, 1, 2, 3])


def test_a_job_whose_worker_died_is_taken_up_again(store: Store) -> None:
    class Killed(BaseException):
        pass

    def dies(engine: Engine, actor: Actor, arguments: Mapping[str, Any], progress: Progress) -> None:
        raise Killed

    job = asked(store, "double", n=4)
    with pytest.raises(Killed):
        run(store, double=dies)
    assert not run(store, double=double), "its lease still holds"
    later = NOON + LEASE + timedelta(seconds=1)
    assert run_next(store.engine, {"double": double}, lambda: later)
    assert job_at(store.engine, job).result["twice"] == 8


def test_a_job_that_cannot_be_done_says_why(store: Store) -> None:
    def refuses(engine: Engine, actor: Actor, arguments: Mapping[str, Any], progress: Progress) -> None:
        raise Invalid(N_("The file has no rows."), advice=N_("Choose another."))

    job = asked(store, "refuses")
    assert run(store, refuses=refuses)
    failed = job_at(store.engine, job)
    assert (failed.state, failed.note) == ("failed", "The file has no rows.")
    with pytest.raises(NotFound):
        job_at(store.engine, job + 1)
