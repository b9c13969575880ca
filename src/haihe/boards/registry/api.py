"""The registry over HTTP: `/api/v1/entities`, `/places`, `/indicators`, `/maps` and `/loads`."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, File, Form, Path, Query, Request, Response, UploadFile
from pydantic import Field

from haihe.boards.accounts.actions import speaking
from haihe.boards.accounts.request_actions import (
    FILES,
    Asks,
    FileShape,
    Limit,
    Number,
    Opens,
    Shape,
    Speaks,
    records_file,
    table_file,
)
from haihe.boards.registry import actions, load_actions, templates
from haihe.boards.registry.answers import (
    Card,
    Entity,
    Facets,
    Figure,
    Outcome,
    Part,
    PlaceCard,
    PlaceEntity,
    Sought,
    Upload,
)
from haihe.boards.registry.records import Indicator, Level, Reference
from haihe.boards.registry.register_actions import recorded, registered
from haihe.boards.registry.rejects import told_by_file
from haihe.kit.cursor import Page
from haihe.kit.limits import (
    PAGE_ROWS_DEFAULT,
    QUERY_CHARACTERS_MAX,
    TABLE_ROWS_MAX,
    UPLOAD_BYTES_MAX,
)
from haihe.kit.sheets import MEDIA_TYPES, SheetFormat

router = APIRouter(prefix="/api/v1", tags=["registry"])

Words = Annotated[
    str, Query(max_length=QUERY_CHARACTERS_MAX, description="Words of its name, code or place.")
]
Kinds = Annotated[
    list[Annotated[str, Field(pattern="^[a-z]+$")]], Query(description="Only entities of these kinds.")
]
Adcodes = Annotated[
    list[Annotated[str, Field(pattern="^[0-9]{6}$")]],
    Query(description="Only what lies in these places or below them."),
]
Adcode = Annotated[str, Path(pattern="^[0-9]{6}$")]
Period = Annotated[
    str | None, Query(pattern="^[0-9]{4}(Q[1-4]|-[0-9]{2})?$", description="2023, 2023Q1 or 2023-06.")
]

_WHOLE = Part(TABLE_ROWS_MAX)


def _sought(kind: Kinds = [], adcode: Adcodes = [], q: Words = "") -> Sought:  # noqa: B006
    return Sought(tuple(kind), tuple(adcode), q)


Seeks = Annotated[Sought, Depends(_sought)]


@router.get("/entities", response_model=Page[Entity])
def list_entities(
    store: Opens,
    asker: Asks,
    sought: Seeks,
    cursor: str | None = None,
    limit: Limit = PAGE_ROWS_DEFAULT,
    shape: Shape = "json",
) -> Any:
    """Organisations and places by name; as CSV or xlsx all of them, of one kind with what it records."""
    if shape != "json":
        return _register(store, asker, sought, shape)
    return actions.entities(store, asker, sought, Part(limit, cursor))


@router.get("/entities/facets")
def facets(store: Opens, asker: Asks, sought: Seeks) -> Facets:
    """How many entities there are by kind and by jurisdiction."""
    return actions.facets(store, asker, sought)


@router.get("/entities/{entity}")
def entity_at(store: Opens, asker: Asks, entity: Number) -> Card:
    """An entity: its names, codes, properties and links, each with its source."""
    return actions.entity_at(store, asker, entity)


@router.get("/places", response_model=Page[PlaceEntity])
def list_places(
    store: Opens,
    asker: Asks,
    level: Level | None = None,
    cursor: str | None = None,
    limit: Limit = PAGE_ROWS_DEFAULT,
    shape: Shape = "json",
) -> Any:
    """Places by adcode; as CSV or xlsx all of them."""
    if shape != "json":
        return records_file(PlaceEntity, actions.places(store, asker, level, _WHOLE).rows, shape)
    return actions.places(store, asker, level, Part(limit, cursor))


@router.get("/places/{adcode}")
def place_at(store: Opens, asker: Asks, adcode: Adcode) -> PlaceCard:
    """A place: what is above and under it, its figures and its organisations."""
    return actions.place_at(store, asker, adcode)


@router.get("/indicators")
def list_indicators(store: Opens, asker: Asks) -> list[Indicator]:
    """Every indicator with its definition."""
    return list(actions.indicators(store, asker))


@router.get("/indicators/{indicator}/values", response_model=Page[Figure])
def indicator_values(
    store: Opens,
    asker: Asks,
    indicator: str,
    period: Period = None,
    cursor: str | None = None,
    limit: Limit = PAGE_ROWS_DEFAULT,
    shape: Shape = "json",
) -> Any:
    """The values of an indicator by period and place; as CSV or xlsx all of them."""
    if shape != "json":
        whole = actions.indicator_values(store, asker, indicator, period, _WHOLE)
        return records_file(Figure, whole.rows, shape)
    return actions.indicator_values(store, asker, indicator, period, Part(limit, cursor))


@router.get("/publications")
def list_publications(store: Opens, asker: Asks) -> list[Reference]:
    """What the loaded packs cite."""
    return list(actions.publications(store, asker))


@router.get(
    "/maps/{level}.geojson",
    response_class=Response,
    responses={200: {"content": {"application/geo+json": {}}}, 304: {"description": "Unchanged."}},
)
def region_map(
    request: Request, store: Opens, asker: Asks, level: Literal["province", "city", "county"]
) -> Response:
    """The region at a level; each feature has its adcode and name. A drawing, no evidence of a boundary."""
    sha256, content = actions.region_map(store, asker, level)
    headers = {"ETag": f'"{sha256}"', "Cache-Control": "public, max-age=3600"}
    if sha256 in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="application/geo+json", headers=headers)


@router.post("/loads")
def load(
    request: Request,
    store: Opens,
    asker: Asks,
    file: Annotated[UploadFile, File(description="CSV, UTF-8 or GB18030, or xlsx, of at most 32 MB.")],
    kind: Annotated[
        str,
        Form(description="A kind of entity; `value`: indicators, `property`: dated values, `link`: ties."),
    ],
    strict: Annotated[bool, Form(description="Store nothing if any row is bad.")] = False,
    dry: Annotated[bool, Form(description="Only say what would be stored.")] = False,
) -> Outcome:
    """Store the good rows of a table; the answer names each bad one and why it is bad."""
    upload = Upload(file.filename or "table.csv", file.file.read(UPLOAD_BYTES_MAX), kind)
    outcome = load_actions.load_file(store, asker, upload, strict=strict, dry=dry)
    return replace(outcome, rejects=told_by_file(outcome.rejects, speaking(request)))


@router.get("/loads/templates/{kind}", response_class=Response, responses=FILES)
def template(kind: str, speaks: Speaks, shape: FileShape = "csv") -> Response:
    """An empty table of a kind; as xlsx with what each column means on a second sheet."""
    content = templates.template(kind, shape, speaks)
    return Response(content, media_type=MEDIA_TYPES[shape])


def _register(store: Opens, asker: Asks, sought: Sought, form: SheetFormat) -> Response:
    rows, held = actions.entities(store, asker, sought, _WHOLE).rows, recorded(sought)
    known = registered(store, asker, rows) if held else {}
    names = [field.name for field in fields(Entity)]
    cells = (
        [*(getattr(row, name) for name in names), *(known.get(row.id, {}).get(name) for name in held)]
        for row in rows
    )
    return table_file([*names, *held], cells, form)
