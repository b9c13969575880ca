"""Finding names: all among 200,000 beside pg_trgm, the newest among 1,000,000 beside SQLite's FTS5 too."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

import psycopg
import section
from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    MetaData,
    Select,
    Table,
    Text,
    create_engine,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR

from haihe.store.search import FOUND_MAX, matches, newest, vector
from haihe.store.server import local_server

SEED = 20230601
NAMES = 200_000
QUERIES = 40
LENGTHS = (2, 3, 4, 6)
MANY = 1_000_000
BY_FTS5 = "SELECT rowid FROM names WHERE name LIKE ? ORDER BY rowid DESC LIMIT ?"
BY_WALK = "SELECT rowid FROM names WHERE +name LIKE ? ORDER BY rowid DESC LIMIT ?"
COMMON = ("天津", "有限", "公司", "科技", "北京", "武清")
ROUNDS = 3

PLACES = (
    "北京 天津 河北 石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 "
    "衡水 雄安 武清 宝坻 静海 宁河 蓟州 滨海 东丽 西青 津南 北辰 朝阳 海淀 "
    "丰台 通州 顺义 昌平 大兴 怀柔 平谷 密云 延庆 三河 大厂 香河 固安 永清 "
    "霸州 涿州 曹妃甸 黄骅 任丘 迁安 遵化 正定 怀来"
)
LETTERS = (
    "海河津冀京燕华中恒泰瑞盛德信诚达远宏伟嘉禾博睿智联创新科维力康健安宁和顺利通广源丰泽润"
    "金鑫银龙凤翔飞腾跃升旭日东方明光辉耀星辰天地人和永久长青松柏云山川流江洋波涛浩瀚清正元"
    "亨贞吉祥福禄寿喜乐美佳优良卓越领先锋尚品格致知行思远同心合力众志成城万里鹏程"
)
TRADES = (
    "生物医药 智能装备 新能源科技 网络科技 信息技术 汽车零部件 新材料 环保工程 "
    "轨道交通 航空航天 机器人 集成电路 供应链管理 食品 精密机械 钢铁 石油化工 软件 "
    "文化传媒 建筑工程 农业科技 医疗器械 现代物流 工业互联网 检测技术"
)
FORMS = "有限公司 股份有限公司 集团有限公司 研究院 合作社"

WORDS = MetaData()
BY_VECTOR = Table(
    "by_vector",
    WORDS,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("search", TSVECTOR, nullable=False),
)
BY_TRIGRAM = Table(
    "by_trigram",
    WORDS,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
)
INDEXES = (
    Index("by_vector_search", BY_VECTOR.c.search, postgresql_using="gin"),
    Index(
        "by_trigram_name",
        BY_TRIGRAM.c.name,
        postgresql_using="gin",
        postgresql_ops={"name": "gin_trgm_ops"},
    ),
)


def made_names(count: int = NAMES) -> list[tuple[str, str]]:
    """Different names, each as its own part (place, mark and trade) and its legal form."""
    chance = random.Random(SEED)
    places, trades, forms = PLACES.split(), TRADES.split(), FORMS.split()
    names: dict[tuple[str, str], None] = {}
    while len(names) < count:
        mark = "".join(chance.choices(LETTERS, k=chance.choice((2, 2, 3))))
        names[chance.choice(places) + mark + chance.choice(trades), chance.choice(forms)] = None
    return list(names)


def made_queries(names: list[tuple[str, str]], length: int) -> list[str]:
    """Different stretches of names, legal forms left out."""
    chance = random.Random(SEED + length)
    queries: dict[str, None] = {}
    while len(queries) < QUERIES:
        own, _ = chance.choice(names)
        start = chance.randrange(len(own))
        if start + length <= len(own):
            queries[own[start : start + length]] = None
    return list(queries)


def by_vector(query: str) -> Select[int]:
    return select(BY_VECTOR.c.id).where(matches(BY_VECTOR.c.search, query))


def by_trigram(query: str) -> Select[int]:
    return select(BY_TRIGRAM.c.id).where(BY_TRIGRAM.c.name.ilike(f"%{query}%"))


def silent(template: str, /, **facts: object) -> None:
    """Say nothing."""


@contextmanager
def database() -> Iterator[Connection]:
    """A throw-away PostgreSQL; every query is planned for its own words."""
    with TemporaryDirectory(prefix="haihe-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        with local_server(Path(folder), report=silent, durable=False) as server:
            engine = create_engine(
                server.owner_url, isolation_level="AUTOCOMMIT", connect_args={"prepare_threshold": None}
            )
            with engine.connect() as connection:
                yield connection
            engine.dispose()


def fill(connection: Connection, names: list[str]) -> dict[str, float]:
    """Load both tables and index them; the size of each index in MB."""
    for table in WORDS.sorted_tables:
        table.create(connection)
        for index in table.indexes:
            index.drop(connection)
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    with driver.cursor() as cursor:
        with cursor.copy("COPY by_trigram FROM STDIN") as copy:
            for row in enumerate(names):
                copy.write_row(row)
        with cursor.copy("COPY by_vector FROM STDIN") as copy:
            for number, name in enumerate(names):
                copy.write_row((number, name, vector(name).clause.value))  # the words that it casts
    for index in INDEXES:
        index.create(connection)
    connection.execute(text("VACUUM ANALYZE"))
    return {
        index.name or "": connection.execute(select(func.pg_relation_size(index.name))).scalar_one() / 1e6
        for index in INDEXES
    }


def milliseconds(connection: Connection, statement: Select[int]) -> float:
    return section.seconds(lambda: connection.execute(statement).scalars().all()) * 1000


def times(connection: Connection, queries: list[str]) -> tuple[list[float], list[float]]:
    """Milliseconds of each query, the two sides in turn, each the median of its rounds."""
    ours, peer = [], []
    for query in queries:
        rounds = [
            (milliseconds(connection, by_vector(query)), milliseconds(connection, by_trigram(query)))
            for _ in range(ROUNDS)
        ]
        ours.append(median(mine for mine, _ in rounds))
        peer.append(median(theirs for _, theirs in rounds))
    return ours, peer


def agreement(connection: Connection, names: list[str], queries: list[str]) -> tuple[int, int]:
    """Rows that hold the queries, and what `matches` gives beyond them; raises where a row is missing."""
    held = beyond = 0
    for query in queries:
        there = {number for number, name in enumerate(names) if query in name}
        assert there == set(connection.execute(by_trigram(query)).scalars()), query
        ours = set(connection.execute(by_vector(query)).scalars())
        assert there <= ours, query
        assert there == ours or len(query) > 2, query
        held += len(there)
        beyond += len(ours - there)
    return held, beyond


def main() -> None:
    every_row()
    newest_rows()


def lite(names: list[str]) -> sqlite3.Connection:
    """The names in SQLite's full-text index of trigrams."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE names USING fts5(name, tokenize='trigram')")
    connection.executemany("INSERT INTO names(rowid, name) VALUES (?, ?)", enumerate(names))
    connection.execute("INSERT INTO names(names) VALUES ('optimize')")
    return connection


