"""The text of a page of the web (HTML): its title, then its main part, of which nothing is left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from lxml import etree, html

from haihe.boards.reader.pipes import ABOVE, Row, table_lines, text_from

_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]{1,20})""", re.IGNORECASE)
_HEAD_BYTES = 4_096
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_WIDER = re.compile(r"gb[_-]?2312.*|gbk|x-gbk", re.IGNORECASE)
_SITE = re.compile(r"(?<=.{6})\s*(?:[_|｜]|\s[-–—]|[-–—](?=[^-–—]*$)).*$", re.DOTALL)
_SPACE = re.compile(r"[ \t\r\n\f]+")
_BLOCK = re.compile(
    r"address|article|blockquote|body|caption|center|dd|div|dl|dt|fieldset|figcaption|figure|form|h[1-6r]|header"
    r"|html|legend|li|main|ol|p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|ul"
)
_SILENT = re.compile(
    r"aside|audio|button|canvas|footer|head|iframe|input|nav|noscript|object|script|select|style|svg|template"
    r"|textarea|video"
)
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_LINKS_MIN, _LINKED_SHARE = 3, 0.8
_MAIN_SHARE, _RUNNING_SHARE = 0.9, 0.5
_MAIN_CHARACTERS_MAX = 2_000_000
_LAYOUT_BLOCKS = 4  # a cell with more paragraphs than this is a part of the page, not of a table
_SPAN_MAX = 100
_TITLE_LINES = 10


class _Line(NamedTuple):
    """A line, the element that holds it, and whether that stands in a list of links."""

    words: str
    holder: etree._Element
    in_menu: bool = False


def text_of(content: bytes) -> str:
    """The canonical text of a page: the title as its first line, then all of its main part.

    The main part is the smallest element that holds what trafilatura finds; trafilatura itself leaves out
    headings and lists, which a plan needs. Where it finds nothing, all of the page is taken. Raises lxml's
    errors for a page without elements.
    """
    page = html.document_fromstring(
        decoded(content), parser=html.HTMLParser(remove_comments=True, remove_pis=True)
    )
    for listing in page.iter("ol"):
        start = _span(listing, "start")
        for number, item in enumerate(listing.iterchildren("li"), start):
            item.set("value", str(number))
    title = _title(page)
    main = _main(page)
    lines = [line.words for line in _lines(main)]
    if title:
        head = [line for line in lines[:_TITLE_LINES] if _packed(line) != _packed(title)]
        lines = [title, *head, *lines[_TITLE_LINES:]]
    return text_from(lines)


def decoded(content: bytes) -> str:
    """The characters of a page: by its byte order mark, else as it says itself, else UTF-8 or GB18030."""
    marked = [encoding for mark, encoding in _MARKS.items() if content.startswith(mark)]
    said = _CHARSET.search(content[:_HEAD_BYTES])
    named = [said[1].decode("ascii", "ignore")] if said else []
    named = ["gb18030" if _WIDER.fullmatch(name) else name for name in named]
    for encoding in (*marked, *named, "utf-8", "gb18030"):
        try:
            return content.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode("utf-8", "replace")


def _title(page: etree._Element) -> str:
    """The title: what the page calls its article, else its only top heading, else its title but the site."""
    for meta in page.iter("meta"):
        if (meta.get("name") or "").lower() == "articletitle" and (meta.get("content") or "").strip():
            return _spaced(meta.get("content"))
    headings = [words for node in page.iter("h1") if (words := _spaced(_inside(node)))]
    if len(headings) == 1:
        return headings[0]
    return _SITE.sub("", _spaced(page.findtext(".//title") or ""))


def _main(page: etree._Element) -> etree._Element:
    """The smallest element that holds nearly all of the main text and half of all that is no menu."""
    body = page.find("body")
    whole = page if body is None else body
    lines = list(_lines(whole, flat=True))
    if sum(len(line.words) for line in lines) > _MAIN_CHARACTERS_MAX:
        return whole
    import trafilatura  # noqa: PLC0415  a quarter of a second that only pages of the web need

    found = trafilatura.extract(page, output_format="txt", include_comments=False) or ""
    known = {_packed(line.removeprefix("- ")) for line in found.splitlines()}
    main, total = _held(line for line in lines if _packed(line.words) in known)
    running, characters = _held(line for line in lines if not line.in_menu)
    enough = (
        element
        for element, count in main.items()
        if count >= _MAIN_SHARE * total and running[element] >= _RUNNING_SHARE * characters
    )
    return max(enough, key=lambda element: sum(1 for _ in element.iterancestors()), default=whole)


