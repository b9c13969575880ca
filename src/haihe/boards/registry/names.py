"""Who is meant by a name as documents write it: short, and in the context of a jurisdiction.

`市发展改革委` in a paper of Tianjin is another body than in one of Baoding. A look-up compares the name with
the known names near it, by the parser, the comparers and the weights that resolve whole tables too; it gives
every organisation that may be meant, the nearest first, each with its reasons, and decides nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from haihe.boards.registry.blocking import Blocks, blocks_of, near
from haihe.boards.registry.forms import Form, form_of
from haihe.boards.registry.kinds import line_of_kind
from haihe.boards.registry.lexicon import Lexicon, lexicon_of
from haihe.boards.registry.places import PlaceIndex, line_of
from haihe.boards.registry.records import Organisation
from haihe.boards.registry.resolution import Mention, known_of, match_between
from haihe.boards.registry.rivals import LIKELY, likeliest
from haihe.boards.registry.weights import Match, Weights, weights
from haihe.kit.limits import NAME_CHARACTERS_MAX
from haihe.kit.text import folded


@dataclass(frozen=True, slots=True)
class Candidate:
    """An organisation that a name may mean, how sure that is, and why.

    `distance` is 0 in the context's own place, 1 above or below it in the tree of places, 2 elsewhere or
    unknown; `score` is the probability.
    """

    key: str
    name: str
    reasons: tuple[str, ...]
    distance: int
    score: float


@dataclass(frozen=True, slots=True)
class NameIndex:
    """Organisations by key, and their names as they are compared.

    `spellings` are the folded names of each, `full` the number of its full name among the known ones.
    """

    organisations: Mapping[str, Organisation]
    spellings: Mapping[str, frozenset[str]]
    full: Mapping[str, int]
    known: Sequence[Mention]
    forms: Sequence[Form]
    blocks: Blocks
    lexicon: Lexicon


def name_index_of(organisations: Iterable[Organisation], places: PlaceIndex) -> NameIndex:
    """An index of all the names of organisations; of equal keys the first gives its name."""
    bodies = list(organisations)
    known = known_of(bodies)
    lexicon = lexicon_of(places, (one.name for one in known))
    forms = [form_of(lexicon, one.name, one.region) for one in known]
    by_key = {body.key: body for body in reversed(bodies)}
    spellings: defaultdict[str, set[str]] = defaultdict(set)
    full: dict[str, int] = {}
    for number, one in enumerate(known):
        spellings[one.entity or ""].add(folded(one.name))
        full.setdefault(one.entity or "", number)
    spelled = {key: frozenset(names) for key, names in spellings.items()}
    return NameIndex(by_key, spelled, full, known, forms, blocks_of(forms), lexicon)


def candidates(index: NameIndex, text: str, adcode: str | None = None) -> tuple[Candidate, ...]:
    """Every organisation that a name may mean in the context of a place, the nearest first.

    Those that are far less likely than the likeliest are not meant, and where somebody is called exactly so,
    nobody else is. Beside a firm a port or a station is meant by its exact name only (唐山港股份).
    """
    found = {one.key: one for one in ranked(index, Mention(text, adcode))}
    exact = {key for key in found if folded(text) in index.spellings[key]}
    firm = any(_is_a(index, one.key, "company") for one in found.values() if one.score >= LIKELY)
    scores = {
        key: one.score
        for key, one in found.items()
        if not firm or key in exact or not _is_a(index, key, "facility")
    }
    meant = (found[key] for key in likeliest(scores, exact))
    return tuple(sorted(meant, key=lambda one: (one.distance, -one.score, one.key)))


def _is_a(index: NameIndex, key: str, kind: str) -> bool:
    return kind in line_of_kind(index.organisations[key].kind)


def ranked(index: NameIndex, mention: Mention) -> tuple[Candidate, ...]:
    """Every organisation that a mention may mean at all, the likeliest first, for somebody to choose."""
    mention = replace(mention, name=mention.name.strip()[:NAME_CHARACTERS_MAX])
    found = matched(index, mention, weights())
    candidates = (_candidate(index, key, match, mention.region) for key, match in found.items())
    return tuple(sorted(candidates, key=lambda one: (-one.score, one.distance, one.key)))


def matched(index: NameIndex, mention: Mention, worth: Weights) -> dict[str, Match]:
    """The best match of a mention with the names of each organisation near it.

    Whom its full name bars is left out, whatever a short name says, unless it is called exactly so.
    """
    best: dict[str, Match] = {}
    for number, match in matches(index, mention, worth):
        key = index.known[number].entity or ""
        if not match.barred and (key not in best or match.odds > best[key].odds):
            best[key] = match
    return {key: match for key, match in best.items() if not _is_barred(index, key, mention, worth)}


def matches(index: NameIndex, mention: Mention, worth: Weights) -> Iterator[tuple[int, Match]]:
    """What a mention and each of the known names near it say, by the number of the name."""
    form = form_of(index.lexicon, mention.name, mention.region)
    for number in near(index.blocks, form):
        yield number, match_between((mention, form), (index.known[number], index.forms[number]), worth)


def _is_barred(index: NameIndex, key: str, mention: Mention, worth: Weights) -> bool:
    if folded(mention.name) in index.spellings[key]:
        return False
    number = index.full[key]
    form = form_of(index.lexicon, mention.name, mention.region)
    return match_between((mention, form), (index.known[number], index.forms[number]), worth).barred


def _candidate(index: NameIndex, key: str, match: Match, adcode: str | None) -> Candidate:
    body = index.organisations[key]
    distance = _distance(index.lexicon.places, adcode, body.adcode)
    return Candidate(key, body.name, match.reasons, distance, match.score)


def _distance(places: PlaceIndex, context: str | None, adcode: str | None) -> int:
    if context is None or adcode is None:
        return 2
    if context == adcode:
        return 0
    lines = [{place.adcode for place in line_of(places, code)} for code in (context, adcode)]
    return 1 if adcode in lines[0] or context in lines[1] else 2
