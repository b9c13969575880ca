"""Reading and writing the database, and the only place that commits.

    with reading(engine) as connection: ...            read-only, rolled back at the end
    with writing(engine, Actor("account/3")) as session:
        session.execute(...)
        session.record("accept_draft", "plan/12", {"nodes": 25})
        session.commit()

Leaving the `with` block without `commit` rolls back. A transaction that writes must say what it did with
`record`; `commit` puts that into the audit chain in the same transaction (`haihe.store.audit`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    CursorResult,
    Delete,
    Engine,
    Executable,
    Insert,
    Update,
    create_engine,
)
from sqlalchemy.exc import DataError, OperationalError

from haihe.kit.errors import N_, Invalid, Unavailable
from haihe.store import audit


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, as the audit chain names it (`account/3`, `system`), and when, in UTC."""

    name: str
    at: datetime

    @classmethod
    def now(cls, name: str) -> Actor:
        """The actor at this moment: for doors."""
        return cls(name, datetime.now(UTC))


class Session:
    """One transaction that may write."""

    def __init__(self, connection: Connection, actor: Actor, heads: Path | None) -> None:
        self.connection = connection
        self.actor = actor
        self._heads = heads
        self._records: list[audit.Record] = []
        self._wrote = False

    def execute(
        self, statement: Executable, rows: Sequence[Mapping[str, Any]] | Mapping[str, Any] | None = None
    ) -> CursorResult[Any]:
        """Run a statement inside this transaction."""
        self._wrote = self._wrote or isinstance(statement, Insert | Update | Delete)
        return self.connection.execute(statement, rows)

    def record(self, action: str, subject: str, detail: Mapping[str, Any] | None = None) -> None:
        """Say what was done to what (`plan/12`), with the detail that a later reader needs."""
        self._records.append(audit.Record(action, subject, detail or {}))

    def commit(self) -> None:
        """Write the audit records and make everything durable."""
        assert self._records or not self._wrote, "a transaction that writes must record what it did"
        head = audit.append(self.connection, self.actor.name, self.actor.at, self._records)
        self.connection.commit()
        self._records.clear()
        self._wrote = False
        if head and self._heads:
            audit.keep_head(self._heads, head)


@contextmanager
def writing(engine: Engine, actor: Actor) -> Iterator[Session]:
    """A transaction for `actor`; rolled back unless it is committed."""
    with _connected(engine) as connection:
        heads = engine.get_execution_options().get("heads")
        try:
            yield Session(connection, actor, heads)
        finally:
            connection.rollback()


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A read-only view of the database as of one moment."""
    with _connected(engine) as connection:
        try:
            yield connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        finally:
            connection.rollback()


@contextmanager
def noting(engine: Engine) -> Iterator[Connection]:
    """A transaction for what is no deed and so not in the audit chain, such as progress."""
    with _connected(engine) as connection, connection.begin():
        yield connection


@contextmanager
def _connected(engine: Engine) -> Iterator[Connection]:
    try:
        connection = engine.connect()
    except OperationalError as error:
        raise Unavailable(
            N_("The database does not answer: {reason}"),
            advice=N_("Run haihe doctor; it says which part is missing."),
            reason=str(error.orig).strip(),
        ) from error
    with connection:
        try:
            yield connection
        except DataError as error:
            raise Invalid(
                N_("The database cannot hold this: {reason}"),
                advice=N_("Give a smaller number, or text without control characters."),
                reason=str(error.orig).strip().splitlines()[0],
            ) from error


@cache
def engine_of(url: str, heads: Path | None = None) -> Engine:
    """The engine for a database, one a process; `heads` is the file that keeps the audit chain's head."""
    return create_engine(
        url,
        pool_size=10,
        max_overflow=20,
        pool_pre_ping=True,
        json_serializer=as_json,
        connect_args={"options": "-c timezone=UTC -c lock_timeout=15s", "connect_timeout": 10},
        execution_options={"heads": heads},
    )


def as_json(value: Any) -> str:
    """JSON with dates in ISO 8601 and Chinese left readable."""
    return json.dumps(value, ensure_ascii=False, default=_plain)


def row_json(row: Any) -> str:
    """A record as a line of JSON, for programs that read what a command answers."""
    return as_json(asdict(row))


def _plain(value: object) -> str:
    assert isinstance(value, date | datetime | Path), type(value)
    return str(value) if isinstance(value, Path) else value.isoformat()
