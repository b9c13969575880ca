"""PostgreSQL on this machine, shared by the Haihe processes of one home.

The first process starts it and the last one out stops it. Each holds a shared lock (flock) on `held`, which
the system lets go when the process ends, however it ends: a process that died holds nothing, and nothing
need be forgotten. Whoever gets that lock alone is the last. Starting and stopping happen one at a time,
under a second lock.
"""

from __future__ import annotations

import atexit
import errno
import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from haihe.kit.errors import N_, Forbidden, Unavailable
from haihe.store.cluster import APP, OWNER, Cluster
from haihe.store.disk import disk
from haihe.store.programs import HOUSE, Account, Report, account_of, enters, programs

_WAIT_SECONDS_MAX = 3600.0
_REPORT_SECONDS = 5.0


class LocalServer:
    """A hold on the server of a home; `release`, leaving the `with` block or the program lets it go."""

    def __init__(self, cluster: Cluster, held: int, report: Report) -> None:
        self.url = cluster.url(APP)
        self.owner_url = cluster.url(OWNER)
        self._cluster = cluster
        self._held: int | None = held
        self._report = report
        atexit.register(self.release)

    def release(self) -> None:
        """Let the server go, and stop it if nobody else holds it; again is harmless."""
        held, self._held = self._held, None
        if held is None:
            return
        atexit.unregister(self.release)
        folder = self._cluster.folder
        with disk(folder), _alone(folder, self._report):
            _let_go(self._cluster, held)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def local_server(home: Path, *, report: Report, durable: bool = True) -> LocalServer:
    """The PostgreSQL of a home, made, started or joined: `url` for the app's role, `owner_url` for the owner.

    `report` gets a line a step. Not `durable` is faster and may lose everything when the machine fails: for
    tests. Raises Unavailable (no PostgreSQL for this platform, it does not start, a full disk), Forbidden
    (no right to the home) and Conflict (data of another version).
    """
    with disk(home):
        folder, account = _place(home.absolute(), report)
        cluster = Cluster(folder, programs(account), durable)
        with _alone(folder, report):
            held = os.open(folder / "held", os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(held, fcntl.LOCK_SH)
            try:
                cluster.made(report)
                cluster.start(report)
                return LocalServer(cluster, held, report)
            except BaseException:
                _let_go(cluster, held)
                raise


def _let_go(cluster: Cluster, held: int) -> None:
    """Give up a hold; whoever then gets the lock alone was the last and stops the server."""
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    else:
        cluster.stop()
    finally:
        os.close(held)


@contextmanager
def _alone(folder: Path, report: Report) -> Iterator[None]:
    """Keep other processes of this home from starting or stopping the server meanwhile."""
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        began = said = time.monotonic()
        while not _locked(handle):
            now = time.monotonic()
            if now - began > _WAIT_SECONDS_MAX:
                raise Unavailable(
                    N_("Another Haihe process has been starting or stopping PostgreSQL for an hour."),
                    advice=N_("Find it with: fuser {lock}, end it and start again."),
                    lock=folder / "lock",
                )
            if now - said > _REPORT_SECONDS:
                said = now
                report(N_("Waiting for another Haihe process that starts or stops PostgreSQL."))
            time.sleep(0.02)
        yield
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in (errno.EAGAIN, errno.EACCES):
            raise
        return False
    return True


def _place(home: Path, report: Report) -> tuple[Path, Account | None]:
    """The folder of the cluster, `home/postgres`, and the user that runs it.

    For root it is a link into /var/lib/haihe where the server's user cannot enter the home: nobody's
    folders are opened for it.
    """
    link = home / "postgres"
    account = account_of(link / "data", report)
    inside = 0o711 if account else 0o700
    _make(home, inside)
    if not link.exists():
        if account and not enters(account, home):
            report(N_("The database is kept in /var/lib/haihe: its user cannot enter the home folder."))
            _make(HOUSE, 0o755)
            elsewhere = HOUSE / f"home-{secrets.token_hex(6)}"
            _make(elsewhere, inside)
            try:
                link.symlink_to(elsewhere)
            except FileExistsError:
                elsewhere.rmdir()
        else:
            _make(link, inside)
    folder = link.resolve()
    if account and not enters(account, folder):
        raise Forbidden(
            N_("The system user that runs PostgreSQL cannot enter {place}."),
            advice=N_("Let others pass through its parents (chmod o+x), or choose another HAIHE_HOME."),
            place=folder,
        )
    return folder, account


def _make(folder: Path, mode: int) -> None:
    """Make a folder with exactly this mode; one that is there stays as it is."""
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        return
    folder.chmod(mode)
