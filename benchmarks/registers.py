"""Registers as large as the benchmarks need, made in a minute, and the site that shows them."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from socket import create_connection, socket
from subprocess import Popen
from tempfile import TemporaryDirectory

import psycopg
import uvicorn
from sqlalchemy import insert, make_url, select

from haihe.app.main import collect_seldom
from haihe.app.site import create_site
from haihe.boards.accounts import OPERATOR
from haihe.boards.accounts import actions as accounts
from haihe.boards.accounts.actions import actor_of
from haihe.boards.accounts.tables import ACCOUNT, GRANT
from haihe.boards.ledger import actions, sample
from haihe.boards.ledger.changes import Book
from haihe.boards.ledger.kinds import kinds
from haihe.boards.ledger.tables import NODE, NODE_UNIT
from haihe.boards.ledger.template import book_of
from haihe.boards.registry.tables import ENTITY
from haihe.kit.source import Source
from haihe.store.opening import Store, using
from haihe.store.search import vector
from haihe.store.server import local_server
from haihe.store.session import reading, writing
from haihe.store.sources import keep

SEED = 1
PLANS = 100
MONTHS = 9
NAME = "样例计划 001"
APART = 10_000
"""How far the numbers of the nodes of two plans lie apart."""


def silent(template: str, /, **facts: object) -> None:
    """Say nothing."""


def add_units(store: Store) -> list[int]:
    """The sixty units of the plan in the registry, by their numbers."""
    found = [(name, Source("judgement", quote=name, tier="sample")) for name in sample.units()]
    with writing(store.engine, actor_of(OPERATOR)) as session:
        keep(session, [source for _, source in found])
        rows = [
            {
                "key": f"unit:{place}",
                "kind": "agency",
                "name": name,
                "search": vector(name),
                "properties": {},
                "sources": {},
                "source_id": source.id,
                "changed_at": session.actor.at,
            }
            for place, (name, source) in enumerate(found)
        ]
        session.execute(insert(ENTITY).values(rows))
        session.record("benchmark", "entity")
        session.commit()
        return list(session.execute(select(ENTITY.c.id).order_by(ENTITY.c.id)).scalars())


def add_plan(store: Store) -> tuple[float, float]:
    """The first plan from its workbook; the seconds that took, and those of giving out an equal one."""
    content = book_of(kinds()["plan"], NAME, sample.lines(Random(SEED), 2026), "zh", "")
    began = time.perf_counter()
    made = actions.import_book(store, OPERATOR, NAME, Book(content, "plan", "sample"))
    took = time.perf_counter() - began
    assert made.plan
    began = time.perf_counter()
    given = actions.workbook_of(store, OPERATOR, made.plan, "zh")
    gave = time.perf_counter() - began
    again = actions.import_book(store, OPERATOR, NAME, Book(given, "plan", "sample"), dry_run=True)
    assert again.counts() == {"new": 0, "changed": 0, "same": len(made.changes), "left": 0}
    return took, gave


def add_accounts(store: Store, units: Sequence[int], count: int) -> list[tuple[str, int]]:
    """Sessions of accounts, each of which reports for a unit; every second one supervises the house too.

    The rows are written as they are: a slow hash for each password would take longer than the filling.
    """
    now = datetime.now(UTC)
    with writing(store.engine, actor_of(OPERATOR)) as session:
        rows = [
            {
                "name": f"样例账号 {place}",
                "title": "",
                "password_hash": "",
                "must_change": False,
                "created_at": now,
            }
            for place in range(count)
        ]
        made = session.execute(insert(ACCOUNT).returning(ACCOUNT.c.id, sort_by_parameter_order=True), rows)
        found = [(number, units[place % len(units)]) for place, number in enumerate(made.scalars())]
        grants = [{"account_id": number, "role": "reporter", "unit_id": unit} for number, unit in found]
        grants += [{"account_id": number, "role": "supervisor", "unit_id": None} for number, _ in found[1::2]]
        session.execute(insert(GRANT), grants)
        session.record("benchmark", "account")
        session.commit()
    return [(accounts.open_session(store, number, "sign_on"), unit) for number, unit in found]


def own_items(store: Store) -> dict[int, list[int]]:
    """The items that each unit leads."""
    led = select(NODE_UNIT.c.node_id, NODE_UNIT.c.entity_id).join(NODE, NODE.c.id == NODE_UNIT.c.node_id)
    found: dict[int, list[int]] = {}
    with reading(store.engine) as connection:
        for node, unit in connection.execute(led.where(NODE_UNIT.c.role == "lead", NODE.c.kind == "item")):
            found.setdefault(unit, []).append(node)
    return found


WATCHED = "plan", "plan_rule", "node", "node_unit", "node_theme", "report", "issued_light"
FACTS = {"copies": PLANS - 1, "apart": APART, "months": MONTHS}
FILL = (
    "UPDATE plan SET published_at = created_at",
    """
    INSERT INTO plan (id, name, tier, created_at, published_at, kind) OVERRIDING SYSTEM VALUE
    SELECT id + copy, '样例计划 ' || lpad((copy + 1)::text, 3, '0'), tier, created_at, published_at, kind
    FROM plan, generate_series(1, %(copies)s) AS copy
    """,
    "CREATE TEMP TABLE more AS SELECT node.*, copy FROM generate_series(1, %(copies)s) AS copy, node",
    """
    UPDATE more
    SET id = id + copy * %(apart)s, plan_id = plan_id + copy, parent_id = parent_id + copy * %(apart)s
    """,
    "ALTER TABLE more DROP COLUMN copy",
    "INSERT INTO node OVERRIDING SYSTEM VALUE SELECT * FROM more",
    """
    INSERT INTO node_unit
    SELECT node_id + copy * %(apart)s, position, name, role, entity_id
    FROM generate_series(1, %(copies)s) AS copy, node_unit
    """,
    """
    INSERT INTO node_theme
    SELECT node_id + copy * %(apart)s, frame, theme, "primary"
    FROM generate_series(1, %(copies)s) AS copy, node_theme
    """,
    "SELECT setval(pg_get_serial_sequence('plan', 'id'), max(id)) FROM plan",
    "SELECT setval(pg_get_serial_sequence('node', 'id'), max(id)) FROM node",
    """
    INSERT INTO report
        (node_id, period, progress, note, forecast_due_on, reported_on, reported_at, reported_by)
    SELECT node.id, to_char(month, 'YYYY-MM'), least(1, (place + mod(node.id, 3)) / 12.0),
        '已开工，进度正常，正在办理后续手续。', due_on + mod(node.id, 7)::int * place,
        (month + interval '1 month 2 days')::date, month + interval '1 month 2 days', 'account/1'
    FROM generate_series(1, %(months)s) AS place, make_date(2026, place + 1, 1) AS month, node
    WHERE kind IN ('project', 'item')
    """,
    "INSERT INTO plan_edition (plan_id) SELECT id FROM plan ON CONFLICT DO NOTHING",
)


def plain_address(store: Store) -> str:
    """The address of the store's database, as its owner, for psycopg alone."""
    return make_url(store.owner_url).set(drivername="postgresql").render_as_string(hide_password=False)


