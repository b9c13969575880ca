"""What a file is, by what is in it; its name decides only where its content leaves that open."""

from __future__ import annotations

import re
import struct
from collections.abc import Collection
from typing import Literal

Form = Literal["text", "web", "pdf", "ofd", "word", "workbook", "office", "picture"]

ENDINGS: dict[str, Form] = {
    **dict.fromkeys((".txt", ".md", ".csv"), "text"),
    **dict.fromkeys((".html", ".htm"), "web"),
    ".pdf": "pdf",
    ".ofd": "ofd",
    ".docx": "word",
    ".xlsx": "workbook",
    **dict.fromkeys(
        (".doc", ".wps", ".rtf", ".odt", ".xls", ".et", ".ods", ".ppt", ".pptx", ".dps"), "office"
    ),
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".tif", ".tiff"), "picture"),
}
"""The endings of the files that are read, each with the form that it promises."""

_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")
_OLE, _RTF, _ZIP, _PDF = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf", b"PK\x03\x04", b"%PDF-"
_BEFORE_PDF = b"\xef\xbb\xbf\0\t\r\n "
_WEB = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}>\s*)?<(?:!doctype html|html|head)\b", re.IGNORECASE
)
_FOLDERS: dict[str, Form] = {"word": "word", "xl": "workbook", "ppt": "office"}
_STREAMS = {"WordDocument": ".doc", "Workbook": ".xls", "Book": ".xls", "PowerPoint Document": ".ppt"}
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_TARGETS = {".xls": ".xlsx", ".et": ".xlsx", ".ods": ".xlsx", ".ppt": ".pdf", ".pptx": ".pdf", ".dps": ".pdf"}


class Locked(ValueError):
    """A document that opens only with a password."""


def is_archive(content: bytes) -> bool:
    """Whether this is a zip archive, as the newer office formats are."""
    return content.startswith(_ZIP)


def form_of(content: bytes) -> Form | None:
    """The form of a file that is no archive, None where its content does not tell; raises Locked."""
    if content.startswith(_OLE) and _ENCRYPTED in content:
        raise Locked("an encrypted package")
    if content.startswith((_OLE, _RTF)):
        return "office"
    if content.lstrip(_BEFORE_PDF).startswith(_PDF):
        return "pdf"
    if content.startswith(_PICTURES):
        return "picture"
    return "web" if _WEB.match(content) else None


def form_in(paths: Collection[str]) -> Form | None:
    """The form of an archive by the paths in it, None where it is no document."""
    if "OFD.xml" in paths:
        return "ofd"
    if "content.xml" in paths and "mimetype" in paths:
        return "office"
    return next(
        (form for folder, form in _FOLDERS.items() if any(path.startswith(folder) for path in paths)), None
    )


def office_ending(content: bytes, ending: str) -> str:
    """The ending by which an office program knows a file: its name's, where its content does not tell."""
    if content.startswith(_RTF):
        return ".rtf"
    if content.startswith(_OLE):
        return next(
            (own for name, own in _STREAMS.items() if f"{name}\0".encode("utf-16-le") in content), ending
        )
    return ending if ending in {".odt", ".ods", ".pptx"} else ".odt"


def target_of(ending: str) -> str:
    """The ending of the format that a document of an ending is converted to."""
    return _TARGETS.get(ending, ".docx")


def picture_count(content: bytes) -> int:
    """How many pictures a file holds: in a TIFF as many as its chain of directories is long (TIFF 6.0, 2)."""
    order = {b"II*\x00": "<", b"MM\x00*": ">"}.get(content[:4])
    if order is None:
        return 1
    (place,) = struct.unpack_from(f"{order}I", content, 4)
    seen: set[int] = set()
    while place and place not in seen:
        seen.add(place)
        (entries,) = struct.unpack_from(f"{order}H", content, place)
        (place,) = struct.unpack_from(f"{order}I", content, place + 2 + 12 * entries)
    return len(seen)
