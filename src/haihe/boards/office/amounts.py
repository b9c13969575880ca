"""Numbers as people write them in cells: amounts of money in any unit, shares, and none at all."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from haihe.boards.office.records import Cell
from haihe.kit.errors import N_

YUAN: Mapping[str, int] = {"元": 1, "千元": 1_000, "万元": 10_000, "百万元": 1_000_000, "亿元": 100_000_000}
"""What the units of money are in yuan."""

NOT_AN_AMOUNT = N_("This is not one amount in yuan; write a number, alone or with its unit of yuan.")
NO_UNIT = N_("Neither the cell nor its heading says in which unit of yuan this is; choose the unit.")
NOT_A_NUMBER = N_("This is not a number.")

_NONE = re.compile(
    r"[-—–―/\\－／.。…*]*|无|暂无|没有|待定|未定|不详|不涉及|空|略|n/?a|nil|#n/a", re.IGNORECASE
)
_ROUND = re.compile(
    r"^(?:约|近|大约|约为|预计|计划|共|合计|总计|累计|人民币|¥|￥|≈|~)+|(?:左右|上下|余|多|整|\+)$"
)
_AMOUNT = re.compile(r"([+-]?[\d.]+)(?:余|多)?(亿|百万|千万|万|千)?(元|块|人民币)?", re.ASCII)
_SCALES = {"千": 1_000, "万": 10_000, "百万": 10**6, "千万": 10**7, "亿": 10**8}
_GROUPED = re.compile(r"(?<=\d)[,'\s](?=\d{3}(?:\D|$))")


def is_none(cell: Cell | None) -> bool:
    """Whether a cell holds nothing or only says that there is nothing (-, /, 无).

    >>> is_none(Cell("A1", "——", "——")), is_none(Cell("A1", 0, "0"))
    (True, False)
    """
    return cell is None or _NONE.fullmatch(_narrow(cell.shown)) is not None


def _narrow(words: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", words))


def number_of(cell: Cell) -> Decimal | None:
    """The plain number in a cell, without 约, thousand separators and a unit; None where there is none.

    >>> number_of(Cell("A1", "约１,２００.５", "约１,２００.５")), number_of(Cell("A1", "3个", "3个"))
    (Decimal('1200.5'), None)
    """
    if isinstance(cell.value, bool):
        return None
    if isinstance(cell.value, int | float):
        return Decimal(repr(cell.value))
    words = _GROUPED.sub("", unicodedata.normalize("NFKC", cell.shown).strip())
    try:
        number = Decimal(_ROUND.sub("", _ROUND.sub("", _narrow(words))))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def amount_of(cell: Cell, unit: str | None) -> Decimal | str:
    """The amount in a cell in 万元 (10,000 yuan), or the reason why it is none.

    `unit` is that of the heading; what the cell itself says (1.2亿元) comes before it.

    >>> amount_of(Cell("A1", "1.2亿元", "1.2亿元"), "万元"), amount_of(Cell("A1", 350, "350"), "万元")
    (Decimal('12000'), Decimal('350'))
    """
    plain = number_of(cell)
    if plain is not None:
        return NO_UNIT if unit is None else _in_wan(plain * YUAN[unit])
    words = _narrow(_GROUPED.sub("", unicodedata.normalize("NFKC", cell.shown).strip()))
    found = _AMOUNT.fullmatch(_ROUND.sub("", _ROUND.sub("", words)))
    if found is None or not (found[2] or found[3]):
        return NOT_AN_AMOUNT
    try:
        number = Decimal(found[1])
    except InvalidOperation:
        return NOT_AN_AMOUNT
    return _in_wan(number * _SCALES.get(found[2] or "", 1))


def _in_wan(yuan: Decimal) -> Decimal:
    wan = yuan / YUAN["万元"]
    return Decimal(int(wan)) if wan == wan.to_integral_value() else wan.normalize()


def share_of(cell: Cell) -> Decimal | str:
    """The share from 0 to 1 that a cell in per cent or with a sign holds, or the reason why it is none."""
    words = _narrow(cell.shown)
    number = number_of(Cell(cell.at, words.rstrip("%"), words.rstrip("%")))
    if number is None:
        return NOT_A_NUMBER
    return number / 100 if words.endswith("%") or number > 1 else number
