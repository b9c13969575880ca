"""Accounts, grants and sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the tables of the board accounts."""
    op.create_table(
        "account",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("must_change", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True)),
    )
    account = sa.ForeignKey("account.id", ondelete="CASCADE")
    op.create_table(
        "account_grant",
        sa.Column("account_id", sa.BigInteger, account, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("unit_id", sa.BigInteger),
        sa.UniqueConstraint("account_id", "role", "unit_id", postgresql_nulls_not_distinct=True),
        sa.CheckConstraint(
            "role IN ('viewer', 'reporter', 'lead', 'supervisor', 'steward', 'admin')", name="role"
        ),
    )
    account = sa.ForeignKey("account.id", ondelete="CASCADE")
    op.create_table(
        "account_login",
        sa.Column("token_sha256", sa.Text, primary_key=True),
        sa.Column("account_id", sa.BigInteger, account, nullable=False, index=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_table("account_login")
    op.drop_table("account_grant")
    op.drop_table("account")
