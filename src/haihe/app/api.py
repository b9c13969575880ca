"""The HTTP doors of every board under `/api/v1`, one shape of errors, and the guard against other sites."""

from __future__ import annotations

import logging
from functools import partial
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from haihe.app import search_api
from haihe.app.stamping import Stamping, noted
from haihe.boards.accounts import Asker, is_same_origin, require
from haihe.boards.accounts import api as accounts
from haihe.boards.accounts.actions import actor_of
from haihe.boards.accounts.request_actions import Asks, Opens
from haihe.boards.accounts.session_api import Presence
from haihe.boards.ledger import api as ledger
from haihe.boards.ledger import (
    baseline_api,
    calendar_api,
    desk_api,
    interchange_api,
    period_api,
    scorecard_api,
    supervision_api,
    timeline_api,
    watch_api,
)
from haihe.boards.office import api as office
from haihe.boards.office import brief_api, chase_api, mapping_api, meeting_api, mention_api, sign_api
from haihe.boards.reader import api as reader
from haihe.boards.registry import api as registry
from haihe.boards.registry import judgement_api, link_api, network_api, reconciliation_api, resolution_api
from haihe.kit.errors import N_, Forbidden, HaiheError, Invalid, NotFound
from haihe.kit.words import explain, language_of
from haihe.store import work
from haihe.store.opening import Store
from haihe.store.session import writing

_log = logging.getLogger("haihe")
_PROBLEM = "application/problem+json"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}

_ONLY_ASKS = frozenset({reconciliation_api.router.prefix})
"""Where a POST changes nothing: it asks what is public, in batches that are too long for an address."""


_BOARDS = (
    search_api,
    accounts,
    *(registry, judgement_api, link_api, network_api, reconciliation_api, resolution_api),
    reader,
    *(ledger, period_api, timeline_api, calendar_api, scorecard_api, desk_api, interchange_api),
    *(supervision_api, baseline_api, watch_api),
    *(office, chase_api, sign_api, meeting_api, brief_api, mapping_api, mention_api),
)


class Problem(BaseModel):
    """What went wrong, in the reader's language (RFC 9457): `title` says what, `detail` what to do."""

    type: str
    title: str
    status: int
    detail: str
    instance: str


jobs = APIRouter(prefix="/api/v1/jobs", tags=["work"])


@jobs.get("/{job}")
def job_at(store: Opens, asker: Asks, job: int) -> work.Job:
    """A piece of long work and how far it is."""
    return _own_job(store, asker, job)


@jobs.post("/{job}/cancel", status_code=204)
def cancel_job(store: Opens, asker: Asks, job: int) -> None:
    """Stop a piece of long work."""
    _own_job(store, asker, job)
    with writing(store.engine, actor_of(asker)) as session:
        work.cancel(session, job)
        session.commit()


def _own_job(store: Store, asker: Asker, job: int) -> work.Job:
    found = work.job_at(store.engine, job)
    if found.asked_by != actor_of(asker).name:
        require(asker, "manage_work")
    return found


def create_api() -> FastAPI:
    """The application with every board's HTTP doors and nothing drawn."""
    app = FastAPI(
        title="Haihe",
        version=version("haihe"),
        responses={"default": {"model": Problem, "description": "What went wrong, and what to do."}},
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )
    for board in _BOARDS:
        app.include_router(board.router, dependencies=[Depends(noted)])
    for router in (jobs, accounts.forms):
        app.include_router(router)
    app.get("/healthz", include_in_schema=False)(_healthy)
    app.add_exception_handler(HaiheError, _refuse)
    app.add_exception_handler(RequestValidationError, _refuse_form)
    app.add_exception_handler(HTTPException, _refuse_plain)
    app.add_exception_handler(Exception, _fail)
    app.add_middleware(Stamping)
    app.add_middleware(Presence)
    app.add_middleware(Guard)
    app.openapi = partial(_openapi, app)  # type: ignore[method-assign]  # FastAPI's documented way
    return app


def _openapi(app: FastAPI) -> dict[str, Any]:
    """FastAPI's description, with every error in the one shape that errors have."""
    if app.openapi_schema is None:
        described = FastAPI.openapi(app)
        for path in described["paths"].values():
            for operation in path.values():
                answers = operation["responses"]
                answers.pop("422", None)
                answers["default"]["content"] = {_PROBLEM: next(iter(answers["default"]["content"].values()))}
        for unused in ("HTTPValidationError", "ValidationError"):
            described["components"]["schemas"].pop(unused, None)
    return app.openapi_schema or described


def _healthy() -> Response:
    return Response("ok\n", media_type="text/plain")


def problem(request: Request, error: HaiheError) -> JSONResponse:
    """An error as problem details, in the reader's language."""
    title, detail = explain(error, language_of(request.headers.get("accept-language", "")))
    content = Problem(
        type=f"urn:haihe:{type(error).__name__}",
        title=title,
        status=error.status,
        detail=detail,
        instance=request.url.path,
    )
    return JSONResponse({**content.model_dump(), **error.details}, error.status, media_type=_PROBLEM)


def _refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, HaiheError)
    return problem(request, error)


def _refuse_form(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return problem(
        request,
        Invalid(
            N_("{place} is not acceptable: {reason}."),
            advice=N_("Compare the request with /api/v1/openapi.json."),
            place=place,
            reason=first["msg"],
        ),
    )


def _refuse_plain(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == NotFound.status:
        missing = NotFound(
            N_("There is nothing at {path}."),
            advice=N_("The addresses are listed in /api/v1/openapi.json."),
            path=request.url.path,
        )
        return problem(request, missing)
    content = Problem(
        type="about:blank",
        title=str(error.detail),
        status=error.status_code,
        detail="",
        instance=request.url.path,
    )
    return JSONResponse(content.model_dump(), error.status_code, media_type=_PROBLEM)


def _fail(request: Request, error: Exception) -> Response:
    _log.exception("%s %s", request.method, request.url.path, exc_info=error)
    bug = HaiheError(
        N_("Haihe made a mistake of its own."), advice=N_("Try again; the log says what went wrong.")
    )
    return problem(request, bug)


class Guard:
    """Refuses what another site's page sends on a reader's behalf, and names what browsers must not do."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        method = scope.get("method", "CONNECT")
        if not is_same_origin(method, Headers(scope=scope)) and scope["path"] not in _ONLY_ASKS:
            foreign = Forbidden(
                N_("This request comes from another site."), advice=N_("Use Haihe's own pages.")
            )
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
            else:
                await problem(Request(scope), foreign)(scope, receive, send)
            return

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        await self.app(scope, receive, answer)
