"""Which mentions mean the same body: names, their places and codes, among themselves and to what is known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, product
from math import inf

from haihe.boards.registry.blocking import near_pairs
from haihe.boards.registry.clusters import clusters_of
from haihe.boards.registry.formers import borne_until, former_reason
from haihe.boards.registry.forms import RANKS, Form, form_of
from haihe.boards.registry.identifiers import SCHEMES, same_body
from haihe.boards.registry.lexicon import Lexicon
from haihe.boards.registry.places import line_of
from haihe.boards.registry.records import Identifier, Organisation
from haihe.boards.registry.rivals import LIKELY, likeliest, rivals_of
from haihe.boards.registry.spelling import plain, spelling_of
from haihe.boards.registry.weights import Match, Weights, log_odds, match_of
from haihe.kit.errors import N_
from haihe.kit.text import folded

SAME_CODE = N_("a code is the same")
OTHER_CODE = N_("the codes are of two organisations")
SAME_ENTITY = N_("the registry has both names for one organisation")
FORMER = N_("one name is stated to be the former name of the other")
NOBODY = N_("the registry knows nobody of this name")
ALONE = N_("no other name means it")
SEVERAL = N_("it may mean {names}: write the full name, or give a code")
MAY_MEAN = N_("without its place it may mean {names}: say in region_context of which place it is")
Pairs = Callable[[Sequence[Form]], Iterable[tuple[int, int]]]
"""Which names are worth comparing, by their numbers, the smaller first."""

LISTED_MAX = 3
"""As many of those that a name may mean are named in the reason."""

SURE = 12.0
"""The log odds of what a code, the registry or the text itself says."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A name as somebody wrote it, where, with its code if it has one.

    `entity` is set where it is known who is meant: a name that the registry has; `former` says of such a
    name until when it was borne, "" where that is unknown, None where it is borne still.
    """

    name: str
    region: str | None = None
    identifier: Identifier | None = None
    entity: str | None = None
    former: str | None = None


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a mention was resolved to: its group, how sure, and why; `facts` are those of all the reasons.

    `rivals` are the entities that it may mean alike, where they are several.
    """

    group: int
    score: float
    reasons: tuple[str, ...]
    facts: Mapping[str, str] = field(default_factory=dict)
    rivals: tuple[str, ...] = ()


Grouped = tuple[list[Resolved], Mapping[int, str]]
"""What each mention was resolved to, and by group the entity that known names give it."""


def resolved(
    mentions: Sequence[Mention],
    lexicon: Lexicon,
    worth: Weights,
    known: Sequence[Mention] = (),
    pairs: Pairs = near_pairs,
) -> Grouped:
    """The group of each mention, and by group the entity that the known names give it.

    Names that leave their place open are resolved apart (`with_placeless`). A former name in brackets (原…)
    is one of the same body. Equal mentions are compared once; `pairs` says which of the others are. The score
    of a mention is the probability of its best pair within its group, 1 where it stands alone; the reasons
    are of that pair.
    """

    def grouped(placed: Sequence[Mention]) -> Grouped:
        return _grouped(placed, lexicon, worth, known, pairs)

    return with_placeless(mentions, known, lexicon, worth, grouped)


def _grouped(
    mentions: Sequence[Mention], lexicon: Lexicon, worth: Weights, known: Sequence[Mention], pairs: Pairs
) -> Grouped:
    distinct, of = distinct_of(mentions, known)
    forms = [form_of(lexicon, mention.name, mention.region) for mention in distinct]
    before = [(number, name) for number, form in enumerate(forms) for name in form.former]
    every = [*distinct, *(Mention(name, distinct[number].region) for number, name in before)]
    forms += [form_of(lexicon, mention.name, mention.region) for mention in every[len(distinct) :]]
    matches = compared(every, forms, worth, pairs)
    matches |= {(number, len(distinct) + at): _told(True, FORMER) for at, (number, _) in enumerate(before)}
    odds = {pair: -inf if match.barred else match.odds for pair, match in matches.items()}
    least = log_odds(worth.threshold)
    heard = eased(distinct, odds, least)
    groups = clusters_of(len(every), heard, least)
    best: dict[int, Match] = {}
    for (a, b), match in matches.items():
        if groups[a] == groups[b]:
            for number in (a, b):
                if number not in best or match.odds > best[number].odds:
                    best[number] = match
    return answered(distinct, of[: len(mentions)], groups, best, rivals_of(*called(distinct), heard))


