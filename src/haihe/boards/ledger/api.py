"""Plans and their nodes over HTTP: `/api/v1/plans`, `/api/v1/nodes`, `/api/v1/ledger`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, File, Form, Query, Response, UploadFile
from pydantic import BaseModel, Field

from haihe.boards.accounts.request_actions import (
    Asks,
    Limit,
    Opens,
    Shape,
    Speaks,
    TableShape,
    records_file,
    table_file,
)
from haihe.boards.ledger import actions
from haihe.boards.ledger.changes import Book
from haihe.boards.ledger.checks import checked_kind
from haihe.boards.ledger.drafting import Drafted
from haihe.boards.ledger.edit_api import Versioned, tagged
from haihe.boards.ledger.kinds import Kind, kinds
from haihe.boards.ledger.periods import moment_of
from haihe.boards.ledger.records import (
    Edit,
    Frame,
    LightState,
    Number,
    Plan,
    Report,
    Return,
    Sought,
    Standing,
    Step,
    Turn,
)
from haihe.boards.ledger.rows import Detail, NodeRow, Taken, cells_of, detail_of, row_of, taken_of
from haihe.boards.ledger.template import book_of
from haihe.boards.ledger.themes import frames
from haihe.kit.cursor import Page
from haihe.kit.limits import (
    DAY_MAX,
    DAY_MIN,
    NAME_CHARACTERS_MAX,
    PAGE_ROWS_DEFAULT,
    QUERY_CHARACTERS_MAX,
    TABLE_ROWS_MAX,
    TEXT_BYTES_MAX,
)
from haihe.kit.sheets import MEDIA_TYPES

router = APIRouter(prefix="/api/v1", tags=["ledger"])


Words = Annotated[str | None, Query(max_length=QUERY_CHARACTERS_MAX)]
Day = Annotated[
    date | None,
    Query(ge=DAY_MIN, le=DAY_MAX, description="The day that the lights are of; today without it."),
]
AsOf = Annotated[
    str, Query(max_length=40, description="As known at this moment, such as 2026-11-05; now without it.")
]


class NewDraft(BaseModel):
    """A document to be drafted into the plan of a name."""

    name: str = Field(max_length=NAME_CHARACTERS_MAX)
    document: int


class Chosen(BaseModel):
    """Some nodes of a plan; null is all its drafts."""

    nodes: list[int] | None = Field(default=None, max_length=TABLE_ROWS_MAX)


class Named(BaseModel):
    """Some nodes of a plan."""

    nodes: list[int] = Field(min_length=1, max_length=TABLE_ROWS_MAX)


class NewRegister(BaseModel):
    """The name and kind of a register to be begun."""

    name: str = Field(max_length=NAME_CHARACTERS_MAX)
    kind: str = "plan"


class Count(BaseModel):
    """How many nodes were changed."""

    changed: int


class Publicity(BaseModel):
    """Whether a plan is to be public."""

    published: bool = True


class ThemeCount(BaseModel):
    """The promises under a theme by light."""

    frame: str
    theme: str
    lights: dict[str, int]


class UnitCount(BaseModel):
    """The promises that a unit leads and cooperates in, by light; `entity` is its number in the registry."""

    name: str
    entity: int | None
    lead: dict[str, int]
    cooperating: dict[str, int]


class Overview(BaseModel):
    """The ledger on a day; `places` are adcodes of the leading units."""

    on: date
    plans: int
    promises: int
    reported: int
    lights: dict[str, int]
    themes: list[ThemeCount]
    units: list[UnitCount]
    places: dict[str, dict[str, int]]


@router.get("/ledger")
def overview(store: Opens, asker: Asks, on: Day = None) -> Overview:
    """What is promised and how it stands, by theme, unit and place."""
    found = actions.home_summary(store, asker, on or actions.today())
    return Overview(
        on=found.on,
        plans=len(found.plans),
        promises=found.promises,
        reported=found.reported,
        lights=dict(found.counts),
        themes=[
            ThemeCount(frame=card.frame, theme=card.theme, lights=dict(card.counts)) for card in found.cards
        ],
        units=[
            UnitCount(
                name=unit.name, entity=unit.entity, lead=dict(unit.lead), cooperating=dict(unit.cooperating)
            )
            for unit in found.units
        ],
        places={adcode: dict(counts) for adcode, counts in found.places.items()},
    )


@router.get("/ledger/late", response_model=list[NodeRow])
def list_late(
    store: Opens,
    asker: Asks,
    language: Speaks,
    on: Day = None,
    light: Literal["overdue", "behind", "near"] = "overdue",
    shape: Shape = "json",
) -> Any:
    """The promises that are overdue, behind or near their date, the oldest first."""
    found = actions.home_summary(store, asker, on or actions.today())
    return listed(found.late(light), language, shape)


@router.get("/frames")
def list_frames() -> list[Frame]:
    """The frames of themes and the words that tell each theme."""
    return list(frames())


@router.get("/plans", response_model=Page[Plan])
def list_plans(
    store: Opens,
    asker: Asks,
    cursor: str | None = None,
    limit: Limit = PAGE_ROWS_DEFAULT,
    shape: Shape = "json",
) -> Any:
    """Plans, the newest first; as CSV or xlsx the whole list."""
    if shape == "json":
        return actions.plans(store, asker, cursor, limit)
    return records_file(Plan, actions.plans(store, asker, None, TABLE_ROWS_MAX).rows, shape)


@router.post("/plans", status_code=201)
def draft_plan(store: Opens, asker: Asks, draft: NewDraft) -> Drafted:
    """Draft a plan from a document that was read; the same document again adds nothing."""
    return actions.draft_from(store, asker, draft.name, draft.document)


@router.get("/kinds")
def list_kinds() -> list[Kind]:
    """The kinds of register that can be begun: their levels, fields and stages."""
    return list(actions.offered().values())


@router.get("/kinds/{kind}/template")
def empty_template(kind: str, language: Speaks) -> Response:
    """The empty workbook of a kind, with a page that says how to fill it in."""
    held = checked_kind(kind, kinds())
    return _book(book_of(held, held.label[language], (), language), held.plural[language])


@router.post("/registers", status_code=201)
def begin(store: Opens, asker: Asks, register: NewRegister) -> Plan:
    """Begin an empty register of a kind."""
    made = actions.begin_register(store, asker, register.name, register.kind)
    return actions.plan_at(store, asker, made)


@router.post("/registers/workbook")
def take_in(
    store: Opens,
    asker: Asks,
    language: Speaks,
    file: Annotated[UploadFile, File(description="An .xlsx workbook made from the template.")],
    name: Annotated[str, Form(max_length=NAME_CHARACTERS_MAX)],
    kind: Annotated[str, Form(description="The kind of the register.")] = "plan",
    dry_run: Annotated[bool, Query(description="Say what would change, and change nothing.")] = False,
) -> Taken:
    """Bring a workbook into a register; the same one again changes nothing."""
    book = Book(file.file.read(TEXT_BYTES_MAX + 1), kind)
    return taken_of(actions.import_book(store, asker, name, book, dry_run=dry_run), language)


@router.get("/plans/{plan}/workbook")
def workbook(store: Opens, asker: Asks, language: Speaks, plan: int) -> Response:
    """What counts in a register as a workbook that can be handed in again."""
    name = actions.plan_at(store, asker, plan).name
    return _book(actions.workbook_of(store, asker, plan, language), name)


@router.post("/plans/{plan}/nodes", status_code=201)
def add(
    store: Opens, asker: Asks, language: Speaks, plan: int, node: Edit, under: int | None = None
) -> Detail:
    """Add a node that somebody wrote, last under another or at the root."""
    made = actions.add_node(store, asker, plan, under, node)
    return detail_of(actions.node_at(store, asker, made, actions.today()), language)


@router.post("/nodes/{node}/move")
def move(store: Opens, asker: Asks, node: int, step: Step, version: Versioned) -> Detail:
    """Bring a node to another stage, with the fields that it needs there; going back needs a reason."""
    actions.move_node(store, asker, node, step, version.seen)
    return version.of(actions.node_at(store, asker, node, actions.today()))


@router.get("/plans/{plan}")
def plan_at(store: Opens, asker: Asks, plan: int) -> Plan:
    """A plan."""
    return actions.plan_at(store, asker, plan)


@router.get("/plans/{plan}/nodes", response_model=Page[NodeRow])
def list_nodes(
    store: Opens,
    asker: Asks,
    language: Speaks,
    plan: int,
    theme: Annotated[str | None, Query(description="Frame and theme, as six-emphases:net.")] = None,
    unit: Annotated[str | None, Query(description="A unit's name as written, or its number.")] = None,
    light: LightState | None = None,
    kind: str | None = None,
    q: Words = None,
    parent: Annotated[int | None, Query(description="Only what stands under this node; 0 the plan.")] = None,
    stage: str | None = None,
    review: Annotated[bool, Query(description="With drafts and rejected nodes.")] = False,
    on: Day = None,
    as_of: AsOf = "",
    cursor: str | None = None,
    limit: Limit = PAGE_ROWS_DEFAULT,
    shape: Shape = "json",
) -> Any:
    """The nodes of a plan in the order of the tree; as CSV or xlsx all that are asked for."""
    sought = Sought(
        [theme] if theme else (),
        [light] if light else (),
        unit,
        kind,
        q,
        parent,
        review,
        (stage,) if stage else (),
    )
    whole = shape != "json"
    rows = (None, TABLE_ROWS_MAX) if whole else (cursor, limit)
    turn = Turn(on or actions.today(), *rows, moment_of(as_of))
    found = actions.children(store, asker, plan, sought, turn)
    if shape != "json":
        return listed(found.rows, language, shape)
    return Page(listed(found.rows, language), found.next)


@router.get("/plans/{plan}/figures")
def list_figures(store: Opens, asker: Asks, plan: int) -> dict[int, list[Number]]:
    """The figures in the words of a plan's nodes, by node, each with its source."""
    return actions.figures(store, asker, plan)


