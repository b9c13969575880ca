"""The ties of one organisation: as a picture, as a table, and what somebody adds, ends or undoes."""

from __future__ import annotations

from asyncio import to_thread
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import partial

from markupsafe import Markup
from nicegui import ui
from nicegui.events import GenericEventArguments

from haihe.boards.accounts import Asker, may
from haihe.boards.registry import actions, link_actions
from haihe.boards.registry.answers import Card, Link
from haihe.boards.registry.judgement_actions import RIGHT
from haihe.boards.registry.kinds import line_of_kind
from haihe.boards.registry.labels import TIER_LABELS
from haihe.boards.registry.links import Added, Ended, Ground, label_of, link_kinds
from haihe.boards.registry.namesake_actions import Around
from haihe.boards.registry.namesake_page import apart_mark, apart_words
from haihe.boards.registry.pieces_page import columns_of, files_of
from haihe.boards.registry.span_page import span_words
from haihe.boards.registry.star_page import TABLE, picture
from haihe.boards.registry.stars import Spoke
from haihe.boards.registry.validity import Validity
from haihe.kit.errors import N_, HaiheError, Invalid
from haihe.store.opening import the_store
from haihe.ui.language import language, tr
from haihe.ui.markup import button, download_links, link, number_link, write
from haihe.ui.table import Cells, plain_table
from haihe.ui.widgets import empty_state, notice, section

_SEND = "(event) => { event.preventDefault(); emit(Object.fromEntries(new FormData(event.target))); }"
_COLUMNS = {"other": N_("To whom"), "kind": N_("Tie"), "span": N_("When"), "note": N_("Note")}
_BOX = Markup('<label>{}<input name="{}" maxlength="{}"{}></label>')
_CHOICE = Markup('<label>{}<select name="{}">{}</select></label>')
_OPTION = Markup('<option value="{}">{}</option>')
_REQUIRED = Markup(" required")
_DATES = N_("2023, 2023-07 or 2023-07-20; 2017..2025 is some time between")


def links(card: Card, asker: Asker, around: Around) -> None:
    """The ties of an organisation; whoever may judge can add, end and undo them."""
    edits = may(asker, RIGHT)
    files = download_links(files_of(f"/api/v1/entities/{card.entity.id}/links")) if card.links else ""
    with section(tr(N_("Ties")), files):
        if card.links:
            _picture(card, around)
            rows = [_cells(one, around) for one in _in_order(card.links)]
            told = {name: label for name, label in _COLUMNS.items() if any(row[name] for row in rows)}
            columns = columns_of(told | {"source": N_("Source")})
            write(plain_table(columns, rows), classes="hai-data hai-scroll").props["id"] = TABLE
        else:
            why = N_("No source that was loaded ties it to another organisation.")
            empty_state(tr(N_("Parents, members, hosts and partners stand here.")), tr(why))
        if edits:
            _undoing(card, asker)
            _folded(tr(N_("Add a tie")), _adding(card), partial(_add, asker, card))
            if open_ties := [one for one in card.links if one.ended_by is None]:
                _folded(tr(N_("End a tie")), _ending(open_ties), partial(_end, asker, card, open_ties))


def _in_order(ties: Iterable[Link]) -> list[Link]:
    """Those that hold first."""
    return sorted(ties, key=lambda one: (_has_ended(one), not one.outward))


def _has_ended(one: Link) -> bool:
    return Validity(one.since, one.until).ended(link_actions.today())


def _picture(card: Card, around: Around) -> None:
    groups: defaultdict[str, list[Spoke]] = defaultdict(list)
    for one in _in_order(card.links):
        spoke = Spoke(
            one.id,
            apart_words(one.name, around.apart.get(one.id)),
            around.kinds[one.id],
            one.outward,
            _has_ended(one),
            link_kinds()[one.kind].symmetric,
            span_words(one.since, one.until),
        )
        groups[label_of(one.kind, one.outward, language())].append(spoke)
    picture(apart_words(card.entity.name, around.apart.get(card.entity.id)), groups)


def _spoken(one: Link) -> str:
    return " ".join((label_of(one.kind, one.outward, language()), span_words(one.since, one.until))).strip()


def _cells(one: Link, around: Around) -> Cells:
    span = Markup.escape(span_words(one.since, one.until))
    if _has_ended(one):
        span += Markup(' <span class="hai-chip">{}</span>').format(tr(N_("ended")))
    if one.end_source_id:
        span += Markup(" <small>{}</small>").format(
            number_link(tr(N_("source of the end")), one.end_source_id)
        )
    for other in one.others:
        dates = span_words(other.since, other.until) or tr(N_("without dates"))
        told = number_link(dates, other.source_id)
        span += Markup("<br><small>{} {}</small>").format(tr(N_("also stated:")), told)
    return {
        "kind": label_of(one.kind, one.outward, language()),
        "other": link(one.name, f"/entity/{one.id}") + apart_mark(around.apart.get(one.id)),
        "span": span,
        "note": one.note or "",
        "source": number_link(tr(N_("source")), one.source_id),
    }


