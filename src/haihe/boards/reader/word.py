"""The text of a word-processing document (docx, ECMA-376-1): paragraphs with their numbers, tables, notes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from haihe.boards.reader.numbering import Numbers, numbers_of
from haihe.boards.reader.parts import Parts, name_of, parsed, part_of, related
from haihe.boards.reader.pipes import ABOVE, Row, table_lines, text_from

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OFF = frozenset({"0", "false", "off"})
_LEFT_OUT = frozenset(
    {"del", "moveFrom", "rPr", "pPr", "instrText", "delText", "rt", "sectPr", "tblPr", "tblGrid"}
)
_SIGNS = {"tab": "\t", "ptab": "\t", "cr": "\n", "noBreakHyphen": "-"}
_HOLDERS = frozenset({"sdt", "sdtContent", "customXml", "ins", "moveTo"})
_SPAN_MAX = 63  # a table of Word has no more columns

_Tables = Callable[[Iterable[Row]], list[str]]


@dataclass(slots=True)
class _Flow:
    """What goes on between paragraphs: numbers, open fields, words whose paragraph mark is deleted.

    A field is open as its code ("code") or as its result: shown, or left out for a table of contents.
    """

    numbers: Numbers
    fields: list[str] = field(default_factory=list)
    carried: str = ""

    @property
    def silent(self) -> bool:
        return any(state != "shown" for state in self.fields)


def text_of(parts: Parts) -> str:
    """The canonical text of a docx by its parts: the body in order, then foot- and endnotes.

    Insertions are in, deletions, hidden words, field codes, tables of contents, headers and footers are out.
    Raises LookupError or ValueError, lxml's errors among them, where a part is missing or broken.
    """
    path = next(link.path for link in related(parts) if link.kind == "officeDocument")
    links = related(parts, path)
    flow = _Flow(numbers_of(part_of(parts, links, "numbering"), part_of(parts, links, "styles")))
    root = parsed(parts[path])
    body = root.find(f"{_W}body")
    lines = [] if body is None else _lines(body, flow)
    for kind in ("footnotes", "endnotes"):
        notes = part_of(parts, links, kind)
        for note in () if notes is None else notes:
            if note.get(f"{_W}type", "normal") == "normal":
                lines += _lines(note, flow)
    return text_from(lines)


def _lines(parent: etree._Element, flow: _Flow, tables: _Tables = table_lines) -> list[str]:
    """The paragraphs and tables of a body, cell, note or text box."""
    found: list[str] = []
    for child in parent:
        kind = name_of(child)
        if kind == "p":
            found += _paragraph(child, flow, tables)
        elif kind == "tbl":
            found += tables(_rows(child, flow))
        elif kind in _HOLDERS:
            found += _lines(child, flow, tables)
    return found


def _paragraph(paragraph: etree._Element, flow: _Flow, tables: _Tables) -> list[str]:
    """A paragraph as a line, and after it the text boxes that hang on it."""
    properties = paragraph.find(f"{_W}pPr")
    style = numbered = deleted = None
    if properties is not None:
        named, numbered = properties.find(f"{_W}pStyle"), properties.find(f"{_W}numPr")
        style = None if named is None else named.get(f"{_W}val")
        deleted = properties.find(f"{_W}rPr/{_W}del")
    boxes: list[etree._Element] = []
    silent = flow.silent
    words = flow.carried + "".join(_words(paragraph, flow, boxes))
    flow.fields = [state for state in flow.fields if state != "code"]
    around = [line for box in boxes for line in _lines(box, flow, tables)]
    if deleted is not None:
        flow.carried = words
        return around
    flow.carried = ""
    if silent and not words:
        return around
    marker = flow.numbers.marker(style, numbered)
    return [marker + words.lstrip() if marker and words.strip() else words, *around]


def _words(parent: etree._Element, flow: _Flow, boxes: list[etree._Element]) -> Iterator[str]:
    """The words of runs, however deep they lie in links, insertions and controls."""
    for child in parent:
        kind = name_of(child)
        if kind == "fldChar":
            _turn(flow, child.get(f"{_W}fldCharType"))
        elif kind == "instrText":
            _name(flow, child.text or "")
        elif kind == "txbxContent":
            boxes.append(child)
        elif kind == "AlternateContent":
            yield from _words(child[0] if len(child) else child, flow, boxes)
        elif kind in _SIGNS or kind in {"t", "br"}:
            yield "" if flow.silent else _sign(child, kind)
        elif kind not in _LEFT_OUT and not (kind == "r" and _hidden(child)):
            yield from _words(child, flow, boxes)


def _sign(node: etree._Element, kind: str) -> str:
    """What a node of a run shows; the break of a page or column is none."""
    if kind == "t":
        return node.text or ""
    broken = kind == "br" and node.get(f"{_W}type", "textWrapping") == "textWrapping"
    return "\n" if broken else _SIGNS.get(kind, "")


def _turn(flow: _Flow, event: str | None) -> None:
    """Open a field, pass from its code to its result, or close it."""
    if event == "begin":
        flow.fields.append("code")
    elif event == "separate" and flow.fields and flow.fields[-1] == "code":
        flow.fields[-1] = "shown"
    elif event == "end":
        del flow.fields[-1:]


def _name(flow: _Flow, code: str) -> None:
    if flow.fields and flow.fields[-1] == "code" and code.split()[:1] == ["TOC"]:
        flow.fields[-1] = "contents"


def _hidden(run: etree._Element) -> bool:
    vanish = run.find(f"{_W}rPr/{_W}vanish")
    return vanish is not None and vanish.get(f"{_W}val") not in _OFF


def _rows(table: etree._Element, flow: _Flow) -> Iterator[Row]:
    """The rows of a table; one that was deleted is out."""
    for row in _within(table, "tr"):
        if row.find(f"{_W}trPr/{_W}del") is not None:
            continue
        cells: Row = [("", 1)] * _number(row, "trPr/gridBefore", 0)
        for cell in _within(row, "tc"):
            merged = cell.find(f"{_W}tcPr/{_W}vMerge")
            words = "\n".join(filter(str.strip, _lines(cell, flow, _flattened)))
            if merged is not None and merged.get(f"{_W}val", "continue") == "continue":
                words = ABOVE
            cells.append((words, max(_number(cell, "tcPr/gridSpan", 1), 1)))
        yield cells


def _within(parent: etree._Element, kind: str) -> Iterator[etree._Element]:
    """The rows of a table or the cells of a row, also those inside controls."""
    for child in parent:
        if name_of(child) == kind:
            yield child
        elif name_of(child) in _HOLDERS:
            yield from _within(child, kind)


def _number(parent: etree._Element, path: str, otherwise: int) -> int:
    node = parent.find("/".join(f"{_W}{step}" for step in path.split("/")))
    written = "" if node is None else node.get(f"{_W}val", "")
    return min(int(written), _SPAN_MAX) if written.isdecimal() else otherwise


def _flattened(rows: Iterable[Row]) -> list[str]:
    """The rows of a table inside a cell as lines of that cell."""
    return [" ".join(words for words, _ in row if words not in {"", ABOVE}) for row in rows]
