"""Locked periods, issued lights and corrections; evidence, figures and confidence in reports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"

_STATE = "state IN ('on_track', 'near', 'behind', 'overdue', 'unknown')"


def upgrade() -> None:
    """Add them; nodes that are there already count as made when their plan was begun."""
    _add_columns()
    _create_periods()
    _create_evidence()


def _create_periods() -> None:
    op.create_table(
        "plan_rule",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        _of("plan", index=True),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("chosen_by", sa.Text, nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "plan_period",
        sa.Column("plan_id", sa.BigInteger, sa.ForeignKey("plan.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("period", sa.Text, primary_key=True),
        sa.Column("locked_at", sa.DateTime(timezone=True)),
        sa.Column("locked_by", sa.Text),
        sa.Column("brief_sha256", sa.Text),
        sa.CheckConstraint("(locked_at IS NULL) = (locked_by IS NULL)", name="locked"),
    )
    op.create_table(
        "issued_light",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        _of("node"),
        sa.Column("period", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("rule_state", sa.Text, nullable=False),
        sa.Column("rule_reason", sa.Text, nullable=False),
        sa.Column("rule_facts", JSONB, nullable=False),
        sa.Column("issued_by", sa.Text, nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(_STATE, name="state"),
    )
    op.create_index(None, "issued_light", ["node_id", "period", "id"])
    op.create_table(
        "correction",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        _of("node"),
        sa.Column("period", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("before", JSONB(none_as_null=True)),
        sa.Column("after", JSONB, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("corrected_by", sa.Text, nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("subject IN ('report', 'light')", name="subject"),
    )
    op.create_index(None, "correction", ["node_id", "period", "id"])


def _create_evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        _of("node", index=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("sha256", sa.Text),
        sa.Column("size_bytes", sa.BigInteger),
        sa.Column("document_id", sa.BigInteger, sa.ForeignKey("document.id")),
        sa.Column("fact_id", sa.BigInteger),
        sa.Column("kept_by", sa.Text, nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(sha256 IS NULL) = (document_id IS NOT NULL)", name="one"),
    )
    op.create_table(
        "report_evidence",
        sa.Column(
            "report_id", sa.BigInteger, sa.ForeignKey("report.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("evidence_id", sa.BigInteger, sa.ForeignKey("evidence.id"), primary_key=True),
    )


def _add_columns() -> None:
    made = sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())
    op.add_column("node", made)
    op.execute("UPDATE node SET created_at = plan.created_at FROM plan WHERE plan.id = node.plan_id")
    op.add_column("node_decision", sa.Column("undone", JSONB(none_as_null=True)))
    op.add_column("report", sa.Column("confidence", sa.Text))
    op.add_column("report", sa.Column("difficulty", sa.Text, nullable=False, server_default=""))
    op.add_column("report", sa.Column("figures", JSONB, nullable=False, server_default="[]"))
    op.add_column("report", sa.Column("key", sa.Text))
    op.create_check_constraint("confidence", "report", "confidence IN ('high', 'medium', 'low')")
    op.create_unique_constraint(None, "report", ["node_id", "key"])
    op.execute(
        "UPDATE report SET confidence = said.confidence, difficulty = said.difficulty "
        "FROM office_return AS said WHERE said.report_id = report.id"
    )


def _of(table: str, *, index: bool = False) -> sa.Column[int]:
    key = sa.ForeignKey(f"{table}.id", ondelete="CASCADE")
    return sa.Column(f"{table}_id", sa.BigInteger, key, nullable=False, index=index)


def downgrade() -> None:
    """Remove them."""
    for name in ("report_evidence", "evidence", "correction", "issued_light", "plan_period", "plan_rule"):
        op.drop_table(name)
    op.drop_constraint(op.f("uq_report_node_id_key"), "report")
    op.drop_constraint(op.f("ck_report_confidence"), "report")
    for name in ("key", "figures", "difficulty", "confidence"):
        op.drop_column("report", name)
    op.drop_column("node_decision", "undone")
    op.drop_column("node", "created_at")
