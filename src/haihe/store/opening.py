"""The open store of a process: the database, the kept files, the noted head of the audit chain."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from haihe.kit.errors import N_, Unavailable
from haihe.store import migrations
from haihe.store.files import Files
from haihe.store.server import local_server
from haihe.store.session import engine_of
from haihe.store.settings import Settings


@dataclass(frozen=True, slots=True)
class Store:
    """Everything that a door needs to read and write."""

    engine: Engine
    files: Files
    heads: Path
    url: str
    owner_url: str


_open: list[Store] = []


def the_store() -> Store:
    """The store that this process has opened; raises Unavailable before `opened`."""
    if not _open:
        raise Unavailable(
            N_("Haihe has not opened its database yet."), advice=N_("Wait a moment and try again.")
        )
    return _open[-1]


@contextmanager
def opened(settings: Settings, report: Callable[[str], None]) -> Iterator[Store]:
    """Start or find the database, bring its tables up to date, and hold it open."""
    settings.home.mkdir(parents=True, exist_ok=True)
    if settings.database_url and settings.database_owner_url:
        with using(settings.home, settings.database_url, settings.database_owner_url) as store:
            yield store
        return
    with (
        local_server(settings.home, report=report) as server,
        using(settings.home, server.url, server.owner_url) as store,
    ):
        yield store


@contextmanager
def using(home: Path, url: str, owner_url: str) -> Iterator[Store]:
    """The store over a database that already answers, its tables brought up to date."""
    migrations.upgrade(owner_url, url)
    heads = home / "audit-head.json"
    store = Store(engine_of(url, heads), Files(home / "files"), heads, url, owner_url)
    _open.append(store)
    try:
        yield store
    finally:
        _open.remove(store)
        store.engine.dispose()
