"""The history of the tables, up and down (Alembic); run by the role that owns them."""

from __future__ import annotations

from collections.abc import Callable

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, create_engine, make_url, text

from haihe.kit.errors import N_, Conflict, Unavailable

EXTENSIONS = ("ltree", "pg_trgm")
CREATE_DATABASE = N_(
    "Create it with: CREATE DATABASE haihe OWNER haihe_owner TEMPLATE template0 ENCODING 'UTF8' "
    "LOCALE_PROVIDER libc LOCALE 'C.UTF-8';"
)

_LOCK = 20_231_218
_VERSION = 18


def upgrade(owner_url: str, url: str, revision: str = "head") -> None:
    """Bring the tables up to a revision and give the app's role its rights; one process at a time.

    Raises Conflict when the database was written by a newer Haihe.
    """
    _run(owner_url, url, lambda config: command.upgrade(config, revision))


def downgrade(owner_url: str, url: str, revision: str) -> None:
    """Take the tables back to a revision (`base` removes them all)."""
    _run(owner_url, url, lambda config: command.downgrade(config, revision))


def revision_of(connection: Connection) -> str | None:
    """The revision that the database is at, None where it has no tables yet."""
    return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """The revision that this Haihe needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head
    return head


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "haihe.store:migrations")
    return config


def _run(owner_url: str, url: str, act: Callable[[Config], None]) -> None:
    engine = create_engine(owner_url, poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
        connection.commit()
        known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
        current = revision_of(connection)
        if current is not None and current not in known:
            raise Conflict(
                N_("The database is at revision {revision}, which this Haihe does not know: it is older."),
                advice=N_("Install the newer Haihe again, or restore a backup made by this one."),
                revision=current,
            )
        connection.rollback()
        _check(connection)
        config = _config()
        config.attributes["connection"] = connection
        act(config)
        _grant(connection, make_url(url).username or "")
        connection.commit()
        connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})
        connection.commit()


def _check(connection: Connection) -> None:
    """Raise Unavailable unless this is PostgreSQL 18 with extensions that see Chinese."""
    found = connection.execute(text("SHOW server_version")).scalar_one()
    if int(found.split(".")[0]) < _VERSION:
        raise Unavailable(
            N_("The database is PostgreSQL {found}; Haihe needs {version}."),
            advice=N_("Point HAIHE_DATABASE_URL at a newer server."),
            found=found,
            version=_VERSION,
        )
    for extension in EXTENSIONS:
        connection.execute(text(f"CREATE EXTENSION IF NOT EXISTS {extension}"))
    if not connection.execute(text("SELECT show_trgm('天津')")).scalar_one():
        raise Unavailable(N_("The database's locale does not see Chinese letters."), advice=CREATE_DATABASE)


_ONLY_ADDED_TO = ("audit", "report", "report_evidence", "issued_light", "correction", "office_act")


def _grant(connection: Connection, app: str) -> None:
    """The app's role reads and writes rows, and to what is append-only it may only add."""
    role = connection.dialect.identifier_preparer.quote(app)
    for statement in (
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    ):
        connection.execute(text(statement))
    for table, rights in (
        *((table, "UPDATE, DELETE, TRUNCATE") for table in _ONLY_ADDED_TO),
        ("alembic_version", "INSERT, UPDATE, DELETE"),
    ):
        if connection.execute(text(f"SELECT to_regclass('public.{table}')")).scalar_one():
            connection.execute(text(f"REVOKE {rights} ON {table} FROM {role}"))
