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
from haihe.boards.registry import actions, answers, judgement_actions
from haihe.boards.registry.answers import Card, Part
from haihe.boards.registry.kinds import kinds
from haihe.boards.registry.labels import NAME_LABELS, PLACE_LABEL, VERDICT_LABELS
from haihe.boards.registry.link_page import links
from haihe.boards.registry.pieces_page import columns_of, home_of, kind_words, number_words
from haihe.boards.registry.span_page import span_words
from haihe.boards.registry.states import PLACE_KIND
from haihe.kit.clock import day_in_region
from haihe.kit.errors import N_
from haihe.store.opening import the_store
from haihe.ui.frame import frame
from haihe.ui.language import language, phrase, tr
from haihe.ui.markup import button, link, number_link, sample_mark, value, write
from haihe.ui.slots import draw
from haihe.ui.table import plain_table
from haihe.ui.widgets import answer, coverage_line, particulars, section

_JUDGEMENTS_MAX = 50


async def entity(entity_id: int) -> Response | None:
    """One organisation: its names, codes and properties, its ties, and what every board knows of it."""
    with frame(tr(N_("Organisation")), heading=False):
        asker = await asker_now()
        card = await to_thread(actions.entity_at, the_store(), asker, entity_id)
        one = card.entity
        if one.kind == PLACE_KIND and one.adcode:
            return RedirectResponse(f"/place/{one.adcode}")
        if one.id != entity_id:
            return RedirectResponse(f"/entity/{one.id}")
        ui.page_title(one.name)
        write(Markup("{} {}").format(one.name, sample_mark() if one.tier == "sample" else ""), "h1")
        home = home_of(one) or tr(N_("an unknown place"))
        answer(phrase(N_("{name}: {kind} in {place}."), name=one.name, kind=kind_words(one.kind), place=home))
        particulars(_particulars(card))
        _earlier(card)
        _choices(card)
        links(card, asker)
        for member in (one, *card.joined):
            await draw("entity", member.id)
        if may(asker, judgement_actions.RIGHT):
            await _judgements(asker, one.id)
        count = sum(map(len, (card.names, card.identifiers, card.properties, card.earlier)))
        words = N_("{count} values, each with its source; what no source says is left out.")
        coverage_line(tr(words, count=count), as_of=day_in_region(card.changed_at))
    return None


def _labels(card: Card) -> dict[str, str]:
    properties = kinds()[card.entity.kind].properties
    labels = {name: prop.label[language()] for name, prop in properties.items()}
    labels |= {prop.scheme: prop.label[language()] for prop in properties.values() if prop.scheme}
    return labels | {name: tr(label) for name, label in NAME_LABELS.items()} | {"adcode": tr(PLACE_LABEL)}


def _particulars(card: Card) -> list[tuple[str, Markup]]:
    """Names, codes, place and properties, each opening its source; a property that is a tie stands there."""
    labels = _labels(card)
    tied = {tie.kind for tie in card.links if tie.outward}
    home = [answers.Fact("adcode", card.entity.place, card.place_source_id)] if card.entity.place else []
    return [
        (labels.get(fact.name, fact.name), _fact(card, fact))
        for fact in (*card.names, *card.identifiers, *home, *card.properties)
        if fact.name not in tied
    ]


def _fact(card: Card, fact: answers.Fact) -> Markup:
    prop = kinds()[card.entity.kind].properties.get(fact.name)
    text = number_words(fact.value) if isinstance(fact.value, float) else fact.value
    shown = number_link(f"{text} {prop.unit}" if prop and prop.unit else text, fact.source_id)
    span = span_words(fact.since, fact.until)
    return Markup("{} <small>{}</small>").format(shown, span) if span else shown


def _earlier(card: Card) -> None:
    """Values that held before those above."""
    if not card.earlier:
        return
    labels = _labels(card)
    with section(tr(N_("Earlier values"))):
        particulars((labels.get(fact.name, fact.name), _fact(card, fact)) for fact in card.earlier)


def _choices(card: Card) -> None:
    """The values that sources state differently, side by side, and why one of them was taken."""
    if not card.choices:
        return
    labels = _labels(card)
    columns = {"what": N_("Property"), "chosen": N_("Taken"), "others": N_("Also stated")}
    taken = Markup("{}<br><small>{}</small>")
    rows = (
        {
            "what": labels.get(choice.name, choice.name),
            "chosen": taken.format(_fact(card, choice.facts[0]), tr(choice.reason)),
            "others": Markup(" · ").join(_fact(card, fact) for fact in choice.facts[1:]),
        }
        for choice in card.choices
    )
    with section(tr(N_("Where sources differ"))):
        write(plain_table(columns_of(columns), rows), classes="hai-scroll")


async def _judgements(asker: Asker, entity_id: int) -> None:
    """What was judged of this organisation, and a way to take each judgement back."""
    part = Part(_JUDGEMENTS_MAX)
    found = await to_thread(judgement_actions.judgements, the_store(), asker, part, entity=entity_id)
    if not found.rows:
        return
    names = await to_thread(judgement_actions.names, the_store(), found.rows)

    async def undo(number: int) -> None:
        await to_thread(judgement_actions.undo, the_store(), asker, number)
        ui.navigate.reload()

    with section(tr(N_("Judgements")), link(tr(N_("Review of pairs")), "/registry/review")):
        for one in found.rows:
            with ui.element("div").classes("hai-verdicts"):
                told = Markup("{} · {} — {} <small>{} · {}</small> {}").format(
                    names[one.first],
                    names[one.second],
                    tr(VERDICT_LABELS[one.verdict]),
                    one.judged_by,
                    value(day_in_region(one.judged_at)),
                    tr(one.reason),
                )
                write(told, "span")
                button(tr(N_("Undo")), partial(undo, one.id))
