"""The columns of the tables that the registry loads, in words, and empty tables to fill in."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass

from openpyxl import load_workbook

from haihe.boards.registry import links, properties
from haihe.boards.registry.kinds import Kind, Property, PropertyType, kinds
from haihe.boards.registry.rows import CITED
from haihe.kit.errors import N_, NotFound
from haihe.kit.sheets import SheetFormat, sheet
from haihe.kit.words import Language, say

VALUE_KIND, PROPERTY_KIND, LINK_KIND = "value", "property", "link"
"""The kinds of tables of indicator values, of properties and names with their dates, and of ties."""

KINDS = {
    VALUE_KIND: N_("Figures of places"),
    PROPERTY_KIND: N_("Names and values with their dates"),
    LINK_KIND: N_("Ties between organisations"),
}
"""The tables that are of no kind of entity, and their words."""

_CITED = {
    "source": N_("The id of the publication that says so; it must be one of those that the registry cites."),
    "tier": N_("How good the source is: official, yearbook, press, ours or sample."),
    "quote": N_("The sentence of the source."),
    "locator": N_("Where the sentence stands in the source: char=START,END."),
}
_NAMED = {
    "name": N_("The full name."),
    "short": N_("Short names, several by ;."),
    "former": N_("Former names, several by ;."),
    "english": N_("English names, several by ;."),
    "adcode": N_("The administrative code of its place, six digits: 120000."),
}
_MOMENT = N_("{label}: a day, a month or a year, such as 2023-07-20.")
_DATED = {
    "since": N_("From when it holds: a day, a month or a year; empty if unknown."),
    "until": N_("Until when it held; empty if it still does or nobody knows."),
}
_COLUMNS = {
    VALUE_KIND: {
        "indicator": N_("The id of the indicator."),
        "adcode": _NAMED["adcode"],
        "period": N_("2023, 2023Q1 or 2023-06."),
        "value": N_("The number."),
        "unit": N_("The unit of the indicator."),
    },
    PROPERTY_KIND: {
        "key": N_("The key of the organisation, such as uscc:91120000700532453N."),
        "property": N_("short, former, english, or a property of its kind."),
        "value": N_("What it is."),
        **_DATED,
    },
    LINK_KIND: {
        "from": N_("The key of the organisation at the first end."),
        "kind": N_("The kind of tie: {ties}."),
        "to": N_("The key of the organisation at the other end."),
        **_DATED,
        "note": N_("What else is to be said of it."),
    },
}
_MEANINGS: Mapping[PropertyType, str] = {
    "text": N_("{label}."),
    "number": N_("{label}: a number."),
    "identifier": N_("{label}. A row needs one of the codes that tell organisations apart."),
    "adcode": N_("{label}: an administrative code of six digits."),
    "date": _MOMENT,
    "entity": N_("{label}: keys of organisations, such as uscc:91120000700532453N, several by ;."),
}


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a table: its name, what it means in the reader's language, whether it must be there."""

    name: str
    meaning: str
    required: bool


def loadable() -> dict[str, Mapping[str, str]]:
    """Every kind of table that can be loaded, with its words by language."""
    named = {name: kind.plural for name, kind in kinds().items() if kind.extends}
    stated = {name: {one: say(words, one) for one in ("zh", "en")} for name, words in KINDS.items()}
    return {**named, **stated}


def headings_of(kind: str, language: Language) -> list[Heading]:
    """The columns of a table of a kind, in order; raises NotFound for no such kind."""
    if kind in kinds():
        found = _of_entities(kinds()[kind], language)
    elif kind in KINDS:
        ties = ", ".join(links.link_kinds())
        needed = {
            VALUE_KIND: dict.fromkeys(_COLUMNS[VALUE_KIND], True),
            PROPERTY_KIND: properties.COLUMNS,
            LINK_KIND: links.COLUMNS,
        }[kind]
        found = [
            Heading(name, say(words, language, ties=ties), needed[name])
            for name, words in _COLUMNS[kind].items()
        ]
    else:
        raise NotFound(
            N_("There is no kind {kind}."),
            advice=N_("The kinds are {known}."),
            kind=kind,
            known=", ".join(loadable()),
        )
    return [*found, *(Heading(name, say(_CITED[name], language), False) for name in CITED)]


def _of_entities(kind: Kind, language: Language) -> list[Heading]:
    named = [Heading(name, say(words, language), name == "name") for name, words in _NAMED.items()]
    return named + [
        Heading(prop.name, _meaning(prop, language), prop.required) for prop in kind.properties.values()
    ]


def _meaning(prop: Property, language: Language) -> str:
    label = f"{prop.label[language]} ({prop.unit})" if prop.unit else prop.label[language]
    return say(_MEANINGS[prop.type], language, label=label)


def template(kind: str, form: SheetFormat, language: Language) -> bytes:
    """An empty table of a kind; as xlsx with what its columns mean on a second sheet.

    Raises NotFound for no such kind.
    """
    found = headings_of(kind, language)
    content = sheet([one.name for one in found], (), form)
    if form == "csv":
        return content
    book = load_workbook(io.BytesIO(content))
    page = book.create_sheet(say(N_("Columns"), language))
    for one in found:
        page.append([one.name, one.meaning])
    page.column_dimensions["A"].width, page.column_dimensions["B"].width = 20, 90
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
