"""The form that edits a node, and the choice between two who edited it at once."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup
from nicegui import ui
from nicegui.events import GenericEventArguments as Sent

from haihe import ui as look
from haihe.boards.accounts import Asker
from haihe.boards.ledger import actions, forms, records
from haihe.boards.ledger.edits import Changed, Stale, merged
from haihe.boards.ledger.kinds import Kind, kinds
from haihe.boards.ledger.tree import STATE_LABELS
from haihe.kit import resources
from haihe.kit.clock import REGION
from haihe.kit.errors import N_
from haihe.store.opening import the_store
from haihe.ui import language, tr, write

_OTHERS = {
    "kind": N_("Kind"),
    "state": N_("State"),
    "stage": N_("Stage"),
    "cites": N_("Cites"),
}
"""What may have changed and stands in no box of the form."""


@dataclass(slots=True)
class _Editing:
    """A form that somebody has open: of which node, as they saw it; where it and a choice are drawn."""

    asker: Asker
    node: records.Node
    offer: forms.Offer
    choice: ui.element
    form: ui.html


def draw(asker: Asker, held: records.Item) -> None:
    """Draw the form that edits a node."""
    offer = _offer(held)
    with ui.element("details").style("width: 100%").props("open" if offer.opened else ""):
        write(offer.title, "summary", "nicegui-link")
        choice = ui.element("div").classes("hai-fill")
        form = write(Markup(offer.html()), "form", "hai-form")  # noqa: S704  escaped where it is made
    editing = _Editing(asker, held.standing.node, offer, choice, form)

    async def send(event: Sent) -> None:
        await _send(editing, event.args)

    form.on("submit", send, js_handler=forms.SUBMIT)


def _offer(held: records.Item) -> forms.Offer:
    return forms.edit_offer(held.standing.node, held.above[-1].kind if held.above else None, language())


async def _send(editing: _Editing, written: Mapping[str, str]) -> None:
    """Save what was written; where somebody else has saved meanwhile, show both and save nothing."""
    node, store, asker = editing.node, the_store(), editing.asker
    edit = forms.asked(editing.offer, node, written, actions.today(), language())
    assert isinstance(edit, records.Edit)
    try:
        await to_thread(actions.edit_node, store, asker, node.id, edit, node.version)
    except Stale as stale:
        held = await to_thread(actions.node_at, store, asker, node.id, actions.today())
        _compare(editing, held, stale, written)
    else:
        ui.navigate.reload()


def _compare(editing: _Editing, held: records.Item, stale: Stale, written: Mapping[str, str]) -> None:
    """Fill the form with the merging of both, and let each field that both changed be chosen."""
    offer = _offer(held)
    was, theirs = forms.words_of(editing.offer), forms.words_of(offer)
    mine = {name: "\n".join(written.get(name, "").splitlines()) for name in was}
    editing.node, editing.offer = held.standing.node, offer
    editing.form.set_content(offer.filled(merged(was, theirs, mine)).html())
    editing.choice.clear()
    labels = {box.name: box.label for box in offer.boxes} | {name: tr(one) for name, one in _OTHERS.items()}
    with editing.choice:
        _said(stale)
        places = {name: place for place, name in enumerate(labels)}
        told = (_told(one, kinds()[editing.node.register]) for one in stale.changed)
        changed = sorted(told, key=lambda one: places.get(one.field, len(places)))
        lines = (_line(one, labels, (was, theirs, mine)) for one in changed)
        write(Markup("").join(lines), "ul", "hai-merge")
        with ui.row():
            look.button(tr(N_("Take all of theirs"))).on("click", js_handler=_all("theirs"))
            look.button(tr(N_("Keep all of mine"))).on("click", js_handler=_all("mine"))
    ui.add_css(resources.text("boards/ledger/edit.css"))
    ui.run_javascript(resources.text("boards/ledger/edit.js"))


def _said(stale: Stale) -> None:
    names = tr(N_(", ")).join(dict.fromkeys(one.by for one in stale.changed))
    words = N_(
        "Not saved yet: {names} changed this while you were writing. Your words are still in the form."
    )
    write(tr(words, names=names), "p", "hai-merge-answer").props("role=alert")
    advice = N_("Choose for each field whose words are to hold, or write new ones; then save again.")
    write(tr(advice), "p", "hai-note")


def _line(one: Changed, labels: Mapping[str, str], words: tuple[Mapping[str, str], ...]) -> Markup:
    """A field that they changed: who and when, what it was where both changed it, and the choice."""
    was, theirs, mine = words
    known = f"{one.by} · {one.at.astimezone(REGION):%Y-%m-%d %H:%M:%S}"
    field = Markup("<li><b>{}</b> <small>{}</small>").format(labels.get(one.field, one.field), known)
    if one.field not in theirs:
        return field + Markup("<p><del>{}</del> → {}</p></li>").format(one.before, one.after)
    before, own = was.get(one.field, ""), mine.get(one.field, "")
    if own != before:
        field += Markup("<p><small>{}</small> {}</p>").format(tr(N_("Was")), before or "–")
    field += _pick(one.field, "theirs", tr(N_("Theirs")), theirs[one.field], chosen=own == before)
    return field + _pick(one.field, "mine", tr(N_("Mine")), own, chosen=own != before) + Markup("</li>")


def _pick(field: str, whose: str, label: str, words: str, *, chosen: bool) -> Markup:
    return Markup(
        '<label><input type="radio" name="pick-{}" value="{}" data-field="{}" data-words="{}"{}> '
        "<small>{}</small> <span>{}</span></label>"
    ).format(field, whose, field, words, Markup(" checked") if chosen else "", label, words or "–")


def _told(one: Changed, kind: Kind) -> Changed:
    """A field that they changed, in words."""
    return replace(one, before=_words(one.field, one.before, kind), after=_words(one.field, one.after, kind))


def _words(field: str, value: Any, kind: Kind) -> str:
    if isinstance(value, list):
        return "、".join(map(str, value))
    if field == "state":
        return tr(STATE_LABELS[value])
    if field == "kind":
        return kind.levels[value].label[language()]
    if field == "stage" and value in kind.stages:
        return kind.stages[value].label[language()]
    return "–" if value is None else str(value)


def _all(whose: str) -> str:
    return f"() => haiheMerge.all('{whose}')"
