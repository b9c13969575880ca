"""The pages of a PDF, an OFD document and a scan are read line by line, without what stands on every page."""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np
import pytest
from playwright.async_api import Browser

from haihe.boards.reader import ofd, pagination, pdf
from haihe.boards.reader.columns import Piece

Words = tuple[float, float, str]
A4 = (595, 842)
FONT = (
    b"<</Type/Font/Subtype/Type0/BaseFont/Song/Encoding/Identity-H/DescendantFonts[4 0 R]/ToUnicode 5 0 R>>"
)
DESCENDANT = (
    b"<</Type/Font/Subtype/CIDFontType2/BaseFont/Song/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
    b"/Supplement 0>>/DW 1000/FontDescriptor<</Type/FontDescriptor/FontName/Song/Flags 4/Ascent 880"
    b"/Descent -120/FontBBox[0 -120 1000 880]/ItalicAngle 0/CapHeight 880/StemV 80>>>>"
)


def pdf_of(pages: list[list[Words]], *, size: int = 12, turned: int = 0) -> bytes:
    """A PDF whose pages show words at places, in points from the lower left corner as it is seen."""
    width, height = A4
    matrix = {0: "1 0 0 1", 90: "0 1 -1 0", 180: "-1 0 0 -1", 270: "0 -1 1 0"}[turned]

    def place(x: float, y: float) -> str:
        left, low = {0: (x, y), 90: (width - y, x), 180: (width - x, height - y), 270: (y, height - x)}[
            turned
        ]
        return f"{matrix} {left} {low} Tm"

    used = sorted({character for page in pages for _, _, words in page for character in words})
    pairs = "".join(f"<{ord(one):04x}> <{ord(one):04x}>\n" for one in used)
    unicode = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        f"1 begincodespacerange <0000> <ffff> endcodespacerange\n{len(used)} beginbfchar\n{pairs}endbfchar\n"
        "endcmap end end"
    )
    kids = " ".join(f"{6 + 2 * at} 0 R" for at in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>".encode(),
        FONT,
        DESCENDANT,
        stream(unicode.encode()),
    ]
    for at, page in enumerate(pages):
        shown = "".join(
            f"BT /F {size} Tf {place(x, y)} <{words.encode('utf-16-be').hex()}> Tj ET\n"
            for x, y, words in page
        )
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {A4[0]} {A4[1]}]/Rotate {turned}"
            f"/Resources<</Font<</F 3 0 R>>>>/Contents {7 + 2 * at} 0 R>>".encode()
        )
        objects.append(stream(shown.encode()))
    return bound(objects)


def stream(content: bytes, words: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (words, len(content), content)


def bound(objects: list[bytes]) -> bytes:
    """Objects as a file, with the table of their places."""
    file, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = (len(objects) + 1, table, len(objects) + 1, len(file))
    return (
        file
        + b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % end
    )


def scan_of(picture: np.ndarray) -> bytes:
    """A PDF of one page that is a picture."""
    height, width, _ = picture.shape
    form = b"/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/FlateDecode"
    shown = b"/MediaBox[0 0 595 842]/Resources<</XObject<</I 4 0 R>>>>/Contents 5 0 R"
    return bound(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R%s>>" % shown,
            stream(zlib.compress(picture.tobytes()), form % (width, height)),
            stream(b"595 0 0 842 0 0 cm /I Do"),
        ]
    )


def text_of(content: bytes) -> str:
    return pagination.text_of(pdf.pages_of(content))


def body(page: int) -> list[Words]:
    return [(80, 700 - 20 * row, f"第{page}页的第{row}行，推进协同发展") for row in range(20)]


def test_words_of_a_line_come_out_as_a_line() -> None:
    page = [(80, 700, "一、总体要求"), (80, 680, "坚持PM2.5浓度下降3%，"), (300, 680, "完成任务")]
    assert text_of(pdf_of([page])) == "一、总体要求\n坚持PM2.5浓度下降3%， 完成任务\n"


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_turned_page_is_read_as_it_is_seen(turned: int) -> None:
    page = [
        (200, 560, "2026年第1期公报"),
        *((80, 500 - 20 * row, f"第{row}行，推进协同发展") for row in range(20)),
    ]
    (found,) = pdf.pages_of(pdf_of([page], turned=turned))
    assert [line.words for line in found.lines] == [words for _, _, words in page]
    assert found.bottom - found.top == A4[0 if turned in (90, 270) else 1]


