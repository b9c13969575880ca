"""Full-text search in Chinese: characters and pairs of characters in a tsvector.

pg_trgm has no index for words of two characters such as 武清. A word that very many rows have is not followed
through all of them: what a search looks at has a bound, and it says when there was more.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    ScalarSelect,
    any_,
    cast,
    false,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY, TSVECTOR

from haihe.kit.text import terms
from haihe.kit.words import Language

CHARACTERS_MAX = 60_000
"""As much of a text goes into its vector: PostgreSQL takes at most 1 MiB of words."""
FOUND_MAX = 500
"""As many rows that have the words are ranked and counted; of more, no more than that there are."""

_WORD_CHARACTERS_MAX = 100
_BY_INDEX = select(func.set_config("enable_seqscan", "off", True))
"""Until the transaction ends no table is read from its beginning: a limit would make the planner hope."""
_STRETCHES = re.compile(r"[0-9A-Za-z.]+|[^\W0-9A-Za-z_]+")


@dataclass(frozen=True, slots=True)
class Asked:
    """The words sought, which of what is found is wanted, and the language of the answer."""

    words: str
    part: slice
    language: Language


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that a search found: its name, its address in the house, what tells it apart, its words."""

    title: str
    address: str
    about: str = ""
    words: str = ""
    sample: bool = False


@dataclass(frozen=True, slots=True)
class Hits:
    """Some of what a search found, the best first; how many were found, and whether there are more yet."""

    rows: Sequence[Hit] = ()
    count: int = 0
    more: bool = False


@dataclass(frozen=True, slots=True)
class Bound:
    """How far a search goes: as many rows are given, and as many are looked at before the index is.

    These are the newest, or where age says nothing, rows `spread` over the whole table.
    """

    limit: int = FOUND_MAX
    first: int = 2_000
    spread: bool = False


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of rows that a search found, the newest first, and whether there are more yet."""

    ids: list[int] = field(default_factory=list)
    more: bool = False


def vector(text: str) -> ColumnElement[Any]:
    """The search vector of a text, to be stored in a TSVECTOR column with a GIN index.

    Only the first `CHARACTERS_MAX` characters count, and runs too long to be words are left out.
    """
    found = dict.fromkeys(terms(unicodedata.normalize("NFKC", text[:CHARACTERS_MAX])[:CHARACTERS_MAX]))
    words = " ".join(f"'{term}'" for term in found if len(term) <= _WORD_CHARACTERS_MAX)
    return cast(words, TSVECTOR)


def matches(column: ColumnElement[Any], query: str) -> ColumnElement[bool]:
    """Whether a stored vector has every pair of characters (or lone character) and word of the query."""
    asked = dict.fromkeys(terms(query))
    pairs = {character for term in asked if len(term) == 2 and not term.isascii() for character in term}
    needed = [term for term in asked if not (len(term) == 1 and term in pairs)]
    if not needed:
        return false()
    return column.op("@@")(cast(" & ".join(f"'{term}'" for term in needed), TSQUERY))


def newest(
    connection: Connection,
    column: Column[Any],
    query: str,
    *seen: ColumnElement[bool],
    bound: Bound = Bound(),
) -> Numbers:
    """The newest rows of a table that have the words of a query and may be seen.

    Where there are at most `bound.limit`, these are all. Where there are more, those among the rows that are
    looked at first are all, and the others are some: no search follows a word through half a million rows.
    """
    key = column.table.c.id
    found = select(key).where(matches(column, query), *seen).limit(bound.limit + 1)
    first = found.where(key == any_(func.array(_first(column.table.alias("first").c.id, bound))))
    ids = list(connection.execute(first.order_by(key.desc())).scalars())
    if len(ids) <= bound.limit:
        connection.execute(_BY_INDEX)
        others = list(connection.execute(found).scalars())
        ids = others if len(others) <= bound.limit else [*ids, *others]
    ids = sorted(set(ids), reverse=True)
    return Numbers(ids[: bound.limit], len(ids) > bound.limit)


def _first(number: ColumnElement[int], bound: Bound) -> ScalarSelect[int]:
    """The numbers of the rows that are looked at before the index is."""
    if not bound.spread:
        return select(number).order_by(number.desc()).limit(bound.first).scalar_subquery()
    last = select(func.max(number)).scalar_subquery()
    step = func.greatest(last / bound.first, 1)
    return select(func.generate_series(1, last, cast(step, BigInteger))).scalar_subquery()


def among(column: ColumnElement[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """Whether a column has one of many values, sent as one array."""
    return column == any_(cast(list(values), ARRAY(column.type)))


def pattern_of(query: str) -> str:
    """What to look for in a text that was found: a regular expression of Python and PostgreSQL alike.

    >>> pattern_of("武清 2023"), pattern_of("产业链")
    ('2023|武清', '产业链|业链|产业')
    """
    stretches = _STRETCHES.findall(unicodedata.normalize("NFKC", query))
    pairs = {one[at : at + 2] for one in stretches if not one.isascii() for at in range(len(one) - 1)}
    wanted = sorted({*stretches, *pairs}, key=lambda one: (-len(one), one))
    return "|".join(one.replace(".", r"\.") for one in wanted)


def around(text: str, query: str, characters: int = 90) -> str:
    """The words of a text around the first place where it has a query, or its beginning."""
    pattern = pattern_of(query)
    found = re.search(pattern, text, re.IGNORECASE) if pattern else None
    start = max((found.start() if found else 0) - characters // 3, 0)
    part = " ".join(text[start : start + characters].split())
    return f"{'…' if start else ''}{part}{'…' if start + characters < len(text) else ''}"
