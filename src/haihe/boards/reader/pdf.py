"""The pages of a PDF: the words that they show, line by line."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

import numpy as np
import pypdfium2 as pdfium
from pypdfium2 import raw

from haihe.boards.reader.columns import Piece, lines_of
from haihe.boards.reader.magic import Locked
from haihe.boards.reader.pagination import SOFT_HYPHEN, Page, check_count

_DOTS_PER_INCH, _POINTS_PER_INCH = 200, 72
_SIDE_PIXELS_MAX = 4_000
_WORDS_MIN = 10
_PICTURE_SHARE = 0.4
_UNREADABLE_SHARE = 0.5
_SLANT = 0.1
_HYPHENS = {0x02: SOFT_HYPHEN, 0xFFFE: SOFT_HYPHEN, 0xAD: SOFT_HYPHEN}
_RADICALS = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}


def pages_of(content: bytes) -> list[Page]:
    """The pages of a PDF.

    Raises Locked where it asks for a password, Invalid where they are too many, and pypdfium2's PdfiumError
    where it is broken.
    """
    with _opened(content) as document:
        check_count(len(document))
        pages = []
        for number in range(len(document)):
            page = document[number]
            pages.append(_page(page))
            page.close()
        return pages


def image_of(content: bytes, number: int) -> np.ndarray:
    """A page as a picture of 200 dots to an inch: height × width × 3 bytes, blue first."""
    with _opened(content) as document:
        page = document[number]
        side = max(page.get_size())
        scale = min(_DOTS_PER_INCH / _POINTS_PER_INCH, _SIDE_PIXELS_MAX / max(side, 1))
        return np.array(page.render(scale=scale, rev_byteorder=False).to_numpy()[:, :, :3])


def _opened(content: bytes) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        if error.err_code == raw.FPDF_ERR_PASSWORD:
            raise Locked("a password is asked for") from error
        raise


def _page(page: pdfium.PdfPage) -> Page:
    turned = page.get_rotation()
    left, bottom, right, top = page.get_bbox()
    _, high, _, low = _turned((left, bottom, right, top), turned)
    text = page.get_textpage()
    count = text.count_chars()
    codes = [raw.FPDFText_GetUnicode(text, at) for at in range(count)]
    printed = [code for code in codes if code > ord(" ")]
    unreadable = sum(code in {0xFFFD, 0xFFFF} or 0xE000 <= code < 0xF900 for code in printed)
    unreadable += codes.count(0)
    scanned = len(printed) < _WORDS_MIN or unreadable > _UNREADABLE_SHARE * len(printed)
    if scanned and _is_picture(page, (right - left) * (top - bottom)):
        lines, is_picture = [], True
    else:
        lines, is_picture = lines_of(_pieces(text, codes, turned)), False
    text.close()
    return Page(lines, high, low, is_picture)


def _is_picture(page: pdfium.PdfPage, area: float) -> bool:
    covered = 0.0
    for image in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = image.get_bounds()
        covered += abs((right - left) * (top - bottom))
    return covered > _PICTURE_SHARE * area


def _turned(box: tuple[float, float, float, float], degrees: int) -> tuple[float, float, float, float]:
    """A box of a page (left, bottom, right, top) as it is seen: left, top, right, bottom, downwards."""
    left, bottom, right, top = box
    return {
        0: (left, -top, right, -bottom),
        90: (bottom, left, top, right),
        180: (-right, bottom, -left, top),
        270: (-top, -right, -bottom, -left),
    }[degrees]


def _pieces(text: pdfium.PdfTextPage, codes: Sequence[int], turned: int) -> Iterator[Piece]:
    """Characters that follow each other on a line, as one piece."""
    words, box, spaced = "", (0.0, 0.0, 0.0, 0.0), False
    rectangle = raw.FS_RECTF()
    for at, code in enumerate(codes):
        if (code <= ord(" ") and code not in _HYPHENS) or code in {0xA0, 0x3000}:
            spaced = True
            continue
        raw.FPDFText_GetLooseCharBox(text, at, rectangle)
        place = _turned((rectangle.left, rectangle.bottom, rectangle.right, rectangle.top), turned)
        character = _HYPHENS.get(code) or _RADICALS.get(code) or chr(code)
        height = place[3] - place[1]
        gap = place[0] - box[2]
        shared = min(place[3], box[3]) - max(place[1], box[1])
        if words and shared > 0.5 * min(height, box[3] - box[1]) and -0.5 * height < gap < height:
            wide = gap > 0.4 * height or not (_is_han(words[-1]) or _is_han(character))
            words += (" " if spaced and wide else "") + character
            box = (box[0], min(box[1], place[1]), max(box[2], place[2]), max(box[3], place[3]))
        else:
            if words:
                yield Piece(_paired(words), *box)
            words, box = ("", box) if _is_slanted(text, at) else (character, place)
        spaced = False
    if words:
        yield Piece(_paired(words), *box)


def _is_slanted(text: pdfium.PdfTextPage, at: int) -> bool:
    """Whether a character stands neither upright nor square to that, as those of a watermark do."""
    quarter = np.pi / 2
    angle = raw.FPDFText_GetCharAngle(text, at) % quarter
    return bool(_SLANT < angle < quarter - _SLANT)


def _is_han(character: str) -> bool:
    return character >= "\u2e80"


def _paired(words: str) -> str:
    """Words whose surrogates are joined to characters; single ones are left out."""
    return words.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
