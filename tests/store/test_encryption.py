"""Sealed files, backups by themselves, and the rehearsal of a restore."""

from __future__ import annotations

import io
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from hypothesis import given, settings
from hypothesis import strategies as st

from haihe.kit.errors import HaiheError, Invalid, NotFound
from haihe.kit.source import Source
from haihe.store import schedule as schedule_module
from haihe.store import sources
from haihe.store.encryption import is_sealed, sealing, secret_of, unseal, unsealed
from haihe.store.opening import Store
from haihe.store.rehearsal import rehearse
from haihe.store.schedule import Schedule, backups_in, is_due, make_due, newest_in, schedule_of
from haihe.store.session import Actor, writing

SECRET = b"four words make it long"
PIECE = 1 << 20
HEAD = 15 + 16 + 7


def sealed(content: bytes, secret: bytes = SECRET, step: int = 100_003) -> bytes:
    file = io.BytesIO()
    with sealing(file, secret) as stream:
        for place in range(0, len(content), step):
            stream.write(content[place : place + step])
    return file.getvalue()


def opened(content: bytes, secret: bytes = SECRET) -> bytes:
    file = io.BytesIO()
    unseal(io.BytesIO(content), file, secret, Path("x.sealed"))
    return file.getvalue()


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 77])
def test_what_is_sealed_comes_back_whole_whatever_its_size(size: int) -> None:
    content = os.urandom(size)
    shut = sealed(content)
    assert len(shut) == HEAD + size + 16 * max(1, -(-size // PIECE))
    assert opened(shut) == content
    assert shut != sealed(content), "each file has a salt of its own"


def test_another_reader_of_the_format_finds_the_same() -> None:
    content = os.urandom(PIECE + 5)
    shut = sealed(content)
    key = Scrypt(salt=shut[15:31], length=32, n=1 << 15, r=8, p=1).derive(SECRET)
    prefix, head, body = shut[31:38], shut[:HEAD], shut[HEAD:]
    first = AESGCM(key).decrypt(prefix + bytes(4) + b"\0", body[: PIECE + 16], head)
    last = AESGCM(key).decrypt(prefix + bytes([0, 0, 0, 1]) + b"\1", body[PIECE + 16 :], head)
    assert first + last == content


SHUT = sealed(bytes(2 * PIECE))


@given(st.data())
@settings(max_examples=10, deadline=None)
def test_any_changed_byte_is_found(data: st.DataObject) -> None:
    content = bytearray(SHUT)
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(HaiheError):
        opened(bytes(content))


@pytest.mark.parametrize(
    "change",
    [
        lambda shut: shut[: HEAD + PIECE + 16],
        lambda shut: shut[:-1],
        lambda shut: shut + b"x",
        lambda shut: shut[:HEAD] + shut[HEAD + PIECE + 16 :],
        lambda shut: shut + shut[-(PIECE + 16) :],
        lambda shut: shut[:20],
        lambda shut: shut[:0],
    ],
    ids=["cut at a piece", "cut", "longer", "first piece left out", "last piece twice", "head", "empty"],
)
def test_pieces_that_are_missing_moved_or_added_are_found(change: object) -> None:
    assert callable(change)
    with pytest.raises(HaiheError, match=r"x\.sealed"):
        opened(change(SHUT))


def test_another_key_opens_nothing_and_a_short_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="the key is another one"):
        opened(SHUT, SECRET + b"x")
    key = tmp_path / "key"
    key.write_bytes(b"  " + SECRET + b"\n")
    assert secret_of(key) == SECRET
    key.write_bytes(b"short\n")
    with pytest.raises(Invalid, match="5 bytes"):
        secret_of(key)
    with pytest.raises(NotFound):
        secret_of(tmp_path / "nowhere")


def test_the_plain_file_is_gone_afterwards_and_a_file_that_is_not_sealed_is_itself(tmp_path: Path) -> None:
    plain, shut = tmp_path / "a.zip", tmp_path / "b.sealed"
    plain.write_bytes(b"PK")
    shut.write_bytes(sealed(b"PK..."))
    assert (is_sealed(plain), is_sealed(shut)) == (False, True)
    with unsealed(plain, None, tmp_path / "x") as found:
        assert found == plain
    with unsealed(shut, SECRET, tmp_path / "x") as found:
        assert found.read_bytes() == b"PK..."
        assert found.parent.stat().st_mode & 0o077 == 0
    assert not found.exists()
    with pytest.raises(Invalid, match="no key was given"), unsealed(shut, None, tmp_path):
        pass


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"HAIHE_BACKUP_FOLDER": "/x"}, "HAIHE_BACKUP_KEY"),
        ({"HAIHE_BACKUP_FOLDER": "/x", "HAIHE_BACKUP_KEY": "/k", "HAIHE_BACKUP_HOUR": "24"}, "0 to 23"),
        ({"HAIHE_BACKUP_FOLDER": "/x", "HAIHE_BACKUP_KEY": "/k", "HAIHE_BACKUP_KEEP": "1"}, "2 to 999"),
    ],
)
def test_a_schedule_that_keeps_nothing_secret_or_nothing_at_all_is_refused(
    environment: dict[str, str], words: str
) -> None:
    assert schedule_of({}) is None
    with pytest.raises(Invalid, match=words):
        schedule_of(environment)


