"""A copy of everything, the way back, and what is refused on it."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import NullPool, create_engine, make_url, text

from haihe.kit.errors import Conflict, Invalid, Unavailable
from haihe.store import backup as backup_module
from haihe.store.backup import backup, restore
from haihe.store.files import Files
from haihe.store.server import LocalServer

from .conftest import asked, needs_root, quiet

pytestmark = pytest.mark.database

CONTENT = """
    CREATE TYPE light AS ENUM ('green', 'red');
    CREATE TABLE unit (code int PRIMARY KEY, name text NOT NULL, path ltree);
    CREATE INDEX ON unit USING gin (name gin_trgm_ops);
    CREATE TABLE promise (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, unit int REFERENCES unit,
        due date, amount numeric, detail jsonb, at timestamptz DEFAULT now(), light light, tags text[],
        title text);
    CREATE TABLE "Odd name" (n int);
    CREATE TABLE chain (id int);
    CREATE VIEW red AS SELECT * FROM promise WHERE light = 'red';
    INSERT INTO unit SELECT n, '单位 ' || n, n::text::ltree FROM generate_series(120101, 120400) n;
    INSERT INTO promise (unit, due, amount, detail, light, tags, title)
        SELECT 120101 + n % 300, DATE '2023-06-01' + n, n / 7.0, jsonb_build_object('序号', n),
            (ARRAY['green', 'red', NULL]::light[])[1 + n % 3], ARRAY['一', E'tab\\t\\\\ "'],
            repeat('海河', n % 90)
        FROM generate_series(1, 3000) n;
    INSERT INTO "Odd name" VALUES (1), (NULL);
    GRANT SELECT, INSERT ON chain TO haihe_app;
    GRANT SELECT, INSERT, UPDATE, DELETE ON promise, unit TO haihe_app;
"""


@dataclass(frozen=True)
class Place:
    """A database of its own on the tests' server, and a folder of kept files."""

    url: str
    owner_url: str
    files: Files

    def state(self) -> dict[str, list[str]]:
        """Every row of every table, as text, and every kept file."""
        engine = create_engine(self.owner_url, poolclass=NullPool)
        with engine.connect() as connection:
            named = "SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = 'public'"
            tables = connection.execute(text(named)).scalars().all()
            rows = {
                table: sorted(connection.execute(text(f"SELECT t::text FROM {table} t")).scalars())
                for table in tables
            }
        kept = [path for path in self.files.folder.rglob("*") if path.is_file()]
        return rows | {"files": sorted(f"{path.name} {path.read_bytes().hex()}" for path in kept)}


