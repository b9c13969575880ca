"""Copies of the database and the kept files, and the way back.

A backup is one moment: the counts and the dump share one snapshot, and the files are copied after it, when
every file that the snapshot names is there. A restore proves every byte first, then replaces the content of
the database in one transaction, whose last step compares the rows of every table with the manifest.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, LiteralString
from zipfile import ZipFile

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import make_url

from haihe.kit.errors import N_, Conflict, HaiheError, Invalid, Unavailable
from haihe.store.archive import DUMP, FILES, FORMAT, Manifest, Shelf, damaged, opened, unpack
from haihe.store.disk import disk, full, whole
from haihe.store.encryption import sealing
from haihe.store.programs import Report, programs

Connection = psycopg.Connection[tuple[object, ...]]

_LOCK = 20_260_101
_STATEMENT_FAILED = 3
_STAGE = ".restoring"
_MIGRATIONS = "public.alembic_version"

_TABLES: LiteralString = """
    SELECT format('%I.%I', n.nspname, c.relname), n.nspname, c.relname
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    ORDER BY 1"""
_ROLES: LiteralString = """
    SELECT DISTINCT r.rolname FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid
    WHERE d.refclassid = 'pg_authid'::regclass
      AND d.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
    ORDER BY 1"""
_BEFORE = b"""
BEGIN;
SET LOCAL lock_timeout = '30s';
DROP OWNED BY CURRENT_USER;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS ltree;
CREATE EXTENSION IF NOT EXISTS unaccent;
"""
_AFTER = sql.SQL("""
DO $check$
DECLARE expected record; found bigint;
BEGIN
  FOR expected IN SELECT key AS name, value::bigint AS rows FROM json_each_text({tables}) LOOP
    EXECUTE format('SELECT count(*) FROM %s', expected.name::regclass) INTO found;
    IF found <> expected.rows THEN
      RAISE EXCEPTION '% has % rows, not %', expected.name, found, expected.rows;
    END IF;
    EXECUTE format('ANALYZE %s', expected.name::regclass);
  END LOOP;
