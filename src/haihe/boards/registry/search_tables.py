"""Whom words find among a million organisations, by rows looked up and never by all rows read."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, func, or_, select, union

from haihe.boards.registry.completion import initials_of
from haihe.boards.registry.completion_tables import TYPED, beginnings, begins, heads_of
from haihe.boards.registry.spelling import simplified
from haihe.boards.registry.states import PLACE_KIND
from haihe.boards.registry.tables import ENTITY, JOINED
from haihe.kit.text import folded, terms
from haihe.store.search import FOUND_MAX, Bound, Numbers, among, matches, newest

NEAR_MAX = 40
"""As many organisations are compared with a name that nobody bears."""

_ASKED_MAX = 12
_BOUND = Bound(first=1_500, spread=True)
_FEW = Bound(first=NEAR_MAX)


def organisations(connection: Connection, words: str) -> Numbers:
    """The organisations that words begin or stand in, the best first, and whether there are more.

    First who is called exactly so, then whose name or initials begin so, then the others, short names first.
    """
    begun = beginnings(connection, words, FOUND_MAX + 1)
    full = len(begun) > FOUND_MAX
    body = ENTITY.c.kind != PLACE_KIND
    inside = Numbers() if full else newest(connection, ENTITY.c.search, words, body, bound=_BOUND)
    heads = heads_of(connection, [*begun, *inside.ids])
    query = select(ENTITY.c.id, ENTITY.c.name).where(among(ENTITY.c.id, heads), body)
    word = folded(words)
    ranks = {
        row.id: (begun.get(row.id) != word, row.id not in begun, len(row.name), row.name)
        for row in connection.execute(query)
    }
    ids = sorted(ranks, key=lambda entity: (ranks[entity], entity))
    return Numbers(ids[:FOUND_MAX], full or inside.more or len(ids) > FOUND_MAX)


def places(connection: Connection, words: str) -> Numbers:
    """The places that words begin or stand in, the shortest names first."""
    typed = select(TYPED.c.text).where(TYPED.c.entity_id == ENTITY.c.id, begins(words)).offset(0).exists()
    called = select(ENTITY.c.id).where(ENTITY.c.kind == PLACE_KIND, typed | matches(ENTITY.c.search, words))
    ids = connection.execute(called.order_by(func.length(ENTITY.c.name), ENTITY.c.name)).scalars()
    return Numbers(list(ids))


def called(words: str, meant: Sequence[int]) -> ColumnElement[bool]:
    """Whether words find an entity as they do while they are typed: in a name, or as its initials begin.

    One that is joined to another finds that one; `meant` are found besides.
    """
    spelled = {one.replace("\0", "") for one in (words, simplified(words))}
    member = ENTITY.alias("member")
    found = union(
        *(select(member.c.id).where(matches(member.c.search, one)) for one in spelled),
        select(TYPED.c.entity_id).where(or_(*map(begins, spelled))),
    ).subquery()
    head = func.coalesce(JOINED.c.head_id, found.c.id)
    heads = select(head).outerjoin(JOINED, JOINED.c.entity_id == found.c.id)
    return or_(ENTITY.c.id.in_(heads), among(ENTITY.c.id, meant)) if meant else ENTITY.c.id.in_(heads)


def near(connection: Connection, words: str) -> list[int]:
    """The organisations that may be meant by a name, for the comparers to judge; at most `NEAR_MAX`.

    They are called so or sound so by their initials, or have all of its characters, as a name has those of
    its abbreviation, or all but one of them, which may be wrong.
    """
    word = folded(words)[:_ASKED_MAX]
    if len(word) < 2:
        return []
    sounds = select(TYPED.c.entity_id).where(among(TYPED.c.text, [word, initials_of(word)])).limit(NEAR_MAX)
    found = dict.fromkeys(connection.execute(sounds).scalars())
    letters = list(dict.fromkeys(one for one in terms(word) if len(one) == 1 or one.isascii()))
    wrong = range(len(letters)) if len(letters) > 2 else ()
    for kept in (letters, *([*letters[:at], *letters[at + 1 :]] for at in wrong)):
        if len(found) < NEAR_MAX:
            found |= dict.fromkeys(_shortest(connection, " ".join(kept)))
    return heads_of(connection, list(found)[:NEAR_MAX])


def _shortest(connection: Connection, words: str) -> list[int]:
    """Some organisations that have words, the shortest names first: what is abbreviated is well known."""
    body = ENTITY.c.kind != PLACE_KIND
    found = newest(connection, ENTITY.c.search, words, body, bound=_FEW)
    query = select(ENTITY.c.id).where(among(ENTITY.c.id, found.ids))
    return list(connection.execute(query.order_by(func.length(ENTITY.c.name)).limit(NEAR_MAX)).scalars())
