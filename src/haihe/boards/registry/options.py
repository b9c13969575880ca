"""What may be chosen of events next: each kind and each jurisdiction, with how many events there are then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from haihe.boards.registry.events import sorts
from haihe.boards.registry.networks import Scope, Told, regions_of, within


@dataclass(frozen=True, slots=True)
class Option:
    """A value that may be chosen, or `now` is: what a press on it asks for, and its events.

    `events` are those that there are with it: of one that is not chosen those of `after`. `inner` stands for
    events between two organisations of the jurisdiction.
    """

    value: str
    after: Scope
    events: int
    now: bool = False
    inner: bool = False


def kinds_on_offer(told: Told, scope: Scope) -> list[Option]:
    """The kinds of cooperation under what is chosen besides; a press chooses one alone or takes it out."""
    found = []
    for kind in sorts():
        now = kind in scope.kinds
        alone = replace(scope, kinds=(kind,))
        after = replace(scope, kinds=tuple(one for one in scope.kinds if one != kind)) if now else alone
        found.append(Option(kind, after, len(within(told, alone)), now))
    return [one for one in found if one.events or one.now]


def regions_on_offer(told: Told, scope: Scope) -> list[Option]:
    """The jurisdictions under all that is chosen besides: one, and then the other one or the same again."""
    return [one for one in _regions(told, scope) if one.events or one.now]


def _regions(told: Told, scope: Scope) -> Iterator[Option]:
    chosen = scope.regions
    for region, _ in regions_of(told):
        if region in chosen:
            left = tuple(one for one in dict.fromkeys(chosen) if one != region)
            yield Option(region, replace(scope, regions=left), len(within(told, scope)), now=True)
        else:
            after = replace(scope, regions=(*chosen[:1], region))
            yield Option(region, after, len(within(told, after)))
    if chosen:
        pair = chosen[0], chosen[0]
        now = chosen == pair
        within_one = replace(scope, regions=pair)
        after = replace(scope, regions=chosen[:1]) if now else within_one
        yield Option(chosen[0], after, len(within(told, within_one)), now, inner=True)
