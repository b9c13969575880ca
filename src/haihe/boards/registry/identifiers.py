"""The codes that tell organisations apart, recognised by their form and checked by their check digits."""

from __future__ import annotations

import re
from itertools import cycle

from stdnum.cn import uscc

from haihe.boards.registry.records import Identifier

SCHEMES = frozenset({"uscc", "organisation", "moe", "stock"})
"""The codes that are recognised by their form, wherever they stand."""

_MINISTRY = re.compile(r"[34][1-9][0-9]{8}")
_STOCK = re.compile(r"([0-9]{6})(?:[.\s]?(SH|SZ|BJ))?|(SH|SZ|BJ)[.\s]?([0-9]{6})")
_OLD_CODE = re.compile(r"[0-9A-Z]{8}-?[0-9X]")
_OLD_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_EXCHANGES = {"SH": re.compile(r"6|900"), "SZ": re.compile(r"[03]|200"), "BJ": re.compile(r"[48]|92")}
"""How the codes of the shares of an exchange begin, B shares too."""


def identifier_of(written: str) -> Identifier | None:
    """The code that a cell holds; None where it is none that is known, or its check digit is wrong.

    统一社会信用代码 (`uscc`, GB 32100-2015), 组织机构代码 (`organisation`, GB 11714-1997), the code of
    a university (`moe`) and the code of a share (`stock`, 600000.SH).

    >>> identifier_of("4112010056"), identifier_of("600717"), identifier_of("91110000600037341L")
    (Identifier(scheme='moe', value='4112010056'), Identifier(scheme='stock', value='600717.SH'), \
Identifier(scheme='uscc', value='91110000600037341L'))
    """
    code = written.strip().upper()
    if uscc.is_valid(code):
        return Identifier("uscc", uscc.compact(code))
    if _MINISTRY.fullmatch(code):
        return Identifier("moe", code)
    share = _STOCK.fullmatch(code)
    if share:
        digits, said = share[1] or share[4], share[2] or share[3]
        exchange = next((name for name, begins in _EXCHANGES.items() if begins.match(digits)), None)
        fits = exchange is not None and said in (None, exchange)
        return Identifier("stock", f"{digits}.{exchange}") if fits else None
    if _OLD_CODE.fullmatch(code) and _check(code[:8]) == code[-1]:
        return Identifier("organisation", code.replace("-", ""))
    return None


def same_body(a: Identifier, b: Identifier) -> bool | None:
    """Whether two codes are of one body; None where they cannot be compared.

    The ninth to seventeenth character of a unified code are the body's old code (GB 32100-2015, 4).
    """
    old = [one.value[8:17] if one.scheme == "uscc" else one.value for one in (a, b)]
    if a.scheme == b.scheme:
        return a.value == b.value
    return old[0] == old[1] if {a.scheme, b.scheme} == {"uscc", "organisation"} else None


def _check(body: str) -> str:
    """The check character of an old organisation code (GB 11714-1997, 3.3)."""
    values = [int(character, 36) for character in body]
    rest = 11 - sum(weight * value for weight, value in zip(cycle(_OLD_WEIGHTS), values, strict=False)) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))
