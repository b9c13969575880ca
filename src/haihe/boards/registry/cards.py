"""What several sources say of one organisation: the values that agree, and those that do not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from haihe.boards.registry.answers import Choice, Fact
from haihe.boards.registry.records import Value
from haihe.boards.registry.validity import UNKNOWN, Validity, latest, overlap
from haihe.kit.errors import N_
from haihe.kit.source import TIERS, Tier

TIER = N_("its source is of a higher tier")
NEWER = N_("its source was read later")
FIRST = N_("it was recorded first")
HEAD = N_("it is that of the entity under whose number they stand")


@dataclass(frozen=True, slots=True)
class Stated:
    """A value as a source states it and when it held, with the source's tier and the day when it was read."""

    name: str
    value: Value
    source_id: str
    tier: Tier
    read_on: date | None
    validity: Validity = UNKNOWN

    @property
    def fact(self) -> Fact:
        """The value with its source and its dates."""
        return Fact(self.name, self.value, self.source_id, self.validity.since, self.validity.until)


@dataclass(frozen=True, slots=True)
class Told:
    """What is taken of what sources state: a fact for each name, the choices made, and what held before."""

    facts: tuple[Fact, ...]
    choices: tuple[Choice, ...]
    earlier: tuple[Fact, ...]


def told_of(stated: Iterable[Stated]) -> Told:
    """One fact for each name, in the order of the names; values of another time are no rivals of it.

    Of what ended, the last to end stands for the present. Among values of one time the source of the higher
    tier is believed, of one tier the one that was read later, and else the first.
    """
    by_name: dict[str, list[Stated]] = {}
    for one in stated:
        by_name.setdefault(one.name, []).append(one)
    facts, choices, earlier = [], [], []
    for name, values in by_name.items():
        newest = max(values, key=_end)
        now = sorted((one for one in values if overlap(one.validity, newest.validity)), key=_rank)
        facts.append(now[0].fact)
        earlier += [one.fact for one in sorted(values, key=_end, reverse=True) if one not in now]
        others = {one.value: one for one in reversed(now[1:]) if one.value != now[0].value}
        if others:
            rivals = sorted(others.values(), key=_rank)
            told = tuple(one.fact for one in (now[0], *rivals))
            choices.append(Choice(name, told, _reason(now[0], rivals)))
    return Told(tuple(facts), tuple(choices), tuple(earlier))


def _end(one: Stated) -> date:
    """The last day on which a value may hold."""
    return (latest(one.validity.until) if one.validity.until else None) or date.max


def _rank(one: Stated) -> tuple[int, int]:
    return TIERS.index(one.tier), -(one.read_on or date.min).toordinal()


def _reason(best: Stated, others: Sequence[Stated]) -> str:
    if all(TIERS.index(one.tier) > TIERS.index(best.tier) for one in others):
        return TIER
    return NEWER if all(_rank(one) > _rank(best) for one in others) else FIRST
