"""Three hundred open report forms: the connection is cut for a minute, and everybody comes back at once."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from random import Random
from shutil import which
from statistics import median, quantiles
from uuid import uuid4

import httpx2
import section
import socketio
from playwright.async_api import Browser, Page, async_playwright
from registers import add_accounts, add_plan, add_units, opened, own_items, served
from sqlalchemy import select

from haihe.boards.accounts import actions as accounts
from haihe.boards.ledger import actions
from haihe.boards.ledger.report_tables import REPORT
from haihe.store.opening import Store
from haihe.store.session import reading

BROWSERS = 12
PROGRAMS = 288
PROCESSES = 4
STARTING_S = 20.0
"""Until the processes of the programs have begun."""
OPENING_S = 60.0
WRITING_S = 30.0
CUT_S = 60.0
AFTER_S = 60.0
SPREAD_S = 20.0
"""As in desk.js."""
RETURNS_S = (1.0, 5.0)
"""Between which socket.io's client waits before it tries again."""
OPEN = "open desks"
DAY = f"{actions.today()}"
PERIOD = DAY[:7]
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
)


Took = dict[str, list[float]]


@dataclass
class Day:
    """What happens to everybody, and what was seen of it: times in ms."""

    address: str
    online: asyncio.Event = field(default_factory=asyncio.Event)
    returned_at: float = 0.0
    took: Took = field(default_factory=dict)
    written: list[tuple[int, str]] = field(default_factory=list)
    reloads: int = 0

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.note(name, time.perf_counter() - began)

    def note(self, name: str, seconds: float) -> None:
        self.took.setdefault(name, []).append(1000 * seconds)


@dataclass(frozen=True)
class Desk:
    """Who sits at one form after another: a session, what it is to report on, and its chances."""

    token: str
    unit: int
    items: Sequence[int]
    chance: Random

    def moments(self) -> tuple[float, float, float]:
        """When the three forms are sent: before the cut, in it and after it, in seconds from the opening."""
        cut = OPENING_S + WRITING_S
        return (
            OPENING_S + self.chance.uniform(0, WRITING_S * 0.9),
            cut + self.chance.uniform(1, CUT_S - 1),
            cut + CUT_S + self.chance.uniform(SPREAD_S, AFTER_S * 0.8),
        )


async def program(day: Day, desk: Desk, began: float) -> None:
    """What the page does: its HTML, its socket, and what desk.js sends and sends again."""
    await asyncio.sleep(max(0, began + desk.chance.uniform(0, 0.9 * OPENING_S) - time.perf_counter()))
    client = httpx2.AsyncClient(
        base_url=day.address,
        cookies={accounts.COOKIE: desk.token},
        headers={"accept-language": "zh-CN"},
        timeout=60,
        trust_env=False,
    )
    async with client, socket_of(day, desk, client):
        for item, moment in zip(desk.items, desk.moments(), strict=False):
            await asyncio.sleep(max(0, began + moment - time.perf_counter()))
            body = {
                "key": uuid4().hex,
                "period": PERIOD,
                "reported_on": DAY,
                "progress": round(desk.chance.random(), 2),
                "note": f"{item} {uuid4().hex}",
                "difficulty": "",
                "forecast_due_on": None,
            }
            day.written.append((item, str(body["note"])))
            if not day.online.is_set():
                await day.online.wait()
                await asyncio.sleep(desk.chance.uniform(0, SPREAD_S))
                name = "sent again after the cut"
            else:
                name = "saved at once"
            with day.timed(f"{name}, programs"):
                answer = await client.post(f"/api/v1/nodes/{item}/report", json=body)
            assert answer.status_code == 201, answer.text


