"""Places, entities with their names, codes and links, indicators and their values."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the tables of the board registry; a grant's unit is an entity."""
    op.create_table(
        "pack",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("title", JSONB, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
    )
    op.create_table(
        "place",
        sa.Column("adcode", sa.Text, primary_key=True),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("parent", sa.Text, sa.ForeignKey("place.adcode"), index=True),
        sa.Column("within", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("members", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("lon", sa.Float),
        sa.Column("lat", sa.Float),
        sa.Column("area_km2", sa.Float),
        sa.Column("approximate", sa.Boolean, nullable=False),
        sa.CheckConstraint("level IN ('region', 'province', 'city', 'new_area', 'county')", name="level"),
    )
    op.create_index("ix_place_within", "place", ["within"], postgresql_using="gin")
    _create_entities()
    op.create_table(
        "indicator",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("label", JSONB, nullable=False),
        sa.Column("unit", JSONB, nullable=False),
        sa.Column("definition", JSONB, nullable=False),
        sa.Column("direction", sa.Text),
        sa.Column("pack", sa.Text, sa.ForeignKey("pack.id")),
        sa.CheckConstraint("direction IN ('up', 'down')", name="direction"),
    )
    op.create_table(
        "indicator_value",
        sa.Column("indicator", sa.Text, sa.ForeignKey("indicator.id"), primary_key=True),
        sa.Column("adcode", sa.Text, sa.ForeignKey("place.adcode"), primary_key=True, index=True),
        sa.Column("period", sa.Text, primary_key=True),
        sa.Column("value", sa.Numeric, nullable=False),
        sa.Column("source_id", sa.Text, sa.ForeignKey("source.id"), nullable=False),
        sa.Column("pack", sa.Text, sa.ForeignKey("pack.id")),
    )
    op.create_table(
        "region_map",
        sa.Column("level", sa.Text, primary_key=True),
        sa.Column("pack", sa.Text, sa.ForeignKey("pack.id"), nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
    )
    op.create_foreign_key(None, "account_grant", "entity", ["unit_id"], ["id"])


def _create_entities() -> None:
    op.create_table(
        "entity",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("adcode", sa.Text, sa.ForeignKey("place.adcode")),
        sa.Column("properties", JSONB, nullable=False),
        sa.Column("sources", JSONB, nullable=False),
        sa.Column("source_id", sa.Text, sa.ForeignKey("source.id"), nullable=False),
        sa.Column("pack", sa.Text, sa.ForeignKey("pack.id")),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("search", TSVECTOR, nullable=False),
    )
    op.create_index("ix_entity_search", "entity", ["search"], postgresql_using="gin")
    op.create_index(
        "ix_entity_name",
        "entity",
        ["name"],
        postgresql_using="gin",
        postgresql_ops={"name": "gin_trgm_ops"},
    )
    op.create_index("ix_entity_kind_name_id", "entity", ["kind", "name", "id"])
    op.create_index("ix_entity_adcode_kind", "entity", ["adcode", "kind"])
    op.create_table(
        "entity_name",
        sa.Column("entity_id", sa.BigInteger, _entity(), primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("text", sa.Text, primary_key=True),
        sa.Column("source_id", sa.Text, sa.ForeignKey("source.id"), nullable=False),
        sa.CheckConstraint("kind IN ('short', 'former', 'english')", name="kind"),
    )
    op.create_table(
        "identifier",
        sa.Column("scheme", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, primary_key=True),
        sa.Column("entity_id", sa.BigInteger, _entity(), nullable=False, index=True),
        sa.Column("source_id", sa.Text, sa.ForeignKey("source.id"), nullable=False),
    )
    op.create_table(
        "link",
        sa.Column("from_id", sa.BigInteger, _entity(), primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("to_id", sa.BigInteger, _entity(), primary_key=True, index=True),
        sa.Column("source_id", sa.Text, sa.ForeignKey("source.id"), nullable=False),
    )


def _entity() -> sa.ForeignKey:
    return sa.ForeignKey("entity.id", ondelete="CASCADE")


def downgrade() -> None:
    """Remove them."""
    op.drop_constraint("fk_account_grant_unit_id_entity", "account_grant", type_="foreignkey")
    for table in (
        "region_map",
        "indicator_value",
        "indicator",
        "link",
        "identifier",
        "entity_name",
        "entity",
        "place",
        "pack",
    ):
        op.drop_table(table)
