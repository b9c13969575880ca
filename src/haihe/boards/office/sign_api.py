"""Sign-off over HTTP: `/api/v1/office/sign`, `/api/v1/office/posts` and `/api/v1/office/codes`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Body, File, Form, Query, Request, Response, UploadFile

from haihe.boards.accounts.actions import speaking
from haihe.boards.accounts.request_actions import Asks, Opens, Shape, Speaks, table_file
from haihe.boards.office import post_actions, sign_actions
from haihe.boards.office.approvals import CodeRow
from haihe.boards.office.dockets import DocketDetail, DocketRow, table_of
from haihe.boards.office.posts import Deputy, PostRow
from haihe.boards.office.prints import MEDIA_TYPES, PaperFormat, file_of
from haihe.boards.office.sign_actions import Proposal
from haihe.boards.office.signing import Wish
from haihe.boards.office.subject_intake import FILE_BYTES_MAX

router = APIRouter(prefix="/api/v1/office", tags=["office"])


@dataclass(frozen=True, slots=True)
class Named:
    """Which post acts for another, from which day to which, and why."""

    acting: int
    since_on: date
    until_on: date
    reason: str


@router.get("/sign", response_model=list[DocketRow])
def dockets(
    store: Opens,
    asker: Asks,
    language: Speaks,
    mine: Annotated[bool, Query(description="Only what waits for the asker.")] = False,
    shape: Shape = "json",
) -> Any:
    """What is put up for signature, first what waits for the asker, the most urgent first."""
    found = sign_actions.dockets(store, asker, language)
    rows = found.mine if mine else [*found.mine, *found.others]
    if shape == "json":
        return rows
    return table_file(*table_of(rows, language), shape)


@router.post("/sign", status_code=201)
def put_up(
    store: Opens,
    asker: Asks,
    kind: Annotated[str, Form(description="What it is: brief, circular, dispatch, node, minutes …")],
    title: Annotated[str, Form(description="By default that of its content.")] = "",
    subject: Annotated[str, Form(description="What is kept elsewhere: an entry, or PLAN/PERIOD.")] = "",
    route: Annotated[str, Form(description="By default that of its kind.")] = "",
    post: Annotated[list[int], Form(description="The posts of the steps; 0 is the only one.")] = [],  # noqa: B006
    urgency: Annotated[str, Form(description="normal, urgent or immediate.")] = "normal",
    needed_on: Annotated[date | None, Form(description="The day it is needed by.")] = None,
    file: Annotated[UploadFile | None, File(description="The document, if it is one.")] = None,
) -> int:
    """Put a document up for signature as its first version, still to be submitted; answers its number."""
    proposal = Proposal(kind, title, subject, _file(file), route, tuple(post), urgency, needed_on)
    return sign_actions.put_up(store, asker, proposal)


@router.get("/sign/{docket}")
def docket_at(store: Opens, asker: Asks, language: Speaks, docket: int) -> DocketDetail:
    """What is put up under a number: steps, versions and history."""
    return sign_actions.docket_at(store, asker, docket, language)


@router.post("/sign/{docket}/acts")
def act(store: Opens, asker: Asks, language: Speaks, docket: int, wish: Wish) -> DocketDetail:
    """Submit, approve, return or withdraw; `seen` is the one of the answer that the asker had before them."""
    sign_actions.act(store, asker, docket, wish)
    return sign_actions.docket_at(store, asker, docket, language)


@router.post("/sign/{docket}/versions", status_code=201)
def revise(
    store: Opens,
    asker: Asks,
    language: Speaks,
    docket: int,
    seen: Annotated[int, Form(description="The `seen` that the asker had before them.")],
    file: Annotated[UploadFile | None, File(description="The new version, unless kept elsewhere.")] = None,
) -> DocketDetail:
    """Put in a new version; signatures on the ones before no longer count."""
    sign_actions.revise(store, asker, docket, seen, _file(file))
    return sign_actions.docket_at(store, asker, docket, language)


@router.get("/sign/{docket}/versions/{version}", response_model=None)
def file_at(store: Opens, asker: Asks, docket: int, version: int) -> Response:
    """The document of a version."""
    return _download(*sign_actions.file_at(store, asker, docket, version))


@router.get("/sign/{docket}/sheet", response_model=None)
def sheet(
    store: Opens,
    asker: Asks,
    request: Request,
    docket: int,
    version: Annotated[int | None, Query(description="By default the newest.")] = None,
    format: PaperFormat = "html",  # noqa: A002  the name in the address
) -> Response:
    """The sheet of a version, to be printed: its signatures, and a QR code that leads back to it."""
    code, site = (docket, version), str(request.base_url)
    paper = sign_actions.sheet(store, asker, code, speaking(request), site)
    headers = {} if format == "html" else _named(f"{paper.title}-{docket}.docx")
    return Response(file_of(paper, format), media_type=MEDIA_TYPES[format], headers=headers)


@router.get("/codes/{code}")
def code_at(store: Opens, asker: Asks, language: Speaks, code: str) -> CodeRow:
    """What the code on a sheet means, and whether its version is the current one."""
    return sign_actions.code_at(store, asker, code, language)


@router.post("/codes/{code}/scans", status_code=201)
def keep_scan(
    store: Opens, asker: Asks, language: Speaks, code: str, file: Annotated[UploadFile, File()]
) -> CodeRow:
    """Keep the scan of a stamped sheet as evidence of the version that its code names."""
    sign_actions.keep_scan(store, asker, code, (file.filename or "", file.file.read(FILE_BYTES_MAX + 1)))
    return sign_actions.code_at(store, asker, code, language)


@router.get("/sign/{docket}/scans/{scan}", response_model=None)
def scan_at(store: Opens, asker: Asks, docket: int, scan: int) -> Response:
    """The scan of a stamped sheet."""
    return _download(*sign_actions.scan_at(store, asker, docket, scan))


@router.get("/posts")
def posts(store: Opens, asker: Asks, language: Speaks) -> list[PostRow]:
    """Every post with who holds it and who acts for it."""
    return post_actions.posts(store, asker, language)


@router.post("/posts", status_code=201)
def add_post(
    store: Opens,
    asker: Asks,
    unit: Annotated[str, Body(description="The name of the unit, or its number in the registry.")],
    title: Annotated[str, Body()],
    level: Annotated[str, Body(description="drafter, division, deputy or principal.")],
) -> int:
    """Make a post of a unit; answers its number."""
    return post_actions.add_post(store, asker, unit, title, level)


@router.post("/posts/{post}/holder", status_code=204)
def hand_over(
    store: Opens,
    asker: Asks,
    post: int,
    reason: Annotated[str, Body()],
    account: Annotated[int | None, Body(description="Nobody, unless one is given.")] = None,
) -> None:
    """Give a post to an account, from this moment on."""
    post_actions.hand_over(store, asker, post, account, reason)


@router.post("/posts/{post}/deputies", status_code=201)
def deputise(
    store: Opens,
    asker: Asks,
    post: int,
    named: Named,
) -> int:
    """Let the holder of a post act for another from one day to another; answers the number of that."""
    wanted = Deputy(0, post, named.acting, named.since_on, named.until_on, named.reason)
    return post_actions.deputise(store, asker, wanted)


@router.delete("/deputies/{deputy}", status_code=204)
def end_deputy(store: Opens, asker: Asks, deputy: int) -> None:
    """End that one post acts for another."""
    post_actions.end_deputy(store, asker, deputy)


def _file(file: UploadFile | None) -> tuple[str, bytes] | None:
    return (file.filename or "", file.file.read(FILE_BYTES_MAX + 1)) if file else None


def _download(name: str, content: bytes) -> Response:
    return Response(content, media_type="application/octet-stream", headers=_named(name))


def _named(name: str) -> dict[str, str]:
    """The name under which a file is saved (RFC 6266)."""
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