@asynccontextmanager
async def socket_of(day: Day, desk: Desk, client: httpx2.AsyncClient) -> AsyncIterator[None]:
    """The page of a desk with its socket, which falls with the connection and comes back with it."""

    async def load() -> str:
        with day.timed("opening the page"):
            page = await client.get(f"/my-work?unit={desk.unit}")
        assert page.status_code == 200, page.text
        found = re.search(r"'client_id': '([^']+)'", page.text)
        assert found
        assert f"{desk.items[0]}" in page.text
        return found[1]

    async def connect(number: str) -> socketio.AsyncClient:
        query = f"client_id={number}&next_message_id={following[0]}&implicit_handshake=true"
        socket = socketio.AsyncClient(reconnection=False)
        socket.on("*", seen)
        await socket.connect(
            f"{day.address}?{query}&document_id={document}&tab_id={document}",
            headers={"Cookie": f"{accounts.COOKIE}={desk.token}"},
            transports=["websocket"],
            socketio_path="/_nicegui_ws/socket.io",
            wait_timeout=60,
        )
        return socket

    async def seen(_: str, message: object) -> None:
        if isinstance(message, dict) and "_id" in message:
            following[0] = message["_id"] + 1

    async def keep() -> None:
        number = await load()
        socket = await connect(number)
        day.note(OPEN, 0)
        while day.online.is_set():
            await asyncio.sleep(0.2)
        await socket.disconnect()
        await day.online.wait()
        await asyncio.sleep(desk.chance.uniform(*RETURNS_S))
        with day.timed("socket again after the cut"):
            try:
                socket = await connect(number)
            except socketio.exceptions.ConnectionError:
                day.reloads += 1
                following[0] = 0
                socket = await connect(await load())
        await asyncio.sleep(AFTER_S)
        await socket.disconnect()

    document, following = uuid4(), [0]
    kept = asyncio.create_task(keep())
    try:
        yield
    finally:
        await kept


async def browser(day: Day, desk: Desk, page: Page, began: float) -> None:
    """A real browser page in which somebody types."""
    await asyncio.sleep(max(0, began + desk.chance.uniform(0, OPENING_S / 2) - time.perf_counter()))
    await page.goto(f"/my-work?unit={desk.unit}")
    await page.wait_for_function("window.did_handshake === true", timeout=60_000)
    day.note(OPEN, 0)
    for item, moment in zip(desk.items, desk.moments(), strict=False):
        form = page.locator(f'form[data-node="{item}"]')
        note = f"{item} {uuid4().hex}"
        await form.evaluate("form => { form.closest('details').open = true }")
        await form.locator("[name=note]").press_sequentially(note, delay=20)
        await asyncio.sleep(max(0, began + moment - time.perf_counter()))
        day.written.append((item, note))
        await form.get_by_role("button").click()
        await page.wait_for_selector(f'form[data-node="{item}"]', state="detached", timeout=200_000)
    sent = await page.evaluate(
        "performance.getEntriesByType('resource')"
        ".filter(one => one.name.endsWith('/report') && one.responseStatus == 201).map(one => one.duration)"
    )
    for duration in sent:
        day.note("saved, in the browser", duration / 1000)


@asynccontextmanager
async def cut(day: Day, began: float) -> AsyncIterator[None]:
    """The connection: there, then cut, then there again."""

    async def turn() -> None:
        await asyncio.sleep(max(0, began + OPENING_S + WRITING_S - time.perf_counter()))
        day.online.clear()
        await asyncio.sleep(max(0, began + OPENING_S + WRITING_S + CUT_S - time.perf_counter()))
        day.returned_at = time.perf_counter()
        day.online.set()

    day.online.set()
    turning = asyncio.create_task(turn())
    try:
        yield
    finally:
        turning.cancel()


def programs(address: str, desks: Sequence[Desk], began: float) -> tuple[Took, list[tuple[int, str]], int]:
    """The day of some desks in a process of their own, so that they do not wait for each other."""
    day = Day(address)

    async def sit() -> None:
        async with cut(day, began):
            await asyncio.gather(*(program(day, desk, began) for desk in desks))

    asyncio.run(sit())
    return day.took, day.written, day.reloads


