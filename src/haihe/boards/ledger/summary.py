"""The ledger at a glance: by theme, by unit, by place, and which of its nodes are asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from heapq import merge
from itertools import islice
from typing import TypeVar

from haihe.boards.ledger.records import (
    LATE,
    LIGHT_STATES,
    Change,
    Node,
    Plan,
    Sought,
    Standing,
)
from haihe.boards.ledger.rollup import lights_of, promises_in, tally
from haihe.boards.ledger.themes import frames
from haihe.kit.text import folded

Key = TypeVar("Key", bound=Hashable)

CHANGES_SHOWN = timedelta(days=30)
"""How far back the changes of lights go that a theme's card shows."""


@dataclass(frozen=True, slots=True)
class Answering:
    """A unit's part in the ledger: the lights of the promises it leads and of those it cooperates in."""

    name: str
    entity: int | None
    lead: Mapping[str, int]
    cooperating: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ThemeCard:
    """What is promised under a theme, and the change of light there that matters most, with its node."""

    frame: str
    theme: str
    counts: Mapping[str, int]
    change: Change | None
    changed: Node | None


@dataclass(frozen=True, slots=True)
class Glance:
    """What the promises of a plan add to the whole: how many, with a report, by light, theme and unit.

    `late` are those of each light that asks for something, the oldest first; `leads` says how many show each
    light by the units that lead them together.
    """

    promises: int
    reported: int
    counts: Counter[str]
    late: Mapping[str, Sequence[Standing]]
    themes: Mapping[tuple[str, str], Counter[str]]
    units: tuple[Answering, ...]
    leads: Mapping[frozenset[int], Counter[str]]


@dataclass(frozen=True, slots=True)
class Summary:
    """The whole ledger on a day, as home shows it: of `promises`, `reported` have a report.

    `places` says how many promises show each light by the adcode of the leading units.
    """

    on: date
    plans: tuple[Plan, ...]
    promises: int
    reported: int
    counts: Mapping[str, int]
    cards: tuple[ThemeCard, ...]
    units: tuple[Answering, ...]
    places: Mapping[str, Mapping[str, int]]
    glances: tuple[Glance, ...]

    def late(self, state: str, count: int | None = None) -> list[Standing]:
        """The promises with a light that asks for something, the oldest first; with a `count` so many."""
        return list(islice(merge(*(one.late[state] for one in self.glances), key=_oldest), count))


def matching(standings: Iterable[Standing], sought: Sought) -> list[Standing]:
    """The standings whose nodes are asked for, in the order given."""
    return [standing for standing in standings if _is_sought(standing, sought)]


def asked(found: Sequence[Standing], sought: Sought) -> list[Standing] | None:
    """The promises asked for by theme, light or unit, any nodes by stage or words; None where nothing is."""
    if not (sought.themes or sought.lights or sought.stages or sought.unit or sought.words):
        return None
    return matching(found if sought.stages or sought.words else promises_in(found), sought)


def _is_sought(standing: Standing, sought: Sought) -> bool:
    node = standing.node
    return (
        (sought.parent is None or (node.parent or 0) == sought.parent)
        and (sought.kind is None or node.kind == sought.kind)
        and (not sought.lights or standing.light.state in sought.lights)
        and (not sought.themes or any(f"{tag.frame}:{tag.theme}" in sought.themes for tag in node.tags))
        and (
            sought.unit is None
            or any(sought.unit in {share.name, str(share.entity)} for share in node.shares)
        )
        and (not sought.stages or node.stage in sought.stages)
        and (sought.words is None or folded(sought.words) in folded(node.title + node.text))
    )


def glance_of(found: Iterable[Standing]) -> Glance:
    """What the promises among the nodes of a plan add up to."""
    promises = promises_in(found)
    late: dict[str, list[Standing]] = {state: [] for state in LATE}
    for one in sorted(promises, key=_oldest):
        if one.light.state in late:
            late[one.light.state].append(one)
    return Glance(
        promises=len(promises),
        reported=sum(one.node.report is not None for one in promises),
        counts=lights_of(promises),
        late=late,
        themes=tally(promises, _primary),
        units=answering(promises),
        leads=tally(promises, lambda node: [frozenset(_leading(node))]),
    )


