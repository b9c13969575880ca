from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select

from haihe.boards.accounts import OPERATOR
from haihe.boards.accounts.actions import actor_of
from haihe.boards.registry import Identifier, Name, Organisation
from haihe.boards.registry.load_tables import CHUNK_ROWS, holders_of, keep_entities, keep_links
from haihe.boards.registry.tables import ENTITY, LINK, bodies_in
from haihe.kit.source import Source
from haihe.store.opening import Store
from haihe.store.schema import metadata
from haihe.store.session import reading, writing

pytestmark = pytest.mark.database

COUNT = 2 * CHUNK_ROWS + 7


def firm(number: int, **properties: str) -> Organisation:
    identifiers = (Identifier("stock", f"{number:06}.SH"), Identifier("uscc", f"{number:018}"))
    names = (Name(f"firm {number}", "english"),)
    source = Source("row", locator=f"row={number}")
    return Organisation("company", f"第{number}公司", identifiers, source, None, names, properties)


def test_the_migration_makes_the_tables_that_the_code_describes(store: Store) -> None:
    mine = {ENTITY.name, LINK.name, "place", "pack", "identifier", "entity_name", "region_map"}
    mine |= {"entity_value", "link_edit"}
    mine |= {"indicator", "indicator_value"}
    with store.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_name": lambda name, kind, _: kind != "table" or name in mine,
                "include_object": lambda _o, name, kind, _r, _c: kind != "table" or name in mine,
            },
        )
        assert not compare_metadata(context, metadata)


def test_more_rows_than_a_chunk_are_each_stored_once_and_found_by_every_identifier(store: Store) -> None:
    firms = [firm(number) for number in range(COUNT)]
    with writing(store.engine, actor_of(OPERATOR)) as session:
        first = keep_entities(session, firms, None)
        again = keep_entities(session, firms, None)
        assert (first.added, first.moved) == (COUNT, COUNT)
        assert (again.moved, again.unchanged) == (0, COUNT)
        holders = holders_of(session, [one for each in firms for one in each.identifiers])
        assert len(holders) == 2 * COUNT
        assert len({holders[one] for one in holders}) == COUNT
        assert all(len({holders[one] for one in each.identifiers}) == 1 for each in firms)
        stored = bodies_in(session.connection)
    assert {body.key: (body.name, body.names) for body in stored.values()} == {
        one.key: (one.name, one.names) for one in firms
    }


def test_a_link_is_made_when_its_other_end_arrives_and_follows_the_property(store: Store) -> None:
    def links() -> set[tuple[str, str, str]]:
        names = {row.id: row.name for row in session.execute(select(ENTITY.c.id, ENTITY.c.name))}
        return {(names[row.from_id], row.kind, names[row.to_id]) for row in session.execute(select(LINK))}

    with writing(store.engine, actor_of(OPERATOR)) as session:
        keep_entities(session, [firm(1, parent="stock:000002.SH;stock:000003.SH"), firm(2)], None)
        keep_links(session, ["members", "parent"])
        assert links() == {("第1公司", "parent", "第2公司")}
        keep_entities(session, [firm(3)], None)
        keep_links(session, ["members", "parent"])
        assert links() == {("第1公司", "parent", "第2公司"), ("第1公司", "parent", "第3公司")}
        keep_entities(session, [firm(1, parent="stock:000003.SH")], None)
        keep_links(session, ["members", "parent"])
        assert links() == {("第1公司", "parent", "第3公司")}


def test_what_was_not_committed_is_gone(store: Store) -> None:
    with writing(store.engine, actor_of(OPERATOR)) as session:
        keep_entities(session, [firm(1)], None)
    with reading(store.engine) as connection:
        assert not bodies_in(connection)
