"""What is marked, what bears the mark of a state secret, and the stamp on what leaves the house."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from docx import Document
from docx.shared import Pt
from lxml import etree
from openpyxl import Workbook, load_workbook
from sqlalchemy import text

from haihe.boards.accounts import OPERATOR, PUBLIC, Asker, Grant
from haihe.boards.accounts.marking_actions import exported, mark, marking_of
from haihe.boards.accounts.markings import check_publishable, check_unclassified, secret_mark
from haihe.boards.accounts.watermarks import stamped
from haihe.kit.errors import Conflict, Forbidden
from haihe.kit.sheets import sheet
from haihe.store.opening import Store
from haihe.store.session import reading

database = pytest.mark.database
Member = Callable[..., int]
WORDS = "内部 · 督查室 & 办公室 2026-11-02 10:30"


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("000001\n机密★1年\n特急\n京津冀协同发展领导小组文件", "机密★"),
        ("000012    秘 密★10年    平急", "秘密★"),
        ("绝密★长期\n关于……的通知", "绝密★"),
        ("机密\n关于……的通知", "机密"),
        ("秘密 5年\n关于……的通知", "秘密"),
        ("\n".join(["一段正文。"] * 30 + ["附件", "机密★3年", "清单"]), "机密★"),
        ("严格保守国家秘密，加强商业秘密保护。", None),
        ("商业秘密\n工作秘密管理办法", None),
        (
            "公文如有密级，应当标注“机密★1年”一类字样，由定密责任人在承办时确定，并随文件一并报送审核签发。",
            None,
        ),
        ("机密★星级酒店" * 20, None),
    ],
)
def test_a_state_secret_is_known_by_its_mark_and_talk_of_secrets_is_none(
    written: str, found: str | None
) -> None:
    assert secret_mark(written) == found
    if found:
        with pytest.raises(Forbidden, match=found):
            check_unclassified(written)


def test_no_public_document_bears_the_mark(shared: Path) -> None:
    files = [*shared.glob("documents/**/*.txt"), *shared.glob("data/**/*.txt")]
    if not files:
        pytest.skip("no plain texts among the shared test data")
    read = {file.name: file.read_text("utf-8", errors="replace") for file in files[:400]}
    assert {name: secret_mark(content) for name, content in read.items() if secret_mark(content)} == {}


@database
def test_what_is_marked_stays_inside_and_says_so_where_it_is_taken_away(kept: Store, member: Member) -> None:
    desk = Asker("督查室", (Grant("supervisor"),), member("督查室", Grant("supervisor")))
    assert marking_of(kept, "plan/3") is None
    check_publishable(None)
    mark(kept, desk, "plan/3", "work_secret")
    held = marking_of(kept, "plan/3")
    assert held
    assert (held.level, held.marked_by) == ("work_secret", f"account/{desk.account}")
    with pytest.raises(Conflict, match="work_secret"):
        check_publishable(held)
    table = sheet(["a"], [[1]], "xlsx")
    taken = load_workbook(BytesIO(exported(kept, desk, table, "xlsx", ("plan/3", "zh"))))
    said = taken.active.oddFooter.left.text
    assert said.startswith("工作秘密 · 督查室 于 ")
    assert f"{datetime.now(UTC):%Y-%m}" in said
    assert exported(kept, PUBLIC, table, "xlsx", ("plan/3", "zh")) == table
    with reading(kept.engine) as connection:
        noted = connection.execute(text("SELECT actor, detail FROM audit WHERE action = 'export'")).one()
    assert noted.actor == f"account/{desk.account}"
    assert noted.detail == {"form": "xlsx", "marking": "work_secret"}
    mark(kept, desk, "plan/3", "public")
    check_publishable(marking_of(kept, "plan/3"))
    mark(kept, desk, "plan/3", None)
    assert marking_of(kept, "plan/3") is None
    with pytest.raises(Forbidden):
        mark(kept, Asker("v", (Grant("viewer"),), 5), "plan/3", "public")
    assert OPERATOR.account is None


def test_every_sheet_is_stamped_and_nothing_else_in_the_workbook_changes() -> None:
    book = Workbook()
    book.active.append(["=1+1", "天津"])
    book.active.oddFooter.center.text = "第 &P 页"
    book.active.protection.sheet = True
    other = book.create_sheet("第二张")
    other.append([1])
    other.row_breaks.brk = []
    file = BytesIO()
    book.save(file)
    before, after = file.getvalue(), stamped(file.getvalue(), "xlsx", WORDS)
    read = load_workbook(BytesIO(after))
    for page in read:
        assert page.oddFooter.left.text == WORDS.replace("&", "&&") or page.oddFooter.left.text == WORDS
    assert read.active.oddFooter.center.text == "第 &P 页"
    assert read.active.protection.sheet
    with ZipFile(BytesIO(before)) as old, ZipFile(BytesIO(after)) as new:
        assert old.namelist() == new.namelist()
        changed = [name for name in old.namelist() if old.read(name) != new.read(name)]
    assert changed == ["xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"]


def test_a_name_that_begins_with_a_number_does_not_change_the_size_of_the_words() -> None:
    footer = load_workbook(BytesIO(stamped(sheet(["a"], [], "xlsx"), "xlsx", "3科 于"))).active.oddFooter.left
    assert (footer.size, footer.text.strip()) == (8, "3科 于")


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16"])
def test_the_stamp_stands_where_the_standard_wants_it_and_the_cells_stay(encoding: str) -> None:
    """The order of what a sheet holds is that of CT_Worksheet (ECMA-376-1 A.2)."""
    cells = (
        '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&lt;/sheetData&gt; 天津</t></is></c></row>'
        "</sheetData>"
    )
    kept = (
        '<customSheetViews><customSheetView guid="{00000000-0000-0000-0000-000000000000}"><rowBreaks/>'
        "<headerFooter><oddFooter>&amp;C页</oddFooter></headerFooter></customSheetView></customSheetViews>"
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    part = f'<worksheet xmlns="{main}">{cells}{kept}<pageSetup/><rowBreaks/><tableParts/></worksheet>'
    file, name = BytesIO(), "xl/worksheets/sheet1.xml"
    with ZipFile(file, "w") as book:
        book.writestr(name, f'<?xml version="1.0" encoding="{encoding}"?>{part}'.encode(encoding))
    with ZipFile(BytesIO(stamped(file.getvalue(), "xlsx", WORDS))) as book:
        root = etree.fromstring(book.read(name))
    order = ["sheetData", "customSheetViews", "pageSetup", "headerFooter", "rowBreaks", "tableParts"]
    assert [etree.QName(child).localname for child in root] == order
    assert root[3][0].text == "&L&8" + WORDS.replace("&", "&&")
    root.remove(root[3])
    assert etree.canonicalize(etree.tostring(root, encoding="unicode")) == etree.canonicalize(part)


def test_every_page_of_a_document_is_stamped_beside_the_header_it_had() -> None:
    document = Document()
    document.settings.odd_and_even_pages_header_footer = True
    first = document.sections[0]
    first.different_first_page_header_footer = True
    first.header.paragraphs[0].text = "京津冀协同发展"
    document.add_section()
    document.add_paragraph("正文")
    file = BytesIO()
    document.save(file)
    read = Document(BytesIO(stamped(file.getvalue(), "docx", WORDS)))
    one, two = read.sections
    for header in (one.header, one.first_page_header, one.even_page_header, two.header):
        assert WORDS in [paragraph.text for paragraph in header.paragraphs]
    assert [paragraph.text for paragraph in one.header.paragraphs] == [WORDS, "京津冀协同发展"]
    assert two.header.is_linked_to_previous
    assert one.header.paragraphs[0].runs[0].font.size == Pt(8)


def test_a_csv_stays_a_table() -> None:
    table = sheet(["a"], [["天津"]], "csv")
    assert stamped(table, "csv", WORDS) == table