def newest_times(
    connection: Connection, peer: sqlite3.Connection, names: list[str], queries: list[str]
) -> list[list[float]]:
    """Milliseconds of each query on Haihe's side, pg_trgm's and FTS5's; raises where Haihe's is wrong."""
    sides: list[list[float]] = [[], [], []]
    for query in queries:
        there = [number for number, name in enumerate(names) if query in name]
        found = newest(connection, BY_VECTOR.c.search, query)
        assert found.more == (len(there) > FOUND_MAX), query
        assert found.more or set(there) == set(found.ids) or len(query) > 2, query
        in_lite, asked = BY_FTS5 if len(query) > 2 else BY_WALK, (f"%{query}%", FOUND_MAX + 1)
        assert [row[0] for row in peer.execute(in_lite, asked)] == there[: -FOUND_MAX - 2 : -1], query
        newest_by_trigram = by_trigram(query).order_by(BY_TRIGRAM.c.id.desc()).limit(FOUND_MAX + 1)
        works: tuple[Callable[[], object], ...] = (
            partial(newest, connection, BY_VECTOR.c.search, query),
            lambda: connection.execute(newest_by_trigram).scalars().all(),  # noqa: B023  run at once
            lambda: peer.execute(in_lite, asked).fetchall(),  # noqa: B023
        )
        for side, work in zip(sides, works, strict=True):
            side.append(median(section.seconds(work) * 1000 for _ in range(ROUNDS)))
            connection.rollback()
    return sides


