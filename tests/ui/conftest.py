"""The gallery, opened by a simulated reader or by a real browser."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from nicegui import app
from nicegui.testing import User
from tests.conftest import simulation

GALLERY = Path(__file__).with_name("gallery.py")


@pytest.fixture(scope="module")
async def simulated() -> AsyncIterator[User]:
    """The gallery, simulated for the tests of a file."""
    spec = spec_from_file_location("tests.ui.gallery", GALLERY)
    assert spec
    assert spec.loader
    gallery = module_from_spec(spec)
    spec.loader.exec_module(gallery)
    async with simulation() as user:
        gallery.register(app)
        yield user


@pytest.fixture
def reader(simulated: User) -> User:
    """A simulated reader of the gallery who comes for the first time."""
    simulated.http_client.cookies.clear()
    simulated.http_client.headers.pop("Accept-Language", None)
    simulated.notify.messages.clear()
    return simulated


@pytest.fixture(scope="module")
def site(serve: Callable[..., AbstractContextManager[str]]) -> Iterator[str]:
    """The gallery served by a process of its own; its address."""
    with serve(GALLERY) as address:
        yield address
