"""Whom comments mention, as rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
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
    Row,
    Table,
    Text,
    UniqueConstraint,
    select,
)

from haihe.boards.office.sign_tables import POST
from haihe.store.schema import metadata

MENTION = Table(
    "office_mention",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("comment_id", BigInteger, ForeignKey("comment.id", ondelete="CASCADE"), nullable=False),
    Column("post_id", BigInteger, ForeignKey(POST.c.id, ondelete="CASCADE"), index=True),
    Column("entity_id", BigInteger, ForeignKey("entity.id", ondelete="CASCADE"), index=True),
    Column("settled_at", DateTime(timezone=True)),
    Column("settled_by", Text),
    CheckConstraint("num_nonnulls(post_id, entity_id) = 1", name="one"),
    CheckConstraint("(settled_at IS NULL) = (settled_by IS NULL)", name="settled"),
    UniqueConstraint("comment_id", "post_id", "entity_id", postgresql_nulls_not_distinct=True),
)
"""A post or a unit that a comment names; settled once it has answered, or has nothing to answer."""


def mentions_of(connection: Connection, comments: Collection[int]) -> Sequence[Row[Any]]:
    """Whom some comments mention, in the order of their words."""
    query = select(MENTION).where(MENTION.c.comment_id.in_(comments))
    return connection.execute(query.order_by(MENTION.c.id)).all()


def of_hands(posts: Collection[int], units: Collection[int]) -> ColumnElement[bool]:
    """Whether a mention is of one of some posts or units."""
    return MENTION.c.post_id.in_(posts) | MENTION.c.entity_id.in_(units)


def settling(at: datetime, by: str) -> dict[str, Any]:
    """What is written of a mention that was answered."""
    return {"settled_at": at, "settled_by": by}
