"""What is taken in, and what is refused with which words."""

from __future__ import annotations

import io
import random
import re
import struct
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from shutil import which
from time import monotonic, sleep
from zipfile import ZIP_DEFLATED, ZipFile

import docx
import numpy as np
import psutil
import pytest
from openpyxl import Workbook

from haihe.boards.reader import intake, pdf
from haihe.boards.reader.intake import ENDINGS, gazetteer, name_of, text_of
from haihe.kit.errors import HaiheError, Invalid, Unavailable
from haihe.kit.limits import TEXT_BYTES_MAX, UPLOAD_BYTES_MAX
from haihe.store import conversion
from haihe.store.opening import Store

TEXT = "一季度，天津落地项目74个，总投资502亿元。\r\n"
LINE = TEXT.strip()
PAGE = f"<!DOCTYPE html><html><body><p>{LINE}</p></body></html>"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PNG = b"\x89PNG\r\n\x1a\n"
PLAIN_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F<</Type/Font"
    b"/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n4 0 obj<</Length 60>>stream\n"
    b"BT /F 40 Tf 60 500 Td (HAIHE 2026 COOPERATION) Tj ET      \nendstream endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF"
)


def docx_of(*paragraphs: str) -> bytes:
    made, file = docx.Document(), io.BytesIO()
    for words in paragraphs:
        made.add_paragraph(words)
    made.add_table(2, 2).cell(1, 1).text = "表"
    made.save(file)
    return file.getvalue()


def xlsx_of(words: str) -> bytes:
    made, file = Workbook(), io.BytesIO()
    made.active["B2"] = words
    made.save(file)
    return file.getvalue()


def archive_of(**entries: bytes) -> bytes:
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file.getvalue()


def with_part(content: bytes, path: str, change: Callable[[bytes], bytes]) -> bytes:
    """An archive in which one entry is changed."""
    with ZipFile(io.BytesIO(content)) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    return archive_of(**entries | {path: change(entries[path])})


