from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from sqlalchemy import Boolean, Column, Connection, Index, Integer, MetaData, Table, Text, create_engine, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.pool import NullPool

from haihe.store.opening import Store
from haihe.store.search import Bound, around, newest, pattern_of, vector

ROWS = 3_000
NAMES = Table(
    "searched",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("name", Text),
    Column("seen", Boolean),
    Column("search", TSVECTOR),
    Index("searched_search", "search", postgresql_using="gin"),
)


@pytest.fixture(scope="module")
def rows() -> list[tuple[int, str, bool]]:
    """Names of three characters out of five; the newest fifth is of others, and much is not for everybody."""
    chance = Random(11)
    names = ["".join(chance.choices("天津武清海", k=3)) for _ in range(ROWS * 4 // 5)]
    names += ["".join(chance.choices("津冀", k=3)) for _ in range(ROWS // 5)]
    return [(number, name, chance.random() < 0.4) for number, name in enumerate(names, 1)]


@pytest.fixture(scope="module")
def filled(database: Store, rows: list[tuple[int, str, bool]]) -> Iterator[Connection]:
    engine = create_engine(database.owner_url, poolclass=NullPool)
    with engine.connect() as connection:
        NAMES.create(connection)
        for number, name, seen in rows:
            row = {"id": number, "name": name, "seen": seen, "search": vector(name)}
            connection.execute(NAMES.insert().values(row))
        connection.execute(text("ANALYZE searched"))
        yield connection
        connection.rollback()
    engine.dispose()


@pytest.mark.database
@pytest.mark.parametrize("words", ["武清", "津", "天津", "津冀", "武清海", "冀 津", "清", "北"])
@pytest.mark.parametrize(("limit", "recent"), [(20, 50), (20, 1_000), (500, 100), (5_000, 10)])
def test_the_newest_that_may_be_seen_are_found_and_what_may_not_takes_no_place(
    filled: Connection, rows: list[tuple[int, str, bool]], words: str, limit: int, recent: int
) -> None:
    had = [
        number
        for number, name, seen in reversed(rows)
        if seen
        and all(part in name for part in words.split())
        and (len(words) < 3 or words in name or " " in words)
    ]
    found = newest(filled, NAMES.c.search, words, NAMES.c.seen, bound=Bound(limit, recent))
    assert found.more == (len(had) > limit)
    assert len(found.ids) == min(len(had), limit)
    assert found.ids == sorted(found.ids, reverse=True)
    assert set(found.ids) <= set(had)
    latest = [number for number in had if number > ROWS - recent]
    assert found.ids[: len(latest)] == latest[:limit], "among the newest rows none is passed over"


@settings(max_examples=30, deadline=None)
@given(some.text("武清区 产.业12ab|(*\\", max_size=12), some.text("武清区产业链.12abAB。", max_size=80))
def test_what_is_looked_for_in_a_text_is_in_it_and_the_words_around_it_are_of_it(
    query: str, said: str
) -> None:
    pattern = pattern_of(query)
    for found in re.findall(pattern, said, re.IGNORECASE) if pattern else []:
        assert found.lower() in query.lower()
    assert around(said, query, 30).strip("…") in " ".join(said.split())


def test_the_first_place_of_the_words_is_shown() -> None:
    shown = around("甲" * 300 + "讲到武清一事" + "乙" * 300, "武清")
    assert "讲到武清一事" in shown
    assert shown.startswith("…甲")
    assert shown.endswith("乙…")
