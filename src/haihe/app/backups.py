"""`haihe backup`, `haihe restore` and `haihe rehearse`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from haihe.app.say import line
from haihe.boards.accounts.actions import renew_head
from haihe.boards.accounts.records import OPERATOR
from haihe.kit.errors import N_
from haihe.store import backup as copies
from haihe.store import migrations
from haihe.store.archive import Manifest
from haihe.store.encryption import secret_of, unsealed
from haihe.store.opening import the_store
from haihe.store.schedule import newest_in, schedule_of

Key = Annotated[
    Path | None,
    typer.Option(
        help="The file of the key that the archive is sealed with: a passphrase or a random key.",
        envvar="HAIHE_BACKUP_KEY",
        dir_okay=False,
    ),
]


def backup(
    file: Annotated[Path, typer.Argument(help="The archive to write.", dir_okay=False)], key: Key = None
) -> None:
    """Write the database and the kept files to one archive, sealed where a key is named."""
    store = the_store()
    manifest = copies.backup(store.owner_url, store.files.folder, file, line, secret_of(key) if key else None)
    line(N_("{file} holds {rows} rows of {tables} tables."), file=file, **_counts(manifest))


def restore(
    file: Annotated[Path, typer.Argument(help="The archive to restore.", exists=True, dir_okay=False)],
    replace: Annotated[bool, typer.Option("--replace", help="Give up what the database has now.")] = False,
    key: Key = None,
) -> None:
    """Put the content of an archive into the database and the kept files, all of it or nothing."""
    store = the_store()
    store.engine.dispose()
    with unsealed(file, secret_of(key) if key else None, store.files.folder.parent) as plain:
        manifest = copies.restore(plain, store.owner_url, store.files.folder, line, replace=replace)
    migrations.upgrade(store.owner_url, store.url)
    renew_head(store, OPERATOR, file.name)
    line(N_("{rows} rows of {tables} tables are back."), **_counts(manifest))


def rehearse(
    file: Annotated[
        Path | None,
        typer.Argument(help="The archive; without it the newest of HAIHE_BACKUP_FOLDER.", dir_okay=False),
    ] = None,
    key: Key = None,
) -> None:
    """Try the restore of an archive in a database of its own, which is gone afterwards."""
    from haihe.store.rehearsal import rehearse as tried  # noqa: PLC0415  only this command needs a server

    schedule = schedule_of(os.environ)
    source = file or newest_in(schedule.folder if schedule else Path.cwd())
    found = tried(source, secret_of(key) if key else None, line)
    line(
        N_(
            "{source}, taken at {taken_at}, comes back whole: {rows} rows of {tables} tables, {files} kept "
            "files, {lines} lines of the audit chain, in {seconds} s."
        ),
        source=source,
        taken_at=found.manifest.taken_at,
        files=len(found.manifest.members) - 1,
        lines=found.audit_lines,
        seconds=round(found.duration_s),
        **_counts(found.manifest),
    )


def _counts(manifest: Manifest) -> dict[str, int]:
    return {"rows": sum(manifest.tables.values()), "tables": len(manifest.tables)}
