"""The code of a version: docket, number and digest, as a QR code holds it and as a person types it."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

import segno

from haihe.kit.errors import N_, Invalid

_TYPED = re.compile(r"\s*(\d{1,18})\s*-\s*(\d{1,6})\s*-\s*([0-9a-fA-F]{8,64})\s*", re.ASCII)
_DIGITS_PRINTED = 12


@dataclass(frozen=True, slots=True)
class Code:
    """A version by the number of its docket, its own, and its SHA-256 or the first 8 digits of it or more."""

    docket: int
    version: int
    digest: str

    @property
    def printed(self) -> str:
        """The code as it stands on paper, short enough to be typed."""
        return f"{self.docket}-{self.version}-{self.digest[:_DIGITS_PRINTED]}"

    def address(self, site: str) -> str:
        """The page that the QR code opens, with the whole digest."""
        return f"{site.rstrip('/')}/office/code/{self.docket}-{self.version}-{self.digest}"

    def means(self, sha256: str) -> bool:
        """Whether the digest is that of a content."""
        return sha256.startswith(self.digest)


def code_of(typed: str) -> Code:
    """The code that was typed or scanned; raises Invalid for what is none.

    >>> code_of(" 12-2-3F9A1C8B ").printed
    '12-2-3f9a1c8b'
    """
    found = _TYPED.fullmatch(typed.rpartition("/")[2])
    if found is None:
        raise Invalid(
            N_("{code} is no code of a sheet."),
            advice=N_("Type it as it stands under the square, such as 12-2-3f9a1c8b, or scan the square."),
            code=typed[:80],
        )
    return Code(int(found[1]), int(found[2]), found[3].lower())


def square(address: str) -> str:
    """An address as a QR code (ISO/IEC 18004), drawn as SVG for HTML."""
    code = segno.make_qr(address, error="m")
    return str(code.svg_inline(scale=3, border=2, omitsize=True, light="#fff"))


def picture(address: str) -> bytes:
    """An address as a QR code in PNG, for a document."""
    content = io.BytesIO()
    segno.make_qr(address, error="m").save(content, kind="png", scale=6, border=2)
    return content.getvalue()
