"""Files kept by their content: originals of documents and evidence, each under its SHA-256."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from haihe.kit.errors import N_, NotFound
from haihe.store.disk import whole


@dataclass(frozen=True, slots=True)
class Files:
    """The folder of kept files."""

    folder: Path

    def path_of(self, sha256: str) -> Path:
        """Where the file with this SHA-256 lies or would lie."""
        assert len(sha256) == 64
        assert set(sha256) <= set("0123456789abcdef")
        return self.folder / sha256[:2] / sha256

    def keep(self, content: bytes) -> str:
        """Store the content, once, and return its SHA-256; it is on the disk before this returns."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self.path_of(sha256)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            with whole(path) as file:
                file.write(content)
        return sha256

    def content(self, sha256: str) -> bytes:
        """The content with this SHA-256; raises NotFound when the file is gone or no longer what it was."""
        path = self.path_of(sha256)
        content = path.read_bytes() if path.exists() else b""
        if hashlib.sha256(content).hexdigest() != sha256:
            raise NotFound(
                N_("The file {sha256} is missing or damaged."),
                advice=N_("Restore the last backup: haihe restore FILE."),
                sha256=sha256,
            )
        return content
