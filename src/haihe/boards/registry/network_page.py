"""The page of cooperation: who works with whom, since when, across which borders, and who is new."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from markupsafe import Markup
from nicegui import ui
from nicegui.events import EChartPointClickEventArguments

from haihe.boards.accounts import Asker
from haihe.boards.accounts.request_actions import asker_now
from haihe.boards.registry import actions, event_page, network_actions, trend_page
from haihe.boards.registry.circle_page import DRAWN_MAX, TIES_MAX, circle, phone
from haihe.boards.registry.cooperation_page import (
    EVENTS,
    NETWORK,
    PLACELESS,
    Found,
    dress,
    events_link,
    other,
)
from haihe.boards.registry.events import sorts
from haihe.boards.registry.network_actions import body_at
from haihe.boards.registry.networks import (
    Network,
    Scope,
    Told,
    address_of,
    drawn,
    network_of,
    query_of,
    regions_of,
    scope_of,
    within,
)
from haihe.boards.registry.option_page import Choice, options
from haihe.boards.registry.options import Option, kinds_on_offer, regions_on_offer
from haihe.kit.errors import N_
from haihe.store.opening import the_store
from haihe.ui import page_at
from haihe.ui.address import chosen
from haihe.ui.frame import frame
from haihe.ui.language import language, phrase, tr
from haihe.ui.markup import download_links, link, value, write
from haihe.ui.slots import Entry, fill
from haihe.ui.widgets import answer, empty_state

_LEAST = (1, 2, 3, 5, 10)
_OFFERED_MAX = 300
_WORKS = N_("Who works with whom")
_BODY = N_("Organisation")


def mount() -> None:
    """Register the pages of cooperation, and what an organisation's page shows of it."""
    fill("nav", Entry(N_("Cooperation"), NETWORK, "hub"), order=32)
    fill("entity", trend_page.show_cooperation, order=40)
    page_at(NETWORK)(network)
    event_page.mount()


async def network() -> None:
    """Who works with whom."""
    with frame(tr(_WORKS)):
        dress()
        asker = await asker_now()
        told = await to_thread(network_actions.told, the_store(), asker)
        if not told.happenings:
            await _empty(asker)
            return
        meant = await to_thread(_meant, " ".join(chosen("named")).strip())
        found = await to_thread(_found, told, _scope(told, meant))
        answer(_centred(found) if found.centre else _sentence(found))
        _filters(found)
        if found.network.ties:
            with ui.element("div").classes("hai-network"):
                _picture(found)
                await (trend_page.partners(found) if found.centre else trend_page.ties(found))
        else:
            empty_state(tr(_WORKS), tr(N_("No two organisations took part in one event of this choice.")))
        if not found.centre:
            trend_page.years(found)
            trend_page.borders_between(found)
            trend_page.connecting(found)
            await trend_page.fresh(found)
        await trend_page.coverage(found)


def _meant(words: str) -> set[str]:
    """The names of those that words mean in the registry (天大)."""
    return {one.name for one in actions.resolve_unit(the_store(), words)} if words else set()


def _scope(told: Told, meant: set[str]) -> Scope:
    """What the address asks for; an organisation may be asked for by a short form or a part of its name."""
    scope = scope_of({name: chosen(name) for name in query_of(Scope())})
    words = " ".join(chosen("named")).strip()
    if words and not scope.bodies:
        called = [body for body, one in told.bodies.items() if one.name in meant]
        events = {body: 0 for body, one in told.bodies.items() if words in one.name or body in called}
        for happening in told.happenings:
            for body in happening.bodies & events.keys():
                events[body] += 1
        exact = [body for body in events if told.bodies[body].name == words]
        best = exact or sorted(called or events, key=lambda body: -events[body])
        scope = replace(scope, bodies=tuple(best[:1] or [body_at(told, words).id]))
    return replace(scope, bodies=tuple(body_at(told, body).id for body in scope.bodies[:1]))


