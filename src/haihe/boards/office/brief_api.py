"""Briefs over HTTP: `/api/v1/office/briefs` and what hangs on it."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, File, Form, Query, Response, UploadFile

from haihe.boards.accounts import Asker
from haihe.boards.accounts.request_actions import Asks, Opens, Shape, Speaks, table_file
from haihe.boards.office import brief_actions
from haihe.boards.office.answers import (
    ISSUE_COLUMNS,
    BriefRow,
    IssueRow,
    brief_row,
    issue_cell,
    issue_row,
)
from haihe.boards.office.briefs import Brief, BriefKind, Stamp
from haihe.boards.office.placeholders import TEMPLATE_BYTES_MAX
from haihe.boards.office.template import shipped
from haihe.boards.office.webpage import html_of
from haihe.kit.words import say
from haihe.store.opening import Store

router = APIRouter(prefix="/api/v1/office/briefs", tags=["office"])

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
HTML = "text/html; charset=utf-8"

Prints = Literal["json", "docx", "html"]


Plan = Annotated[int, Query(description="The number of the plan.")]
Kind = Annotated[BriefKind, Query(description="month, quarter, circular or meeting.")]
Period = Annotated[str, Query(description="A month, a quarter or a year: 2026-11, 2026Q4, 2026.")]


def _order(language: Speaks, plan: Plan, kind: Kind, period: Period) -> brief_actions.Order:
    return brief_actions.Order(plan, kind, period, language)


Orders = Annotated[brief_actions.Order, Depends(_order)]


@router.get("", response_model=list[IssueRow])
def issues(
    store: Opens,
    asker: Asks,
    language: Speaks,
    plan: Plan,
    shape: Shape = "json",
) -> Any:
    """The briefs of a plan that were issued, superseded ones too."""
    rows = [issue_row(one, language) for one in brief_actions.issues(store, asker, plan)]
    if shape == "json":
        return rows
    cells = ([issue_cell(row, name, language) for name in ISSUE_COLUMNS] for row in rows)
    return table_file([say(words, language) for words in ISSUE_COLUMNS.values()], cells, shape)


@router.post("", response_model=BriefRow)
def draft(store: Opens, asker: Asks, order: Orders) -> Any:
    """Draft a brief of a plan for a period, and tell what changed against the draft before."""
    return _drafted(store, asker, order, dry_run=False)


@router.get("/now", response_model=BriefRow)
def now(store: Opens, asker: Asks, order: Orders) -> Any:
    """A brief as it would be drafted now; nothing is kept."""
    return _drafted(store, asker, order, dry_run=True)


def _drafted(store: Store, asker: Asker, order: brief_actions.Order, *, dry_run: bool) -> BriefRow:
    found = brief_actions.draft(store, asker, order, dry_run=dry_run)
    changes = found.changes if found.before else None
    return brief_row(found.brief, found.draft.id if found.draft else None, changes, None)


@router.get("/template", response_model=None, responses={200: {"content": {DOCX: {}}}})
def template() -> Response:
    """The shipped template, to begin one's own with."""
    return Response(shipped(), media_type=DOCX, headers=_named("brief-template.docx"))


@router.post("/drafts/{draft}/file", response_model=None, responses={200: {"content": {DOCX: {}}}})
def draft_file(
    store: Opens,
    asker: Asks,
    draft: int,
    issuer: Annotated[str, Form(description="In whose name.")] = "",
    template: Annotated[UploadFile | None, File(description="A template of one's own.")] = None,
) -> Response:
    """A draft as a docx, by the shipped template or one's own."""
    content = brief_actions.draft_file(store, asker, draft, _issuing(issuer, template, ""))
    title = brief_actions.draft_at(store, asker, draft).brief.title
    return Response(content, media_type=DOCX, headers=_named(f"{title}.docx"))


@router.post("/drafts/{draft}/issue", response_model=IssueRow)
def issue(
    store: Opens,
    asker: Asks,
    language: Speaks,
    draft: int,
    issuer: Annotated[str, Form(description="In whose name; it heads and signs the brief.")] = "",
    reason: Annotated[str, Form(description="Why a brief that is issued already is superseded.")] = "",
    template: Annotated[UploadFile | None, File(description="A template of one's own.")] = None,
) -> Any:
    """Issue a draft that is still how things stand; its period is locked where the kind of brief does."""
    issued = brief_actions.issue(store, asker, draft, _issuing(issuer, template, reason))
    return issue_row(issued, language)


@router.get("/{brief}", response_model=BriefRow, responses={200: {"content": {DOCX: {}, "text/html": {}}}})
def issue_at(
    store: Opens,
    asker: Asks,
    brief: int,
    format: Prints = "json",  # noqa: A002  the name in the address
) -> Any:
    """An issued brief: what it says, or its file as it was issued."""
    issued, said = brief_actions.issue_at(store, asker, brief)
    if format == "docx":
        content = brief_actions.file_at(store, asker, brief)
        return Response(content, media_type=DOCX, headers=_named(file_name(said, issued.stamp, "docx")))
    if format == "html":
        return Response(html_of(said, issued.stamp), media_type=HTML)
    return brief_row(said, issued.draft, None, issued)


def file_name(brief: Brief, stamp: Stamp, ending: str) -> str:
    """The name under which the file of a brief is saved."""
    version = f"-{stamp.version}" if stamp.version > 1 else ""
    return f"{brief.title}{version}.{ending}"


def _issuing(issuer: str, template: UploadFile | None, reason: str) -> brief_actions.Issuing:
    if template is None or not template.filename:
        return brief_actions.Issuing(issuer, reason=reason)
    content = template.file.read(TEMPLATE_BYTES_MAX + 1)
    return brief_actions.Issuing(issuer, content, template.filename, reason)


def _named(name: str) -> dict[str, str]:
    """The name under which a file is saved (RFC 6266)."""
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
