"""API tokens as rows."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Identity, RowMapping, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

from haihe.boards.accounts.tables import ACCOUNT
from haihe.boards.accounts.tokens import Token
from haihe.store.schema import metadata

TOKEN = Table(
    "account_token",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column(
        "account_id", BigInteger, ForeignKey(ACCOUNT.c.id, ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("name", Text, nullable=False),
    Column("token_sha256", Text, nullable=False, unique=True),
    Column("actions", ARRAY(Text), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("ends_at", DateTime(timezone=True), nullable=False),
    Column("last_used_at", DateTime(timezone=True)),
    Column("revoked_at", DateTime(timezone=True)),
)


def token_of(row: RowMapping, account: str) -> Token:
    """The token of a row; `account` is the name of its account."""
    return Token(
        id=row["id"],
        name=row["name"],
        account=account,
        actions=tuple(row["actions"]),
        created_at=row["created_at"],
        ends_at=row["ends_at"],
        last_used_at=row["last_used_at"],
        revoked_at=row["revoked_at"],
    )
