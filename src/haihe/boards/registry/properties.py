"""Tables of single values with their dates: another name or a property of an entity, from when until when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import cast, get_args

from haihe.boards.registry.kinds import REQUIRED, fault_of, kinds, name_fault, value_of
from haihe.boards.registry.links import NO_ENTITY, identifier_of, moment_faults
from haihe.boards.registry.records import DatedValue, Identifier, Loaded, Name, NameKind, Organisation
from haihe.boards.registry.rows import CITED, Line
from haihe.boards.registry.validity import Validity
from haihe.kit.errors import N_, Reject

COLUMNS = dict.fromkeys(("key", "property", "value"), True) | dict.fromkeys(("since", "until", *CITED), False)
"""The columns of a table of values, and whether it must have them."""

NO_PROPERTY = N_("An entity of this kind has no such property.")


def keys_in(lines: Iterable[Line]) -> set[Identifier]:
    """The entities that a table of values names."""
    return {identifier_of(line.cells["key"]) for line in lines}


def values_of(lines: Loaded[Line], held: Mapping[Identifier, str]) -> Loaded[DatedValue]:
    """The values that a table states; `held` says of which kind each known entity is."""
    values, rejects = [], list(lines.rejects)
    for line in lines.rows:
        kind = held.get(identifier_of(line.cells["key"]))
        faults = [line.reject("key", NO_ENTITY)] if kind is None else _faults(line, kind)
        rejects += faults
        if kind and not faults:
            values.append(_value(line, kind))
    return Loaded(tuple(values), tuple(sorted(rejects, key=lambda reject: reject.row)))


def _faults(line: Line, kind: str) -> list[Reject]:
    name, cell = line.cells["property"], line.cells["value"]
    prop = kinds()[kind].properties.get(name)
    if name in get_args(NameKind):
        fault = name_fault(kind, cell) if cell else REQUIRED
        faults = [line.reject("value", fault)] if fault else []
    elif prop is None or prop.type in {"identifier", "entity"}:
        faults = [line.reject("property", NO_PROPERTY)]
    else:
        reason = fault_of(prop, cell) if cell else REQUIRED
        faults = [line.reject("value", reason)] if reason else []
    return faults + moment_faults(line)


def _value(line: Line, kind: str) -> DatedValue:
    name, cell = line.cells["property"], line.cells["value"]
    prop = kinds()[kind].properties.get(name)
    validity = Validity(line.cells.get("since") or None, line.cells.get("until") or None)
    value = value_of(prop, cell) if prop else cell
    return DatedValue(identifier_of(line.cells["key"]), name, value, line.source, validity)


def name_of(one: DatedValue) -> Name | None:
    """The name that a value is; None for a property."""
    if one.name not in get_args(NameKind):
        return None
    return Name(str(one.value), cast(NameKind, one.name), one.validity, one.source)


def with_names(
    organisations: Iterable[Organisation], values: Iterable[DatedValue]
) -> tuple[Organisation, ...]:
    """Organisations with the names that values give them."""
    given: defaultdict[Identifier, list[Name]] = defaultdict(list)
    for one in values:
        if name := name_of(one):
            given[one.entity].append(name)
    return tuple(
        replace(one, names=(*one.names, *(name for code in one.identifiers for name in given.get(code, ()))))
        for one in organisations
    )
