"""The table of sources: what every number and statement came from, at `/source/ID`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields

from sqlalchemy import CheckConstraint, Column, Connection, Date, Table, Text, select
from sqlalchemy.dialects.postgresql import insert

from haihe.kit.errors import N_, NotFound
from haihe.kit.source import KINDS, TIERS, Source
from haihe.store.schema import metadata
from haihe.store.session import Session


def _one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({', '.join(repr(value) for value in values)})", name=column)


SOURCE = Table(
    "source",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("document_sha256", Text, index=True),
    Column("locator", Text),
    Column("quote", Text),
    Column("url", Text),
    Column("read_on", Date),
    Column("tier", Text, nullable=False),
    _one_of("kind", KINDS),
    _one_of("tier", TIERS),
)

_FIELDS = [field.name for field in fields(Source)]


def keep(session: Session, sources: Iterable[Source]) -> None:
    """Store sources; one that is already there is left as it is."""
    rows = {source.id: source for source in sources}
    if rows:
        values = [{"id": key} | {name: getattr(one, name) for name in _FIELDS} for key, one in rows.items()]
        session.execute(insert(SOURCE).on_conflict_do_nothing(), values)


def source_at(connection: Connection, source_id: str) -> Source:
    """The source with an id; raises NotFound."""
    row = connection.execute(select(SOURCE).where(SOURCE.c.id == source_id)).mappings().first()
    if row is None:
        raise NotFound(
            N_("There is no source {id}."),
            advice=N_("Open the number again from its page; its source may have been read anew."),
            id=source_id,
        )
    return Source(**{name: value for name, value in row.items() if name != "id"})
