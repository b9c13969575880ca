"""Registers of every kind: stages, fields, and moves from stage to stage."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add what registers of other kinds than plans record; promises of plans begin in their first stage."""
    op.add_column("plan", sa.Column("kind", sa.Text, nullable=False, server_default="plan"))
    op.add_column("node", sa.Column("stage", sa.Text))
    op.add_column("node", sa.Column("stage_on", sa.Date))
    op.add_column("node", sa.Column("values", JSONB, nullable=False, server_default="{}"))
    op.execute("UPDATE node SET stage = 'waiting' WHERE kind IN ('project', 'item')")
    op.drop_constraint(op.f("ck_node_kind"), "node")
    op.add_column("node_decision", sa.Column("after", sa.Text))
    op.add_column("node_decision", sa.Column("reason", sa.Text))
    op.drop_constraint(op.f("ck_node_decision_kind"), "node_decision")
    op.create_check_constraint("kind", "node_decision", "kind IN ('accept', 'edit', 'reject', 'move')")


def downgrade() -> None:
    """Remove it, and the registers that are no plans."""
    op.execute("DELETE FROM plan WHERE kind <> 'plan'")
    op.execute("DELETE FROM node_decision WHERE kind = 'move'")
    op.drop_constraint(op.f("ck_node_decision_kind"), "node_decision")
    op.create_check_constraint("kind", "node_decision", "kind IN ('accept', 'edit', 'reject')")
    for name in ("after", "reason"):
        op.drop_column("node_decision", name)
    op.create_check_constraint("kind", "node", "kind IN ('aspect', 'task', 'project', 'item')")
    for name in ("stage", "stage_on", "values"):
        op.drop_column("node", name)
    op.drop_column("plan", "kind")
