"""What a reconciliation client asks: who is meant, whom a prefix may become, what is known of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from sqlalchemy import func, select, tuple_

from haihe.boards.accounts import Asker, require
from haihe.boards.registry import actions
from haihe.boards.registry.answers import Card
from haihe.boards.registry.completion_tables import heads_of
from haihe.boards.registry.forms import form_of
from haihe.boards.registry.kinds import kinds
from haihe.boards.registry.name_actions import names_for
from haihe.boards.registry.names import Candidate, NameIndex, candidates, ranked
from haihe.boards.registry.reconciliation import (
    PLACE,
    Extension,
    Query,
    agreeing,
    cell,
    every_property,
    fits,
    parts_of,
    type_of,
)
from haihe.boards.registry.records import Identifier, Organisation
from haihe.boards.registry.resolution import Mention
from haihe.boards.registry.tables import IDENTIFIER, JOINED, united_in
from haihe.kit.errors import NotFound
from haihe.store.opening import Store
from haihe.store.session import reading

SUGGESTED_MAX = 50
CERTAIN = 100.0
"""The score of an entity whose number or code was asked for."""

LIKELY_MIN = 1.0
"""The score below which an entity is no candidate."""

_NUMBER = re.compile(r"[1-9][0-9]{0,17}")


def reconcile(
    store: Store, asker: Asker, queries: Mapping[str, Query], language: str
) -> dict[str, dict[str, Any]]:
    """The candidates of each query, the likeliest first."""
    require(asker, "see_published")
    holders = _holders(store, (one for query in queries.values() for one in query.identifiers))
    return {
        name: {"result": _answered(store, asker, query, holders, language)} for name, query in queries.items()
    }


def _answered(
    store: Store, asker: Asker, query: Query, holders: Mapping[Identifier, int], language: str
) -> list[dict[str, Any]]:
    """The candidates of a query: who has the code or number that is asked for, or whom the name may mean."""
    index, numbers, found, meant = _sought(store, query)
    scores = {numbers[one.key]: CERTAIN * one.score for one in found}
    bodies = {numbers[one.key]: index.organisations[one.key] for one in found}
    known = _standing(store, query, holders)
    scores |= dict.fromkeys(known, CERTAIN)
    bodies |= known
    meant = set(known) or meant
    likely = (one for one, score in scores.items() if score >= LIKELY_MIN)
    fitting = {one: scores[one] for one in likely if fits(bodies[one].kind, query)}
    best = sorted(fitting, key=lambda one: (-fitting[one], one))[: query.limit]
    sure = meant & fitting.keys() if len(meant & fitting.keys()) == 1 else set()
    answered = [
        _candidate(one, bodies[one], index, language)
        | {"score": round(fitting[one], 2), "match": one in sure, "features": []}
        for one in best
    ]
    for one in answered if query.stated else ():
        one["features"] = _features(actions.entity_at(store, asker, int(one["id"])), query)
    return answered


def _standing(store: Store, query: Query, holders: Mapping[Identifier, int]) -> dict[int, Organisation]:
    """The organisations that have a stated code, or the number that is asked for."""
    asked = {holders[one] for one in query.identifiers if one in holders}
    if _NUMBER.fullmatch(query.text):
        asked.add(int(query.text))
    if not asked:
        return {}
    with reading(store.engine) as connection:
        heads = heads_of(connection, sorted(asked))
        bodies = united_in(connection, heads)
    return {one: bodies[one] for one in heads if one in bodies}


def _sought(
    store: Store, query: Query
) -> tuple[NameIndex, Mapping[str, int], tuple[Candidate, ...], set[int]]:
    """The names near that of a query with the numbers of their bodies, who may be meant, and who surely is.

    Where nobody is, and not all names are held, those near the telling part of the name are looked at too.
    """
    region = next(iter(query.stated.get(PLACE, ())), None)
    index, numbers = names_for(store, query.text)
    held = index
    for part in ("", *parts_of(form_of(index.lexicon, query.text, region))):
        if part:
            index, numbers = names_for(store, part)
            if index is held:
                break
        meant = candidates(index, query.text, region)
        if meant:
            break
    nearest = {numbers[one.key] for one in meant if one.distance == meant[0].distance}
    return index, numbers, ranked(index, Mention(query.text, region)), nearest


def _holders(store: Store, identifiers: Iterable[Identifier]) -> dict[Identifier, int]:
    """Who has a code, under the number that they stand under."""
    asked = {(one.scheme, one.value) for one in identifiers}
    if not asked:
        return {}
    query = (
        select(
            IDENTIFIER.c.scheme, IDENTIFIER.c.value, func.coalesce(JOINED.c.head_id, IDENTIFIER.c.entity_id)
        )
        .outerjoin(JOINED, JOINED.c.entity_id == IDENTIFIER.c.entity_id)
        .where(tuple_(IDENTIFIER.c.scheme, IDENTIFIER.c.value).in_(asked))
    )
    with reading(store.engine) as connection:
        return {Identifier(scheme, value): entity for scheme, value, entity in connection.execute(query)}


def _candidate(number: int, body: Organisation, index: NameIndex, language: str) -> dict[str, Any]:
    kind = kinds()[body.kind]
    place = index.lexicon.places.by_code.get(body.adcode or "")
    told = [kind.label[language], *([place.name] if place else [])]
    named = {name: value for name, value in type_of(kind, language).items() if name != "broader"}
    return {"id": str(number), "name": body.name, "description": " · ".join(told), "type": [named]}


def _features(card: Card, query: Query) -> list[dict[str, Any]]:
    """Whether each stated property is one of those that are known; the place is in the score already."""
    held = _values(card)
    return [
        {"id": name, "value": agreeing(values, (str(one) for one, _ in held.get(name, ())))}
        for name, values in query.stated.items()
        if name != PLACE
    ]


def _values(card: Card) -> dict[str, list[tuple[object, dict[str, Any]]]]:
    """What is known of an entity by property, each value by itself and as a cell."""
    found: dict[str, list[tuple[object, dict[str, Any]]]] = {}
    schemes = {prop.scheme: prop.name for prop in kinds()[card.entity.kind].identifiers}
    tied = {tie.kind for tie in card.links if tie.outward}
    facts = [fact for fact in (*card.names, *card.identifiers, *card.properties) if fact.name not in tied]
    for fact in facts:
        name = schemes.get(fact.name, fact.name)
        found.setdefault(name, []).append((fact.value, cell(fact.value)))
    for tie in card.links:
        if tie.outward:
            found.setdefault(tie.kind, []).append((tie.name, cell((tie.id, tie.name))))
    place = [one for one in (card.entity.place, card.entity.adcode) if one]
    if place:
        found[PLACE] = [(one, cell(place[0])) for one in place]
    return found


def extend(store: Store, asker: Asker, extension: Extension, language: str) -> dict[str, Any]:
    """The values of properties of entities; an entity that is not there has none."""
    require(asker, "see_published")
    labels = every_property(language)
    rows = {}
    for one in extension.ids:
        held = _held(store, asker, one)
        rows[one] = {name: _cells(held.get(name, ())) for name in extension.properties}
    meta = [{"id": name, "name": labels.get(name, name)} for name in extension.properties]
    return {"meta": meta, "rows": rows}


def _held(store: Store, asker: Asker, number: str) -> dict[str, list[tuple[object, dict[str, Any]]]]:
    try:
        card = actions.entity_at(store, asker, int(number))
    except (NotFound, ValueError):
        return {}
    return _values(card) if card.entity.kind in kinds() else {}


def _cells(values: Iterable[tuple[object, dict[str, Any]]]) -> list[dict[str, Any]]:
    """The cells of some values, each once."""
    return list({str(told): told for _, told in values}.values())


def suggested(store: Store, asker: Asker, prefix: str, language: str) -> list[dict[str, Any]]:
    """The organisations that a prefix may become."""
    require(asker, "see_published")
    found = actions.completions(store, asker, prefix, SUGGESTED_MAX)
    if prefix.isascii() and prefix.isdigit():
        with suppress(NotFound):
            found.insert(0, actions.entity_at(store, asker, int(prefix)).entity)
    return [
        {
            "id": str(one.id),
            "name": one.name,
            "description": " · ".join(
                [kinds()[one.kind].label[language], *([one.place] if one.place else [])]
            ),
            "notable": [one.kind],
        }
        for one in found
        if one.kind in kinds()
    ]
