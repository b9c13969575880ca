"""Drafts of briefs, and briefs that were issued."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"

_KIND = "kind IN ('month', 'quarter', 'circular', 'meeting')"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "brief_draft",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("plan_id", sa.BigInteger, sa.ForeignKey("plan.id", ondelete="CASCADE"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("period", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("period_digest", sa.Text, nullable=False),
        sa.Column("content", JSONB, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(_KIND, name="kind"),
    )
    op.create_index(None, "brief_draft", ["plan_id", "kind", "period", "id"])
    op.create_table(
        "brief",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column(
            "draft_id",
            sa.BigInteger,
            sa.ForeignKey("brief_draft.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("plan_id", sa.BigInteger, sa.ForeignKey("plan.id", ondelete="CASCADE"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("period", sa.Text, nullable=False),
        sa.Column("issuer", sa.Text, nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("template_sha256", sa.Text, nullable=False),
        sa.Column("supersedes_id", sa.BigInteger, sa.ForeignKey("brief.id", ondelete="CASCADE"), index=True),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("issued_on", sa.Date, nullable=False),
        sa.Column("issued_by", sa.Text, nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(_KIND, name="kind"),
        sa.CheckConstraint("(version = 1) = (supersedes_id IS NULL)", name="version"),
        sa.CheckConstraint("(version = 1) OR (reason <> '')", name="reason"),
        sa.UniqueConstraint("plan_id", "kind", "year", "number", "version"),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("brief")
    op.drop_table("brief_draft")
