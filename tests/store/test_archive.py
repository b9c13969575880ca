"""The form of a backup, and what is not one."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from haihe.kit.errors import Invalid, NotFound
from haihe.store.archive import Manifest, Shelf, opened, unpack


def test_no_damaged_byte_passes_for_the_content(tmp_path: Path) -> None:
    path, content = tmp_path / "haihe.zip", {"database.dump": b"dump" * 60, "files/ab/c": b"\0" * 300}
    with zipfile.ZipFile(path, "w") as target:
        shelf = Shelf(target)
        for name, part in content.items():
            shelf.add(name, BytesIO(part))
        shelf.describe(Manifest(1, "0.1.0", "18.6", None, "2026-01-01", (), {}, shelf.members))
    whole, refused = path.read_bytes(), 0
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << place % 8]) + whole[place + 1 :])
        stage = tmp_path / str(place)
        try:
            with opened(path) as (source, manifest):
                unpack(source, manifest, path, stage)
        except Invalid:
            refused += 1
        else:
            assert {name: (stage / name).read_bytes() for name in content} == content
    assert refused > len(whole) / 2


def test_a_missing_backup_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"nothing\.zip"), opened(tmp_path / "nothing.zip"):
        pass
