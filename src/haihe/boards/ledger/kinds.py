"""Kinds of register (台账), each a YAML file in `kinds/`: its levels, their fields and their stages.

One engine runs them all; a new kind is a new file and no code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Literal, get_args

from haihe.kit import resources
from haihe.kit.errors import N_
from haihe.kit.limits import is_taken
from haihe.kit.words import say

FieldType = Literal[
    "text", "words", "number", "count", "money", "share", "date", "flag", "choice", "choices",
    "unit", "units", "place", "node", "nodes",
]  # fmt: skip
Condition = Literal["below_ended"]
Given = str | float | int | bool | list[str] | None

_FOLDER = "boards/ledger/kinds"
_STAGES = "boards/ledger/params/stages.yaml"
_SHARED = "boards/ledger/params/fields.yaml"
_TEXT_MAX, _WORDS_MAX = 200, 5_000
_COUNT_MAX = 10**18

FEN_PER_WAN = 1_000_000
NUMERIC = ("number", "count", "money", "share")
LINKS = ("node", "nodes")
IN_WAN = N_("{label} (10,000 yuan)")

NOT_A_NUMBER = N_("This is not a number.")
NOT_A_COUNT = N_("This is not a whole number from 0.")
NOT_A_SHARE = N_("This is not a share from 0 to 1.")
NOT_A_DAY = N_("This is not a day; write it as 2026-06-30.")
NOT_A_PLACE = N_("This is not the six-digit code of a place.")
NOT_A_CHOICE = N_("This is none of the choices.")
NOT_AN_ITEM = N_("This is no item; give the address of its page, or the number in it.")
TOO_LONG = N_("This is longer than the field takes.")
MISSING = N_("This must be filled in.")
UNKNOWN_FIELD = N_("This kind has no such field.")


@dataclass(frozen=True, slots=True)
class Field:
    """What a level records: label by language, type and, for a choice, the labels of its values.

    `money` is in fen and written in 万元, `share` from 0 to 1, `place` a code of GB/T 2260, `unit` the name
    of a unit, `node` the number of another node, of any register; `units` and `nodes` are several.
    One that is `aside` is shared by several levels, and not shown where it is empty.
    """

    name: str
    label: Mapping[str, str]
    type: FieldType = "text"
    required: bool = False
    choices: Mapping[str, Mapping[str, str]] | None = None
    aside: bool = False

    def heading(self, language: str) -> str:
        """Its label over a column or beside a box, with the unit that is written there."""
        label = self.label[language]
        return say(IN_WAN, language, label=label) if self.type == "money" else label


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage (阶段): the fields that must be filled to enter it, and whether nothing is left to do in it.

    A report of more than 0 and at least `progress` shows that it was reached; None where no report does.
    `when` is what must hold besides: `below_ended`, that all that stands under the node has ended.
    """

    name: str
    label: Mapping[str, str]
    needs: tuple[str, ...] = ()
    ends: bool = False
    progress: float | None = None
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a register: its nodes stand `under` those of others, or at the root where it names none.

    A `promise` is answered for itself, by units and a date; what it `cites` is a node of another level. What
    is unfinished of the level that it `carries` is shown again by the next one. Units move what is `guarded`
    by its own doors only. `roles` are the kind's own words for the units that lead and cooperate.
    """

    name: str
    label: Mapping[str, str]
    under: tuple[str, ...]
    fields: Mapping[str, Field]
    stages: Mapping[str, Stage]
    columns: tuple[str, ...]
    roles: Mapping[str, Mapping[str, str]]
    promise: bool = False
    cites: str | None = None
    carries: str | None = None
    guarded: bool = False

    def role(self, role: str, language: str) -> str | None:
        """The kind's own word for a unit with a role; None where it has none."""
        return self.roles[role][language] if role in self.roles else None

    @property
    def first(self) -> str | None:
        """The stage that a node begins in."""
        return next(iter(self.stages), None)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of register; `serves` are the systems of the inventory that it runs, `light` its rule of lights.

    A hidden kind is offered only where the house turns it on. `roles` are its own words for the units that
    lead and cooperate, where it has some.
    """

    name: str
    label: Mapping[str, str]
    plural: Mapping[str, str]
    gist: Mapping[str, str]
    serves: tuple[str, ...]
    light: str
    hidden: bool
    roles: Mapping[str, Mapping[str, str]]
    levels: Mapping[str, Level]

    @property
    def stages(self) -> Mapping[str, Stage]:
        """The stages of all its levels, each once."""
        return {stage.name: stage for level in self.levels.values() for stage in level.stages.values()}

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of all its levels, each once."""
        return tuple(dict.fromkeys(name for level in self.levels.values() for name in level.columns))

    @property
    def fields(self) -> Mapping[str, Field]:
        """The fields of all its levels by name, each once."""
        return {one.name: one for level in self.levels.values() for one in level.fields.values()}

    def below(self, level: str | None) -> tuple[Level, ...]:
        """The levels whose nodes may stand under one of another level, or at the root (None)."""
        return tuple(
            each for each in self.levels.values() if (level in each.under if level else not each.under)
        )


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind by name; a definition that does not hold together is a bug."""
    names = (name.removesuffix(".yaml") for name in resources.names(_FOLDER, ".yaml"))
    return {name: defined(name, resources.definition(f"{_FOLDER}/{name}.yaml")) for name in names}


def offered(*, hidden: bool) -> Mapping[str, Kind]:
    """The kinds that can be begun, with or without the hidden ones."""
    return {name: kind for name, kind in kinds().items() if hidden or not kind.hidden}


def defined(name: str, written: Mapping[str, Any]) -> Kind:
    """The kind of a definition; a word that no definition knows is a bug, as is what does not hold together.

    What may stand in one is in docs/formats/ledger-kind.schema.json.
    """
    given: dict[str, Any] = {"light": "suqian", "hidden": False, "roles": {}, **written}
    levels = {key: _level(key, value | {"roles": given["roles"]}) for key, value in written["levels"].items()}
    for level in levels.values():
        named = {*level.under, level.cites or level.name, level.carries or level.name}
        assert levels.keys() >= named, f"{name}.{level.name}: {named}"
    return Kind(name, **given | {"serves": tuple(written["serves"]), "levels": levels})


def _level(name: str, written: Mapping[str, Any]) -> Level:
    given: dict[str, Any] = {"under": (), "fields": {}, "shared": (), "columns": (), **written}
    shared = [resources.definition(_SHARED)[each]["fields"] for each in given.pop("shared")]
    fields = {key: Field(key, **value) for key, value in given["fields"].items()}
    fields |= {key: Field(key, **value, aside=True) for each in shared for key, value in each.items()}
    for field in fields.values():
        assert field.type in get_args(FieldType), f"{name}.{field.name}: {field.type}"
        assert (field.type in ("choice", "choices")) == bool(field.choices), f"{name}.{field.name}"
    sequence = resources.definition(_STAGES)[given["stages"]]["stages"] if "stages" in given else {}
    stages = {
        key: Stage(key, **value | {"needs": tuple(value.get("needs", ()))}) for key, value in sequence.items()
    }
    for stage in stages.values():
        assert fields.keys() >= set(stage.needs), f"{name}.{stage.name}: {stage.needs}"
        assert stage.when in (None, *get_args(Condition)), f"{name}.{stage.name}: {stage.when}"
    lists = {key: tuple(given[key]) for key in ("under", "columns")}
    return Level(name, **given | lists | {"fields": fields, "stages": stages})


def faults_of(level: Level, values: Mapping[str, Given], *, whole: bool = True) -> list[tuple[str, str]]:
    """What is wrong with the values of a node: field and reason of each; nothing if they are good.

    Without `whole`, what is required may still be missing.
    """
    faults = [(name, UNKNOWN_FIELD) for name in values if name not in level.fields]
    for field in level.fields.values():
        value = values.get(field.name)
        if value in (None, "", []):
            if field.required and whole:
                faults.append((field.name, MISSING))
        elif reason := _fault(field, value):
            faults.append((field.name, reason))
    return faults


def unmet(level: Level, stage: str, values: Mapping[str, Given], since: str | None = None) -> tuple[str, ...]:
    """The fields that must be filled before a node enters a stage from another, in their order.

    Going forward it passes the stages between that do not end anything.
    """
    order = list(level.stages)
    begin = order.index(since) + 1 if since in order else order.index(stage)
    passed = [level.stages[name] for name in order[begin : order.index(stage)] if not level.stages[name].ends]
    needs = (need for one in (*passed, level.stages[stage]) for need in one.needs)
    return tuple(name for name in dict.fromkeys(needs) if values.get(name) in (None, "", []))


def reached(level: Level, stage: str | None, progress: float | None) -> str | None:
    """The stage that a node is in: the one it was moved to, or a later one that its last report shows."""
    if stage is None or not progress:
        return stage
    shown = [
        one.name for one in level.stages.values() if one.progress is not None and progress >= one.progress
    ]
    return max([stage, *shown], key=list(level.stages).index)


def is_back(level: Level, before: str | None, stage: str) -> bool:
    """Whether a stage comes before another in the order of a level."""
    order = list(level.stages)
    return before in order and order.index(stage) < order.index(before)


def _fault(field: Field, value: Given) -> str | None:
    if single := _SINGLE.get(field.type):
        listed = value if isinstance(value, list) else [value]
        one = Field(field.name, field.label, single, choices=field.choices)
        return next(filter(None, (_fault(one, each) for each in listed)), None)
    if field.type == "flag":
        return None if isinstance(value, bool) else NOT_A_CHOICE
    if field.type in _NUMBERS:
        reason, fits = _NUMBERS[field.type]
        number = _number(value)
        return None if number is not None and fits(number) else reason
    text = str(value)
    if field.type == "choice":
        return None if field.choices and text in field.choices else NOT_A_CHOICE
    if field.type == "date":
        return None if _is_day(text) else NOT_A_DAY
    if field.type == "place":
        return None if re.fullmatch(r"\d{6}", text, re.ASCII) else NOT_A_PLACE
    if field.type == "node":
        return None if re.fullmatch(r"[1-9]\d{0,17}", text, re.ASCII) else NOT_AN_ITEM
    return TOO_LONG if len(text) > (_WORDS_MAX if field.type == "words" else _TEXT_MAX) else None


def _is_count(number: Decimal) -> bool:
    return 0 <= number <= _COUNT_MAX and number == number.to_integral_value()


_NUMBERS: Mapping[str, tuple[str, Callable[[Decimal], bool]]] = {
    "number": (NOT_A_NUMBER, Decimal.is_finite),
    "count": (NOT_A_COUNT, _is_count),
    "money": (NOT_A_COUNT, _is_count),
    "share": (NOT_A_SHARE, lambda number: 0 <= number <= 1),
}


_SINGLE: Mapping[str, FieldType] = {"choices": "choice", "units": "unit", "nodes": "node"}


def _number(value: Given) -> Decimal | None:
    if isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _is_day(text: str) -> bool:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return False
    return day.isoformat() == text and is_taken(day)


def serving(systems: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """The kinds that run each of some systems of the inventory; an empty tuple where none does."""
    return {
        system: tuple(kind.name for kind in kinds().values() if system in kind.serves) for system in systems
    }
