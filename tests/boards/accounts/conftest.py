"""One store for the tests of a file, and sessions without the wait for a password."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, insert, text

from haihe.app.api import create_api
from haihe.boards.accounts import OPERATOR, Grant
from haihe.boards.accounts.actions import COOKIE, actor_of, open_session
from haihe.boards.accounts.tables import ACCOUNT, GRANT
from haihe.store.opening import Store
from haihe.store.session import writing

Member = Callable[..., int]


@pytest.fixture(scope="module")
def kept(database: Store) -> Store:
    """The store, emptied once for the tests of a file."""
    owner = create_engine(database.owner_url)
    with owner.begin() as connection:
        names = (
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        )
        tables = connection.execute(text(names)).scalars().all()
        connection.execute(text(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE"))
    owner.dispose()
    database.heads.unlink(missing_ok=True)
    return database


@pytest.fixture(scope="module")
def client(kept: Store) -> Iterator[TestClient]:
    headers = {"accept-language": "en"}
    with TestClient(
        create_api(), base_url="http://127.0.0.1", headers=headers, follow_redirects=False
    ) as made:
        yield made


@pytest.fixture(scope="module")
def member(kept: Store) -> Member:
    """Makes an account with grants and no password, and returns its number."""

    def make(name: str, *grants: Grant) -> int:
        with writing(kept.engine, actor_of(OPERATOR)) as session:
            row = {"name": name, "title": "", "password_hash": "", "must_change": False}
            made = insert(ACCOUNT).values(row | {"created_at": session.actor.at}).returning(ACCOUNT.c.id)
            account: int = session.execute(made).scalar_one()
            for grant in grants:
                held = {"account_id": account, "role": grant.role, "unit_id": grant.unit}
                session.execute(insert(GRANT).values(held))
            session.record("test", f"account/{account}")
            session.commit()
        return account

    return make


@pytest.fixture(scope="module")
def cookie(kept: Store) -> Callable[[int], dict[str, str]]:
    """The cookie of a new session of an account, as if it had come through single sign-on."""
    return lambda account: {COOKIE: open_session(kept, account, "sign_on")}
