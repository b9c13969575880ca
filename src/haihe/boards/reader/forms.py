"""The fields of a fact that somebody may correct, as a form writes them and as they are kept."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

from haihe.boards.reader.dates import dates_of
from haihe.boards.reader.figures import figures_of
from haihe.boards.reader.records import Span, row_of
from haihe.kit.errors import N_, Invalid
from haihe.kit.limits import NAME_CHARACTERS_MAX
from haihe.kit.words import LANGUAGES, say

Form = Literal["text", "name", "names", "number", "time", "code", "due"]

FIELDS: Mapping[str, Mapping[str, Form]] = {
    "figure": {
        "value": "number",
        "unit": "text",
        "qualifier": "text",
        "change": "text",
        "subject": "text",
        "period": "text",
    },
    "date": {"iso": "time"},
    "place": {"name": "name", "adcode": "code"},
    "task": {"title": "name"},
    "assignment": {"lead": "names", "cooperate": "names", "due": "due"},
    "due": {"due": "due"},
    "person": {"name": "name", "title": "text", "organisation": "text"},
    "organisation": {"name": "name"},
    "industry": {"name": "name"},
}
"""The fields of each kind and the form of each; a kind that is not here is not decided on."""

FIELD_LABELS: Mapping[str, str] = {
    "value": N_("Value"),
    "unit": N_("Unit of measure"),
    "qualifier": N_("Qualifier"),
    "change": N_("Change"),
    "subject": N_("Of what"),
    "period": N_("Period"),
    "iso": N_("Date as 2023-06-01, 2023-06, 2023-Q1 or 2023"),
    "name": N_("Full name"),
    "adcode": N_("Code in GB/T 2260"),
    "title": N_("Heading"),
    "person.title": N_("Position"),
    "organisation": N_("Organisation"),
    "lead": N_("Lead units"),
    "cooperate": N_("Cooperating units"),
    "due": N_("Due, as 2023-06-30 or ongoing"),
}

ONGOING = N_("ongoing")
"""The due of what has no last day."""

_BESIDE: Mapping[str, Mapping[str, Any]] = {
    "figure": {"normalized_value": None, "normalized_unit": None, "quantity": "count", "repeats": None},
    "date": {"precision": None, "repeats": None},
    "place": {"type": "place", "unit": None, "members": [], "repeats": None},
    "task": {"ordinal": None, "level": None, "marker": None, "listing": None, "parent": None},
    "assignment": {
        "measure": None,
        "task_start": None,
        "by_duty": False,
        "units": [],
        "due_source": None,
        "due_quote": None,
        "due_start": None,
        "due_end": None,
    },
    "due": {"measure": None},
    "person": {"repeats": None},
    "organisation": {"repeats": None},
    "industry": {"repeats": None},
}


def label_of(kind: str, name: str) -> str:
    """The words for a field of a kind."""
    return FIELD_LABELS.get(f"{kind}.{name}", FIELD_LABELS[name])


_PLACE = {"kind", "start", "end", "quote"}
_PRECISIONS = {
    "day": r"\d{4}-\d\d-\d\d",
    "month": r"\d{4}-(?:0[1-9]|1[0-2])",
    "quarter": r"\d{4}-Q[1-4]",
    "half": r"\d{4}-H[12]",
    "year": r"\d{4}",
}
_SPLIT = re.compile(r"[、,，;；\n]")
_NUMBER = re.compile(r"-?\d{1,18}(?:\.\d{1,12})?")
_CODE = re.compile(r"\d{6}")


def written(fields: Mapping[str, Any], kind: str, language: str) -> dict[str, str]:
    """The fields of a fact as its form shows them."""
    return {name: _shown(fields.get(name), language) for name in FIELDS[kind]}


def _shown(value: Any, language: str) -> str:
    if isinstance(value, list):
        return "、".join(map(str, value))
    return say(ONGOING, language) if value == "ongoing" else "" if value is None else str(value)


def read(kind: str, form: Mapping[str, str]) -> dict[str, Any]:
    """The fields that a form of a kind writes, in the form in which they are kept; raises Invalid."""
    shapes = FIELDS[kind]
    return {name: _read(shapes[name], words.strip()) for name, words in form.items() if name in shapes}


def _read(shape: Form, words: str) -> Any:
    if shape == "names":
        return list(dict.fromkeys(filter(None, (name.strip() for name in _SPLIT.split(words)))))
    if shape == "number" and _NUMBER.fullmatch(words):
        return float(words) if "." in words else int(words)
    if shape == "due" and words in {say(ONGOING, language) for language in LANGUAGES}:
        return "ongoing"
    return words or None


def checked(kind: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a correction and those that follow from them.

    Raises Invalid for a kind that is not decided on, a field that the kind does not have, and a value that
    has not its form: a number, an ISO date, six digits, a list of names, a text of at most 200 characters.
    """
    shapes = FIELDS.get(kind)
    if shapes is None:
        raise Invalid(
            N_("A fact of the kind {kind} is shown and not decided on."),
            advice=N_("The kinds that are decided on are {kinds}."),
            kind=kind,
            kinds=", ".join(FIELDS),
        )
    for name, value in fields.items():
        if name not in shapes or not _fits(shapes[name], value):
            raise Invalid(
                N_("{value} is no {field} of the kind {kind}."),
                advice=N_("The fields are {fields}."),
                value=str(value)[:NAME_CHARACTERS_MAX],
                field=name,
                kind=kind,
                fields=", ".join(f"{known}: {shape}" for known, shape in shapes.items()),
            )
    return dict(fields)


