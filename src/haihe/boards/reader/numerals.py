"""Numbers as Chinese documents write them: Arabic, full-width and Chinese numerals."""

from __future__ import annotations

import math
import re
from decimal import Decimal

DIGITS = {digit: number for number, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
TENS = {"十": 10, "百": 100, "千": 1000}
MYRIADS = {"万": 10**4, "亿": 10**8}

_WIDE = str.maketrans("０１２３４５６７８９．，", "0123456789.,")
_ARABIC = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?", re.ASCII)
_CHINESE = "".join([*DIGITS, *TENS, *MYRIADS])
_TRAILING = re.compile(r"([百千]?万亿|万亿|[万亿])$")

ARABIC = r"[0-9０-９]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9０-９]{1,15}(?:[.．][0-9０-９]{1,6})?"
CHINESE = rf"[{_CHINESE}]{{1,12}}(?:点[〇零一二三四五六七八九]{{1,6}})?"


def value_of(numeral: str) -> Decimal | None:
    """The value of a numeral, or None where it is none (approximate or ill-formed, as 三五).

    >>> value_of("１,２39"), value_of("三百二十"), value_of("十六"), value_of("二〇二三"), value_of("三五")
    (Decimal('1239'), Decimal('320'), Decimal('16'), Decimal('2023'), None)
    """
    narrow = numeral.translate(_WIDE)
    if _ARABIC.fullmatch(narrow):
        return Decimal(narrow.replace(",", ""))
    whole, dot, fraction = numeral.partition("点")
    if dot:
        left, right = value_of(whole), "".join(str(DIGITS.get(digit, "")) for digit in fraction)
        return None if left is None or len(right) != len(fraction) else left + Decimal(f"0.{right}")
    if all(character in DIGITS for character in whole):
        digits = "".join(str(DIGITS[character]) for character in whole)
        return Decimal(digits) if len(digits) in {1, 4} else None
    return _composed(whole)


def _composed(numeral: str) -> Decimal | None:
    """The value of a numeral with tens and myriads; None where a digit follows a digit or a step rises."""
    total = section = 0
    digit: int | None = None
    last = 10**9
    for character in numeral:
        if character in DIGITS:
            if digit:
                return None
            digit = DIGITS[character]
        elif character in TENS:
            step = TENS[character]
            if step >= last:
                return None
            section += (1 if digit is None else digit) * step
            digit, last = None, step
        elif character in MYRIADS:
            step, section = MYRIADS[character], section + (digit or 0)
            if total > step and not section:
                return None
            total = total + section * step if total > step else ((total + section) or 1) * step
            section, digit, last = 0, None, 10**9
        else:
            return None
    return Decimal(total + section + (digit or 0))


def scale_of(scale: str) -> int:
    """What a run of scale characters multiplies by; 1 for none.

    >>> scale_of("万亿"), scale_of("")
    (1000000000000, 1)
    """
    return math.prod((TENS | MYRIADS)[character] for character in scale)


def split_scale(numeral: str) -> tuple[str, str]:
    """A Chinese numeral without its last 万 or 亿, and that scale; Arabic and bare scales stay whole.

    >>> split_scale("三万"), split_scale("千亿"), split_scale("十六"), split_scale("一亿二千万")
    (('三', '万'), ('千', '亿'), ('十六', ''), ('一亿二千万', ''))
    """
    found = _TRAILING.search(numeral)
    if not found or found.start() == 0:
        return numeral, ""
    head = numeral[: found.start()]
    return (numeral, "") if set(head) & set(MYRIADS) else (head, found[0])
