"""The pages of the registry: all organisations, one of them, one place; and the region on the home page."""

from __future__ import annotations

from asyncio import to_thread
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from urllib.parse import urlencode

from fastapi import Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup
from nicegui import ui

from haihe.boards.accounts import Asker
from haihe.boards.accounts.actions import asking
from haihe.boards.registry import actions, answers
from haihe.boards.registry.answers import (
    Card,
    Count,
    Entity,
    Figure,
    PlaceCard,
    PlaceEntity,
    Sought,
    sought_of,
)
from haihe.boards.registry.figures import newest, series_of
from haihe.boards.registry.kinds import kinds
from haihe.boards.registry.labels import LEVEL_LABELS, NAME_LABELS, PLACE_LABEL, TIER_LABELS
from haihe.boards.registry.records import Indicator
from haihe.boards.registry.states import PLACE_KIND
from haihe.kit.errors import N_
from haihe.store.opening import the_store
from haihe.ui.address import address, chosen
from haihe.ui.charts import Chart, Series, figure, lines
from haihe.ui.frame import frame
from haihe.ui.language import language, phrase, tr
from haihe.ui.maps import UnitMap, UnitValue, unit_map
from haihe.ui.markup import download_links, link, number_link, sample_mark, unit_mark, write
from haihe.ui.slots import Entry, draw, fill
from haihe.ui.table import Cells, Column, Rows, Wanted, data_table, plain_table
from haihe.ui.widgets import Facet, answer, coverage_line, empty_state, facets, particulars, section

_CHART_VALUES_MIN = 4
_LOAD = "haihe load --pack jingjinji"
_NOT_LOADED = N_("No region pack has been loaded.")
_FOUND = {"name": N_("Full name"), "kind": N_("Kind"), "place": PLACE_LABEL, "tier": N_("Tier")}


def mount() -> None:
    """Register the pages, and what the home page and the search show of the registry."""
    fill("nav", Entry(N_("Organisations"), "/entities", "domain"), order=30)
    fill("home", show_region, order=20)
    fill("home", show_coverage, order=900)
    fill("search", show_found, order=50)
    ui.page("/entities")(entities)
    ui.page("/entity/{entity_id:int}")(entity)
    ui.page("/place/{adcode:int}")(place)


async def _asker() -> Asker:
    return await to_thread(asking, ui.context.client.request)


async def entities() -> None:
    """Everything that the registry knows, by kind and place."""
    asker, sought = await _asker(), sought_of(chosen("kind"), chosen("place"))
    with frame(tr(N_("Organisations and places"))):
        counted = await to_thread(actions.facets, the_store(), asker, sought)
        if not (counted.kinds or sought.kinds or sought.adcodes):
            empty_state(tr(N_("Organisations and places stand here.")), tr(_NOT_LOADED), command=_LOAD)
            return
        shown = [one for one in counted.kinds if not sought.kinds or one.code in sought.kinds]
        answer(_known(shown, counted.samples))
        by_kind = [(one.code, _kind(one.code), one.count) for one in counted.kinds]
        by_place = [(one.code, one.name, one.count) for one in counted.places]
        facets([Facet("kind", tr(_FOUND["kind"]), by_kind), Facet("place", tr(PLACE_LABEL), by_place)])
        await _table(asker, sought)
        await _coverage(asker)


def _known(counts: Sequence[Count], samples: int) -> str:
    """The counts of kinds as a sentence."""
    total = sum(one.count for one in counts)
    parts = (
        tr(N_("{count} {kind}"), count=f"{one.count:,}", kind=_kind(one.code, one.count).lower())
        for one in counts
    )
    words = N_("{total} are known: {parts}.") if total else N_("Nothing of this sort is known.")
    known = [tr(words, total=f"{total:,}", parts=tr(N_(", ")).join(parts))]
    known += [tr(N_("{count} of them are samples."), count=samples)] if samples else []
    return " ".join(known)


def _kind(kind: str, count: int = 1) -> str:
    if kind == PLACE_KIND:
        return tr(N_("Administrative place")) if count == 1 else tr(N_("Administrative places"))
    return (kinds()[kind].label if count == 1 else kinds()[kind].plural)[language()]


