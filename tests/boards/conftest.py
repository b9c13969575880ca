"""One site for the browser tests of all boards, accounts that have signed in to it, and the region's pack."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page
from sqlalchemy import Connection, NullPool, create_engine, insert, make_url, select, text

from haihe.boards.accounts import OPERATOR, Grant
from haihe.boards.accounts import actions as accounts
from haihe.boards.accounts.actions import actor_of
from haihe.boards.registry.load_actions import load_pack
from haihe.boards.registry.tables import ENTITY
from haihe.kit.source import Source
from haihe.store.audit import AUDIT
from haihe.store.opening import Store
from haihe.store.search import vector
from haihe.store.session import reading, writing
from haihe.store.sources import keep

SignIn = Callable[[str, Grant], str]
LOADED = [(1, "load", "pack/jingjinji")]


@pytest.fixture(scope="session")
def site(database: Store, serve: Callable[..., AbstractContextManager[str]]) -> Iterator[str]:
    """The address of the whole site on the store."""
    home = str(database.heads.parent)
    with serve(Path(__file__).with_name("site.py"), home, database.url, database.owner_url) as address:
        yield address


@pytest.fixture
def signed_in(store: Store) -> SignIn:
    """Makes an account of a name with a grant, and gives the token of its session."""

    def sign_in(name: str, grant: Grant) -> str:
        old = accounts.add_account(store, OPERATOR, name, "", [grant])
        token = accounts.sign_in(store, name, old)
        accounts.set_password(store, token, old, "a password of several words")
        return token

    return sign_in


def agencies(store: Store, *names: str) -> dict[str, int]:
    """Units that the registry knows from here on, by name their numbers."""
    source = Source("judgement", quote="样例", tier="sample")
    with writing(store.engine, actor_of(OPERATOR)) as session:
        keep(session, [source])
        same = {"kind": "agency", "properties": {}, "sources": {}, "source_id": source.id}
        rows = [
            same
            | {"key": f"unit:{name}", "name": name, "search": vector(name), "changed_at": session.actor.at}
            for name in names
        ]
        made = session.execute(insert(ENTITY).values(rows).returning(ENTITY.c.name, ENTITY.c.id))
        found = {row.name: int(row.id) for row in made}
        session.record("test", "entity")
        session.commit()
    return found


@pytest.fixture
def role() -> str:
    """Whose browser the desk is."""
    return "supervisor"


@pytest.fixture
async def desk(browser: Browser, site: str, signed_in: SignIn, role: str) -> AsyncIterator[Page]:
    """The browser of an account with a role for the whole house; no page may err in it."""
    context = await browser.new_context(
        base_url=site, locale="en-GB", viewport={"width": 1280, "height": 800}
    )
    token = signed_in("督查", Grant(role))
    await context.add_cookies([{"name": accounts.COOKIE, "value": token, "url": site}])
    opened = await context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    yield opened
    await context.close()
    assert not faults


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
