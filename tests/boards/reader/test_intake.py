"""What is taken in, and what is refused with which words."""

from __future__ import annotations

import pytest

from haihe.boards.reader.intake import gazetteer, name_of, text_of
from haihe.kit.errors import Invalid
from haihe.kit.limits import TEXT_BYTES_MAX
from haihe.store.opening import Store

TEXT = "一季度，天津落地项目74个，总投资502亿元。\r\n"

REFUSED = {
    "empty.txt": (b"", "is empty"),
    "blank.txt": ("\ufeff \r\n\u3000\n".encode(), "is empty"),
    "binary.txt": (b"\x00\x01\x02" * 500, "is not a text"),
    "control.txt": ("天津\x07".encode(), "is not a text"),
    "latin.txt": ("Überprüfung à la carte, naïve.".encode("latin-1"), "neither UTF-8 nor GB18030"),
    "half.txt": (TEXT.encode("utf-16")[:-1], "neither UTF-8 nor GB18030"),
    "plan.docx": (b"PK\x03\x04\x14\x00", "what is read is plain text"),
    "plan.txt": (b"PK\x03\x04\x14\x00", "what is read is plain text"),
    "plan.pdf": (b"%PDF-1.7\n", "what is read is plain text"),
    "page.html": (b"<html></html>", "what is read is plain text"),
    "": (TEXT.encode(), "has 0 characters"),
    "长" * 201 + ".txt": (TEXT.encode(), "has 205 characters"),
}


@pytest.mark.parametrize(("name", "content", "words"), [(name, *bad) for name, bad in REFUSED.items()])
def test_a_file_that_is_no_text_is_refused_by_name_and_with_a_way_out(
    name: str, content: bytes, words: str
) -> None:
    with pytest.raises(Invalid, match=words) as refusal:
        text_of(content, name)
    assert refusal.value.advice
    assert len(name) in (0, 205) or str(refusal.value).startswith(name)


def test_a_text_over_the_limit_is_refused() -> None:
    with pytest.raises(Invalid, match=str(TEXT_BYTES_MAX)):
        text_of(b"a" * (TEXT_BYTES_MAX + 1), "long.txt")


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_the_text_of_a_utf8_file_is_its_own(mark: str) -> None:
    content = (mark + TEXT).encode()
    assert text_of(content, "a.md").encode() == content


@pytest.mark.parametrize("encoding", ["gb18030", "gbk", "utf-16"])
def test_other_encodings_become_the_same_text(encoding: str) -> None:
    assert text_of(TEXT.encode(encoding), "A.TXT") == TEXT


@pytest.mark.parametrize(
    "path", [r"C:\方案\行动方案.txt", "/srv/方案/行动方案.txt", "行动\x00方案.txt", "../行动方案.txt"]
)
def test_a_file_is_named_without_its_folders(path: str) -> None:
    assert name_of(path) == "行动方案.txt"


@pytest.mark.database
def test_the_gazetteer_knows_the_region_and_the_country_before_any_pack_is_loaded(store: Store) -> None:
    known = gazetteer(store).units
    assert known["120114"].name == "武清区"
    assert known["120114"].parent == "120000"
    assert len([code for code in known if code.endswith("0000")]) == 34
    assert gazetteer(store).units is known
