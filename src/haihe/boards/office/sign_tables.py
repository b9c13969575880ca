"""Posts and what is put up for signature, as rows."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    RowMapping,
    Table,
    Text,
    UniqueConstraint,
    func,
    insert,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB

from haihe.boards.office.circulation import route_at
from haihe.boards.office.posts import Deputy, Holding, Post, Roll
from haihe.boards.office.signing import Act, Docket, Scan, Version
from haihe.kit.errors import N_, NotFound
from haihe.store.schema import metadata
from haihe.store.session import Session

_LOCK = 20_120_701

POST = Table(
    "office_post",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("unit_id", BigInteger, ForeignKey("entity.id"), nullable=False),
    Column("unit", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("level", Text, nullable=False),
    UniqueConstraint("unit_id", "title"),
)

HOLDING = Table(
    "office_holding",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("post", BigInteger, ForeignKey(POST.c.id), nullable=False),
    Column("account", BigInteger, ForeignKey("account.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("since", DateTime(timezone=True), nullable=False),
    Column("until", DateTime(timezone=True)),
    Column("reason", Text, nullable=False),
    Index("ix_office_holding_now", "post", unique=True, postgresql_where="until IS NULL"),
)
"""Which account held a post from when to when; one account at a time."""

DEPUTY = Table(
    "office_deputy",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("post", BigInteger, ForeignKey(POST.c.id), nullable=False, index=True),
    Column("acting", BigInteger, ForeignKey(POST.c.id), nullable=False),
    Column("since_on", Date, nullable=False),
    Column("until_on", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    CheckConstraint("since_on <= until_on", name="days"),
    CheckConstraint("post <> acting", name="another"),
)

DOCKET = Table(
    "office_docket",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("route", Text, nullable=False),
    Column("posts", JSONB, nullable=False),
    Column("urgency", Text, nullable=False),
    Column("needed_on", Date),
    CheckConstraint("urgency IN ('immediate', 'urgent', 'normal')", name="urgency"),
    Index(None, "kind", "subject"),
)

VERSION = Table(
    "office_version",
    metadata,
    Column("docket_id", BigInteger, ForeignKey(DOCKET.c.id), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("sha256", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
)

ACT = Table(
    "office_act",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("docket_id", BigInteger, nullable=False),
    Column("deed", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("step", Integer, nullable=False),
    Column("post", BigInteger, ForeignKey(POST.c.id), nullable=False),
    Column("acting", BigInteger, ForeignKey(POST.c.id)),
    Column("account", BigInteger, ForeignKey("account.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("note", Text, nullable=False),
    Column("to", Integer),
    CheckConstraint("deed IN ('draft', 'submit', 'approve', 'return', 'withdraw')", name="deed"),
    ForeignKeyConstraint(["docket_id", "version"], [VERSION.c.docket_id, VERSION.c.number]),
    Index(None, "docket_id", "id"),
)
"""What was done with a version; rows are only ever added."""

SCAN = Table(
    "office_scan",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("docket_id", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("kept_by", Text, nullable=False),
    Column("kept_at", DateTime(timezone=True), nullable=False),
    ForeignKeyConstraint(["docket_id", "version"], [VERSION.c.docket_id, VERSION.c.number]),
    UniqueConstraint("docket_id", "version", "sha256"),
)


def roll_in(connection: Connection) -> Roll:
    """Every post with who held it and who acted for it."""
    posts = connection.execute(select(POST).order_by(POST.c.unit, POST.c.id)).mappings()
    holdings = connection.execute(select(HOLDING).order_by(HOLDING.c.id)).mappings()
    deputies = connection.execute(select(DEPUTY).order_by(DEPUTY.c.id)).mappings()
    return Roll(
        {row["id"]: Post(**row) for row in posts},
        tuple(Holding(**_without(row, "id")) for row in holdings),
        tuple(Deputy(**row) for row in deputies),
    )


def hold_roll(session: Session, *, to_change: bool) -> Roll:
    """The roll of posts, which nobody else changes until the transaction ends."""
    lock = func.pg_advisory_xact_lock if to_change else func.pg_advisory_xact_lock_shared
    session.execute(select(lock(_LOCK)))
    return roll_in(session.connection)


def dockets_where(connection: Connection, *conditions: ColumnElement[bool]) -> list[Docket]:
    """What is put up for signature and meets conditions, the newest first, with all that was done with it."""
    rows = connection.execute(select(DOCKET).where(*conditions).order_by(DOCKET.c.id.desc())).mappings().all()
    asked = select(DOCKET.c.id).where(*conditions)
    parts = {
        table: _grouped(connection, table, asked, order)
        for table, order in ((VERSION, VERSION.c.number), (ACT, ACT.c.id), (SCAN, SCAN.c.id))
    }
    return [
        Docket(
            **{name: row[name] for name in ("id", "kind", "subject", "title", "urgency", "needed_on")},
            route=route_at(row["route"]),
            posts=tuple(row["posts"]),
            versions=tuple(Version(**one) for one in parts[VERSION].get(row["id"], ())),
            acts=tuple(Act(**one) for one in parts[ACT].get(row["id"], ())),
            scans=tuple(Scan(**one) for one in parts[SCAN].get(row["id"], ())),
        )
        for row in rows
    ]


def _grouped(
    connection: Connection, table: Table, asked: Any, order: Column[Any]
) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    rows = connection.execute(select(table).where(table.c.docket_id.in_(asked)).order_by(order)).mappings()
    for row in rows:
        found.setdefault(row["docket_id"], []).append(_without(row, "docket_id"))
    return found


def _without(row: RowMapping, column: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != column}


def docket_in(connection: Connection, docket: int) -> Docket:
    """What is put up for signature under a number; raises NotFound."""
    found = dockets_where(connection, DOCKET.c.id == min(docket, 2**63 - 1))
    if not found:
        raise no_docket(docket)
    return found[0]


def no_docket(docket: object) -> NotFound:
    """The error for what is not put up for signature, or not to be seen by the asker."""
    return NotFound(
        N_("Nothing that you may see is put up for signature under {id}."),
        advice=N_("Look at the list of what is to be signed; the code stands on the sheet."),
        id=docket,
    )


def hold_docket(session: Session, docket: int) -> Docket:
    """What is put up under a number; nobody else acts on it until the transaction ends."""
    session.execute(select(DOCKET.c.id).where(DOCKET.c.id == min(docket, 2**63 - 1)).with_for_update())
    return docket_in(session.connection, docket)


def put_docket(session: Session, docket: Docket) -> int:
    """Store a new docket without versions, and return its number."""
    row = {
        "kind": docket.kind,
        "subject": docket.subject,
        "title": docket.title,
        "route": docket.route.name,
        "posts": list(docket.posts),
        "urgency": docket.urgency,
        "needed_on": docket.needed_on,
    }
    return int(session.execute(insert(DOCKET).values(row).returning(DOCKET.c.id)).scalar_one())


def put_version(session: Session, docket: int, version: Version) -> None:
    """Store a version of a docket."""
    session.execute(insert(VERSION).values(asdict(version) | {"docket_id": docket}))


def put_act(session: Session, docket: int, act: Act) -> None:
    """Add what was done with a docket."""
    row = {name: value for name, value in asdict(act).items() if name != "id"}
    session.execute(insert(ACT).values(row | {"docket_id": docket}))


def put_scan(session: Session, docket: int, scan: Scan) -> None:
    """Keep the scan of a version."""
    row = {name: value for name, value in asdict(scan).items() if name != "id"}
    session.execute(insert(SCAN).values(row | {"docket_id": docket}))
