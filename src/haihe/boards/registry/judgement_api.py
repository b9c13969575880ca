"""Judgements over HTTP: `/api/v1/judgements`, the review of pairs, and the export for other systems."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from haihe.boards.accounts.request_actions import Asks, Limit, Number, Opens
from haihe.boards.registry import actions, interchange_actions, judgement_actions, review_actions
from haihe.boards.registry.answers import Entity, Part
from haihe.boards.registry.interchange_actions import Shape
from haihe.boards.registry.judgements import Judgement, Opinion
from haihe.boards.registry.review_actions import Standing
from haihe.kit.cursor import Page
from haihe.kit.limits import PAGE_ROWS_DEFAULT, QUERY_CHARACTERS_MAX

router = APIRouter(prefix="/api/v1", tags=["registry"])

Words = Annotated[str, Query(max_length=QUERY_CHARACTERS_MAX, description="What has been typed.")]
Whose = Annotated[int | None, Query(ge=1, lt=2**63, description="Only those on this entity.")]


@router.get("/judgements")
def list_judgements(
    store: Opens,
    asker: Asks,
    entity: Whose = None,
    cursor: str | None = None,
    limit: Limit = PAGE_ROWS_DEFAULT,
) -> Page[Judgement]:
    """The standing judgements on who is the same."""
    return judgement_actions.judgements(store, asker, Part(limit, cursor), entity=entity)


@router.post("/judgements", status_code=201)
def judge(store: Opens, asker: Asks, opinion: Opinion) -> Judgement:
    """Say whether two entities are the same; those that are stand under one number from then on."""
    return judgement_actions.judge(store, asker, opinion)


@router.delete("/judgements/{judgement}")
def undo(store: Opens, asker: Asks, judgement: Number) -> Judgement:
    """Take a judgement back: what it joined stands as if it had never been given."""
    return judgement_actions.undo(store, asker, judgement)


@router.get("/completions")
def completions(store: Opens, asker: Asks, q: Words) -> list[Entity]:
    """The organisations and places that something typed may become, such as tjdx."""
    return actions.completions(store, asker, q)


@router.get("/review")
def standing(store: Opens, asker: Asks) -> Standing:
    """How many pairs wait for a judgement, and how good the resolution is by those judged so far."""
    return review_actions.standing(store, asker)


@router.get(
    "/export.{shape}",
    response_class=Response,
    responses={200: {"content": {kind: {} for kind in interchange_actions.MEDIA_TYPES.values()}}},
)
def export(store: Opens, asker: Asks, shape: Shape) -> Response:
    """Every organisation: a FollowTheMoney entity a line of JSON, or a sourced statement a row of CSV."""
    content = interchange_actions.export(store, asker, shape)
    return Response(content, media_type=interchange_actions.MEDIA_TYPES[shape])
