"""Long work: a table of jobs, taken by worker processes with FOR UPDATE SKIP LOCKED.

A job is a kind and its arguments. A worker runs the function that a board registered for the kind, which
reports progress through `Progress` and so learns that it was cancelled. A job whose worker died is taken
up again by the next worker when its lease runs out; functions must therefore be safe to run twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Engine,
    Float,
    Identity,
    Index,
    RowMapping,
    Table,
    Text,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from haihe.kit.errors import N_, Conflict, HaiheError, NotFound
from haihe.store.schema import metadata
from haihe.store.session import Actor, Session, noting, reading, writing

LEASE = timedelta(seconds=60)

JOB = Table(
    "job",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("arguments", JSONB, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("state", Text, nullable=False, server_default="waiting"),
    Column("progress", Float, nullable=False, server_default="0"),
    Column("note", Text),
    Column("result", JSONB),
    Column("leased_until", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
    CheckConstraint("state IN ('waiting', 'running', 'stopping', 'stopped', 'done', 'failed')", name="state"),
    CheckConstraint("progress BETWEEN 0 AND 1", name="progress"),
    Index("ix_job_open", "id", postgresql_where="state IN ('waiting', 'running', 'stopping')"),
)


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of long work: `progress` from 0 to 1, `note` what it does now or why it failed."""

    id: int
    kind: str
    arguments: Mapping[str, Any]
    asked_by: str
    state: str
    progress: float
    note: str | None
    result: Any


class Stopped(Exception):
    """Raised inside a job that somebody cancelled."""


Progress = Callable[[float, str], None]
Work = Callable[[Engine, Actor, Mapping[str, Any], Progress], Any]
"""Does the work of one kind for whoever asked; what it returns is the job's result."""


def ask(session: Session, kind: str, arguments: Mapping[str, Any]) -> int:
    """Put a job in the queue, in the caller's transaction, and return its number."""
    row = {
        "kind": kind,
        "arguments": dict(arguments),
        "asked_by": session.actor.name,
        "asked_at": session.actor.at,
    }
    job: int = session.execute(insert(JOB).values(row).returning(JOB.c.id)).scalar_one()
    session.record("ask_job", f"job/{job}", {"kind": kind})
    return job


def job_at(engine: Engine, job: int) -> Job:
    """The job with a number; raises NotFound."""
    with reading(engine) as connection:
        row = connection.execute(select(JOB).where(JOB.c.id == job)).mappings().first()
    if row is None:
        raise NotFound(
            N_("There is no job {job}."),
            advice=N_("It may have been asked for in another house; ask for it again."),
            job=job,
        )
    return _job(row)


def last_of(engine: Engine, kind: str, asked_by: str, most: int) -> list[Job]:
    """The jobs of a kind that somebody asked for last, the newest first."""
    query = select(JOB).where(JOB.c.kind == kind, JOB.c.asked_by == asked_by)
    with reading(engine) as connection:
        rows = connection.execute(query.order_by(JOB.c.id.desc()).limit(most)).mappings()
        return [_job(row) for row in rows]


def _job(row: RowMapping) -> Job:
    return Job(**{name: row[name] for name in Job.__dataclass_fields__})


def cancel(session: Session, job: int) -> None:
    """Ask a job to stop: at once when it waits, at its next sign of progress when it runs.

    Raises Conflict when it has already ended.
    """
    stopping = (
        update(JOB)
        .where(JOB.c.id == job, JOB.c.state.in_(("waiting", "running")))
        .values(state=func.replace(func.replace(JOB.c.state, "waiting", "stopped"), "running", "stopping"))
    )
    if session.execute(stopping).rowcount == 0:
        raise Conflict(
            N_("Job {job} has already ended or is being stopped."),
            advice=N_("Nothing is left to do; look at its result."),
            job=job,
        )
    session.record("cancel_job", f"job/{job}")


def run_next(engine: Engine, kinds: Mapping[str, Work], now: Callable[[], datetime]) -> bool:
    """Take the oldest open job of these kinds and run it to its end; False when there is none."""
    taken = _take(engine, kinds, now())
    if taken is None:
        return False
    job, actor = taken

    def progress(done: float, note: str = "") -> None:
        if _note(engine, job.id, min(max(done, 0.0), 1.0), note, now()) == "stopping":
            raise Stopped

    try:
        result = kinds[job.kind](engine, actor, job.arguments, progress)
    except Stopped:
        _end(engine, actor, job.id, now(), {"state": "stopped"})
    except HaiheError as error:
        _end(engine, actor, job.id, now(), {"state": "failed", "note": str(error)})
    except Exception as error:
        _end(engine, actor, job.id, now(), {"state": "failed", "note": repr(error)})
        raise
    else:
        _end(engine, actor, job.id, now(), {"state": "done", "progress": 1.0, "result": result})
    return True


def _take(engine: Engine, kinds: Mapping[str, Work], at: datetime) -> tuple[Job, Actor] | None:
    free = or_(JOB.c.state == "waiting", (JOB.c.state == "running") & (JOB.c.leased_until < at))
    oldest = select(JOB).where(free, JOB.c.kind.in_(kinds)).order_by(JOB.c.id).limit(1)
    abandoned = (JOB.c.state == "stopping") & (JOB.c.leased_until < at)
    with noting(engine) as connection:
        connection.execute(update(JOB).where(abandoned).values(state="stopped", ended_at=at))
    with writing(engine, Actor("system", at)) as session:
        row = session.execute(oldest.with_for_update(skip_locked=True)).mappings().first()
        if row is None:
            return None
        session.execute(
            update(JOB).where(JOB.c.id == row["id"]).values(state="running", leased_until=at + LEASE)
        )
        session.record("take_job", f"job/{row['id']}", {"kind": row["kind"]})
        session.commit()
    job = _job(row)
    return job, Actor(job.asked_by, at)


def _note(engine: Engine, job: int, done: float, note: str, at: datetime) -> str:
    """Note progress, renew the lease, and return the state; not a deed, so not in the audit chain."""
    noted = (
        update(JOB)
        .where(JOB.c.id == job)
        .values(progress=done, note=note or JOB.c.note, leased_until=at + LEASE)
        .returning(JOB.c.state)
    )
    with noting(engine) as connection:
        return str(connection.execute(noted).scalar_one())


def _end(engine: Engine, actor: Actor, job: int, at: datetime, values: Mapping[str, Any]) -> None:
    with writing(engine, Actor(actor.name, at)) as session:
        session.execute(update(JOB).where(JOB.c.id == job).values(ended_at=at, leased_until=None, **values))
        session.record("end_job", f"job/{job}", {"state": values["state"]})
        session.commit()
