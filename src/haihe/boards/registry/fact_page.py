"""How the values of an entity are written: their labels, units and dates, each opening its source."""

from __future__ import annotations

from markupsafe import Markup

from haihe.boards.registry.answers import Card, Fact
from haihe.boards.registry.kinds import kinds
from haihe.boards.registry.labels import NAME_LABELS, PLACE_LABEL
from haihe.boards.registry.pieces_page import number_words
from haihe.boards.registry.span_page import span_words
from haihe.ui.language import language, tr
from haihe.ui.markup import html, number_link


def labels_of(card: Card) -> dict[str, str]:
    """The words for what is known of an entity, by the names of its facts."""
    properties = kinds()[card.entity.kind].properties
    labels = {name: prop.label[language()] for name, prop in properties.items()}
    labels |= {prop.scheme: prop.label[language()] for prop in properties.values() if prop.scheme}
    return labels | {name: tr(label) for name, label in NAME_LABELS.items()} | {"adcode": tr(PLACE_LABEL)}


def fact_words(card: Card, fact: Fact) -> Markup:
    """A value with its unit, which opens its source, and from when until when it held."""
    prop = kinds()[card.entity.kind].properties.get(fact.name)
    text = number_words(fact.value) if isinstance(fact.value, float) else fact.value
    shown = number_link(f"{text} {prop.unit}" if prop and prop.unit else text, fact.source_id)
    span = span_words(fact.since, fact.until)
    return html("{} <small>{}</small>", shown, span) if span else shown
