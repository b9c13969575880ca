"""What a search finds in the documents that somebody may see."""

from __future__ import annotations

from typing import Any

from haihe.boards.accounts import Asker, require
from haihe.boards.reader import search_tables
from haihe.store.opening import Store
from haihe.store.search import Asked, Hit, Hits, around
from haihe.store.session import reading


def documents(store: Store, asker: Asker, asked: Asked) -> Hits:
    """The documents that have words in their titles, then those in their texts, the newest first."""
    require(asker, "see_published")
    with reading(store.engine) as connection:
        found = search_tables.documents(connection, asker, asked.words)
        rows = search_tables.rows(connection, found.ids[asked.part], asked.words)
    return Hits([_hit_of(row, around(row.words, asked.words)) for row in rows], len(found.ids), found.more)


def titled(store: Store, asker: Asker, typed: str, limit: int) -> list[Hit]:
    """The newest documents that have something typed in their titles."""
    require(asker, "see_published")
    with reading(store.engine) as connection:
        found = search_tables.titled(connection, asker, typed, limit)
        return [_hit_of(row) for row in search_tables.rows(connection, found.ids, typed)]


def _hit_of(row: Any, words: str = "") -> Hit:
    about = (row.dated or row.read_on).isoformat()
    return Hit(row.title, f"/document/{row.id}", about, words, row.tier == "sample")
