"""Tables of names over HTTP: a table in, its rows with whom they mean out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, File, Form, Query, Response, UploadFile

from haihe.boards.accounts.request_actions import FILES, Asks, FileShape, Number, Opens, Speaks
from haihe.boards.registry import resolution_actions
from haihe.boards.registry.mentions import ADDED
from haihe.boards.registry.rejects import COLUMNS, cells_of, told_of
from haihe.boards.registry.resolution_actions import Handed, Only
from haihe.kit.errors import N_
from haihe.kit.limits import UPLOAD_BYTES_MAX
from haihe.kit.sheets import MEDIA_TYPES, SheetFormat, sheet
from haihe.kit.words import say

router = APIRouter(prefix="/api/v1/resolutions", tags=["registry"])

Chosen = Annotated[
    Only, Query(description="All rows, those that are doubtful, or those that mean nobody known.")
]


@router.post("", status_code=202)
def hand_in(
    store: Opens,
    asker: Asks,
    file: Annotated[UploadFile, File(description="CSV or xlsx with a column `name`, of at most 64 MB.")],
    itself: Annotated[
        bool, Form(alias="self", description="Group its rows by themselves, without the registry.")
    ] = False,
) -> Handed:
    """Have a table of names resolved: a job, which only who asked for it sees."""
    content = file.file.read(UPLOAD_BYTES_MAX + 1)
    return resolution_actions.hand_in(store, asker, content, file.filename or "table.csv", itself=itself)


@router.get("")
def mine(store: Opens, asker: Asks) -> list[Handed]:
    """The tables that the asker handed in last, the newest first."""
    return resolution_actions.mine(store, asker)


@router.get("/sample", response_class=Response, responses=FILES)
def sample(speaks: Speaks, shape: FileShape = "csv") -> Response:
    """A made-up table, as an example of what is taken."""
    columns, *rows = resolution_actions.sample()
    return named_file(say(N_("sample-table-of-names"), speaks), columns, rows, shape)


@router.get("/{job}")
def handed_at(store: Opens, asker: Asks, job: Number) -> Handed:
    """How far a table is and, once it is resolved, how many of its rows mean somebody."""
    return resolution_actions.handed_at(store, asker, job)


@router.get("/{job}/rows", response_class=Response, responses=FILES)
def rows(
    store: Opens, asker: Asks, speaks: Speaks, job: Number, only: Chosen = "all", shape: FileShape = "csv"
) -> Response:
    """The table as it was handed in, with `entity_id`, `score` and `reason`."""
    handed = resolution_actions.handed_at(store, asker, job)
    columns, found = resolution_actions.file_of(store, asker, job, only)
    name = f"{PurePath(handed.file).stem}.{'resolved' if only == 'all' else only}"
    return named_file(name, (*columns, *ADDED), resolution_actions.lines(found, speaks), shape)


@router.get("/{job}/rejects", response_class=Response, responses=FILES)
def rejects(store: Opens, asker: Asks, speaks: Speaks, job: Number, shape: FileShape = "csv") -> Response:
    """The bad rows of a table, each with its fault."""
    handed = resolution_actions.handed_at(store, asker, job)
    found = resolution_actions.rejects_of(store, asker, job)
    name = f"{PurePath(handed.file).stem}.rejects"
    return named_file(name, COLUMNS, cells_of(told_of(found, speaks)), shape)


def named_file(
    name: str, columns: Sequence[str], rows: Iterable[Sequence[object]], shape: SheetFormat
) -> Response:
    """A table as a file of a name."""
    named = f"attachment; filename*=UTF-8''{quote(f'{name}.{shape}', safe='')}"
    content = sheet(columns, rows, shape)
    return Response(content, media_type=MEDIA_TYPES[shape], headers={"Content-Disposition": named})
