"""Ties as rows: what sources state, and what somebody added or ended by hand, which can be undone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Row,
    Table,
    Text,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from haihe.boards.registry.answers import Tally
from haihe.boards.registry.links import Bond, Deed, LinkEdit, link_kinds, standing
from haihe.boards.registry.load_tables import holders_of
from haihe.boards.registry.records import Identifier, Tie
from haihe.boards.registry.tables import ENTITY, JOINED, LINK
from haihe.boards.registry.validity import Validity
from haihe.kit.source import Source
from haihe.store.schema import metadata
from haihe.store.session import Session
from haihe.store.sources import SOURCE, keep

LINK_EDIT = Table(
    "link_edit",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("deed", Text, nullable=False),
    Column("from_id", BigInteger, ForeignKey(ENTITY.c.id, ondelete="CASCADE"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("to_id", BigInteger, ForeignKey(ENTITY.c.id, ondelete="CASCADE"), nullable=False, index=True),
    Column("since", Text),
    Column("until", Text),
    Column("source_id", Text, ForeignKey(SOURCE.c.id), nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("undone_by", Text),
    Column("undone_at", DateTime(timezone=True)),
    CheckConstraint("deed IN ('add', 'end')", name="deed"),
    Index(
        "ix_link_edit_standing",
        "from_id",
        "kind",
        "to_id",
        "since",
        "deed",
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where="undone_at IS NULL",
    ),
)
"""Ties that somebody added, and ends that somebody set to ties; those that are not undone stand."""

_STATED = ("from_id", "kind", "to_id", "since", "source_id")


def keep_ties(session: Session, ties: Sequence[Tie], pack: str | None) -> Tally:
    """Store ties; a pack's replace all that it stated before, a person's stand beside them."""
    holders = holders_of(session, (end for one in ties for end in (one.start, one.end)))
    rows = (_row(one, holders, pack) for one in ties)
    wanted = {_key(row): row for row in rows if row["from_id"] != row["to_id"]}
    ends = set(holders.values())
    known = select(LINK).where(LINK.c.from_id.in_(ends), ~LINK.c.by_property)
    held = {_key(row): row for row in session.execute(known).mappings()}
    gone = []
    if pack:
        stated = session.execute(select(LINK).where(LINK.c.pack == pack, ~LINK.c.by_property)).mappings()
        gone = [row["id"] for row in stated if _key(row) not in wanted]
        session.execute(delete(LINK).where(LINK.c.id.in_(gone)))
    keep(session, (one.source for one in ties))
    fresh = [row for key, row in wanted.items() if key not in held]
    if fresh:
        session.execute(insert(LINK), fresh)
    return Tally(len(fresh), len(gone), len(ties) - len(fresh))


def _row(one: Tie, holders: Mapping[Identifier, int], pack: str | None) -> dict[str, Any]:
    start, end = holders[one.start], holders[one.end]
    if link_kinds()[one.kind].symmetric:
        start, end = sorted((start, end))
    return {
        "from_id": start,
        "kind": one.kind,
        "to_id": end,
        "since": one.validity.since,
        "until": one.validity.until,
        "note": one.note,
        "source_id": one.source.id,
        "pack": pack,
        "by_property": False,
    }


def _key(row: Mapping[Any, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in _STATED)


def bonds_in(connection: Connection, entities: Sequence[int] | None = None) -> list[Bond]:
    """The ties that stand, all or those of entities, each end as it is stored."""

    def of(table: Table) -> ColumnElement[bool]:
        if entities is None:
            return table.c.id.is_not(None)
        return or_(table.c.from_id.in_(entities), table.c.to_id.in_(entities))

    stated = [_bond(row) for row in connection.execute(_sourced(LINK).where(of(LINK)))]
    standing_edits = _sourced(LINK_EDIT).where(of(LINK_EDIT), LINK_EDIT.c.undone_at.is_(None))
    edits = connection.execute(standing_edits.order_by(LINK_EDIT.c.id)).all()
    added = [_bond(row, row.id) for row in edits if row.deed == "add"]
    ends = [_bond(row, row.id) for row in edits if row.deed == "end"]
    return standing([*stated, *added], ends)


def _sourced(table: Table) -> Any:
    columns = select(table, SOURCE.c.tier, SOURCE.c.read_on)
    return columns.join(SOURCE, SOURCE.c.id == table.c.source_id).order_by(table.c.id)


def _bond(row: Row[Any], edit: int | None = None) -> Bond:
    return Bond(
        row.from_id,
        row.kind,
        row.to_id,
        Validity(row.since, row.until),
        row.source_id,
        row.tier,
        row.read_on,
        getattr(row, "note", None),
        edit,
    )


def heads_in(connection: Connection, entities: Iterable[int]) -> dict[int, tuple[int, str]]:
    """Under which number entities stand, and what they are called there."""
    head = func.coalesce(JOINED.c.head_id, ENTITY.c.id)
    other = ENTITY.alias("other")
    query = (
        select(ENTITY.c.id, other.c.id.label("head"), other.c.name)
        .outerjoin(JOINED, JOINED.c.entity_id == ENTITY.c.id)
        .join(other, other.c.id == head)
        .where(ENTITY.c.id.in_(set(entities)))
    )
    return {row.id: (row.head, row.name) for row in connection.execute(query)}


def edits_in(connection: Connection, *conditions: ColumnElement[bool]) -> list[LinkEdit]:
    """The edits that meet conditions, in the order in which they were made."""
    query = select(*(LINK_EDIT.c[field.name] for field in fields(LinkEdit))).where(*conditions)
    return [LinkEdit(*row) for row in connection.execute(query.order_by(LINK_EDIT.c.id))]


def make(
    session: Session, deed: Deed, tie: tuple[int, str, int], validity: Validity, source: Source
) -> LinkEdit | None:
    """Store an edit by whoever acts; None where the same stands already."""
    keep(session, [source])
    row: dict[str, Any] = {
        "deed": deed,
        "from_id": tie[0],
        "kind": tie[1],
        "to_id": tie[2],
        "since": validity.since,
        "until": validity.until,
        "source_id": source.id,
        "made_by": session.actor.name,
        "made_at": session.actor.at,
    }
    put = insert(LINK_EDIT).values(row).on_conflict_do_nothing().returning(LINK_EDIT.c.id)
    made: int | None = session.execute(put).scalar()
    return None if made is None else LinkEdit(id=made, **row)


def take_back(session: Session, edit: int) -> None:
    """Mark an edit as undone by whoever acts."""
    undone = {"undone_by": session.actor.name, "undone_at": session.actor.at}
    session.execute(update(LINK_EDIT).where(LINK_EDIT.c.id == edit).values(undone))