def summary_of(
    plans: Sequence[Plan],
    glances: Sequence[Glance],
    changes: Iterable[tuple[Change, Node]],
    adcodes: Mapping[int, str],
    on: date,
) -> Summary:
    """What plans add up to on a day; `changes` are of lights with their nodes, `adcodes` those of units."""
    places: list[tuple[str, Counter[str]]] = []
    for one in glances:
        for leads, counts in one.leads.items():
            places += ((code, counts) for code in {adcodes[unit] for unit in leads if unit in adcodes})
    return Summary(
        on=on,
        plans=tuple(plans),
        promises=sum(one.promises for one in glances),
        reported=sum(one.reported for one in glances),
        counts=_sums(("", one.counts) for one in glances).get("", {}),
        cards=_cards(_sums(pair for one in glances for pair in one.themes.items()), changes),
        units=_together(unit for one in glances for unit in one.units),
        places=_sums(places),
        glances=tuple(glances),
    )


def _sums(counts: Iterable[tuple[Key, Mapping[str, int]]]) -> dict[Key, Counter[str]]:
    """Counts that belong to the same key, added up."""
    found: dict[Key, Counter[str]] = {}
    for key, each in counts:
        held = found.setdefault(key, Counter())
        for state, count in each.items():
            held[state] += count
    return found


def _oldest(standing: Standing) -> tuple[date, int]:
    return standing.node.due_on or date.max, standing.node.id


def _cards(
    counts: Mapping[tuple[str, str], Mapping[str, int]], changes: Iterable[tuple[Change, Node]]
) -> tuple[ThemeCard, ...]:
    greatest: dict[tuple[str, str], tuple[Change, Node]] = {}
    for change, node in changes:
        for key in _primary(node) if change.before else ():
            known = greatest.get(key, (change, node))
            greatest[key] = max(known, (change, node), key=lambda pair: _weight(pair[0]))
    return tuple(
        ThemeCard(
            frame.id,
            theme.id,
            counts.get((frame.id, theme.id), Counter()),
            *greatest.get((frame.id, theme.id), (None, None)),
        )
        for frame in frames()
        for theme in frame.themes
    )


def _primary(node: Node) -> list[tuple[str, str]]:
    return [(tag.frame, tag.theme) for tag in node.tags if tag.primary]


def _leading(node: Node) -> Iterator[int]:
    return (share.entity for share in node.shares if share.role == "lead" and share.entity is not None)


def _weight(change: Change) -> tuple[int, date, int]:
    """How much a change matters: by how many lights, then the later one, then the node's number."""
    steps = LIGHT_STATES.index(change.light.state) - LIGHT_STATES.index(change.before or "unknown")
    return abs(steps), change.on, -change.node


def answering(promises: Iterable[Standing]) -> tuple[Answering, ...]:
    """What each unit answers for, the one that leads most first; an unresolved name is a unit of its own."""
    names: dict[int | str, str] = {}
    parts: dict[tuple[int | str, str], Counter[str]] = {}
    for standing in promises:
        for share in standing.node.shares:
            key = share.entity if share.entity is not None else share.name
            names.setdefault(key, share.name)
            parts.setdefault((key, share.role), Counter())[standing.light.state] += 1
    return _answering(names, parts)


def _together(units: Iterable[Answering]) -> tuple[Answering, ...]:
    """The parts of the same units in several plans, added up."""
    names: dict[int | str, str] = {}
    parts: list[tuple[tuple[int | str, str], Mapping[str, int]]] = []
    for one in units:
        key = one.entity if one.entity is not None else one.name
        names.setdefault(key, one.name)
        parts += [((key, "lead"), one.lead), ((key, "cooperating"), one.cooperating)]
    return _answering(names, _sums(parts))


def _answering(
    names: Mapping[int | str, str], parts: Mapping[tuple[int | str, str], Mapping[str, int]]
) -> tuple[Answering, ...]:
    units = [
        Answering(
            name,
            key if isinstance(key, int) else None,
            parts.get((key, "lead"), Counter()),
            parts.get((key, "cooperating"), Counter()),
        )
        for key, name in names.items()
    ]
    return tuple(sorted(units, key=lambda unit: (-sum(unit.lead.values()), unit.name)))
