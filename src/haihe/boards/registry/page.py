"""The pages of the registry: all organisations, one of them, one place; and the region on the home page."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Mapping, Sequence
from datetime import date

from markupsafe import Markup
from nicegui import ui

from haihe.boards.accounts import Asker
from haihe.boards.accounts.request_actions import asker_now
from haihe.boards.registry import (
    actions,
    answers,
    entity_page,
    load_page,
    publication_page,
    resolution_page,
    review_page,
)
from haihe.boards.registry.answers import (
    Count,
    Entity,
    Figure,
    PlaceCard,
    PlaceEntity,
    Sought,
    sought_of,
)
from haihe.boards.registry.figures import newest, series_of
from haihe.boards.registry.kinds import Property
from haihe.boards.registry.labels import LEVEL_LABELS, PLACE_LABEL
from haihe.boards.registry.pieces_page import (
    columns_of,
    files_of,
    home_of,
    kind_words,
    number_words,
    switch,
    tier_of,
)
from haihe.boards.registry.records import Indicator
from haihe.boards.registry.register_actions import recorded, registered
from haihe.kit.errors import N_
from haihe.store.opening import the_store
from haihe.ui import page_at
from haihe.ui.address import address, chosen
from haihe.ui.charts import Chart, Series, figure, lines
from haihe.ui.frame import frame
from haihe.ui.language import language, tr
from haihe.ui.maps import UnitMap, UnitValue, unit_map
from haihe.ui.markup import download_links, link, number_link, unit_mark, write
from haihe.ui.slots import Entry, draw, fill
from haihe.ui.table import Cells, Column, Rows, Wanted, data_table, plain_table
from haihe.ui.widgets import Facet, answer, coverage_line, empty_state, facets, particulars, section

_CHART_VALUES_MIN = 4
_LOAD = "haihe load --pack jingjinji"
_NOT_LOADED = N_("No region pack has been loaded.")
_SHOWN_FIRST = 4
"""So many columns of a register are shown at first, codes and notes not among them."""
_ASIDE = "note", "website"
_FOUND = {"name": N_("Full name"), "kind": N_("Kind"), "place": PLACE_LABEL, "tier": N_("Tier")}


def mount() -> None:
    """Register the pages, and what the home page and the search show of the registry."""
    fill("nav", Entry(N_("Organisations"), "/entities", "domain"), order=30)
    fill("home", show_region, order=20)
    fill("home", show_coverage, order=900)
    page_at("/entities")(entities)
    page_at("/entity/{entity_id:int}")(entity_page.entity)
    page_at("/place/{adcode:int}")(place)
    review_page.mount()
    publication_page.mount()
    resolution_page.mount()
    load_page.mount()


async def entities() -> None:
    """Everything that the registry knows, by kind and place."""
    asker, sought = await asker_now(), sought_of(chosen("kind"), chosen("place"))
    with frame(tr(N_("Organisations and places"))):
        counted = await to_thread(actions.facets, the_store(), asker, sought)
        if not (counted.kinds or sought.kinds or sought.adcodes):
            empty_state(tr(N_("Organisations and places stand here.")), tr(_NOT_LOADED), command=_LOAD)
            return
        shown = [one for one in counted.kinds if not sought.kinds or one.code in sought.kinds]
        answer(_known(shown, counted.samples))
        by_kind = [(one.code, kind_words(one.code), one.count) for one in counted.kinds]
        by_place = [(one.code, one.name, one.count) for one in counted.places]
        facets([Facet("kind", tr(_FOUND["kind"]), by_kind), Facet("place", tr(PLACE_LABEL), by_place)])
        await _table(asker, sought)
        await _coverage(asker)


def _known(counts: Sequence[Count], samples: int) -> str:
    """The counts of kinds as a sentence."""
    total = sum(one.count for one in counts)
    parts = (
        tr(N_("{count} {kind}"), count=f"{one.count:,}", kind=kind_words(one.code, one.count).lower())
        for one in counts
    )
    words = N_("{total} are known: {parts}.") if total else N_("Nothing of this sort is known.")
    known = [tr(words, total=f"{total:,}", parts=tr(N_(", ")).join(parts))]
    known += [tr(N_("{count} of them are samples."), count=samples)] if samples else []
    return " ".join(known)


async def _table(asker: Asker, sought: Sought) -> None:
    """The list; of one kind with what that kind records, a register to be handed on."""
    held = recorded(sought)

    async def fetch(wanted: Wanted) -> Rows:
        asked = Sought(sought.kinds, sought.adcodes, wanted.words)
        turn = answers.Turn(wanted.offset, wanted.limit, wanted.sort, wanted.descending)
        rows, total = await to_thread(actions.entity_rows, the_store(), asker, asked, turn)
        known = await to_thread(registered, the_store(), asker, rows) if held else {}
        return Rows([{**_cells(one), **known.get(one.id, {})} for one in rows], total)

    columns = columns_of({name: label for name, label in _FOUND.items() if not held or name != "kind"})
    columns[1:1] = _recorded(held)
    files = files_of("/api/v1/entities", kind=sought.kinds, adcode=sought.adcodes)
    title = tr(N_("Organisations and places"))
    await data_table("entities", columns, fetch, caption=title, downloads=files)


def _recorded(held: Mapping[str, Property]) -> list[Column]:
    """The columns of what a kind records; its own stand before those of the kinds that it extends."""
    found: list[Column] = []
    for prop in held.values():
        if prop.name not in _FOUND:
            aside = prop.type == "identifier" or prop.name in _ASIDE
            label = f"{prop.label[language()]} ({prop.unit})" if prop.unit else prop.label[language()]
            shown = not aside and sum(one.shown for one in found) < _SHOWN_FIRST
            found.append(Column(prop.name, label, prop.type == "number", sortable=False, shown=shown))
    return found


def _cells(one: Entity) -> Cells:
    return {
        "name": link(one.name, f"/entity/{one.id}"),
        "kind": kind_words(one.kind),
        "place": home_of(one),
        "tier": number_link(tier_of(one.tier), one.source_id),
    }


async def _coverage(asker: Asker) -> None:
    """What the loaded packs cite, and that nothing else is here."""
    cited = await to_thread(actions.publications, the_store(), asker)
    labels = {"title": N_("Publication"), "publisher": N_("Publisher"), "tier": N_("Tier")}
    rows = (
        {
            "title": link(one.title, one.url) if one.url else one.title,
            "publisher": one.publisher,
            "tier": tier_of(one.tier),
            "read_on": one.read_on,
            "note": one.note or "",
        }
        for one in cited
    )
    table = plain_table(columns_of(labels | {"read_on": N_("Read on"), "note": N_("Note")}), rows)
    folded = Markup("<details><summary>{}</summary><div class=hai-scroll>{}</div></details>")
    write(folded.format(tr(N_("Where this comes from")), table), classes="hai-numbers")
    words = N_("Known is what {count} publications and the tables that were loaded name; nothing else is.")
    coverage_line(tr(words, count=len(cited)), as_of=await _read_on(asker))


async def _read_on(asker: Asker) -> date | None:
    """The day when the newest of the publications was read."""
    cited = await to_thread(actions.publications, the_store(), asker)
    return max((one.read_on for one in cited if one.read_on), default=None)


async def place(adcode: int) -> None:
    """One place: what is under it, its figures, and the organisations there."""
    asker, store = await asker_now(), the_store()
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
        write(plain_table(columns_of(labels | {"tier": N_("Tier")}, "value"), rows), classes="hai-scroll")
        for name, values in series.items():
            if len(values) >= _CHART_VALUES_MIN:
                _chart(card.place.name, defined[name], values)


def _figure_cells(one: Figure, indicator: Indicator) -> Cells:
    words = (indicator.definition[language()], indicator.label[language()])
    return {
        "label": Markup('<span title="{}">{}</span>').format(*words),
        "period": one.period,
        "value": number_link(number_words(one.value), one.source_id),
        "unit": indicator.unit[language()],
        "tier": tier_of(one.tier),
    }


def _chart(name: str, indicator: Indicator, values: Sequence[Figure]) -> None:
    title = tr(N_("{label}, {place}"), label=indicator.label[language()], place=name)
    series = [Series(name, [each.value for each in values])]
    periods = [each.period for each in values]
    chart = Chart(title, tr(N_("Period")), periods, series, indicator.unit[language()])
    figure(chart, lines(chart), downloads=files_of(f"/api/v1/indicators/{indicator.id}/values"))


def _organisations(card: PlaceCard) -> None:
    if not card.organisations:
        return
    with section(tr(N_("Organisations here"))):
        there = f"/entities?place={card.place.adcode}&kind="
        particulars(
            (kind_words(one.code), link(f"{one.count:,}", there + one.code)) for one in card.organisations
        )


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
        write(plain_table(columns_of(labels, "area"), rows), classes="hai-scroll")
        write(download_links(files_of("/api/v1/places")), "p")


async def show_region() -> None:
    """The home page's map: one indicator by jurisdiction, and the others to choose from."""
    asker, store = await asker_now(), the_store()
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
            ways = [
                (defined[each].label[language()], address(indicator=[each]), each == name) for each in choices
            ]
            switch(tr(N_("Indicator")), ways)
            _map(newest(series[name]), defined[name], provinces)


async def show_coverage() -> None:
    """The home page's last line: what is known of the region, and as of when."""
    asker = await asker_now()
    counted = await to_thread(actions.facets, the_store(), asker, Sought())
    coverage_line(_known(counted.kinds, counted.samples), as_of=await _read_on(asker))


def _map(values: Sequence[Figure], indicator: Indicator, provinces: Sequence[PlaceEntity]) -> None:
    held = {each.adcode: each for each in values}
    units = [
        UnitValue(one.adcode, one.name, each.value, number_words(each.value), each.source_id)
        if (each := held.get(one.adcode))
        else UnitValue(one.adcode, one.name, None)
        for one in provinces
    ]
    words, period = N_("{label}, {period} ({unit})"), values[0].period
    title = tr(words, label=indicator.label[language()], period=period, unit=indicator.unit[language()])
    unit_map(
        UnitMap("/api/v1/maps/province.geojson", title, units),
        on_press=lambda adcode: ui.navigate.to(f"/place/{adcode}"),
        downloads=files_of(f"/api/v1/indicators/{indicator.id}/values"),
    )