async def everybody(day: Day, desks: Sequence[Desk], opened_by: Browser, pool: Executor) -> None:
    """Open all desks, cut the connection, and let it come back."""
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        contexts = []
        tasks = []
        began = time.perf_counter() + STARTING_S
        apart = [
            loop.run_in_executor(pool, programs, day.address, desks[BROWSERS + place :: PROCESSES], began)
            for place in range(PROCESSES)
        ]
        for desk in desks[:BROWSERS]:
            context = await opened_by.new_context(base_url=day.address, locale="zh-CN")
            stack.push_async_callback(context.close)
            await context.add_cookies([{"name": accounts.COOKIE, "value": desk.token, "url": day.address}])
            contexts.append(context)
            tasks.append(asyncio.create_task(browser(day, desk, await context.new_page(), began)))
        probe = asyncio.create_task(probed(day))
        async with cut(day, began):
            await asyncio.sleep(max(0, began + OPENING_S + WRITING_S - time.perf_counter()))
            await asyncio.gather(*(context.set_offline(True) for context in contexts))
            await day.online.wait()
            await asyncio.gather(*(context.set_offline(False) for context in contexts))
            await asyncio.gather(*tasks)
        for took, written, reloads in await asyncio.gather(*apart):
            for name, each in took.items():
                day.took.setdefault(name, []).extend(each)
            day.written += written
            day.reloads += reloads
        probe.cancel()


async def probed(day: Day) -> None:
    """Ask whether the site answers, five times a second, after the cut."""
    async with httpx2.AsyncClient(base_url=day.address, timeout=60, trust_env=False) as client:
        while True:
            if day.returned_at:
                with day.timed("any answer after the cut"):
                    await client.get("/healthz")
            await asyncio.sleep(0.2)


def desks_of(store: Store) -> list[Desk]:
    """Three hundred desks; those of one unit share out what it leads."""
    units = add_units(store)
    add_plan(store)
    own, found = own_items(store), []
    seats: Counter[int] = Counter()
    for place, (token, unit) in enumerate(add_accounts(store, units, BROWSERS + PROGRAMS)):
        share = (BROWSERS + PROGRAMS) // len(units)
        items = own[unit][seats[unit] :: share][:3]
        seats[unit] += 1
        found.append(Desk(token, unit, items, Random(place)))
    return found


def check(store: Store, day: Day) -> int:
    """How many reports there are: all that were written, each once."""
    with reading(store.engine) as connection:
        kept = Counter(map(tuple, connection.execute(select(REPORT.c.node_id, REPORT.c.note))))
    assert kept == Counter(day.written), (len(kept), len(day.written))
    return kept.total()


async def run(desks: Sequence[Desk], address: str) -> Day:
    async with async_playwright() as playwright:
        found = which("chromium") or which("chromium-browser") or which("google-chrome")
        assert found, "no Chromium is installed"
        launched = await playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        day = Day(address)
        with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
            await everybody(day, desks, launched, pool)
        await launched.close()
    return day


def main() -> None:
    with opened() as store:
        desks = desks_of(store)
        with served(store) as (address, _):
            day = asyncio.run(run(desks, address))
        count = check(store, day)
    lines = []
    day.took["saved, all of these"] = [
        took for name, each in day.took.items() if name.startswith(("saved", "sent")) for took in each
    ]
    for name, each in sorted(day.took.items()):
        if name != OPEN:
            tail = quantiles(each, n=20, method="inclusive")[-1]
            lines.append((name, f"{len(each)}", f"{median(each):.0f}", f"{tail:.0f}", f"{max(each):.0f}"))
    head = ("what", "times", "median, ms", "p95, ms", "slowest, ms")
    section.write(
        "Forms",
        f"""
{len(day.took[OPEN])} desks with a report form open on `/my-work`: {BROWSERS} pages of a real Chromium in
which somebody types, and {PROGRAMS} programs that do what the page does: they load its HTML, open its socket,
and send what `desk.js` sends, with the same keys and the same waits. Each desk saves three reports: one
before the connection is cut, one while it is cut for {CUT_S:.0f} s, and one after it is back. The browsers go
offline, the programs close their socket and send nothing. Nothing was lost and nothing stored twice: {count}
reports were written, and all of them are there once. {day.reloads} pages of the programs had to be loaded
again.

{section.table(head, lines)}

There is no peer. What is sent again waits up to {SPREAD_S:.0f} s of its own choosing after the connection is
back, so that not everybody comes at once; the times are those from sending to the answer. "Any answer" is a
small request five times a second meanwhile.

{section.versions("nicegui", "python-socketio", "playwright")}
Site, PostgreSQL, Chromium and programs share the cores.
""",
    )


if __name__ == "__main__":
    main()
