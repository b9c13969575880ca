"""What a search finds in the ledger: items and the registers that they stand in."""

from __future__ import annotations

from typing import Any

from haihe.boards.accounts import Asker, require
from haihe.boards.ledger import search_tables
from haihe.boards.ledger.kinds import kinds
from haihe.store.opening import Store
from haihe.store.search import FOUND_MAX, Asked, Hit, Hits, around
from haihe.store.session import reading


def items(store: Store, asker: Asker, asked: Asked) -> Hits:
    """The items that have words, those that have them in their titles first, then the newest."""
    require(asker, "see_published")
    with reading(store.engine) as connection:
        found = search_tables.items(connection, asker, asked.words)
        rows = search_tables.item_rows(connection, found.ids[asked.part])
    return Hits([_item(row, around(row.text, asked.words)) for row in rows], len(found.ids), found.more)


def registers(store: Store, asker: Asker, asked: Asked) -> Hits:
    """The plans and other registers that have words in their names, the newest first."""
    require(asker, "see_published")
    with reading(store.engine) as connection:
        found = search_tables.registers(connection, asker, asked.words)
    rows = [
        Hit(row.name, f"/plan/{row.id}", kinds()[row.kind].label[asked.language], sample=row.tier == "sample")
        for row in found[:FOUND_MAX]
    ]
    return Hits(rows[asked.part], len(rows), len(found) > FOUND_MAX)


def begun(store: Store, asker: Asker, typed: str, limit: int) -> list[Hit]:
    """The newest items that have something typed."""
    require(asker, "see_published")
    with reading(store.engine) as connection:
        found = search_tables.items(connection, asker, typed, limit)
        return [_item(row) for row in search_tables.item_rows(connection, found.ids)]


def _item(row: Any, words: str = "") -> Hit:
    return Hit(row.title, f"/item/{row.id}", row.name, words, row.tier == "sample")
