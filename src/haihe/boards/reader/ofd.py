"""The pages of an OFD document (GB/T 33190-2016): the words that they show, line by line."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from haihe.boards.reader.columns import Piece, lines_of
from haihe.boards.reader.pagination import Page, check_count
from haihe.boards.reader.parts import Parts, parsed, resolved

_PAPER = (0.0, 0.0, 210.0, 297.0)
_PLAIN = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_ABOVE_BASELINE = 0.88


def pages_of(parts: Parts) -> list[Page]:
    """The pages of an OFD by its parts, seals, notes and templates left out.

    Raises LookupError or ValueError, lxml's errors among them, where a part is missing or broken, and Invalid
    where they are too many.
    """
    pages: list[Page] = []
    for root in parsed(parts["OFD.xml"]).iterfind("{*}DocBody/{*}DocRoot"):
        path = resolved("", root.text or "")
        document = parsed(parts[path])
        paper = _numbers(document.findtext("{*}CommonData/{*}PageArea/{*}PhysicalBox")) or _PAPER
        check_count(len(pages) + len(document.findall("{*}Pages/{*}Page")))
        for page in document.iterfind("{*}Pages/{*}Page"):
            place = resolved(path.rpartition("/")[0], page.get("BaseLoc", ""))
            content = parsed(parts[place])
            _, top, _, height = _numbers(content.findtext("{*}Area/{*}PhysicalBox")) or paper
            pieces = [piece for words in content.iter("{*}TextObject") for piece in _pieces(words)]
            pages.append(Page(lines_of(pieces), top, top + height))
    return pages


def _pieces(words: etree._Element) -> Iterator[Piece]:
    """The words of a text object: a stretch starts at X, Y of its box and goes on by DeltaX (clause 11.3)."""
    left, top, *_ = _numbers(words.get("Boundary")) or _PAPER
    a, b, c, d, e, f = _numbers(words.get("CTM")) or _PLAIN
    size = float(words.get("Size", "0"))
    x = y = 0.0
    for code in words.iterfind("{*}TextCode"):
        x, y = float(code.get("X", x)), float(code.get("Y", y))
        written = code.text or ""
        width = sum(_deltas(code.get("DeltaX", ""), len(written) - 1, size)) + size
        base, start = top + b * x + d * y + f, left + a * x + c * y + e
        yield Piece(
            written,
            start,
            base - abs(d) * size * _ABOVE_BASELINE,
            start + a * width,
            base + abs(d) * size * (1 - _ABOVE_BASELINE),
        )


def _deltas(written: str, count: int, size: float) -> list[float]:
    """The steps from character to character; `g n d` is n steps of d, and none written are full widths."""
    if not written.strip():
        return [size] * count
    found: list[float] = []
    marks = iter(written.split())
    for mark in marks:
        times = int(next(marks, "0")) if mark == "g" else 1
        step = float(next(marks, "0") if mark == "g" else mark)
        found += [step] * min(times, count - len(found))
    return found


def _numbers(written: str | None) -> tuple[float, ...]:
    return tuple(map(float, (written or "").split()))
