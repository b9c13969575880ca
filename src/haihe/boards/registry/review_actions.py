"""What is asked of the review: look for pairs, judge by the rules, see what waits and how good it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, select

from haihe.boards.accounts import Asker, require
from haihe.boards.accounts.actions import actor_of
from haihe.boards.registry import judgement_actions, judgement_tables, review_tables, tables
from haihe.boards.registry.answers import Card, Count, Facets, Sought
from haihe.boards.registry.blocking import near_pairs
from haihe.boards.registry.card_tables import card_of
from haihe.boards.registry.judgement_actions import RIGHT
from haihe.boards.registry.judgements import RULES, Opinion, Rule, Verdict, ruled
from haihe.boards.registry.kinds import kinds
from haihe.boards.registry.name_actions import places_in
from haihe.boards.registry.names import NameIndex, name_index_of
from haihe.boards.registry.namesake_tables import called_in, lines_in
from haihe.boards.registry.namesakes import told_apart
from haihe.boards.registry.records import Organisation
from haihe.boards.registry.review import (
    Band,
    Doubt,
    Ends,
    Pair,
    Quality,
    counts_of,
    doubts_of,
    quality_of,
)
from haihe.boards.registry.weights import Match, match_of, weights
from haihe.kit.errors import N_, Conflict
from haihe.kit.text import folded
from haihe.store.opening import Store
from haihe.store.session import Actor, Session, reading, writing
from haihe.store.work import Progress, ask

JOB = "review"
"""The kind of the job that looks for pairs."""

_STEP = 2_000


@dataclass(frozen=True, slots=True)
class Waiting:
    """A pair that waits for a judgement, with all that is known of both ends.

    `places` are the names of the places that an adcode lies in, the outermost first; `apart` is the place
    that tells an end apart from another organisation of its name.
    """

    doubt: Doubt
    first: Card
    second: Card
    places: Mapping[str, tuple[str, ...]]
    apart: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the review is: how many pairs wait, what is known of each band, and the quality by that."""

    waiting: int
    bands: tuple[Band, ...]
    quality: Quality


def look(store: Store, asker: Asker) -> int:
    """Ask for the job that looks for pairs which may be the same, and return its number."""
    require(asker, RIGHT)
    with writing(store.engine, actor_of(asker)) as session:
        job = ask(session, JOB, {})
        session.commit()
    return job


def look_job(engine: Engine, actor: Actor, _: Mapping[str, Any], progress: Progress) -> dict[str, int]:
    """Compare all names, judge what the rules decide and put what is doubtful in line, in place of what was.

    A rule says that two are different only where their names say that they are the same, and does not judge
    again what was judged before, even if that was undone.
    """
    progress(0.0, N_("Reading the names."))
    with reading(engine) as connection:
        bodies = tables.bodies_in(connection)
        index = name_index_of(bodies.values(), places_in(connection))
    numbers = {body.key: number for number, body in bodies.items()}
    matches: dict[Pair, Match] = {}
    for done, (pair, match) in enumerate(_matches(index, numbers)):
        if not done % _STEP:
            progress(min(0.1 + done / (done + 50_000), 0.9), N_("Comparing names."))
        if pair not in matches or match.odds > matches[pair].odds:
            matches[pair] = match
    progress(0.9, N_("Applying the rules."))
    ruled_pairs = {pair: ruled(*(bodies[one] for one in pair)) for pair in _ruled_pairs(bodies, matches)}
    decided = {pair: found for pair, found in ruled_pairs.items() if found}
    likely = {pair for pair, match in matches.items() if match.score >= weights().threshold}
    said = {pair: found for pair, found in decided.items() if pair in likely or found[0] == "same"}
    barred = {pair for pair in matches if _is_barred(index, *(bodies[one] for one in pair))}
    doubts = doubts_of(
        {pair: one for pair, one in matches.items() if pair not in decided and pair not in barred}
    )
    with writing(engine, actor) as session:
        judgement_tables.lock(session)
        judged = _judge(session, said)
        review_tables.keep_doubts(session, doubts)
        session.record("look_for_pairs", "registry", {"pairs": len(doubts), "judged": judged})
        session.commit()
    return {"pairs": len(doubts), "judged": judged}