def _held(lines: Iterable[_Line]) -> tuple[Counter[etree._Element], int]:
    """How many characters of lines each element holds, and how many they have in all."""
    held: Counter[etree._Element] = Counter()
    total = 0
    for line in lines:
        total += len(line.words)
        for element in (line.holder, *line.holder.iterancestors()):
            held[element] += len(line.words)
    return held, total


def _inside(element: etree._Element) -> str:
    return "".join(map(str, element.itertext()))


def _packed(words: str) -> str:
    return "".join(words.split())


def _spaced(words: str | None) -> str:
    return _SPACE.sub(" ", words or "").strip()


def _lines(element: etree._Element, *, flat: bool = False, in_menu: bool = False) -> Iterator[_Line]:
    """The lines of an element in order, tables of data as rows between pipes and without lists of links.

    With `flat` tables are like other lines, and lists of links are there.
    """
    words = _mark(element)
    for part in _parts(element):
        if isinstance(part, str):
            words += part
            continue
        yield from _broken(words, element, in_menu=in_menu)
        words = ""
        is_menu = in_menu or _is_menu(part)
        if flat or not (is_menu or (part.tag == "table" and _is_data(part))):
            yield from _lines(part, flat=flat, in_menu=is_menu)
        elif not is_menu:
            yield from (_Line(line, part) for line in table_lines(_rows(part)))
    yield from _broken(words, element, in_menu=in_menu)


def _parts(element: etree._Element) -> Iterator[str | etree._Element]:
    """What stands in an element: words, with line breaks as such, and the blocks that interrupt them."""
    yield _SPACE.sub(" ", element.text or "") if element.tag != "pre" else element.text or ""
    for child in element:
        if (
            not isinstance(child.tag, str)
            or _SILENT.fullmatch(child.tag)
            or _HIDDEN.search(child.get("style") or "")
        ):
            pass
        elif child.tag == "br":
            yield "\n"
        elif _BLOCK.fullmatch(child.tag):
            yield child
        else:
            yield from _parts(child)
        yield _SPACE.sub(" ", child.tail or "")


def _broken(words: str, holder: etree._Element, *, in_menu: bool) -> Iterator[_Line]:
    for line in words.split("\n"):
        if shown := line.strip(" \t\r"):
            yield _Line(shown, holder, in_menu)


def _mark(element: etree._Element) -> str:
    """The number of an item of a numbered list, which is not in its words."""
    above = element.getparent()
    listed = element.tag == "li" and above is not None and above.tag == "ol"
    return f"{element.get('value')}. " if listed else ""


def _is_menu(block: etree._Element) -> bool:
    """Whether a block is a list of links."""
    links = list(block.iter("a"))
    if len(links) < _LINKS_MIN:
        return False
    linked = sum(len(_packed(_inside(link))) for link in links)
    return linked > _LINKED_SHARE * len(_packed(_inside(block)))


def _is_data(table: etree._Element) -> bool:
    """Whether a table has rows of cells, rather than parts of the page."""
    if next(table.iterdescendants("table"), None) is not None:
        return False
    rows = [[cell for cell in row if cell.tag in {"td", "th"}] for row in table.iter("tr")]
    blocks = max(
        (sum(1 for part in cell.iter() if _BLOCK.fullmatch(str(part.tag))) for row in rows for cell in row),
        default=0,
    )
    return len(rows) > 1 and max(map(len, rows)) > 1 and blocks <= _LAYOUT_BLOCKS + 1


def _rows(table: etree._Element) -> Iterator[Row]:
    """The rows of a table, with cells that reach over several rows or columns as lines write them."""
    below: dict[int, tuple[int, int]] = {}
    for row in table.iter("tr"):
        cells: Row = []
        column = 0
        for cell in (*(cell for cell in row if cell.tag in {"td", "th"}), None):
            while column in below:
                rows, columns = below.pop(column)
                cells.append((ABOVE, columns))
                if rows > 1:
                    below[column] = (rows - 1, columns)
                column += columns
            if cell is None:
                break
            columns, rows = _span(cell, "colspan"), _span(cell, "rowspan")
            cells.append(("\n".join(line.words for line in _lines(cell, flat=True)), columns))
            if rows > 1:
                below[column] = (rows - 1, columns)
            column += columns
        yield cells


def _span(cell: etree._Element, name: str) -> int:
    written = cell.get(name) or ""
    return min(max(int(written), 1), _SPAN_MAX) if written.isdecimal() else 1
