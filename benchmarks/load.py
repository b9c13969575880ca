"""Fifty users before a hundred plans with 1.2 million reports: lists, trees and units by API and as pages."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from statistics import median, quantiles

import httpx2
import psutil
import psycopg
import section
from registers import (
    MONTHS,
    PLANS,
    add_accounts,
    add_plan,
    add_units,
    fill,
    opened,
    own_items,
    plain_address,
    served,
)
from sqlalchemy import Connection, event

from haihe.boards.accounts import OPERATOR
from haihe.boards.accounts import actions as accounts
from haihe.boards.ledger import actions
from haihe.boards.ledger.node_tables import nodes_where
from haihe.boards.ledger.rollup import stood
from haihe.boards.ledger.tables import NODE
from haihe.store.opening import Store
from haihe.store.session import reading

USERS = 50
SECONDS = 60
THINKS = (3.0, 7.0)
REPORTS_SHARE = 0.05
READS = 20
PROMISES = 98 + 1239
ALL = sorted(os.sched_getaffinity(0))
SAVING = "saving a report"
LIGHTS = ("overdue", "behind", "on_track")


def limited(processes: Iterable[int], cores: Collection[int]) -> None:
    """Let processes, with all their threads, run on some cores only."""
    for process in processes:
        for thread in Path(f"/proc/{process}/task").iterdir():
            with suppress(OSError):
                os.sched_setaffinity(int(thread.name), cores)


def family(process: int) -> list[int]:
    """A process and all that it began."""
    held = psutil.Process(process)
    return [process, *(child.pid for child in held.children(recursive=True))]


def postmaster(store: Store) -> int:
    """The process of the store's PostgreSQL that begins all others."""
    return int((store.heads.parent / "postgres/data/postmaster.pid").read_text().split()[0])


ASKED = {
    "list, API": "/api/v1/plans/{plan}/nodes?light={light}",
    "tree, API": "/api/v1/plans/{plan}/nodes?parent=0",
    "unit, API": "/api/v1/units/{unit}/promises",
    "list, page": "/plan/{plan}?light={light}",
    "tree, page": "/plan/{plan}",
    "unit, page": "/units/{unit}",
    "plans, API": "/api/v1/plans",
    "plans, page": "/plans",
}
MOST_MS = {"API": 200, "page": 500}


@dataclass
class Told:
    """How long the answers took, by what was asked, in ms."""

    took: dict[str, list[float]] = field(default_factory=dict)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.took.setdefault(name, []).append(1000 * (time.perf_counter() - began))


async def user(client: httpx2.AsyncClient, chance: Random, unit: int, own: Sequence[int], told: Told) -> None:
    """One user: looks at something, thinks, now and then reports, until cancelled."""
    await asyncio.sleep(chance.uniform(0, THINKS[1]))
    while True:
        if chance.random() < REPORTS_SHARE:
            body = {
                "period": f"{actions.today():%Y-%m}",
                "reported_on": f"{actions.today()}",
                "progress": chance.random(),
                "note": "已开工，进度正常。",
                "key": f"{chance.getrandbits(128):032x}",
            }
            with told.timed(SAVING):
                answer = await client.post(f"/api/v1/nodes/{chance.choice(own)}/report", json=body)
            assert answer.status_code == 201, answer.text
        else:
            kind = chance.choice(list(ASKED))
            plan, light = 1 + chance.randrange(PLANS), chance.choice(LIGHTS)
            with told.timed(kind):
                answer = await client.get(ASKED[kind].format(plan=plan, light=light, unit=unit))
            assert answer.status_code == 200, answer.text
        await asyncio.sleep(chance.uniform(*THINKS))


async def crowd(address: str, sessions: Sequence[tuple[str, int]], own: Mapping[int, Sequence[int]]) -> Told:
    """Everybody at once for a while."""
    told = Told()
    async with AsyncExitStack() as stack:
        tasks = []
        for place, (token, unit) in enumerate(sessions):
            client = httpx2.AsyncClient(
                base_url=address,
                cookies={accounts.COOKIE: token},
                headers={"accept-language": "zh-CN"},
                timeout=60,
                limits=httpx2.Limits(keepalive_expiry=2),  # shorter than the server
                trust_env=False,
            )
            await stack.enter_async_context(client)
            tasks.append(asyncio.create_task(user(client, Random(place), unit, own[unit], told)))
        done, _ = await asyncio.wait(tasks, timeout=SECONDS)
        for ended in done:
            ended.result()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return told


PLAIN = """
SELECT node.id, node.parent_id, node.path, node.kind, node.title, node.text, node.start_on, node.due_on,
    node.weight, node.stage, unit.named, theme.named, last.period, last.progress, last.note,
    last.forecast_due_on, last.reported_on
FROM node
LEFT JOIN (
    SELECT node_id, array_agg(name || ' ' || role ORDER BY position) AS named
    FROM node_unit WHERE node_id IN (SELECT id FROM node WHERE plan_id = %(plan)s) GROUP BY node_id
) AS unit ON unit.node_id = node.id
LEFT JOIN (
    SELECT node_id, array_agg(frame || ' ' || theme) AS named
    FROM node_theme WHERE node_id IN (SELECT id FROM node WHERE plan_id = %(plan)s) GROUP BY node_id
) AS theme ON theme.node_id = node.id
LEFT JOIN (
    SELECT DISTINCT ON (node_id) * FROM report
    WHERE node_id IN (SELECT id FROM node WHERE plan_id = %(plan)s) AND reported_on <= %(on)s
    ORDER BY node_id, reported_on DESC, id DESC
) AS last ON last.node_id = node.id
WHERE node.plan_id = %(plan)s AND node.state = 'accepted'
ORDER BY node.path
"""
"""What one writes who wants the tree of a plan with what was last reported."""