def _fits(shape: Form, value: Any) -> bool:
    if shape == "names":
        return isinstance(value, list) and all(_fits("name", name) for name in value)
    if shape == "number":
        one = [value] if isinstance(value, int | float) else value
        return isinstance(one, list) and bool(one) and all(type(each) in (int, float) for each in one)
    if value is None:
        return shape != "name"
    if not isinstance(value, str) or not 0 < len(value) <= NAME_CHARACTERS_MAX:
        return False
    if shape == "time":
        return precision_of(value) is not None
    if shape == "due":
        return value == "ongoing" or precision_of(value) == "day"
    return shape != "code" or bool(_CODE.fullmatch(value))


def precision_of(iso: str) -> str | None:
    """The precision of a date in ISO style, an interval having that of its end; None where it is none.

    >>> precision_of("2023-06"), precision_of("2023-01/2023-09"), precision_of("2023-02-30")
    ('month', 'month', None)
    """
    parts = iso.split("/")
    if len(parts) > 2:
        return None
    found = [
        next((precision for precision, form in _PRECISIONS.items() if re.fullmatch(form, part)), None)
        for part in parts
    ]
    days = all(_is_day(part) for part, precision in zip(parts, found, strict=True) if precision == "day")
    return found[-1] if days and len(set(found)) == 1 else None


def _is_day(iso: str) -> bool:
    try:
        return bool(date.fromisoformat(iso))
    except ValueError:
        return False


def completed(kind: str, fields: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Checked fields with those that follow from them: a figure's plain unit, the precision of a date."""
    now = {**before, **fields}
    changed = {name for name in fields if fields[name] != before.get(name)}
    if kind == "figure" and changed & {"value", "unit"}:
        return {**fields, **_in_plain_units(now["value"], now["unit"])}
    if kind == "date" and "iso" in changed and fields["iso"]:
        return {**fields, "precision": precision_of(fields["iso"])}
    if kind == "assignment" and changed & {"lead", "cooperate"}:
        return {**fields, "units": []}
    return dict(fields)


def _in_plain_units(value: Any, unit: str | None) -> dict[str, Any]:
    """What a figure is in plain units: read as words where it is one number, else as it stands."""
    words = f"{value}{unit or ''}"
    found = figures_of(words) if isinstance(value, int | float) else ()
    if len(found) == 1 and found[0].quote == words:
        row = row_of(found[0])
        return {name: row[name] for name in ("normalized_value", "normalized_unit", "quantity")}
    return {"normalized_value": value, "normalized_unit": unit}


def suggested(kind: str, words: str) -> dict[str, Any]:
    """The fields of a fact that is added by hand, as far as its words say them.

    >>> suggested("date", "2023年6月")["iso"]
    '2023-06'
    """
    blank: dict[str, Any] = {name: [] if shape == "names" else None for name, shape in FIELDS[kind].items()}
    name = next((name for name, shape in FIELDS[kind].items() if shape == "name"), None)
    if name:
        blank[name] = words.strip()[:NAME_CHARACTERS_MAX]
    spans: Sequence[Span] = ()
    if kind in {"figure", "date"}:
        spans = figures_of(words) if kind == "figure" else dates_of(words)
    found = row_of(spans[0]) if len(spans) == 1 else {}
    return {**_BESIDE[kind], **blank, **{field: found[field] for field in found if field not in _PLACE}}
