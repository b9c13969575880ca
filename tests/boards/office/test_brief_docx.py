"""A brief as a docx, read back with other programs: python-docx, lxml and LibreOffice."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from docx import Document
from docx.oxml.ns import qn
from lxml import etree

from haihe.boards.office.briefs import (
    Brief,
    Column,
    Figure,
    Section,
    Stamp,
    Table,
    figures_in,
    shown,
)
from haihe.boards.office.paper import docx_of
from haihe.boards.office.placeholders import checked_template
from haihe.boards.office.template import shipped
from haihe.boards.office.webpage import html_of
from haihe.kit.errors import Invalid
from haihe.kit.source import Source

STAMP = Stamp("样例市协同办", 2026, 11, 1, date(2026, 12, 2))


def figure(words: str, number: int, unconfirmed: int = 0) -> Figure:
    note = f"第{number}条依据 <甲&乙>"
    return Figure(words, note, Source("row", url=f"/item/{number}"), unconfirmed)


def brief(text: str = "正文", rows: int = 3) -> Brief:
    cells = tuple(((f"事项{number}",), (figure("逾期", 10 + number, number % 2),)) for number in range(rows))
    columns = (Column("事项", 30, prose=True), Column("亮灯", 10))
    table = Table((figure("亮灯情况", 9),), columns, cells)
    sections = (
        Section("done", "一、进展情况", (("完成", figure("5", 3), "项", figure("<2>", 4), "项。"),), table),
        Section("point", "（一）议题", ((text,),), level=2),
    )
    headline = ("共有", figure("1239", 1), "项，逾期", figure("9", 2), "项。")
    return Brief(
        "month", 1, "样例计划", "ours", "2026-11", "zh", date(2026, 11, 30), "《样例计划》月报", headline,
        {"overdue": figure("9", 2)}, sections,
    )  # fmt: skip


def read(content: bytes, part: str) -> Any:
    with zipfile.ZipFile(BytesIO(content)) as package:
        return etree.fromstring(package.read(part))


def text(element: Any) -> str:
    return "".join(one.text or "" for one in element.iter(qn("w:t")))


def notes_by_id(content: bytes) -> dict[str, str]:
    return {one.get(qn("w:id")): text(one).strip() for one in read(content, "word/footnotes.xml")}


def cited(content: bytes) -> list[str]:
    """The notes in the order in which the text refers to them."""
    notes = notes_by_id(content)
    references = read(content, "word/document.xml").iter(qn("w:footnoteReference"))
    return [notes[one.get(qn("w:id"))] for one in references]


def made(*paragraphs: str, **parts: str) -> bytes:
    """A template of an office's own."""
    document = Document()
    for words in paragraphs:
        document.add_paragraph(words)
    if "header" in parts:
        document.sections[0].header.paragraphs[0].text = parts["header"]
    if "title" in parts:
        document.core_properties.title = parts["title"]
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def test_every_figure_has_a_real_footnote_in_the_order_read() -> None:
    said = brief()
    content = docx_of(said, STAMP, checked_template(shipped(), "shipped"))
    assert cited(content) == [one.note for one in figures_in(said)]
    paragraphs = [one.text for one in Document(BytesIO(content)).paragraphs]
    assert paragraphs[:4] == ["样例市协同办", "2026年第11期", "《样例计划》月报", "共有1239项，逾期9项。"]
    assert "完成5项<2>项。" in paragraphs
    assert paragraphs[-2:] == ["样例市协同办", "2026年12月2日"]
    (table,) = Document(BytesIO(content)).tables
    assert [cell.text for cell in table.rows[2].cells] == ["事项1", "逾期（未确认）"]
    assert docx_of(said, STAMP, shipped()) == content


def test_the_page_is_that_of_official_documents() -> None:
    document = Document(BytesIO(docx_of(brief(), STAMP, shipped())))
    page = document.sections[0]
    sizes = (page.page_width, page.page_height, page.top_margin, page.bottom_margin, page.left_margin)
    assert [round(size.mm) for size in (*sizes, page.right_margin) if size] == [210, 297, 37, 35, 28, 26]
    fonts = {
        name: document.styles[name].element.rPr.rFonts.get(qn("w:eastAsia"))
        for name in ("Title", "Heading 1", "Heading 2", "Body Text")
    }
    assert fonts == {
        "Title": "方正小标宋简体", "Heading 1": "黑体", "Heading 2": "楷体_GB2312", "Body Text": "仿宋_GB2312"
    }  # fmt: skip
    for footer in (page.footer, page.even_page_footer):
        assert "".join(one.text or "" for one in footer._element.iter(qn("w:t"))) == "— 1 —"


def test_a_draft_says_that_it_is_one_and_has_no_head() -> None:
    words = [one.text for one in Document(BytesIO(docx_of(brief(), Stamp(), shipped()))).paragraphs]
    assert words[:2] == ["草稿", "《样例计划》月报"]