END $check$;
COMMIT;
""")


def backup(
    owner_url: str, files: Path, destination: Path, report: Report, secret: bytes | None = None
) -> Manifest:
    """Write the database and the folder of kept files to one archive, which appears whole or not at all.

    With a secret the archive is sealed as it is written; nothing of it reaches the disk in the clear. Raises
    Unavailable (no answer, full disk) and Forbidden (no right to write there).
    """
    with (
        disk(destination),
        _connected(owner_url) as connection,
        whole(destination.absolute()) as file,
        nullcontext(file) if secret is None else sealing(file, secret) as stream,
        ZipFile(stream, "w") as archive,
    ):
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        shelf = Shelf(archive)
        report(N_("Copying the database."))
        _dump(owner_url, _value(connection, "SELECT pg_export_snapshot()"), shelf)
        tables = _counts(connection)
        report(N_("Copying the kept files."))
        for path in _kept(files):
            with path.open("rb") as content:
                shelf.add(f"{FILES}/{path.relative_to(files).as_posix()}", content)
        manifest = Manifest(
            format=FORMAT,
            haihe=version("haihe"),
            postgresql=_value(connection, "SHOW server_version"),
            revision=_revision(connection, tables),
            taken_at=_value(connection, "SELECT to_json(now()) #>> '{}'"),
            roles=_roles(connection, _ROLES),
            tables=tables,
            members=shelf.members,
        )
        shelf.describe(manifest)
    return manifest


def restore(source: Path, owner_url: str, files: Path, report: Report, *, replace: bool = False) -> Manifest:
    """Put the content of a backup into the database and the folder of kept files, all of it or nothing.

    The tables come back at the backup's revision; migrating them on is the next start's work. Kept files that
    the backup does not have stay. Raises Invalid for a damaged archive, Conflict for a database that has
    rows, unless `replace`, or that is in use.
    """
    with disk(source), opened(source) as (archive, manifest), _connected(owner_url) as connection:
        if not connection.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK]).fetchone() == (True,):
            raise _in_use()
        if not replace:
            _refuse_content(connection)
        with disk(files), _stage(files, manifest) as stage:
            report(N_("Checking the backup."))
            unpack(archive, manifest, source, stage)
            report(N_("Restoring the files and the database."))
            with _laid(stage / FILES, files):
                rights = set(manifest.roles) <= set(_roles(connection, "SELECT rolname FROM pg_roles"))
                if not rights:
                    report(
                        N_("The backup names roles that are not here; rights are granted at the next start.")
                    )
                _load(owner_url, stage / DUMP, manifest, source, rights=rights)
    return manifest


def _dump(owner_url: str, snapshot: str, shelf: Shelf) -> None:
    """Add the database as of a snapshot, without the extensions, which the superuser owns."""
    address, secret = _address(owner_url)
    options = ["--format=custom", f"--snapshot={snapshot}", "--exclude-extension=*", f"--dbname={address}"]
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE}
    with (
        TemporaryFile() as said,
        programs().started("pg_dump", *options, environment=secret, stderr=said, **streams) as dumper,
    ):
        shelf.add(DUMP, _pipe(dumper.stdout))
        if code := dumper.wait():
            raise _refused(said, code)


def _load(owner_url: str, dump: Path, manifest: Manifest, source: Path, *, rights: bool) -> None:
    """Replace the content of the database in one transaction, committed only when all has been read."""
    address, secret = _address(owner_url)
    found, pipe = programs(), subprocess.PIPE
    read = ["--format=custom", "--file=-", "--no-owner", *([] if rights else ["--no-privileges"])]
    write = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-", f"--dbname={address}"]
    nothing = subprocess.DEVNULL
    with (
        TemporaryFile() as said,
        dump.open("rb") as content,
        found.started("pg_restore", *read, stdin=content, stdout=pipe, stderr=nothing) as reader,
        found.started("psql", *write, environment=secret, stdin=pipe, stdout=nothing, stderr=said) as writer,
    ):
        script = _pipe(writer.stdin)
        try:
            script.write(_BEFORE)
            shutil.copyfileobj(_pipe(reader.stdout), script, 1 << 20)
            if reader.wait():
                raise damaged(source, DUMP)
            script.write(_AFTER.format(tables=json.dumps(dict(manifest.tables))).as_bytes(None))
        except BrokenPipeError:
            pass  # psql ended early and has said why
        finally:
            with suppress(BrokenPipeError):
                script.close()
        if code := writer.wait():
            raise _refused(said, code)


@contextmanager
def _stage(files: Path, manifest: Manifest) -> Iterator[Path]:
    """An empty folder on the disk of the kept files, with room for the backup, gone afterwards."""
    files.mkdir(parents=True, exist_ok=True)
    stage = files / _STAGE
    if stage.exists():
        shutil.rmtree(stage)
    if shutil.disk_usage(files).free < sum(member.bytes for member in manifest.members.values()):
        raise full(files)
    stage.mkdir(mode=0o700)
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


@contextmanager
def _laid(fresh: Path, files: Path) -> Iterator[None]:
    """Lay proven files into the folder; the new ones go again where the database has surely refused."""
    added = []
    try:
        for path in _kept(fresh):
            target = files / path.relative_to(fresh)
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists():
                added.append(target)
            path.replace(target)
        yield
    except (Conflict, Invalid):
        for target in added:
            target.unlink(missing_ok=True)
        raise


def _kept(folder: Path) -> Iterator[Path]:
    """The kept files in order; names with a dot are half-written ones."""
    for path in sorted(folder.rglob("*")):
        if "." not in "".join(path.relative_to(folder).parts) and path.is_file():
            yield path


@contextmanager
def _connected(owner_url: str) -> Iterator[Connection]:
    address, secret = _address(owner_url)
    try:
        connection = psycopg.connect(address, password=secret.get("PGPASSWORD"), autocommit=True)
    except psycopg.OperationalError as error:
        raise Unavailable(
            N_("The database does not answer: {reason}"),
            advice=N_("Run haihe doctor; it says which part is missing."),
            reason=str(error).strip(),
        ) from error
    with connection:
        yield connection


def _address(owner_url: str) -> tuple[str, dict[str, str]]:
    """A libpq connection string without the password, and the password as an environment."""
    url = make_url(owner_url).set(drivername="postgresql").render_as_string(hide_password=False)
    facts = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    password = facts.pop("password", None)
    return make_conninfo("", **facts), {"PGPASSWORD": password} if password else {}


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None
    return stream


def _value(connection: Connection, query: LiteralString) -> str:
    """The one value of a query, as text."""
    row = connection.execute(query).fetchone()
    assert row is not None
    return str(row[0])


def _counts(connection: Connection) -> dict[str, int]:
    """The number of rows of each table, by its name as SQL writes it."""
    counts = {}
    for name, *parts in connection.execute(_TABLES).fetchall():
        query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(*map(str, parts)))
        counts[str(name)] = int(str(connection.execute(query).fetchall()[0][0]))
    return counts


def _roles(connection: Connection, query: LiteralString) -> tuple[str, ...]:
    return tuple(str(role) for (role,) in connection.execute(query))


def _revision(connection: Connection, tables: Mapping[str, int]) -> str | None:
    """The migration that the tables are at."""
    if not tables.get(_MIGRATIONS):
        return None
    return _value(connection, "SELECT version_num FROM public.alembic_version")


def _refuse_content(connection: Connection) -> None:
    full_tables = [name for name, rows in _counts(connection).items() if rows and name != _MIGRATIONS]
    if full_tables:
        raise Conflict(
            N_("The database is not empty: {tables} tables have rows, among them {table}."),
            advice=N_(
                "Back it up first, then restore with --replace, or restore into a new folder (HAIHE_HOME)."
            ),
            tables=len(full_tables),
            table=full_tables[0],
        )


def _in_use() -> Conflict:
    return Conflict(
        N_("The database is in use, so the backup was not restored. Nothing was changed."),
        advice=N_("Stop the other Haihe processes and restore again."),
    )


def _refused(said: IO[bytes], code: int) -> HaiheError:
    """Why a program of PostgreSQL gave up; psql ends with 3 when the database refused a statement."""
    said.seek(0)
    text = said.read().decode(errors="replace").strip()
    if "lock timeout" in text:
        return _in_use()
    reason = next((line for line in text.splitlines() if "ERROR:" in line), text.rpartition("\n")[2])
    if code == _STATEMENT_FAILED:
        return Conflict(
            N_("The database did not take the backup: {reason} Nothing was changed."),
            advice=N_("Check with haihe doctor that its roles and extensions are there, then restore again."),
            reason=reason,
        )
    return Unavailable(
        N_("The database stopped answering: {reason}"),
        advice=N_("Run haihe doctor; it says which part is missing. Then try again."),
        reason=reason,
    )
