"""What stands under the network: pairs, partners, years, borders, who connects and who is new."""

from __future__ import annotations

from asyncio import to_thread
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from markupsafe import Markup

from haihe.boards.accounts.request_actions import asker_now
from haihe.boards.registry import event_page, network_actions
from haihe.boards.registry.cooperation_page import (
    NAMES,
    NETWORK,
    PLACELESS,
    Found,
    body_link,
    dress,
    events_link,
    files_of_scope,
    other,
    region_words,
)
from haihe.boards.registry.labels import PLACE_LABEL
from haihe.boards.registry.networks import (
    Node,
    Pair,
    Scope,
    Tie,
    Told,
    address_of,
    borders,
    network_of,
    newcomers,
    regions_of,
    within,
    years_of,
)
from haihe.boards.registry.pieces_page import columns_of
from haihe.kit.errors import N_
from haihe.store.opening import the_store
from haihe.ui.charts import Chart, Series, bars, figure
from haihe.ui.language import phrase, tr
from haihe.ui.markup import link, sample_mark, share_bar, unit_mark, write
from haihe.ui.table import Cells, Column, Rows, Wanted, data_table, plain_table
from haihe.ui.widgets import Moment, coverage_line, section, timeline

_CONNECTING_MAX = 10
_PANEL_MAX = 8
_YEARS_SHOWN = 4
_EVENTS = N_("Events")
_BODY = N_("Organisation")


async def ties(found: Found) -> None:
    """The pairs of organisations, those with the most events first."""
    years = found.years[-2:]
    labels = {"first": _BODY, "second": N_("Partner"), "events": _EVENTS, "since": N_("Since year")}
    columns = [
        replace(one, numeric=one.name == "events") for one in columns_of(labels | {"until": N_("Last in")})
    ]
    columns += [replace(columns[2], name=str(year), label=str(year)) for year in years]
    key: dict[str, Callable[[Tie], Any]] = {
        "first": lambda tie: tie.first.name,
        "second": lambda tie: tie.second.name,
        "events": lambda tie: tie.events,
        "since": lambda tie: min(tie.years),
        "until": lambda tie: max(tie.years),
    }
    key |= {str(year): partial(_count, year) for year in years}

    async def fetch(wanted: Wanted) -> Rows:
        ties = [tie for tie in found.network.ties if wanted.words in tie.first.name + "\n" + tie.second.name]
        if wanted.sort in key:
            ties.sort(key=key[wanted.sort], reverse=wanted.descending)
        part = ties[wanted.offset : wanted.offset + wanted.limit]
        return Rows([_tie_cells(found, tie, years) for tie in part], len(ties))

    files = files_of_scope("/api/v1/network", found.scope)
    await data_table("ties", columns, fetch, caption=tr(N_("Pairs of organisations")), downloads=files)


def _count(year: int, tie: Tie) -> int:
    return tie.years.get(year, 0)


def _tie_cells(found: Found, tie: Tie, years: Sequence[int]) -> Cells:
    scope = replace(found.scope, bodies=(tie.first.id, tie.second.id))
    cells: dict[str, object] = {
        "first": unit_mark(body_link(tie.first, found.scope), tie.first.region),
        "second": unit_mark(body_link(tie.second, found.scope), tie.second.region),
        "events": events_link(tie.events, scope),
        "since": str(min(tie.years)),
        "until": str(max(tie.years)),
    }
    for year in years:
        count = tie.years.get(year, 0)
        cells[str(year)] = events_link(count, replace(scope, since=year, until=year)) if count else "0"
    return cells


async def partners(found: Found) -> None:
    """The partners of one organisation, by year."""
    centre = found.centre
    assert centre
    years = found.years[-_YEARS_SHOWN:]
    labels = {"name": N_("Partner"), "place": PLACE_LABEL, "events": _EVENTS, "since": N_("Since year")}
    columns = [replace(one, numeric=one.name == "events") for one in columns_of(labels)]
    columns += [replace(columns[2], name=str(year), label=str(year)) for year in years]
    key: dict[str, Callable[[Tie], Any]] = {
        "name": lambda tie: other(tie, centre).name,
        "place": lambda tie: other(tie, centre).region,
        "events": lambda tie: tie.events,
        "since": lambda tie: min(tie.years),
    }
    key |= {str(year): partial(_count, year) for year in years}

    async def fetch(wanted: Wanted) -> Rows:
        own = [tie for tie in found.partners if wanted.words in other(tie, centre).name]
        if wanted.sort in key:
            own.sort(key=key[wanted.sort], reverse=wanted.descending)
        part = own[wanted.offset : wanted.offset + wanted.limit]
        return Rows([_partner_cells(found, tie, years) for tie in part], len(own))

    files = files_of_scope("/api/v1/network", replace(found.scope, steps=1))
    caption = tr(N_("Partners of {name}"), name=centre.name)
    await data_table("partners", columns, fetch, caption=caption, downloads=files)