def test_an_office_s_own_template_gets_text_figures_loops_and_whole_tables() -> None:
    template = made(
        "{{ issuer }} {{ number }}：{{ headline }}",
        "逾期{{ figures.overdue }}项",
        "{%p for section in sections %}",
        "{{ loop.index }} {{ section.heading }}",
        "{{p section.table }}",
        "{%p endfor %}",
        "{{ part.done.sentences[0] }}{{ part.due.heading }}",
        header="{{ plan }} {{ headline }}",
        title="{{ title }}",
    )
    content = docx_of(brief(), STAMP, checked_template(template, "own.docx"))
    document = Document(BytesIO(content))
    words = [one.text for one in document.paragraphs]
    assert words[0] == "样例市协同办 2026年第11期：共有1239项，逾期9项。"
    assert "2 （一）议题" in words
    assert document.sections[0].header.paragraphs[0].text == "样例计划 共有1239项，逾期9项。"
    assert document.core_properties.title == "《样例计划》月报"
    assert len(document.tables) == 1
    notes = [f"第{number}条依据 <甲&乙>" for number in (1, 2, 2, 9, 10, 11, 12, 3, 4)]
    assert cited(content) == notes


def test_a_template_keeps_its_own_footnotes() -> None:
    first = docx_of(brief(), STAMP, shipped())
    document = Document(BytesIO(first))
    document.add_paragraph("{{ headline }}")
    file = BytesIO()
    document.save(file)
    again = docx_of(brief(), STAMP, checked_template(file.getvalue(), "own.docx"))
    assert cited(again) == [*cited(first), "第1条依据 <甲&乙>", "第2条依据 <甲&乙>"]


@pytest.mark.parametrize(
    ("paragraph", "named"),
    [
        ("{{ headlin }}", "headlin (body, 2: {{ headlin }})"),
        ("{{ section.heading }}", "section.heading"),
        ("{{ figures.red }}", "figures.red"),
        ("{% for one in sections %}{{ one.titel }}{% endfor %}", "one.titel"),
        ("{% for one in title %}x{% endfor %}", "title"),
        ("{{ title.__class__.__mro__ }}", "title.__class__"),
        ("{{ ''.__class__ }}", "const.__class__"),
        ("{{ range(9) }}", "call"),
        ("{% set x = 1 %}", "assign"),
        ("{{ title|pprint }}", "|pprint"),
        ("{{ title * 9999999 }}", "mul"),
    ],
)
def test_a_placeholder_that_is_not_known_is_named_with_its_place(paragraph: str, named: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked_template(made("{{ title }}", paragraph), "own.docx")
    assert named in str(refused.value.facts["places"])


def test_placeholders_in_headers_and_properties_are_looked_at_too() -> None:
    with pytest.raises(Invalid) as refused:
        checked_template(made("{{ title }}", header="{{ page }}", title="{{ boss }}"), "own.docx")
    assert refused.value.facts["places"] == (
        "page (header, 1: {{ page }}); boss (properties: title, 1: {{ boss }})"
    )


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", made("{% for a in sections %}")]
)
def test_what_is_no_template_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid):
        checked_template(content, "own.docx")


def test_html_has_the_same_figures_and_notes() -> None:
    said = brief("<script>")
    page = html_of(said, STAMP)
    assert page.count('<li id="note-') == sum(1 for _ in figures_in(said))
    assert all(f">{number}</a></sup>" in page for number in range(1, 9))
    assert "&lt;script&gt;" in page
    assert "第12条依据 &lt;甲&amp;乙&gt;" in page
    assert shown(figure("逾期", 1, 1), "zh") in page


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """The text of each page of a long brief as LibreOffice lays it out."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed")
    folder = tmp_path_factory.mktemp("brief")
    Path(folder, "brief.docx").write_bytes(docx_of(brief("协同" * 900), STAMP, shipped()))
    profile = f"-env:UserInstallation={Path(folder, 'profile').as_uri()}"
    command = [
        program,
        profile,
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        folder,
        folder / "brief.docx",
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    document = pypdfium2.PdfDocument(folder / "brief.pdf")
    yield [page.get_textpage().get_text_range().replace(" ", "") for page in document]
    document.close()


def test_libreoffice_lays_out_22_lines_of_28_characters_with_notes_on_their_page(pages: list[str]) -> None:
    assert "第1条依据" in pages[0]
    assert pages[0].index("1239") < pages[0].index("第1条依据")
    assert "第12条依据" in pages[0] + pages[1]
    lines = [line for line in pages[2].split() if line.startswith("协同")]
    assert (len(lines), {len(line) for line in lines}) == (22, {28})
    assert "—3—" in pages[2]
