"""The two packs, read once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, create_engine, make_url, select, text

from haihe.boards.accounts import OPERATOR
from haihe.boards.registry import Pack, PlaceIndex, place_index_of
from haihe.boards.registry.intake import pack_of
from haihe.boards.registry.load_actions import load_pack
from haihe.store.audit import AUDIT
from haihe.store.opening import Store
from haihe.store.session import reading

LOADED = [(1, "load", "pack/jingjinji")]


@pytest.fixture(scope="session")
def jingjinji() -> Pack:
    return pack_of("jingjinji")


@pytest.fixture(scope="session")
def sample() -> Pack:
    return pack_of("sample")


@pytest.fixture(scope="session")
def places(jingjinji: Pack) -> PlaceIndex:
    return place_index_of(jingjinji.places)


@pytest.fixture(scope="session")
def model(empty: Callable[[], Store]) -> str:
    """The name of a database with the region's pack, to make others from."""
    database = empty()
    load_pack(database, OPERATOR, "jingjinji", lambda _: None)
    database.engine.dispose()
    with maintenance(database) as connection:
        connection.execute(text("ALTER DATABASE haihe ALLOW_CONNECTIONS false"))
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'haihe'")
        )
        connection.execute(text("CREATE DATABASE model TEMPLATE haihe"))
        connection.execute(text("ALTER DATABASE haihe ALLOW_CONNECTIONS true"))
    return "model"


@pytest.fixture
def filled(database: Store, model: str) -> Store:
    """A store with the region's pack, made anew only after a test that wrote, as the chain tells."""
    with reading(database.engine) as connection:
        deeds = connection.execute(select(AUDIT.c.id, AUDIT.c.action, AUDIT.c.subject)).all()
    if [tuple(deed) for deed in deeds] != LOADED:
        database.engine.dispose()
        with maintenance(database) as connection:
            connection.execute(text("DROP DATABASE haihe WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE haihe TEMPLATE {model}"))
            connection.execute(text("REVOKE ALL ON DATABASE haihe FROM PUBLIC"))
            connection.execute(text("GRANT CONNECT ON DATABASE haihe TO haihe_app"))
        database.heads.unlink(missing_ok=True)
    return database


@contextmanager
def maintenance(database: Store) -> Iterator[Connection]:
    """A connection of the owner beside the database itself."""
    engine = create_engine(
        make_url(database.owner_url).set(database="postgres"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        yield connection
    engine.dispose()
