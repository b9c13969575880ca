"""The stamp on files that leave the house: who took them away, and when, on every page."""

from __future__ import annotations

from io import BytesIO
from typing import Literal
from zipfile import ZIP_DEFLATED, ZipFile

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.section import _Header
from docx.shared import Pt, RGBColor
from lxml import etree

Form = Literal["docx", "xlsx", "csv"]

_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_AFTER = {
    f"{_SHEET}{name}"
    for name in (
        "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags", "drawing",
        "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls",
        "webPublishItems", "tableParts", "extLst",
    )
}  # fmt: skip
"""What stands after the header and footer of a sheet (ECMA-376-1 §18.3.1.99)."""
_GREY = RGBColor(0x59, 0x59, 0x59)
_FOOTER_CHARACTERS_MAX = 255
"""What Excel takes of a footer."""


def stamped(content: bytes, form: Form, words: str) -> bytes:
    """The file with the words on every page: in the header of a docx, in the footer of each sheet of an xlsx.

    Nothing else of the file changes. A CSV has no place for words that a program would not take for a row,
    and stays as it is.
    """
    if form == "docx":
        return _docx(content, words)
    return _xlsx(content, words) if form == "xlsx" else content


def _docx(content: bytes, words: str) -> bytes:
    document = Document(BytesIO(content))
    for number, section in enumerate(document.sections):
        headers = [section.header]
        if section.different_first_page_header_footer:
            headers.append(section.first_page_header)
        if document.settings.odd_and_even_pages_header_footer:
            headers.append(section.even_page_header)
        for header in headers:
            if number == 0 or not header.is_linked_to_previous:
                _write(header, words)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _write(header: _Header, words: str) -> None:
    paragraph = header.paragraphs[0] if header.paragraphs else header.add_paragraph()
    if paragraph.text.strip():
        paragraph = paragraph.insert_paragraph_before()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    run = paragraph.add_run(words)
    run.font.size, run.font.color.rgb = Pt(8), _GREY


def _xlsx(content: bytes, words: str) -> bytes:
    file = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(file, "w", ZIP_DEFLATED) as target:
        for info in source.infolist():
            part = source.read(info)
            if info.filename.startswith("xl/worksheets/") and info.filename.endswith(".xml"):
                part = _sheet(part, words)
            target.writestr(info, part)
    return file.getvalue()


def _sheet(part: bytes, words: str) -> bytes:
    """A sheet whose pages end with the words, before what its own footer said at the left.

    The cells are set aside meanwhile: they are nearly all of it, and none of them changes. A part is in UTF-8
    or UTF-16 (ECMA-376-2); in UTF-16 they are not found, and are read with the rest.
    """
    head, begin, rest = part.partition(b"<sheetData>")
    cells, end, tail = rest.rpartition(b"</sheetData>")
    frame = head + begin + end + tail
    root = etree.fromstring(frame, etree.XMLParser(huge_tree=True, resolve_entities=False))
    held = root.find(f"{_SHEET}headerFooter")
    if held is None:
        held = etree.Element(f"{_SHEET}headerFooter")
        place = next((number for number, child in enumerate(root) if child.tag in _AFTER), len(root))
        root.insert(place, held)
    apart = " " if words[0].isdigit() else ""  # 8 points, not 83 for somebody called 3科
    code = f"&L&8{apart}{words.replace('&', '&&')}"
    for name in ("oddFooter", "evenFooter", "firstFooter"):
        footer = held.find(f"{_SHEET}{name}")
        if footer is None and name == "oddFooter":
            footer = etree.Element(f"{_SHEET}oddFooter")
            place = next((n for n, child in enumerate(held) if child.tag != f"{_SHEET}oddHeader"), len(held))
            held.insert(place, footer)
        if footer is not None:
            footer.text = _joined(code, footer.text or "")
    written = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return written.replace(b"<sheetData/>", begin + cells + end, 1) if cells else written


def _joined(code: str, before: str) -> str:
    """A footer's code with the words at the left; what was there follows in a line of its own."""
    own = before.removeprefix("&L")
    if before and own == before:
        own = before if before.startswith(("&C", "&R")) else f"&C{before}"
    elif own:
        own = f"\n{own}"
    return (code + own)[:_FOOTER_CHARACTERS_MAX]
