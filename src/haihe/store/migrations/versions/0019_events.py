"""Events of cooperation, the names that they give to organisations, and who takes part in which."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column("day", sa.Text, nullable=False, index=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("kinds", ARRAY(sa.Text), nullable=False),
        sa.Column("places", ARRAY(sa.Text), nullable=False),
        sa.Column("source_id", sa.Text, sa.ForeignKey("source.id"), nullable=False),
        sa.Column("first_id", sa.BigInteger, sa.ForeignKey("event.id"), index=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("first_id < id", name="order"),
    )
    op.create_table(
        "event_name",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("context", sa.Text, nullable=False),
        sa.Column("entity_id", sa.BigInteger, sa.ForeignKey("entity.id", ondelete="SET NULL"), index=True),
        sa.Column("score", sa.Float),
        sa.Column("adcode", sa.Text),
        sa.Column("judged_by", sa.Text),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("name", "context"),
    )
    op.create_table(
        "event_party",
        sa.Column("event_id", sa.BigInteger, sa.ForeignKey("event.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("name_id", sa.BigInteger, sa.ForeignKey("event_name.id"), primary_key=True, index=True),
        sa.Column("role", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Drop them: what was loaded of events is gone."""
    for table in ("event_party", "event_name", "event"):
        op.drop_table(table)
