"""The search over HTTP: `/api/v1/search` and what something typed may become."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field

from haihe.app.finders import FINDERS, Group, completions, group_of
from haihe.boards.accounts.actions import speaking
from haihe.boards.accounts.request_actions import Asks, Limit, Opens, Shape, table_file
from haihe.kit.limits import PAGE_ROWS_DEFAULT, QUERY_CHARACTERS_MAX
from haihe.store.search import FOUND_MAX, Asked, Hit

router = APIRouter(prefix="/api/v1/search", tags=["search"])

Words = Annotated[str, Query(max_length=QUERY_CHARACTERS_MAX, description="The words sought.")]
Kinds = Annotated[
    list[Annotated[str, Field(pattern="^[a-z]+$")]], Query(description="Only what is found of these kinds.")
]
Start = Annotated[int, Query(ge=0, le=FOUND_MAX, description="As many of each kind are passed over.")]


@router.get("", response_model=list[Group])
def search(
    request: Request,
    store: Opens,
    asker: Asks,
    q: Words,
    kind: Kinds = [],  # noqa: B006
    start: Start = 0,
    limit: Limit = PAGE_ROWS_DEFAULT,
    shape: Shape = "json",
) -> Any:
    """What has the words and you may see, kind by kind; as CSV or xlsx all that is ranked of it."""
    words, language = q.replace("\0", " ").strip(), speaking(request)
    asked = Asked(words, slice(start, start + limit) if shape == "json" else slice(0, FOUND_MAX), language)
    wanted = [finder for finder in FINDERS if finder.kind in kind or not kind]
    found = [group_of(one, one.find(store, asker, asked), language) for one in wanted]
    if shape == "json":
        return found
    names = [field.name for field in fields(Hit)]
    rows = ([group.label, *(getattr(hit, name) for name in names)] for group in found for hit in group.rows)
    return table_file(["kind", *names], rows, shape)


@router.get("/completions")
def typed(request: Request, store: Opens, asker: Asks, q: Words) -> list[Group]:
    """What something typed may become: organisations, places, items, registers, documents, pages."""
    words = q.replace("\0", " ").strip()
    return completions(store, asker, words, speaking(request)) if words else []
