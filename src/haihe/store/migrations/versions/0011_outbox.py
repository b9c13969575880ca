"""Messages to send, and who was reminded."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Create the outbox, and what the office reminds with."""
    _outbox()
    op.create_table(
        "office_channel",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
        sa.Column("options", JSONB, nullable=False),
        sa.Column("secrets", JSONB, nullable=False),
        sa.Column("changed_by", sa.Text, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('wecom', 'dingtalk', 'webhook', 'mail')", name="kind"),
    )
    op.create_table(
        "office_contact",
        sa.Column("unit", sa.Text, primary_key=True),
        sa.Column("post", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.CheckConstraint("post IN ('liaison', 'division', 'leader')", name="post"),
        sa.CheckConstraint("kind IN ('wecom', 'dingtalk', 'mail')", name="kind"),
    )
    op.create_table(
        "office_template",
        sa.Column("stage", sa.Text, primary_key=True),
        sa.Column("language", sa.Text, primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("changed_by", sa.Text, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("stage IN ('before', 'day', 'overdue', 'escalated')", name="stage"),
    )
    op.create_table(
        "office_chase",
        sa.Column("plan_id", sa.BigInteger, sa.ForeignKey("plan.id", ondelete="CASCADE"), primary_key=True),
        sa.Column(
            "channel_id",
            sa.BigInteger,
            sa.ForeignKey("office_channel.id", ondelete="CASCADE"),
            primary_key=True,
        ),
    )
    _reminder()


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("content", JSONB, nullable=False),
        sa.Column("minute_max", sa.Integer),
        sa.Column("asked_by", sa.Text, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text, nullable=False, server_default="waiting"),
        sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("note", sa.Text, nullable=False, server_default=""),
        sa.CheckConstraint("state IN ('waiting', 'sending', 'sent', 'dead', 'withdrawn')", name="state"),
    )
    open_ones = sa.text("state IN ('waiting', 'sending')")
    op.create_index("ix_outbox_open", "outbox", ["due_at", "id"], postgresql_where=open_ones)
    op.create_index("ix_outbox_tried", "outbox", ["channel", "tried_at"])


def _reminder() -> None:
    op.create_table(
        "office_reminder",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("plan_id", sa.BigInteger, sa.ForeignKey("plan.id", ondelete="CASCADE"), nullable=False),
        sa.Column("period", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column(
            "channel_id", sa.BigInteger, sa.ForeignKey("office_channel.id", ondelete="SET NULL"), index=True
        ),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("addresses", JSONB, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("outbox_id", sa.BigInteger, sa.ForeignKey("outbox.id", ondelete="SET NULL"), index=True),
        sa.Column("reminded_on", sa.Date, nullable=False),
        sa.Column("reminded_by", sa.Text, nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index(None, "office_reminder", ["plan_id", "period", "unit", "id"])


def downgrade() -> None:
    """Remove them."""
    for table in ("reminder", "chase", "template", "contact", "channel"):
        op.drop_table(f"office_{table}")
    op.drop_table("outbox")