def _partner_cells(found: Found, tie: Tie, years: Sequence[int]) -> Cells:
    centre = found.centre
    assert centre
    one = other(tie, centre)
    cells = dict(_tie_cells(found, tie, years))
    return cells | {
        "name": body_link(one, found.scope),
        "place": region_words(found.told, one.region),
    }


def years(found: Found) -> None:
    """What every year brought, as a picture and as numbers that open their events."""
    told, scope = found.told, found.scope
    found_years = years_of(told, scope)
    labels = {"joint": N_("With several organisations"), "crossing": N_("Across a border")}
    columns = columns_of(
        {"year": N_("Year"), "events": _EVENTS} | labels | {"fresh": N_("New organisations")}
    )
    columns = [replace(one, numeric=one.name != "year") for one in columns]
    rows = []
    for one in found_years:
        here = replace(scope, since=one.year, until=one.year)
        fresh = f"{address_of(NETWORK, replace(scope, since=None, until=one.year))}#new"
        rows.append(
            {
                "year": str(one.year),
                "events": events_link(one.events, here),
                "joint": events_link(one.joint, replace(here, only="joint")),
                "crossing": events_link(one.crossing, replace(here, only="crossing")),
                "fresh": link(f"{one.fresh:,}", fresh),
            }
        )
    with section(tr(N_("Over the years"))):
        write(plain_table(columns, rows), classes="hai-data hai-scroll")
        if len(found_years) > 1:
            series = [
                Series(tr(label), [getattr(one, name) for one in found_years])
                for name, label in labels.items()
            ]
            names = [str(one.year) for one in found_years]
            chart = Chart(tr(N_("Events by year")), tr(N_("Year")), names, series)
            figure(chart, bars(chart), downloads=files_of_scope("/api/v1/events", scope))


def borders_between(found: Found) -> None:
    """How many events join each two jurisdictions, whole and by year, and which share of all that is."""
    told, scope = found.told, found.scope
    joint = [one for one in found.happenings if len(one.bodies) > 1]
    counted = borders(told, joint)
    if not counted:
        return
    totals = Counter(one.year for one in joint)
    homes = [region for region, _ in regions_of(told) if any(region in pair for pair in counted)]
    with section(tr(N_("Across borders"))):
        words = N_(
            "An event joins two jurisdictions when an organisation of each takes part, and one with itself "
            "when two of its own do. Shares are of the events with several organisations, and add up to more"
            " than one."
        )
        write(tr(words), "p", "hai-note")
        columns = [Column("region", tr(PLACE_LABEL))]
        columns += [Column(region, _name(told, region), numeric=True) for region in homes]
        rows = [
            {"region": region_words(told, one)}
            | {
                other_one: _share(counted[pair].total(), len(joint), replace(scope, regions=pair))
                for other_one in homes
                if (pair := _pair(one, other_one)) in counted
            }
            for one in homes
        ]
        write(plain_table(columns, rows), classes="hai-data hai-scroll hai-borders")
        columns = [Column("pair", tr(N_("Between")))]
        columns += [Column(str(year), str(year), numeric=True) for year in found.years]
        by_year = [
            {"pair": _pair_words(told, pair)}
            | {
                str(year): _share(
                    by[year], totals[year], replace(scope, regions=pair, since=year, until=year)
                )
                for year in found.years
                if by[year]
            }
            for pair, by in sorted(counted.items(), key=lambda item: -item[1].total())
        ]
        write(plain_table(columns, by_year), classes="hai-data hai-scroll hai-borders")


def _pair(one: str, other_one: str) -> Pair:
    first, second = sorted((one, other_one))
    return first, second


def _name(told: Told, region: str) -> str:
    return told.regions.get(region) or tr(PLACELESS)


def _pair_words(told: Told, pair: Pair) -> Markup:
    if pair[0] == pair[1]:
        return phrase(N_("{place} with itself"), place=region_words(told, pair[0]))
    return Markup(" – ").join(region_words(told, region) for region in pair)


def _share(count: int, total: int, scope: Scope) -> Markup:
    part = events_link(count, replace(scope, only="joint"))
    cell = Markup('<span class="hai-border" style="--share:{:.3f}">{} <small>{:.0%}</small></span>')
    return cell.format(count / total, part, count / total)


def connecting(found: Found) -> None:
    """Who lies on the ways between the jurisdictions."""
    first = sorted(found.network.nodes, key=lambda node: -found.between.get(node.body.id, 0.0))
    first = [node for node in first if found.between.get(node.body.id)][:_CONNECTING_MAX]
    if not first:
        return
    most = found.between[first[0].body.id]
    labels = {"name": _BODY, "place": PLACE_LABEL, "partners": N_("Partners"), "between": N_("Connects")}
    columns = [replace(one, numeric=one.name == "partners") for one in columns_of(labels)]
    rows = (
        {
            "name": body_link(node.body, found.scope),
            "place": region_words(found.told, node.body.region),
            "partners": link(
                node.partners, address_of(NETWORK, replace(found.scope, bodies=(node.body.id,)))
            ),
            "between": share_bar(found.between[node.body.id] / most, f"{found.between[node.body.id]:,.0f}"),
        }
        for node in first
    )
    with section(tr(N_("Who connects the jurisdictions"))):
        write(plain_table(columns, rows), classes="hai-data hai-scroll")
        words = N_(
            "Of each two organisations of different jurisdictions the shortest ways over common events are "
            "counted; an organisation has the sum of the shares of those ways that lead through it "
            "(betweenness, Brandes 2001). It says who has partners on both sides, not who did more."
        )
        write(tr(words), "p", "hai-note")