def read_times(store: Store) -> str:
    """Trees read one after another: medians and the slowest in ms, beside plain SQL."""
    on = actions.today()
    took: dict[str, list[float]] = {name: [] for name in ("database", "nodes", "lights", "again", "plain")}
    spent = [0.0]

    @event.listens_for(store.engine, "before_cursor_execute")
    def begin(connection: Connection, *_: object) -> None:
        connection.info["began"] = time.perf_counter()

    @event.listens_for(store.engine, "after_cursor_execute")
    def end(connection: Connection, *_: object) -> None:
        spent[0] += time.perf_counter() - connection.info["began"]

    with psycopg.connect(plain_address(store)) as peer:
        for plan in range(1, PLANS + 1, PLANS // READS):
            with reading(store.engine) as connection:
                spent[0] = 0.0
                began = time.perf_counter()
                nodes = nodes_where(connection, on, NODE.c.plan_id == plan)
                took["nodes"].append(time.perf_counter() - began)
                took["database"].append(spent[0])
            took["lights"].append(section.seconds(lambda: stood(nodes, on)))  # noqa: B023 - called at once
            tree = partial(actions.tree_of, store, OPERATOR, plan, on)
            assert len(tree()) == len(nodes)
            took["again"].append(section.seconds(tree))
            began = time.perf_counter()
            rows = peer.execute(PLAIN, {"plan": plan, "on": on}).fetchall()
            took["plain"].append(time.perf_counter() - began)
            assert len(rows) == len(nodes)
    words = {
        "database": "Haihe: the database's part of reading a tree",
        "nodes": "Haihe: reading it whole, as records",
        "lights": "Haihe: lights and roll-up of all its nodes, in Python",
        "again": "Haihe: asked for again while nothing in the plan changed",
        "plain": "psycopg: one hand-written query with what was last reported, rows as tuples, no lights",
    }
    lines = (
        (words[name], f"{1000 * median(each):.1f}", f"{1000 * max(each):.1f}") for name, each in took.items()
    )
    return section.table(("one plan of 1,369 nodes", "median, ms", "slowest, ms"), lines)


def crowd_lines(told: Told, cores: int) -> Iterator[tuple[str, ...]]:
    for name, each in sorted(told.took.items()):
        most = next((f"{ms}" for ending, ms in MOST_MS.items() if name.endswith(ending)), "–")
        tail = quantiles(each, n=20, method="inclusive")[-1] if len(each) > 1 else each[0]
        figures = (f"{median(each):.0f}", f"{tail:.0f}", f"{max(each):.0f}", most)
        yield f"{cores}", name, f"{len(each)}", *figures


def opened_once(address: str, session: tuple[str, int]) -> list[float]:
    """The first look at the page of each plan after the start, one after another, in ms."""
    client = httpx2.Client(
        base_url=address, cookies={accounts.COOKIE: session[0]}, timeout=60, trust_env=False
    )
    with client:
        return [1000 * section.seconds(partial(client.get, f"/plan/{plan}")) for plan in range(1, PLANS + 1)]


def main() -> None:
    with opened() as store:
        began = time.perf_counter()
        units = add_units(store)
        took, gave = add_plan(store)
        sessions = add_accounts(store, units, USERS)
        fill(store)
        filled = time.perf_counter() - began
        own, trees = own_items(store), read_times(store)
        lines: list[tuple[str, ...]] = []
        with served(store) as (address, process):
            first = opened_once(address, sessions[1])
            for cores in (ALL, ALL[: len(ALL) // 2] or ALL):
                limited([*family(process), *family(postmaster(store))], cores)
                lines += crowd_lines(asyncio.run(crowd(address, sessions, own)), len(cores))
            memory = psutil.Process(process).memory_info().rss / 1e6
    head = ("cores", "asked", "answers", "median, ms", "p95, ms", "slowest, ms", "p95 at most")
    section.write(
        "Load",
        f"""
{PLANS} plans of 7 aspects, 25 tasks, 98 projects and 1,239 items each with the same 60 units, and
{PLANS * PROMISES * MONTHS:,} reports. The first plan comes in from a workbook ({took:.1f} s; given out again,
equal, {gave:.1f} s); the others and the reports are made by SQL (all in {filled:.0f} s).

{USERS} users with sessions of their own look at something, wait {THINKS[0]:.0f} to {THINKS[1]:.0f} s and go
on, for {SECONDS} s; in {REPORTS_SHARE:.0%} of the cases they save a report instead. A page is its first HTML.
Site and PostgreSQL run on the cores named, the users' program on all. Every plan was looked at once before,
one after another (median {median(first):.0f} ms, slowest {max(first):.0f} ms): that works it out, and again
only after a write to it. The site then had {memory:.0f} MB.

{section.table(head, lines)}

Peer: psycopg, with the query that one writes by hand for the tree of a plan, on the same database in the
same run. It gives rows and neither lights nor sums.

{trees}

{section.versions("nicegui", "sqlalchemy", "psycopg")} {READS} plans read in turn.
""",
    )


if __name__ == "__main__":
    main()
