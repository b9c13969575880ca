"""The two packs, read once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, NullPool, create_engine, make_url, select, text

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
    with alone(database) as connection:
        connection.execute(text("CREATE DATABASE model TEMPLATE haihe"))
    return "model"


@pytest.fixture
def filled(database: Store, model: str) -> Store:
    """A store with the region's pack, made anew only after a test that wrote, as the chain tells."""
    with reading(database.engine) as connection:
        deeds = connection.execute(select(AUDIT.c.id, AUDIT.c.action, AUDIT.c.subject)).all()
    if [tuple(deed) for deed in deeds] != LOADED:
        with alone(database) as connection:
            connection.execute(text("DROP DATABASE haihe"))
            connection.execute(text(f"CREATE DATABASE haihe TEMPLATE {model}"))
            connection.execute(text("REVOKE ALL ON DATABASE haihe FROM PUBLIC"))
            connection.execute(text("GRANT CONNECT ON DATABASE haihe TO haihe_app"))
        database.heads.unlink(missing_ok=True)
    return database


@contextmanager
def alone(database: Store) -> Iterator[Connection]:
    """A connection of the owner beside the database itself, which nobody else is connected to meanwhile.

    A site that serves other files may hold connections; each role ends its own.
    """
    database.engine.dispose()
    with beside(database.owner_url) as owner, beside(database.url) as app:
        owner.execute(text("ALTER DATABASE haihe ALLOW_CONNECTIONS false"))
        ended = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        for each in (owner, app):
            each.execute(text(f"{ended} WHERE datname = 'haihe' AND usename = current_user"))
        try:
            yield owner
        finally:
            owner.execute(text("ALTER DATABASE haihe ALLOW_CONNECTIONS true"))


@contextmanager
def beside(url: str) -> Iterator[Connection]:
    """A connection of a role to the server's own database."""
    address = make_url(url).set(database="postgres")
    engine = create_engine(address, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        yield connection
