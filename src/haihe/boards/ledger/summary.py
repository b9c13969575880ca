"""The ledger at a glance: by theme, by unit, by place, and which of its nodes are asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from haihe.boards.ledger.records import (
    LATE,
    LIGHT_STATES,
    Change,
    Node,
    Plan,
    Sought,
    Standing,
)
from haihe.boards.ledger.rollup import promises_in, tally
from haihe.boards.ledger.themes import frames
from haihe.kit.text import folded

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
class Summary:
    """The whole ledger on a day, as home shows it: of `promises`, `reported` have a report.

    `late` are those that are overdue, behind or near, the worst and oldest first; `places` says how many
    promises show each light by the adcode of the leading units.
    """

    on: date
    plans: tuple[Plan, ...]
    promises: int
    reported: int
    counts: Mapping[str, int]
    late: tuple[Standing, ...]
    cards: tuple[ThemeCard, ...]
    units: tuple[Answering, ...]
    places: Mapping[str, Mapping[str, int]]


def matching(standings: Iterable[Standing], sought: Sought) -> list[Standing]:
    """The standings whose nodes are asked for, in the order given."""
    return [standing for standing in standings if _is_sought(standing, sought)]


def asked(found: Sequence[Standing], sought: Sought) -> list[Standing] | None:
    """The promises asked for by theme or light, or by stage any nodes; None where nothing is asked."""
    if not (sought.themes or sought.lights or sought.stages):
        return None
    return matching(found if sought.stages else promises_in(found), sought)


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


def summary_of(
    plans: Sequence[Plan],
    standings: Mapping[int, Standing],
    changes: Sequence[Change],
    adcodes: Mapping[int, str],
    on: date,
) -> Summary:
    """The standings of the plans on a day, put together; `adcodes` are those of the units by number."""
    promises = promises_in(standings.values())
    late = [standing for standing in promises if standing.light.state in LATE]
    return Summary(
        on=on,
        plans=tuple(plans),
        promises=len(promises),
        reported=sum(standing.node.report is not None for standing in promises),
        counts=Counter(standing.light.state for standing in promises),
        late=tuple(sorted(late, key=_urgency)),
        cards=_cards(standings, changes),
        units=answering(promises),
        places=tally(promises, lambda node: _places(node, adcodes)),
    )


def _urgency(standing: Standing) -> tuple[int, date, int]:
    node = standing.node
    return LATE.index(standing.light.state), node.due_on or date.max, node.id


def _cards(standings: Mapping[int, Standing], changes: Sequence[Change]) -> tuple[ThemeCard, ...]:
    counts = tally(standings.values(), _primary)
    greatest: dict[tuple[str, str], Change] = {}
    for change in changes:
        changing = standings.get(change.node)
        for key in _primary(changing.node) if changing and change.before else ():
            greatest[key] = max(greatest.get(key, change), change, key=_weight)
    cards = []
    for frame in frames():
        for theme in frame.themes:
            key = (frame.id, theme.id)
            most = greatest.get(key)
            node = standings[most.node].node if most else None
            cards.append(ThemeCard(frame.id, theme.id, counts.get(key, Counter()), most, node))
    return tuple(cards)


def _primary(node: Node) -> list[tuple[str, str]]:
    return [(tag.frame, tag.theme) for tag in node.tags if tag.primary]


def _places(node: Node, adcodes: Mapping[int, str]) -> set[str]:
    leading = (share.entity for share in node.shares if share.role == "lead" and share.entity is not None)
    return {adcodes[entity] for entity in leading if entity in adcodes}


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
