from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect, make_url, text

import haihe.app.site  # noqa: F401  declares the tables of every board
from haihe.kit.errors import Conflict, Unavailable
from haihe.store import migrations
from haihe.store.schema import metadata
from haihe.store.server import LocalServer

pytestmark = pytest.mark.database


def test_the_tables_go_up_and_down_and_are_what_the_boards_declare(own_server: LocalServer) -> None:
    engine = create_engine(own_server.owner_url)
    migrations.upgrade(own_server.owner_url, own_server.url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert migrations.revision_of(connection) == migrations.newest()
    migrations.downgrade(own_server.owner_url, own_server.url, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    migrations.upgrade(own_server.owner_url, own_server.url)
    assert set(inspect(engine).get_table_names()) == {*metadata.tables, "alembic_version"}
    engine.dispose()


def test_a_database_of_a_newer_haihe_is_left_alone(own_server: LocalServer) -> None:
    migrations.upgrade(own_server.owner_url, own_server.url)
    engine = create_engine(own_server.owner_url)
    marked = text("UPDATE alembic_version SET version_num = :number")
    with engine.begin() as connection:
        connection.execute(marked, {"number": "9999"})
    with pytest.raises(Conflict, match="9999"):
        migrations.upgrade(own_server.owner_url, own_server.url)
    with engine.begin() as connection:
        connection.execute(marked, {"number": migrations.newest()})
    engine.dispose()


def test_a_database_whose_locale_does_not_see_chinese_is_refused_with_the_line_to_create_one(
    own_server: LocalServer,
) -> None:
    engine = create_engine(own_server.owner_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE blind TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C'"))
    engine.dispose()
    blind = [make_url(url).set(database="blind") for url in (own_server.owner_url, own_server.url)]
    with pytest.raises(Unavailable) as refused:
        migrations.upgrade(*[url.render_as_string(hide_password=False) for url in blind])
    assert "CREATE DATABASE haihe" in refused.value.advice
    assert "LOCALE_PROVIDER libc" in refused.value.advice
