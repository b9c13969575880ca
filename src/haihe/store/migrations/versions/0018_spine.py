"""Names, values and links with their dates; links and ends of links that somebody stated by hand."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0018"
down_revision = "0017"

_NATURAL = ("from_id", "kind", "to_id")


def upgrade() -> None:
    """Make the tables and columns; packs are loaded once more, which brings their dates."""
    for table in ("entity_name", "link"):
        op.add_column(table, sa.Column("since", sa.Text))
        op.add_column(table, sa.Column("until", sa.Text))
        op.add_column(table, sa.Column("pack", sa.Text, sa.ForeignKey("pack.id")))
    op.execute("UPDATE entity_name SET pack = entity.pack FROM entity WHERE entity.id = entity_id")
    _stated_links()
    op.create_table(
        "entity_value",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("entity_id", sa.BigInteger, _entity(), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("value", JSONB, nullable=False),
        sa.Column("since", sa.Text),
        sa.Column("until", sa.Text),
        sa.Column("source_id", sa.Text, sa.ForeignKey("source.id"), nullable=False),
        sa.Column("pack", sa.Text, sa.ForeignKey("pack.id")),
    )
    _unique("entity_value", "stated", ["entity_id", "name", "since", "until", "source_id"])
    op.create_table(
        "link_edit",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("deed", sa.Text, nullable=False),
        sa.Column("from_id", sa.BigInteger, _entity(), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("to_id", sa.BigInteger, _entity(), nullable=False, index=True),
        sa.Column("since", sa.Text),
        sa.Column("until", sa.Text),
        sa.Column("source_id", sa.Text, sa.ForeignKey("source.id"), nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.Text),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("deed IN ('add', 'end')", name="deed"),
    )
    _unique("link_edit", "standing", [*_NATURAL, "since", "deed"], where="undone_at IS NULL")
    op.execute("UPDATE pack SET digest = ''")


def _stated_links() -> None:
    """A link may be stated by several sources and for several spans of time."""
    op.drop_constraint("pk_link", "link")
    op.add_column("link", sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False))
    op.create_primary_key("pk_link", "link", ["id"])
    op.add_column("link", sa.Column("note", sa.Text))
    op.add_column("link", sa.Column("by_property", sa.Boolean, nullable=False, server_default=sa.true()))
    op.alter_column("link", "by_property", server_default=None)
    _unique("link", "stated", [*_NATURAL, "since", "source_id"])


def _unique(table: str, name: str, columns: list[str], where: str | None = None) -> None:
    op.create_index(
        f"ix_{table}_{name}",
        table,
        columns,
        unique=True,
        postgresql_nulls_not_distinct=True,
        postgresql_where=where,
    )


def _entity() -> sa.ForeignKey:
    return sa.ForeignKey("entity.id", ondelete="CASCADE")


def downgrade() -> None:
    """Remove them: of a link that is stated several times one is left, without its dates."""
    for table in ("link_edit", "entity_value"):
        op.drop_table(table)
    op.drop_index("ix_link_stated", "link")
    op.execute("DELETE FROM link WHERE NOT by_property")
    op.execute(
        "DELETE FROM link USING link AS kept WHERE kept.id < link.id"
        " AND (kept.from_id, kept.kind, kept.to_id) = (link.from_id, link.kind, link.to_id)"
    )
    op.drop_constraint("pk_link", "link")
    op.create_primary_key("pk_link", "link", [*_NATURAL])
    for column in ("id", "note", "by_property"):
        op.drop_column("link", column)
    for table in ("entity_name", "link"):
        for column in ("since", "until", "pack"):
            op.drop_column(table, column)
    op.execute("UPDATE pack SET digest = ''")
