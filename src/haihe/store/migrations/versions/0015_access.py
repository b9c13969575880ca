"""API tokens, failed logins, single sign-on, separated administrators and markings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0015"
down_revision = "0014"

SEPARATE = "role IN ('system', 'security', 'audit')"
ROLES = "'viewer', 'reporter', 'lead', 'supervisor', 'steward', 'admin'"


def upgrade() -> None:
    """Add what says how an account is used; sessions that are open go on."""
    _roles(f"{ROLES}, 'system', 'security', 'audit'")
    op.create_check_constraint("separate_whole", "account_grant", f"unit_id IS NULL OR NOT {SEPARATE}")
    name, separate = "ix_account_grant_separate", sa.text(SEPARATE)
    op.create_index(name, "account_grant", ["account_id"], unique=True, postgresql_where=separate)
    seen = sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())
    op.add_column("account_login", seen)
    op.add_column("account_login", sa.Column("by", sa.Text, nullable=False, server_default="password"))
    op.create_table(
        "account_attempt",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("name_sha256", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("succeeded", sa.Boolean, nullable=False),
    )
    for column in ("name_sha256", "address"):
        name = f"ix_account_attempt_{column.removesuffix('_sha256')}"
        op.create_index(name, "account_attempt", [column, "at"])
    op.create_index("ix_account_attempt_at", "account_attempt", ["at"])
    op.create_table(
        "account_token",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        _account(),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("token_sha256", sa.Text, nullable=False, unique=True),
        sa.Column("actions", ARRAY(sa.Text), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "account_identity",
        sa.Column("issuer", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, primary_key=True),
        _account(),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("issuer", "account_id"),
    )
    op.create_table(
        "sign_on_start",
        sa.Column("state_sha256", sa.Text, primary_key=True),
        sa.Column("nonce", sa.Text, nullable=False),
        sa.Column("verifier", sa.Text, nullable=False),
        sa.Column("back", sa.Text, nullable=False),
        sa.Column("account_id", sa.BigInteger, sa.ForeignKey("account.id", ondelete="CASCADE")),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "marking",
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("marked_by", sa.Text, nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    """Remove it, and the grants of separated administrators."""
    for name in ("marking", "sign_on_start", "account_identity", "account_token", "account_attempt"):
        op.drop_table(name)
    op.drop_column("account_login", "by")
    op.drop_column("account_login", "last_seen_at")
    op.drop_index("ix_account_grant_separate", "account_grant")
    op.drop_constraint(op.f("ck_account_grant_separate_whole"), "account_grant")
    op.execute("DELETE FROM account_grant WHERE role IN ('system', 'security', 'audit')")
    _roles(ROLES)


def _account() -> sa.Column[int]:
    held = sa.ForeignKey("account.id", ondelete="CASCADE")
    return sa.Column("account_id", sa.BigInteger, held, nullable=False, index=True)


def _roles(roles: str) -> None:
    op.drop_constraint(op.f("ck_account_grant_role"), "account_grant")
    op.create_check_constraint("role", "account_grant", f"role IN ({roles})")
