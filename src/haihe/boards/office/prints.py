"""Papers to be printed or handed on: a title, facts, parts with lines or a table; as HTML and as docx."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Mm, Pt

from haihe.boards.office.codes import picture, square
from haihe.kit import resources

PaperFormat = Literal["html", "docx"]
MEDIA_TYPES: dict[PaperFormat, str] = {
    "html": "text/html; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}

_MARGINS_MM = (37, 26, 35, 28)  # GB/T 9704-2012 5.2.1: top and left margins; 156 × 225 mm of type
_WIDTH_MM = 156
_FACT_SHARES = (1, 4)
_BODY, _HEAD, _TITLE = "FangSong", "SimHei", "SimSun"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a paper: lines, or rows under their columns, which take `shares` of the width, or both."""

    heading: str
    lines: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    shares: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """An address as a QR code, and the words under it."""

    address: str
    words: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper in one language; `facts` are names and values that stand under its title."""

    title: str
    facts: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]
    closing: str
    mark: Mark | None = None
    language: str = "zh"


def file_of(paper: Paper, form: PaperFormat) -> bytes:
    """A paper as a file of a format."""
    return html_of(paper).encode() if form == "html" else docx_of(paper)


def html_of(paper: Paper) -> str:
    """A paper as a page that prints on A4 by itself, with nothing fetched from elsewhere."""
    mark = ""
    if paper.mark:
        words = escape(paper.mark.words)
        mark = f"<figure>{square(paper.mark.address)}<figcaption>{words}</figcaption></figure>"
    facts = "".join(f"<tr><th>{escape(name)}</th><td>{escape(said)}</td></tr>" for name, said in paper.facts)
    return (
        f'<!doctype html><html lang="{escape(paper.language)}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(paper.title)}</title><style>{resources.text('boards/office/print.css')}</style>"
        f"<article>{mark}<h1>{escape(paper.title)}</h1><table class=facts>{facts}</table>"
        f"{''.join(map(_html_part, paper.parts))}<footer>{escape(paper.closing)}</footer></article></html>"
    )


def _html_part(part: Part) -> str:
    lines = "".join(f"<p>{escape(line)}</p>" for line in part.lines)
    table = ""
    if part.rows:
        columns = "".join(
            f'<col style="width:{100 * share / sum(part.shares):.0f}%">' for share in part.shares
        )
        rows = "".join(_html_cells(row, "td") for row in part.rows)
        head = _html_cells(part.columns, "th")
        table = f"<table>{columns}<thead>{head}</thead><tbody>{rows}</tbody></table>"
    return f"<section><h2>{escape(part.heading)}</h2>{lines}{table}</section>"


def _html_cells(cells: Iterable[str], tag: str) -> str:
    return f"<tr>{''.join(f'<{tag}>{escape(cell)}</{tag}>' for cell in cells)}</tr>"


def docx_of(paper: Paper) -> bytes:
    """A paper as a document of Word, on A4 with the margins of GB/T 9704-2012."""
    document = Document()
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.right_margin, page.bottom_margin, page.left_margin = (
        Mm(_MARGINS_MM[0]),
        Mm(_MARGINS_MM[1]),
        Mm(_MARGINS_MM[2]),
        Mm(_MARGINS_MM[3]),
    )
    body = document.styles["Normal"]
    body.font.size = Pt(12)
    _set_font(body.element, _BODY)
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _write(title, paper.title, _TITLE, 22)
    _table(document, (), paper.facts, _FACT_SHARES)
    for part in paper.parts:
        heading = document.add_paragraph()
        heading.paragraph_format.space_before = Pt(10)
        heading.paragraph_format.keep_with_next = True
        _write(heading, part.heading, _HEAD, 14)
        for line in part.lines:
            document.add_paragraph(line)
        if part.rows:
            _table(document, part.columns, part.rows, part.shares)
    if paper.mark:
        document.add_paragraph()
        document.add_picture(io.BytesIO(picture(paper.mark.address)), width=Cm(3))
        document.add_paragraph(paper.mark.words)
    _write(document.add_paragraph(), paper.closing, _BODY, 10)
    document.core_properties.title, document.core_properties.author = paper.title, ""
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def _write(paragraph: Any, text: str, font: str, points: int) -> None:
    run = paragraph.add_run(text)
    run.font.size = Pt(points)
    _set_font(run.element, font)


def _set_font(element: Any, font: str) -> None:
    fonts = element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("w:ascii", "w:hAnsi", "w:eastAsia"):
        fonts.set(qn(name), font)


def _table(
    document: Any, columns: Sequence[str], rows: Sequence[Sequence[str]], shares: Sequence[int]
) -> None:
    """A table with lines; its heading row is repeated on every page that it runs over."""
    lines = [columns, *rows] if columns else list(rows)
    parts = shares or [1] * len(lines[0])
    table = document.add_table(rows=0, cols=len(lines[0]), style="Table Grid")
    table.autofit = False
    for column, share in zip(table.columns, parts, strict=True):
        column.width = Mm(_WIDTH_MM * share / sum(parts))
    for place, line in enumerate(lines):
        row, head = table.add_row(), bool(columns) and not place
        properties = row._tr.get_or_add_trPr()  # noqa: SLF001  python-docx offers no other way
        properties.append(properties.makeelement(qn("w:cantSplit"), {}))
        if head:
            properties.append(properties.makeelement(qn("w:tblHeader"), {}))
        for column, said in enumerate(line):
            row.cells[column].width = Mm(_WIDTH_MM * parts[column] / sum(parts))
            _write(row.cells[column].paragraphs[0], said, _HEAD if head else _BODY, 12)
