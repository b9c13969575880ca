"""Accounts, their grants and their sessions as rows."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    RowMapping,
    Table,
    Text,
    UniqueConstraint,
    func,
    select,
    text,
)

from haihe.boards.accounts.records import Account, Grant
from haihe.store.schema import metadata

ACCOUNT = Table(
    "account",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("must_change", Boolean, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("disabled_at", DateTime(timezone=True)),
)

_SEPARATE = "role IN ('system', 'security', 'audit')"

GRANT = Table(
    "account_grant",
    metadata,
    Column("account_id", BigInteger, ForeignKey(ACCOUNT.c.id, ondelete="CASCADE"), nullable=False),
    Column("role", Text, nullable=False),
    Column("unit_id", BigInteger, ForeignKey("entity.id")),
    UniqueConstraint("account_id", "role", "unit_id", postgresql_nulls_not_distinct=True),
    CheckConstraint(
        "role IN ('viewer', 'reporter', 'lead', 'supervisor', 'steward', 'admin', "
        "'system', 'security', 'audit')",
        name="role",
    ),
    CheckConstraint(f"unit_id IS NULL OR NOT {_SEPARATE}", name="separate_whole"),
    Index("ix_account_grant_separate", "account_id", unique=True, postgresql_where=text(_SEPARATE)),
)

LOGIN = Table(
    "account_login",
    metadata,
    Column("token_sha256", Text, primary_key=True),
    Column(
        "account_id",
        BigInteger,
        ForeignKey(ACCOUNT.c.id, ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("ends_at", DateTime(timezone=True), nullable=False),
    Column("last_seen_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("by", Text, nullable=False, server_default="password"),
)


def grants_of(connection: Connection, account: int) -> tuple[Grant, ...]:
    """The grants of an account."""
    rows = connection.execute(
        select(GRANT.c.role, GRANT.c.unit_id)
        .where(GRANT.c.account_id == account)
        .order_by(GRANT.c.role, GRANT.c.unit_id)
    )
    return tuple(Grant(row.role, row.unit_id) for row in rows)


def account_of(connection: Connection, row: RowMapping) -> Account:
    """The account of a row of the account table."""
    return Account(
        id=row["id"],
        name=row["name"],
        title=row["title"],
        grants=grants_of(connection, row["id"]),
        must_change=row["must_change"],
        created_at=row["created_at"],
        disabled_at=row["disabled_at"],
    )