def fill(store: Store) -> None:
    """A hundred plans like the first, each with its reports; the triggers of editions rest meanwhile."""
    with psycopg.connect(plain_address(store), autocommit=True) as connection:
        for table in WATCHED:
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in FILL:
            connection.execute(statement, FACTS)
        for table in WATCHED:
            connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        connection.execute("VACUUM ANALYZE")


def serve(port: int, home: Path, url: str, owner_url: str) -> None:
    """The whole site on a store that is open elsewhere, until the process ends."""
    with using(home, url, owner_url):
        collect_seldom()
        uvicorn.run(create_site(home / "site"), port=port, log_level="warning")


@contextmanager
def served(store: Store) -> Iterator[tuple[str, int]]:
    """The site in a process of its own: its address and the number of the process."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = str(store.heads.parent)
    with Popen([sys.executable, __file__, str(port), home, store.url, store.owner_url]) as site:
        try:
            while site.poll() is None:
                try:
                    create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    time.sleep(0.1)
            yield f"http://127.0.0.1:{port}", site.pid
        finally:
            site.terminate()


@contextmanager
def opened() -> Iterator[Store]:
    """A store on a PostgreSQL of its own that waits for the disk, as in use."""
    with TemporaryDirectory(prefix="haihe-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        home.chmod(0o711)
        with local_server(home, report=silent) as server, using(home, server.url, server.owner_url) as store:
            yield store


if __name__ == "__main__" and sys.argv[1:]:
    serve(int(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
