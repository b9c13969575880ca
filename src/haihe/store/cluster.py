"""One PostgreSQL cluster in a folder: made, started, watched and stopped.

    secrets.json     the passwords of its roles, mode 0600
    data/            what PostgreSQL stores
    log/             what it says, a file a weekday
    socket/          where it answers; in the system's temporary folder where this path is too long

It listens on a Unix socket only, in a folder that nobody else can enter: there is no port to be taken, and
no other user of the machine can knock.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import URL

from haihe.kit.errors import N_, Conflict, HaiheError, Unavailable
from haihe.store.disk import full, settle, whole
from haihe.store.programs import VERSION, Account, Programs, Report, uninterrupted

DATABASE = "haihe"
OWNER = "haihe_owner"
APP = "haihe_app"

_SUPERUSER = "postgres"
_PORT = 5432  # only part of the socket's name
_LOCALE = "C.UTF-8"
_START_SECONDS_MAX = 3600
_STOP_SECONDS_MAX = 600
_REPORT_SECONDS = 5.0
_LOG_SECONDS_MAX = 6 * 86400
_FATAL = re.compile(r"(?:FATAL|PANIC|initdb: error): +(.+)")

_SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "port": str(_PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "logging_collector": "on",
    "log_filename": "postgresql-%u.log",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
    "log_line_prefix": "%m [%p] %q%u@%d ",
}
_HASTE: Mapping[str, str] = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True, slots=True)
class Cluster:
    """The cluster in a folder, run by `programs`; not `durable` forgets its last writes when power fails."""

    folder: Path
    programs: Programs
    durable: bool = True

    @property
    def data(self) -> Path:
        """Where PostgreSQL stores."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """Where PostgreSQL says what happened."""
        return self.folder / "log"

    def url(self, role: str) -> str:
        """The SQLAlchemy URL by which a role reaches the running server's database."""
        passwords = json.loads((self.folder / "secrets.json").read_text("utf-8"))
        address = {"host": self._lines()[4]}
        return URL.create(
            "postgresql+psycopg", role, passwords[role], database=DATABASE, query=address
        ).render_as_string(hide_password=False)

    def made(self, report: Report) -> bool:
        """Make the cluster unless it is there: roles, database and extensions, all or nothing.

        Returns whether it was made now. Raises Conflict for data of another version of PostgreSQL.
        """
        for left in self.folder.glob("data.*.new"):
            shutil.rmtree(left, ignore_errors=True)
        if self.data.exists():
            self._check()
            return False
        report(N_("Making the database."))
        fresh = self.folder / f"data.{secrets.token_hex(4)}.new"
        for place in (fresh, self.log, self.folder / "socket"):
            _own(place, self.programs.account)
        options = [f"--pgdata={fresh}", f"--username={_SUPERUSER}", "--auth=reject", "--encoding=UTF8"]
        options += ["--locale-provider=libc", f"--locale={_LOCALE}", "--data-checksums", "--no-instructions"]
        self._must("initdb", *options, *([] if self.durable else ["--no-sync"]))
        passwords = {role: secrets.token_urlsafe(24) for role in (_SUPERUSER, OWNER, APP)}
        with whole(self.folder / "secrets.json") as file:
            file.write(json.dumps(passwords).encode())
        options = ["--single", "-D", str(fresh), "-j", "-c", "exit_on_error=on"]
        options += ["-c", f"fsync={'on' if self.durable else 'off'}", "template1"]
        self._must("postgres", *options, text=_first_statements(passwords))
        fresh.rename(self.data)
        settle(self.folder)
        return True

    def status(self) -> str | None:
        """`starting`, `ready` or `stopping` as postmaster.pid says, None where no server runs."""
        if self._postmaster() is None:
            return None
        lines = self._lines()
        return lines[7].strip() if len(lines) > 7 else "starting"

    def start(self, report: Report) -> None:
        """Have the server running and ready, however long it takes to recover from a crash.

        Raises Unavailable with the server's own last words where it does not start.
        """
        if self._settled(report) == "ready":
            return
        self._clear()
        self._write_settings()
        report(N_("Starting PostgreSQL."))
        try:
            code = self._launched(report)
        except BaseException:
            while self.status() is None and self._coming():
                time.sleep(0.01)  # until there is a server to stop
            raise
        if code and self.status() is None:
            raise self._failure()
        if code:  # somebody outside started it meanwhile
            self.start(report)

    def stop(self) -> None:
        """Stop the server, sessions and all; one that takes too long is cut off and recovers next time."""
        for mode in ("fast", "immediate"):
            if self._postmaster() is None:
                break
            limit = str(_STOP_SECONDS_MAX)
            self.programs.run("pg_ctl", "stop", "-D", str(self.data), "-m", mode, "-w", "-s", "-t", limit)
        with contextlib.suppress(OSError):
            self._spare_socket_folder().rmdir()

    def _check(self) -> None:
        version = self.data / "PG_VERSION"
        found = version.read_text("ascii").strip() if version.exists() else "?"
        if found != str(VERSION):
            raise Conflict(
                N_("The data in {place} belong to PostgreSQL {found}; this Haihe runs PostgreSQL {version}."),
                advice=N_(
                    "Start Haihe with HAIHE_HOME set to a new folder, restore the last backup there with "
                    "haihe restore FILE, and keep the old folder until that is done."
                ),
                place=self.data,
                found=found,
                version=VERSION,
            )
        if not (self.folder / "secrets.json").exists():
            raise Conflict(
                N_("The passwords of the database are missing: there is no {place}."),
                advice=N_(
                    "Put the file back, or set HAIHE_HOME to a new folder and restore the last backup there."
                ),
                place=self.folder / "secrets.json",
            )

    def _lines(self) -> list[str]:
        """The lines of postmaster.pid: process, data, time, port, socket folder, address, memory, status."""
        try:
            return (self.data / "postmaster.pid").read_text("utf-8").splitlines()
        except FileNotFoundError:
            return []

    def _postmaster(self) -> psutil.Process | None:
        """The running server: the process that postmaster.pid names, if it is still this cluster's."""
        lines = self._lines()
        try:
            process = psutil.Process(int(lines[0]))
            ours = process.status() != psutil.STATUS_ZOMBIE and str(self.data) in process.cmdline()
        except (IndexError, ValueError, psutil.Error):
            return None
        return process if ours else None

    def _settled(self, report: Report) -> str | None:
        """The status once the server is neither starting nor stopping."""
        began = said = time.monotonic()
        while (status := self.status()) in ("starting", "stopping"):
            if time.monotonic() - said > _REPORT_SECONDS:
                said = time.monotonic()
                report(N_("Waiting for PostgreSQL, which is starting or stopping."))
            if said - began > _START_SECONDS_MAX:
                raise self._failure()
            time.sleep(0.05)
        return status

    def _launched(self, report: Report) -> int:
        """The exit code of pg_ctl, which ends when the server is ready or has failed."""
        options = ["-D", str(self.data), "-l", str(self.log / "start.log"), "-t", str(_START_SECONDS_MAX)]
        quiet = subprocess.DEVNULL
        streams: dict[str, Any] = {"stdin": quiet, "stdout": quiet, "stderr": quiet}
        starter = None
        try:
            with uninterrupted():
                starter = self.programs.started("pg_ctl", "start", "-w", "-s", *options, **streams)
            while (code := _ended(starter)) is None:
                report(N_("PostgreSQL is still starting; after a crash it first recovers its last writes."))
        except BaseException:
            if starter:
                starter.kill()
                starter.wait()
            raise
        return code

    def _coming(self) -> bool:
        """Whether a program is at work on the data that has yet to say so in postmaster.pid."""
        processes = psutil.process_iter(["cmdline"])
        return any(str(self.data) in " ".join(process.info["cmdline"] or []) for process in processes)

    def _clear(self) -> None:
        """Clear away what a killed server leaves: its last children, and a note of another process."""
        lines = self._lines()
        if not lines:
            return
        left = [process for process in psutil.process_iter() if self._serves(process)]
        for process in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(left, timeout=10)
        if lines[0].isdigit() and psutil.pid_exists(int(lines[0])):
            (self.data / "postmaster.pid").unlink()

    def _serves(self, process: psutil.Process) -> bool:
        try:
            return process.name() == "postgres" and process.cwd() == str(self.data)
        except psutil.Error:
            return False

    def _write_settings(self) -> None:
        chosen = {
            **_SETTINGS,
            **({} if self.durable else _HASTE),
            "log_directory": str(self.log),
            "unix_socket_directories": str(self._socket_folder()),
        }
        lines = ["# Written by Haihe at every start; ALTER SYSTEM overrides it."]
        lines += [f"{name} = '{_quoted(value)}'" for name, value in chosen.items()]
        for name, text in (
            ("postgresql.conf", "\n".join(lines) + "\n"),
            ("pg_hba.conf", "local all all scram-sha-256\n"),
        ):
            with whole(self.data / name, 0o644) as file:
                file.write(text.encode())
        (self.log / "start.log").unlink(missing_ok=True)
        for path in self.log.glob("postgresql-*.log"):
            if time.time() - path.stat().st_mtime > _LOG_SECONDS_MAX:
                path.unlink()

    def _socket_folder(self) -> Path:
        """The first folder where a socket can be: its path is at most 107 bytes, its disk allows it."""
        user = self.programs.user
        for folder in (self.folder / "socket", self._spare_socket_folder()):
            _own(folder, self.programs.account)
            status = folder.lstat()
            probe = folder / f".p.PGSQL.{_PORT}"
            probe.unlink(missing_ok=True)
            with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as knock:
                knock.bind(str(probe))
                probe.unlink()
                if status.st_uid == user and not status.st_mode & 0o077:
                    return folder
        raise Unavailable(
            N_("There is no folder for the socket of the database: {place} is not ours alone."),
            advice=N_("Remove that folder, or set HAIHE_HOME to a shorter path, and start again."),
            place=folder,
        )

    def _spare_socket_folder(self) -> Path:
        key = hashlib.sha256(bytes(self.folder)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"haihe-{self.programs.user}-{key}"

    def _must(self, name: str, *arguments: str, text: str = "") -> None:
        code, said = self.programs.run(name, *arguments, text=text)
        if code:
            raise self._failure(said)

    def _failure(self, said: str | None = None) -> HaiheError:
        """Why PostgreSQL did not do it, from its own last words."""
        if said is None:
            logs = sorted(self.log.glob("*.log"), key=lambda path: path.stat().st_mtime)
            said = "\n".join(path.read_text("utf-8", "replace")[-8192:] for path in logs[-2:])
        if "No space left on device" in said:
            return full(self.folder)
        reasons = _FATAL.findall(said) or said.split("\n")
        return Unavailable(
            N_("PostgreSQL does not start: {reason}"),
            advice=N_(
                "Read its log in {log}; if the data are damaged, restore the last backup in a new home."
            ),
            reason=next((reason.strip() for reason in reversed(reasons) if reason.strip()), "?"),
            log=self.log,
        )


def _first_statements(passwords: Mapping[str, str]) -> str:
    """What the superuser does once, in template1, so that every database made later has it too."""
    return "".join(
        f"{statement};\n\n"
        for statement in (
            *(f"CREATE EXTENSION {name}" for name in ("pg_trgm", "ltree", "unaccent")),
            f"ALTER ROLE {_SUPERUSER} PASSWORD '{passwords[_SUPERUSER]}'",
            f"CREATE ROLE {OWNER} LOGIN CREATEDB PASSWORD '{passwords[OWNER]}'",
            f"CREATE ROLE {APP} LOGIN PASSWORD '{passwords[APP]}'",
            f"CREATE DATABASE {DATABASE} OWNER {OWNER}",
            f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC",
            f"GRANT CONNECT ON DATABASE {DATABASE} TO {APP}",
        )
    )


def _quoted(value: str) -> str:
    """A value as it stands between quotes in postgresql.conf."""
    return value.replace("\\", "\\\\").replace("'", "''")


def _own(folder: Path, account: Account | None) -> None:
    """Make a folder that only the server's user enters, where it is not there."""
    if not folder.exists():
        folder.mkdir(mode=0o700)
        if account:
            os.chown(folder, account.uid, account.gid)


def _ended(process: subprocess.Popen[bytes]) -> int | None:
    """The exit code of a program, None where it runs on for longer than it may without a word."""
    try:
        return process.wait(_REPORT_SECONDS)
    except subprocess.TimeoutExpired:
        return None
