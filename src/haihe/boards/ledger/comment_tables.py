"""Comments as rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Identity, Index, Row, Table, Text

from haihe.boards.ledger.comments import Comment
from haihe.boards.ledger.tables import NODE
from haihe.store.schema import metadata

COMMENT = Table(
    "comment",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("node_id", BigInteger, ForeignKey(NODE.c.id, ondelete="CASCADE"), nullable=False),
    Column("author", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("written_by", Text, nullable=False),
    Column("written_at", DateTime(timezone=True), nullable=False),
    Column("withdrawn_at", DateTime(timezone=True)),
    Index("ix_comment_node_id_written_at", "node_id", "written_at"),
)
"""Only ever added to; one that was withdrawn keeps its words for whoever wrote it."""


def comment_of(row: Row[Any]) -> Comment:
    """The comment of a row of the table."""
    return Comment(
        row.id, row.node_id, row.author, row.text, row.written_by, row.written_at, row.withdrawn_at
    )
