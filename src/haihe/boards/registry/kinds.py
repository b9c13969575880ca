"""Kinds of entity, each a YAML file in `schema/` that extends another, in the manner of FollowTheMoney.

A property is a column of the kind's files. One of type `identifier` names its scheme: the first that a row
fills, in the order of the definitions from the narrowest kind to the widest, is the entity's key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args

from haihe.boards.registry.humans import A_PERSON, is_human
from haihe.boards.registry.identifiers import SCHEMES, identifier_of
from haihe.boards.registry.records import Identifier, Value
from haihe.boards.registry.validity import is_day
from haihe.kit import resources
from haihe.kit.errors import N_
from haihe.kit.limits import NAME_CHARACTERS_MAX

PropertyType = Literal["text", "number", "identifier", "adcode", "date", "entity"]

FOLDER = "boards/registry/schema"
LINKS = "links.yaml"
"""The file of the folder that defines the ties between kinds (`links.py`)."""

_FORMS: Mapping[PropertyType, str] = {
    "number": r"-?\d{1,15}(\.\d{1,15})?",
    "entity": r"[a-z]+:[^\s;]+(;[a-z]+:[^\s;]+)*",
    "adcode": r"\d{6}",
}

NO_IDENTIFIER = N_("The row has none of the codes that tell this kind of organisation apart.")
REQUIRED = N_("This column may not be empty.")
NOT_A_NUMBER = N_("This is not a number.")
NOT_ITS_FORM = N_("This does not have the form of such a value.")
TOO_LONG = N_("A name has at most 200 characters.")
NO_SUCH_CODE = N_("There is no such code: its check digit, or the way it begins, is wrong.")


@dataclass(frozen=True, slots=True)
class Property:
    """What a kind records: its label by language, its type, and for a number its unit (symbol)."""

    name: str
    label: Mapping[str, str]
    type: PropertyType = "text"
    required: bool = False
    scheme: str | None = None
    pattern: str | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of entity: its labels by language, the kind it extends and all its properties."""

    name: str
    label: Mapping[str, str]
    plural: Mapping[str, str]
    extends: str | None
    properties: Mapping[str, Property]

    @property
    def identifiers(self) -> tuple[Property, ...]:
        """The properties that identify, the one that makes the key first."""
        return tuple(prop for prop in self.properties.values() if prop.type == "identifier")


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind by name; a definition that does not hold together is a bug."""
    names = [name.removesuffix(".yaml") for name in resources.names(FOLDER, ".yaml") if name != LINKS]
    return {name: _kind(name) for name in names}


def line_of_kind(name: str) -> Iterator[str]:
    """A kind and those that it extends, the narrowest first; a place is of no kind.

    >>> list(line_of_kind("laboratory"))
    ['laboratory', 'institute', 'organisation', 'entity']
    """
    at: str | None = name if name in kinds() else None
    while at:
        yield at
        at = kinds()[at].extends


@cache
def _kind(name: str) -> Kind:
    written: dict[str, Any] = resources.definition(f"{FOLDER}/{name}.yaml")
    unknown = written.keys() - {"label", "plural", "extends", "properties"}
    assert not unknown, f"{name}: {unknown}"
    own = {key: _property(key, value) for key, value in written.get("properties", {}).items()}
    parent = written.get("extends")
    inherited = _kind(parent).properties if parent else {}
    properties = {**own, **{key: prop for key, prop in inherited.items() if key not in own}}
    return Kind(name, written["label"], written["plural"], parent, properties)


def _property(name: str, written: dict[str, Any]) -> Property:
    prop = Property(name, **written)
    assert prop.type in get_args(PropertyType), f"{name}: {prop.type}"
    assert (prop.type == "identifier") == bool(prop.scheme), name
    assert prop.label.keys() >= {"zh", "en"}, name
    return prop


def identifiers_of(kind: Kind, cells: Mapping[str, str]) -> tuple[Identifier, ...]:
    """The identifiers that a row fills, the one that makes its key first."""
    return tuple(
        Identifier(prop.scheme, cells[prop.name])
        for prop in kind.identifiers
        if prop.scheme and cells.get(prop.name)
    )


def properties_of(kind: Kind, cells: Mapping[str, str]) -> dict[str, Value]:
    """What a faultless row says of the kind's other properties; an empty cell is unknown and left out."""
    return {
        prop.name: value_of(prop, cells[prop.name])
        for prop in kind.properties.values()
        if prop.type != "identifier" and cells.get(prop.name)
    }


def value_of(prop: Property, cell: str) -> Value:
    """What a faultless cell says of a property."""
    return float(cell) if prop.type == "number" else cell


def faults_of(kind: Kind, cells: Mapping[str, str]) -> list[tuple[str, str]]:
    """What is wrong with a row of a kind: column and reason of each fault, none if it is good."""
    faults = [
        (prop.name, reason)
        for prop in kind.properties.values()
        if (reason := fault_of(prop, cells.get(prop.name, "")))
    ]
    if not identifiers_of(kind, cells):
        faults.append((kind.identifiers[0].name, NO_IDENTIFIER))
    return faults


def fault_of(prop: Property, cell: str) -> str | None:
    """Why a cell cannot be a value of a property; None if it can."""
    if not cell:
        return REQUIRED if prop.required else None
    if prop.type == "date" and not is_day(cell):
        return NOT_ITS_FORM
    form = prop.pattern or _FORMS.get(prop.type)
    if form and not re.fullmatch(form, cell, re.ASCII):
        return NOT_A_NUMBER if prop.type == "number" else NOT_ITS_FORM
    if prop.scheme in SCHEMES and identifier_of(cell) != Identifier(prop.scheme, cell):
        return NO_SUCH_CODE
    return None


def linking() -> list[str]:
    """The properties, of any kind, whose value names another entity."""
    every = (prop for kind in kinds().values() for prop in kind.properties.values())
    return sorted({prop.name for prop in every if prop.type == "entity"})


def name_fault(kind: str, name: str) -> str | None:
    """Why a text cannot be a name of an organisation of a kind: it is too long, or somebody's."""
    if len(name) > NAME_CHARACTERS_MAX:
        return TOO_LONG
    return A_PERSON if is_human(name, branded="company" in line_of_kind(kind)) else None
