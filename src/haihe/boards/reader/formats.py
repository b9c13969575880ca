"""Numbers of a spreadsheet as its number formats show them (ECMA-376-1, 18.8.30 and 18.8.31)."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import from_excel

_MONTH, _DAY, _WHOLE_DAY = 'yyyy"年"m"月"', 'm"月"d"日"', 'yyyy"年"m"月"d"日"'
BUILTIN = BUILTIN_FORMATS | {
    **dict.fromkeys((27, 36, 50, 52, 57), _MONTH),
    **dict.fromkeys((28, 29, 51, 53, 54, 58), _DAY),
    30: "m-d-yy",
    31: _WHOLE_DAY,
    32: 'h"时"mm"分"',
    33: 'h"时"mm"分"ss"秒"',
}
"""The formats that have numbers only; 27 to 58 are those of Chinese."""

_TOKEN = re.compile(
    r"""(?P<literal>"[^"]*"|[\\!].)|(?P<currency>\[\$[^\]]*\])|(?P<none>\[[^\]]*\]|_.|\*.)"""
    r"""|(?P<places>[0#?][0#?.,]*|\.[0#?]+)|(?P<percent>%)|(?P<other>.)""",
    re.DOTALL,
)
_SECTIONS = re.compile(r"""((?:"[^"]*"|\\.|[^;"\\])*)(?:;|$)""")
_SPELT = re.compile(r"""General|[eE][+-]|[0#?] */|@""")
_QUOTED = re.compile(r"""\\.|"[^"]*"|\[(?!h+\]|m+\]|s+\])[^\]]*\]|_.|\*.""", re.IGNORECASE)
_DIGITS = 15


def shown(number: float, code: str, epoch: datetime) -> str:
    """A number as its format shows it: days as 2026-06-30, months as 2026-06, others with their places.

    A negative number keeps its minus where the format has colour or brackets instead. What a format spells in
    another way (fractions, powers, digits apart) is written plainly, to 15 digits.

    >>> from openpyxl.utils.datetime import CALENDAR_WINDOWS_1900 as epoch
    >>> [shown(46203, code, epoch) for code in ("yyyy-mm-dd", 'yyyy"年"m"月"', "#,##0.0", "General")]
    ['2026-06-30', '2026-06', '46,203.0', '46203']
    >>> shown(0.1 + 0.2, "General", epoch), shown(0.125, "0.0%", epoch), shown(-3, '0"亿元";(0)', epoch)
    ('0.3', '12.5%', '-3亿元')
    """
    if is_date_format(code):
        moment = _moment(number, code, epoch)
        if moment is not None:
            return moment
    value = Decimal(f"{number:.{_DIGITS}g}")
    if not value.is_finite():
        return str(number)
    section = _section(code, value)
    words = None if _SPELT.search(_QUOTED.sub("", section)) else _written(abs(value), section)
    sign = "-" if value < 0 else ""
    return sign + (_plain(abs(value)) if words is None else words)


def _moment(number: float, code: str, epoch: datetime) -> str | None:
    """A day, month or time of day; None where the number is none."""
    bare = _QUOTED.sub("", code.split(";", maxsplit=1)[0]).lower()
    elapsed = "[" in bare
    try:
        moment = from_excel(number, epoch, timedelta=elapsed)
    except (OverflowError, ValueError):
        return None
    clock = bool(re.search("[hs]", bare))
    if isinstance(moment, timedelta):
        minutes = round(moment.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02}"
    if isinstance(moment, time):
        return moment.strftime("%H:%M:%S" if "s" in bare else "%H:%M") if clock else None
    day = "%Y-%m-%d"
    if not clock and "d" not in bare:
        day = "%Y-%m" if "m" in bare else "%Y"
    if clock and not re.search("[yd]", bare):
        day = ""
    hours = ("%H:%M:%S" if "s" in bare else "%H:%M") if clock else ""
    return str(moment.strftime(f"{day} {hours}".strip()))


def _section(code: str, value: Decimal) -> str:
    sections = [found[1] for found in _SECTIONS.finditer(code)]
    return sections[2] if value == 0 and len(sections) > 3 and sections[2] else sections[0]


def _written(value: Decimal, section: str) -> str | None:
    """The absolute value in one section of a format; None where its digits stand apart or there are none."""
    tokens = [(found.lastgroup, found[0]) for found in _TOKEN.finditer(section)]
    if sum(kind == "places" for kind, _ in tokens) != 1 or value.adjusted() > _DIGITS:
        return None
    scale = 2 * sum(kind == "percent" for kind, _ in tokens)
    words = ""
    for kind, token in tokens:
        if kind == "places":
            words += _placed(value.scaleb(scale), token)
        elif kind == "literal":
            words += token.strip('"') if token[0] == '"' else token[1:]
        elif kind == "currency":
            words += token[2:-1].partition("-")[0]
        elif kind in {"percent", "other"}:
            words += token
    return words.strip()


def _placed(value: Decimal, places: str) -> str:
    """The digits of a value in the places of a format such as #,##0.00."""
    whole, _, fraction = places.partition(".")
    kept = whole.rstrip(",")
    value = value.scaleb(-3 * (len(whole) - len(kept) + len(fraction) - len(fraction.rstrip(","))))
    fraction = fraction.replace(",", "")
    digits = (
        f"{value.quantize(Decimal(1).scaleb(-len(fraction)), ROUND_HALF_UP):{',' if ',' in kept else ''}f}"
    )
    left, dot, right = digits.partition(".")
    while right and fraction[len(right) - 1] != "0" and right[-1] == "0":
        right = right[:-1]
    return left.zfill(kept.count("0")) + (dot + right if right else "")


def _plain(value: Decimal) -> str:
    words = f"{value:f}"
    return words.rstrip("0").rstrip(".") if "." in words else words