def newest_rows() -> None:
    """The newest rows with a stretch among a million, and whether there are more than are shown."""
    parts = made_names(MANY)
    names = [own + form for own, form in parts]
    peer = lite(names)
    kinds = {"2": made_queries(parts, 2), "2, very common": list(COMMON), "3": made_queries(parts, 3)}
    lines = []
    with database() as connection:
        fill(connection, names)
        connection.commit()
        connection.execution_options(isolation_level="REPEATABLE READ")
        for label, queries in kinds.items():
            sides = newest_times(connection, peer, names, queries)
            ratios = (
                median(theirs / mine for mine, theirs in zip(sides[0], side, strict=True))
                for side in sides[1:]
            )
            figures = (figure for side in sides for figure in (median(side), quantiles(side, n=20)[-1]))
            lines.append((label, *(f"{one:.2f}" for one in ratios), *(f"{one:.1f}" for one in figures)))
    head = (
        "characters",
        "pg_trgm's time ÷ Haihe's",
        "FTS5's time ÷ Haihe's",
        *(f"{side}, {what} ms" for side in ("Haihe", "pg_trgm", "FTS5") for what in ("median", "p95")),
    )
    section.write(
        "Search among a million",
        f"""
Peers: `ILIKE '%…%'` with an order and a limit over pg_trgm's index in the same PostgreSQL, and `LIKE` with
the same order and limit over SQLite's FTS5 with its tokenizer `trigram`, in memory. The work is what a search
box asks of {MANY:,} made names: the newest {FOUND_MAX} that hold a stretch, and whether there are more.
Haihe's side is `store.search.newest`. {QUERIES} different stretches of each length, and {len(COMMON)} that
very many names hold.

{section.table(head, lines)}

Where at most {FOUND_MAX} rows hold a stretch, all sides give all of them, or the run fails. Where there are
more, the peers give exactly the newest. The index of FTS5 has no words of two Chinese characters: for these
SQLite walks back from the newest row. Haihe gives the newest of those among the last 2,000 rows and then
some others, so that its work has a bound however the rows lie: a peer that walks back from the newest row
stops early only where the stretch is common among the newest.

{section.versions("sqlalchemy", "psycopg")} SQLite {sqlite3.sqlite_version}.
Medians of {ROUNDS} rounds a query.
""",
    )


def every_row() -> None:
    """Every row with a stretch among 200,000."""
    parts = made_names()
    names = [own + form for own, form in parts]
    rows = []
    with database() as connection:
        sizes = fill(connection, names)
        server = connection.execute(text("SHOW server_version")).scalar_one()
        for length in LENGTHS:
            queries = made_queries(parts, length)
            held, beyond = agreement(connection, names, queries)
            ours, peer = times(connection, queries)
            ratio = median(theirs / mine for mine, theirs in zip(ours, peer, strict=True))
            figures = [median(ours), quantiles(ours, n=20)[-1], median(peer), quantiles(peer, n=20)[-1]]
            rows.append(
                (f"{length}", f"{ratio:.2f}", *(f"{ms:.2f}" for ms in figures), f"{held:,}", f"{beyond:,}")
            )
    head = (
        "characters",
        "pg_trgm's time ÷ Haihe's",
        "Haihe, median ms",
        "Haihe, p95 ms",
        "pg_trgm, median ms",
        "pg_trgm, p95 ms",
        "rows that hold the query",
        "further rows from Haihe",
    )
    share = sizes["by_vector_search"] / sizes["by_trigram_name"]
    section.write(
        "Search",
        f"""
Peer: `ILIKE '%…%'` over pg_trgm's `gin_trgm_ops` index, in the same PostgreSQL with the settings that Haihe
gives its own. The work is to find every row among {NAMES:,} made names of organisations that holds a
stretch of some characters, {QUERIES} different stretches of each length, legal forms left out. Haihe's side
is `store.search`: every character and pair of characters in a tsvector with a GIN index. Each side has a
table of its own and plans each query for its own words; what is timed ends when the ids have arrived. The
ratio is the median over the queries.

{section.table(head, rows)}

A stretch of 2 characters has no whole trigram, so that pg_trgm has to look at every name; from 3 on its
index serves, and nothing is gained over it but the size of the index.

Both sides give all rows that hold the query, as Python's `in` says, or the run fails. With 2 characters
Haihe's rows are exactly these; with more, Haihe asks for every pair and not for their order, which can give
further rows. Haihe's index is {share:.2f} times the size of pg_trgm's; the tsvectors stored beside the
names come on top.

{section.versions("sqlalchemy", "psycopg")} PostgreSQL {server}. Medians of {ROUNDS} rounds a query.
""",
    )


if __name__ == "__main__":
    main()
