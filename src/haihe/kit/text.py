"""Text as Haihe keeps it: decoded once, never changed, counted in code points."""

from __future__ import annotations

import codecs
import hashlib
import re
import unicodedata

from haihe.kit.errors import N_, Invalid
from haihe.kit.limits import TEXT_BYTES_MAX

_ENCODINGS = ("utf-8", "gb18030")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUNS = re.compile(rf"[{_HAN}]+|[0-9A-Za-z]+(?:\.[0-9]+)?")
_IS_HAN = re.compile(rf"[{_HAN}]")


def decoded(content: bytes, name: str, bytes_max: int = TEXT_BYTES_MAX) -> str:
    """The text of a file in UTF-8 or GB18030, a byte order mark kept as its first character.

    Raises Invalid for an empty, binary, over-long or undecodable file, naming it.
    """
    check_size(len(content), name, bytes_max)
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _checked(_decoded_as(content, "utf-16", name), name)
    for encoding in _ENCODINGS:
        try:
            return _checked(content.decode(encoding), name)
        except UnicodeDecodeError:
            continue
    raise _undecodable(name)


def check_size(size: int, name: str, bytes_max: int) -> None:
    """Raise Invalid for a text of more bytes than it may have."""
    if size > bytes_max:
        raise Invalid(
            N_("{name} has {size} bytes; a text may have {limit}."),
            advice=N_("Split it into smaller files and read each."),
            name=name,
            size=size,
            limit=bytes_max,
        )


def _decoded_as(content: bytes, encoding: str, name: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise _undecodable(name) from error


def _undecodable(name: str) -> Invalid:
    return Invalid(
        N_("{name} is neither UTF-8 nor GB18030 text."),
        advice=N_("Save it as UTF-8 text and read it again."),
        name=name,
    )


def _checked(text: str, name: str) -> str:
    if not text.strip("\ufeff \t\r\n\u3000"):
        raise Invalid(
            N_("{name} is empty."),
            advice=N_("Check that the right file was chosen."),
            name=name,
        )
    control = _CONTROL.search(text)
    if control:
        raise Invalid(
            N_("{name} is not a text: it has the control character {code} at place {place}."),
            advice=N_("Save the document as plain text and read that file."),
            name=name,
            code=f"U+{ord(control.group()):04X}",
            place=control.start(),
        )
    return text


def sha256_of(text: str) -> str:
    """The SHA-256 of a canonical text in UTF-8, as hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def folded(text: str) -> str:
    """A name or query with width, case and spacing folded away (NFKC), for comparison only.

    >>> folded("ＴＣＬ 科技（天津）")
    'tcl科技(天津)'
    """
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()


def terms(text: str) -> list[str]:
    """The search terms of a text: runs of letters and digits, and every Chinese character and pair.

    >>> terms("武清区 2023")
    ['武', '清', '区', '武清', '清区', '2023']
    """
    found: list[str] = []
    for run in _RUNS.findall(unicodedata.normalize("NFKC", text).casefold()):
        if _IS_HAN.match(run):
            found.extend(run)
            found.extend(run[i : i + 2] for i in range(len(run) - 1))
        else:
            found.append(run)
    return found
