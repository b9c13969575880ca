"""A million organisations as somebody types their names, and as a reconciliation client asks who is meant."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing import Pool
from random import Random
from statistics import median, quantiles

import httpx2
import psycopg
import section
from registers import opened, plain_address, served, silent
from search import PLACES, made_names
from sqlalchemy import select
from sqlalchemy.dialects import postgresql

from haihe.boards.accounts import OPERATOR, PUBLIC
from haihe.boards.accounts.actions import actor_of
from haihe.boards.registry import load_actions
from haihe.boards.registry.completion import initials_of, typed_of
from haihe.boards.registry.completion_tables import TYPED
from haihe.boards.registry.name_actions import becoming, places_in
from haihe.boards.registry.places import names_of
from haihe.boards.registry.reconciliation import queries_of
from haihe.boards.registry.reconciliation_actions import reconcile
from haihe.kit.source import Source
from haihe.kit.text import folded
from haihe.store.opening import Store
from haihe.store.search import vector
from haihe.store.session import reading, writing
from haihe.store.sources import keep

SEED = 20230601
NAMES = 1_000_000
FIRST = 10_000_000
SHOWN = 8
EACH = 40
LONGEST = 6
ROUNDS = 3
NEEDED_MS = 50
INDEXES = "ix_entity_search", "ix_entity_name", "ix_typed_text"
BY_BEGINNING = "SELECT DISTINCT entity FROM typed WHERE word GLOB ? ORDER BY length(word), word LIMIT ?"
BY_WALK = "SELECT entity FROM names WHERE name LIKE ? ORDER BY length(name), name LIMIT ?"


def words_of(starts: frozenset[str], name: tuple[str, str]) -> set[str]:
    """What an organisation can be typed as, by its full and its short name."""
    own, form = name
    return typed_of([own + form, own], starts)


def fill(store: Store, names: Sequence[tuple[str, str]]) -> None:
    """The organisations with their short names, and what they can be typed as."""
    source = Source("judgement", quote="made for a benchmark", tier="sample")
    with writing(store.engine, actor_of(OPERATOR)) as session:
        keep(session, [source])
        session.record("benchmark", "entity")
        session.commit()
    with psycopg.connect(plain_address(store)) as connection, connection.cursor() as cursor:
        made = {
            row[0]: row[1]
            for row in cursor.execute("SELECT indexname, indexdef FROM pg_indexes").fetchall()
            if row[0] in INDEXES
        }
        for name in made:
            cursor.execute(f"DROP INDEX {name}")
        columns = "id, key, kind, name, properties, sources, source_id, changed_at, search"
        with cursor.copy(f"COPY entity ({columns}) FROM STDIN") as copy:
            for number, (own, form) in enumerate(names, FIRST):
                words = vector(own + form).clause.value  # the words that it casts
                row = (number, f"made:{number}", "company", own + form, "{}", "{}", source.id)
                copy.write_row((*row, "2026-01-01", words))
        with cursor.copy("COPY entity_name (entity_id, kind, text, source_id) FROM STDIN") as copy:
            for number, (own, _) in enumerate(names, FIRST):
                copy.write_row((number, "short", own, source.id))
        with reading(store.engine) as held:
            places = places_in(held).by_code.values()
        starts = frozenset(folded(name) for place in places for name in names_of(place))
        with Pool() as pool, cursor.copy("COPY typed (entity_id, text) FROM STDIN") as copy:
            words = pool.imap(partial(words_of, starts), names, chunksize=2_000)
            for number, spelled in enumerate(words, FIRST):
                for word in spelled:
                    copy.write_row((number, word))
        for definition in made.values():
            cursor.execute(definition)
    with psycopg.connect(plain_address(store), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def lite(store: Store) -> sqlite3.Connection:
    """The same words in SQLite, in memory, with an index on them; and the names, which it walks."""
    peer = sqlite3.connect(":memory:", check_same_thread=False)
    peer.execute("CREATE TABLE typed (entity INTEGER, word TEXT)")
    peer.execute("CREATE TABLE names (entity INTEGER, name TEXT)")
    with psycopg.connect(plain_address(store)) as connection, connection.cursor("words") as cursor:
        words = select(TYPED.c.entity_id, TYPED.c.text).compile(dialect=postgresql.dialect())
        peer.executemany("INSERT INTO typed VALUES (?, ?)", cursor.execute(str(words)))
    with psycopg.connect(plain_address(store)) as connection, connection.cursor("names") as cursor:
        peer.executemany("INSERT INTO names VALUES (?, ?)", cursor.execute("SELECT id, name FROM entity"))
    peer.execute("CREATE INDEX words ON typed (word)")
    return peer


def keystrokes(names: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """What is in the box after each key, for different names."""
    chance = Random(SEED)
    places = set(PLACES.split())

    def typed(spelled: Callable[[str], str], first: int) -> list[str]:
        chosen = (spelled(chance.choice(names)[0]) for _ in range(EACH))
        return [word[:count] for word in chosen for count in range(first, LONGEST + 1)]

    def short(own: str) -> str:
        return next((own[len(place) :] for place in places if own.startswith(place)), own)

    inside = (chance.choice(names)[0] for _ in range(EACH))
    return {
        "the name, from 1 character on": typed(lambda own: own, 1),
        "without its place, from 1 on": typed(short, 1),
        "initials, from 2 letters on": typed(initials_of, 2),
        "initials without the place, from 2 on": typed(lambda own: initials_of(short(own)), 2),
        "two characters anywhere": [
            own[at : at + 2] for own in inside for at in [chance.randrange(len(own) - 1)]
        ],
    }


def asked(client: httpx2.Client, word: str) -> None:
    answer = client.get("/api/v1/search/completions", params={"q": word})
    assert answer.status_code == 200, answer.text


def typed_lines(store: Store, client: httpx2.Client, words: dict[str, list[str]]) -> list[tuple[str, ...]]:
    """By what is typed, ms of the list itself, of the whole answer over HTTP, and of the peer."""
    peer, lines = lite(store), []
    for label, queries in words.items():
        sides: list[list[float]] = [[], [], []]
        for word in queries:
            anywhere = label.endswith("anywhere")
            theirs = (BY_WALK, (f"%{word}%", SHOWN)) if anywhere else (BY_BEGINNING, (f"{word}*", SHOWN))
            works: tuple[Callable[[], object], ...] = (
                partial(becoming, store, word, SHOWN),
                partial(asked, client, word),
                lambda: peer.execute(*theirs).fetchall(),  # noqa: B023  run at once
            )
            for side, work in zip(sides, works, strict=True):
                side.append(median(section.seconds(work) * 1000 for _ in range(ROUNDS)))
        ratio = median(theirs / mine for mine, theirs in zip(sides[0], sides[2], strict=True))
        figures = (f"{figure:.1f}" for side in sides for figure in (median(side), tail(side)))
        lines.append((label, f"{len(queries)}", f"{ratio:.2f}", *figures))
    return lines


def tail(times: Sequence[float]) -> float:
    return quantiles(times, n=20)[-1]


def meant(store: Store, names: Sequence[tuple[str, str]]) -> list[tuple[str, ...]]:
    """By how a name is written, ms of a query with one name, and how often the organisation comes first."""
    chance, lines = Random(SEED + 1), []
    written: dict[str, Callable[[str, str], str]] = {
        "the whole name": lambda own, form: own + form,
        "without its legal form": lambda own, _: own,
        "with one wrong character": lambda own, form: own[:3] + "某" + own[4:] + form,
    }
    for label, write in written.items():
        times, first = [], 0
        for number in chance.sample(range(len(names)), EACH):
            queries = queries_of(json.dumps({"q": {"query": write(*names[number])}}))
            began = time.perf_counter()
            found = reconcile(store, PUBLIC, queries, "zh")["q"]["result"]
            times.append(1000 * (time.perf_counter() - began))
            first += bool(found) and found[0]["name"] == "".join(names[number])
        lines.append((label, f"{median(times):.0f}", f"{tail(times):.0f}", f"{first} of {EACH}"))
    return lines


def main() -> None:
    names = made_names(NAMES)
    with opened() as store:
        load_actions.load_pack(store, OPERATOR, "jingjinji", silent)
        fill(store, names)
        with (
            served(store) as (address, _),
            httpx2.Client(base_url=address, trust_env=False, timeout=60) as client,
        ):
            asked(client, "天津")
            found = client.get("/api/v1/search/completions", params={"q": "tjdx"}).json()
            assert "天津大学" in json.dumps(found, ensure_ascii=False)
            lines = typed_lines(store, client, keystrokes(names))
        known = meant(store, names)
    sides = ("Haihe", "Haihe, the whole answer", "SQLite")
    head = (
        "typed",
        "keystrokes",
        "SQLite's time ÷ Haihe's",
        *(f"{side}, {what} ms" for side in sides for what in ("median", "p95")),
    )
    section.write(
        "Names as they are typed",
        f"""
{NAMES:,} made organisations beside the region's own, each with a full and a short name, typed as either,
without their places, and by the initials of all these. Haihe's side is the list of organisations
(`registry.name_actions.becoming`), then the whole answer of the site over HTTP with its pages, places,
items, registers and documents; at most {NEEDED_MS} ms are wanted for 95 of 100.
Peer: SQLite in memory with the same words and an index on them, asked for the shortest {SHOWN} that begin
so; for two characters anywhere it walks through the names.

{section.table(head, lines)}

Who is meant by a name, as a reconciliation client asks, one name at a time; no peer.

{section.table(("written", "median, ms", "p95, ms", "comes first"), known)}

{section.versions("sqlalchemy", "psycopg", "pypinyin")} SQLite {sqlite3.sqlite_version}.
Medians of {ROUNDS} rounds a keystroke.
""",
    )


if __name__ == "__main__":
    main()
