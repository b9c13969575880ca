"""An edition of every plan that each transaction changes; indexes for counts and for what was reported."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

_WATCHED = "plan", "plan_rule", "node", "node_unit", "node_theme", "report", "issued_light"
_INDEXES = {"node": ["plan_id", "state"], "report": ["node_id", "period"]}

_EDITED = """
CREATE FUNCTION plan_edited() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed record;
    edited bigint;
    now bigint = pg_current_xact_id()::text::bigint;
BEGIN
    IF TG_OP = 'DELETE' THEN changed = OLD; ELSE changed = NEW; END IF;
    IF TG_TABLE_NAME = 'plan' THEN
        edited = changed.id;
    ELSIF TG_TABLE_NAME IN ('node', 'plan_rule') THEN
        edited = changed.plan_id;
    ELSE
        SELECT plan_id INTO edited FROM node WHERE id = changed.node_id;
    END IF;
    IF NOT EXISTS (SELECT FROM plan_edition WHERE plan_id = edited AND written_in = now) THEN
        INSERT INTO plan_edition (plan_id) SELECT id FROM plan WHERE id = edited
        ON CONFLICT (plan_id) DO UPDATE SET edition = DEFAULT, written_in = DEFAULT;
    END IF;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    """Make them; a transaction writes its edition last, as it commits, so that nobody waits for it."""
    op.create_table(
        "plan_edition",
        sa.Column("plan_id", sa.BigInteger, sa.ForeignKey("plan.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("edition", sa.Uuid, nullable=False, server_default=sa.text("gen_random_uuid()")),
        sa.Column(
            "written_in",
            sa.BigInteger,
            nullable=False,
            server_default=sa.text("pg_current_xact_id()::text::bigint"),
        ),
    )
    op.execute("INSERT INTO plan_edition (plan_id) SELECT id FROM plan")
    op.execute(_EDITED)
    for table in _WATCHED:
        op.execute(
            f"CREATE CONSTRAINT TRIGGER edited AFTER INSERT OR UPDATE OR DELETE ON {table} "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION plan_edited()"
        )
    for table, columns in _INDEXES.items():
        op.create_index(None, table, columns)


def downgrade() -> None:
    """Remove them."""
    for table, columns in _INDEXES.items():
        op.drop_index(op.f("_".join(["ix", *(f"{table}_{column}" for column in columns)])), table)
    for table in _WATCHED:
        op.execute(f"DROP TRIGGER edited ON {table}")
    op.execute("DROP FUNCTION plan_edited")
    op.drop_table("plan_edition")