@pytest.fixture
def place(own_server: LocalServer, tmp_path: Path) -> Iterator[Callable[[str], Place]]:
    """Make databases with the rights of the first one; they go when the test ends."""
    made = []

    def make(name: str) -> Place:
        engine = create_engine(own_server.owner_url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        made.append(name)
        urls = (
            make_url(url).set(database=name).render_as_string(hide_password=False)
            for url in (own_server.url, own_server.owner_url)
        )
        return Place(*urls, Files(tmp_path / name))

    yield make
    engine = create_engine(own_server.owner_url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        for name in made:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def full(place: Callable[[str], Place]) -> Place:
    """A database with tables of every sort, and three kept files."""
    made = place("whole")
    asked(made.owner_url, CONTENT)
    for content in (b"", "京津冀".encode(), os.urandom(3_000_000)):
        made.files.keep(content)
    return made


@pytest.fixture
def archive(full: Place, tmp_path: Path) -> Path:
    path = tmp_path / "haihe.zip"
    backup(full.owner_url, full.files.folder, path, quiet)
    return path


def test_a_backup_restored_elsewhere_is_the_same_in_every_row(
    full: Place, place: Callable[[str], Place], tmp_path: Path
) -> None:
    path, lines, fresh = tmp_path / "haihe.zip", list[str](), place("fresh")
    written = backup(full.owner_url, full.files.folder, path, lines.append)
    assert written.tables == {
        'public."Odd name"': 2,
        "public.chain": 0,
        "public.promise": 3000,
        "public.unit": 300,
    }
    assert written.revision is None
    assert written.postgresql.startswith("18.")
    assert len(written.members) == 4
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert restore(path, fresh.owner_url, fresh.files.folder, lines.append) == written
    assert lines == [
        "Copying the database.",
        "Copying the kept files.",
        "Checking the backup.",
        "Restoring the files and the database.",
    ]
    state = full.state()
    assert len(state["promise"]) == 3000
    assert len(state["files"]) == 3
    assert fresh.state() == state
    assert not list(fresh.files.folder.glob(".*"))
    indexes = "SELECT string_agg(indexdef, ';' ORDER BY indexdef) FROM pg_indexes WHERE schemaname = 'public'"
    assert asked(fresh.owner_url, indexes) == asked(full.owner_url, indexes)


def test_a_restored_database_goes_on_with_the_rights_and_numbers_it_had(
    archive: Path, place: Callable[[str], Place]
) -> None:
    fresh = place("fresh")
    restore(archive, fresh.owner_url, fresh.files.folder, quiet)
    asked(fresh.url, "INSERT INTO chain VALUES (1)")
    assert asked(fresh.url, "INSERT INTO promise (title) VALUES ('新') RETURNING id") == 3001
    for statement in ("DELETE FROM chain", "CREATE TABLE more (n int)", "SELECT * FROM red"):
        with pytest.raises(InsufficientPrivilege):
            asked(fresh.url, statement)
    assert asked(fresh.url, "SELECT count(*) FROM unit WHERE name LIKE '%120399%'") == 1


def test_only_a_database_without_rows_is_restored_into_unless_replacing(
    archive: Path, full: Place, place: Callable[[str], Place]
) -> None:
    other = place("other")
    asked(other.owner_url, "CREATE TABLE alembic_version (version_num text)")
    asked(other.owner_url, "INSERT INTO alembic_version VALUES ('0001')")
    asked(other.owner_url, "CREATE TABLE later (n int)")
    asked(other.owner_url, "INSERT INTO later VALUES (1)")
    asked(other.owner_url, "CREATE TABLE unit (other text)")
    before = other.state()
    with pytest.raises(Conflict, match=r"not empty: 1 tables have rows, among them public\.later"):
        restore(archive, other.owner_url, other.files.folder, quiet)
    assert other.state() == before
    restore(archive, other.owner_url, other.files.folder, quiet, replace=True)
    assert other.state() == full.state()
    asked(other.owner_url, 'DROP TABLE promise, unit, chain, "Odd name" CASCADE')
    asked(other.owner_url, "CREATE TABLE alembic_version (version_num text)")
    asked(other.owner_url, "INSERT INTO alembic_version VALUES ('0001')")
    asked(other.owner_url, "DROP TYPE light")
    restore(archive, other.owner_url, other.files.folder, quiet)
    assert other.state() == full.state()


def rewritten(archive: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """Write the archive anew with its members changed."""
    with zipfile.ZipFile(archive) as source:
        members = {name: source.read(name) for name in source.namelist()}
    change(members)
    with zipfile.ZipFile(archive, "w") as target:
        for name, content in members.items():
            target.writestr(name, content)


def described(**changes: object) -> Callable[[dict[str, bytes]], None]:
    """Change the manifest; a value that is a function gets the old value."""

    def change(members: dict[str, bytes]) -> None:
        manifest = json.loads(members["manifest.json"])
        for key, value in changes.items():
            manifest[key] = value(manifest[key]) if callable(value) else value
        members["manifest.json"] = json.dumps(manifest).encode()

    return change


def flip(member: int) -> Callable[[Path], None]:
    """Turn one byte in the middle of a member."""

    def damage(archive: Path) -> None:
        with zipfile.ZipFile(archive) as source:
            found = sorted(source.infolist(), key=lambda info: info.compress_size)[member]
        content = bytearray(archive.read_bytes())
        content[found.header_offset + 80 + found.compress_size // 2] ^= 0x55
        archive.write_bytes(content)

    return damage


def cut(archive: Path) -> None:
    archive.write_bytes(archive.read_bytes()[:-1000])


def with_stray(members: dict[str, bytes]) -> None:
    members["files/../../stray"] = b"stray"
    sha256 = "79b28dd6acab8e1b2f2ec3ac9b9a1c1f3a2f4ba3ca4a2d3a8aefcd4b54e2a7a0"
    described(members=lambda old: old | {"files/../../stray": {"sha256": sha256, "bytes": 5}})(members)


def without(name: str) -> Callable[[dict[str, bytes]], None]:
    return lambda members: members.pop(name) and None


@pytest.mark.parametrize(
    "damage",
    [
        *(flip(member) for member in (-1, -2, -3)),
        cut,
        lambda archive: archive.write_bytes(b""),
        lambda archive: archive.write_bytes(b"not an archive"),
        lambda archive: rewritten(archive, without("manifest.json")),
        lambda archive: rewritten(archive, without("database.dump")),
        lambda archive: rewritten(archive, lambda members: members.update(extra=b"x")),
        lambda archive: rewritten(archive, lambda members: members.update({"database.dump": b"x" * 99})),
        lambda archive: rewritten(archive, described(members=[])),
        lambda archive: rewritten(archive, described(format="one")),
        lambda archive: rewritten(archive, described(format=2)),
        lambda archive: rewritten(archive, lambda members: members.update({"manifest.json": b"[]"})),
        lambda archive: rewritten(archive, with_stray),
    ],
)
def test_a_damaged_backup_changes_nothing(
    archive: Path, place: Callable[[str], Place], damage: Callable[[Path], object], tmp_path: Path
) -> None:
    other = place("other")
    asked(other.owner_url, "CREATE TABLE kept AS SELECT 1 AS n")
    other.files.keep(b"kept")
    before = other.state()
    damage(archive)
    with pytest.raises(Invalid, match=r"haihe\.zip"):
        restore(archive, other.owner_url, other.files.folder, quiet, replace=True)
    assert other.state() == before
    assert not (tmp_path / "stray").exists()


def test_a_database_that_comes_out_different_is_rolled_back(
    archive: Path, place: Callable[[str], Place]
) -> None:
    other = place("other")
    asked(other.owner_url, "CREATE TABLE kept AS SELECT 1 AS n")
    before = other.state()
    rewritten(archive, described(tables=lambda old: old | {"public.unit": 299}))
    with pytest.raises(Conflict, match=r"public\.unit has 300 rows, not 299"):
        restore(archive, other.owner_url, other.files.folder, quiet, replace=True)
    assert other.state() == before


def test_a_database_in_use_is_left_alone(archive: Path, full: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup_module, "_BEFORE", backup_module._BEFORE.replace(b"30s", b"200ms"))
    before = full.state()
    with create_engine(full.owner_url, poolclass=NullPool).connect() as reader:
        reader.execute(text("SELECT * FROM unit"))
        with pytest.raises(Conflict, match="in use"):
            restore(archive, full.owner_url, full.files.folder, quiet, replace=True)
    assert full.state() == before


RESTORE = """
import sys
from pathlib import Path
from haihe.store.backup import restore
source, files = map(Path, sys.argv[1:])
restore(source, sys.stdin.readline().strip(), files, lambda line: print(line, flush=True), replace=True)
"""


def test_a_restore_killed_on_its_way_is_rolled_back(
    full: Place, place: Callable[[str], Place], tmp_path: Path
) -> None:
    asked(full.owner_url, "INSERT INTO chain SELECT n FROM generate_series(1, 500000) n")
    backup(full.owner_url, full.files.folder, tmp_path / "large.zip", quiet)
    other = place("other")
    asked(other.owner_url, "CREATE TABLE kept AS SELECT 1 AS n")
    command = [sys.executable, "-c", RESTORE, str(tmp_path / "large.zip"), str(other.files.folder)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(other.owner_url + "\n")
        process.stdin.flush()
        while "Restoring" not in process.stdout.readline():
            pass
        writing = (
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'psql' AND query LIKE 'COPY%'"
        )
        while not asked(other.owner_url, writing):
            time.sleep(0.01)
        process.kill()
    ended = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'psql'"
    while asked(other.owner_url, ended):
        time.sleep(0.01)
    assert asked(other.owner_url, "SELECT count(*) FROM kept") == 1
    assert not asked(other.owner_url, "SELECT to_regclass('public.unit')")


def test_rights_of_roles_that_are_not_here_wait_for_the_next_start(
    archive: Path, full: Place, place: Callable[[str], Place]
) -> None:
    other, lines = place("other"), list[str]()
    rewritten(archive, described(roles=["elsewhere_app", "elsewhere_owner"]))
    restore(archive, other.owner_url, other.files.folder, lines.append)
    assert any("roles that are not here" in line for line in lines)
    assert other.state() == full.state()
    with pytest.raises(InsufficientPrivilege):
        asked(other.url, "SELECT * FROM unit")


def test_a_backup_is_one_moment_while_people_write(
    full: Place, place: Callable[[str], Place], tmp_path: Path
) -> None:
    asked(full.owner_url, "CREATE TABLE one (n int)")
    asked(full.owner_url, "CREATE TABLE two (n int, pad text)")
    address = make_url(full.owner_url).set(drivername="postgresql").render_as_string(hide_password=False)
    ended = threading.Event()

    def write() -> None:
        with psycopg.connect(address) as connection:
            while not ended.is_set():
                connection.execute("INSERT INTO one VALUES (1)")
                connection.execute("INSERT INTO two VALUES (1, repeat('x', 999))")
                connection.commit()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while not asked(full.owner_url, "SELECT count(*) FROM one"):
            time.sleep(0.01)
        written = backup(full.owner_url, full.files.folder, tmp_path / "busy.zip", quiet)
    finally:
        ended.set()
        writer.join()
    assert written.tables["public.one"] == written.tables["public.two"] > 0
    assert asked(full.owner_url, "SELECT count(*) FROM one") > written.tables["public.one"]
    fresh = place("fresh")
    restore(tmp_path / "busy.zip", fresh.owner_url, fresh.files.folder, quiet)
    assert asked(fresh.owner_url, "SELECT count(*) FROM two") == written.tables["public.two"]


def test_a_backup_that_fails_leaves_the_last_one(full: Place, tmp_path: Path, archive: Path) -> None:
    before = archive.read_bytes()
    wrong = make_url(full.owner_url).set(password="wrong").render_as_string(hide_password=False)
    with pytest.raises(Unavailable, match="does not answer"):
        backup(wrong, full.files.folder, archive, quiet)
    with pytest.raises(Unavailable, match="nowhere"):
        backup(full.owner_url, full.files.folder, tmp_path / "nowhere" / "haihe.zip", quiet)
    (tmp_path / "folder").mkdir()
    with pytest.raises(Unavailable, match="folder"):
        backup(full.owner_url, full.files.folder, tmp_path / "folder", quiet)
    assert archive.read_bytes() == before
    assert {path.name for path in tmp_path.iterdir() if path.is_file()} == {"haihe.zip"}


@needs_root()
def test_a_full_disk_leaves_the_last_backup(full: Place, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(small)], check=False).returncode:
        pytest.skip("this machine does not let root mount a disk")
    try:
        (small / "haihe.zip").write_bytes(b"the last one")
        with pytest.raises(Unavailable, match="no room left on the disk"):
            backup(full.owner_url, full.files.folder, small / "haihe.zip", quiet)
        assert (small / "haihe.zip").read_bytes() == b"the last one"
        assert len(list(small.iterdir())) == 1
        whole = backup(full.owner_url, full.files.folder, tmp_path / "whole.zip", quiet)
        with pytest.raises(Unavailable, match="no room left on the disk"):
            restore(tmp_path / "whole.zip", full.owner_url, small / "files", quiet, replace=True)
        assert asked(full.owner_url, "SELECT count(*) FROM unit") == whole.tables["public.unit"]
    finally:
        subprocess.run(["umount", str(small)], check=True)
