"""Documents and their facts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the tables of the board reader."""
    op.create_table(
        "document",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("sha256", sa.Text, nullable=False, unique=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("characters", sa.Integer, nullable=False),
        sa.Column("dated", sa.Date),
        sa.Column("tier", sa.Text, nullable=False),
        sa.Column("url", sa.Text),
        sa.Column("file_sha256", sa.Text, nullable=False),
        sa.Column("read_on", sa.Date, nullable=False),
        sa.Column("published", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("title_terms", TSVECTOR, nullable=False),
        sa.Column("text_terms", TSVECTOR, nullable=False),
        sa.CheckConstraint("tier IN ('official', 'yearbook', 'press', 'ours', 'sample')", name="tier"),
    )
    op.create_index(None, "document", ["title_terms"], postgresql_using="gin")
    op.create_index(None, "document", ["text_terms"], postgresql_using="gin")
    document = sa.ForeignKey("document.id", ondelete="CASCADE")
    op.create_table(
        "fact",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("document_id", sa.BigInteger, document, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("end", sa.Integer, nullable=False),
        sa.Column("quote", sa.Text, nullable=False),
        sa.Column("fields", JSONB, nullable=False),
        sa.Column("source_id", sa.Text, sa.ForeignKey("source.id"), nullable=False, index=True),
        sa.Column("state", sa.Text, nullable=False, server_default="found"),
        sa.UniqueConstraint("document_id", "kind", "start", "end"),
        sa.CheckConstraint('0 <= start AND start < "end"', name="span"),
        sa.CheckConstraint("state IN ('found', 'accepted', 'rejected', 'corrected')", name="state"),
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_table("fact")
    op.drop_table("document")
