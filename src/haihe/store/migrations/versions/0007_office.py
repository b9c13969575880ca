"""What the office handed out, and what the returns said beside the reports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create the tables of the board office."""
    op.create_table(
        "office_dispatch",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("plan_id", sa.BigInteger, sa.ForeignKey("plan.id", ondelete="CASCADE"), nullable=False),
        sa.Column("period", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False, index=True),
        sa.Column("handout", JSONB, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("dispatched_by", sa.Text, nullable=False),
        sa.Column("dispatched_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index(None, "office_dispatch", ["plan_id", "period", "id"])
    op.create_table(
        "office_return",
        sa.Column(
            "report_id", sa.BigInteger, sa.ForeignKey("report.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("confidence", sa.Text),
        sa.Column("difficulty", sa.Text, nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.CheckConstraint("confidence IN ('high', 'medium', 'low')", name="confidence"),
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_table("office_return")
    op.drop_table("office_dispatch")
