"""Meetings and requests over HTTP: `/api/v1/office/meetings` and `/api/v1/office/requests`."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Body, Response

from haihe.boards.accounts.request_actions import Asks, Opens, Speaks
from haihe.boards.office import meeting_actions, request_actions
from haihe.boards.office.meeting_actions import Called, Decided
from haihe.boards.office.meetings import MeetingDetail, MeetingRow
from haihe.boards.office.prints import MEDIA_TYPES, Paper, PaperFormat, file_of
from haihe.boards.office.request_actions import Asked, Reply
from haihe.boards.office.requests import RequestRow

router = APIRouter(prefix="/api/v1/office", tags=["office"])


@router.get("/meetings")
def meetings(store: Opens, asker: Asks, language: Speaks) -> list[MeetingRow]:
    """Every meeting that the asker may see, the latest first."""
    return meeting_actions.meetings(store, asker, language)


@router.post("/meetings", status_code=201)
def call_meeting(store: Opens, asker: Asks, called: Called) -> int:
    """Call a meeting of a series; answers its number."""
    return meeting_actions.call_meeting(store, asker, called)


@router.get("/meetings/{node}")
def meeting_at(store: Opens, asker: Asks, language: Speaks, node: int) -> MeetingDetail:
    """A meeting with its agenda, its decisions, and what came of those before it."""
    return meeting_actions.meeting_at(store, asker, node, language)


@router.post("/meetings/{node}/topics", status_code=201)
def raise_topic(
    store: Opens,
    asker: Asks,
    node: int,
    title: Annotated[str, Body()],
    raised_by: Annotated[str, Body()] = "",
) -> int:
    """Put a topic on the agenda of a meeting; answers its number."""
    return meeting_actions.raise_topic(store, asker, node, title, raised_by)


@router.post("/meetings/{under}/decisions", status_code=201)
def decide(store: Opens, asker: Asks, under: int, decided: Decided) -> int:
    """Note what was decided, under a meeting or one of its topics; answers its number."""
    return meeting_actions.decide(store, asker, under, decided)


@router.get("/meetings/{node}/minutes", response_model=None)
def minutes(store: Opens, asker: Asks, language: Speaks, node: int, format: PaperFormat = "html") -> Response:  # noqa: A002
    """The minutes of a meeting, or its agenda while it is still to be held."""
    return _paper(meeting_actions.minutes(store, asker, node, language), format)


@router.get("/requests")
def requests(store: Opens, asker: Asks, language: Speaks) -> list[RequestRow]:
    """The requests that the asker may see, the late ones first."""
    return request_actions.requests(store, asker, language)


@router.post("/requests", status_code=201)
def ask(store: Opens, asker: Asks, asked: Asked) -> int:
    """Ask something of another jurisdiction; answers the number of the request."""
    return request_actions.ask(store, asker, asked)


@router.get("/requests/{node}")
def request_at(store: Opens, asker: Asks, language: Speaks, node: int) -> RequestRow:
    """A request with its deadline and its answer."""
    return request_actions.request_at(store, asker, node, language)


@router.post("/requests/{node}/replies")
def reply(store: Opens, asker: Asks, language: Speaks, node: int, given: Reply) -> RequestRow:
    """Do the part of one side: take it on, answer, decline, accept the answer, ask again."""
    request_actions.reply(store, asker, node, given)
    return request_actions.request_at(store, asker, node, language)


@router.get("/requests/{node}/paper", response_model=None)
def paper(store: Opens, asker: Asks, language: Speaks, node: int, format: PaperFormat = "html") -> Response:  # noqa: A002
    """A request with its answer as a paper to hand on."""
    return _paper(request_actions.paper(store, asker, node, language), format)


def _paper(paper: Paper, form: PaperFormat) -> Response:
    named = f"attachment; filename*=UTF-8''{quote(paper.title)}.docx"
    headers = {} if form == "html" else {"Content-Disposition": named}
    return Response(file_of(paper, form), media_type=MEDIA_TYPES[form], headers=headers)
