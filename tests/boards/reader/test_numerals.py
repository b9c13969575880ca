from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haihe.boards.reader.numerals import scale_of, split_scale, value_of

DIGITS = "零一二三四五六七八九"
STEPS = ((10**8, "亿"), (10**4, "万"), (1000, "千"), (100, "百"), (10, "十"))


def spoken(number: int) -> str:
    """A whole number as it is said, by the schoolbook rule."""
    if number < 10:
        return DIGITS[number]
    size, word = next((size, word) for size, word in STEPS if number >= size)
    head, rest = divmod(number, size)
    gap = "零" if rest and rest < size // 10 else ""
    return f"{spoken(head)}{word}{gap}{spoken(rest) if rest else ''}"


@given(st.integers(0, 10**12 - 1))
def test_a_number_that_is_said_is_understood(number: int) -> None:
    assert value_of(spoken(number)) == number


@given(st.integers(0, 10**15 - 1), st.sampled_from(["", ".5", ".25"]))
def test_commas_and_width_do_not_matter(number: int, fraction: str) -> None:
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    expected = Decimal(f"{number}{fraction}")
    assert value_of(f"{number:,}{fraction}") == expected
    assert value_of(f"{number}{fraction}".translate(wide)) == expected


@pytest.mark.parametrize("words", ["三五", "十几", "", "百分", "二三十", "一二三", "点五"])
def test_what_is_no_exact_number_has_no_value(words: str) -> None:
    assert value_of(words) is None


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("两", 2),
        ("十六", 16),
        ("一百零五", 105),
        ("二〇二三", 2023),
        ("三点一四", Decimal("3.14")),
        ("千万", 10**7),
    ],
)
def test_numbers_as_documents_write_them(words: str, value: Decimal) -> None:
    assert value_of(words) == value


def test_the_last_myriad_is_the_scale_of_the_unit() -> None:
    assert split_scale("三万") == ("三", "万")
    assert split_scale("万") == ("万", "")
    assert scale_of("百万") == 10**6
