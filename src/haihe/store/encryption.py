"""Files sealed with a passphrase or a key file, piece by piece, so that size does not matter.

A sealed file is a head and pieces of one mebibyte. The key comes from the secret and the head's salt by
scrypt (RFC 7914); each piece is AES-256-GCM (NIST SP 800-38D) under a nonce that counts the pieces and says
which is the last, so that no piece can be changed, moved, left out or added (STREAM: Hoang, Reyhanitabar,
Rogaway and Vizár, CRYPTO 2015).

    haihe-sealed-1 LF   15 bytes
    salt                16 bytes
    prefix               7 bytes, of every nonce; then 4 bytes of the piece's number, 1 byte: 1 for the last
    pieces               1 MiB and a tag of 16 bytes each, the last one shorter
"""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from haihe.kit.errors import N_, Invalid, NotFound
from haihe.store.disk import named

_MAGIC = b"haihe-sealed-1\n"
_SALT_BYTES, _PREFIX_BYTES, _TAG_BYTES = 16, 7, 16
_HEAD_BYTES = len(_MAGIC) + _SALT_BYTES + _PREFIX_BYTES
_PIECE_BYTES = 1 << 20
_PIECES_MAX = 1 << 32
_SECRET_BYTES_MIN, _SECRET_BYTES_MAX = 16, 4096
_COST = {"n": 1 << 15, "r": 8, "p": 1, "maxmem": 64 << 20}


def secret_of(file: Path) -> bytes:
    """The secret in a file, a passphrase or a random key; white space around it does not count.

    Raises NotFound where it cannot be read, and Invalid where it is too short to keep anything secret.
    """
    with named(file):
        secret = file.read_bytes()[: _SECRET_BYTES_MAX + 1].strip()
    if not _SECRET_BYTES_MIN <= len(secret) <= _SECRET_BYTES_MAX:
        raise Invalid(
            N_("The key in {file} has {count} bytes; it needs {least} to {most}."),
            advice=N_("Make one with: openssl rand -base64 32 > {file}, and keep a copy of it elsewhere."),
            file=file,
            count=len(secret),
            least=_SECRET_BYTES_MIN,
            most=_SECRET_BYTES_MAX,
        )
    return secret


@contextmanager
def sealing(target: IO[bytes], secret: bytes) -> Iterator[IO[bytes]]:
    """A stream whose content goes into `target` sealed; it is whole only when the block ends well."""
    head = _MAGIC + os.urandom(_SALT_BYTES + _PREFIX_BYTES)
    target.write(head)
    writer = _Sealing(target, head, _key(secret, head))
    with io.BufferedWriter(writer, _PIECE_BYTES) as stream:
        yield stream
        stream.flush()
        writer.end()


def is_sealed(file: Path) -> bool:
    """Whether a file is a sealed one."""
    with file.open("rb") as content:
        return content.read(len(_MAGIC)) == _MAGIC


@contextmanager
def unsealed(source: Path, secret: bytes | None, around: Path) -> Iterator[Path]:
    """The content of a sealed file in a folder that only this user can enter, gone afterwards.

    A file that is not sealed is itself. Raises NotFound, and Invalid for a wrong key and a changed file.
    """
    with named(source):
        plain = not is_sealed(source)
    if plain:
        yield source
        return
    if secret is None:
        raise Invalid(
            N_("{source} is sealed, and no key was given."),
            advice=N_("Name the file of its key with --key or HAIHE_BACKUP_KEY."),
            source=source,
        )
    around.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=around, prefix=".unsealed.") as folder:
        target = Path(folder) / source.with_suffix(".zip").name
        with source.open("rb") as content, target.open("xb") as file:
            unseal(content, file, secret, source)
        yield target


def unseal(content: IO[bytes], target: IO[bytes], secret: bytes, source: Path) -> None:
    """Write what a sealed stream holds; raises Invalid at the first piece that does not hold."""
    head = content.read(_HEAD_BYTES)
    if len(head) < _HEAD_BYTES or not head.startswith(_MAGIC):
        raise NotFound(
            N_("{source} is not a sealed file of Haihe."),
            advice=N_("Check the name of the file."),
            source=source,
        )
    cipher = AESGCM(_key(secret, head))
    piece = content.read(_PIECE_BYTES + _TAG_BYTES)
    for number in range(_PIECES_MAX):
        following = content.read(_PIECE_BYTES + _TAG_BYTES)
        try:
            target.write(cipher.decrypt(_nonce(head, number, last=not following), piece, head))
        except InvalidTag as error:
            raise Invalid(
                N_("{source} cannot be opened: the key is another one, or the file was changed or cut."),
                advice=N_("Name the key that it was sealed with, or take an earlier backup."),
                source=source,
            ) from error
        if not following:
            return
        piece = following


class _Sealing(io.RawIOBase):
    """Seals full pieces as they come; the last one waits until it is known to be the last."""

    def __init__(self, target: IO[bytes], head: bytes, key: bytes) -> None:
        self._target, self._head, self._cipher = target, head, AESGCM(key)
        self._held = bytearray()
        self._number = 0

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        content = memoryview(data)  # type: ignore[arg-type]  # any buffer, as io hands it over
        self._held += content
        while len(self._held) > _PIECE_BYTES:
            self._seal(bytes(self._held[:_PIECE_BYTES]), last=False)
            del self._held[:_PIECE_BYTES]
        return content.nbytes

    def end(self) -> None:
        """Write the last piece, which may be empty."""
        self._seal(bytes(self._held), last=True)

    def _seal(self, piece: bytes, *, last: bool) -> None:
        nonce = _nonce(self._head, self._number, last=last)
        self._target.write(self._cipher.encrypt(nonce, piece, self._head))
        self._number += 1


def _nonce(head: bytes, number: int, *, last: bool) -> bytes:
    assert number < _PIECES_MAX
    return head[-_PREFIX_BYTES:] + number.to_bytes(4) + bytes([last])


def _key(secret: bytes, head: bytes) -> bytes:
    salt = head[len(_MAGIC) : len(_MAGIC) + _SALT_BYTES]
    return hashlib.scrypt(secret, salt=salt, dklen=32, **_COST)
