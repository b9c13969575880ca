"""The two packs, read once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from haihe.boards.accounts import OPERATOR
from haihe.boards.registry import Pack, PlaceIndex, place_index_of
from haihe.boards.registry.actions import load_pack
from haihe.boards.registry.intake import pack_of
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


@pytest.fixture
def filled(database: Store, request: pytest.FixtureRequest) -> Store:
    """A store with the region's pack, loaded anew only after a test that wrote, as the chain tells."""
    with reading(database.engine) as connection:
        deeds = connection.execute(select(AUDIT.c.id, AUDIT.c.action, AUDIT.c.subject)).all()
    if [tuple(deed) for deed in deeds] != LOADED:
        request.getfixturevalue("store")
        load_pack(database, OPERATOR, "jingjinji", lambda _: None)
    return database
