"""The network of cooperation: sums against brute force, files against their formats, and the page."""

from __future__ import annotations

import csv
import io
import json
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as some
from jsonschema import Draft202012Validator
from lxml import etree
from playwright.async_api import Page, expect

from haihe.app.api import create_api
from haihe.boards.accounts import OPERATOR, PUBLIC
from haihe.boards.registry import network_actions, network_api
from haihe.boards.registry.betweenness import betweenness
from haihe.boards.registry.event_actions import load_sample
from haihe.boards.registry.graphml import NAMESPACE, graphml
from haihe.boards.registry.load_actions import load_pack
from haihe.boards.registry.networks import (
    NOWHERE,
    Body,
    Happening,
    Scope,
    Told,
    address_of,
    borders,
    drawn,
    network_of,
    newcomers,
    query_of,
    scope_of,
    within,
    years_of,
)
from haihe.boards.registry.options import Option, kinds_on_offer, regions_on_offer
from haihe.store.opening import Store

FORMATS = Path(__file__).parents[3] / "docs/formats"
REGIONS = ("110000", "120000", "130000", NOWHERE)
BODIES = {str(n): Body(str(n), f"机构{n}", n, "agency", REGIONS[n % 4]) for n in range(8)}


def told(drawn_events: list[tuple[int, set[int]]]) -> Told:
    happenings = tuple(
        Happening(
            at,
            f"{year}-05",
            f"事件{at}",
            ("visit",),
            frozenset(map(str, bodies)),
            frozenset(),
            ("s",),
            "press",
        )
        for at, (year, bodies) in enumerate(drawn_events)
    )
    return Told(happenings, BODIES, {region: region for region in REGIONS})


EVENTS = some.lists(
    some.tuples(some.integers(2021, 2024), some.sets(some.integers(0, 7), max_size=4)), max_size=12
).map(told)


def shortest(joined: np.ndarray, start: int, end: int) -> list[list[int]]:
    """Every shortest path from one node to another."""
    found: list[list[int]] = []
    waiting = deque([[start]])
    while waiting:
        path = waiting.popleft()
        if found and len(path) > len(found[0]):
            break
        if path[-1] == end:
            found.append(path)
        waiting.extend([*path, int(n)] for n in np.flatnonzero(joined[path[-1]]) if n not in path)
    return found


@settings(max_examples=30)
@given(some.sets(some.tuples(some.integers(0, 6), some.integers(0, 6))))
def test_betweenness_counts_the_shortest_paths_through_each(edges: set[tuple[int, int]]) -> None:
    """Brute force: every shortest path between every pair is walked."""
    joined = np.zeros((7, 7), bool)
    for one, other in edges:
        if one != other:
            joined[one, other] = joined[other, one] = True
    groups = [0, 0, 1, 1, 2, -1, 2]

    plain, apart = np.zeros(7), np.zeros(7)
    for one, other in combinations(range(7), 2):
        paths = shortest(joined, one, other)
        for path in paths:
            for node in path[1:-1]:
                plain[node] += 1 / len(paths)
                if groups[one] != groups[other] and -1 not in (groups[one], groups[other]):
                    apart[node] += 1 / len(paths)
    assert np.allclose(betweenness(joined), plain)
    assert np.allclose(betweenness(joined, groups), apart)


@settings(max_examples=30)
@given(
    EVENTS,
    some.sampled_from([(), ("110000",), ("110000", "120000"), ("130000", "130000"), (NOWHERE,)]),
    some.sampled_from([(None, None), (2022, None), (2022, 2023)]),
    some.integers(1, 2),
)
def test_every_number_of_the_network_is_the_number_of_the_events_behind_it(
    known: Told, regions: tuple[str, ...], span: tuple[int | None, int | None], least: int
) -> None:
    scope = Scope(span[0], span[1], regions, least=least)
    network = network_of(known, scope)
    for tie in network.ties:
        behind = within(known, replace(scope, bodies=(tie.first.id, tie.second.id), least=1))
        assert tie.events == len(behind) >= least
    for node in network.nodes:
        assert node.events == len(within(known, replace(scope, bodies=(node.body.id,))))
        beside = [tie for tie in network.ties if node.body.id in (tie.first.id, tie.second.id)]
        assert node.partners == len(beside) > 0
    brute = {
        pair
        for pair in combinations(sorted(BODIES), 2)
        if len(within(known, replace(scope, bodies=pair))) >= least
        and (len(regions) != 2 or sorted(BODIES[one].region for one in pair) == sorted(regions))
        and (len(regions) != 1 or regions[0] in {BODIES[one].region for one in pair})
    }
    assert {(tie.first.id, tie.second.id) for tie in network.ties} == brute


