"""What a person asks of links between items: to make sure that they lead somewhere, and to see both ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection

from haihe.boards.accounts import Asker, require
from haihe.boards.ledger import link_tables, links
from haihe.boards.ledger.kinds import Field, Given, Kind, Level, kinds
from haihe.boards.ledger.records import Node
from haihe.boards.ledger.template import Filled
from haihe.boards.ledger.tree import level_of
from haihe.store.opening import Store
from haihe.store.session import reading


def check(
    connection: Connection,
    asker: Asker,
    level: Level,
    values: Mapping[str, Given],
    before: Node | None = None,
) -> None:
    """Raise Invalid for an item named anew that is not there, not for the asker, or the node itself."""
    old = {number for _, number in links.named_in(level_of(before), before.values)} if before else set[int]()
    wanted = [number for _, number in links.named_in(level, values) if number not in old]
    found = link_tables.rows_of(connection, asker, wanted)
    links.check_links(wanted, found.keys() - ({before.id} if before else set()))


def checked(connection: Connection, asker: Asker, filled: Filled, kind: Kind, held: Iterable[Node]) -> Filled:
    """A workbook without the lines that name an item that is not there, or not for the asker."""
    old = {number for node in held for _, number in links.named_in(level_of(node), node.values)}
    named = {
        number for line in filled.lines for _, number in links.named_in(kind.levels[line.level], line.values)
    }
    there = old | link_tables.rows_of(connection, asker, named - old).keys()
    return links.without_broken(filled, kind, there)


def links_at(store: Store, asker: Asker, node: int) -> links.Links:
    """The items that a node names and those that name it, as far as the asker may see them."""
    require(asker, "see_published")
    with reading(store.engine) as connection:
        own = link_tables.rows_of(connection, asker, [node]).get(node)
        wanted = _named(own) if own else []
        rows = link_tables.rows_of(connection, asker, [number for _, number in wanted])
        naming = link_tables.naming(connection, asker, node) if own else ()
    names = [_linked(field, rows[number]) for field, number in wanted if number in rows]
    named_by = [_linked(field, row) for row in naming for field, number in _named(row) if number == node]
    return links.Links(tuple(names), len(wanted) - len(names), tuple(named_by))


def _named(row: Any) -> list[tuple[Field, int]]:
    level = kinds()[row.register].levels[row.kind]
    return [(level.fields[name], number) for name, number in links.named_in(level, row.values)]


def _linked(field: Field, row: Any) -> links.Linked:
    return links.Linked(field, row.id, row.title, row.name, row.tier)