def test_two_columns_below_a_title_are_read_one_after_the_other() -> None:
    left = [(60, 700 - 18 * row, f"左{row:02}行的文字充满全栏宽度") for row in range(12)]
    right = [(310, 700 - 18 * row, f"右{row:02}行的文字充满全栏宽度") for row in range(12)]
    mixed = [words for pair in zip(left, right, strict=True) for words in pair]
    lines = text_of(pdf_of([[(200, 760, "横跨两栏的一个大标题在此"), *mixed]], size=15)).splitlines()
    assert lines == ["横跨两栏的一个大标题在此", *(words for _, _, words in [*left, *right])]


def test_page_numbers_and_what_repeats_at_the_edges_are_left_out() -> None:
    pages = [[(200, 810, "人民政府公报"), *body(at), (290, 30, f"— {at} —")] for at in range(1, 6)]
    expected = [words for at in range(1, 6) for _, _, words in body(at)]
    assert text_of(pdf_of(pages)).splitlines() == expected


def test_a_first_line_that_stands_on_one_page_only_stays() -> None:
    assert text_of(pdf_of([[(80, 800, "关于推进协同的意见"), *body(1)]])).startswith(
        "关于推进协同的意见\n第1页"
    )


def test_radicals_of_a_font_become_the_characters_that_they_look_like() -> None:
    assert text_of(pdf_of([[(80, 700, "⼀、⼈⼝⾼质量")]])) == "一、人口高质量\n"


def test_a_word_broken_at_the_end_of_a_line_is_whole() -> None:
    lines = [Piece("co\u00ad", 0, 0, 9, 9), Piece("operation 合作", 0, 10, 9, 19)]
    assert pagination.text_of([pagination.Page(lines, 0, 800)]) == "cooperation\n合作\n"


def test_a_page_that_is_a_picture_is_told_from_an_empty_one() -> None:
    assert pdf.pages_of(scan_of(np.zeros((80, 60, 3), np.uint8)))[0].is_picture
    assert not pdf.pages_of(pdf_of([[]]))[0].is_picture


@pytest.mark.browser
async def test_a_printed_plan_of_one_or_two_columns_keeps_every_character(
    browser: Browser, shared: Path
) -> None:
    plan = (shared / "documents/plans/gwy-nongji.txt").read_text(encoding="utf-8")
    paragraphs = "".join(f"<p>{line}</p>" for line in plan.splitlines() if line.strip())
    edges = {"top": "25mm", "bottom": "25mm", "left": "25mm", "right": "25mm"}
    furniture = {
        "display_header_footer": True,
        "header_template": "<div style='font-size:9px;margin:auto'>国务院公报</div>",
        "footer_template": "<div style='font-size:9px;margin:auto'>— <i class='pageNumber'></i> —</div>",
    }
    page = await browser.new_page()
    for columns in (1, 2):
        style = f"text-align: justify; column-count: {columns}"
        await page.set_content(f"<body><div style='{style}'>{paragraphs}</div></body>")
        text = text_of(await page.pdf(format="A4", margin=edges, **furniture))
        assert "".join(text.split()) == "".join(plan.split())


OFD = "http://www.ofdspec.org/2016"


def test_an_ofd_document_is_read_by_the_places_of_its_words() -> None:
    def words(x: float, y: float, said: str, deltas: str = "") -> str:
        return (
            f'<ofd:TextObject Boundary="{x} {y} 100 6" Size="5">'
            f'<ofd:TextCode X="0" Y="4.4" DeltaX="{deltas}">{said}</ofd:TextCode></ofd:TextObject>'
        )

    def part(inner: str, name: str = "Page") -> bytes:
        return f'<ofd:{name} xmlns:ofd="{OFD}">{inner}</ofd:{name}>'.encode()

    shown = words(30, 52, "坚持创新", "g 3 5") + words(30, 40, "一、总体要求") + words(51, 52, "驱动", "5")
    parts = {
        "OFD.xml": part("<ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody>", "OFD"),
        "Doc_0/Document.xml": part(
            '<ofd:Pages><ofd:Page BaseLoc="Pages/P0/Content.xml"/></ofd:Pages>', "Document"
        ),
        "Doc_0/Pages/P0/Content.xml": part(f"<ofd:Content><ofd:Layer>{shown}</ofd:Layer></ofd:Content>"),
    }
    assert pagination.text_of(ofd.pages_of(parts)) == "一、总体要求\n坚持创新驱动\n"