@router.post("/plans/{plan}/accept")
def accept(store: Opens, asker: Asks, plan: int, chosen: Chosen) -> Count:
    """Take drafts into the ledger, each with what it stands under."""
    return Count(changed=actions.accept(store, asker, plan, chosen.nodes))


@router.post("/plans/{plan}/reject")
def reject(store: Opens, asker: Asks, plan: int, chosen: Named) -> Count:
    """Keep nodes, and with them what stands under them, out of the ledger."""
    return Count(changed=actions.reject(store, asker, plan, chosen.nodes))


@router.post("/plans/{plan}/publish")
def publish(store: Opens, asker: Asks, plan: int, publicity: Publicity) -> Plan:
    """Show what is accepted of a plan to the public, or no longer."""
    actions.publish(store, asker, plan, published=publicity.published)
    return actions.plan_at(store, asker, plan)


@router.get("/nodes/{node}")
def node_at(
    store: Opens,
    asker: Asks,
    language: Speaks,
    response: Response,
    node: int,
    on: Day = None,
    as_of: AsOf = "",
) -> Detail:
    """A node with its reports, the history of its light and its figures."""
    found = actions.node_at(store, asker, node, on or actions.today(), moment_of(as_of))
    return tagged(response, found, language)


@router.post("/nodes/{node}/edit")
def edit(store: Opens, asker: Asks, node: int, edit: Edit, version: Versioned) -> Detail:
    """Write a node as a person has it; every field replaces the old value."""
    actions.edit_node(store, asker, node, edit, version.seen)
    return version.of(actions.node_at(store, asker, node, actions.today()))


