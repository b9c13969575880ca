"""Judgements on who is the same, what they join, the pairs that wait for one; what names are typed as."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Create the tables; packs are loaded once more, which writes what their names are typed as."""
    op.create_table(
        "judgement",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("first", sa.BigInteger, sa.ForeignKey("entity.id"), nullable=False),
        sa.Column("second", sa.BigInteger, sa.ForeignKey("entity.id"), nullable=False, index=True),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("rule", sa.Text),
        sa.Column("judged_by", sa.Text, nullable=False),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.Text),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("first < second", name="order"),
        sa.CheckConstraint("verdict IN ('same', 'different', 'unsure')", name="verdict"),
    )
    op.create_index(
        "ix_judgement_standing",
        "judgement",
        ["first", "second"],
        unique=True,
        postgresql_where="undone_at IS NULL",
    )
    op.create_table(
        "joined",
        sa.Column("entity_id", sa.BigInteger, _entity(), primary_key=True),
        sa.Column("head_id", sa.BigInteger, _entity(), nullable=False, index=True),
        sa.CheckConstraint("head_id < entity_id", name="order"),
    )
    op.create_table(
        "doubtful",
        sa.Column("first", sa.BigInteger, _entity(), primary_key=True),
        sa.Column("second", sa.BigInteger, _entity(), primary_key=True, index=True),
        sa.Column("odds", sa.Float, nullable=False),
        sa.Column("reasons", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("band", sa.SmallInteger, nullable=False),
        sa.Column("turn", sa.Float, nullable=False),
        sa.CheckConstraint("first < second", name="order"),
    )
    op.create_index("ix_doubtful_turn", "doubtful", ["turn", "first", "second"])
    op.create_table(
        "typed",
        sa.Column("entity_id", sa.BigInteger, _entity(), primary_key=True),
        sa.Column("text", sa.Text, primary_key=True),
    )
    op.execute("UPDATE pack SET digest = ''")
    op.create_index("ix_typed_text", "typed", ["text"], postgresql_ops={"text": "text_pattern_ops"})


def _entity() -> sa.ForeignKey:
    return sa.ForeignKey("entity.id", ondelete="CASCADE")


def downgrade() -> None:
    """Remove them: what was joined stands apart again."""
    for table in ("typed", "doubtful", "joined", "judgement"):
        op.drop_table(table)