async def _table(asker: Asker, sought: Sought) -> None:
    async def fetch(wanted: Wanted) -> Rows:
        asked = Sought(sought.kinds, sought.adcodes, wanted.words)
        turn = answers.Turn(wanted.offset, wanted.limit, wanted.sort, wanted.descending)
        rows, total = await to_thread(actions.entity_rows, the_store(), asker, asked, turn)
        return Rows([_cells(one) for one in rows], total)

    files = _files("/api/v1/entities", kind=sought.kinds, adcode=sought.adcodes)
    title = tr(N_("Organisations and places"))
    await data_table("entities", _columns(_FOUND), fetch, caption=title, downloads=files)


def _columns(labels: Mapping[str, str], numeric: str = "") -> list[Column]:
    return [Column(name, tr(label), numeric=name == numeric) for name, label in labels.items()]


def _files(path: str, **query: Sequence[str]) -> dict[str, str]:
    """The addresses of a list as files, by format."""
    return {
        form: f"{path}?{urlencode({**query, 'format': form.lower()}, doseq=True)}" for form in ("CSV", "xlsx")
    }


def _cells(one: Entity) -> Cells:
    return {
        "name": link(one.name, f"/entity/{one.id}"),
        "kind": _kind(one.kind),
        "place": _home(one),
        "tier": number_link(_tier(one.tier), one.source_id),
    }


def _home(one: Entity) -> Markup | None:
    marked = unit_mark(one.place, one.adcode) if one.place and one.adcode else None
    return link(marked, f"/place/{one.adcode}") if marked else None


def _tier(tier: str) -> Markup | str:
    return sample_mark() if tier == "sample" else tr(TIER_LABELS[tier])


async def _coverage(asker: Asker) -> None:
    """What the loaded packs cite, and that nothing else is here."""
    cited = await to_thread(actions.publications, the_store(), asker)
    labels = {"title": N_("Publication"), "publisher": N_("Publisher"), "tier": N_("Tier")}
    rows = (
        {
            "title": link(one.title, one.url) if one.url else one.title,
            "publisher": one.publisher,
            "tier": _tier(one.tier),
            "read_on": one.read_on,
            "note": one.note or "",
        }
        for one in cited
    )
    table = plain_table(_columns(labels | {"read_on": N_("Read on"), "note": N_("Note")}), rows)
    folded = Markup("<details><summary>{}</summary><div class=hai-scroll>{}</div></details>")
    write(folded.format(tr(N_("Where this comes from")), table), classes="hai-numbers")
    words = N_("Known is what {count} publications and the tables that were loaded name; nothing else is.")
    coverage_line(tr(words, count=len(cited)), as_of=await _read_on(asker))


async def _read_on(asker: Asker) -> date | None:
    """The day when the newest of the publications was read."""
    cited = await to_thread(actions.publications, the_store(), asker)
    return max((one.read_on for one in cited if one.read_on), default=None)


async def entity(entity_id: int) -> Response | None:
    """One organisation: its names, codes and properties, its ties, and what every board knows of it."""
    with frame(tr(N_("Organisation")), heading=False):
        card = await to_thread(actions.entity_at, the_store(), await _asker(), entity_id)
        one = card.entity
        if one.kind == PLACE_KIND and one.adcode:
            return RedirectResponse(f"/place/{one.adcode}")
        ui.page_title(one.name)
        write(Markup("{} {}").format(one.name, sample_mark() if one.tier == "sample" else ""), "h1")
        home = _home(one) or tr(N_("an unknown place"))
        answer(phrase(N_("{name}: {kind} in {place}."), name=one.name, kind=_kind(one.kind), place=home))
        particulars(_particulars(card))
        if card.links:
            with section(tr(N_("Ties"))):
                particulars((label, Markup(" · ").join(ties)) for label, ties in _ties(card).items())
        await draw("entity", one.id)
        count = len(card.names) + len(card.identifiers) + len(card.properties)
        words = N_("{count} values, each with its source; what no source says is left out.")
        coverage_line(tr(words, count=count), as_of=card.changed_at.date())
    return None


def _particulars(card: Card) -> list[tuple[str, Markup]]:
    """Names, codes, place and properties, each opening its source; a property that is a tie stands there."""
    properties = kinds()[card.entity.kind].properties
    labels = {name: prop.label[language()] for name, prop in properties.items()}
    labels |= {prop.scheme: prop.label[language()] for prop in properties.values() if prop.scheme}
    labels |= {name: tr(label) for name, label in NAME_LABELS.items()}
    tied = {tie.kind for tie in card.links if tie.outward}
    home = [answers.Fact("", card.entity.place, card.place_source_id)] if card.entity.place else []
    return [
        (labels.get(fact.name, fact.name) if fact.name else tr(PLACE_LABEL), _fact(card, fact))
        for fact in (*card.names, *card.identifiers, *home, *card.properties)
        if fact.name not in tied
    ]


