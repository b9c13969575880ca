"""Money (资金) that the fields of promises name, added up for what stands over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from haihe.boards.ledger.kinds import Given, kinds


@dataclass(frozen=True, slots=True)
class Money:
    """A sum in fen of what was `given`, and of how many nodes that have the field it is.

    >>> Money(500, 1, 1) + Money(0, 0, 1)
    Money(fen=500, given=1, of=2)
    """

    fen: int
    given: int
    of: int

    def __add__(self, other: Money) -> Money:
        return Money(self.fen + other.fen, self.given + other.given, self.of + other.of)

    def __str__(self) -> str:
        return f"{self.fen} ({self.given}/{self.of})"


def money_of(
    values: Mapping[str, Given], fields: Iterable[str], below: Iterable[Mapping[str, Money]]
) -> dict[str, Money]:
    """The money of a node with such fields: what it gives itself, else the sum of what stands below it.

    What a node cites is not below it and is counted where it stands, once.
    """
    found = summed(below)
    for name in fields:
        amount = values.get(name)
        if isinstance(amount, int | float):
            found[name] = Money(int(amount), 1, 1)
        else:
            found.setdefault(name, Money(0, 0, 1))
    return found


def summed(money: Iterable[Mapping[str, Money]]) -> dict[str, Money]:
    """The money of several nodes together, by field."""
    found: dict[str, Money] = {}
    for held in money:
        for name, each in held.items():
            found[name] = found[name] + each if name in found else each
    return found


@cache
def money_fields(register: str, level: str) -> tuple[str, ...]:
    """The names of the fields of money that a level of a kind of register has."""
    fields = kinds()[register].levels[level].fields.values()
    return tuple(field.name for field in fields if field.type == "money")
