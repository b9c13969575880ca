"""Attempts to sign in as rows, kept for as long as they count."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Identity, Index, Table, Text

from haihe.store.schema import metadata

ATTEMPT = Table(
    "account_attempt",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("name_sha256", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("succeeded", Boolean, nullable=False),
    Index("ix_account_attempt_name", "name_sha256", "at"),
    Index("ix_account_attempt_address", "address", "at"),
    Index("ix_account_attempt_at", "at"),
)
