"""Tables of names resolved, each row with whom it means: at once, or as a job whose result is its asker's."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache, partial
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet
from sqlalchemy import Connection, Engine

from haihe.boards.accounts import Asker, require_part
from haihe.boards.accounts.actions import actor_of
from haihe.boards.registry import intake, judgement_tables, tables
from haihe.boards.registry.answers import Turn
from haihe.boards.registry.grids import csv_rows
from haihe.boards.registry.lexicon import lexicon_of
from haihe.boards.registry.mentions import ADDED, Answer, MentionTable, answers_of, mention_table
from haihe.boards.registry.namesake_actions import apart
from haihe.boards.registry.places import place_index_of
from haihe.boards.registry.records import Organisation, Place
from haihe.boards.registry.resolution import known_of, resolved
from haihe.boards.registry.weights import weights
from haihe.kit import resources
from haihe.kit.clock import day_in_region
from haihe.kit.errors import N_, Conflict, Invalid, NotFound, Reject
from haihe.kit.limits import UPLOAD_BYTES_MAX
from haihe.kit.text import check_size
from haihe.kit.words import LANGUAGES, Language, say
from haihe.store import work
from haihe.store.files import Files
from haihe.store.opening import Store, the_store
from haihe.store.session import Actor, as_json, reading, writing

SAMPLE = "packs/sample/mentions.csv"

JOB = "resolve"
"""The kind of the job that resolves a table."""

RIGHT = "see_unpublished"
"""What somebody must be allowed, for one unit at least, who has a table resolved."""

SURE = 0.9
"""The least probability from which an answer is not called doubtful."""

Only = Literal["all", "doubtful", "nobody"]

AND = N_("; ")
_BULK_FROM = 20_000
_BEAT_S = 0.5
_MINE_MAX = 20
_SCHEMA = pa.schema(
    [
        ("cells", pa.list_(pa.string())),
        ("name", pa.string()),
        ("entity", pa.int64()),
        ("score", pa.float64()),
        *((language, pa.string()) for language in LANGUAGES),
    ]
)


@dataclass(frozen=True, slots=True)
class Beside:
    """What a table is resolved with: organisations, places, and by key the numbers of the organisations.

    Without numbers the rows are grouped among themselves.
    """

    bodies: Sequence[Organisation]
    places: Sequence[Place]
    numbers: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Resolution:
    """A table whose rows say whom they mean; `columns` are those that it came with.

    Of `rows` a row is its cells, its name, the number of the entity or group (None for nobody), the score,
    and the reason in each language.
    """

    columns: tuple[str, ...]
    rows: pa.Table
    rejects: tuple[Reject, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows there are, mean somebody, do so doubtfully, mean nobody known, and are bad.

    `bodies` is how many organisations, or groups, the rows mean.
    """

    rows: int
    meant: int
    doubtful: int
    nobody: int
    bodies: int
    bad: int


@dataclass(frozen=True, slots=True)
class Handed:
    """A table that was handed in to be resolved: how far that is, and what came of it.

    `progress` is from 0 to 1, `note` what is done now or why it failed; `counts` and the day are there once
    it is done.
    """

    job: int
    file: str
    itself: bool
    state: str
    progress: float
    note: str | None
    counts: Counts | None
    resolved_on: date | None


def shipped() -> Beside:
    """The shipped pack, for a table whose rows are grouped among themselves."""
    pack = intake.pack_of("jingjinji")
    return Beside(pack.organisations, pack.places)


def registered(connection: Connection) -> Beside:
    """The organisations of the registry."""
    bodies = tables.united_in(connection)
    places = [place for pack in tables.packs_in(connection) for place in intake.places_of(pack)]
    numbers = {body.key: entity for entity, body in reversed(bodies.items())}
    return Beside(tuple(bodies.values()), places, numbers)


