"""What is asked of cooperation: events, the network that they make, and how much of it is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from haihe.boards.accounts import Asker, require
from haihe.boards.registry import event_tables, network_tables
from haihe.boards.registry.answers import Turn
from haihe.boards.registry.betweenness import betweenness
from haihe.boards.registry.networks import (
    NOWHERE,
    Body,
    Happening,
    Network,
    Node,
    Scope,
    Tie,
    Told,
    network_of,
    within,
)
from haihe.kit.errors import N_, NotFound
from haihe.kit.source import Tier
from haihe.store.opening import Store
from haihe.store.session import reading

CONNECTED_MAX = 800
"""The most organisations whose place between the others is worked out."""


@dataclass(frozen=True, slots=True)
class Party:
    """Who took part: `entity` is None for a name that stands for nobody known."""

    id: str
    name: str
    entity: int | None


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event in a list, with everybody who took part and the source of each report of it."""

    id: int
    day: str
    title: str
    kinds: tuple[str, ...]
    parties: tuple[Party, ...]
    source_ids: tuple[str, ...]
    tier: Tier


@dataclass(frozen=True, slots=True)
class TieRow:
    """Two organisations, in how many events they worked together, since and until when, and in each year."""

    first: str
    second: str
    first_name: str
    second_name: str
    first_region: str
    second_region: str
    events: int
    since: int
    until: int
    years: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class NodeRow:
    """An organisation of a network; `between` is its betweenness over pairs of two jurisdictions."""

    id: str
    name: str
    entity: int | None
    kind: str | None
    region: str
    events: int
    partners: int
    between: float | None


@dataclass(frozen=True, slots=True)
class NetworkRow:
    """A network for programs: its organisations and ties, and how much of it is known.

    `events` are those of the scope, told by `reports` reports; `unresolved` organisations are names that the
    registry does not know.
    """

    events: int
    reports: int
    unresolved: int
    nodes: tuple[NodeRow, ...]
    ties: tuple[TieRow, ...]


def told(store: Store, asker: Asker) -> Told:
    """Everything that is known of events, kept until something of it changes."""
    require(asker, "see_published")
    with reading(store.engine) as connection:
        version = network_tables.version_in(connection)
    return _told(store, version)


@lru_cache(maxsize=1)
def _told(store: Store, _version: network_tables.Version) -> Told:
    with reading(store.engine) as connection:
        return network_tables.told_in(connection)


def body_at(known: Told, body: str) -> Body:
    """An organisation of the events; raises NotFound."""
    if body not in known.bodies:
        raise NotFound(
            N_("There is no organisation {id} in events."),
            advice=N_("Look for it in the table of the network."),
            id=body,
        )
    return known.bodies[body]


def network_row(store: Store, asker: Asker, scope: Scope) -> NetworkRow:
    """The network of a scope, whole; raises NotFound for an organisation that no event names."""
    known = told(store, asker)
    for body in scope.bodies:
        body_at(known, body)
    network, happenings = network_of(known, scope), within(known, replace(scope, bodies=()))
    between = connections(network, known.whole)
    nodes = tuple(_node_row(node, between.get(node.body.id)) for node in network.nodes)
    return NetworkRow(
        len(happenings),
        sum(len(one.source_ids) for one in happenings),
        sum(1 for node in nodes if node.entity is None),
        nodes,
        tuple(map(tie_row, network.ties)),
    )


def connections(network: Network, whole: frozenset[str]) -> dict[str, float]:
    """How many shortest paths between organisations of two jurisdictions lead through each, by its number.

    Nothing where the network is too large for it; `whole` are no jurisdictions, as in `Told`.
    """
    if len(network.nodes) > CONNECTED_MAX:
        return {}
    at = {node.body.id: place for place, node in enumerate(network.nodes)}
    joined = np.zeros((len(at), len(at)), dtype=bool)
    for tie in network.ties:
        one, other = at[tie.first.id], at[tie.second.id]
        joined[one, other] = joined[other, one] = True
    apart = sorted({node.body.region for node in network.nodes} - whole - {NOWHERE})
    groups = [apart.index(node.body.region) if node.body.region in apart else -1 for node in network.nodes]
    return dict(zip(at, betweenness(joined, groups).tolist(), strict=True))


def _node_row(node: Node, between: float | None) -> NodeRow:
    one = node.body
    return NodeRow(one.id, one.name, one.entity, one.kind, one.region, node.events, node.partners, between)


def tie_row(tie: Tie) -> TieRow:
    """A tie as a row."""
    ends = (tie.first.id, tie.second.id, tie.first.name, tie.second.name, tie.first.region, tie.second.region)
    years = dict(sorted(tie.years.items()))
    return TieRow(*ends, tie.events, min(years), max(years), years)


def event_rows(
    store: Store, asker: Asker, scope: Scope, turn: Turn, words: str = ""
) -> tuple[list[EventRow], int]:
    """Events of a scope by day or title, the latest first by default, and how many there are in all.

    Raises NotFound for an organisation that no event names.
    """
    known = told(store, asker)
    for body in scope.bodies:
        body_at(known, body)
    found = [one for one in within(known, scope) if not words or _has(known, one, words.casefold())]
    if turn.sort == "title":
        found.sort(key=lambda one: one.title, reverse=turn.descending)
    elif turn.sort == "day" and not turn.descending:
        found.reverse()
    part = found[turn.offset : turn.offset + turn.limit]
    return [event_row(known, one) for one in part], len(found)


def _has(known: Told, one: Happening, words: str) -> bool:
    texts = (one.title, *(known.bodies[body].name for body in one.bodies))
    return any(words in text.casefold() for text in texts)


def event_row(known: Told, one: Happening) -> EventRow:
    """An event as a row, those who took part by name."""
    bodies = sorted(
        (known.bodies[body] for body in one.bodies), key=lambda body: (body.entity is None, body.name)
    )
    parties = tuple(Party(body.id, body.name, body.entity) for body in bodies)
    return EventRow(one.id, one.day, one.title, one.kinds, parties, one.source_ids, one.tier)


def unresolved(store: Store) -> int:
    """How many names in events stand for nobody known, and nobody judged so."""
    with reading(store.engine) as connection:
        return len(event_tables.nameless(connection))


def has_samples_only(known: Told) -> bool:
    """Whether all events are made up."""
    return bool(known.happenings) and all(one.tier == "sample" for one in known.happenings)