@settings(max_examples=30)
@given(EVENTS)
def test_years_borders_and_newcomers_are_those_of_the_events(known: Told) -> None:
    for year in years_of(known, Scope()):
        only = Scope(year.year, year.year)
        assert year.events == len(within(known, only))
        assert year.joint == len(within(known, replace(only, only="joint")))
        assert year.crossing == len(within(known, replace(only, only="crossing")))
        fresh = newcomers(known, Scope(), year.year)
        assert year.fresh == len(fresh)
        for node in fresh:
            seen = within(known, Scope(bodies=(node.body.id,)))
            assert min(one.year for one in seen) == year.year
    for pair, by_year in borders(known, known.happenings).items():
        for year, count in by_year.items():
            assert count == len(within(known, Scope(year, year, regions=pair)))


def left_by(known: Told, option: Option) -> int:
    """How many events there are at the address of a filter, counted one by one."""
    asked = option.after
    found = 0
    for one in known.happenings:
        homes = sorted(known.bodies[body].region for body in one.bodies)
        wanted = list(asked.regions)
        for home in homes:
            if home in wanted:
                wanted.remove(home)
        fits = not wanted or (len(asked.regions) == 1 and asked.regions[0] in one.regions)
        of_kind = not asked.kinds or any(kind in asked.kinds for kind in one.kinds)
        found += fits and of_kind and (asked.since or 0) <= one.year <= (asked.until or 9999)
    return found


CHOSEN = some.sampled_from([(), ("110000",), ("110000", "120000"), ("130000", "130000"), (NOWHERE,)])


@settings(max_examples=30)
@given(EVENTS, CHOSEN, some.sampled_from([(), ("visit",), ("meeting",)]), some.none() | some.just(2022))
def test_the_number_of_a_filter_is_that_of_the_events_behind_it(
    known: Told, regions: tuple[str, ...], kinds: tuple[str, ...], since: int | None
) -> None:
    mixed = (replace(one, kinds=(("visit",), ("meeting", "visit"))[one.id % 2]) for one in known.happenings)
    known = replace(known, happenings=tuple(mixed))
    scope = Scope(since, None, regions, kinds)
    offered = [*kinds_on_offer(known, scope), *regions_on_offer(known, scope)]
    for option in offered:
        assert option.events == (len(within(known, scope)) if option.now else left_by(known, option))
    assert {option.value for option in offered if option.now} == {*kinds, *regions} & {
        *kinds,
        *(body.region for body in BODIES.values()),
    }
    for kind in ("visit", "meeting"):
        counted = left_by(known, Option(kind, replace(scope, kinds=(kind,)), 0))
        assert counted == next((one.events for one in offered if one.value == kind), 0)


def test_a_network_of_one_organisation_reaches_as_far_as_asked() -> None:
    known = told([(2021, {0, 1}), (2022, {1, 2}), (2023, {2, 3}), (2023, {0, 1})])
    near = network_of(known, Scope(bodies=("0",)))
    assert {node.body.id for node in near.nodes} == {"0", "1"}
    far = network_of(known, Scope(bodies=("0",), steps=2))
    assert {node.body.id for node in far.nodes} == {"0", "1", "2"}
    assert {node.body.id for node in drawn(far, "2", 2, 9).nodes} == {"2", "1"}
    assert len(drawn(network_of(known, Scope()), None, 9, 2).ties) == 2


@given(
    some.dictionaries(
        some.sampled_from(list(query_of(Scope()))), some.lists(some.text(max_size=9), max_size=4)
    )
)
@settings(max_examples=30)
def test_any_address_is_understood_and_comes_back_as_it_is(query: dict[str, list[str]]) -> None:
    scope = scope_of(query)
    assert scope_of(query_of(scope)) == scope


def test_graphml_has_every_node_and_tie_with_its_data() -> None:
    """Read as the GraphML primer describes: keys declare the data, edges name nodes that are there."""
    known = told([(2021, {0, 1}), (2022, {0, 1, 2})])
    known = replace(known, bodies={**BODIES, "0": replace(BODIES["0"], name="甲<&>乙", kind=None)})
    network = network_of(known, Scope())
    root = etree.fromstring(graphml(network))
    spaces = {"g": NAMESPACE}
    keys = {(one.get("for"), one.get("id")) for one in root.iterfind("g:key", spaces)}
    (graph,) = root.iterfind("g:graph", spaces)
    assert graph.get("edgedefault") == "undirected"

    def data(one: etree._Element) -> dict[str | None, str | None]:
        found = {datum.get("key"): datum.text for datum in one.iterfind("g:data", spaces)}
        assert {(etree.QName(one).localname, name) for name in found} <= keys
        return found

    nodes = {one.get("id"): data(one) for one in graph.iterfind("g:node", spaces)}
    assert nodes["0"]["label"] == "甲<&>乙"
    assert "kind" not in nodes["0"]
    ties = {(one.get("source"), one.get("target")): data(one) for one in graph.iterfind("g:edge", spaces)}
    assert {end for pair in ties for end in pair} == set(nodes) == {"0", "1", "2"}
    assert ties["0", "1"] == {"weight": "2", "since": "2021", "until": "2022"}