REFUSED = {
    "empty.txt": (b"", "is empty"),
    "empty.docx": (b"", "is empty"),
    "blank.txt": ("\ufeff \r\n\u3000\n".encode(), "is empty"),
    "blank.html": (b"<html></html>", "is empty"),
    "blank.xlsx": (xlsx_of(" "), "is empty"),
    "binary.txt": (b"\x00\x01\x02" * 500, "is not a text"),
    "control.txt": ("天津\x07".encode(), "is not a text"),
    "surrogate.txt": ("天津\ud800".encode("utf-8", "surrogatepass"), "neither UTF-8 nor GB18030"),
    "latin.txt": ("Überprüfung à la carte, naïve.".encode("latin-1"), "neither UTF-8 nor GB18030"),
    "half.txt": (TEXT.encode("utf-16")[:-1], "neither UTF-8 nor GB18030"),
    "plan.json": (b"{}", "of the format .json"),
    "plan.zip": (archive_of(a=b"a"), "of the format zip"),
    "nested.docx": (archive_of(a=archive_of(b=b"b" * 9_999)), "of the format zip"),
    "words.docx": (TEXT.encode(), "not what its ending says"),
    "half.docx": (docx_of(LINE)[:9_000], "is damaged"),
    "half.xlsx": (xlsx_of(LINE)[:3_000], "is damaged"),
    "half.pdf": (b"%PDF-1.7\n%", "is damaged"),
    "half.png": (PNG, "is damaged"),
    "locked.docx": (OLE + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
    "": (TEXT.encode(), "has 0 characters"),
    "长" * 201 + ".txt": (TEXT.encode(), "has 205 characters"),
}


@pytest.mark.parametrize(("name", "content", "words"), [(name, *bad) for name, bad in REFUSED.items()])
def test_a_file_that_cannot_be_read_is_refused_by_name_and_with_a_way_out(
    name: str, content: bytes, words: str
) -> None:
    with pytest.raises(Invalid, match=words) as refusal:
        text_of(content, name)
    assert refusal.value.advice
    assert len(name) in (0, 205) or str(refusal.value).startswith(name)


@pytest.mark.parametrize(("name", "limit"), [("a.txt", TEXT_BYTES_MAX), ("a.pdf", UPLOAD_BYTES_MAX)])
def test_a_file_over_the_limit_is_refused(name: str, limit: int) -> None:
    with pytest.raises(Invalid, match=str(limit)):
        text_of(b"a" * (limit + 1), name)


@pytest.mark.parametrize("mark", ["", "\ufeff", "\u200f\u202e"])
def test_the_text_of_a_utf8_file_is_its_own(mark: str) -> None:
    content = (mark + TEXT).encode()
    assert text_of(content, "a.md").encode() == content
    assert text_of(content, "a.csv").encode() == content


@pytest.mark.parametrize("encoding", ["gb18030", "gbk", "utf-16"])
def test_other_encodings_become_the_same_text(encoding: str) -> None:
    assert text_of(TEXT.encode(encoding), "A.TXT") == TEXT


@pytest.mark.parametrize("name", ["a.txt", "a.pdf", "a.docx", "a", "a.html", "a.xls", "a.wps"])
def test_what_a_file_is_its_content_tells_before_its_name(name: str) -> None:
    assert text_of(docx_of(LINE), name).startswith(f"{LINE}\n\n|  |  |\n")
    assert text_of(PAGE.encode(), name) == f"{LINE}\n"
    assert text_of(xlsx_of(LINE), name) == f"# Sheet\n|  |  |\n|  | {LINE} |\n"
    assert text_of(PLAIN_PDF, name) == "HAIHE 2026 COOPERATION\n"


def test_the_same_file_gives_the_same_text() -> None:
    for content in (docx_of(LINE), PAGE.encode(), xlsx_of(LINE), PLAIN_PDF):
        assert text_of(content, "a") == text_of(content, "a")


def test_an_archive_that_declares_too_much_is_refused_before_it_is_unpacked() -> None:
    bomb = with_part(docx_of(LINE), "word/document.xml", lambda _: b" " * (300 << 20))
    before = psutil.Process().memory_info().rss
    with pytest.raises(Invalid, match="unpacks to"):
        text_of(bomb, "bomb.docx")
    assert psutil.Process().memory_info().rss - before < 64 << 20


def test_an_archive_that_lies_about_its_size_is_not_unpacked_further() -> None:
    made = bytearray(with_part(docx_of(LINE), "word/document.xml", lambda part: part + b" " * (100 << 20)))
    place = made.rindex(b"word/document.xml") - 46
    made[place + 24 : place + 28] = struct.pack("<I", 5_000)
    before = psutil.Process().memory_info().rss
    with pytest.raises(Invalid, match="is damaged"):
        text_of(bytes(made), "lie.docx")
    assert psutil.Process().memory_info().rss - before < 64 << 20


def test_an_archive_of_very_many_files_is_refused() -> None:
    with pytest.raises(Invalid, match="unpacks to 10001 files"):
        text_of(archive_of(**{f"word/{at}": b"" for at in range(10_001)}), "many.docx")


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_entities_are_refused_whatever_they_stand_for(kind: str) -> None:
    laughs = "".join(f'<!ENTITY a{at + 1} "{f"&a{at};" * 10}">' for at in range(9))
    bomb = f'<!DOCTYPE x [<!ENTITY a0 "哈"><!ENTITY file SYSTEM "file:///etc/passwd">{laughs}]>'.encode()
    content, path = {
        "docx": (docx_of(LINE), "word/document.xml"),
        "xlsx": (xlsx_of(LINE), "xl/worksheets/sheet1.xml"),
    }[kind]

    def change(part: bytes) -> bytes:
        head, mark, rest = part.partition(b"?>") if part.startswith(b"<?xml") else (b"", b"", part)
        return head + mark + bomb + re.sub(rb"<(\w*:?t)[ >][^<]*<", rb"<\1>&a9;&file;<", rest)

    with pytest.raises(Invalid, match="is damaged"):
        text_of(with_part(content, path, change), f"laughs.{kind}")


def test_a_character_that_a_database_cannot_hold_is_left_out_and_marks_of_direction_stay() -> None:
    page = f"<html><body><p>{LINE}\u202e左\x07右</p></body></html>"
    assert text_of(page.encode(), "a.html") == f"{LINE}\u202e左右\n"


def test_a_pdf_of_200_pages_is_read() -> None:
    kids = b" ".join([b"3 0 R"] * 200)
    long = PLAIN_PDF.replace(b"[3 0 R]/Count 1", b"[%s]/Count 200" % kids)
    assert text_of(long, "long.pdf").count("HAIHE 2026") == 200


def test_a_pdf_of_very_many_pages_is_refused() -> None:
    kids = b" ".join([b"3 0 R"] * 500_000)
    long = PLAIN_PDF.replace(b"[3 0 R]/Count 1", b"[%s]/Count 500000" % kids)
    with pytest.raises(Invalid, match="500000 pages"):
        text_of(long, "long.pdf")


def scan() -> bytes:
    """A PDF of one page that is the picture of the plain one."""
    picture = np.ascontiguousarray(pdf.image_of(PLAIN_PDF, 0))
    height, width, _ = picture.shape
    packed = zlib.compress(picture.tobytes())
    form = b"/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/FlateDecode/Width %d/Height %d/Length %d"
    image = b"<</Subtype/Image%s>>stream\n%s\nendstream" % (form % (width, height, len(packed)), packed)
    drawn = b"595 0 0 842 0 0 cm /I Do"
    start, _, _ = PLAIN_PDF.partition(b"/Resources")
    return start + (
        b"/Resources<</XObject<</I 5 0 R>>>>>>endobj 5 0 obj%s endobj "
        b"4 0 obj<</Length %d>>stream\n%s\nendstream endobj trailer<</Root 1 0 R>>\n%%%%EOF"
        % (image, len(drawn), drawn)
    )


def test_a_scan_is_recognised() -> None:
    pytest.importorskip("rapidocr", reason="the extra haihe[ocr] is not installed")
    assert "".join(text_of(scan(), "scan.pdf").split()) == "HAIHE2026COOPERATION"


@pytest.mark.parametrize(("name", "content"), [("scan.pdf", scan()), ("scan.png", PNG)])
def test_without_the_extra_a_scan_is_refused_with_the_command_to_install_it(
    monkeypatch: pytest.MonkeyPatch, name: str, content: bytes
) -> None:
    monkeypatch.setattr(intake, "_can_see", lambda: False)
    with pytest.raises(Unavailable, match=name) as refusal:
        text_of(content, name)
    assert 'pip install "haihe[ocr]"' in refusal.value.advice


def test_a_picture_file_of_several_pages_is_refused() -> None:
    directory = struct.pack("<HI", 0, 14) + struct.pack("<HI", 0, 0)
    with pytest.raises(Invalid, match="holds 2 pictures"):
        text_of(b"II*\x00" + struct.pack("<I", 8) + directory, "a.tif")


def office(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a program in the place of LibreOffice."""
    program = folder / "soffice"
    program.write_text(f"#!{sys.executable}\nimport os, pathlib, subprocess, sys, time\n{script}")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


@pytest.mark.parametrize(
    ("name", "content", "result"),
    [
        ("a.doc", OLE + "WordDocument\0".encode("utf-16-le"), ("document.doc docx", docx_of(LINE))),
        ("a.wps", OLE + "WordDocument\0".encode("utf-16-le"), ("document.doc docx", docx_of(LINE))),
        ("a.et", OLE + "Workbook\0".encode("utf-16-le"), ("document.xls xlsx", xlsx_of(LINE))),
        ("a.doc", b"{\\rtf1 }", ("document.rtf docx", docx_of(LINE))),
        ("a.ods", archive_of(mimetype=b"x", **{"content.xml": b"x"}), ("document.ods xlsx", xlsx_of(LINE))),
        ("a.pptx", archive_of(**{"ppt/presentation.xml": b"x"}), ("document.pptx pdf", PLAIN_PDF)),
    ],
)
def test_other_formats_go_through_an_office_program_of_its_own_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, result: tuple[str, bytes]
) -> None:
    expected, made = result
    (tmp_path / "made").write_bytes(made)
    office(
        tmp_path,
        f"""source, target = pathlib.Path(sys.argv[-1]), sys.argv[sys.argv.index("--convert-to") + 1]
assert (source.name + " " + target) == {expected!r} and source.read_bytes() == {content!r}
assert os.environ["HOME"] == str(source.parent) and "--headless" in sys.argv
folder = pathlib.Path(sys.argv[sys.argv.index("--outdir") + 1])
folder.mkdir()
(folder / f"document.{{target}}").write_bytes(pathlib.Path({str(tmp_path / "made")!r}).read_bytes())""",
        monkeypatch,
    )
    assert text_of(content, name) == text_of(made, "made")


def test_an_office_program_that_hangs_is_ended_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = tmp_path / "child"
    office(
        tmp_path,
        "child = subprocess.Popen(['sleep', '60'])\n"
        f"pathlib.Path({str(note)!r}).write_text(str(child.pid))\ntime.sleep(60)",
        monkeypatch,
    )
    monkeypatch.setattr(conversion, "_SECONDS_MAX", 1)
    with pytest.raises(Invalid, match=r"LibreOffice cannot open a\.doc"):
        text_of(OLE, "a.doc")
    child = int(note.read_text())
    end = monotonic() + 5
    while psutil.pid_exists(child) and psutil.Process(child).status() != "zombie" and monotonic() < end:
        sleep(0.05)
    assert not psutil.pid_exists(child) or psutil.Process(child).status() == "zombie"


def test_without_an_office_program_its_formats_are_refused_with_a_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match="LibreOffice is not installed") as refusal:
        text_of(OLE, "a.wps")
    assert refusal.value.facts["target"] == ".docx"


def test_libreoffice_opens_rich_text() -> None:
    if which("soffice") is None:
        pytest.skip("LibreOffice is not installed")
    assert text_of(b"{\\rtf1\\ansi Plan 2026\\par}", "a.rtf") == "Plan 2026\n"


SEEDS = {"a.docx": docx_of(LINE, LINE), "a.xlsx": xlsx_of(LINE), "a.pdf": PLAIN_PDF, "a.html": PAGE.encode()}


@pytest.mark.parametrize("name", SEEDS)
def test_a_mutilated_file_is_read_or_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "_can_see", lambda: False)
    chance = random.Random(name)
    end = monotonic() + 2
    outcomes = set()
    while monotonic() < end:
        content = mutilated(SEEDS[name], chance)
        try:
            outcomes.add(bool(text_of(content, name)))
        except HaiheError as refusal:
            outcomes.add(type(refusal).__name__)
    assert len(outcomes) > 1


def mutilated(content: bytes, chance: random.Random) -> bytes:
    """A file with bytes changed, cut out, doubled; of an archive, in one of its unpacked parts."""
    if content.startswith(b"PK") and chance.random() < 0.7:
        with ZipFile(io.BytesIO(content)) as archive:
            path = chance.choice(archive.namelist())
        return with_part(content, path, lambda part: mutilated(part, chance))
    made = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(made) + 1)
        size = chance.choice([1, 1, 2, 8, 200])
        what = chance.randrange(4)
        if what == 0:
            made[at : at + size] = chance.randbytes(min(size, 4))
        elif what == 1:
            del made[at : at + size]
        elif what == 2:
            made[at:at] = made[at : at + size]
        else:
            made[at : at + 1] = chance.choice(
                [b"<", b">", b"/", b"0", b"9" * 12, b"-1", b'"', b"\xff", b"&a;"]
            )
    return bytes(made)


@pytest.mark.parametrize(
    "path", [r"C:\方案\行动方案.txt", "/srv/方案/行动方案.txt", "行动\x00方案.txt", "../行动方案.txt"]
)
def test_a_file_is_named_without_its_folders(path: str) -> None:
    assert name_of(path) == "行动方案.txt"


def test_the_endings_that_are_read_are_lower_case_and_each_named_once() -> None:
    assert len(set(ENDINGS)) == len(ENDINGS)
    assert all(ending.startswith(".") and ending == ending.lower() for ending in ENDINGS)


@pytest.mark.database
def test_the_gazetteer_knows_the_region_and_the_country_before_any_pack_is_loaded(store: Store) -> None:
    known = gazetteer(store).units
    assert known["120114"].name == "武清区"
    assert known["120114"].parent == "120000"
    assert len([code for code in known if code.endswith("0000")]) == 34
    assert gazetteer(store).units is known
