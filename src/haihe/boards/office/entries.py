"""What a unit wrote into the open cells of a row, as values, or why a cell cannot be taken."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, datetime

from haihe.boards.office.records import (
    CONFIDENCES,
    ENTRY,
    TEXT_CHARACTERS_MAX,
    Cell,
    Confidence,
    Entry,
    Reason,
)
from haihe.boards.office.workbook import plain
from haihe.kit.errors import N_
from haihe.kit.text import folded
from haihe.kit.words import LANGUAGES, say

_NUMBER = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)(%?)", re.ASCII)
_DAY = re.compile(r"(20\d\d)(?:[-/.年])(\d{1,2})(?:[-/.月](\d{1,2})日?|月底?)(?:前|之前)?", re.ASCII)
_ELSEWHERE = re.compile(r"[\[!]|\b(?:INDIRECT|WEBSERVICE|HYPERLINK|RTD|DDE)\s*\(", re.IGNORECASE)


def entry_of(cells: Mapping[str, Cell]) -> tuple[Entry, dict[str, Reason]]:
    """The entry in a row, and by column why a cell of it cannot be taken.

    >>> entry_of({"progress": Cell("A1", 0.6, "60%", percent=True)})[0].progress
    0.6
    """
    values: dict[str, object] = {}
    wrong: dict[str, Reason] = {}
    for column, cell in cells.items():
        if column not in ENTRY or not is_filled(cell):
            continue
        found = computed(cell) or _READERS[column](cell)
        if isinstance(found, Reason):
            wrong[column] = found
        else:
            values[column] = found[0]
    entry = Entry(**values)  # type: ignore[arg-type]  # each reader gives what its column holds
    if not wrong and values and entry.progress is None and entry.forecast is None and not entry.note:
        wrong |= {column: Reason(_SAYS_NOTHING) for column in values}
    return entry, wrong


def is_filled(cell: Cell | None) -> bool:
    """Whether a cell says anything."""
    return cell is not None and bool(cell.shown.strip() or cell.formula)


_SAYS_NOTHING = N_("Without a progress, a day or what was done, the row says nothing that can be reported.")


def computed(cell: Cell) -> Reason | None:
    """Why a computed cell cannot be taken; None for a plain one, and for one with its value."""
    if cell.formula is None:
        return None
    if _ELSEWHERE.search(cell.formula):
        words = N_("{formula} refers to another sheet, file or address; write the value itself.")
        return Reason(words, {"formula": cell.formula})
    if cell.value is None or cell.shown.startswith("#"):
        return Reason(N_("{formula} has no value; write the value itself."), {"formula": cell.formula})
    return None


def _progress(cell: Cell) -> tuple[float] | Reason:
    """A share: 60 % as such a cell, as text or as the number 60; a bare 1 may be either and is not taken."""
    value, percent = cell.value, cell.percent
    if isinstance(value, str):
        match = _NUMBER.fullmatch(folded(value))
        if not match:
            return Reason(N_("{words} is no progress; write a share such as 60%."), {"words": cell.shown})
        value, percent = float(match[1]), False
        if match[2]:
            value, percent = value / 100, True
    if isinstance(value, bool) or not isinstance(value, int | float):
        return Reason(N_("{words} is no progress; write a share such as 60%."), {"words": cell.shown})
    if not percent and value == 1:
        return Reason(N_("A bare 1 may mean 1% or 100%; write it with the sign."))
    share = value if percent or 0 <= value < 1 else value / 100
    if not 0 <= share <= 1:
        return Reason(N_("{words} is no share from 0% to 100%."), {"words": cell.shown})
    return (round(float(share), 6),)


def _forecast(cell: Cell) -> tuple[date] | Reason:
    value = cell.value
    if isinstance(value, datetime):
        return (value.date(),)
    if isinstance(value, date):
        return (value,)
    match = _DAY.fullmatch(folded(value)) if isinstance(value, str) else None
    if match:
        year, month = int(match[1]), int(match[2])
        last = monthrange(year, month)[1] if 1 <= month <= 12 else 0
        day = int(match[3] or last)
        if 1 <= day <= last:
            return (date(year, month, day),)
    return Reason(N_("{words} is no day; write it as 2026-12-31."), {"words": cell.shown})


def _confidence(cell: Cell) -> tuple[Confidence] | Reason:
    written = folded(cell.shown)
    for confidence, words in CONFIDENCES.items():
        if written in {folded(say(words, language)) for language in LANGUAGES}:
            return (confidence,)
    return Reason(N_("{words} is not in the list of the cell."), {"words": cell.shown})


def _text(cell: Cell) -> tuple[str] | Reason:
    words = plain(cell.shown)
    if len(words) > TEXT_CHARACTERS_MAX:
        facts = {"count": len(words), "limit": TEXT_CHARACTERS_MAX}
        return Reason(N_("The text has {count} characters; it may have {limit}."), facts)
    return (words,)


_READERS: Mapping[str, Callable[[Cell], tuple[object] | Reason]] = {
    "progress": _progress,
    "forecast": _forecast,
    "confidence": _confidence,
    "note": _text,
    "difficulty": _text,
    "evidence": _text,
}
