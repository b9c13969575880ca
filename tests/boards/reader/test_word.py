"""The words of a docx come out in its order, with the numbers that Word counts and nothing deleted."""

from __future__ import annotations

import io
from zipfile import ZipFile

import docx
import pytest

from haihe.boards.reader.numbering import numeral
from haihe.boards.reader.numerals import value_of
from haihe.boards.reader.word import text_of

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
STRICT = "http://purl.oclc.org/ooxml"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
LEVELS = (("chineseCountingThousand", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3."))


def parts_of(content: bytes) -> dict[str, bytes]:
    with ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name.endswith((".xml", ".rels"))}


def links(*kinds: str) -> bytes:
    made = "".join(
        f'<Relationship Id="r{at}" Type="{RELATIONS}/{kind}" Target="{kind}.xml"/>'
        for at, kind in enumerate(kinds)
    )
    return f'<Relationships xmlns="{PACKAGE}">{made}</Relationships>'.encode()


def read(body: str, **others: str) -> list[str]:
    """The lines of a document with this body, and with these other parts."""
    parts = {
        "_rels/.rels": links("officeDocument"),
        "officeDocument.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>".encode(),
        "_rels/officeDocument.xml.rels": links(*others),
    }
    return text_of(parts | {f"{kind}.xml": part.encode() for kind, part in others.items()}).splitlines()


def p(*runs: str, properties: str = "") -> str:
    words = "".join(run if run.startswith("<") else f"<w:r><w:t>{run}</w:t></w:r>" for run in runs)
    return f"<w:p><w:pPr>{properties}</w:pPr>{words}</w:p>"


def item(words: str, depth: int = 0, listing: int = 1) -> str:
    return p(words, properties=f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{listing}"/></w:numPr>')


def numbering(extra: str = "") -> str:
    levels = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{pattern}"/>'
        "</w:lvl>"
        for at, (form, pattern) in enumerate(LEVELS)
    )
    listing = '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>'
    return (
        f'<w:numbering {W}><w:abstractNum w:abstractNumId="7">{levels}</w:abstractNum>{listing}{extra}'
        "</w:numbering>"
    )


def test_paragraphs_and_tables_of_a_saved_document_stand_in_its_order() -> None:
    made = docx.Document()
    made.add_heading("总体要求", 1)
    made.add_paragraph("坚持创新。")
    table = made.add_table(3, 3)
    table.cell(0, 0).merge(table.cell(1, 0)).text = "a|b"
    table.cell(0, 1).merge(table.cell(0, 2)).text = "宽"
    table.cell(2, 2).text = "上\n下"
    table.cell(2, 1).add_table(1, 2).cell(0, 0).text = "内"
    made.add_paragraph("完。")
    file = io.BytesIO()
    made.save(file)
    assert text_of(parts_of(file.getvalue())).split("\n") == [
        "总体要求",
        "坚持创新。",
        "",
        r"| a\|b | 宽 ||",
        "| ^^ |  |  |",
        "|  | 内 | 上\u2028下 |",
        "",
        "完。",
        "",
    ]


def test_numbers_that_word_counts_are_written_out_and_begin_anew_below_a_higher_level() -> None:
    body = item("总体") + item("思想", 1) + item("目标", 1) + item("近期", 2) + item("重点") + item("项目", 1)
    expected = ["一、总体", "（一）思想", "（二）目标", "1. 近期", "二、重点", "（一）项目"]
    assert read(body, numbering=numbering()) == expected


def test_a_list_goes_on_after_words_and_starts_over_where_it_is_told_to() -> None:
    restarted = (
        '<w:num w:numId="2"><w:abstractNumId w:val="7"/>'
        '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>'
    )
    body = item("甲") + p("其间") + item("乙") + item("丙", listing=2) + item("丁", listing=2)
    assert read(body, numbering=numbering(restarted)) == ["一、甲", "其间", "二、乙", "五、丙", "六、丁"]


def test_a_style_numbers_its_paragraphs_and_zero_takes_the_number_away() -> None:
    styles = (
        f'<w:styles {W}><w:style w:styleId="A"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'
        "</w:style>"
        '<w:style w:styleId="B"><w:basedOn w:val="A"/></w:style></w:styles>'
    )
    named = '<w:pStyle w:val="B"/>'
    body = p("甲", properties=named) + p("乙", properties=f'{named}<w:numPr><w:numId w:val="0"/></w:numPr>')
    assert read(body + p("丙", properties=named), numbering=numbering(), styles=styles) == [
        "一、甲",
        "乙",
        "二、丙",
    ]


@pytest.mark.parametrize("form", ["chineseCounting", "chineseCountingThousand", "japaneseCounting"])
def test_chinese_numerals_have_the_value_that_they_were_made_of(form: str) -> None:
    for number in range(1, 10_000):
        assert value_of(numeral(number, form)) == number


def test_tracked_changes_are_taken_as_accepted() -> None:
    deleted = "<w:del><w:r><w:delText>旧</w:delText></w:r></w:del>"
    inserted = "<w:ins><w:r><w:t>新</w:t></w:r></w:ins>"
    gone = "<w:rPr><w:del/></w:rPr>"
    row = "<w:tr>{}<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc></w:tr>"
    table = f"<w:tbl>{row.format('', '留')}{row.format('<w:trPr><w:del/></w:trPr>', '删')}</w:tbl>"
    assert read(p("推进", deleted, inserted, "区") + p("前半", properties=gone) + p("后半") + table) == [
        "推进新区",
        "前半后半",
        "",
        "| 留 |",
    ]


def test_field_codes_contents_and_hidden_words_are_left_out() -> None:
    def field(code: str, *shown: str) -> str:
        mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
        return (
            f"{mark.format('begin')}<w:r><w:instrText>{code}</w:instrText></w:r>{mark.format('separate')}"
            + "".join(f"<w:r><w:t>{words}</w:t></w:r>" for words in shown)
            + mark.format("end")
        )

    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>藏</w:t></w:r>"
    body = p(field(" TOC \\o ", "一、总体 1")) + p("到", field(" DATE ", "2026年"), hidden, "底")
    assert read(body) == ["到2026年底"]


def test_text_boxes_follow_their_paragraph_once_and_notes_close_the_text() -> None:
    box = f"<w:txbxContent>{p('框内')}</w:txbxContent>"
    drawn = (
        '<w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r>"
    )
    notes = (
        f'<w:footnotes {W}><w:footnote w:type="separator">{p("线")}</w:footnote>'
        f"<w:footnote>{p('注释')}</w:footnote></w:footnotes>"
    )
    assert read(p("正文", drawn) + p("下文"), footnotes=notes) == ["正文", "框内", "下文", "注释"]


def test_the_strict_variant_says_the_same() -> None:
    parts = {
        "_rels/.rels": links("officeDocument").replace(
            b"http://schemas.openxmlformats.org/officeDocument/2006", f"{STRICT}/officeDocument".encode()
        ),
        "officeDocument.xml": (
            f'<w:document xmlns:w="{STRICT}/wordprocessingml/main"><w:body>{p("严格")}</w:body></w:document>'
        ).encode(),
    }
    assert text_of(parts) == "严格\n"
