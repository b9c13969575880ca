"""Saved views as rows."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, DateTime, ForeignKey, Identity, Index, Table, Text

from haihe.store.schema import metadata

SAVED_VIEW = Table(
    "saved_view",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column(
        "account_id", BigInteger, ForeignKey("account.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("shared", Boolean, nullable=False),
    Column("saved_at", DateTime(timezone=True), nullable=False),
    Column("removed_at", DateTime(timezone=True)),
    Index("ix_saved_view_name", "account_id", "name", unique=True, postgresql_where="removed_at IS NULL"),
)
"""What accounts keep; one that was removed can be brought back."""
