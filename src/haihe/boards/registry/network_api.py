"""Cooperation over HTTP: `/api/v1/events` and `/api/v1/network`."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, File, Form, Query, Request, Response, UploadFile

from haihe.boards.accounts.actions import speaking
from haihe.boards.accounts.request_actions import Asks, Limit, Number, Opens, Shape, table_file
from haihe.boards.registry import event_actions, network_actions
from haihe.boards.registry.answers import Part, Turn
from haihe.boards.registry.event_actions import Loading, Nameless
from haihe.boards.registry.graphml import graphml
from haihe.boards.registry.network_actions import EventRow, NetworkRow
from haihe.boards.registry.networks import LEAST_MAX, Scope, network_of, scope_of
from haihe.boards.registry.rejects import told_by_file
from haihe.kit.cursor import Page, page_of, values_of
from haihe.kit.limits import (
    PAGE_ROWS_DEFAULT,
    QUERY_CHARACTERS_MAX,
    TABLE_ROWS_MAX,
    UPLOAD_BYTES_MAX,
)

router = APIRouter(prefix="/api/v1", tags=["registry"])

Year = Annotated[int | None, Query(ge=1900, lt=2200)]
Regions = Annotated[
    list[Annotated[str, Query(pattern="^([0-9]{6}|unknown)$")]],
    Query(max_length=2, description="One jurisdiction, or two that an event joins."),
]
Kinds = Annotated[
    list[Annotated[str, Query(pattern="^[a-z]+$")]], Query(description="Of any of these kinds.")
]
Bodies = Annotated[
    list[Annotated[str, Query(pattern="^n?[0-9]{1,18}$")]],
    Query(max_length=2, description="An organisation by its number, or two that both take part."),
]
Words = Annotated[str, Query(max_length=QUERY_CHARACTERS_MAX, description="Words of a title or a name.")]
GraphShape = Annotated[Literal["json", "csv", "xlsx", "graphml"], Query(alias="format")]

GRAPHML_TYPE = "application/graphml+xml"
_EVENT_COLUMNS = ("id", "day", "title", "kinds", "parties", "reports", "tier", "source")
_TIE_COLUMNS = (
    "first",
    "second",
    "first_name",
    "second_name",
    "first_region",
    "second_region",
    "events",
    "since",
    "until",
)


def _scope(
    since: Year = None,
    until: Year = None,
    region: Regions = [],  # noqa: B006
    kind: Kinds = [],  # noqa: B006
    organisation: Bodies = [],  # noqa: B006
) -> Scope:
    asked = {"region": region, "kind": kind, "organisation": organisation}
    return replace(scope_of(asked), since=since, until=until)


Scopes = Annotated[Scope, Depends(_scope)]
Only = Annotated[
    Literal["all", "joint", "crossing"],
    Query(description="Only events with several organisations, or across a border."),
]


@router.get("/events", response_model=Page[EventRow])
def list_events(
    store: Opens,
    asker: Asks,
    scope: Scopes,
    only: Only = "all",
    q: Words = "",
    cursor: str | None = None,
    limit: Limit = PAGE_ROWS_DEFAULT,
    shape: Shape = "json",
) -> Any:
    """Events of cooperation, the latest first, each once; as CSV or xlsx all of them."""
    scope = replace(scope, only=only)
    if shape != "json":
        rows, _ = network_actions.event_rows(store, asker, scope, Turn(0, TABLE_ROWS_MAX), q)
        return table_file(_EVENT_COLUMNS, (_event_cells(one) for one in rows), shape)
    offset = values_of(cursor, 1)[0] if cursor else 0
    if type(offset) is not int or offset < 0:
        values_of("", 1)
    rows, _ = network_actions.event_rows(store, asker, scope, Turn(offset, limit + 1), q)
    return page_of(rows, limit, lambda _: [offset + limit])


@router.get(
    "/network",
    response_model=NetworkRow,
    responses={200: {"content": {GRAPHML_TYPE: {}}}},
)
def network(
    store: Opens,
    asker: Asks,
    scope: Scopes,
    least: Annotated[int, Query(ge=1, le=LEAST_MAX, description="The least events of a pair.")] = 1,
    steps: Annotated[Literal[1, 2], Query(description="How far from the organisation.")] = 1,
    only: Only = "all",
    shape: GraphShape = "json",
) -> Any:
    """Who works with whom: organisations and pairs; as CSV or xlsx the pairs, as GraphML the graph."""
    scope = replace(scope, least=least, steps=steps, only=only)
    if shape == "graphml":
        known = network_actions.told(store, asker)
        named = {"Content-Disposition": 'attachment; filename="cooperation.graphml"'}
        return Response(graphml(network_of(known, scope)), media_type=GRAPHML_TYPE, headers=named)
    found = network_actions.network_row(store, asker, scope)
    if shape == "json":
        return found
    years = sorted({year for tie in found.ties for year in tie.years})
    rows = (
        (*(getattr(tie, name) for name in _TIE_COLUMNS), *(tie.years.get(year, 0) for year in years))
        for tie in found.ties
    )
    return table_file((*_TIE_COLUMNS, *map(str, years)), rows, shape)


@router.post("/events")
def load_events(
    request: Request,
    store: Opens,
    asker: Asks,
    file: Annotated[UploadFile, File(description="CSV, xlsx or JSON lines of at most 64 MB.")],
    strict: Annotated[bool, Form(description="Store nothing if any row is bad.")] = False,
    dry: Annotated[bool, Form(description="Only say what would be stored.")] = False,
) -> Loading:
    """Store the good rows of a file of events; the answer names each bad one and why it is bad."""
    content = file.file.read(UPLOAD_BYTES_MAX)
    handed = event_actions.File(file.filename or "events.csv", content, strict=strict, dry=dry)
    done = event_actions.load_events(store, asker, handed)
    return replace(done, rejects=told_by_file(done.rejects, speaking(request)))


@router.get("/events/names")
def list_names(
    store: Opens, asker: Asks, cursor: str | None = None, limit: Limit = PAGE_ROWS_DEFAULT
) -> Page[Nameless]:
    """The names in events that mean no organisation of the registry, and whom they may mean."""
    return event_actions.nameless(store, asker, Part(limit, cursor))


@router.put("/events/names/{name}", status_code=204)
def name_body(
    store: Opens,
    asker: Asks,
    name: Number,
    entity: Annotated[int | None, Query(ge=1, lt=2**63, description="None: nobody of the registry.")] = None,
) -> None:
    """Say which organisation a name in events means, or that it is none of the registry."""
    event_actions.name_body(store, asker, name, entity)


@router.delete("/events/names/{name}", status_code=204)
def forget_body(store: Opens, asker: Asks, name: Number) -> None:
    """Take back what was said of a name: it is looked up as if nobody had."""
    event_actions.forget_body(store, asker, name)


def _event_cells(one: EventRow) -> tuple[object, ...]:
    parties = ";".join(party.name for party in one.parties)
    return (
        one.id,
        one.day,
        one.title,
        ";".join(one.kinds),
        parties,
        len(one.source_ids),
        one.tier,
        f"/source/{one.source_ids[0]}",
    )