async def fresh(found: Found) -> None:
    """The organisations whose first event is of the last year of the choice."""
    if not found.years:
        return
    told, scope, year = found.told, found.scope, found.years[-1]
    new = newcomers(told, scope, year)
    labels = {"name": _BODY, "place": PLACE_LABEL, "events": _EVENTS, "partners": N_("Partners")}
    columns = [replace(one, numeric=one.name in ("events", "partners")) for one in columns_of(labels)]
    key: dict[str, Callable[[Node], Any]] = {
        "name": lambda node: node.body.name,
        "place": lambda node: node.body.region,
        "events": lambda node: node.events,
        "partners": lambda node: node.partners,
    }

    async def fetch(wanted: Wanted) -> Rows:
        nodes = [node for node in new if wanted.words in node.body.name]
        if wanted.sort in key:
            nodes.sort(key=key[wanted.sort], reverse=wanted.descending)
        part = nodes[wanted.offset : wanted.offset + wanted.limit]
        return Rows([cells(node) for node in part], len(nodes))

    def cells(node: Node) -> Cells:
        here = replace(scope, since=None, until=year, bodies=(node.body.id,))
        return {
            "name": body_link(node.body, scope),
            "place": region_words(told, node.body.region),
            "events": events_link(node.events, here),
            "partners": link(node.partners, address_of(NETWORK, replace(here, since=year, least=1))),
        }

    write("", "div").props["id"] = "new"
    with section(tr(N_("New in {year}"), year=year)):
        words = N_("{count} organisations that no earlier event of this choice names.")
        write(tr(words, count=f"{len(new):,}"), "p")
        caption = tr(N_("First seen in {year}"), year=year)
        await data_table("new", columns, fetch, caption=caption)


async def coverage(found: Found) -> None:
    """What the numbers rest on, and what nobody knows."""
    told = found.told
    reports = sum(len(one.source_ids) for one in found.happenings)
    bodies = [told.bodies[body] for body in {body for one in found.happenings for body in one.bodies}]
    unknown = sum(1 for one in bodies if one.entity is None)
    placed = sum(1 for one in bodies if not one.stated)
    words = N_(
        "{events} events of {reports} reports; the press does not report everything. {unknown} of {bodies} "
        "organisations are not in the registry and stand by the words of the reports ({names}); of {placed} "
        "the place is read from the beginning of the name."
    )
    said = phrase(
        words,
        events=f"{len(found.happenings):,}",
        reports=f"{reports:,}",
        unknown=str(unknown),
        bodies=str(len(bodies)),
        names=link(tr(N_("names without an organisation")), NAMES),
        placed=str(placed),
    )
    if network_actions.has_samples_only(told):
        said += Markup(" {} {}").format(sample_mark(), tr(N_("All of them are made up.")))
    coverage_line(said, as_of=told.read_on)


async def show_cooperation(entity: int) -> None:
    """On an organisation's page: its partners by year and its last events."""
    asker = await asker_now()
    told = await to_thread(network_actions.told, the_store(), asker)
    body = told.bodies.get(str(entity))
    if body is None:
        return
    dress()
    scope = Scope(bodies=(body.id,))
    found = Found(told, scope, network_of(told, scope), within(told, scope), {})
    own = sorted(found.partners, key=lambda tie: -tie.events)[:_PANEL_MAX]
    shown = found.years[-_YEARS_SHOWN:]
    aside = link(tr(N_("All partners")), address_of(NETWORK, scope))
    with section(tr(N_("Cooperation")), aside):
        words = N_("{events} events with {partners} other organisations.")
        events = events_link(len(found.happenings), scope)
        write(phrase(words, events=events, partners=f"{len(found.partners):,}"), "p")
        if own:
            columns = columns_of({"name": N_("Partner"), "place": PLACE_LABEL, "events": _EVENTS})
            columns = [replace(one, numeric=one.name == "events") for one in columns]
            columns += [replace(columns[2], name=str(year), label=str(year)) for year in shown]
            rows = (_partner_cells(found, tie, shown) for tie in own)
            write(plain_table(columns, rows), classes="hai-data hai-scroll")
        timeline(
            [
                Moment(one.day, event_page.title_of(one), event_page.kind_labels(one.kinds))
                for one in found.happenings[:_PANEL_MAX]
            ]
        )
