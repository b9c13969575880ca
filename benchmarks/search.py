"""Finding names among 200,000: characters and pairs in a tsvector beside pg_trgm."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
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

from haihe.store.search import matches, vector
from haihe.store.server import local_server

SEED = 20230601
NAMES = 200_000
QUERIES = 40
LENGTHS = (2, 3, 4, 6)
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


def made_names() -> list[tuple[str, str]]:
    """Different names, each as its own part (place, mark and trade) and its legal form."""
    chance = random.Random(SEED)
    places, trades, forms = PLACES.split(), TRADES.split(), FORMS.split()
    names: dict[tuple[str, str], None] = {}
    while len(names) < NAMES:
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
