"""The pages of events: the list, the names in them that nobody knows, and a file handed in."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from urllib.parse import urlencode

from markupsafe import Markup
from nicegui import ui

from haihe.boards.accounts import Asker, may
from haihe.boards.accounts.request_actions import asker_now
from haihe.boards.registry import event_actions, network_actions
from haihe.boards.registry.actions import resolve_unit
from haihe.boards.registry.answers import Meant, Part, Turn
from haihe.boards.registry.cooperation_page import (
    EVENTS,
    NAMES,
    NETWORK,
    dress,
    files_of_scope,
    region_words,
)
from haihe.boards.registry.event_actions import LOADED, File, Loading, Nameless
from haihe.boards.registry.event_intake import ENDINGS
from haihe.boards.registry.events import sorts
from haihe.boards.registry.network_actions import EventRow, Party
from haihe.boards.registry.networks import Happening, Scope, Told, address_of, query_of, scope_of
from haihe.boards.registry.pieces_page import columns_of, tier_of
from haihe.kit.errors import N_, HaiheError
from haihe.kit.limits import UPLOAD_BYTES_MAX
from haihe.store.opening import the_store
from haihe.ui import choose_file, page_at
from haihe.ui.address import chosen
from haihe.ui.frame import frame
from haihe.ui.language import language, phrase, tr
from haihe.ui.markup import button, link, number_link, write
from haihe.ui.table import Cells, Rows, Wanted, data_table, plain_table
from haihe.ui.widgets import answer, coverage_line, empty_state, notice, section

_OTHER = N_("another organisation: its full name, then Enter")
_REJECTS_SHOWN = 50
_NAMES_SHOWN = 30
_PARTIES_SHOWN = 8


def mount() -> None:
    """Register the pages."""
    page_at(EVENTS)(events)
    page_at(NAMES)(names)


async def events() -> None:
    """The events of a choice, each with its source."""
    with frame(tr(N_("Events of cooperation"))):
        dress()
        asker = await asker_now()
        told = await to_thread(network_actions.told, the_store(), asker)
        scope = scope_of({name: chosen(name) for name in query_of(Scope())})
        if told.happenings:
            await _list(asker, told, scope)
            await upload(asker)
            words = N_(
                "Reports of one event, alike in day, organisations and words, count once: {repeats} do."
            )
            repeats = sum(len(one.source_ids) - 1 for one in told.happenings)
            coverage_line(tr(words, repeats=repeats), as_of=told.read_on)
        else:
            why = tr(
                N_("No event of cooperation has been loaded: a table with date, title and organisations.")
            )
            empty_state(
                tr(N_("Events of cooperation stand here.")), why, command="haihe registry events FILE"
            )
            await upload(asker, sample=True)


async def _list(asker: Asker, told: Told, scope: Scope) -> None:
    async def fetch(wanted: Wanted) -> Rows:
        turn = Turn(wanted.offset, wanted.limit, wanted.sort, wanted.descending)
        rows, total = await to_thread(
            network_actions.event_rows, the_store(), asker, scope, turn, wanted.words
        )
        return Rows([_cells(one) for one in rows], total)

    _, total = await to_thread(network_actions.event_rows, the_store(), asker, scope, Turn(0, 0))
    back = link(tr(N_("As a network")), address_of(NETWORK, replace(scope, bodies=scope.bodies[:1])))
    words = N_("{count} events{choice}. {network}")
    answer(phrase(words, count=f"{total:,}", choice=_choice(told, scope), network=back))
    labels = {"day": N_("Date"), "title": N_("Event"), "kinds": N_("Kind"), "parties": N_("Organisations")}
    columns = [replace(one, sortable=one.name in ("day", "title")) for one in columns_of(labels)]
    files = files_of_scope("/api/v1/events", scope)
    await data_table("events", columns, fetch, caption=tr(N_("Events of cooperation")), downloads=files)


def _choice(told: Told, scope: Scope) -> Markup:
    """What was chosen, in brackets."""
    since, until = scope.since or "…", scope.until or "…"
    parts = [str(since) if since == until else f"{since}–{until}"] if scope.since or scope.until else []
    parts += [region_words(told, region) for region in scope.regions]
    parts += [sorts()[kind].label[language()] for kind in scope.kinds]
    parts += [told.bodies[body].name for body in scope.bodies]
    only = {"joint": N_("with several organisations"), "crossing": N_("across a border")}
    parts += [tr(only[scope.only])] if scope.only in only else []
    return phrase(N_(" ({parts})"), parts=Markup(" · ").join(parts)) if parts else Markup("")


def _cells(one: EventRow) -> Cells:
    return {
        "day": Markup('<time datetime="{0}">{0}</time>').format(one.day),
        "title": title_of(one),
        "kinds": kind_labels(one.kinds),
        "parties": party_links(one.parties),
    }


def title_of(one: EventRow | Happening) -> Markup:
    """An event by its title, which opens its source; its other reports, and its mark where it is made up."""
    first, *others = one.source_ids
    also = Markup(" ").join(number_link(tr(N_("also")), source_id) for source_id in others)
    mark = tier_of(one.tier) if one.tier == "sample" else ""
    words = Markup('<div class="hai-event">{} <small>{}</small> {}</div>')
    return words.format(number_link(one.title, first), also, mark)


def kind_labels(kinds: Iterable[str]) -> str:
    """Kinds of cooperation in words."""
    return tr(N_("; ")).join(sorts()[kind].label[language()] for kind in kinds)


def party_links(parties: Iterable[Party]) -> Markup:
    """Those who took part, each leading to its page or, where it has none, to its partners."""
    links = [
        link(
            one.name, f"/entity/{one.entity}" if one.entity else address_of(NETWORK, Scope(bodies=(one.id,)))
        )
        for one in parties
    ]
    shown = Markup(" · ").join(links[:_PARTIES_SHOWN])
    if len(links) <= _PARTIES_SHOWN:
        return Markup("<div>{}</div>").format(shown)
    folded = Markup("<div>{} <details><summary>{}</summary>{}</details></div>")
    words = tr(N_("and {count} more"), count=len(links) - _PARTIES_SHOWN)
    return folded.format(shown, words, Markup(" · ").join(links[_PARTIES_SHOWN:]))


async def upload(asker: Asker, *, sample: bool = False) -> None:
    """A file of events, shown before it is stored; the sample, where it is offered."""
    if not may(asker, event_actions.LOADS):
        return
    with section(tr(N_("Load events"))):
        words = N_(
            "CSV, xlsx or JSON lines with the columns date, title, kind, parties (several by ;), places, "
            "url; Chinese headings are known too. Nothing is stored before you confirm it."
        )
        write(tr(words), "p", "hai-note")
        with ui.element("div").classes("hai-row"):
            choose = button(tr(N_("Choose a file")), main=True)
            if sample and event_actions.offers_sample():
                button(tr(N_("Load the sample")), partial(_load_sample, asker))
        place = ui.element("div")

        async def take(name: str, content: bytes) -> None:
            await _show(asker, place, File(name, content, dry=True))

        choose_file(choose, take, UPLOAD_BYTES_MAX, ENDINGS)


async def _load_sample(asker: Asker) -> None:
    await to_thread(event_actions.load_sample, the_store(), asker)
    ui.navigate.reload()


async def _show(asker: Asker, place: ui.element, file: File) -> None:
    """What a file would bring, its bad rows, and the button that stores it."""
    try:
        done = await to_thread(event_actions.load_events, the_store(), asker, file)
    except HaiheError as error:
        notice(error)
        return

    async def store() -> None:
        await to_thread(event_actions.load_events, the_store(), asker, replace(file, dry=False))
        ui.navigate.to(NETWORK)

    place.clear()
    with place:
        write(outcome_words(file.name, done), "p")
        rejects = [one for rows in done.rejects.values() for one in rows]
        if rejects:
            labels = {"row": N_("Row"), "column": N_("Column"), "value": N_("Value"), "reason": N_("Reason")}
            rows = (
                {"row": one.row, "column": one.column, "value": one.value, "reason": tr(one.reason)}
                for one in rejects[:_REJECTS_SHOWN]
            )
            write(plain_table(columns_of(labels, "row"), rows), classes="hai-data hai-scroll")
        if done.events.moved:
            button(tr(N_("Store {count} events"), count=f"{done.events.moved:,}"), store, main=True)


def outcome_words(name: str, done: Loading) -> str:
    """What a load did or would do, as a sentence."""
    return tr(LOADED, file=name, **done.counts)


async def names() -> None:
    """The names in events that mean nobody known, and who they may be."""
    with frame(tr(N_("Names without an organisation"))):
        dress()
        asker = await asker_now()
        cursor = (*chosen("after"), "")[0] or None
        page = await to_thread(event_actions.nameless, the_store(), asker, Part(_NAMES_SHOWN, cursor))
        total = await to_thread(network_actions.unresolved, the_store())
        answer(tr(N_("{count} names in events mean no organisation of the registry."), count=f"{total:,}"))
        words = N_(
            "They count in the network by their words. Say whom one means, or load the organisation that is "
            "missing; names are looked up again after each load of events."
        )
        write(tr(words), "p", "hai-note")
        judges = may(asker, event_actions.JUDGES)
        with ui.element("div").classes("hai-data hai-names"):
            for one in page.rows:
                _name(asker, one, judges=judges)
        with ui.element("div").classes("hai-row"):
            if page.next:
                write(link(tr(N_("Further names")), f"{NAMES}?after={page.next}"), "p")
            if judges:
                button(tr(N_("Look all of them up again")), partial(_look_again, asker))
        if judges:
            await _judged(asker)
        coverage_line(tr(N_("{shown} names are shown."), shown=len(page.rows)))


def _name(asker: Asker, one: Nameless, *, judges: bool) -> None:
    """One name: its events, whom it may mean, and the buttons that say so."""
    events, sought = (
        f"{path}?{urlencode({f'{table}.words': one.name})}"
        for path, table in ((EVENTS, "events"), ("/entities", "entities"))
    )
    with ui.element("div").classes("hai-row"):
        told = Markup("<strong>{}</strong> {} {}").format(
            one.name,
            link(tr(N_("{count} events"), count=one.events), events),
            link(tr(N_("look for it")), sought),
        )
        write(told, "span")
        for meant in one.candidates if judges else ():
            words = tr(N_("It is {name}"), name=meant.name)
            button(words, partial(_judge, asker, one.id, meant)).tooltip(_why(meant))
        if judges:
            button(tr(N_("Nobody in the registry")), partial(_judge, asker, one.id, None))
            field = ui.input(placeholder=tr(_OTHER)).props("dense outlined maxlength=200")
            field.props["aria-label"] = tr(_OTHER)
            field.on("keydown.enter", partial(_find, asker, one.id, field))


def _why(meant: Meant) -> str:
    return f"{meant.score:.0%}: " + tr(N_("; ")).join(tr(reason, **meant.facts) for reason in meant.reasons)


async def _judge(asker: Asker, name: int, meant: Meant | None) -> None:
    entity = meant.id if meant else None
    await to_thread(event_actions.name_body, the_store(), asker, name, entity)
    ui.navigate.reload()


async def _find(asker: Asker, name: int, field: ui.input) -> None:
    """Judge by the name that somebody wrote, where it means one organisation."""
    meant = await to_thread(resolve_unit, the_store(), field.value.strip()) if field.value.strip() else ()
    if len(meant) == 1:
        await _judge(asker, name, meant[0])
        return
    found = tr(N_("; ")).join(one.name for one in meant)
    words = (
        N_("It may mean {found}; write the full name.") if meant else N_("No organisation bears this name.")
    )
    notice(tr(words, found=found))


async def _look_again(asker: Asker) -> None:
    found = await to_thread(event_actions.look_again, the_store(), asker)
    notice(tr(N_("{count} more names mean an organisation now."), count=found))


async def _judged(asker: Asker) -> None:
    """What was said of names, and a way to take each back."""
    found = await to_thread(event_actions.judged, the_store(), asker)
    if not found:
        return

    async def undo(number: int) -> None:
        await to_thread(event_actions.forget_body, the_store(), asker, number)
        ui.navigate.reload()

    with section(tr(N_("Judged names"))):
        for one in found:
            with ui.element("div").classes("hai-row"):
                who = link(one.organisation, f"/entity/{one.entity}") if one.entity else None
                said = who or tr(N_("nobody in the registry"))
                write(Markup("{} — {} <small>{}</small>").format(one.name, said, one.judged_by), "span")
                button(tr(N_("Undo")), partial(undo, one.id))
