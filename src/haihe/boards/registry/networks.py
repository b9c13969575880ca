"""Who works with whom: the ties that events make between organisations, and what they add up to."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from typing import Literal
from urllib.parse import urlencode

from haihe.boards.registry.events import sorts
from haihe.kit.source import Tier

NOWHERE = "unknown"
"""The jurisdiction of an organisation of which no place is known."""

LEAST_MAX = 1_000
YEARS = range(1900, 2200)

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Body:
    """An organisation in events: one of the registry, or a name that stands for nobody known there.

    `id` is the number of the entity, or `n` and the number of the name; `region` is the adcode of its
    jurisdiction; `stated` says that the registry gives it, and not the beginning of the name.
    """

    id: str
    name: str
    entity: int | None
    kind: str | None
    region: str
    stated: bool = True


@dataclass(frozen=True, slots=True)
class Happening:
    """An event, whoever took part, the jurisdictions of its places, and the source of each report of it."""

    id: int
    day: str
    title: str
    kinds: tuple[str, ...]
    bodies: frozenset[str]
    regions: frozenset[str]
    source_ids: tuple[str, ...]
    tier: Tier

    @property
    def year(self) -> int:
        """The year in which it happened."""
        return int(self.day[:4])


@dataclass(frozen=True, slots=True)
class Told:
    """Everything that is known of events, each once, who took part, and the jurisdictions by adcode.

    `whole` are the jurisdictions that are no part but the whole region; `read_on` is the day when the newest
    event was loaded.
    """

    happenings: tuple[Happening, ...]
    bodies: Mapping[str, Body]
    regions: Mapping[str, str]
    whole: frozenset[str] = frozenset()
    read_on: date | None = None

    def crosses(self, bodies: Iterable[str]) -> bool:
        """Whether organisations are of two jurisdictions; one of the whole region is of none."""
        return len({self.bodies[body].region for body in bodies} - self.whole - {NOWHERE}) > 1


@dataclass(frozen=True, slots=True)
class Scope:
    """What of the events is asked for.

    Of two `regions` an organisation of each takes part, of one named twice two of its own; of two `bodies`
    both do. `only` are those with two organisations, or with organisations of two jurisdictions. `steps` is
    how far from the first of `bodies` a network reaches, `least` the events of a tie.
    """

    since: int | None = None
    until: int | None = None
    regions: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    steps: Literal[1, 2] = 1
    least: int = 1
    only: Literal["all", "joint", "crossing"] = "all"


@dataclass(frozen=True, slots=True)
class Tie:
    """Two organisations that worked together, and in how many events of each year."""

    first: Body
    second: Body
    years: Mapping[int, int]

    @property
    def events(self) -> int:
        """In how many events they did."""
        return sum(self.years.values())


@dataclass(frozen=True, slots=True)
class Node:
    """An organisation of a network: in how many of its events it took part, with how many others."""

    body: Body
    events: int
    partners: int


@dataclass(frozen=True, slots=True)
class Network:
    """Organisations by number of events and their ties by number of events, the most first."""

    nodes: tuple[Node, ...]
    ties: tuple[Tie, ...]


@dataclass(frozen=True, slots=True)
class Year:
    """What a year brought.

    `joint` are the events with at least two organisations, `crossing` those with organisations of two
    jurisdictions; `fresh` the organisations that no event before the year names.
    """

    year: int
    events: int
    joint: int
    crossing: int
    fresh: int


def scope_of(query: Mapping[str, Sequence[str]]) -> Scope:
    """What an address asks for; what cannot be asked is passed over.

    >>> scope_of({"since": ["2023"], "until": ["x"], "region": ["110000"], "least": ["2"]})
    Scope(since=2023, until=None, regions=('110000',), kinds=(), bodies=(), steps=1, least=2, only='all')
    """
    regions = tuple(one for one in query.get("region", ()) if one == NOWHERE or _is_number(one))
    return Scope(
        _year(query.get("since", ())),
        _year(query.get("until", ())),
        regions[:2],
        tuple(one for one in query.get("kind", ()) if one in sorts()),
        tuple(one for one in query.get("organisation", ()) if _is_number(one.removeprefix("n")))[:2],
        2 if "2" in query.get("steps", ()) else 1,
        max([1, *(min(int(one), LEAST_MAX) for one in query.get("least", ()) if _is_number(one))]),
        next((one for one in ("joint", "crossing") if one in query.get("only", ())), "all"),
    )


def query_of(scope: Scope) -> dict[str, list[str]]:
    """The address of a scope, `scope_of` backwards."""
    return {
        "since": [str(scope.since)] if scope.since else [],
        "until": [str(scope.until)] if scope.until else [],
        "region": list(scope.regions),
        "kind": list(scope.kinds),
        "organisation": list(scope.bodies),
        "steps": ["2"] if scope.steps == 2 else [],
        "least": [str(scope.least)] if scope.least > 1 else [],
        "only": [scope.only] if scope.only != "all" else [],
    }


def address_of(path: str, scope: Scope) -> str:
    """The address of a page or file that shows a scope.

    >>> address_of("/registry/events", Scope(since=2024, bodies=("7", "n2")))
    '/registry/events?since=2024&organisation=7&organisation=n2'
    """
    query = urlencode({name: values for name, values in query_of(scope).items() if values}, doseq=True)
    return f"{path}?{query}" if query else path


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _year(texts: Sequence[str]) -> int | None:
    return next((int(one) for one in texts if _is_number(one) and int(one) in YEARS), None)


def within(told: Told, scope: Scope) -> list[Happening]:
    """The events that a scope asks for, the latest first."""
    found = [
        one
        for one in told.happenings
        if (scope.since is None or one.year >= scope.since)
        and (scope.until is None or one.year <= scope.until)
        and (not scope.kinds or not set(scope.kinds).isdisjoint(one.kinds))
        and one.bodies.issuperset(scope.bodies)
        and (scope.only != "joint" or len(one.bodies) > 1)
        and (scope.only != "crossing" or told.crosses(one.bodies))
        and (not scope.regions or _touches(told, one, scope.regions))
    ]
    return sorted(found, key=lambda one: (one.day, one.id), reverse=True)


def _touches(told: Told, one: Happening, regions: Sequence[str]) -> bool:
    homes = Counter(told.bodies[body].region for body in one.bodies)
    if len(regions) == 1:
        return regions[0] in homes or regions[0] in one.regions
    return all(homes[region] >= count for region, count in Counter(regions).items())


def ties_of(told: Told, happenings: Iterable[Happening]) -> list[Tie]:
    """The pairs of organisations that took part in one event, by number of events, the most first."""
    years: defaultdict[Pair, Counter[int]] = defaultdict(Counter)
    for one in happenings:
        for pair in combinations(sorted(one.bodies), 2):
            years[pair][one.year] += 1
    ties = (Tie(told.bodies[a], told.bodies[b], counted) for (a, b), counted in years.items())
    return sorted(ties, key=lambda tie: (-tie.events, tie.first.name, tie.second.name, tie.first.id))


def network_of(told: Told, scope: Scope) -> Network:
    """The organisations and ties of a scope; of one organisation, those as near to it as the scope says."""
    happenings = within(told, replace(scope, bodies=()))
    ties = [
        tie for tie in ties_of(told, happenings) if tie.events >= scope.least and _joins(tie, scope.regions)
    ]
    if scope.bodies:
        near = _near(ties, scope.bodies[0], scope.steps)
        ties = [tie for tie in ties if {tie.first.id, tie.second.id} <= near]
    partners = Counter(body for tie in ties for body in (tie.first.id, tie.second.id))
    events = Counter(body for one in happenings for body in one.bodies)
    nodes = [Node(told.bodies[body], events[body], count) for body, count in partners.items()]
    nodes.sort(key=lambda node: (-node.events, -node.partners, node.body.name, node.body.id))
    return Network(tuple(nodes), tuple(ties))


def _joins(tie: Tie, regions: Sequence[str]) -> bool:
    ends = (tie.first.region, tie.second.region)
    if len(regions) == 2:
        return sorted(ends) == sorted(regions)
    return not regions or regions[0] in ends


def _near(ties: Iterable[Tie], body: str, steps: int) -> set[str]:
    """The organisations at most so many ties away from one, itself among them."""
    beside: defaultdict[str, set[str]] = defaultdict(set)
    for tie in ties:
        beside[tie.first.id].add(tie.second.id)
        beside[tie.second.id].add(tie.first.id)
    found = {body}
    for _ in range(steps):
        found |= {other for one in found for other in beside[one]}
    return found


def drawn(network: Network, centre: str | None, most: int, ties_most: int) -> Network:
    """The organisations with the most events, with a centre if one is named, and their strongest ties."""
    near = {end: tie.events for tie in network.ties for end in _ends(tie) if centre in _ends(tie)}
    kept = sorted(network.nodes, key=lambda node: (node.body.id != centre, -near.get(node.body.id, 0)))[:most]
    ids = {node.body.id for node in kept}
    ties = [tie for tie in network.ties if ids.issuperset(_ends(tie))]
    ties.sort(key=lambda tie: centre not in _ends(tie))
    return Network(tuple(kept), tuple(ties[:ties_most]))


def _ends(tie: Tie) -> Pair:
    return tie.first.id, tie.second.id


def borders(told: Told, happenings: Iterable[Happening]) -> dict[Pair, Counter[int]]:
    """How many events of each year join two jurisdictions, or two organisations of one, by the pair."""
    found: defaultdict[Pair, Counter[int]] = defaultdict(Counter)
    for one in happenings:
        homes = Counter(told.bodies[body].region for body in one.bodies)
        pairs = [
            *combinations(sorted(homes), 2),
            *((home, home) for home, count in homes.items() if count > 1),
        ]
        for pair in pairs:
            found[pair][one.year] += 1
    return dict(sorted(found.items()))


def years_of(told: Told, scope: Scope) -> list[Year]:
    """What every year of a scope brought; new is what no earlier event of its kinds and regions names."""
    by_year: defaultdict[int, list[Happening]] = defaultdict(list)
    for one in within(told, replace(scope, since=None)):
        by_year[one.year].append(one)
    bodies: set[str] = set()
    found: list[Year] = []
    for year, happenings in sorted(by_year.items()):
        here = {body for one in happenings for body in one.bodies}
        crossing = sum(1 for one in happenings if told.crosses(one.bodies))
        joint = sum(1 for one in happenings if len(one.bodies) > 1)
        found.append(Year(year, len(happenings), joint, crossing, len(here - bodies)))
        bodies |= here
    return [one for one in found if scope.since is None or one.year >= scope.since]


def newcomers(told: Told, scope: Scope, year: int) -> list[Node]:
    """The organisations whose first event of a scope's kinds and regions is of a year, the busiest first."""
    happenings = within(told, replace(scope, since=None, until=year))
    known = {body for one in happenings if one.year < year for body in one.bodies}
    events: Counter[str] = Counter()
    partners: defaultdict[str, set[str]] = defaultdict(set)
    for one in happenings:
        for body in one.bodies - known:
            events[body] += 1
            partners[body] |= one.bodies - {body}
    nodes = (Node(told.bodies[body], count, len(partners[body])) for body, count in events.items())
    return sorted(nodes, key=lambda node: (-node.events, -node.partners, node.body.name, node.body.id))


def regions_of(told: Told) -> Iterator[tuple[str, str]]:
    """The jurisdictions that organisations of events are of, with their names; nowhere comes last."""
    found = {body.region for body in told.bodies.values()}
    for region in sorted(found, key=lambda region: (region == NOWHERE, region)):
        yield region, told.regions.get(region, "")
