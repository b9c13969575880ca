"""Sources, jobs and the audit chain."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the store's own tables."""
    op.create_table(
        "source",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("document_sha256", sa.Text, index=True),
        sa.Column("locator", sa.Text),
        sa.Column("quote", sa.Text),
        sa.Column("url", sa.Text),
        sa.Column("read_on", sa.Date),
        sa.Column("tier", sa.Text, nullable=False),
        sa.CheckConstraint("kind IN ('sentence', 'row', 'formula', 'judgement')", name="kind"),
        sa.CheckConstraint("tier IN ('official', 'yearbook', 'press', 'ours', 'sample')", name="tier"),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("detail", JSONB, nullable=False),
        sa.Column("previous", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False, unique=True),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("arguments", JSONB, nullable=False),
        sa.Column("asked_by", sa.Text, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text, nullable=False, server_default="waiting"),
        sa.Column("progress", sa.Float, nullable=False, server_default="0"),
        sa.Column("note", sa.Text),
        sa.Column("result", JSONB),
        sa.Column("leased_until", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'stopping', 'stopped', 'done', 'failed')", name="state"
        ),
        sa.CheckConstraint("progress BETWEEN 0 AND 1", name="progress"),
    )
    op.create_index(
        "ix_job_open", "job", ["id"], postgresql_where=sa.text("state IN ('waiting', 'running', 'stopping')")
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_table("job")
    op.drop_table("audit")
    op.drop_table("source")
