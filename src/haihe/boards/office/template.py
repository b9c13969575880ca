"""The shipped template of briefs, laid out as official documents are (GB/T 9704-2012).

A4, a text area of 156 by 225 mm with 22 lines of 28 characters, 仿宋 in 三号; the page number stands 7 mm
under it between dashes in 四号, on the outer side. Its placeholders are those of an office's own template.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as Doc
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from haihe.kit import resources

_AFTER = {"spacing": ("w:w", "w:kern", "w:position", "w:sz", "w:szCs"), "lang": ()}
_RED = RGBColor(0xFF, 0, 0)
_TEXT_PT, _LINE_TWIPS, _NARROWER_TWIPS = 16.0, 579, -5
"""三号; 225 mm / 22 lines; what 28 characters of 三号 give up each to fit into 156 mm.

A grid of characters (`linesAndChars`) would do the same in Word, but LibreOffice snaps Latin digits to it.
"""

_STYLES: dict[str, tuple[str, float, dict[str, Any]]] = {
    "Title": ("title", 22, {"centre": True, "before": 1, "after": 1}),
    "Heading 1": ("heading", _TEXT_PT, {"indent": True, "next": True}),
    "Heading 2": ("subheading", _TEXT_PT, {"indent": True, "next": True}),
    "Body Text": ("text", _TEXT_PT, {"indent": True}),
    "Letterhead": ("title", 30, {"centre": True, "red": True}),
    "Issue": ("text", _TEXT_PT, {"centre": True, "rule": True}),
    "Stamp": ("heading", _TEXT_PT, {}),
    "Signature": ("text", _TEXT_PT, {"right": 4}),
}
"""The styles: font, size in points, manner; headings in 黑体 and 楷体, the title in 二号 小标宋 (7.3)."""


def fonts() -> dict[str, tuple[str, tuple[str, ...]]]:
    """The fonts of official documents by use, each with the open ones that stand in for it."""
    held = resources.definition("boards/office/params/fonts.yaml")["fonts"]
    return {use: (one["name"], tuple(one["open"])) for use, one in held.items()}


@cache
def shipped() -> bytes:
    """The template as a docx."""
    document = Document()
    _lay_out(document)
    _write_styles(document)
    _write_body(document)
    _write_footers(document)
    _name_fonts(document)
    properties = document.core_properties
    properties.title, properties.author = "{{ title }}", "{{ issuer }}"
    properties.comments = properties.last_modified_by = ""
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _lay_out(document: Doc) -> None:
    """The page and the grid of its text (GB/T 9704-2012, 5.1 and 5.2.3)."""
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin, page.bottom_margin = Mm(37), Mm(35)
    page.left_margin, page.right_margin = Mm(28), Mm(26)
    page.header_distance, page.footer_distance = Mm(15), Mm(23)
    grid = page._sectPr.find(qn("w:docGrid"))  # noqa: SLF001  python-docx has no grid of its own
    assert grid is not None
    for name, value in {"type": "lines", "linePitch": f"{_LINE_TWIPS}"}.items():
        grid.set(qn(f"w:{name}"), value)
    document.settings.odd_and_even_pages_header_footer = True


def _write_styles(document: Doc) -> None:
    named = {style.name for style in document.styles}
    _set_font(document.styles["Normal"], "text", _TEXT_PT)
    for name, (font, size, manner) in _STYLES.items():
        if name not in named:
            document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style = document.styles[name]
        style.base_style = document.styles["Normal"]
        _set_font(style, font, size)
        _set_manner(style, size, manner)


def _set_font(style: Any, use: str, size: float) -> None:
    look = style.element.get_or_add_rPr()
    for child in list(look):
        look.remove(child)
    style.font.size, style.font.name = (
        Pt(size),
        resources.definition("boards/office/params/fonts.yaml")["latin"],
    )
    look.rFonts.set(qn("w:eastAsia"), fonts()[use][0])
    for name, value in {"spacing": {"val": f"{_NARROWER_TWIPS}"}, "lang": {"eastAsia": "zh-CN"}}.items():
        child = OxmlElement(f"w:{name}")
        for key, content in value.items():
            child.set(qn(f"w:{key}"), content)
        look.insert_element_before(child, *_AFTER[name])


def _set_manner(style: Any, size: float, manner: dict[str, Any]) -> None:
    spacing, pitch = style.paragraph_format, _LINE_TWIPS / 20
    around = style.element.get_or_add_pPr()
    for child in list(around):
        if child.tag != qn("w:outlineLvl"):
            around.remove(child)
    spacing.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    spacing.line_spacing = Pt(pitch if size <= _TEXT_PT else size * 1.4)
    spacing.space_before = Pt(pitch * manner.get("before", 0))
    spacing.space_after = Pt(pitch * manner.get("after", 0))
    spacing.keep_with_next, spacing.widow_control = manner.get("next", False), False
    spacing.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    if manner.get("centre"):
        spacing.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if manner.get("right"):
        spacing.alignment, spacing.right_indent = WD_ALIGN_PARAGRAPH.RIGHT, Pt(size * manner["right"])
    if manner.get("indent"):
        spacing.first_line_indent = Pt(2 * size)
        around.find(qn("w:ind")).set(qn("w:firstLineChars"), "200")
    if size > _TEXT_PT:
        around.insert_element_before(_off("snapToGrid"), "w:spacing", "w:ind", "w:jc", "w:outlineLvl")
    if manner.get("red"):
        style.font.color.rgb = _RED
    if manner.get("rule"):
        _rule(around)


def _off(name: str) -> Any:
    element = OxmlElement(f"w:{name}")
    element.set(qn("w:val"), "0")
    return element


def _rule(around: Any) -> None:
    """The red line under the head, as wide as the text (7.2.7)."""
    borders, line = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in {"val": "single", "sz": "18", "space": "6", "color": "FF0000"}.items():
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    around.insert_element_before(borders, "w:spacing", "w:ind", "w:jc", "w:outlineLvl")


def _write_body(document: Doc) -> None:
    lines = (
        ("Stamp", "{%p if stamp %}"),
        ("Stamp", "{{ stamp }}"),
        ("Stamp", "{%p endif %}"),
        ("Letterhead", "{%p if issuer %}"),
        ("Letterhead", "{{ issuer }}"),
        ("Issue", "{{ number }}"),
        ("Letterhead", "{%p endif %}"),
        ("Title", "{{ title }}"),
        ("Body Text", "{{ headline }}"),
        ("Body Text", "{%p for section in sections %}"),
        ("Body Text", "{%p if section.level == 1 %}"),
        ("Heading 1", "{{ section.heading }}"),
        ("Body Text", "{%p else %}"),
        ("Heading 2", "{{ section.heading }}"),
        ("Body Text", "{%p endif %}"),
        ("Body Text", "{%p for sentence in section.sentences %}"),
        ("Body Text", "{{ sentence }}"),
        ("Body Text", "{%p endfor %}"),
        ("Body Text", "{{p section.table }}"),
        ("Body Text", "{%p endfor %}"),
        ("Signature", "{%p if issuer %}"),
        ("Signature", "{{ issuer }}"),
        ("Signature", "{{ issued_on }}"),
        ("Signature", "{%p endif %}"),
    )
    for style, words in lines:
        document.add_paragraph(words, style)


def _write_footers(document: Doc) -> None:
    """The page number, an em space from the outer edge of the text (7.5)."""
    page, size = document.sections[0], 14.0
    for footer, side in ((page.footer, "right"), (page.even_page_footer, "left")):
        line = footer.paragraphs[0]
        line.style = document.styles["Normal"]
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT if side == "right" else WD_ALIGN_PARAGRAPH.LEFT
        setattr(line.paragraph_format, f"{side}_indent", Pt(size))
        _say(line, "— ", size)
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), "PAGE")
        field.append(_say(line, "1", size))
        line._p.append(field)  # noqa: SLF001  python-docx has no fields
        _say(line, " —", size)


def _say(line: Paragraph, words: str, size: float) -> Any:
    run = line.add_run(words)
    run.font.size, run.font.name = Pt(size), fonts()["page"][0]
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), fonts()["page"][0])  # noqa: SLF001  nor fonts by script
    return run._r  # noqa: SLF001


def _name_fonts(document: Doc) -> None:
    """Name for each font the open ones to take in its place (ECMA-376-1:2016, 17.8.3.1)."""
    part = next(one for one in document.part.package.iter_parts() if one.partname == "/word/fontTable.xml")
    table = part.blob.decode()
    for name, others in fonts().values():
        entry = f'<w:font w:name="{name}"><w:altName w:val="{",".join(others)}"/></w:font>'
        table = table.replace("</w:fonts>", f"{entry}</w:fonts>")
    part._blob = table.encode()  # noqa: SLF001  the part is kept as bytes
