"""Plans, their nodes, reports and lights."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the tables of the board ledger."""
    _create_plan()
    _create_node()
    _create_parts()
    _create_course()


def _create_plan() -> None:
    op.create_table(
        "plan",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("tier", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("tier IN ('official', 'yearbook', 'press', 'ours', 'sample')", name="tier"),
    )
    op.create_table(
        "plan_document",
        sa.Column("plan_id", sa.BigInteger, sa.ForeignKey("plan.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("document_id", sa.BigInteger, sa.ForeignKey("document.id"), primary_key=True, index=True),
    )


def _create_node() -> None:
    op.create_table(
        "node",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("plan_id", sa.BigInteger, sa.ForeignKey("plan.id", ondelete="CASCADE"), nullable=False),
        sa.Column("parent_id", sa.BigInteger, sa.ForeignKey("node.id", ondelete="CASCADE"), index=True),
        sa.Column("path", sa.ARRAY(sa.Integer), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False, server_default="draft"),
        sa.Column("source_id", sa.Text, sa.ForeignKey("source.id"), index=True),
        sa.Column("edited", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("start_on", sa.Date),
        sa.Column("due_on", sa.Date),
        sa.Column("due_words", sa.Text),
        sa.Column("weight", sa.Float, nullable=False, server_default="1"),
        sa.Column("cites_id", sa.BigInteger, sa.ForeignKey("node.id", ondelete="SET NULL"), index=True),
        sa.Column("terms", TSVECTOR, nullable=False),
        sa.UniqueConstraint("plan_id", "source_id"),
        sa.UniqueConstraint("plan_id", "path"),
        sa.CheckConstraint("kind IN ('aspect', 'task', 'project', 'item')", name="kind"),
        sa.CheckConstraint("state IN ('draft', 'accepted', 'rejected')", name="state"),
        sa.CheckConstraint("weight > 0", name="weight"),
    )
    op.create_index(None, "node", ["terms"], postgresql_using="gin")


def _create_parts() -> None:
    op.create_table(
        "node_unit",
        _node(primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("entity_id", sa.BigInteger, sa.ForeignKey("entity.id", ondelete="SET NULL"), index=True),
        sa.CheckConstraint("role IN ('lead', 'cooperating')", name="role"),
    )
    op.create_table(
        "node_theme",
        _node(primary_key=True),
        sa.Column("frame", sa.Text, primary_key=True),
        sa.Column("theme", sa.Text, primary_key=True),
        sa.Column("primary", sa.Boolean, nullable=False),
    )
    op.create_table(
        "node_figure",
        _node(primary_key=True),
        sa.Column("source_id", sa.Text, sa.ForeignKey("source.id"), primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("quote", sa.Text, nullable=False),
        sa.Column("value", sa.Numeric),
        sa.Column("unit", sa.Text),
        sa.Column("subject", sa.Text),
        sa.Column("period", sa.Text),
    )
    op.create_table(
        "node_decision",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        _node(nullable=False, index=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("before", JSONB, nullable=False),
        sa.Column("decided_by", sa.Text, nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("kind IN ('accept', 'edit', 'reject')", name="kind"),
    )


def _create_course() -> None:
    op.create_table(
        "report",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        _node(nullable=False),
        sa.Column("period", sa.Text, nullable=False),
        sa.Column("progress", sa.Float),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("forecast_due_on", sa.Date),
        sa.Column("reported_on", sa.Date, nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reported_by", sa.Text, nullable=False),
        sa.CheckConstraint("progress BETWEEN 0 AND 1", name="progress"),
    )
    op.create_index(None, "report", ["node_id", "reported_on", "id"])
    op.create_table(
        "light_history",
        _node(primary_key=True),
        sa.Column("lit_on", sa.Date, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("facts", JSONB, nullable=False),
        sa.CheckConstraint("state IN ('on_track', 'near', 'behind', 'overdue', 'unknown')", name="state"),
    )
    op.create_index(None, "light_history", ["lit_on"])


def _node(*, primary_key: bool = False, nullable: bool = False, index: bool = False) -> sa.Column[int]:
    node = sa.ForeignKey("node.id", ondelete="CASCADE")
    return sa.Column("node_id", sa.BigInteger, node, primary_key=primary_key, nullable=nullable, index=index)


def downgrade() -> None:
    """Remove them."""
    for name in (
        "light_history", "report", "node_decision", "node_figure", "node_theme", "node_unit", "node",
        "plan_document", "plan",
    ):  # fmt: skip
        op.drop_table(name)
