"""The form of a backup: one ZIP file with a manifest, the database and the kept files.

manifest.json    what the rest is: versions, revision, rows of each table, SHA-256 of each member
database.dump    PostgreSQL's custom format
files/…          the content-addressed folder
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from errno import EINVAL
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile
from zlib import error as BadStream

from haihe.kit.errors import N_, Invalid, NotFound

FORMAT = 1
MANIFEST = "manifest.json"
DUMP = "database.dump"
FILES = "files"

_CHUNK_BYTES = 1 << 20
_MANIFEST_BYTES_MAX = 256 << 20
_MEMBER = re.compile(rf"{re.escape(DUMP)}|{FILES}(/[0-9A-Za-z_-]+)+")


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the archive."""

    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds: the state of one moment, `taken_at` (ISO 8601).

    `haihe` and `postgresql` are the versions that wrote it, `revision` the one of the tables, `roles` those
    that own or may use something in the database, `tables` the number of rows of each.
    """

    format: int
    haihe: str
    postgresql: str
    revision: str | None
    taken_at: str
    roles: tuple[str, ...]
    tables: Mapping[str, int]
    members: Mapping[str, Member]


class Shelf:
    """The members of an archive being written: each is hashed as it goes in."""

    def __init__(self, archive: ZipFile) -> None:
        self._zip = archive
        self.members: dict[str, Member] = {}

    def add(self, name: str, content: IO[bytes]) -> None:
        """Copy a stream into the archive; the dump is compressed already."""
        assert _MEMBER.fullmatch(name), name
        self._zip.compression = ZIP_STORED if name == DUMP else ZIP_DEFLATED
        with self._zip.open(name, "w", force_zip64=True) as target:
            self.members[name] = _copied(content, target)

    def describe(self, manifest: Manifest) -> None:
        """Add the manifest, the last of all."""
        self._zip.writestr(MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False, indent=1))


@contextmanager
def opened(source: Path) -> Iterator[tuple[ZipFile, Manifest]]:
    """An archive and its manifest; raises NotFound, or Invalid for what is damaged or of a later format."""
    if not source.is_file():
        raise NotFound(
            N_("There is no backup {source}."),
            advice=N_("Check the name of the file."),
            source=source,
        )
    with _reading(source):
        archive = ZipFile(source)
    with archive:
        with _reading(source):
            manifest = _manifest(archive, source)
        yield archive, manifest


def unpack(archive: ZipFile, manifest: Manifest, source: Path, folder: Path) -> None:
    """Lay every member into an empty folder, on the disk, each proven against its SHA-256.

    Raises Invalid at the first that is not what the manifest says.
    """
    for name, member in manifest.members.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with _reading(source), archive.open(name) as content, target.open("xb") as file:
            found = _copied(content, file, limit=member.bytes)
            file.flush()
            os.fsync(file.fileno())
        if found != member:
            raise damaged(source, f"{name}: SHA-256")


def damaged(source: Path, reason: str) -> Invalid:
    """The error of an archive that cannot be trusted."""
    return Invalid(
        N_("{source} is not a whole backup of Haihe: {reason}. Nothing was changed."),
        advice=N_("Restore an earlier backup, or copy this one again from where it was kept."),
        source=source,
        reason=reason,
    )


@contextmanager
def _reading(source: Path) -> Iterator[None]:
    """Turn what a broken archive makes zipfile raise into Invalid; what the disk refuses passes through."""
    try:
        yield
    except (BadZipFile, BadStream, EOFError, RuntimeError) as error:
        raise damaged(source, str(error)) from error
    except OSError as error:
        if error.errno not in (None, EINVAL):
            raise
        raise damaged(source, str(error)) from error


def _manifest(archive: ZipFile, source: Path) -> Manifest:
    names = archive.namelist()
    if MANIFEST not in names or archive.getinfo(MANIFEST).file_size > _MANIFEST_BYTES_MAX:
        raise damaged(source, MANIFEST)
    try:
        content: dict[str, Any] = json.loads(archive.read(MANIFEST))
        later = int(content["format"]) > FORMAT
        members = {name: Member(**member) for name, member in content["members"].items()}
        tables = {name: int(rows) for name, rows in content["tables"].items()}
        roles = tuple(map(str, content["roles"]))
        manifest = Manifest(**(content | {"members": members, "tables": tables, "roles": roles}))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise damaged(source, MANIFEST) from error
    if later:
        raise Invalid(
            N_("{source} was written by a later Haihe ({version})."),
            advice=N_("Install that version and restore with it."),
            source=source,
            version=manifest.haihe,
        )
    strange = set(names) ^ {MANIFEST, *members} | {name for name in members if not _MEMBER.fullmatch(name)}
    if strange or len(names) != len(members) + 1 or DUMP not in members:
        raise damaged(source, min(strange, default=DUMP))
    return manifest


def _copied(source: Any, target: Any, limit: int | None = None) -> Member:
    """Copy a stream and say what went through; `limit` ends it one piece after that many bytes."""
    digest, size = hashlib.sha256(), 0
    while (limit is None or size <= limit) and (piece := source.read(_CHUNK_BYTES)):
        digest.update(piece)
        size += len(piece)
        target.write(piece)
    return Member(digest.hexdigest(), size)