def test_a_backup_is_due_once_a_day_from_its_hour_on_also_after_a_night_switched_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "key").write_bytes(SECRET)
    plan = Schedule(tmp_path, tmp_path / "key", hour=2, keep=3)
    monkeypatch.setattr(schedule_module, "backup", lambda *given: given[2].write_bytes(b""))
    store = Store(None, type("Kept", (), {"folder": tmp_path}), tmp_path, "", "")  # type: ignore[arg-type]
    (tmp_path / "notes.txt").write_text("not ours")
    begin = datetime(2026, 11, 1, 16, 0, tzinfo=UTC)  # midnight in the region
    made = [
        now
        for now in (begin + timedelta(minutes=30 * step) for step in range(48 * 4))
        if not 50 < (now - begin) / timedelta(hours=1) < 57  # switched off
        and make_due(store, plan, now)
    ]
    assert [(now + timedelta(hours=8)).strftime("%d %H:%M") for now in made] == [
        "02 02:00",
        "03 02:00",
        "04 02:00",
        "05 02:00",
    ]
    names = [path.name for path in backups_in(tmp_path)]
    assert names == [f"haihe-2026110{day}-020000.sealed" for day in (5, 4, 3)], "the oldest went"
    assert (tmp_path / "notes.txt").exists()
    late = begin + timedelta(days=4, hours=9)
    assert is_due(plan, late), "the night was missed, so it is made in the morning"


@pytest.mark.database
def test_a_backup_made_by_itself_is_sealed_and_its_restore_is_rehearsed(store: Store, tmp_path: Path) -> None:
    store.files.keep("绝不以明文落盘".encode())
    with writing(store.engine, Actor.now("tester")) as session:
        sources.keep(session, [Source("sentence", quote="京津冀协同发展")])
        session.record("keep", "source")
        session.commit()
    (tmp_path / "key").write_bytes(SECRET)
    (tmp_path / "disk").mkdir()
    plan = Schedule(tmp_path / "disk", tmp_path / "key")
    made = make_due(store, plan, datetime(2026, 11, 2, 12, tzinfo=UTC))
    assert made == newest_in(tmp_path / "disk")
    content = made.read_bytes()
    assert not re.search(rb"database\.dump|manifest|PK\x03\x04", content)

    lines: list[str] = []
    found = rehearse(made, SECRET, lines.append)
    assert found.manifest.tables["public.source"] == 1
    assert found.audit_lines == 1
    assert len(found.manifest.members) >= 2
    made.write_bytes(content[:-100])
    with pytest.raises(Invalid, match="changed or cut"):
        rehearse(made, SECRET, lines.append)
    with pytest.raises(NotFound, match="not there"):
        make_due(store, Schedule(tmp_path / "gone", tmp_path / "key"), datetime.now(UTC))
