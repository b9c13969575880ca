"""What every test may ask for, and the closing lines."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from shutil import which
from socket import create_connection, socket
from subprocess import Popen
from tempfile import TemporaryDirectory
from time import monotonic, sleep

import pytest
from argon2 import PasswordHasher
from hypothesis import settings
from nicegui.testing import User
from nicegui.testing.user_simulation import user_simulation
from playwright.async_api import Browser, Page, async_playwright
from sqlalchemy import MetaData, create_engine, exists, literal, select, text, union_all

from haihe.boards.accounts import actions as accounts
from haihe.store.opening import Store, using
from haihe.store.server import local_server

ROOT = Path(__file__).parents[1]
STARTS_SECONDS_MAX = 120
settings.register_profile("busy", deadline=None)
settings.load_profile("busy")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of test data that HAIHE_SHARED names, beside the repository unless it is set."""
    folder = Path(os.environ.get("HAIHE_SHARED", ROOT.parent / "shared")).absolute()
    if not folder.is_dir():
        pytest.skip("the shared test data are not here; HAIHE_SHARED names their folder")
    return folder


@pytest.fixture(scope="session", autouse=True)
def _swift() -> Iterator[None]:
    """Passwords hashed with little work, so that a hundred sessions take no minute."""
    swift = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(accounts, "_hasher", swift)
        changed.setattr(accounts, "_nobody", swift.hash("nobody"))
        yield


@contextmanager
def open_home() -> Iterator[Path]:
    """A home that the system user of a server started by root can enter."""
    with TemporaryDirectory(prefix="haihe-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


@asynccontextmanager
async def simulation() -> AsyncIterator[User]:
    """A simulated reader; the modules of the pages, which NiceGUI takes out of `sys.modules`, stay."""
    modules = dict(sys.modules)
    async with user_simulation() as user:
        yield user
    sys.modules.update(modules)


def silent(template: str, /, **facts: object) -> None:
    """Say nothing."""


@pytest.fixture(scope="session")
def database() -> Iterator[Store]:
    """A migrated store on a PostgreSQL of this test process's own."""
    with (
        open_home() as home,
        local_server(home, report=silent, durable=False) as server,
        using(home, server.url, server.owner_url) as store,
    ):
        yield store


@pytest.fixture(scope="session")
def empty(database: Store) -> Iterator[Callable[[], Store]]:
    """Empties every table of the store, over one connection: its plans are kept."""

    owner = create_engine(database.owner_url, isolation_level="AUTOCOMMIT", pool_pre_ping=True)
    known = MetaData()
    known.reflect(owner)
    tables = [one for one in reversed(known.sorted_tables) if one.name != "alembic_version"]
    filled = union_all(
        *(select(literal(one.name)).where(exists(select(literal(1)).select_from(one))) for one in tables)
    )
    used = text("SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL")

    def emptied() -> Store:
        with owner.connect() as connection:
            held = set(connection.execute(filled).scalars())
            for table in tables:
                if table.name in held:
                    connection.execute(table.delete())
            for one in connection.execute(used).scalars().all():
                connection.execute(text(f"ALTER SEQUENCE {one} RESTART"))
        database.heads.unlink(missing_ok=True)
        return database

    yield emptied
    owner.dispose()


@pytest.fixture
def store(empty: Callable[[], Store]) -> Store:
    """The store with every table empty."""
    return empty()


@contextmanager
def served(script: Path, *arguments: str) -> Iterator[str]:
    """A script that serves on the port it is given first, and its address."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with Popen([sys.executable, script, str(port), *arguments]) as server:
        try:
            end = monotonic() + STARTS_SECONDS_MAX
            while monotonic() < end and server.poll() is None:
                try:
                    create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


@pytest.fixture(scope="session")
def serve() -> Callable[..., AbstractContextManager[str]]:
    """Serves the pages of a test file from a process of its own."""
    return served


@pytest.fixture(scope="session")
def chromium() -> str:
    """The installed browser."""
    found = which("chromium") or which("chromium-browser") or which("google-chrome")
    if found is None:
        pytest.skip("no Chromium is installed")
    return found


@pytest.fixture(scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """A real browser; each test opens a context of its own in it."""
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield launched
        await launched.close()


class Desk:
    """Opens pages of the gallery and remembers what went wrong in them."""

    def __init__(self, browser: Browser, site: str, stack: AsyncExitStack) -> None:
        self._browser, self._site, self._stack = browser, site, stack
        self.faults: list[str] = []

    async def open(
        self, path: str, *, width: int = 1280, locale: str = "zh-CN", scheme: str = "light"
    ) -> Page:
        context = await self._browser.new_context(
            viewport={"width": width, "height": 800},
            locale=locale,
            color_scheme="dark" if scheme == "dark" else "light",
        )
        self._stack.push_async_callback(context.close)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)
        await page.goto(self._site + path)
        await page.wait_for_function("window.did_handshake === true")
        return page


@pytest.fixture
async def desk(browser: Browser, site: str) -> AsyncIterator[Desk]:
    """A reader's desk at the address `site`: every page opened at it must stay free of errors."""
    async with AsyncExitStack() as stack:
        opened = Desk(browser, site, stack)
        yield opened
        assert not opened.faults


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Iterator[None]:
    """Close with one line for each reason to skip, and how many tests were skipped for it."""
    yield
    reports = terminalreporter.getreports("skipped")
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in reports)
    terminalreporter.ensure_newline()
    for reason, count in reasons.most_common():
        terminalreporter.write_line(f"skipped {count}: {reason}", yellow=True)