@router.post("/nodes/{node}/undo")
def undo(store: Opens, asker: Asks, node: int, version: Versioned) -> Detail:
    """Take back the last decision on a node."""
    actions.undo(store, asker, node, version.seen)
    return version.of(actions.node_at(store, asker, node, actions.today()))


@router.post("/nodes/{node}/report", status_code=201)
def report(store: Opens, asker: Asks, node: int, given: Return) -> Report:
    """Report on a promise; a report is never changed afterwards."""
    return actions.report_on(store, asker, node, given)


@router.get("/entities/{entity}/promises")
def list_promises(store: Opens, asker: Asks, language: Speaks, entity: int, on: Day = None) -> list[NodeRow]:
    """The promises that a unit leads or cooperates in."""
    found = actions.answers_for(store, asker, entity, on or actions.today())
    return [row_of(standing, language) for standing in found]


@router.get("/documents/{document}/plans")
def list_fed(store: Opens, asker: Asks, document: int) -> list[Plan]:
    """The plans that were drafted from a document."""
    return actions.fed_by(store, asker, document)


def listed(found: Sequence[Standing], language: str, shape: TableShape = "json") -> Any:
    """Nodes as rows, or as a file of them."""
    rows = [row_of(standing, language) for standing in found]
    if shape == "json":
        return rows
    return table_file([field.name for field in fields(NodeRow)], map(cells_of, rows), shape)


def _book(content: bytes, name: str) -> Response:
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}.xlsx"
    return Response(content, media_type=MEDIA_TYPES["xlsx"], headers={"Content-Disposition": disposition})
