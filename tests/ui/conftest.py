"""The gallery, opened by a simulated reader or by a real browser."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from socket import create_connection, socket
from subprocess import Popen
from time import monotonic, sleep

import pytest
from nicegui import app
from nicegui.testing import User
from nicegui.testing.user_simulation import user_simulation

GALLERY = Path(__file__).with_name("gallery.py")


@pytest.fixture
async def reader() -> AsyncIterator[User]:
    """A simulated reader of the gallery."""
    spec = spec_from_file_location("tests.ui.gallery", GALLERY)
    assert spec
    assert spec.loader
    gallery = module_from_spec(spec)
    spec.loader.exec_module(gallery)
    async with user_simulation() as user:
        gallery.register(app)
        yield user


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The gallery served by a process of its own; its address."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with Popen([sys.executable, GALLERY, str(port)]) as server:
        end = monotonic() + 30
        while monotonic() < end and server.poll() is None:
            try:
                create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                sleep(0.1)
        yield f"http://127.0.0.1:{port}"
        server.terminate()