def _found(told: Told, scope: Scope) -> Found:
    network = network_of(told, scope)
    between = {} if scope.bodies else network_actions.connections(network, told.whole)
    return Found(told, scope, network, within(told, scope), between)


async def _empty(asker: Asker) -> None:
    """What would stand here, how it comes, and the sample for who may load."""
    why = tr(N_("No event of cooperation has been loaded: a table with date, title and organisations."))
    empty_state(tr(N_("The network of cooperation stands here.")), why, command="haihe registry events FILE")
    await event_page.upload(asker, sample=True)


def _sentence(found: Found) -> Markup:
    years, events = found.years, len(found.happenings)
    joint = [one for one in found.happenings if len(one.bodies) > 1]
    crossing = sum(1 for one in joint if found.told.crosses(one.bodies))
    words = N_(
        "{years}: {bodies} organisations worked together in {joint} of {events} events, in {ties} pairs; "
        "{crossing} events ({share}) crossed a border between jurisdictions."
    )
    said = phrase(
        words,
        years=f"{years[0]}–{years[-1]}" if len(years) > 1 else str((*years, "–")[0]),
        bodies=f"{len(found.network.nodes):,}",
        ties=f"{len(found.network.ties):,}",
        events=events_link(events, found.scope),
        joint=events_link(len(joint), replace(found.scope, only="joint")),
        crossing=events_link(crossing, replace(found.scope, only="crossing")),
        share=f"{crossing / len(joint):.0%}" if joint else "–",
    )
    return said + _newest(found)


def _newest(found: Found) -> Markup:
    """How many events the last two years have."""
    years = found.years[-2:]
    if len(years) < 2:
        return Markup("")
    counts = [sum(1 for one in found.happenings if one.year == year) for year in years]
    links = [
        events_link(count, replace(found.scope, since=year, until=year))
        for year, count in zip(years, counts, strict=True)
    ]
    words = N_(" {year} has {count} so far, {before} had {earlier}.")
    return phrase(words, year=str(years[1]), count=links[1], before=str(years[0]), earlier=links[0])


def _centred(found: Found) -> Markup:
    """The sentence on one organisation."""
    centre, told = found.centre, found.told
    assert centre
    ties = found.partners
    others = [other(tie, centre) for tie in ties]
    abroad = sum(1 for one in others if told.crosses((one.id, centre.id)))
    name = link(centre.name, f"/entity/{centre.entity}") if centre.entity else Markup.escape(centre.name)
    since = min((one.day for one in found.happenings), default=None)
    words = N_(
        "{name} took part in {events} events, the first known on {since}, with {partners} other "
        "organisations; {abroad} of them are of another jurisdiction."
    )
    events = events_link(len(found.happenings), found.scope)
    return phrase(
        words, name=name, events=events, since=value(since), partners=str(len(others)), abroad=str(abroad)
    )


def _filters(found: Found) -> None:
    """Kinds and jurisdictions to press, and a form of years, strength and organisation."""
    told, scope = found.told, found.scope
    kinds = [
        Choice(sorts()[one.value].label[language()], address_of(NETWORK, one.after), one.events, one.now)
        for one in kinds_on_offer(told, scope)
    ]
    regions = [
        Choice(_region(told, one), address_of(NETWORK, one.after), one.events, one.now)
        for one in regions_on_offer(told, scope)
    ]
    options(
        {
            tr(N_("Of one jurisdiction, or between two")): regions,
            tr(N_("Kind of cooperation")): kinds,
        },
        tr(N_("Each number counts the events that there are with this choice and all others as they stand.")),
    )
    write(_form(found), "form", "hai-row hai-scope").props["action"] = NETWORK


def _region(told: Told, one: Option) -> str:
    """A jurisdiction in words; beside one that is chosen, another as its partner."""
    name = told.regions.get(one.value) or tr(PLACELESS)
    if one.inner:
        return tr(N_("within {region}"), region=name)
    beside = len(one.after.regions) == 2 and one.value in told.regions
    return tr(N_("with {region}"), region=name) if beside else name


