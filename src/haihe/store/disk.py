"""What a disk can refuse, in plain words, and files that are either whole or absent."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from haihe.kit.errors import N_, Forbidden, HaiheError, NotFound, Unavailable

_FULL = {errno.ENOSPC, errno.EDQUOT}
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}


def full(place: Path) -> Unavailable:
    """The error of a disk without room."""
    return Unavailable(
        N_("There is no room left on the disk that holds {place}."),
        advice=N_("Free some space there and try again."),
        place=place,
    )


@contextmanager
def disk(place: Path) -> Iterator[None]:
    """Turn what the operating system refuses inside the block into a HaiheError that names the place.

    Raises Unavailable for a full or failing disk, Forbidden for missing rights.
    """
    try:
        yield
    except OSError as error:
        raise _said(error, place) from error


def _said(error: OSError, place: Path) -> HaiheError:
    if error.errno in _FULL:
        return full(place)
    advice = N_("Give the user who runs Haihe the right to write there, or choose another place.")
    facts = {"place": error.filename or place, "reason": error.strerror or str(error)}
    if error.errno in _REFUSED:
        return Forbidden(N_("Haihe may not use {place}: {reason}."), advice=advice, **facts)
    return Unavailable(N_("{place} cannot be used: {reason}."), advice=advice, **facts)


@contextmanager
def named(file: Path) -> Iterator[None]:
    """Turn what keeps the block from reading a file that somebody named into a NotFound that says why."""
    try:
        yield
    except OSError as error:
        raise NotFound(
            N_("{file} cannot be read: {reason}."),
            advice=N_("Check the name of the file and the right to read it."),
            file=file,
            reason=error.strerror or str(error),
        ) from error


@contextmanager
def whole(path: Path, mode: int = 0o600) -> Iterator[BinaryIO]:
    """A file to write that appears under its name, and on the disk, only when the block ends well."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    fresh = Path(name)
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        fresh.replace(path)
        settle(path.parent)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def settle(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
