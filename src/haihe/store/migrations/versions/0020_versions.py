"""Versions of nodes, so that nobody overwrites unseen what somebody else has made of one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Add them; a decision says which version it found, and taking it back which one that found, and who."""
    op.add_column("node", sa.Column("version", sa.Integer, nullable=False, server_default="1"))
    for name, kind in (("version", sa.Integer), ("undone_version", sa.Integer), ("undone_by", sa.Text)):
        op.add_column("node_decision", sa.Column(name, kind))


def downgrade() -> None:
    """Drop them."""
    for name in ("undone_by", "undone_version", "version"):
        op.drop_column("node_decision", name)
    op.drop_column("node", "version")
