"""Posts, who held them and acted for them; what was put up for signature, its versions, acts and scans."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Create the tables of sign-off."""
    _posts()
    op.create_table(
        "office_docket",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("route", sa.Text, nullable=False),
        sa.Column("posts", JSONB, nullable=False),
        sa.Column("urgency", sa.Text, nullable=False),
        sa.Column("needed_on", sa.Date),
        sa.CheckConstraint("urgency IN ('immediate', 'urgent', 'normal')", name="urgency"),
    )
    op.create_index(None, "office_docket", ["kind", "subject"])
    op.create_table(
        "office_version",
        sa.Column("docket_id", sa.BigInteger, sa.ForeignKey("office_docket.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "office_act",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("docket_id", sa.BigInteger, nullable=False),
        sa.Column("deed", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("post", sa.BigInteger, sa.ForeignKey("office_post.id"), nullable=False),
        sa.Column("acting", sa.BigInteger, sa.ForeignKey("office_post.id")),
        sa.Column("account", sa.BigInteger, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("to", sa.Integer),
        sa.CheckConstraint("deed IN ('draft', 'submit', 'approve', 'return', 'withdraw')", name="deed"),
        sa.ForeignKeyConstraint(
            ["docket_id", "version"], ["office_version.docket_id", "office_version.number"]
        ),
    )
    op.create_index(None, "office_act", ["docket_id", "id"])
    op.create_table(
        "office_scan",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("docket_id", sa.BigInteger, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kept_by", sa.Text, nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["docket_id", "version"], ["office_version.docket_id", "office_version.number"]
        ),
        sa.UniqueConstraint("docket_id", "version", "sha256"),
    )


def _posts() -> None:
    op.create_table(
        "office_post",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("unit_id", sa.BigInteger, sa.ForeignKey("entity.id"), nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.UniqueConstraint("unit_id", "title"),
    )
    op.create_table(
        "office_holding",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("post", sa.BigInteger, sa.ForeignKey("office_post.id"), nullable=False),
        sa.Column("account", sa.BigInteger, sa.ForeignKey("account.id"), nullable=False, index=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True)),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_index(
        "ix_office_holding_now",
        "office_holding",
        ["post"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_table(
        "office_deputy",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("post", sa.BigInteger, sa.ForeignKey("office_post.id"), nullable=False, index=True),
        sa.Column("acting", sa.BigInteger, sa.ForeignKey("office_post.id"), nullable=False),
        sa.Column("since_on", sa.Date, nullable=False),
        sa.Column("until_on", sa.Date, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("since_on <= until_on", name="days"),
        sa.CheckConstraint("post <> acting", name="another"),
    )


def downgrade() -> None:
    """Remove them."""
    for name in ("scan", "act", "version", "docket", "deputy", "holding", "post"):
        op.drop_table(f"office_{name}")
