"""`haihe up`: the database, the packs, the worker and the site, each with a line, and stopped together."""

from __future__ import annotations

import gc
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import uvicorn

from haihe.app import packs
from haihe.app.say import Say
from haihe.app.site import create_site
from haihe.boards.accounts.actions import FIRST, administrator_is_set, first_password
from haihe.kit.errors import N_, Conflict, Forbidden
from haihe.store.opening import Store, opened
from haihe.store.settings import Settings

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_GRACE_S = 3
_COLLECTOR = 10_000, 10, 20
"""After how many new objects, and how many smaller rounds, the garbage collector makes its next round."""


def up(settings: Settings, say: Say) -> None:
    """Serve until Ctrl-C; what was started here is stopped again, and nothing else."""
    _check_port(settings)
    with opened(settings, say) as store:
        _check_reach(store, settings)
        packs.load(store, say, sample=settings.sample)
        say(N_("Preparing the pages."))
        config = uvicorn.Config(
            create_site(settings.home),
            host=settings.host,
            port=settings.port,
            log_level="warning",
            timeout_graceful_shutdown=_GRACE_S,
        )
        password = first_password(store)
        server = uvicorn.Server(config)
        collect_seldom()
        with _worker(), suppress(KeyboardInterrupt):
            threading.Thread(target=_tell, args=(server, settings, password, say), daemon=True).start()
            server.run()
        say(N_("Stopping."))


def collect_seldom() -> None:
    """Let the garbage collector of this process stop it seldom.

    A full round walks through all that is kept, with a hundred plans worked out a second in which nobody is
    answered; as CPython sets it, open pages bring one about every few seconds.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTOR)


def _check_port(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise Conflict(
                N_("Port {port} on {host} cannot be used: {reason}."),
                advice=N_("Stop what uses it, or choose another: HAIHE_PORT=8081 make run."),
                port=settings.port,
                host=settings.host,
                reason=error.strerror,
            ) from error


def _check_reach(store: Store, settings: Settings) -> None:
    if settings.host not in _LOOPBACK and not administrator_is_set(store):
        raise Forbidden(
            N_("HAIHE_HOST is {host}, but no administrator has set a password yet."),
            advice=N_("Start once without HAIHE_HOST, sign in on this machine and set one."),
            host=settings.host,
        )


@contextmanager
def _worker() -> Iterator[None]:
    """A process for long work; it ends when its input closes, and so with this one, however this ends."""
    command = [sys.executable, "-m", "haihe.app.cli", "work", "--stay"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True) as worker:
        try:
            yield
        finally:
            assert worker.stdin
            worker.stdin.close()
            try:
                worker.wait(_GRACE_S)
            except subprocess.TimeoutExpired:
                worker.terminate()


def _tell(server: uvicorn.Server, settings: Settings, password: str | None, say: Say) -> None:
    """Say, once the site answers, the first administrator's password and the address."""
    while not server.started:
        time.sleep(0.05)
    if password:
        say(N_("First administrator: {name}, one-time password: {password}"), name=FIRST, password=password)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    say(N_("Haihe is ready: http://{host}:{port}"), host=host, port=settings.port)
