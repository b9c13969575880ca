"""Values of fields as people see and write them, in a sheet, in a form, on a page."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from haihe.boards.ledger.kinds import FEN_PER_WAN, LINKS, NUMERIC, Field, Given
from haihe.kit.errors import N_
from haihe.kit.words import LANGUAGES, say

_SPLIT = re.compile(r"[、,，;；\n]")
_ITEM = re.compile(r"\S*/item/(\d+)\S*", re.ASCII)
_ANSWERS = {N_("yes"): True, N_("no"): False}


def names_of(written: str) -> tuple[str, ...]:
    """The names in a line, each once.

    >>> names_of("市科技局、市教育局, 市科技局")
    ('市科技局', '市教育局')
    """
    return tuple(dict.fromkeys(filter(None, (name.strip() for name in _SPLIT.split(written)))))


def shown(field: Field, value: Given, language: str) -> object:
    """A value as a cell of a sheet shows it: words of choices, amounts in 万元, dates as dates."""
    if isinstance(value, list):
        choices = field.choices or {}
        return "、".join(choices[each][language] if each in choices else each for each in value)
    if field.type == "money" and isinstance(value, int):
        return value / FEN_PER_WAN
    if field.choices and isinstance(value, str):
        return field.choices[value][language]
    if field.type == "flag" and value is not None:
        return say(N_("yes") if value else N_("no"), language)
    return date.fromisoformat(value) if field.type == "date" and isinstance(value, str) else value


def told(field: Field, value: Given, language: str) -> str:
    """A value in words: numbers with their thousands apart, amounts with their unit."""
    if field.type == "money" and isinstance(value, int):
        return say(N_("{amount} × 10,000 yuan"), language, amount=f"{value / FEN_PER_WAN:,.10g}")
    if field.type == "share" and isinstance(value, int | float):
        return f"{value:.4g}"
    if field.type in NUMERIC and isinstance(value, int | float):
        return f"{value:,}"
    return str(shown(field, value, language) or "")


def given(field: Field, cell: object) -> Given:
    """What a cell or a box says in the terms of its field; a label of a choice is its value.

    An item may be named by its number or the address of its page.
    """
    if cell is None or cell == "":
        return None
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if field.type in NUMERIC:
        return _number(field, cell)
    said = str(cell).strip()
    if field.type in LINKS:
        said = _ITEM.sub(r"\1", said)
    labels = {word: value for value, label in (field.choices or {}).items() for word in label.values()}
    if field.type in ("choices", "units", "nodes"):
        return [labels.get(name, name) for name in names_of(said)]
    if field.type == "flag":
        answers = {say(word, language): value for word, value in _ANSWERS.items() for language in LANGUAGES}
        return answers.get(said, said)
    return labels.get(said, said)


def _number(field: Field, cell: object) -> Given:
    """The number in a cell, fen for an amount in 万元; what is none stays as it is."""
    said = str(cell).strip().replace(",", "").replace("，", "")
    try:
        number = Decimal(said) * (FEN_PER_WAN if field.type == "money" else 1)
        return int(number) if number == number.to_integral_value() else float(number)
    except (InvalidOperation, OverflowError, ValueError):
        return str(cell)
