"""A whole house in a process of its own, as a person starts it."""

from __future__ import annotations

import fcntl
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from click.testing import Result
from tests.conftest import open_home, silent
from typer.testing import CliRunner

from haihe.app import cli, packs
from haihe.store.opening import using
from haihe.store.server import local_server

START_SECONDS_MAX = 90


@dataclass
class House:
    """A running `haihe up`: its home, address and first password."""

    home: Path
    port: int
    process: subprocess.Popen[str]
    lines: list[str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def password(self) -> str:
        found = re.search(r"one-time password: (\S+)", "\n".join(self.lines))
        assert found, self.lines
        return found[1]

    def haihe(self, *words: str) -> Result:
        """Run a command on the same home, beside the house."""
        return CliRunner().invoke(cli.app, words, env=environment(self.home, self.port))

    def kill(self) -> None:
        """Kill -9 the site and its worker, and PostgreSQL with all its processes."""
        parent = psutil.Process(self.process.pid)
        postmaster = psutil.Process(int((self.home / "postgres/data/postmaster.pid").read_text().split()[0]))
        for process in (parent, *parent.children(recursive=True), postmaster):
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)
        self._ended()

    def stop(self) -> int:
        """Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        return self._ended()

    def _ended(self) -> int:
        code = self.process.wait(60)
        assert self.process.stderr
        self.process.stderr.close()
        return code


def environment(home: Path, port: int) -> dict[str, str]:
    return os.environ | {
        "HAIHE_HOME": str(home),
        "HAIHE_PORT": str(port),
        "LANG": "en_US.UTF-8",
        "LC_ALL": "",
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def started(home: Path) -> House:
    """Run `haihe up` and wait until it answers."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "haihe.app.cli", "up"],
        env=environment(home, port),
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    lines: list[str] = []
    began = time.monotonic()
    assert process.stderr
    for line in process.stderr:
        lines.append(line.strip())
        if "Haihe is ready" in line:
            break
        assert time.monotonic() - began < START_SECONDS_MAX, lines
    house = House(home, port, process, lines)
    assert process.poll() is None, lines
    with urllib.request.urlopen(f"{house.url}/healthz", timeout=10) as answer:
        assert answer.status == 200
    return house


@pytest.fixture
def home() -> Iterator[Path]:
    """An empty home that the system user of a server started by root can enter."""
    with open_home() as folder:
        yield folder


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with its packs, at rest: made once, for all processes that test."""
    place = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        place = place.parent
    with (place / "begun.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / "begun").exists():
            with open_home() as folder:
                with (
                    local_server(folder, report=silent, durable=False) as server,
                    using(folder, server.url, server.owner_url) as store,
                ):
                    packs.load(store, silent, sample=True)
                subprocess.run(["cp", "-a", folder, place / "begun"], check=True)
    return place / "begun"


@contextmanager
def copied(begun: Path) -> Iterator[Path]:
    with open_home() as folder:
        subprocess.run(["cp", "-a", f"{begun}/.", folder], check=True)
        yield folder


@pytest.fixture
def begun_home(begun: Path) -> Iterator[Path]:
    """A home with its packs, of this test's own."""
    with copied(begun) as folder:
        yield folder


@pytest.fixture
def start() -> Iterator[Callable[[Path], House]]:
    """Starts a house in a home; whatever still runs at the end is killed."""
    houses: list[House] = []

    def begin(home: Path) -> House:
        houses.append(started(home))
        return houses[-1]

    yield begin
    for house in houses:
        if house.process.poll() is None:
            house.stop()


@pytest.fixture(scope="module")
def house(begun: Path) -> Iterator[House]:
    """A house with the region's pack and the samples, for all tests of a file."""
    with copied(begun) as folder:
        running = started(folder)
        yield running
        running.stop()


@pytest.fixture(scope="module")
def site(house: House) -> str:
    """The address of that house."""
    return house.url
