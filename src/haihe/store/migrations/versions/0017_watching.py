"""Saved views, what is watched, comments and whom they mention, baselines, and when a light was noted."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables; a light that was noted before counts as noted when its day began."""
    op.create_table(
        "saved_view",
        _number(),
        _of("account", nullable=False, index=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("shared", sa.Boolean, nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.Column("removed_at", MOMENT),
    )
    _one_name("saved_view", "account_id")
    op.create_table(
        "watch",
        _number(),
        _of("account", nullable=False),
        *(_of(table, index=True) for table in ("node", "plan", "entity")),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.CheckConstraint("num_nonnulls(node_id, plan_id, entity_id) = 1", name="one"),
        sa.UniqueConstraint(
            "account_id", "node_id", "plan_id", "entity_id", postgresql_nulls_not_distinct=True
        ),
    )
    op.create_table(
        "watcher",
        _of("account", primary_key=True),
        sa.Column("looked_at", MOMENT, nullable=False),
    )
    _comments()
    op.create_table(
        "baseline",
        _number(),
        _of("plan", nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("removed_at", MOMENT),
    )
    _one_name("baseline", "plan_id")
    noted = sa.Column("noted_at", MOMENT, nullable=False, server_default=sa.func.now())
    op.add_column("light_history", noted)
    op.execute("UPDATE light_history SET noted_at = lit_on::timestamp AT TIME ZONE 'Asia/Shanghai'")
    op.create_index("ix_light_history_noted_at", "light_history", ["noted_at"])
    op.create_index("ix_report_reported_at", "report", ["reported_at"])


def _comments() -> None:
    op.create_table(
        "comment",
        _number(),
        _of("node", nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("written_by", sa.Text, nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("withdrawn_at", MOMENT),
    )
    op.create_index("ix_comment_node_id_written_at", "comment", ["node_id", "written_at"])
    op.create_table(
        "office_mention",
        _number(),
        _of("comment", nullable=False),
        _of("office_post", "post_id", index=True),
        _of("entity", index=True),
        sa.Column("settled_at", MOMENT),
        sa.Column("settled_by", sa.Text),
        sa.CheckConstraint("num_nonnulls(post_id, entity_id) = 1", name="one"),
        sa.CheckConstraint("(settled_at IS NULL) = (settled_by IS NULL)", name="settled"),
        sa.UniqueConstraint("comment_id", "post_id", "entity_id", postgresql_nulls_not_distinct=True),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_report_reported_at", "report")
    op.drop_column("light_history", "noted_at")
    for name in ("baseline", "office_mention", "comment", "watcher", "watch", "saved_view"):
        op.drop_table(name)


def _number() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True)


def _of(table: str, column: str = "", **options: Any) -> sa.Column[int]:
    held = sa.ForeignKey(f"{table}.id", ondelete="CASCADE")
    return sa.Column(column or f"{table}_id", sa.BigInteger, held, **options)


def _one_name(table: str, owner: str) -> None:
    """What is there has a name of its own; what was removed keeps its name for nobody."""
    there = sa.text("removed_at IS NULL")
    op.create_index(f"ix_{table}_name", table, [owner, "name"], unique=True, postgresql_where=there)
