"""Two entities side by side, with what differs marked."""

from __future__ import annotations

from markupsafe import Markup

from haihe.boards.registry.answers import Card
from haihe.boards.registry.fact_page import labels_of
from haihe.boards.registry.labels import PLACE_LABEL, TIER_LABELS
from haihe.boards.registry.namesake_page import apart_words
from haihe.boards.registry.pieces_page import kind_words
from haihe.boards.registry.review import differing
from haihe.boards.registry.review_actions import Waiting
from haihe.kit.errors import N_
from haihe.ui.language import tr
from haihe.ui.markup import link
from haihe.ui.table import Column, plain_table

_OWN = {":name": N_("Full name"), ":kind": N_("Kind"), ":place": PLACE_LABEL, ":tier": N_("Tier")}
"""What is no property of a kind, and so has no name of one."""
_WHOLE = (":kind", ":place", ":tier")
_MARK = Markup("<mark>{}</mark>")


def sides(pair: Waiting) -> Markup:
    """The two entities as a table, a row for each thing known of one, with what differs marked."""
    told = [_told(pair, card) for card in (pair.first, pair.second)]
    labels = (
        labels_of(pair.second) | labels_of(pair.first) | {name: tr(words) for name, words in _OWN.items()}
    )
    rows = [
        {"what": labels.get(what, what), "first": mark(mine, theirs), "second": mark(theirs, mine)}
        for what in dict.fromkeys((*told[0], *told[1]))
        for mine, theirs in [(told[0].get(what, ""), told[1].get(what, ""))]
        for mark in [_whole if what in _WHOLE else _marked]
    ]
    pages = [link(tr(N_("Open its page")), f"/entity/{card.entity.id}") for card in (pair.first, pair.second)]
    rows.append({"what": "", "first": pages[0], "second": pages[1]})
    columns = [Column("what", ""), Column("first", tr(N_("One"))), Column("second", tr(N_("The other")))]
    return plain_table(columns, rows)


def called(pair: Waiting, card: Card) -> str:
    """The name of one of a pair, with the place that tells it apart from another of its name."""
    return apart_words(card.entity.name, pair.apart.get(card.entity.id))


def _told(pair: Waiting, card: Card) -> dict[str, str]:
    """What is known of an entity of a pair, by the names of its facts."""
    stated: dict[str, list[str]] = {}
    for fact in (*card.names, *card.identifiers, *card.properties):
        stated.setdefault(fact.name, []).append(str(fact.value))
    own = {
        ":name": called(pair, card),
        ":kind": kind_words(card.entity.kind),
        ":place": " ".join(pair.places.get(card.entity.adcode or "", ())),
    }
    facts = {name: tr(N_(", ")).join(values) for name, values in stated.items()}
    return own | facts | {":tier": tr(TIER_LABELS[card.entity.tier])}


def _whole(mine: str, other: str) -> Markup:
    return _MARK.format(mine) if mine and other and mine != other else Markup.escape(mine)


def _marked(mine: str, other: str) -> Markup:
    return Markup("").join(
        _MARK.format(text) if lacking and other else Markup.escape(text)
        for text, lacking in differing(mine, other)
    )
