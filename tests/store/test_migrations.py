from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

import haihe.app.api  # noqa: F401  declares the tables of every board
from haihe.kit.errors import Conflict
from haihe.store import migrations
from haihe.store.schema import metadata
from haihe.store.server import LocalServer

pytestmark = pytest.mark.database


def test_the_tables_go_up_and_down_and_are_what_the_boards_declare(server: LocalServer) -> None:
    engine = create_engine(server.owner_url)
    migrations.upgrade(server.owner_url, server.url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert migrations.revision_of(connection) == migrations.newest()
    migrations.downgrade(server.owner_url, server.url, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    migrations.upgrade(server.owner_url, server.url)
    assert set(inspect(engine).get_table_names()) == {*metadata.tables, "alembic_version"}
    engine.dispose()


def test_a_database_of_a_newer_haihe_is_left_alone(server: LocalServer) -> None:
    migrations.upgrade(server.owner_url, server.url)
    engine = create_engine(server.owner_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(Conflict, match="9999"):
        migrations.upgrade(server.owner_url, server.url)
