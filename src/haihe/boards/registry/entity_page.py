"""The page of one organisation: what is known of it, from which source, and what differs."""

from __future__ import annotations

from asyncio import to_thread
from functools import partial

from fastapi import Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup
from nicegui import ui

from haihe.boards.accounts import Asker, may
from haihe.boards.accounts.request_actions import asker_now
from haihe.boards.registry import actions, answers, card_actions, judgement_actions, namesake_actions
from haihe.boards.registry.answers import Card, Part
from haihe.boards.registry.choice_page import choices
from haihe.boards.registry.fact_page import fact_words, labels_of
from haihe.boards.registry.judgement_page import giver_words
from haihe.boards.registry.labels import VERDICT_LABELS
from haihe.boards.registry.link_page import links
from haihe.boards.registry.namesake_page import apart_mark, apart_words, home_line
from haihe.boards.registry.pieces_page import kind_words
from haihe.boards.registry.states import PLACE_KIND
from haihe.kit.clock import day_in_region
from haihe.kit.errors import N_
from haihe.store.opening import the_store
from haihe.ui import dress
from haihe.ui.frame import frame
from haihe.ui.language import phrase, tr
from haihe.ui.markup import button, link, sample_mark, value, write
from haihe.ui.slots import draw
from haihe.ui.widgets import answer, coverage_line, particulars, section

_JUDGEMENTS_MAX = 50


async def entity(entity_id: int) -> Response | None:
    """One organisation: its names, codes and properties, its ties, and what every board knows of it."""
    with frame(tr(N_("Organisation")), heading=False):
        dress("boards/registry/entity.css")
        asker = await asker_now()
        card = await to_thread(actions.entity_at, the_store(), asker, entity_id)
        one = card.entity
        if one.kind == PLACE_KIND and one.adcode:
            return RedirectResponse(f"/place/{one.adcode}")
        if one.id != entity_id:
            return RedirectResponse(f"/entity/{one.id}")
        around = await to_thread(namesake_actions.around, the_store(), asker, card)
        place = around.apart.get(one.id)
        ui.page_title(apart_words(one.name, place))
        mark = sample_mark() if one.tier == "sample" else ""
        write(Markup("{}{} {}").format(one.name, apart_mark(place), mark), "h1")
        home = home_line(around.line) if around.line else tr(N_("an unknown place"))
        answer(phrase(N_("{name}: {kind} in {place}."), name=one.name, kind=kind_words(one.kind), place=home))
        told = _particulars(card)
        particulars(told)
        _earlier(card)
        rivals = [fact.source_id for choice in card.choices for fact in choice.facts]
        choices(card, await to_thread(card_actions.cited, the_store(), asker, rivals))
        links(card, asker, around)
        for member in (one, *card.joined):
            await draw("entity", member.id)
        if may(asker, judgement_actions.RIGHT):
            await _judgements(asker, one.id)
        count = len(told) + len(card.earlier)
        words = N_("{count} values, each with its source; what no source says is left out.")
        coverage_line(tr(words, count=count), as_of=day_in_region(card.changed_at))
    return None


def _particulars(card: Card) -> list[tuple[str, Markup]]:
    """Names, codes, place and properties, each opening its source; a property that is a tie stands there."""
    labels = labels_of(card)
    tied = {tie.kind for tie in card.links if tie.outward}
    home = [answers.Fact("adcode", card.entity.place, card.place_source_id)] if card.entity.place else []
    return [
        (labels.get(fact.name, fact.name), fact_words(card, fact))
        for fact in (*card.names, *card.identifiers, *home, *card.properties)
        if fact.name not in tied
    ]


def _earlier(card: Card) -> None:
    """Values that held before those above."""
    if not card.earlier:
        return
    labels = labels_of(card)
    with section(tr(N_("Earlier values"))):
        particulars((labels.get(fact.name, fact.name), fact_words(card, fact)) for fact in card.earlier)


async def _judgements(asker: Asker, entity_id: int) -> None:
    """What was judged of this organisation, and a way to take each judgement back."""
    part = Part(_JUDGEMENTS_MAX)
    found = await to_thread(judgement_actions.judgements, the_store(), asker, part, entity=entity_id)
    if not found.rows:
        return
    names = await to_thread(judgement_actions.names, the_store(), found.rows)
    givers = await to_thread(judgement_actions.givers, the_store(), found.rows)
    apart = await to_thread(namesake_actions.apart, the_store(), asker, names)
    called = {number: apart_words(name, apart.get(number)) for number, name in names.items()}

    async def undo(number: int) -> None:
        await to_thread(judgement_actions.undo, the_store(), asker, number)
        ui.navigate.reload()

    with section(tr(N_("Judgements")), link(tr(N_("Review of pairs")), "/registry/review")):
        for one in found.rows:
            with ui.element("div").classes("hai-verdicts"):
                told = Markup("{} · {} — {} <small>{} · {}</small> {}").format(
                    called[one.first],
                    called[one.second],
                    tr(VERDICT_LABELS[one.verdict]),
                    giver_words(one, givers),
                    value(day_in_region(one.judged_at)),
                    tr(one.reason),
                )
                write(told, "span")
                button(tr(N_("Undo")), partial(undo, one.id))
