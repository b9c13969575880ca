"""The audit chain: every write says who did what to what, and no line can be changed unseen.

Each line holds the hash of its content and of the line before it: SHA-256, or SM3 (GB/T 32905-2016) for
a chain that began with HAIHE_AUDIT_HASH=sm3. The app's role may only insert and select. The newest hash
and the count also go to a file outside the database, so that a chain whose tail was cut is found out.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from sqlalchemy import BigInteger, Column, Connection, DateTime, Table, Text, insert, select, text
from sqlalchemy.dialects.postgresql import JSONB

from haihe.kit.errors import N_, Invalid
from haihe.store.disk import whole
from haihe.store.schema import metadata

_LOCK = 20_230_601
_SM3 = "sm3:"
_STARTS = {"sha256": "0" * 64, "sm3": _SM3 + "0" * 64}
"""The hash before the first line, by the hash of the chain."""

AUDIT = Table(
    "audit",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", JSONB, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False, unique=True),
)


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that was done: a verb, what it was done to, and the detail."""

    action: str
    subject: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Head:
    """The newest line: how many lines there are and the hash of the last."""

    count: int
    hash: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found: `broken_at` is the first line that does not hold, `cut` a missing tail."""

    count: int
    broken_at: int | None
    cut: bool

    @property
    def whole(self) -> bool:
        """Whether every line holds and none is missing."""
        return self.broken_at is None and not self.cut


def hash_of(line: Mapping[str, Any]) -> str:
    """The hash of a line over the JSON of its fields and of the hash before it, keys sorted.

    An SM3 hash says so, and the hash before the line says which one the line has.
    """
    content = {
        "id": line["id"],
        "at": line["at"].astimezone(UTC).isoformat(),
        "actor": line["actor"],
        "action": line["action"],
        "subject": line["subject"],
        "detail": line["detail"],
        "previous": line["previous"],
    }
    said = json.dumps(content, ensure_ascii=False, sort_keys=True).encode()
    if not content["previous"].startswith(_SM3):
        return hashlib.sha256(said).hexdigest()
    digest = hashes.Hash(hashes.SM3())
    digest.update(said)
    return _SM3 + digest.finalize().hex()


def append(connection: Connection, actor: str, at: datetime, records: Sequence[Record]) -> Head | None:
    """Add records to the chain in the caller's transaction; None where there is nothing to add.

    An advisory lock held until the transaction ends keeps the chain one line long at its head.
    """
    if not records:
        return None
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    head = _head(connection)
    for count, record in enumerate(records, head.count + 1):
        line = {
            "id": count,
            "at": at,
            "actor": actor,
            "action": record.action,
            "subject": record.subject,
            "detail": json.loads(json.dumps(record.detail, ensure_ascii=False, default=str)),
            "previous": head.hash,
        }
        line["hash"] = hash_of(line)
        connection.execute(insert(AUDIT), line)
        head = Head(count, str(line["hash"]))
    return head


def _head(connection: Connection) -> Head:
    row = connection.execute(select(AUDIT.c.id, AUDIT.c.hash).order_by(AUDIT.c.id.desc()).limit(1)).first()
    return Head(row.id, row.hash) if row else Head(0, start_of(os.environ))


def start_of(environment: Mapping[str, str]) -> str:
    """The hash before the first line of a new chain, by HAIHE_AUDIT_HASH; raises Invalid for another hash."""
    name = environment.get("HAIHE_AUDIT_HASH") or "sha256"
    if name not in _STARTS:
        raise Invalid(
            N_("HAIHE_AUDIT_HASH is {value}; the audit chain knows {known}."),
            advice=N_(
                "Set it to one of these, or unset it for sha256. A chain that has begun keeps its hash."
            ),
            value=name,
            known=", ".join(_STARTS),
        )
    return _STARTS[name]


def keep_head(path: Path, head: Head) -> None:
    """Note the head in a file outside the database; a head older than the one noted is passed over."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        noted = noted_head(path)
        if noted is None or noted.count < head.count:
            with whole(path) as file:
                file.write(json.dumps(asdict(head)).encode())


def noted_head(path: Path) -> Head | None:
    """The head that the file notes, None where there is no file."""
    if not path.exists():
        return None
    noted = json.loads(path.read_text("utf-8"))
    return Head(noted["count"], noted["hash"])


def verify(connection: Connection, noted: Head | None) -> Verdict:
    """Walk the whole chain and compare its end with the head noted outside."""
    head = Head(0, "")
    at_noted = noted is None
    chain = select(AUDIT).order_by(AUDIT.c.id).execution_options(yield_per=1000)
    with connection.execute(chain) as lines:
        for row in map(dict, lines.mappings()):
            before = (head.hash,) if head.count else _STARTS.values()
            if row["id"] != head.count + 1 or row["previous"] not in before or row["hash"] != hash_of(row):
                return Verdict(head.count, head.count + 1, cut=False)
            head = Head(row["id"], row["hash"])
            at_noted = at_noted or head == noted
    return Verdict(head.count, None, cut=not at_noted)
