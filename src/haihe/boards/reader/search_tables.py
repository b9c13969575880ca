"""Which documents have words in their titles or texts, as far as somebody may see them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from haihe.boards.accounts import Asker
from haihe.boards.reader.tables import DOCUMENT, visible
from haihe.store.search import FOUND_MAX, Bound, Numbers, among, newest, pattern_of

WORDS_CHARACTERS = 120

_TEXTS = Bound(first=500)


def documents(connection: sa.Connection, asker: Asker, words: str) -> Numbers:
    """The documents that have words in their titles, then those in their texts, the newest first."""
    titled = newest(connection, DOCUMENT.c.title_terms, words, visible(asker))
    texts = newest(connection, DOCUMENT.c.text_terms, words, visible(asker), bound=_TEXTS)
    ids = list(dict.fromkeys([*titled.ids, *texts.ids]))
    return Numbers(ids[:FOUND_MAX], titled.more or texts.more or len(ids) > FOUND_MAX)


def titled(connection: sa.Connection, asker: Asker, words: str, limit: int) -> Numbers:
    """The newest documents that have words in their titles."""
    return newest(connection, DOCUMENT.c.title_terms, words, visible(asker), bound=Bound(limit))


def rows(connection: sa.Connection, numbers: list[int], words: str) -> list[Any]:
    """Documents by their numbers in that order, each with the words around the first of those sought."""
    place = sa.func.regexp_instr(DOCUMENT.c.text, pattern_of(words) or "$", 1, 1, 0, "i")
    start = sa.func.greatest(place - WORDS_CHARACTERS // 2, 1)
    part = sa.func.substr(DOCUMENT.c.text, start, 2 * WORDS_CHARACTERS).label("words")
    columns = [DOCUMENT.c[name] for name in ("id", "title", "dated", "read_on", "tier")]
    found = connection.execute(sa.select(*columns, part).where(among(DOCUMENT.c.id, numbers)))
    by_number = {row.id: row for row in found}
    return [by_number[number] for number in numbers]
