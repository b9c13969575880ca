"""kill -9 while many report at once: what was acknowledged is there, nothing is there twice.

`make test` does it twice with 1,000 reports each, `make soak` 20 times.
All are sent at once, over a tenth as many connections. In every second run PostgreSQL is killed as well.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from random import Random
from typing import Any

import httpx2
import psutil
import pytest

pytestmark = pytest.mark.database

SITE = Path(__file__).with_name("crash_site.py")
START_SECONDS_MAX = 120
REPORTS = 1_000
FORKS = get_context("forkserver")
FORKS.set_forkserver_preload(["haihe.app.api"])
TODAY = f"{datetime.now(UTC):%Y-%m-%d}"


@dataclass
class Site:
    """The doors of a house in a process, its home and what it told."""

    home: Path
    port: int
    process: ForkServerProcess

    @property
    def told(self) -> dict[str, Any]:
        return dict(json.loads((self.home / "told.json").read_text("utf-8")))

    def client(self, connections: int = 20) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(
            base_url=f"http://127.0.0.1:{self.port}",
            headers={"authorization": f"Bearer {self.told['token']}"},
            limits=httpx2.Limits(max_connections=connections),
            timeout=None,
        )

    def kill(self, *, database: bool) -> list[psutil.Process]:
        """Kill -9 the process that answers, and PostgreSQL with all its processes; these."""
        assert self.process.pid
        killed = [psutil.Process(self.process.pid)]
        if database:
            pid = int((self.home / "postgres/data/postmaster.pid").read_text().split()[0])
            postmaster = psutil.Process(pid)
            killed += [postmaster, *postmaster.children(recursive=True)]
        for each in killed:
            with suppress(psutil.NoSuchProcess):
                each.send_signal(signal.SIGKILL)
        return killed


@contextmanager
def running(home: Path) -> Iterator[Site]:
    """The doors of a house in a process of their own, from when they answer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    script = f"import runpy; runpy.run_path({str(SITE)!r})['serve']({port}, {str(home)!r})"
    process = FORKS.Process(target=exec, args=(script,))
    process.start()
    try:
        end = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < end and process.is_alive():
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.05)
        yield Site(home, port, process)
    finally:
        if process.is_alive():
            assert process.pid
            os.kill(process.pid, signal.SIGINT)
            process.join(60)


async def reported(client: httpx2.AsyncClient, item: int, key: str) -> bool:
    """Whether a report was acknowledged; not by a server that dies or has lost its database."""
    given = {"period": TODAY[:7], "reported_on": TODAY, "progress": 0.5, "note": key, "key": key}
    try:
        answer = await client.post(f"/api/v1/nodes/{item}/report", json=given)
    except httpx2.TransportError:
        return False
    return answer.status_code == 201


async def reported_until_killed(site: Site, keys: dict[str, int], after: int, *, database: bool) -> set[str]:
    """Send all reports at once, kill when so many are acknowledged; the keys that were by the end."""
    acknowledged: set[str] = set()
    killed: list[psutil.Process] = []
    async with site.client(len(keys) // 10) as client:

        async def send(key: str, item: int) -> None:
            if await reported(client, item, key):
                acknowledged.add(key)
                if len(acknowledged) == after:
                    killed.extend(site.kill(database=database))

        await asyncio.gather(*(send(key, item) for key, item in keys.items()))
    site.process.join(60)
    psutil.wait_procs(killed, timeout=60)
    return acknowledged


async def kept(client: httpx2.AsyncClient, items: list[int]) -> Counter[str]:
    """How often each report is there, by its key."""
    found: Counter[str] = Counter()
    for item in items:
        answer = await client.get(f"/api/v1/nodes/{item}")
        found.update(str(report["note"]) for report in answer.json()["reports"])
    return found


@pytest.mark.parametrize("runs", [2, pytest.param(20, marks=pytest.mark.soak, id="soak")])
async def test_what_was_acknowledged_is_there_once_after_a_kill(home: Path, runs: int) -> None:
    random, acknowledged = Random(runs), set[str]()
    sent: dict[str, int] = {}
    new: dict[str, int] = {}
    for run in range(runs + 1):
        with running(home) as site:
            items: list[int] = site.told["items"]
            if run:
                async with site.client() as client:
                    found = await kept(client, items)
                    assert acknowledged <= set(found)
                    assert set(found.values()) == {1}
                    again = await asyncio.gather(*(reported(client, item, key) for key, item in new.items()))
                    assert all(again)
                    assert await kept(client, items) == Counter(sent.keys())
                    verdict = (await client.get("/api/v1/audit")).json()
                    assert (verdict["broken_at"], verdict["cut"]) == (None, False)
            if run < runs:
                new = {f"{run}-{number}": random.choice(items) for number in range(REPORTS)}
                after = random.randint(REPORTS // 10, REPORTS * 8 // 10)
                done = await reported_until_killed(site, new, after, database=bool(run % 2))
                assert after <= len(done) < REPORTS, "the server died while reports were under way"
                acknowledged |= done
                sent |= new
    assert len(sent) == runs * REPORTS