def resolution_of(content: bytes, file: str, beside: Beside) -> Resolution:
    """The rows of a table, resolved among themselves and with the names of known organisations.

    Raises Invalid as `mention_table`.
    """
    known = known_of(beside.bodies)
    places = {place.adcode: place for place in (*intake.gazetteer(), *beside.places)}
    lexicon = lexicon_of(place_index_of(places.values()), (one.name for one in known))
    table = mention_table(content, file, lexicon)
    resolve = partial(resolved, table.named, lexicon, weights(), known)
    if len(set(table.named)) >= _BULK_FROM:
        from haihe.boards.registry.bulk_actions import resolved_in_bulk  # noqa: PLC0415  takes a second

        resolve = partial(resolved_in_bulk, table.named, lexicon, weights(), known)
    found, entities = resolve()
    names = {one.name for one in known}
    answers = answers_of(table, found, None if beside.numbers is None else entities, names)
    kept = [at for at, column in enumerate(table.columns) if column not in ADDED]
    columns = tuple(table.columns[at] for at in kept)
    return Resolution(columns, _rows(table, kept, answers, beside.numbers), table.rejects)


def _rows(
    table: MentionTable, kept: Sequence[int], answers: Sequence[Answer], numbers: Mapping[str, int] | None
) -> pa.Table:
    name = table.columns.index("name")
    found = {
        "cells": [[row[at] for at in kept] for row in table.rows],
        "name": [row[name].strip() for row in table.rows],
        "entity": [_number(one, numbers) for one in answers],
        "score": [one.score for one in answers],
    }
    for language in LANGUAGES:
        found[language] = [_reason(one, language) for one in answers]
    return pa.table(found, _SCHEMA)


def _number(one: Answer, numbers: Mapping[str, int] | None) -> int | None:
    """The number of a row's entity or, without a registry, of its group."""
    if numbers is None:
        return None if one.group is None else one.group + 1
    return numbers[one.entity] if one.entity else None


def _reason(one: Answer, language: Language) -> str:
    return say(AND, language).join(say(reason, language, **one.facts) for reason in one.reasons)


def lines(rows: pa.Table, language: Language) -> Iterator[tuple[str, ...]]:
    """Rows as a file has them: their cells, and those of the columns `mentions.ADDED`."""
    found = (rows[name].to_pylist() for name in ("cells", "entity", "score", language))
    for cells, entity, score, reason in zip(*found, strict=True):
        yield *cells, "" if entity is None else str(entity), f"{score:.3f}", reason


def sample() -> list[list[str]]:
    """A made-up table of names, its header first."""
    return list(csv_rows(resources.text(SAMPLE), SAMPLE))


def hand_in(store: Store, asker: Asker, content: bytes, file: str, *, itself: bool = False) -> Handed:
    """Have a table resolved by the worker; raises Invalid for one that is too large."""
    require_part(asker, RIGHT)
    check_size(len(content), file, UPLOAD_BYTES_MAX)
    arguments = {"file": store.files.keep(content), "name": file, "itself": itself}
    with writing(store.engine, actor_of(asker)) as session:
        job = work.ask(session, JOB, arguments)
        session.commit()
    return handed_at(store, asker, job)


def resolve_job(
    engine: Engine, actor: Actor, arguments: Mapping[str, Any], progress: work.Progress
) -> dict[str, Any]:
    """Resolve a table for whoever asked (`haihe.store.work`).

    The result names the files that came of it, or says why it is no table of names.
    """
    files = the_store().files
    progress(0.1, N_("Reading the registry and the table."))
    if arguments["itself"]:
        beside = shipped()
    else:
        with reading(engine) as connection:
            beside = registered(connection)
    content = files.content(arguments["file"])
    try:
        found = _heard(partial(resolution_of, content, arguments["name"], beside), progress)
    except Invalid as error:
        return {"refused": {"message": error.message, "advice": error.advice, **error.facts}}
    progress(0.9, N_("Storing what was found."))
    written = io.BytesIO()
    parquet.write_table(found.rows, written)
    return {
        "columns": found.columns,
        "rows": files.keep(written.getvalue()),
        "rejects": files.keep(as_json([asdict(one) for one in found.rejects]).encode()),
        "counts": asdict(_counts(found)),
        "on": day_in_region(actor.at),
    }


def _heard(resolve: Callable[[], Resolution], progress: work.Progress) -> Resolution:
    """What comes of resolving, with a sign of life at each beat, through which a cancelled job ends."""
    pool = ThreadPoolExecutor(1)
    task = pool.submit(resolve)
    pool.shutdown(wait=False)
    while not wait([task], _BEAT_S).done:
        progress(0.3, N_("Comparing the names."))
    return task.result()


