"""The registry as other systems read it: FollowTheMoney entities, and one statement a value with its source.

Entities that were joined are one with their keys as referents; a statement keeps whose each value is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import groupby
from typing import Any

from haihe.boards.registry.kinds import kinds, line_of_kind
from haihe.boards.registry.links import link_kinds
from haihe.boards.registry.records import Value
from haihe.boards.registry.validity import UNKNOWN, Validity
from haihe.kit import resources
from haihe.kit.source import Tier

DATASET = "haihe"
COLUMNS = (
    *("canonical_id", "entity_id", "schema", "prop", "value", "dataset", "origin", "tier", "read_on"),
    *("since", "until"),
)
"""The columns of a table of statements; `origin` is the address of the source, `since` and `until` say when
the value held, as `validity.Validity`.
"""


@dataclass(frozen=True, slots=True)
class Said:
    """A value of an entity, by the names that the registry has for it.

    `head` and `entity` are keys, `aspect` is `name`, `scheme`, `property` or `tie`, and `name` says which;
    the value of a tie is the key of the head of its other end, whose kind is `end`.
    """

    head: str
    entity: str
    kind: str
    aspect: str
    name: str
    value: Value
    source_id: str
    tier: Tier
    read_on: date | None
    validity: Validity = UNKNOWN
    end: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """A value of an entity, by the names of FollowTheMoney."""

    canonical_id: str
    entity_id: str
    schema: str
    prop: str
    value: str
    said: Said

    @property
    def cells(self) -> tuple[str, ...]:
        """The row of a table of statements."""
        read_on = self.said.read_on.isoformat() if self.said.read_on else ""
        named = (self.canonical_id, self.entity_id, self.schema, self.prop, self.value)
        dates = self.said.validity.since or "", self.said.validity.until or ""
        return (*named, DATASET, f"/source/{self.said.source_id}", self.said.tier, read_on, *dates)


@cache
def _model() -> Mapping[str, Any]:
    model: dict[str, Any] = resources.definition("boards/registry/params/followthemoney.yaml")
    return model


def number_of(key: str) -> str:
    """The id of an entity elsewhere.

    >>> number_of("moe:4112010056")
    'haihe-moe-4112010056'
    """
    return f"{DATASET}-{key.replace(':', '-')}"


def schema_of(kind: str) -> str | None:
    """The FollowTheMoney schema of a kind of entity; None where it has none.

    >>> schema_of("company"), schema_of("university"), schema_of("standard")
    ('Company', 'Organization', None)
    """
    schemas: Mapping[str, str] = _model()["schemas"]
    return next((schemas[name] for name in line_of_kind(kind) if name in schemas), None)


def statements_of(said: Iterable[Said]) -> Iterator[Statement]:
    """The values as statements, in the order given; most ties become entities of their own."""
    ties: Mapping[str, str] = _model()["ties"]
    for one in said:
        head, entity, schema = number_of(one.head), number_of(one.entity), schema_of(one.kind)
        if one.aspect == "tie" and (one.name not in ties or one.validity.until):
            yield from _interval(one)
        elif schema:
            prop, value = _property(one)
            yield Statement(head, entity, schema, prop, value, one)


def _interval(one: Said) -> Iterator[Statement]:
    """A tie as an entity of its own, with its ends, what it is, and its days where they are known."""
    model = _model()
    schema, start, end, other = model["intervals"].get(one.name, model["interval"])
    if other and one.end and schema_of(one.end) != other:
        schema, start, end, _ = model["interval"]
    ends = number_of(one.head), number_of(str(one.value))
    since, until = one.validity.since or "", one.validity.until or ""
    tie = "-".join(filter(None, (ends[0], one.name.replace("_", "-"), ends[1], since.replace("..", "to"))))
    told = {start: ends[0], end: ends[1], "role": link_kinds()[one.name].label["zh"]}
    told |= {prop: day for prop, day in (("startDate", since), ("endDate", until)) if day and ".." not in day}
    for prop, value in told.items():
        yield Statement(tie, tie, schema, prop, value, one)


def _property(one: Said) -> tuple[str, str]:
    model, value = _model(), _plain(one.value)
    if one.aspect == "name":
        return model["names"][one.name], value
    if one.aspect == "tie":
        return model["ties"][one.name], number_of(value)
    if one.name == "place":
        return "address", value
    properties = kinds()[one.kind].properties
    if schema_of(one.kind) in model["bare"]:
        prop = None
    elif one.aspect == "scheme":
        prop = model["schemes"].get(one.name, model["scheme"])
    else:
        prop = model["properties"].get(one.name)
    if prop:
        return prop, value
    stated = next((each for each in properties.values() if one.name in (each.name, each.scheme)), None)
    return "notes", f"{stated.label['zh'] if stated else one.name}：{value}"


def _plain(value: Value) -> str:
    return f"{value:.15g}" if isinstance(value, float) else value


def entities_of(statements: Iterable[Statement]) -> Iterator[str]:
    """FollowTheMoney entities as lines of JSON, of statements that stand together by their canonical id."""
    for canonical, told in groupby(
        sorted(statements, key=lambda one: one.canonical_id), key=lambda one: one.canonical_id
    ):
        stated = list(told)
        schema = next((one.schema for one in stated if one.entity_id == canonical), stated[0].schema)
        values: dict[str, dict[str, None]] = {}
        for one in stated:
            values.setdefault(one.prop, {})[one.value] = None
        if schema in _model()["schemas"].values():
            values["country"] = {_model()["country"]: None}
        entity = {
            "id": canonical,
            "schema": schema,
            "caption": next(iter(values.get("name") or values["role"])),
            "referents": sorted({one.entity_id for one in stated} - {canonical}),
            "datasets": [DATASET],
            "properties": {prop: list(values[prop]) for prop in sorted(values)},
        }
        yield json.dumps(entity, ensure_ascii=False)
