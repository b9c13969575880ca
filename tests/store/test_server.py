"""PostgreSQL on this machine: made, shared, killed, recovered, refused."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from psycopg import OperationalError
from psycopg.errors import InsufficientPrivilege

from haihe.kit.errors import Conflict, Unavailable
from haihe.store.backup import backup
from haihe.store.server import LocalServer, local_server

from .conftest import Hold, asked, held, needs_root, postmaster, quiet

pytestmark = pytest.mark.database


def failing(url: str, query: str) -> None:
    with pytest.raises(OperationalError):
        asked(url, query)


def test_the_first_start_makes_a_durable_database_that_knows_chinese(fresh_home: Path) -> None:
    lines: list[str] = []
    with local_server(fresh_home, report=lines.append) as server:
        assert lines == ["Making the database.", "Starting PostgreSQL."]
        assert asked(server.url, "SELECT show_trgm('天津')")
        assert asked(server.url, "SELECT similarity('天津大学', '天津工业大学')") > 0.3
        assert asked(server.url, "SELECT '1.2'::ltree @> '1.2.3'::ltree") is True
        for name, value in {
            "fsync": "on",
            "data_checksums": "on",
            "listen_addresses": "",
            "shared_buffers": "128MB",
            "max_connections": "100",
        }.items():
            assert asked(server.url, f"SHOW {name}") == value
        assert asked(server.url, "SELECT current_database() || ' ' || current_user") == "haihe haihe_app"
        assert asked(server.owner_url, "SELECT current_user") == "haihe_owner"
    assert postmaster(fresh_home) is None
    lines.clear()
    with local_server(fresh_home, report=lines.append) as server:
        assert asked(server.url, "SELECT 1") == 1
    assert lines == ["Starting PostgreSQL."]


def test_the_environment_does_not_reach_it(fresh_home: Path, hold: Hold) -> None:
    strange = {"LANG": "xx_YY", "LC_ALL": "garbage", "PGDATA": "/nowhere", "PGPORT": "1", "PGUSER": "x"}
    holder = hold(fresh_home, env=os.environ | strange)
    assert asked(holder.ready(), "SELECT show_trgm('天津')")
    holder.leave()


def test_a_killed_server_recovers_what_was_committed(home: Path) -> None:
    with local_server(home, report=quiet) as server:
        asked(server.owner_url, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
        killed = postmaster(home)
        assert killed
        killed.kill()
        killed.wait(10)
        with pytest.raises(OperationalError):
            asked(server.url, "SELECT 1")
        with local_server(home, report=quiet) as again:
            assert asked(again.owner_url, "SELECT count(*) FROM kept") == 1000
            assert asked(server.owner_url, "SELECT count(*) FROM kept") == 1000
        assert postmaster(home)
    assert postmaster(home) is None


def test_a_busy_child_of_a_killed_server_is_no_obstacle(home: Path) -> None:
    with held(home) as server:
        busy = "SELECT count(*) FROM generate_series(1, 100000) a, generate_series(1, 100000) b"
        thread = threading.Thread(target=failing, args=(server.url, busy))
        thread.start()
        killed = postmaster(home)
        assert killed
        while not any("SELECT" in " ".join(child.cmdline()) for child in killed.children()):
            time.sleep(0.02)
        killed.kill()
        killed.wait(10)
        with held(home) as again:
            assert asked(again.url, "SELECT 1") == 1
        thread.join(10)
        assert not thread.is_alive()


def test_a_note_of_a_process_that_is_another_now_is_no_obstacle(home: Path) -> None:
    with held(home):
        note = home / "postgres/data/postmaster.pid"
        lines = note.read_text().splitlines()
    other = subprocess.Popen(["sleep", "60"])
    try:
        note.write_text("\n".join([str(other.pid), *lines[1:]]) + "\n")
        with held(home) as server:
            assert asked(server.url, "SELECT 1") == 1
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_killed_holder_leaves_the_server_to_the_next_who_stops_it(home: Path, hold: Hold) -> None:
    holder = hold(home)
    holder.ready()
    holder.process.kill()
    holder.process.wait()
    first = postmaster(home)
    assert first
    with held(home) as server:
        assert asked(server.url, "SELECT 1") == 1
        assert postmaster(home) == first
    assert postmaster(home) is None
    assert not first.is_running() or first.status() == psutil.STATUS_ZOMBIE


def test_a_holder_killed_while_it_makes_the_database_leaves_nothing_half_done(
    fresh_home: Path, hold: Hold
) -> None:
    for pause in (0.05, 0.3):
        holder = hold(fresh_home)
        holder.line("Making")
        time.sleep(pause)
        holder.process.kill()
        holder.process.wait()
        assert not (fresh_home / "postgres/data").exists()
    for _ in range(2):
        with held(fresh_home) as server:
            assert asked(server.url, "SELECT 1") == 1
    assert not list((fresh_home / "postgres").glob("data.*"))


def test_processes_started_together_share_one_server_and_the_last_stops_it(
    fresh_home: Path, hold: Hold
) -> None:
    holders = [hold(fresh_home) for _ in range(4)]
    starts = {asked(holder.ready(), "SELECT pg_postmaster_start_time()") for holder in holders}
    assert len(starts) == 1
    for holder in holders:
        assert postmaster(fresh_home)
        holder.leave()
    assert postmaster(fresh_home) is None


def test_two_holds_in_one_process_are_two(home: Path) -> None:
    with held(home) as server:
        held(home).release()
        assert asked(server.url, "SELECT 1") == 1
        server.release()
        assert postmaster(home) is None
        server.release()


def test_ctrl_c_reaches_haihe_and_not_the_server(home: Path, hold: Hold) -> None:
    holder = hold(home)
    url = holder.ready()
    before = postmaster(home)
    os.killpg(holder.process.pid, signal.SIGINT)
    holder.line("interrupted")
    assert asked(url, "SELECT 1") == 1
    assert postmaster(home) == before
    holder.leave()
    assert postmaster(home) is None


def test_ctrl_c_while_it_starts_leaves_no_server(home: Path, hold: Hold) -> None:
    for pause in (0.0, 0.02, 0.1):
        holder = hold(home, stderr=subprocess.DEVNULL)
        holder.line("Starting")
        time.sleep(pause)
        os.killpg(holder.process.pid, signal.SIGINT)
        holder.process.communicate(timeout=30)
        assert postmaster(home) is None


def test_a_long_home_with_a_strange_name(fresh_home: Path) -> None:
    home = fresh_home.parent / ("京津冀 it's \\ " + "x" * 120) / "home"
    home.parent.mkdir(mode=0o711)
    with held(home) as server:
        assert asked(server.url, "SELECT 1") == 1
    assert postmaster(home) is None


def test_the_apps_role_writes_rows_and_nothing_else(own_server: LocalServer) -> None:
    asked(own_server.owner_url, "CREATE TABLE things (n int)")
    asked(own_server.owner_url, "GRANT INSERT ON things TO haihe_app")
    asked(own_server.url, "INSERT INTO things VALUES (1)")
    for statement in (
        "CREATE TABLE more (n int)",
        "CREATE TEMPORARY TABLE more (n int)",
        "CREATE SCHEMA more",
        "ALTER TABLE things ADD m int",
        "DROP TABLE things",
        "TRUNCATE things",
        "SELECT * FROM things",
        "COPY (SELECT 1) TO PROGRAM 'true'",
    ):
        with pytest.raises(InsufficientPrivilege):
            asked(own_server.url, statement)
    free = "SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolbypassrls FROM pg_roles"
    assert asked(own_server.url, f"{free} WHERE rolname = current_user") is False


def test_nobody_enters_without_a_password(own_server: LocalServer) -> None:
    for role in ("haihe_app", "haihe_owner", "postgres"):
        wrong = own_server.url.replace(own_server.url.split("@")[0].split("//")[1], f"{role}:wrong")
        with pytest.raises(OperationalError, match="password authentication failed"):
            asked(wrong, "SELECT 1")


def test_passwords_stand_in_one_private_file_and_on_no_command_line(fresh_home: Path) -> None:
    seen: set[str] = set()
    ended = threading.Event()

    def watch() -> None:
        while not ended.is_set():
            listed = subprocess.run(["ps", "-ww", "-eo", "args"], check=True, capture_output=True, text=True)
            seen.update(listed.stdout.splitlines())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        with held(fresh_home) as server:
            asked(
                server.owner_url, "CREATE TABLE big AS SELECT repeat('x', 900) FROM generate_series(1, 20000)"
            )
            backup(server.owner_url, fresh_home / "files", fresh_home / "copy.zip", quiet)
    finally:
        ended.set()
        watcher.join()
    for program in ("initdb", "postgres", "pg_dump"):
        assert any(f"/bin/{program}" in line for line in seen)
    secrets = fresh_home / "postgres/secrets.json"
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600
    passwords = json.loads(secrets.read_text()).values()
    assert len(set(passwords)) == 3
    for password in passwords:
        assert len(password) >= 24
        assert not any(password in line for line in seen)
    for path in fresh_home.rglob("*.log"):
        assert not any(password in path.read_text() for password in passwords)


def test_data_of_another_version_are_refused(home: Path) -> None:
    (home / "postgres/data/PG_VERSION").write_text("17\n")
    with pytest.raises(Conflict, match=r"belong to PostgreSQL 17; this Haihe runs PostgreSQL 18") as refused:
        held(home)
    assert "restore the last backup" in refused.value.advice
    assert postmaster(home) is None


def test_lost_passwords_are_named(home: Path) -> None:
    (home / "postgres/secrets.json").unlink()
    with pytest.raises(Conflict, match=r"secrets\.json"):
        held(home)


def test_a_server_that_does_not_start_gives_its_reason(home: Path) -> None:
    (home / "postgres/data/global/pg_control").unlink()
    with pytest.raises(Unavailable, match="pg_control"):
        held(home)


@pytest.fixture
def small_disk(fresh_home: Path) -> Iterator[Path]:
    """A disk of 24 MB."""
    fresh_home.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m,mode=0711", "tmpfs", str(fresh_home)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("this machine does not let root mount a disk")
    yield fresh_home
    subprocess.run(["umount", str(fresh_home)], check=True)


@needs_root()
def test_a_full_disk_is_named_and_enough_room_is_all_it_takes(small_disk: Path) -> None:
    with pytest.raises(Unavailable, match="no room left on the disk") as refused:
        held(small_disk)
    assert str(small_disk) in str(refused.value)
    subprocess.run(["mount", "-o", "remount,size=200m", str(small_disk)], check=True)
    with held(small_disk) as server:
        assert asked(server.url, "SELECT 1") == 1
