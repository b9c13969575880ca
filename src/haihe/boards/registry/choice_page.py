"""Values that sources state differently, side by side, with the one that was taken and why."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from haihe.boards.registry.answers import Card, Fact
from haihe.boards.registry.card_actions import Cited
from haihe.boards.registry.fact_page import fact_words, labels_of
from haihe.boards.registry.pieces_page import tier_of
from haihe.kit.errors import N_
from haihe.ui.language import phrase, tr
from haihe.ui.markup import html, joined, value, write
from haihe.ui.widgets import section


def choices(card: Card, cited: Mapping[str, Cited]) -> None:
    """What sources state differently of an entity; nothing where they agree."""
    if not card.choices:
        return
    labels = labels_of(card)
    with section(tr(N_("Where sources differ"))):
        for choice in card.choices:
            taken, *others = choice.facts
            reason = phrase(N_("Taken: {reason}"), reason=tr(choice.reason))
            sides = [_side(card, taken, cited, html('<p class="hai-taken">✓ {}</p>', reason))]
            sides += [_side(card, one, cited, html("<p>{}</p>", tr(N_("Also stated")))) for one in others]
            words = html("<h3>{}</h3><div>{}</div>", labels.get(choice.name, choice.name), joined(sides))
            write(words, classes="hai-rivals")


def _side(card: Card, fact: Fact, cited: Mapping[str, Cited], standing: Markup) -> Markup:
    """A value, from when until when it held, and what is said of its source."""
    source = cited[fact.source_id]
    read = phrase(N_("read on {day}"), day=value(source.read_on)) if source.read_on else None
    told = joined((Markup.escape(one) for one in (source.title, tier_of(source.tier), read) if one), " · ")
    quote = html("<blockquote>{}</blockquote>", source.words) if source.words else ""
    return html("<article>{}<p>{}</p>{}<p>{}</p></article>", standing, fact_words(card, fact), quote, told)
