"""Which items a node names in its fields, in its own register or another, and which name it back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from haihe.boards.ledger.kinds import LINKS, Field, Given, Kind, Level, kinds
from haihe.boards.ledger.template import Filled, Line
from haihe.kit.errors import N_, Invalid, Reject
from haihe.kit.source import Tier

NOT_THERE = N_("There is no item of this number that you may see.")


@dataclass(frozen=True, slots=True)
class Linked:
    """An item at the other end of a link, with its register, and the field that makes the link."""

    field: Field
    node: int
    title: str
    plan: str
    tier: Tier


@dataclass(frozen=True, slots=True)
class Links:
    """The items that a node names, `hidden` of them not for the reader, and those that name it."""

    names: tuple[Linked, ...] = ()
    hidden: int = 0
    named_by: tuple[Linked, ...] = ()


def linking() -> dict[tuple[str, str], dict[str, Field]]:
    """The fields that name items, by the kind and the level that have some."""
    levels = {
        (kind.name, level.name): fields_of(level)
        for kind in kinds().values()
        for level in kind.levels.values()
    }
    return {level: fields for level, fields in levels.items() if fields}


def fields_of(level: Level) -> dict[str, Field]:
    """The fields of a level that name items."""
    return {name: field for name, field in level.fields.items() if field.type in LINKS}


def named_in(level: Level, values: Mapping[str, Given]) -> Iterator[tuple[str, int]]:
    """The items that the fields of a node name: field and number."""
    for name in fields_of(level):
        value = values.get(name)
        for number in value if isinstance(value, list) else [value] if value else []:
            yield name, int(str(number))


def check_links(wanted: Iterable[int], found: Iterable[int]) -> None:
    """Raise Invalid for the first of the numbers wanted that is not among those found."""
    there = set(found)
    for number in wanted:
        if number not in there:
            raise Invalid(
                N_("The item {number} that is named is not there, or not for you."),
                advice=N_("Give the address of its page, or the number in it."),
                number=number,
            )


def without_broken(filled: Filled, kind: Kind, found: Iterable[int]) -> Filled:
    """A workbook without the lines that name an item not among those found."""
    there, kept, rejects = set(found), list[Line](), list(filled.rejects)
    for line in filled.lines:
        wrong = [each for each in named_in(kind.levels[line.level], line.values) if each[1] not in there]
        rejects += (Reject(line.row or 0, name, str(number), NOT_THERE) for name, number in wrong)
        kept += () if wrong else [line]
    return replace(filled, lines=tuple(kept), rejects=tuple(rejects))
