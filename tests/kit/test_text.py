from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haihe.kit.errors import Invalid
from haihe.kit.limits import TEXT_BYTES_MAX
from haihe.kit.text import decoded, folded, sha256_of, terms


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_text_comes_back_whatever_a_chinese_editor_saved(encoding: str) -> None:
    text = "京津冀协同发展，2023年一季度落地项目74个。\r\n"
    assert decoded(text.encode(encoding), "a.txt").removeprefix("\ufeff") == text


def test_a_byte_order_mark_of_utf8_is_a_character_of_the_text() -> None:
    assert decoded("天津".encode("utf-8-sig"), "a.txt") == "\ufeff天津"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        ("\ufeff \r\n\u3000".encode(), "is empty"),
        (b"\x7fELF\x02\x01\x01\x00", r"U\+0002 at place 4"),
        (b"\x81\x20\xff", "neither UTF-8 nor GB18030"),
        (b"a" * (TEXT_BYTES_MAX + 1), "a text may have"),
    ],
)
def test_what_is_no_text_is_refused_by_name(content: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=f"a.txt.*{words}"):
        decoded(content, "a.txt")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(str.strip))
def test_every_utf8_text_is_its_own_canonical_text(text: str) -> None:
    if text.strip("\ufeff \u3000"):
        assert decoded(text.encode(), "a.txt") == text


@given(
    st.text(alphabet="武清区天津AB12 （）", max_size=12),
    st.text(alphabet="武清天津AB1", min_size=1, max_size=3),
)
def test_what_a_name_contains_is_among_its_terms(name: str, part: str) -> None:
    if len(part) <= 2 and not part.isascii() and part.isalpha() and all(c >= "\u4e00" for c in part):
        assert (part in terms(name)) == (part in name)


def test_width_case_and_space_do_not_tell_names_apart() -> None:
    assert folded("ＴＣＬ 科技") == folded("tcl科技") != folded("TCL 科学")
    assert sha256_of("a") != sha256_of("A")
