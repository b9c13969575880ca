"""A new major version of PostgreSQL is entered by restoring the last backup."""

from __future__ import annotations

from pathlib import Path

import pytest

from haihe.store import programs
from haihe.store.backup import backup, restore
from haihe.store.files import Files
from haihe.store.server import LocalServer

from .conftest import asked, held, quiet
from .test_backup import CONTENT, Place

pytestmark = pytest.mark.database


def test_a_backup_of_an_older_postgresql_is_restored_in_this_one(
    own_server: LocalServer, fresh_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = sorted(Path("/usr/lib/postgresql").glob("1[0-7]/bin"))
    if not older:
        pytest.skip("no older PostgreSQL is installed; on Debian 12: apt install postgresql-15")
    path = tmp_path / "haihe.zip"
    with monkeypatch.context() as patch:
        patch.setattr(programs, "_wheel", lambda: None)
        patch.setattr(programs, "_DEBIAN", older[-1])
        server = held(fresh_home)
    with server:
        old = Place(server.url, server.owner_url, Files(tmp_path / "old"))
        asked(old.owner_url, CONTENT)
        old.files.keep("京津冀".encode())
        written, state = backup(old.owner_url, old.files.folder, path, quiet), old.state()
    assert written.postgresql.startswith(older[-1].parent.name)
    fresh = Place(own_server.url, own_server.owner_url, Files(tmp_path / "fresh"))
    assert asked(fresh.owner_url, "SHOW server_version").startswith("18.")
    assert restore(path, fresh.owner_url, fresh.files.folder, quiet) == written
    assert fresh.state() == state
