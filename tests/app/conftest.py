"""A whole house in a process of its own, as a person starts it."""

from __future__ import annotations

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
from tempfile import TemporaryDirectory

import psutil
import pytest

START_SECONDS_MAX = 90
HAIHE = [sys.executable, "-m", "haihe.app.cli"]


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

    def haihe(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command on the same home."""
        return subprocess.run(
            [*HAIHE, *words],
            env=environment(self.home, self.port),
            capture_output=True,
            text=True,
            check=False,
        )

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
        [*HAIHE, "up"], env=environment(home, port), stderr=subprocess.PIPE, text=True, start_new_session=True
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


@contextmanager
def open_home() -> Iterator[Path]:
    with TemporaryDirectory(prefix="haihe-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


@pytest.fixture
def home() -> Iterator[Path]:
    """An empty home that the system user of a server started by root can enter."""
    with open_home() as folder:
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
def house() -> Iterator[House]:
    """A house with the region's pack and the samples, for all tests of a file."""
    with open_home() as folder:
        running = started(folder)
        yield running
        running.stop()


@pytest.fixture(scope="module")
def site(house: House) -> str:
    """The address of that house."""
    return house.url
