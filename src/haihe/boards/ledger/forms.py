"""What a person writes into a form, as the records that the actions take."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from haihe.boards.ledger.records import Edit, Node, NodeKind, Return
from haihe.boards.ledger.tree import KIND_LABELS
from haihe.kit.errors import N_, Invalid

SUBMIT = "(event) => { event.preventDefault(); emit(Object.fromEntries(new FormData(event.target))); }"
"""What the browser does with a form: it hands over what was written, by the names of the fields."""

HTML: Mapping[str, str] = {
    "text": '<label>{0}<input name="{1}" type="text" value="{2}"></label>',
    "date": '<label>{0}<input name="{1}" type="date" value="{2}"></label>',
    "textarea": '<label>{0}<textarea name="{1}" rows="4">{2}</textarea></label>',
    "choice": '<label>{0}<select name="{1}">{3}</select></label>',
}
"""A field of each kind: its label, name, value and options."""

_SPLIT = re.compile(r"[、,，;；\n]")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form, of a kind in `HTML`; of the `options` of a choice the first is chosen."""

    name: str
    label: str
    kind: str = "text"
    value: object = ""
    options: tuple[tuple[str, str], ...] = ()


def edit_fields(node: Node) -> tuple[Field, ...]:
    """The form that changes a node."""
    leaves: tuple[NodeKind, ...] = ("item", "project") if node.kind == "item" else ("project", "item")
    kinds = tuple((kind, KIND_LABELS[kind]) for kind in leaves if node.kind in leaves)
    return (
        Field("title", N_("Title"), value=node.title),
        Field("text", N_("Text"), "textarea", node.text),
        *([Field("kind", N_("Kind"), "choice", options=kinds)] if kinds else []),
        Field("start_on", N_("Start"), "date", node.start_on),
        Field("due_on", N_("Due"), "date", node.due_on),
        Field("due_words", N_("Due in words"), value=node.due_words),
        Field("weight", N_("Weight"), value=f"{node.weight:g}"),
        Field("lead", N_("Lead units"), value="、".join(node.named("lead"))),
        Field("cooperating", N_("Cooperating units"), value="、".join(node.named("cooperating"))),
    )


def return_fields(node: Node, today: date) -> tuple[Field, ...]:
    """The form that reports on a node."""
    return (
        Field("period", N_("Period"), value=f"{today:%Y-%m}"),
        Field("progress", N_("Progress in per cent")),
        Field("forecast_due_on", N_("Expected by"), "date", node.due_on),
        Field("note", N_("What was done"), "textarea"),
    )


def edit_of(node: Node, written: Mapping[str, str]) -> Edit:
    """The edit that a form asks for; what the form does not have stays as it is."""
    kind: NodeKind = next((one for one in KIND_LABELS if one == written.get("kind")), node.kind)
    return Edit(
        title=written["title"],
        text=written["text"],
        kind=kind,
        start_on=day_of(written["start_on"]),
        due_on=day_of(written["due_on"]),
        due_words=written["due_words"].strip() or None,
        weight=number_of(written["weight"]) or 0.0,
        cites=node.cites,
        lead=names_of(written["lead"]),
        cooperating=names_of(written["cooperating"]),
    )


def return_of(written: Mapping[str, str], today: date) -> Return:
    """The report of today that a form asks for; its progress is written in per cent."""
    percent = number_of(written["progress"])
    return Return(
        period=written["period"].strip(),
        reported_on=today,
        progress=None if percent is None else percent / 100,
        note=written["note"],
        forecast_due_on=day_of(written["forecast_due_on"]),
    )


def day_of(written: str) -> date | None:
    """A date as 2023-06-01, None for nothing; raises Invalid.

    >>> day_of("2023-06-01"), day_of("")
    (datetime.date(2023, 6, 1), None)
    """
    try:
        return date.fromisoformat(written) if written else None
    except ValueError as error:
        raise Invalid(
            N_("{day} is no date."), advice=N_("Write it as 2023-06-01, or leave it out."), day=written
        ) from error


def number_of(written: str) -> float | None:
    """A number, None for nothing; raises Invalid."""
    try:
        return float(written) if written else None
    except ValueError as error:
        raise Invalid(
            N_("{number} is no number."), advice=N_("Write it as 12.5, or leave it out."), number=written
        ) from error


def names_of(written: str) -> tuple[str, ...]:
    """The names in a line, each once.

    >>> names_of("市科技局、市教育局, 市科技局")
    ('市科技局', '市教育局')
    """
    return tuple(dict.fromkeys(filter(None, (name.strip() for name in _SPLIT.split(written)))))
