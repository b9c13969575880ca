"""Servers of their own for the tests of the server itself; every other test shares one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from sqlalchemy import make_url

from haihe.store.server import LocalServer, local_server

HOLD = """
import sys
from pathlib import Path
from haihe.kit.errors import HaiheError
from haihe.store.server import local_server
def report(line):
    print(line, flush=True)
try:
    with local_server(Path(sys.argv[1]), report=report, durable=False) as server:
        while True:
            try:
                print("ready", server.url, flush=True)
                sys.stdin.readline()
                break
            except KeyboardInterrupt:
                print("interrupted", flush=True)
except HaiheError as error:
    print(type(error).__name__, error, error.advice.format_map(error.facts), flush=True)
"""


@dataclass
class Holder:
    """Another process that holds the server of a home until `leave`."""

    process: subprocess.Popen[str]

    def line(self, start: str) -> str:
        """The next line that starts so; what comes before it is passed over."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith(start):
                return line.strip()
        raise AssertionError(f"ended without a line that starts {start!r}")

    def ready(self) -> str:
        """Wait until the server answers: its URL."""
        return self.line("ready").split()[1]

    def leave(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        assert self.process.wait(30) == 0


Hold = Callable[..., Holder]


def quiet(_: str) -> None:
    """Report nothing."""


def held(home: Path) -> LocalServer:
    """A hold on the server of a home, fast rather than durable."""
    return local_server(home, report=quiet, durable=False)


@pytest.fixture
def hold() -> Iterator[Hold]:
    """Start other processes that hold a server, as another user or in another environment if wanted."""
    holders = []

    def start(home: Path, python: str = sys.executable, **options: Any) -> Holder:
        streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        command = [python, "-c", HOLD, str(home)]
        process = subprocess.Popen(command, start_new_session=True, **streams, **options)
        holders.append(Holder(process))
        return holders[-1]

    yield start
    for holder in holders:
        holder.process.kill()
        holder.process.wait()
        for stream in (holder.process.stdin, holder.process.stdout):
            assert stream
            stream.close()


@pytest.fixture
def fresh_home() -> Iterator[Path]:
    """A home that does not exist yet, in a folder that the server's own user can enter."""
    yield from _home()


@pytest.fixture(scope="session")
def _made() -> Iterator[Path]:
    for home in _home():
        held(home).release()
        yield home


@pytest.fixture
def home(_made: Path, fresh_home: Path) -> Path:
    """A home whose database is made and at rest."""
    subprocess.run(["cp", "-a", str(_made), str(fresh_home)], check=True)
    return fresh_home


@pytest.fixture(scope="module")
def own_server() -> Iterator[LocalServer]:
    """A server for the tests of one file."""
    for home in _home():
        with held(home) as server:
            yield server


def _home() -> Iterator[Path]:
    around = Path(tempfile.mkdtemp(prefix="haihe-"))
    around.chmod(0o711)
    home = around / "home"
    yield home
    if process := postmaster(home):
        process.kill()
        process.wait(10)
    kept = (home / "postgres").resolve()
    shutil.rmtree(around)
    shutil.rmtree(kept, ignore_errors=True)


def postmaster(home: Path) -> psutil.Process | None:
    """The running server of a home."""
    try:
        lines = (home / "postgres/data/postmaster.pid").read_text().splitlines()
        process = psutil.Process(int(lines[0]))
    except (FileNotFoundError, psutil.NoSuchProcess):
        return None
    return process if process.name() == "postgres" else None


def asked(url: str, query: str) -> Any:
    """The first value that a query answers with, committed."""
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        result = connection.execute(query.encode())
        return result.fetchall()[0][0] if result.description else None


def needs_root() -> pytest.MarkDecorator:
    return pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become another user or mount a disk")
