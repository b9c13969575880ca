"""What several sources say of one organisation: the values that agree, and those that do not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from haihe.boards.registry.answers import Choice, Fact
from haihe.boards.registry.records import Value
from haihe.kit.errors import N_
from haihe.kit.source import TIERS, Tier

TIER = N_("its source is of a higher tier")
NEWER = N_("its source was read later")
FIRST = N_("it was recorded first")
HEAD = N_("it is that of the entity under whose number they stand")


@dataclass(frozen=True, slots=True)
class Stated:
    """A value as a source states it, with the source's tier and the day when it was read."""

    name: str
    value: Value
    source_id: str
    tier: Tier
    read_on: date | None

    @property
    def fact(self) -> Fact:
        """The value with its source."""
        return Fact(self.name, self.value, self.source_id)


def chosen(stated: Iterable[Stated]) -> tuple[list[Fact], list[Choice]]:
    """One fact for each name, in the order of the names, and a choice where the values differ.

    The source of the higher tier is believed, of one tier the one that was read later, and else the first.
    """
    by_name: dict[str, list[Stated]] = {}
    for one in stated:
        by_name.setdefault(one.name, []).append(one)
    facts, choices = [], []
    for name, values in by_name.items():
        ranked = sorted(values, key=_rank)
        facts.append(ranked[0].fact)
        others = list(
            {one.value: one for one in reversed(ranked[1:]) if one.value != ranked[0].value}.values()
        )
        if others:
            rivals = sorted(others, key=_rank)
            told = tuple(one.fact for one in (ranked[0], *rivals))
            choices.append(Choice(name, told, _reason(ranked[0], rivals)))
    return facts, choices


def _rank(one: Stated) -> tuple[int, int]:
    return TIERS.index(one.tier), -(one.read_on or date.min).toordinal()


def _reason(best: Stated, others: Sequence[Stated]) -> str:
    if all(TIERS.index(one.tier) > TIERS.index(best.tier) for one in others):
        return TIER
    return NEWER if all(_rank(one) > _rank(best) for one in others) else FIRST