def _undoing(card: Card, asker: Asker) -> None:
    """What somebody added or ended by hand, each with a way to take it back."""
    made = [(one, one.added_by, N_("Added here")) for one in card.links if one.added_by]
    made += [(one, one.ended_by, N_("Ended here")) for one in card.links if one.ended_by]
    for one, edit, words in made:
        with ui.element("div").classes("hai-verdicts"):
            told = f"{tr(words)}: {label_of(one.kind, one.outward, language())} {one.name}"
            write(told, "span")
            button(tr(N_("Undo")), partial(_then_reload, link_actions.undo, asker, edit))


def _folded(title: str, boxes: Markup, sent: Callable[[GenericEventArguments], object]) -> None:
    with ui.element("details").style("width: 100%"):
        write(title, "summary", "nicegui-link")
        form = write(boxes, "form", "hai-form")
    form.on("submit", sent, js_handler=_SEND)


def _adding(card: Card) -> Markup:
    ways = [
        (f"{name} {side}", label_of(name, side == "out", language()))
        for name, one in link_kinds().items()
        for side, kind in (("out", one.start), ("in", one.end))
        if kind in line_of_kind(card.entity.kind) and not (side == "in" and one.symmetric)
    ]
    who = _box(N_("Full or short name of the other one"), "name", _REQUIRED)
    return _choice(N_("What it is to this one"), "way", ways) + who + _span() + _ground(tr(N_("Add")))


def _ending(ties: Iterable[Link]) -> Markup:
    told = [(str(number), f"{_spoken(one)} {one.name}") for number, one in enumerate(ties)]
    until = _box(N_("Until"), "until", Markup(' required placeholder="{}"').format(tr(_DATES)))
    return _choice(N_("Tie"), "tie", told) + until + _ground(tr(N_("End")))


def _span() -> Markup:
    hint = Markup(' placeholder="{}"').format(tr(_DATES))
    return _box(N_("Since"), "since", hint) + _box(N_("Until"), "until", hint)


def _ground(press: str) -> Markup:
    tiers = [(tier, tr(TIER_LABELS[tier])) for tier in ("official", "yearbook", "press", "ours")]
    quote = _box(N_("Words of the source"), "quote", _REQUIRED, link_actions.QUOTE_MAX)
    url = _box(N_("Address of the source"), "url", Markup(' type="url"'), link_actions.ADDRESS_MAX)
    done = Markup("<button class=hai-button>{}</button>").format(press)
    return quote + url + _choice(N_("Tier"), "tier", tiers) + done


def _box(label: str, name: str, rest: Markup | str = "", limit: int = 200) -> Markup:
    return _BOX.format(tr(label), name, limit, rest)


def _choice(label: str, name: str, options: Iterable[tuple[str, str]]) -> Markup:
    told = Markup("").join(_OPTION.format(*one) for one in options)
    return _CHOICE.format(tr(label), name, told)


async def _add(asker: Asker, card: Card, event: GenericEventArguments) -> None:
    sent = event.args

    def added() -> object:
        kind, _, side = sent["way"].partition(" ")
        other = _meant(sent["name"], card)
        ends = (card.entity.id, other) if side == "out" else (other, card.entity.id)
        ground = Ground(sent["quote"], sent["url"] or None, sent["tier"])
        tie = Added(ends[0], kind, ends[1], ground, sent["since"] or None, sent["until"] or None)
        return link_actions.add(the_store(), asker, tie)

    await _sent(added)


async def _end(asker: Asker, card: Card, ties: list[Link], event: GenericEventArguments) -> None:
    sent, one = event.args, ties[int(event.args["tie"])]
    ends = (card.entity.id, one.id) if one.outward else (one.id, card.entity.id)
    ground = Ground(sent["quote"], sent["url"] or None, sent["tier"])
    ended = Ended(ends[0], one.kind, ends[1], sent["until"], ground, one.since)
    await _sent(lambda: link_actions.end(the_store(), asker, ended))


def _meant(name: str, card: Card) -> int:
    """The one organisation that a name means beside another; raises Invalid."""
    meant = actions.resolve_unit(the_store(), name, card.entity.adcode)
    if len(meant) != 1:
        raise Invalid(
            N_("{name} means {count} organisations here."),
            advice=N_("Write its full name; what is not known is loaded first."),
            name=name[:40],
            count=len(meant),
        )
    return meant[0].id


async def _then_reload(deed: Callable[..., object], asker: Asker, edit: int) -> None:
    await _sent(lambda: deed(the_store(), asker, edit))


async def _sent(deed: Callable[[], object]) -> None:
    """Do something and show the page as it is then, or why it was refused."""
    try:
        await to_thread(deed)
    except HaiheError as error:
        notice(error)
        return
    ui.navigate.reload()
