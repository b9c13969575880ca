"""Mappings of foreign tables, remembered by their shape, and what was taken up by them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Create the tables of mappings and of what was taken up."""
    op.create_table(
        "office_mapping",
        sa.Column("shape", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("mapping", JSONB, nullable=False),
        sa.Column("mapped_by", sa.Text, nullable=False),
        sa.Column("mapped_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "office_intake",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("plan_id", sa.BigInteger, sa.ForeignKey("plan.id", ondelete="CASCADE"), nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("mapping", JSONB, nullable=False),
        sa.Column("new_nodes", ARRAY(sa.BigInteger), nullable=False),
        sa.Column("changed_nodes", ARRAY(sa.BigInteger), nullable=False),
        sa.Column("taken_by", sa.Text, nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
    )
    op.create_index(None, "office_intake", ["plan_id", "id"])


def downgrade() -> None:
    """Remove them."""
    op.drop_table("office_intake")
    op.drop_table("office_mapping")