def _matches(index: NameIndex, numbers: Mapping[str, int]) -> Iterator[tuple[Pair, Match]]:
    """What the names of each two organisations say that are near each other and not barred."""
    for one, other in near_pairs(index.forms):
        ends = sorted(numbers[index.known[at].entity or ""] for at in (one, other))
        if ends[0] != ends[1]:
            match = match_of(index.forms[one], index.forms[other], weights())
            if not match.barred:
                yield (ends[0], ends[1]), match


def _is_barred(index: NameIndex, a: Organisation, b: Organisation) -> bool:
    """Whether the full names bar a pair, unless one organisation bears a name of the other."""
    if index.spellings[a.key] & index.spellings[b.key]:
        return False
    first, second = (index.forms[index.full[one.key]] for one in (a, b))
    return match_of(first, second, weights()).barred


def _ruled_pairs(bodies: Mapping[int, Organisation], matches: Iterable[Pair]) -> set[Pair]:
    """The pairs that the rules are asked about: those that are alike, and those of one name."""
    by_name: dict[str, list[int]] = {}
    for number, body in bodies.items():
        by_name.setdefault(folded(body.name), []).append(number)
    namesakes = {(one, other) for named in by_name.values() for one in named[:1] for other in named[1:]}
    return {*matches, *namesakes}


def _judge(session: Session, said: Mapping[Pair, tuple[Verdict, Rule]]) -> int:
    """Give the judgements of the rules that nothing contradicts; how many they are."""
    judgement = judgement_tables.JUDGEMENT
    held = {tuple(row) for row in session.execute(select(judgement.c.first, judgement.c.second))}
    given = 0
    for pair, (verdict, rule) in sorted(said.items()):
        if pair not in held:
            try:
                judgement_actions.given_in(session, Opinion(*pair, verdict, RULES[rule]), rule)
            except Conflict:
                continue
            given += 1
    return given


def waiting(store: Store, asker: Asker, sought: Sought = Sought(), limit: int = 20) -> list[Waiting]:
    """The next pairs to judge, the least sure first; `sought` is true of one end or the other."""
    require(asker, RIGHT)
    with reading(store.engine) as connection:
        found = []
        for doubt in review_tables.waiting(connection, limit, sought):
            first, second = (card_of(connection, number) for number in doubt.pair)
            assert first, doubt.pair
            assert second, doubt.pair
            found.append((doubt, first, second))
        ends = [card.entity for _, *cards in found for card in cards]
        lines = lines_in(connection, {one.adcode for one in ends if one.adcode})
        places = {adcode: tuple(name for _, name in line) for adcode, line in lines.items()}
        apart = told_apart(called_in(connection, {one.id for one in ends}))
    return [Waiting(*one, places, apart) for one in found]


def facets(store: Store, asker: Asker, sought: Sought) -> Facets:
    """The kinds and the jurisdictions of the pairs that wait, each counted under the other's choice."""
    require(asker, RIGHT)
    with reading(store.engine) as connection:
        counted = review_tables.ends_in(connection)
        lines = lines_in(
            connection, {*sought.adcodes, *(code for row in counted for code in row[2:] if code)}
        )
    homes = {adcode: line[0] for adcode, line in lines.items()}
    ends = [
        Ends(frozenset(row[:2]), frozenset(homes[code][0] for code in row[2:] if code in homes), pairs)
        for row, pairs in counted.items()
    ]
    by_kind, by_place = counts_of(ends, sought.kinds, sought.adcodes)
    names = {code: name for line in lines.values() for code, name in line}
    return Facets(
        tuple(Count(kind, "", by_kind[kind]) for kind in kinds() if kind in {*by_kind, *sought.kinds}),
        tuple(
            Count(code, names[code], by_place[code])
            for code in sorted({*by_place, *sought.adcodes} & names.keys())
        ),
        samples=0,
    )


def standing(store: Store, asker: Asker) -> Standing:
    """How far the review is."""
    require(asker, RIGHT)
    with reading(store.engine) as connection:
        bands = review_tables.bands_in(connection)
        count = review_tables.waiting_count(connection)
    return Standing(count, tuple(bands), quality_of(bands, weights().threshold))
