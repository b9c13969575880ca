"""A workbook reads as it is shown, and every word of it knows its cell."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, time
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import CALENDAR_WINDOWS_1900, to_excel

from haihe.boards.reader.formats import shown
from haihe.boards.reader.workbook import cell_of, text_of
from haihe.kit.errors import Invalid

WORDS = st.text(st.characters(blacklist_categories=["C", "Z"]), max_size=5)


def parts_of(book: Workbook) -> dict[str, bytes]:
    file = io.BytesIO()
    book.save(file)
    with ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name.endswith((".xml", ".rels"))}


def test_sheets_stand_under_their_names_from_the_first_cell_to_the_last_used() -> None:
    book = Workbook()
    first = book.active
    first.title = "重点任务"
    first["B2"], first["B3"], first["D5"] = "序号", "a|b\n丙", "末"
    first.merge_cells("B3:C4")
    first["A9"].number_format = "0.00"
    book.create_sheet("空表")
    hidden = book.create_sheet("隐藏")
    hidden["A1"], hidden.sheet_state = "藏", "hidden"
    book.create_sheet("二")["A1"] = "=1+1"
    book.create_sheet("三")["A1"] = "尾"
    assert text_of(parts_of(book)).split("\n") == [
        "# 重点任务",
        "|  |  |  |  |",
        "|  | 序号 |  |  |",
        "|  | a\\|b\u2028丙 ||  |",
        "|  | ^^ ||  |",
        "|  |  |  | 末 |",
        "",
        "# 三",
        "| 尾 |",
        "",
    ]


def test_shared_strings_are_read_without_the_readings_above_them() -> None:
    book = Workbook()
    book.active["A1"], book.active["B1"] = 1, 0
    parts = parts_of(book)
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    first = "<si><r><t>京津</t></r><r><t>冀</t></r><rPh><t>jing</t></rPh></si>"
    strings = f"<sst {main}>{first}<si><t>海河</t></si></sst>"
    link = (
        b'<Relationship Id="s" Target="sharedStrings.xml" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"/></Relationships>'
    )
    links, sheet = "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml"
    parts[links] = parts[links].replace(b"</Relationships>", link)
    parts[sheet] = parts[sheet].replace(b't="n"', b't="s"')
    assert text_of(parts | {"xl/sharedStrings.xml": strings.encode()}) == "# Sheet\n| 海河 | 京津冀 |\n"


@pytest.mark.parametrize(
    ("value", "code", "words"),
    [
        (0.1 + 0.2, "General", "0.3"),
        (1239.0, "General", "1239"),
        (1e20, "General", "100000000000000000000"),
        (12345.678, "#,##0.00", "12,345.68"),
        (0.125, "0.0%", "12.5%"),
        (-0.5, "0%;[Red]0%", "-50%"),
        (502, '0"亿元"', "502亿元"),
        (2.5, "0", "3"),
        (7, "000", "007"),
        (3.10, "0.##", "3.1"),
        (1234, "[$¥-804]#,##0", "¥1,234"),
        (date(2026, 6, 30), "yyyy/m/d", "2026-06-30"),
        (date(2026, 6, 1), 'yyyy"年"m"月"', "2026-06"),
        (date(2026, 6, 1), "[$-804]yyyy年m月d日;@", "2026-06-01"),
        (date(2026, 6, 1), 'm"月"d"日"', "2026-06-01"),
        (date(2026, 6, 1), "yyyy", "2026"),
        (datetime.fromisoformat("2026-06-01 09:05"), "yyyy-mm-dd h:mm", "2026-06-01 09:05"),
        (time(9, 5), "h:mm", "09:05"),
        (True, "General", "TRUE"),
        ("  文字 ", "General", "文字"),
    ],
)
def test_a_value_is_written_as_its_format_shows_it(value: object, code: str, words: str) -> None:
    book = Workbook()
    book.active["A1"] = value
    book.active["A1"].number_format = code
    assert text_of(parts_of(book)).splitlines()[1] == f"| {words} |"


def test_the_numbered_formats_of_chinese_spreadsheets_are_days_and_months() -> None:
    book = Workbook()
    book.active["A1"] = to_excel(date(2026, 6, 1))
    parts = parts_of(book)
    for key, words in ((57, "2026-06"), (31, "2026-06-01"), (58, "2026-06-01"), (0, "46174")):
        styles = parts["xl/styles.xml"].replace(b'<xf numFmtId="0"', f'<xf numFmtId="{key}"'.encode())
        assert text_of(parts | {"xl/styles.xml": styles}).splitlines()[1] == f"| {words} |"


@given(st.floats(allow_nan=False), st.text(alphabet='0#,.%;"年ymdhs[]@_*E+/?-\\! ', max_size=12))
def test_any_number_in_any_format_is_some_words(number: float, code: str) -> None:
    assert isinstance(shown(number, code, CALENDAR_WINDOWS_1900), str)


@given(st.lists(st.lists(WORDS, min_size=1, max_size=4), min_size=1, max_size=6))
def test_every_word_of_a_workbook_knows_its_cell(rows: list[list[str]]) -> None:
    book = Workbook()
    book.active.title = "表"
    expected = []
    for row, words in enumerate(rows, 1):
        for column, word in enumerate(words, 1):
            mark = f"‹{row}·{column}›"
            book.active.cell(row, column).value = f"x{word}{mark}"
            expected.append((mark, f"表!{get_column_letter(column)}{row}"))
    text = text_of(parts_of(book))
    for mark, address in expected:
        assert cell_of(text, text.index(mark)) == address
        assert cell_of(text, text.index(mark) + len(mark) - 1) == address


@given(
    st.lists(st.lists(WORDS, min_size=2, max_size=4), min_size=1, max_size=6),
    st.sampled_from([",", "\t"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_every_field_of_a_csv_file_knows_its_cell(rows: list[list[str]], mark: str, end: str) -> None:
    places = {}
    marked = []
    for row, words in enumerate(rows, 1):
        marked.append([f'‹{row}·{column}›{word}"{mark}\n' for column, word in enumerate(words, 1)])
        places |= {f"‹{row}·{at}›": f"{get_column_letter(at)}{row}" for at in range(1, len(words) + 1)}
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=mark, lineterminator=end).writerows([["a", "b"], *marked])
    text = file.getvalue()
    for word, address in places.items():
        row = int(address.lstrip("ABCD"))
        assert cell_of(text, text.index(word)) == f"{address[0]}{row + 1}"


def test_words_outside_every_table_have_no_cell() -> None:
    assert cell_of("一、总体要求\n（一）", 2) is None
    assert cell_of("# 表\n| a |\n", 2) is None


def test_one_long_string_in_very_many_cells_is_refused_before_it_is_written_out() -> None:
    book = Workbook()
    book.active["A1"] = 0
    parts = parts_of(book)
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rows = '<row><c t="s"><v>0</v></c></row>' * 100_000
    links = parts["xl/_rels/workbook.xml.rels"].replace(b"/styles", b"/sharedStrings")
    parts |= {
        "xl/_rels/workbook.xml.rels": links.replace(b"styles.", b"strings."),
        "xl/strings.xml": f"<sst {main}><si><t>{'长' * 30_000}</t></si></sst>".encode(),
        "xl/worksheets/sheet1.xml": f"<worksheet {main}><sheetData>{rows}</sheetData></worksheet>".encode(),
    }
    with pytest.raises(Invalid, match="A100000"):
        text_of(parts)


def test_a_single_far_cell_is_refused_with_its_address() -> None:
    book = Workbook()
    book.active["XFD1048576"] = "远"
    with pytest.raises(Invalid, match="XFD1048576"):
        text_of(parts_of(book))
