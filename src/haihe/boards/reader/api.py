"""Documents, their facts and sources over HTTP: `/api/v1/documents`, `/api/v1/facts`, `/api/v1/sources`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from datetime import date
from json import dumps
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Form, Query, Response, UploadFile
from fastapi.responses import PlainTextResponse

from haihe.boards.accounts.request_actions import Asks, Limit, Number, Opens, table_file
from haihe.boards.reader import actions
from haihe.boards.reader.annotations import fact_row, facts_file
from haihe.boards.reader.documents import (
    Document,
    Fact,
    FactCount,
    Original,
    ReadOptions,
    Receipt,
    Sought,
    SourceContext,
)
from haihe.boards.reader.verdicts import Correction
from haihe.kit.cursor import Page
from haihe.kit.limits import (
    PAGE_ROWS_DEFAULT,
    QUERY_CHARACTERS_MAX,
    TABLE_ROWS_MAX,
    UPLOAD_BYTES_MAX,
)
from haihe.kit.sheets import SheetFormat
from haihe.kit.source import Tier

router = APIRouter(prefix="/api/v1", tags=["reader"])

Words = Annotated[str, Query(max_length=QUERY_CHARACTERS_MAX)]
Revision = Annotated[int | None, Query(description="The revision that was seen; another's change refuses.")]
Form_ = Literal["json", "csv", "xlsx"]
FactForm = Literal["json", "csv", "xlsx", "jsonl", "webannotation"]

_FACT_FILES = {
    "jsonl": (".jsonl", "application/x-ndjson"),
    "webannotation": (".jsonld", "application/ld+json"),
}


@router.post("/documents", status_code=201, responses={202: {"model": Receipt}})
def read_document(
    response: Response,
    store: Opens,
    asker: Asks,
    file: Annotated[UploadFile, File(description="A plain text, UTF-8 or GB18030, of at most 32 MB.")],
    dated: Annotated[date | None, Form(description="The document's own day.")] = None,
    tier: Annotated[Tier, Form(description="How far its word goes.")] = "press",
    url: Annotated[str | None, Form(description="Where it was found.")] = None,
) -> Receipt:
    """Read a document; a long one becomes a job (202), found at `/api/v1/jobs/{job}`."""
    content = file.file.read(UPLOAD_BYTES_MAX)
    receipt = actions.submit_document(
        store, asker, content, file.filename or "", ReadOptions(dated, tier, url or None)
    )
    if receipt.document is None:
        response.status_code = 202
    return receipt


@router.get("/documents", response_model=Page[Document])
def list_documents(
    store: Opens,
    asker: Asks,
    q: Words = "",
    cursor: str | None = None,
    limit: Limit = PAGE_ROWS_DEFAULT,
    format: Form_ = "json",  # noqa: A002  the name in the address
) -> Any:
    """Documents, newest first; `q` seeks words in title and text; as CSV or xlsx the whole list."""
    if format != "json":
        return _download(actions.documents(store, asker, q, None, TABLE_ROWS_MAX).rows, Document, format)
    return actions.documents(store, asker, q, cursor, limit)


@router.get("/documents/{document}")
def document_at(store: Opens, asker: Asks, document: Number) -> Document:
    """A document without its text."""
    return actions.document_at(store, asker, document)


@router.get(
    "/documents/{document}/text", response_model=None, responses={200: {"content": {"text/plain": {}}}}
)
def text_at(store: Opens, asker: Asks, document: Number) -> PlainTextResponse:
    """The canonical text, in whose characters every fact is counted."""
    return PlainTextResponse(actions.text_at(store, asker, document))


@router.get("/documents/{document}/facts", response_model=Page[Fact])
def facts_of(
    store: Opens,
    asker: Asks,
    document: Number,
    kind: Annotated[list[str], Query(description="Only facts of these kinds.")] = [],  # noqa: B006
    waiting: Annotated[bool | None, Query(description="Only open or only decided facts.")] = None,
    cursor: str | None = None,
    limit: Limit = PAGE_ROWS_DEFAULT,
    format: FactForm = "json",  # noqa: A002  the name in the address
) -> Any:
    """The facts of a document in the order of its text, as corrected.

    As CSV, xlsx, lines of JSON or web annotations (JSON-LD) all of them.
    """
    if format != "json":
        sought = Sought(tuple(kind), waiting=waiting, limit=TABLE_ROWS_MAX)
        facts = actions.facts_of(store, asker, document, sought).rows
        if format == "csv" or format == "xlsx":
            return _download(facts, Fact, format)
        held, words = actions.document_at(store, asker, document), actions.text_at(store, asker, document)
        rows = [fact_row(fact) for fact in facts if fact.kind != "defect"]
        ending, media_type = _FACT_FILES[format]
        return Response(facts_file(ending, words, rows, held.url, held.title), media_type=media_type)
    sought = Sought(tuple(kind), waiting=waiting, cursor=cursor, limit=limit)
    return actions.facts_of(store, asker, document, sought)


@router.get("/documents/{document}/counts")
def fact_counts(store: Opens, asker: Asks, document: Number) -> list[FactCount]:
    """How many facts of a document stand at which state, by kind."""
    return actions.fact_counts(store, asker, document)


@router.post("/documents/{document}/publish")
def publish_document(store: Opens, asker: Asks, document: Number) -> Document:
    """Let everybody see a document and what was accepted of it."""
    return actions.publish_document(store, asker, document)


@router.post("/documents/{document}/withdraw")
def withdraw_document(store: Opens, asker: Asks, document: Number) -> Document:
    """Take a document back from the public."""
    return actions.publish_document(store, asker, document, published=False)


@router.post("/documents/{document}/accept")
def accept_facts(
    store: Opens,
    asker: Asks,
    document: Number,
    kind: Annotated[list[str], Query(description="Only facts of these kinds.")] = [],  # noqa: B006
) -> int:
    """Accept all open facts of a document; answers how many they were."""
    return actions.accept_facts(store, asker, document, tuple(kind))


@router.post("/documents/{document}/read", responses={202: {"model": Receipt}})
def read_again(response: Response, store: Opens, asker: Asks, document: Number) -> Receipt:
    """Read a stored text anew; what somebody decided stays. A long one becomes a job (202)."""
    receipt = actions.read_again(store, asker, document)
    if receipt.document is None:
        response.status_code = 202
    return receipt


@router.post("/documents/{document}/facts/{kind}", status_code=201)
def add_fact(store: Opens, asker: Asks, document: Number, kind: str, correction: Correction) -> Fact:
    """Add a fact that the reader missed, in the words of `span`; fields not given follow from them."""
    return actions.add_fact(store, asker, document, kind, correction)


@router.post("/facts/{fact}/accept")
def accept_fact(store: Opens, asker: Asks, fact: Number, revision: Revision = None) -> list[Fact]:
    """Say that a fact is right; answers with it and those that repeat it."""
    return actions.decide_fact(store, asker, fact, "accepted", revision)


@router.post("/facts/{fact}/reject")
def reject_fact(store: Opens, asker: Asks, fact: Number, revision: Revision = None) -> list[Fact]:
    """Say that a fact is none; one that was added by hand is gone."""
    return actions.decide_fact(store, asker, fact, "rejected", revision)


@router.post("/facts/{fact}/undo")
def undo_fact(store: Opens, asker: Asks, fact: Number, revision: Revision = None) -> list[Fact]:
    """Take back what was said of a fact."""
    return actions.decide_fact(store, asker, fact, "found", revision)


@router.post("/facts/{fact}/correct")
def correct_fact(
    store: Opens, asker: Asks, fact: Number, correction: Correction, revision: Revision = None
) -> list[Fact]:
    """Say what a fact is instead: other fields, other words; what the reader found is kept as `original`."""
    return actions.correct_fact(store, asker, fact, correction, revision)


@router.get("/sources/{source}")
def source_at(store: Opens, asker: Asks, source: str) -> SourceContext:
    """A source: its exact words, and of a sentence the document and the words around it."""
    return actions.source_context(store, asker, source)


def _download(rows: Iterable[object], record: type, form: SheetFormat) -> Response:
    names = [field.name for field in fields(record)]
    cells: Iterable[Sequence[object]] = ([_cell(getattr(row, name)) for name in names] for row in rows)
    return table_file(names, cells, form)


def _cell(value: object) -> object:
    value = asdict(value) if isinstance(value, Original) else value
    return dumps(value, ensure_ascii=False) if isinstance(value, dict) else value
