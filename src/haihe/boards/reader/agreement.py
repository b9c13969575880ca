"""When what was read of a figure, post, place or assignment agrees with its label, field by field.

Width, spacing and punctuation never make a difference (NFKC), an empty word is none, and 分别 before a change
says nothing of it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

Row = Mapping[str, Any]
Agrees = Callable[[Row, Row], bool]

_MARKS = re.compile(r"[\s,、;:。.()《》“”\"'·\-—]+")
_UP = re.compile("增|升|提高|上涨|扩大|多")
_DOWN = re.compile("降|减|跌|缩|少")


def bare(value: object) -> str:
    """Words without width, spacing and punctuation; those of None are empty.

    >>> bare("（１．５） 万"), bare(None)
    ('15万', '')
    """
    return _MARKS.sub("", unicodedata.normalize("NFKC", "" if value is None else str(value)))


def agreements(kind: str, row: Row, label: Row) -> dict[str, bool]:
    """Which fields of a row agree with its label; those asked only where the label has one are named so."""
    found: dict[str, bool] = {}
    for name, agrees in _FIELDS.get(kind, {}).items():
        found[name] = agrees(row, label)
        if name in _OFTEN_EMPTY and label.get(name):
            found[f"{name}_where_labelled"] = found[name]
    return found


def differences(kind: str, row: Row, label: Row) -> list[str]:
    """The fields of a row that its label has otherwise."""
    if kind == "assignment":
        given, wanted = duty_of(row), duty_of(label)
        return [name for name in wanted if given[name] != wanted[name]]
    return [
        name for name, agrees in _FIELDS.get(kind, {}).items() if name in label and not agrees(row, label)
    ]


def duty_of(row: Row) -> dict[str, object]:
    """Who leads, who helps and until when, as two assignments are compared; None where it is not said."""
    return {
        "lead": frozenset(map(_spaceless, row.get("lead") or ())) or None,
        "cooperate": frozenset(map(_spaceless, row.get("cooperate") or ())) or None,
        "due": _spaceless(row["due"]) if row.get("due") else None,
    }


def _spaceless(value: object) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(value)))


def _same(name: str) -> Agrees:
    return lambda row, label: bare(row.get(name)) == bare(label.get(name))


def _same_number(name: str) -> Agrees:
    return lambda row, label: _equal(_number(row.get(name)), _number(label.get(name)))


def _number(value: object) -> float | str | list[Any]:
    """A number, a list of numbers, or the words of what is none."""
    if isinstance(value, list | tuple):
        return [_number(each) for each in value]
    try:
        return float(str(value).replace(",", ""))
    except ValueError:
        return bare(value)


def _equal(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= 1e-9 * max(1.0, abs(one), abs(other))
    return one == other


def _change(row: Row) -> str:
    return bare(row.get("change")).replace("分别", "")


def _direction(row: Row) -> str | None:
    change = _change(row)
    if _UP.search(change):
        return "up"
    return "down" if _DOWN.search(change) else change and "other"


def _same_title(row: Row, label: Row) -> bool:
    """Titles agree also without the names of their organisations: 市委组织部副部长 is 副部长 of 市委组织部.

    A later mention that gives no title may be read without one, or with the title that was given before.
    """
    given, wanted = bare(row.get("title")), bare(label.get("title"))
    if not wanted:
        before = bare(label.get("title_in_doc"))
        return not given or (bool(before) and before.endswith(given))
    names = ";".join(name for name in (label.get("organisation"), row.get("organisation")) if name)
    bodies = sorted({bare(name) for name in names.split(";") if name}, key=len, reverse=True)
    return given == wanted or _without(given, bodies) == _without(wanted, bodies)


def _without(title: str, bodies: list[str]) -> str:
    for body in bodies:
        title = title.replace(body, "")
    return title


_FIELDS: dict[str, dict[str, Agrees]] = {
    "figure": {
        "value": _same_number("value"),
        "unit": _same("unit"),
        "qualifier": _same("qualifier"),
        "change": lambda row, label: _change(row) == _change(label),
        "change_direction": lambda row, label: _direction(row) == _direction(label),
        "normalized_value": _same_number("normalized_value"),
    },
    "person": {"title": _same_title},
    "place": {"adcode": _same("adcode")},
}
_OFTEN_EMPTY = {"qualifier", "change", "title", "adcode"}
