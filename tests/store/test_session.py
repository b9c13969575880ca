from __future__ import annotations

import threading

import pytest
from sqlalchemy import create_engine, insert, select, text
from sqlalchemy.exc import ProgrammingError

from haihe.kit.errors import NotFound
from haihe.kit.source import Source
from haihe.store import sources
from haihe.store.audit import AUDIT, noted_head, verify
from haihe.store.opening import Store
from haihe.store.session import Actor, reading, writing

pytestmark = pytest.mark.database
SENTENCE = Source("sentence", "ab" * 32, "char=0,3", "74个", tier="press")


def keep(store: Store, *found: Source) -> None:
    with writing(store.engine, Actor.now("tester")) as session:
        sources.keep(session, found)
        session.record("keep", "source", {"count": len(found)})
        session.commit()


def test_a_source_is_found_again_under_its_address(store: Store) -> None:
    keep(store, SENTENCE)
    with reading(store.engine) as connection:
        assert sources.source_at(connection, SENTENCE.id) == SENTENCE
        with pytest.raises(NotFound, match="0000"):
            sources.source_at(connection, "0000")


def test_leaving_without_commit_keeps_nothing(store: Store) -> None:
    with writing(store.engine, Actor.now("tester")) as session:
        sources.keep(session, [SENTENCE])
        session.record("keep", "source")
    with reading(store.engine) as connection:
        assert connection.execute(select(sources.SOURCE)).all() == []
        assert connection.execute(select(AUDIT)).all() == []


def test_a_write_that_says_nothing_is_a_bug(store: Store) -> None:
    with writing(store.engine, Actor.now("tester")) as session:
        sources.keep(session, [SENTENCE])
        with pytest.raises(AssertionError, match="record"):
            session.commit()


def test_a_reader_cannot_write(store: Store) -> None:
    with reading(store.engine) as connection, pytest.raises(Exception, match="read-only"):
        connection.execute(insert(sources.SOURCE).values(id="x", kind="sentence", tier="ours"))


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit", "TRUNCATE audit"])
def test_the_apps_role_cannot_touch_the_audit_chain(store: Store, statement: str) -> None:
    with store.engine.connect() as connection, pytest.raises(ProgrammingError, match="permission denied"):
        connection.execute(text(statement))


def tampered(store: Store, statement: str) -> tuple[int | None, bool]:
    owner = create_engine(store.owner_url)
    with owner.begin() as connection:
        connection.execute(text(statement))
    owner.dispose()
    with reading(store.engine) as connection:
        verdict = verify(connection, noted_head(store.heads))
    return verdict.broken_at, verdict.cut


def chain_of(store: Store, count: int) -> None:
    for number in range(count):
        keep(store, Source("row", locator=f"row={number + 2}"))
    with reading(store.engine) as connection:
        verdict = verify(connection, noted_head(store.heads))
    assert (verdict.count, verdict.whole) == (count, True)


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE audit SET actor = 'somebody else' WHERE id = 3", (3, False)),
        ("UPDATE audit SET detail = '{}' WHERE id = 2", (2, False)),
        ("DELETE FROM audit WHERE id = 1", (1, False)),
        ("DELETE FROM audit WHERE id = 4", (4, False)),
        ("DELETE FROM audit WHERE id = 5", (None, True)),
        ("DELETE FROM audit", (None, True)),
        (
            "INSERT INTO audit SELECT 6, at, actor, action, subject, detail, hash, 'f' FROM audit WHERE id=5",
            (6, False),
        ),
    ],
)
def test_a_changed_chain_is_found_out(store: Store, statement: str, found: tuple[int | None, bool]) -> None:
    chain_of(store, 5)
    assert tampered(store, statement) == found


def test_writers_at_once_make_one_chain(store: Store) -> None:
    writers = [threading.Thread(target=chain_part, args=(store, name)) for name in "abcdefgh"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with reading(store.engine) as connection:
        verdict = verify(connection, noted_head(store.heads))
    assert (verdict.count, verdict.whole) == (8 * 10, True)


def chain_part(store: Store, name: str) -> None:
    for number in range(10):
        keep(store, Source("row", locator=f"row={number}", quote=name))
