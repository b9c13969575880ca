"""What somebody says of a fact: corrections, facts added by hand, and the entities it names."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"

_SPAN = ["document_id", "kind", "start", "end"]


def upgrade() -> None:
    """Add the columns of a correction to the facts, and the table of their entities."""
    op.add_column("fact", sa.Column("about", sa.Integer))
    op.execute("UPDATE fact SET about = start")
    op.alter_column("fact", "about", nullable=False)
    op.add_column("fact", sa.Column("correction", JSONB))
    op.add_column("fact", sa.Column("revision", sa.Integer, nullable=False, server_default="0"))
    _unique([*_SPAN, "about"], was=_SPAN)
    _states("found", "accepted", "rejected", "corrected", "added")
    op.execute("UPDATE fact SET state = 'accepted' WHERE state = 'corrected'")
    op.create_check_constraint("correction", "fact", "(state = 'corrected') = (correction IS NOT NULL)")
    op.create_table(
        "fact_entity",
        sa.Column("fact_id", sa.BigInteger, sa.ForeignKey("fact.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("entity_id", sa.BigInteger, sa.ForeignKey("entity.id", ondelete="SET NULL"), index=True),
    )


def _unique(columns: list[str], was: list[str]) -> None:
    op.drop_constraint(f"uq_fact_{'_'.join(was)}", "fact", type_="unique")
    op.create_unique_constraint(f"uq_fact_{'_'.join(columns)}", "fact", columns)


def _states(*states: str) -> None:
    op.drop_constraint("state", "fact", type_="check")
    op.create_check_constraint("state", "fact", f"state IN ({', '.join(map(repr, states))})")


def downgrade() -> None:
    """Take them away again; what was corrected or added counts as accepted, of each cell one assignment."""
    op.drop_table("fact_entity")
    op.drop_constraint("correction", "fact", type_="check")
    op.execute("UPDATE fact SET state = 'accepted' WHERE state IN ('corrected', 'added')")
    op.execute(
        "DELETE FROM fact other USING fact WHERE other.id > fact.id AND other.document_id = fact.document_id"
        ' AND other.kind = fact.kind AND other.start = fact.start AND other."end" = fact."end"'
    )
    _states("found", "accepted", "rejected", "corrected")
    _unique(_SPAN, was=[*_SPAN, "about"])
    for name in ("revision", "correction", "about"):
        op.drop_column("fact", name)