def _form(found: Found) -> Markup:
    told, scope = found.told, found.scope
    years = [str(year) for year in sorted({one.year for one in told.happenings})]
    kept = [(name, one) for name in ("region", "kind", "organisation") for one in query_of(scope)[name]]
    hidden = Markup('<input type="hidden" name="{}" value="{}">')
    parts = [hidden.format(*pair) for pair in kept]
    anything = [("", tr(N_("any")))]
    parts += [
        _choice(
            N_("From year"), "since", str(scope.since or ""), anything + [(year, year) for year in years]
        ),
        _choice(
            N_("Until year"), "until", str(scope.until or ""), anything + [(year, year) for year in years]
        ),
        _choice(
            N_("Events of a pair"),
            "least",
            str(scope.least),
            [(str(n), tr(N_("at least {count}"), count=n)) for n in sorted({*_LEAST, scope.least})],
        ),
    ]
    if found.centre:
        steps = [("1", tr(N_("its partners"))), ("2", tr(N_("and theirs")))]
        parts.append(_choice(N_("Show"), "steps", str(scope.steps), steps))
    else:
        parts.append(_names(told))
    press = Markup('<button class="hai-button" type="submit">{}</button>').format(tr(N_("Show")))
    clear = [link(tr(N_("All organisations and years")), NETWORK)] if scope != Scope() else []
    return Markup("").join([*parts, press, *clear])


def _choice(label: str, name: str, now: str, options: Sequence[tuple[str, str]]) -> Markup:
    option = Markup('<option value="{}"{}>{}</option>')
    chosen_now = Markup(" selected")
    return Markup('<label>{}<select name="{}">{}</select></label>').format(
        tr(label),
        name,
        Markup("").join(
            option.format(code, chosen_now if code == now else "", text) for code, text in options
        ),
    )


def _names(told: Told) -> Markup:
    """A field for an organisation, which offers those of the most ties."""
    offered = network_of(told, Scope()).nodes[:_OFFERED_MAX]
    options = Markup("").join(Markup('<option value="{}">').format(node.body.name) for node in offered)
    return Markup(
        '<label>{}<input name="named" list="bodies" maxlength="200" autocomplete="off"></label>'
        '<datalist id="bodies">{}</datalist>'
    ).format(tr(_BODY), options)


def _picture(found: Found) -> None:
    centre = found.scope.bodies[0] if found.scope.bodies else None
    shown = drawn(found.network, centre, DRAWN_MAX, TIES_MAX)
    there = {node.body.region for node in shown.nodes}
    named = ((region, name or tr(PLACELESS)) for region, name in regions_of(found.told))
    regions = {region: name for region, name in named if region in there}
    words = N_(
        "{drawn} organisations and {ties} pairs are drawn, those with the most events; {left} organisations "
        "more stand in the table."
    )
    left = len(found.network.nodes) - len(shown.nodes)
    told = tr(words, drawn=len(shown.nodes), ties=len(shown.ties), left=left)
    with ui.element("figure").classes("hai-figure"):
        write(tr(_WORKS), "figcaption")
        drawing = ui.echart(phone(circle(shown, regions)), renderer="svg")
        drawing.props["role"] = "img"
        drawing.props["aria-label"] = told
        drawing.on_point_click(partial(_open, found.scope, shown))
        write(
            told + " " + tr(N_("Press one to see its partners, or a line to see the events.")),
            "p",
            "hai-note",
        )
        graph = address_of("/api/v1/network", found.scope)
        write(download_links({"GraphML": f"{graph}{'&' if '?' in graph else '?'}format=graphml"}), "p")


def _open(scope: Scope, shown: Network, event: EChartPointClickEventArguments) -> None:
    if event.data_type == "edge":
        tie = shown.ties[event.data_index]
        ui.navigate.to(address_of(EVENTS, replace(scope, bodies=(tie.first.id, tie.second.id))))
    else:
        ui.navigate.to(address_of(NETWORK, replace(scope, bodies=(event.name,))))