def eased(
    distinct: Sequence[Mention], odds: Mapping[tuple[int, int], float], least: float
) -> dict[tuple[int, int], float]:
    """The log odds of pairs but for those that say nothing: one name of an organisation speaks for all.

    Who is called as one of its names is, or much so, is not another body because its other names differ;
    only what bars stays, unless the name is exactly the same, which is as sure as a code.
    """
    spoken: dict[tuple[int, str], bool] = {}
    sure: set[tuple[int, int]] = set()
    for pair, value in odds.items():
        for one, known in (pair, pair[::-1]):
            entity = _entity(distinct, known)
            if entity and not _entity(distinct, one) and value > least:
                exact = one < len(distinct) and plain(distinct[one].name) == plain(distinct[known].name)
                spoken[one, entity] = spoken.get((one, entity), False) or exact
                sure |= {pair} if exact else set()

    def is_silent(pair: tuple[int, int], value: float) -> bool:
        exact = (spoken.get((one, _entity(distinct, known) or "")) for one, known in (pair, pair[::-1]))
        return value <= least and any(found or (found is False and value > -inf) for found in exact)

    return {
        pair: SURE if pair in sure else value for pair, value in odds.items() if not is_silent(pair, value)
    }


def _entity(distinct: Sequence[Mention], number: int) -> str | None:
    return distinct[number].entity if number < len(distinct) else None


def distinct_of(mentions: Sequence[Mention], known: Sequence[Mention]) -> tuple[list[Mention], list[int]]:
    """The different ones among mentions and known names, and for each of all which one it is."""
    numbers: dict[Mention, int] = {}
    of = [numbers.setdefault(mention, len(numbers)) for mention in (*mentions, *known)]
    return list(numbers), of


def called(distinct: Sequence[Mention]) -> tuple[list[str], list[str | None]]:
    """The names, and whom each means where it is known."""
    return [one.name for one in distinct], [one.entity for one in distinct]


def answered(
    distinct: Sequence[Mention],
    of: Sequence[int],
    groups: Sequence[int],
    best: Mapping[int, Match],
    rivals: Mapping[int, tuple[str, ...]],
) -> Grouped:
    """What each mention was resolved to and the entities of groups, by the groups of the different ones."""
    alone = Match(SURE, (ALONE,))
    entities = {groups[number]: one.entity for number, one in enumerate(distinct) if one.entity}
    borne = _borne([one for one in distinct if one.entity])
    told = {
        number: _told_of(distinct[number], groups[number], best.get(number, alone), borne.get(entity or ""))
        for number, entity in ((number, entities.get(groups[number])) for number in {*of})
    }
    return [replace(told[number], rivals=rivals.get(number, ())) for number in of], entities


def _borne(known: Sequence[Mention]) -> dict[str, dict[str, str | None]]:
    """The names of each entity that has a former one, and until when it bore each; None is still."""
    changed = {one.entity for one in known if one.former is not None}
    names: defaultdict[str, dict[str, str | None]] = defaultdict(dict)
    for one in known:
        if one.entity and one.entity in changed:
            held = names[one.entity]
            name = plain(one.name)
            held[name] = one.former if held.get(name, one.former) is not None else None
    return names


def _told_of(one: Mention, group: int, match: Match, borne: Mapping[str, str | None] | None) -> Resolved:
    """What a mention was resolved to, first of all that it is a former name if the entity bore it once."""
    until = borne.get(plain(one.name)) if borne else None
    if until is None:
        return Resolved(group, match.score, match.reasons)
    reason, facts = former_reason(until)
    return Resolved(group, match.score, (reason, *match.reasons), facts)


def with_placeless(
    mentions: Sequence[Mention],
    known: Sequence[Mention],
    lexicon: Lexicon,
    worth: Weights,
    grouped: Callable[[Sequence[Mention]], Grouped],
) -> Grouped:
    """What `grouped` resolves mentions to, those apart that leave their place open (市工信局).

    Such a name is one with those written alike, whatever stands beside it. It means the one organisation
    that it may mean of the known ones; nobody where these are several, or every place has its like.
    """
    apart = unplaced(lexicon, mentions)
    found, entities = grouped([one for one in mentions if one not in apart])
    full = {one.entity: one for one in reversed(known) if one.entity}
    found = [
        replace(one, facts={**one.facts, "names": _listed([full[key] for key in one.rivals], lexicon)})
        if one.rivals
        else one
        for one in found
    ]
    if not apart:
        return found, entities
    groups = {entity: group for group, entity in entities.items()}
    free = 1 + max((*entities, *(one.group for one in found)), default=-1)
    borne = _borne(known)
    told: dict[Mention, Resolved] = {}
    for one, meant in _meant(apart, known, lexicon, worth).items():
        entity = _sure(apart[one], meant)
        written = bare(apart[one]) if apart[one].content else one.name
        group = groups.setdefault(entity or f"{one.region or ''} {written}", free + len(groups))
        alike = match_of(apart[one], apart[one], worth)
        if entity:
            told[one] = _told_of(one, group, meant[entity].match, borne.get(entity))
        elif meant:
            names = _listed([each.full for each in meant.values()], lexicon)
            told[one] = Resolved(group, alike.score, (MAY_MEAN,), {"names": names})
        else:
            told[one] = Resolved(group, alike.score, alike.reasons)
    rest = iter(found)
    every = [told.get(one) or next(rest) for one in mentions]
    numbers = {old: new for new, old in enumerate(dict.fromkeys((*(one.group for one in every), *entities)))}
    renumbered = {numbers[group]: entity for group, entity in entities.items()}
    return [replace(one, group=numbers[one.group]) for one in every], renumbered