def _fact(card: Card, fact: answers.Fact) -> Markup:
    prop = kinds()[card.entity.kind].properties.get(fact.name)
    text = _number(fact.value) if isinstance(fact.value, float) else fact.value
    return number_link(f"{text} {prop.unit}" if prop and prop.unit else text, fact.source_id)


def _number(amount: float) -> str:
    return f"{amount:,.10g}"


def _ties(card: Card) -> Mapping[str, list[Markup]]:
    """The ties to other entities by their label; a tie that the other end states is named from there."""
    labels = {
        name: prop.label[language()] for kind in kinds().values() for name, prop in kind.properties.items()
    }
    found: defaultdict[str, list[Markup]] = defaultdict(list)
    for tie in card.links:
        label = labels.get(tie.kind, tie.kind)
        source = number_link(tr(N_("source")), tie.source_id)
        words = Markup("{} <small>{}</small>").format(link(tie.name, f"/entity/{tie.id}"), source)
        found[label if tie.outward else tr(N_("{label} of"), label=label)].append(words)
    return found


async def place(adcode: int) -> None:
    """One place: what is under it, its figures, and the organisations there."""
    asker, store = await _asker(), the_store()
    with frame(tr(PLACE_LABEL), heading=False):
        card = await to_thread(actions.place_at, store, asker, str(adcode))
        defined = {each.id: each for each in await to_thread(actions.indicators, store, asker)}
        ui.page_title(card.place.name)
        write(card.place.name, "h1")
        write(Markup(" › ").join(link(each.name, f"/place/{each.adcode}") for each in card.above), "nav")
        words = N_("{name}: {children} units under it, {organisations} organisations, {figures} figures.")
        count = f"{sum(each.count for each in card.organisations):,}"
        numbers = {"children": len(card.children), "organisations": count, "figures": len(card.figures)}
        answer(tr(words, name=card.place.name, **numbers))
        _ground(card.place)
        _figures(card, defined)
        _organisations(card)
        _children(card)
        await draw("entity", card.place.id)
        words = N_(
            "{count} of the {total} indicators have a figure here. Points and areas are of a sketch map; "
            "they are no evidence of boundaries."
        )
        words = tr(words, count=len(series_of(card.figures)), total=len(defined))
        coverage_line(words, as_of=await _read_on(asker))


def _ground(one: PlaceEntity) -> None:
    words = N_("about {area} km²") if one.approximate else N_("{area} km²")
    area = None if one.area_km2 is None else tr(words, area=f"{one.area_km2:,.0f}")
    particulars(
        [
            (tr(N_("Level")), tr(LEVEL_LABELS[one.level])),
            (tr(N_("Administrative code")), number_link(one.adcode, one.source_id)),
            (tr(N_("Area")), number_link(area, one.source_id) if area else None),
        ]
    )


def _figures(card: PlaceCard, defined: Mapping[str, Indicator]) -> None:
    """The newest value of each indicator, and the longer series as pictures."""
    series = series_of(card.figures)
    if not series:
        return
    labels = {
        "label": N_("Indicator"),
        "period": N_("Period"),
        "value": N_("Value"),
        "unit": N_("Unit of measure"),
    }
    with section(tr(N_("Indicators"))):
        rows = (_figure_cells(values[-1], defined[name]) for name, values in series.items())
        write(plain_table(_columns(labels | {"tier": N_("Tier")}, "value"), rows), classes="hai-scroll")
        for name, values in series.items():
            if len(values) >= _CHART_VALUES_MIN:
                _chart(card.place.name, defined[name], values)


def _figure_cells(one: Figure, indicator: Indicator) -> Cells:
    words = (indicator.definition[language()], indicator.label[language()])
    return {
        "label": Markup('<span title="{}">{}</span>').format(*words),
        "period": one.period,
        "value": number_link(_number(one.value), one.source_id),
        "unit": indicator.unit[language()],
        "tier": _tier(one.tier),
    }


