"""Supervision orders, and the steps by which they go up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "supervision",
        sa.Column("order_id", sa.BigInteger, sa.ForeignKey("node.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("about_id", sa.BigInteger, sa.ForeignKey("node.id", ondelete="SET NULL")),
        sa.Column("why", JSONB),
        sa.Column("units", JSONB, nullable=False),
        sa.Column("workdays", sa.Integer),
        sa.Column("due_on", sa.Date),
        sa.Column("drafters", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("returned", sa.Text),
        sa.Column("approved_by", sa.Text),
        sa.Column("approved_at", sa.DateTime(timezone=True)),
        sa.Column("approved_sha256", sa.Text),
        sa.Column("issued_by", sa.Text),
        sa.Column("issued_at", sa.DateTime(timezone=True)),
        sa.Column("year", sa.Integer),
        sa.Column("number", sa.Integer),
        sa.UniqueConstraint("year", "number"),
        sa.CheckConstraint("workdays > 0", name="workdays"),
        sa.CheckConstraint("num_nonnulls(workdays, due_on) > 0", name="deadline"),
        sa.CheckConstraint("NOT approved_by = ANY (drafters)", name="another"),
        sa.CheckConstraint("num_nulls(approved_by, approved_at, approved_sha256) IN (0, 3)", name="approved"),
        sa.CheckConstraint("num_nulls(issued_by, issued_at, year, number) IN (0, 4)", name="issued"),
        sa.CheckConstraint("issued_at IS NULL OR approved_at IS NOT NULL", name="examined"),
    )
    op.create_index(None, "supervision", ["about_id"])
    op.create_table(
        "supervision_escalation",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("part_id", sa.BigInteger, sa.ForeignKey("node.id", ondelete="CASCADE"), nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("fell_on", sa.Date, nullable=False),
        sa.Column("posts", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("facts", JSONB, nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("letters", sa.ARRAY(sa.BigInteger), nullable=False, server_default="{}"),
        sa.UniqueConstraint("part_id", "step", "due_on"),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("supervision_escalation")
    op.drop_table("supervision")
