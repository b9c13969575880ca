"""The names of a text: posts, organisations and industries, found in one pass of the lexical analyser."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from haihe.boards.reader import industries, organisations, posts
from haihe.boards.reader.lexing import stretches
from haihe.boards.reader.records import IndustryMention, OrganisationMention, PostMention, Span


@dataclass(frozen=True, slots=True)
class Names:
    """What a text names, each kind in the order of the text."""

    posts: tuple[PostMention, ...]
    organisations: tuple[OrganisationMention, ...]
    industries: tuple[IndustryMention, ...]


@cache
def _cue() -> re.Pattern[str]:
    """What a clause with a post or an organisation in it is known by; the others need no analysis."""
    return re.compile(f"{posts.cue()}|{organisations.cue()}")


def names_of(text: str, places: Sequence[Span] = ()) -> Names:
    """The posts, organisations and industries of a text, every record a span of it in code points.

    Mentions live in their document: none is joined to another document's. An industry in the name of an
    organisation or of one of the `places` is none.
    """
    candidates: list[posts.Candidate] = []
    bodies: list[organisations.Extent] = []
    for stretch in stretches(text, _cue()):
        here = organisations.organisations_in(text, stretch)
        bodies += here
        candidates += posts.candidates_in(text, stretch, here)
    return Names(
        posts.mentions_of(text, candidates),
        organisations.mentions_of(text, bodies),
        industries.industries_of(text, [*bodies, *((place.start, place.end) for place in places)]),
    )