def _chart(name: str, indicator: Indicator, values: Sequence[Figure]) -> None:
    title = tr(N_("{label}, {place}"), label=indicator.label[language()], place=name)
    series = [Series(name, [each.value for each in values])]
    periods = [each.period for each in values]
    chart = Chart(title, tr(N_("Period")), periods, series, indicator.unit[language()])
    figure(chart, lines(chart), downloads=_files(f"/api/v1/indicators/{indicator.id}/values"))


def _organisations(card: PlaceCard) -> None:
    if not card.organisations:
        return
    with section(tr(N_("Organisations here"))):
        there = f"/entities?place={card.place.adcode}&kind="
        particulars((_kind(one.code), link(f"{one.count:,}", there + one.code)) for one in card.organisations)


def _children(card: PlaceCard) -> None:
    if not card.children:
        return
    labels = {"name": N_("Full name"), "level": N_("Level"), "area": N_("Area, km²")}
    rows = (
        {
            "name": link(unit_mark(each.name, each.adcode), f"/place/{each.adcode}"),
            "level": tr(LEVEL_LABELS[each.level]),
            "area": None if each.area_km2 is None else number_link(f"{each.area_km2:,.0f}", each.source_id),
        }
        for each in card.children
    )
    with section(tr(N_("Under it"))):
        write(plain_table(_columns(labels, "area"), rows), classes="hai-scroll")
        write(download_links(_files("/api/v1/places")), "p")


async def show_region() -> None:
    """The home page's map: one indicator by jurisdiction, and the others to choose from."""
    asker, store = await _asker(), the_store()
    provinces = (await to_thread(actions.places, store, asker, "province")).rows
    with section(tr(N_("The region"))):
        if not provinces:
            empty_state(tr(N_("The map of the region stands here.")), tr(_NOT_LOADED), command=_LOAD)
            return
        cards = [await to_thread(actions.place_at, store, asker, one.adcode) for one in provinces]
        defined = {each.id: each for each in await to_thread(actions.indicators, store, asker)}
        series = series_of(each for card in cards for each in card.figures)
        choices = sorted(
            (name for name, values in series.items() if len(newest(values)) > 1),
            key=lambda name: -len(series[name]),
        )
        asked = [name for name in chosen("indicator") if name in choices]
        for name in (asked or choices)[:1]:
            _switch([defined[each] for each in choices], name)
            _map(newest(series[name]), defined[name], provinces)


async def show_coverage() -> None:
    """The home page's last line: what is known of the region, and as of when."""
    asker = await _asker()
    counted = await to_thread(actions.facets, the_store(), asker, Sought())
    coverage_line(_known(counted.kinds, counted.samples), as_of=await _read_on(asker))


def _switch(choices: Sequence[Indicator], now: str) -> None:
    links = (
        Markup('<a href="{}"{}>{}</a>').format(
            address(indicator=[one.id]),
            Markup(' aria-current="true"') if one.id == now else "",
            one.label[language()],
        )
        for one in choices
    )
    switch = write(Markup("<div>{}</div>").format(Markup("").join(links)), "nav", "hai-facets")
    switch.props["aria-label"] = tr(N_("Indicator"))


def _map(values: Sequence[Figure], indicator: Indicator, provinces: Sequence[PlaceEntity]) -> None:
    held = {each.adcode: each for each in values}
    units = [
        UnitValue(one.adcode, one.name, each.value, _number(each.value), each.source_id)
        if (each := held.get(one.adcode))
        else UnitValue(one.adcode, one.name, None)
        for one in provinces
    ]
    words, period = N_("{label}, {period} ({unit})"), values[0].period
    title = tr(words, label=indicator.label[language()], period=period, unit=indicator.unit[language()])
    unit_map(
        UnitMap("/api/v1/maps/province.geojson", title, units),
        on_press=lambda adcode: ui.navigate.to(f"/place/{adcode}"),
        downloads=_files(f"/api/v1/indicators/{indicator.id}/values"),
    )


async def show_found(words: str) -> None:
    """The organisations and places that the words find."""
    found = await to_thread(actions.search, the_store(), await _asker(), words)
    with section(tr(N_("Organisations and places")), tr(N_("{count} shown"), count=len(found))):
        if not found:
            write(tr(N_("No organisation or place bears this name.")), "p")
            return
        write(plain_table(_columns(_FOUND), map(_cells, found)), classes="hai-scroll")
        more = f"/entities?{urlencode({'entities.words': words})}"
        write(link(tr(N_("All that match")), more), "p")