def unplaced(lexicon: Lexicon, mentions: Iterable[Mention]) -> dict[Mention, Form]:
    """The mentions that leave their place open, and how they are read."""
    read = {one: form_of(lexicon, one.name, one.region) for one in {*mentions} if _may_be_placeless(one)}
    return {one: form for one, form in read.items() if form.placeless and not form.stock}


def _may_be_placeless(one: Mention) -> bool:
    """Whether a mention is worth reading for that: most have a context or a code, or are of firms."""
    if one.identifier or "公司" in one.name:
        return False
    return one.region is None or one.name.strip()[:1] in RANKS


@dataclass(frozen=True, slots=True)
class _Meant:
    """The best match of a name with those of a known organisation, and whether it is called exactly so."""

    full: Mention
    match: Match
    exact: bool


def _meant(
    apart: Mapping[Mention, Form], known: Sequence[Mention], lexicon: Lexicon, worth: Weights
) -> dict[Mention, dict[str, _Meant]]:
    """Whom of the known some mentions may mean by their names alone, by the entity."""
    letters = {one: ({*form.content}, {*one.name.strip()}) for one, form in apart.items()}
    found: dict[Mention, dict[str, _Meant]] = {one: {} for one in apart}
    for entity, called in groupby(known, lambda one: one.entity or ""):
        names = list(called)
        held = [{*name.name} for name in names]
        asked = [
            one for one in apart if any(2 * len(a - b) <= len(a) for a, b in product(letters[one], held))
        ]
        forms = [form_of(lexicon, name.name, name.region) for name in names] if asked else []
        for one in asked:
            match = _best_match((one, apart[one]), list(zip(names, forms, strict=True)), worth)
            if match:
                found[one].setdefault(entity, match)
    for one, meant in found.items():
        scores = {key: each.match.score for key, each in meant.items()}
        exact = {key for key, each in meant.items() if each.exact}
        likely = [key for key, score in scores.items() if score >= LIKELY]
        kept = exact & {*likely} or (likely if apart[one].local else likeliest(scores, exact))
        found[one] = {key: meant[key] for key in scores if key in kept}
    return found


def _best_match(
    asked: tuple[Mention, Form], names: Sequence[tuple[Mention, Form]], worth: Weights
) -> _Meant | None:
    """What the names of an organisation say, the full one first, which bars it unless it is called so."""
    matches = [match_between(asked, name, worth) for name in names]
    exact = any(folded(asked[0].name) == folded(name.name) for name, _ in names)
    free = [match for match in matches if not match.barred and (exact or not matches[0].barred)]
    return _Meant(names[0][0], max(free, key=lambda match: match.odds), exact) if free else None


def _sure(form: Form, meant: Mapping[str, _Meant]) -> str | None:
    """Whom a name that leaves its place open surely means; what every place has only if it is called so."""
    if len(meant) != 1 or form.ranked:
        return None
    (entity, one), *_ = meant.items()
    return entity if one.exact or not form.local else None


def _listed(meant: Sequence[Mention], lexicon: Lexicon) -> str:
    """Some organisations by name, those of one name with the place above theirs."""
    names = [one.name for one in meant]
    told = [f"{_above(one, lexicon)}{one.name}" if names.count(one.name) > 1 else one.name for one in meant]
    more = [f"… (+{len(told) - LISTED_MAX})"] if len(told) > LISTED_MAX else []
    return " / ".join([*sorted(told)[:LISTED_MAX], *more])


def _above(one: Mention, lexicon: Lexicon) -> str:
    return next((place.name for place in line_of(lexicon.places, one.region or "")[1:2]), "")


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
        yield Mention(name.text, body.adcode, None, body.key, borne_until(name))


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


def bare(form: Form) -> str:
    """A name as it is compared, without what parts it."""
    return spelling_of(form.written).text.replace("\0", "")
