"""Files that come back: recognised whatever they are called, refused with a sentence where they cannot be."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from haihe.boards.office import Asked, Handout, Line, Unit, intake, workbook_of
from haihe.boards.office.intake import inbox_of, returned_of
from haihe.boards.office.records import LOCKED, Returned
from haihe.kit.errors import Invalid, Unavailable

WORDS = dict.fromkeys(LOCKED, "已写")
HANDOUT = Handout(
    Asked(1, "样例计划", "2026-11", date(2026, 11, 30)),
    Unit("市科技局", 7),
    (Line(41, WORDS | {"place": "1.1.1"}), Line(42, WORDS | {"place": "1.1.2"})),
)
FILE = workbook_of(HANDOUT)
CHANGE = Callable[[Workbook], object]


def edited(change: CHANGE) -> bytes:
    book = load_workbook(BytesIO(FILE))
    change(book)
    return saved(book)


def saved(book: Workbook) -> bytes:
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def rewritten(content: bytes, parts: dict[str, bytes | None]) -> bytes:
    """The archive with some parts replaced, added or, with None, left out."""
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, part in parts.items():
            if part is not None:
                new.writestr(name, part)
    return made.getvalue()


def keys(file: Returned) -> list[str]:
    return [row.cells["node"].shown for row in file.rows if "node" in row.cells]


def rename(book: Workbook) -> None:
    book.worksheets[0].title = "11月上报（定稿）"


def first_moved(book: Workbook) -> None:
    book.move_sheet(book.worksheets[0], 1)


def hidden_gone(book: Workbook) -> None:
    del book["haihe"]


def codes_gone(book: Workbook) -> None:
    book.worksheets[0].delete_rows(4)


def headings_gone(book: Workbook) -> None:
    book.worksheets[0].delete_rows(5)


def column_between(book: Workbook) -> None:
    book.worksheets[0].insert_cols(3)


@pytest.mark.parametrize(
    "change", [rename, first_moved, hidden_gone, codes_gone, headings_gone, column_between]
)
def test_a_return_is_known_again_whatever_was_done_to_its_form(change: CHANGE) -> None:
    file = returned_of(edited(change), "微信图片 (2).xlsx")
    assert file.fingerprint["digest"] == HANDOUT.digest
    assert keys(file) == ["41", "42"]
    assert [row.cells["place"].shown for row in file.rows] == ["1.1.1", "1.1.2"]


def test_a_return_without_its_properties_is_known_by_its_hidden_sheet() -> None:
    lost = rewritten(FILE, {"docProps/custom.xml": None})
    with zipfile.ZipFile(BytesIO(lost)) as archive:
        rels, kinds = archive.read("_rels/.rels").decode(), archive.read("[Content_Types].xml").decode()
    for part in rels.split("<Relationship ")[1:]:
        if "custom.xml" in part:
            rels = rels.replace(f"<Relationship {part.split('/>')[0]}/>", "")
    for part in kinds.split("<Override ")[1:]:
        if "custom.xml" in part:
            kinds = kinds.replace(f"<Override {part.split('/>')[0]}/>", "")
    lost = rewritten(lost, {"_rels/.rels": rels.encode(), "[Content_Types].xml": kinds.encode()})
    assert returned_of(lost, "a.xlsx").fingerprint["digest"] == HANDOUT.digest


def test_a_file_that_gives_its_own_size_wrongly_is_read_whole() -> None:
    """Some writers note the dimension A1 for every sheet."""
    with zipfile.ZipFile(BytesIO(FILE)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    start = sheet.index('<dimension ref="') + len('<dimension ref="')
    shrunk = sheet[:start] + "A1" + sheet[sheet.index('"', start) :]
    assert keys(returned_of(rewritten(FILE, {"xl/worksheets/sheet1.xml": shrunk.encode()}), "a.xlsx")) == [
        "41",
        "42",
    ]


def test_what_stands_on_other_sheets_and_beside_the_table_is_not_lost() -> None:
    def scribble(book: Workbook) -> None:
        book.create_sheet("附言")["B2"] = "请看"
        book.worksheets[0]["Z6"] = "旁注"

    file = returned_of(edited(scribble), "a.xlsx")
    assert [(cell.at, cell.shown) for cell in file.strays] == [("附言!B2", "请看")]
    assert [cell.shown for row in file.rows for cell in row.strays] == ["旁注"]


def test_a_formula_comes_with_the_value_that_was_computed() -> None:
    content = edited(lambda book: book.worksheets[0].__setitem__("K6", "=60/100"))
    with zipfile.ZipFile(BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    valued = re.sub(r"(<f>60/100</f>)<v ?(/>|></v>)", r"\1<v>0.6</v>", sheet)
    assert valued != sheet
    cell = (
        returned_of(rewritten(content, {"xl/worksheets/sheet1.xml": valued.encode()}), "a.xlsx")
        .rows[0]
        .cells["progress"]
    )
    assert (cell.value, cell.formula, cell.percent) == (0.6, "=60/100", True)
    cell = returned_of(content, "a.xlsx").rows[0].cells["progress"]
    assert (cell.value, cell.formula) == (None, "=60/100")


def many_rows(count: int) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for number in range(count):
        sheet.append([number, "词"])
    return saved(book)


def bomb() -> bytes:
    return rewritten(FILE, {"xl/media/a.bin": bytes(intake.UNPACKED_BYTES_MAX + 1)})


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: b"", "is no workbook"),
        ("单位,进度\n".encode, "is no workbook"),
        (lambda: b"%PDF-1.7", "is no workbook"),
        (lambda: FILE[:4000], "cannot be opened"),
        (lambda: rewritten(FILE, {"xl/workbook.xml": b"<broken"}), "cannot be opened"),
        (lambda: rewritten(FILE, {"xl/worksheets/sheet1.xml": b"<worksheet><row></worksheet>"}), "cannot be"),
        (lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (lambda: rewritten(FILE, {"xl/vbaProject.bin": b"x"}), "has macros"),
        (lambda: many_rows(50_000), "has more than 10000 rows"),
        (bomb, "unpacks to"),
        (lambda: bytes(intake.FILE_BYTES_MAX + 1), "a return may have"),
        (lambda: saved(Workbook()), "has no table of items"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_with_a_sentence(make: Callable[[], bytes], why: str) -> None:
    with pytest.raises(Invalid, match=why):
        returned_of(make(), "a.xlsx")


@pytest.mark.parametrize("name", ["a.xls", "a.et", "a.ods"])
def test_other_formats_go_through_libreoffice(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    """A stand-in that converts as `soffice --convert-to xlsx --outdir FOLDER FILE` does."""
    (tmp_path / "converted.xlsx").write_bytes(FILE)
    program = tmp_path / "soffice"
    program.write_text(
        "#!/bin/sh\n"
        'while [ "$1" != --outdir ]; do shift; done\n'
        f'mkdir -p "$2" && cp {tmp_path}/converted.xlsx "$2/$(basename "${{3%.*}}").xlsx"\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    content = rewritten(FILE, {"xl/workbook.xml": None, "content.xml": b""}) if name == "a.ods" else OLE
    assert keys(returned_of(content, name)) == ["41", "42"]
    program.write_text("#!/bin/sh\nexit 1\n")
    with pytest.raises(Invalid, match="cannot open"):
        returned_of(content, name)


def test_without_libreoffice_other_formats_are_refused_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match="not installed"):
        returned_of(OLE, "a.xls")
    inbox = inbox_of([("a.xls", OLE), ("b.xlsx", FILE)])
    assert [file.name for file in inbox.returned] == ["b.xlsx"]
    (refused,) = inbox.refused
    assert refused.advice
    assert "apt install libreoffice" in refused.advice.words
