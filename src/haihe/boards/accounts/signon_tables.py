"""Identities of a provider and the sign-ons under way, as rows."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Table, Text, UniqueConstraint

from haihe.boards.accounts.tables import ACCOUNT
from haihe.store.schema import metadata

IDENTITY = Table(
    "account_identity",
    metadata,
    Column("issuer", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column(
        "account_id", BigInteger, ForeignKey(ACCOUNT.c.id, ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("linked_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("issuer", "account_id"),
)

START = Table(
    "sign_on_start",
    metadata,
    Column("state_sha256", Text, primary_key=True),
    Column("nonce", Text, nullable=False),
    Column("verifier", Text, nullable=False),
    Column("back", Text, nullable=False),
    Column("account_id", BigInteger, ForeignKey(ACCOUNT.c.id, ondelete="CASCADE")),
    Column("began_at", DateTime(timezone=True), nullable=False),
)
