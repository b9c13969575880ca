"""Mappings by the shape of their tables, and what was taken up by them, as rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Table,
    Text,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from haihe.boards.office.mapping import TableMapping, as_yaml
from haihe.store.schema import metadata
from haihe.store.session import Session

OFFICE_MAPPING = Table(
    "office_mapping",
    metadata,
    Column("shape", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("mapping", JSONB, nullable=False),
    Column("mapped_by", Text, nullable=False),
    Column("mapped_at", DateTime(timezone=True), nullable=False),
)
"""What the columns of tables of a shape were taken for the last time, by kind of register."""

OFFICE_INTAKE = Table(
    "office_intake",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("plan_id", BigInteger, ForeignKey("plan.id", ondelete="CASCADE"), nullable=False),
    Column("file", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("mapping", JSONB, nullable=False),
    Column("new_nodes", ARRAY(BigInteger), nullable=False),
    Column("changed_nodes", ARRAY(BigInteger), nullable=False),
    Column("taken_by", Text, nullable=False),
    Column("taken_at", DateTime(timezone=True), nullable=False),
    Column("undone_at", DateTime(timezone=True)),
    Index(None, "plan_id", "id"),
)
"""A file whose tables were taken up: the nodes it made and changed, so that it can be taken back."""


@dataclass(frozen=True, slots=True)
class Uptake:
    """A file that was taken up: the nodes it made and changed, by whom, when, and when it was taken back."""

    id: int
    plan: int
    file: str
    sha256: str
    new: tuple[int, ...]
    changed: tuple[int, ...]
    by: str
    at: datetime
    undone_at: datetime | None


def remember(session: Session, mapping: TableMapping) -> None:
    """Keep a mapping for the next table of its shape."""
    row = {
        "shape": mapping.shape,
        "kind": mapping.kind,
        "mapping": as_yaml([mapping]),
        "mapped_by": session.actor.name,
        "mapped_at": session.actor.at,
    }
    fresh = upsert(OFFICE_MAPPING).values(row)
    replaced = {name: fresh.excluded[name] for name in ("mapping", "mapped_by", "mapped_at")}
    session.execute(fresh.on_conflict_do_update(index_elements=["shape", "kind"], set_=replaced))


def remembered(connection: Connection, shape: str, kind: str) -> Any:
    """The mapping of a shape as it is kept, None without one."""
    of_shape = (OFFICE_MAPPING.c.shape == shape) & (OFFICE_MAPPING.c.kind == kind)
    return connection.execute(select(OFFICE_MAPPING.c.mapping).where(of_shape)).scalar()


def put_uptake(session: Session, mappings: Sequence[TableMapping], uptake: Uptake) -> int:
    """Note a file that is taken up, and return the number of the note; that of `uptake` does not count."""
    row = {
        "plan_id": uptake.plan,
        "file": uptake.file,
        "sha256": uptake.sha256,
        "mapping": as_yaml(mappings),
        "new_nodes": list(uptake.new),
        "changed_nodes": list(uptake.changed),
        "taken_by": uptake.by,
        "taken_at": uptake.at,
    }
    return int(session.execute(insert(OFFICE_INTAKE).values(row).returning(OFFICE_INTAKE.c.id)).scalar_one())


def uptakes_where(
    connection: Connection, *conditions: ColumnElement[bool], limit: int | None = None
) -> list[Uptake]:
    """The files taken up that meet conditions, the latest first."""
    query = select(OFFICE_INTAKE).where(*conditions).order_by(OFFICE_INTAKE.c.id.desc()).limit(limit)
    rows = connection.execute(query).all()
    return [
        Uptake(
            row.id,
            row.plan_id,
            row.file,
            row.sha256,
            tuple(row.new_nodes),
            tuple(row.changed_nodes),
            row.taken_by,
            row.taken_at,
            row.undone_at,
        )
        for row in rows
    ]


def note_undone(session: Session, uptake: int) -> None:
    """Note that a file was taken back."""
    done = update(OFFICE_INTAKE).where(OFFICE_INTAKE.c.id == uptake).values(undone_at=session.actor.at)
    session.execute(done)
