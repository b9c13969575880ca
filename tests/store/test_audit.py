"""The hash of the audit chain: SHA-256, or SM3 from its first line."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from shutil import which

import pytest
from sqlalchemy import create_engine, select, text

from haihe.kit.errors import Invalid
from haihe.kit.source import Source
from haihe.store import sources
from haihe.store.audit import AUDIT, hash_of, noted_head, start_of, verify
from haihe.store.opening import Store
from haihe.store.session import Actor, reading, writing

LINE = {
    "id": 1,
    "at": datetime(2026, 11, 2, tzinfo=UTC),
    "actor": "account/3",
    "action": "accept",
    "subject": "plan/12",
    "detail": {"名": "天津"},
}


def test_an_sm3_chain_hashes_what_openssl_hashes() -> None:
    program = which("openssl")
    if program is None:
        pytest.skip("no openssl is installed")
    said = (
        '{"action": "accept", "actor": "account/3", "at": "2026-11-02T00:00:00+00:00", '
        f'"detail": {{"名": "天津"}}, "id": 1, "previous": "sm3:{"0" * 64}", "subject": "plan/12"}}'
    )
    ran = subprocess.run([program, "dgst", "-sm3"], input=said.encode(), capture_output=True, check=True)
    start = start_of({"HAIHE_AUDIT_HASH": "sm3"})
    assert hash_of(LINE | {"previous": start}) == f"sm3:{ran.stdout.decode().split()[-1]}"


def test_another_hash_is_refused() -> None:
    with pytest.raises(Invalid, match="md5"):
        start_of({"HAIHE_AUDIT_HASH": "md5"})


def deed(store: Store) -> None:
    with writing(store.engine, Actor.now("tester")) as session:
        sources.keep(session, [Source("row", locator=f"row={datetime.now(UTC).timestamp()}")])
        session.record("keep", "source", {"名": "天津"})
        session.commit()


@pytest.mark.database
def test_a_chain_keeps_the_hash_that_it_began_with_and_a_change_is_found(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HAIHE_AUDIT_HASH", "sm3")
    deed(store)
    monkeypatch.setenv("HAIHE_AUDIT_HASH", "sha256")
    for _ in range(3):
        deed(store)
    with reading(store.engine) as connection:
        hashes = connection.execute(select(AUDIT.c.hash)).scalars().all()
        assert {len(one) for one in hashes if one.startswith("sm3:")} == {68}
        assert len(hashes) == 4
        assert verify(connection, noted_head(store.heads)).whole
    owner = create_engine(store.owner_url)
    with owner.begin() as connection:
        connection.execute(text("UPDATE audit SET subject = 'x' WHERE id = 3"))
    owner.dispose()
    with reading(store.engine) as connection:
        assert verify(connection, noted_head(store.heads)).broken_at == 3
