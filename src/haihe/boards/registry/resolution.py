"""Which mentions mean the same body: names, their places and codes, among themselves and to what is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from rapidfuzz.distance import LCSseq

from haihe.boards.registry.blocking import blocks_of, near, near_pairs
from haihe.boards.registry.clusters import assigned, clusters_of
from haihe.boards.registry.forms import Form, form_of
from haihe.boards.registry.identifiers import SCHEMES, same_body
from haihe.boards.registry.lexicon import Lexicon
from haihe.boards.registry.records import Identifier, Organisation
from haihe.boards.registry.spelling import spelling_of
from haihe.boards.registry.weights import Match, Weights, log_odds, match_of
from haihe.kit.errors import N_

SAME_CODE = N_("a code is the same")
OTHER_CODE = N_("the codes are of two organisations")
SAME_ENTITY = N_("the registry has both names for one organisation")
FORMER = N_("one name is stated to be the former name of the other")
NOBODY = N_("the registry knows nobody of this name")
ALONE = N_("no other name means it")
Pairs = Callable[[Sequence[Form]], Iterable[tuple[int, int]]]
"""Which names are worth comparing, by their numbers, the smaller first."""

SURE = 12.0
"""The log odds of what a code, the registry or the text itself says."""

_ALIKE = 2.0


@dataclass(frozen=True, slots=True)
class Mention:
    """A name as somebody wrote it, where, with its code if it has one.

    `entity` is set where it is known who is meant: a name that the registry has.
    """

    name: str
    region: str | None = None
    identifier: Identifier | None = None
    entity: str | None = None


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a mention was resolved to: its group, how sure, and why."""

    group: int
    score: float
    reasons: tuple[str, ...]


def resolved(
    mentions: Sequence[Mention],
    lexicon: Lexicon,
    worth: Weights,
    known: Sequence[Mention] = (),
    pairs: Pairs = near_pairs,
) -> tuple[list[Resolved], Mapping[int, str]]:
    """The group of each mention, and by group the entity that the known names give it.

    A former name in brackets (原…) is one of the same body. Equal mentions are compared once; `pairs` says
    which of the others are. The score of a mention is the probability of its best pair within its group, 1
    where it stands alone; the reasons are of that pair.
    """
    distinct, of = distinct_of(mentions, known)
    forms = [form_of(lexicon, mention.name, mention.region) for mention in distinct]
    before = [(number, name) for number, form in enumerate(forms) for name in form.former]
    every = [*distinct, *(Mention(name, distinct[number].region) for number, name in before)]
    forms += [form_of(lexicon, mention.name, mention.region) for mention in every[len(distinct) :]]
    matches = compared(every, forms, worth, pairs)
    matches |= {(number, len(distinct) + at): _told(True, FORMER) for at, (number, _) in enumerate(before)}
    odds = {pair: -inf if match.barred else match.odds for pair, match in matches.items()}
    groups = clusters_of(len(every), odds, log_odds(worth.threshold))
    best: dict[int, Match] = {}
    for (a, b), match in matches.items():
        if groups[a] == groups[b]:
            for number in (a, b):
                if number not in best or match.odds > best[number].odds:
                    best[number] = match
    return answered(distinct, of[: len(mentions)], groups, best)


def distinct_of(mentions: Sequence[Mention], known: Sequence[Mention]) -> tuple[list[Mention], list[int]]:
    """The different ones among mentions and known names, and for each of all which one it is."""
    numbers: dict[Mention, int] = {}
    of = [numbers.setdefault(mention, len(numbers)) for mention in (*mentions, *known)]
    return list(numbers), of


def answered(
    distinct: Sequence[Mention], of: Sequence[int], groups: Sequence[int], best: Mapping[int, Match]
) -> tuple[list[Resolved], Mapping[int, str]]:
    """What each mention was resolved to and the entities of groups, by the groups of the different ones."""
    alone = Match(SURE, (ALONE,))
    entities = {groups[number]: one.entity for number, one in enumerate(distinct) if one.entity}
    found = [(groups[number], best.get(number, alone)) for number in of]
    return [Resolved(group, match.score, match.reasons) for group, match in found], entities


def compared(
    mentions: Sequence[Mention], forms: Sequence[Form], worth: Weights, pairs: Pairs
) -> dict[tuple[int, int], Match]:
    """What the pairs of some mentions that are worth comparing say, and those of one code or entity."""
    return {
        (a, b): match_between((mentions[a], forms[a]), (mentions[b], forms[b]), worth)
        for a, b in sorted({*pairs(forms), *_told_pairs(mentions)})
    }


def known_of(bodies: Iterable[Organisation]) -> list[Mention]:
    """Every name of known organisations as a mention of them in their place, the full name with each code."""
    return [mention for body in bodies for mention in _mentions_of(body)]


def _mentions_of(body: Organisation) -> Iterator[Mention]:
    codes: list[Identifier | None] = [one for one in body.identifiers if one.scheme in SCHEMES]
    for code in codes or [None]:
        yield Mention(body.name, body.adcode, code, body.key)
    for name in body.names:
        yield Mention(name.text, body.adcode, None, body.key)


def _told_pairs(mentions: Sequence[Mention]) -> Iterator[tuple[int, int]]:
    """The first mention of each code and entity with every other one of it."""
    first: dict[str, int] = {}
    for number, mention in enumerate(mentions):
        for code in (mention.identifier.key if mention.identifier else None, mention.entity):
            if code and first.setdefault(code, number) != number:
                yield first[code], number


def match_between(a: tuple[Mention, Form], b: tuple[Mention, Form], worth: Weights) -> Match:
    """What the codes of two mentions say, or else their names."""
    (first, form), (second, other) = a, b
    if first.entity and second.entity:
        return _told(first.entity == second.entity, SAME_ENTITY)
    if first.identifier and second.identifier:
        same = same_body(first.identifier, second.identifier)
        if same is not None:
            return _told(same, SAME_CODE if same else OTHER_CODE)
    if form.stock and other.stock:
        return _told(form.stock == other.stock, SAME_CODE)
    return match_of(form, other, worth)


def _told(same: bool, reason: str) -> Match:
    return Match(SURE if same else -SURE, (reason,), barred=not same)


def linked(
    left: Sequence[Mention], right: Sequence[Mention], lexicon: Lexicon, worth: Weights
) -> list[tuple[int, int, Match]]:
    """The links between two lists that name each body once: each name in at most one, the likeliest together.

    What is likely is the log odds of a pair and, among equals, how much alike it is written.
    """
    forms, others = (
        [form_of(lexicon, one.name, one.region) for one in mentions] for mentions in (left, right)
    )
    blocks = blocks_of(others)
    matches: list[dict[int, Match]] = []
    values: list[dict[int, float]] = []
    for mine in zip(left, forms, strict=True):
        found = {at: match_between(mine, (right[at], others[at]), worth) for at in near(blocks, mine[1])}
        matches.append({at: one for at, one in found.items() if not one.barred and one.odds >= worth.link})
        values.append({})
        for at, one in matches[-1].items():
            short, full = sorted((_bare(form) for form in (mine[1], others[at])), key=len)
            alike = LCSseq.similarity(short, full)
            if one.odds > log_odds(worth.threshold) or alike == len(short):
                values[-1][at] = one.odds - worth.link + _ALIKE * alike / len(full)
    return [(one, other, matches[one][other]) for one, other in assigned(values)]


def _bare(form: Form) -> str:
    return spelling_of(form.written).text.replace("\0", "")