@pytest.fixture
def sampled(store: Store) -> Store:
    """A store with the made-up organisations and their events."""
    load_pack(store, OPERATOR, "sample", lambda _: None)
    load_sample(store, OPERATOR)
    return store


@pytest.fixture
def client(sampled: Store) -> Iterator[TestClient]:
    """A program that asks for the network."""
    app = create_api()
    if not any(getattr(route, "path", "") == "/api/v1/network" for route in app.routes):
        app.include_router(network_api.router)
    with TestClient(app) as opened:
        yield opened


def checked(answer: object, name: str) -> object:
    schema = json.loads((FORMATS / f"{name}.schema.json").read_text("utf-8"))
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(answer)
    return answer


@pytest.mark.database
def test_programs_read_events_and_the_network(client: TestClient, sampled: Store) -> None:
    network = client.get("/api/v1/network").json()
    checked(network, "registry-network")
    assert (network["events"], network["reports"], network["unresolved"]) == (11, 12, 1)
    events = client.get("/api/v1/events", params={"limit": 4}).json()
    checked(events, "registry-events")
    days = [one["day"] for one in events["rows"]]
    while events["next"]:
        events = client.get("/api/v1/events", params={"limit": 4, "cursor": events["next"]}).json()
        days += [one["day"] for one in events["rows"]]
    assert days == sorted(days, reverse=True)
    assert len(days) == 11
    tie = network["ties"][0]
    pair = {"organisation": [tie["first"], tie["second"]]}
    assert len(client.get("/api/v1/events", params=pair).json()["rows"]) == tie["events"]
    rows = list(
        csv.DictReader(io.StringIO(client.get("/api/v1/network?format=csv").content.decode("utf-8-sig")))
    )
    assert [(row["first"], row["events"]) for row in rows] == [
        (tie["first"], str(tie["events"])) for tie in network["ties"]
    ]
    assert sum(int(rows[0][year]) for year in rows[0] if year.isdigit()) == network["ties"][0]["events"]
    listed = list(
        csv.DictReader(io.StringIO(client.get("/api/v1/events?format=csv").content.decode("utf-8-sig")))
    )
    assert [row["day"] for row in listed] == days
    checked(listed, "registry-events-table")
    checked(rows, "registry-network-table")
    known = network_actions.told(sampled, PUBLIC)
    home, kind = next(iter(known.bodies.values())).region, known.happenings[0].kinds[0]
    for scope in (Scope(), Scope(regions=(home,)), Scope(2024, kinds=(kind,))):
        for option in (*kinds_on_offer(known, scope), *regions_on_offer(known, scope)):
            there = address_of("/api/v1/events", scope if option.now else option.after)
            assert len(client.get(there).json()["rows"]) == option.events, option
    assert client.get("/api/v1/network?format=xlsx").content.startswith(b"PK")
    graph = client.get("/api/v1/network", params={"format": "graphml"})
    nodes = etree.fromstring(graph.content).findall(f".//{{{NAMESPACE}}}node")
    assert len(nodes) == len(network["nodes"])
    checked(client.get("/api/v1/events/names").json(), "registry-events-names")
    for refused in ("/api/v1/network?organisation=999999", "/api/v1/events?organisation=n999999"):
        assert client.get(refused).status_code == 404
    assert client.post("/api/v1/events", files={"file": ("e.csv", b"date,title\n")}).status_code == 401


@pytest.mark.database
@pytest.mark.browser
async def test_the_network_leads_from_a_number_to_its_events_and_their_sources(
    sampled: Store, desk: Page, role: str
) -> None:
    network = network_actions.network_row(sampled, PUBLIC, Scope())
    await desk.goto("/registry/network")
    await desk.wait_for_function("window.did_handshake === true")
    answer = desk.locator(".hai-answer")
    await expect(answer).to_contain_text(f"{len(network.ties)} pairs")
    await expect(desk.get_by_text("All of them are made up.")).to_be_visible()
    await expect(desk.locator(".hai-network svg path").first).to_be_visible()
    tie = network.ties[0]
    row = desk.locator(".hai-network tbody tr").first
    await expect(row).to_contain_text(tie.first_name)
    await row.locator("a.hai-number").first.click()
    await desk.wait_for_function("window.did_handshake === true")
    await expect(desk.locator(".hai-data tbody tr")).to_have_count(tie.events)
    await desk.locator(".hai-data tbody a.hai-number").first.click()
    await expect(desk.locator(".hai-drawer[data-open]")).to_contain_text("sample-e")
    await desk.goto(f"/entity/{tie.first}")
    await desk.wait_for_function("window.did_handshake === true")
    await desk.get_by_role("link", name="All partners").click()
    await expect(desk).to_have_url(f"/registry/network?organisation={tie.first}")
    await expect(answer).to_contain_text(f"{tie.first_name} took part in")