def _counts(found: Resolution) -> Counts:
    rows = found.rows
    doubtful, nobody = (_chosen(rows, only).num_rows for only in ("doubtful", "nobody"))
    bodies = pc.count_distinct(rows["entity"]).as_py()
    return Counts(rows.num_rows, rows.num_rows - nobody, doubtful, nobody, bodies, len(found.rejects))


def _chosen(rows: pa.Table, only: str) -> pa.Table:
    """The rows that are asked for."""
    if only == "nobody":
        return rows.filter(pc.is_null(rows["entity"]))
    if only == "doubtful":
        return rows.filter(pc.and_(pc.is_valid(rows["entity"]), pc.less(rows["score"], SURE)))
    return rows


def handed_at(store: Store, asker: Asker, job: int) -> Handed:
    """A table that the asker handed in; raises NotFound for anybody else's, Invalid for no table of names."""
    found = _own(store, asker, job)
    if found.state == "done" and "refused" in found.result:
        raise Invalid(**found.result["refused"])
    return _told(found)


def mine(store: Store, asker: Asker) -> list[Handed]:
    """The tables that the asker handed in last, the newest first."""
    require_part(asker, RIGHT)
    return [_told(one) for one in work.last_of(store.engine, JOB, actor_of(asker).name, _MINE_MAX)]


def stop(store: Store, asker: Asker, job: int) -> None:
    """Stop resolving a table that the asker handed in; raises Conflict where it has ended."""
    _own(store, asker, job)
    with writing(store.engine, actor_of(asker)) as session:
        work.cancel(session, job)
        session.commit()


def file_of(store: Store, asker: Asker, job: int, only: Only = "all") -> tuple[tuple[str, ...], pa.Table]:
    """The columns and the rows that came of a table; raises Conflict where it is not resolved yet."""
    result = _result(store, asker, job)
    return tuple(result["columns"]), _chosen(_read(store.files, result["rows"]), only)


def rejects_of(store: Store, asker: Asker, job: int) -> list[Reject]:
    """The bad rows of a table that was resolved."""
    return [Reject(**one) for one in json.loads(store.files.content(_result(store, asker, job)["rejects"]))]


def part_of(rows: pa.Table, words: str, turn: Turn) -> tuple[list[dict[str, Any]], int]:
    """A page of the rows whose name has some words, and how many there are."""
    if words:
        rows = rows.filter(pc.match_substring(rows["name"], words, ignore_case=True))
    if turn.sort in rows.column_names:
        rows = rows.sort_by([(turn.sort, "descending" if turn.descending else "ascending")])
    return rows.slice(turn.offset, turn.limit).to_pylist(), rows.num_rows


def names_of(store: Store, asker: Asker, entities: Sequence[int]) -> dict[int, tuple[str, str | None]]:
    """What some entities are called, by number, and the place that tells each from others called so."""
    with reading(store.engine) as connection:
        names = judgement_tables.names_of(connection, entities)
    places = apart(store, asker, names)
    return {number: (name, places.get(number)) for number, name in names.items()}


def _own(store: Store, asker: Asker, job: int) -> work.Job:
    require_part(asker, RIGHT)
    found = work.job_at(store.engine, job)
    if found.kind != JOB or found.asked_by != actor_of(asker).name:
        raise NotFound(
            N_("There is no table {job} of yours."),
            advice=N_("Only who handed a table in sees it. Hand it in again."),
            job=job,
        )
    return found


def _told(job: work.Job) -> Handed:
    result = job.result or {}
    counts = Counts(**result["counts"]) if "counts" in result else None
    day = date.fromisoformat(result["on"]) if counts else None
    name, itself = job.arguments["name"], job.arguments["itself"]
    state = "failed" if "refused" in result else job.state
    return Handed(job.id, name, itself, state, job.progress, job.note, counts, day)


def _result(store: Store, asker: Asker, job: int) -> Mapping[str, Any]:
    found = _own(store, asker, job)
    if "rows" not in (found.result or {}):
        raise Conflict(
            N_("Table {job} is not resolved."),
            advice=N_("Wait until it is done, or hand it in again if it was stopped or failed."),
            job=job,
        )
    result: Mapping[str, Any] = found.result
    return result


@lru_cache(maxsize=4)
def _read(files: Files, sha256: str) -> pa.Table:
    return parquet.read_table(pa.BufferReader(files.content(sha256)))
