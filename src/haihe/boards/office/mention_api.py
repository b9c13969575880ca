"""Comments and mentions over HTTP: `/api/v1/nodes/{node}/comments` and `/api/v1/mentions`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from haihe.boards.accounts.request_actions import Asks, Opens
from haihe.boards.office import mention_actions
from haihe.boards.office.mentions import Candidate, CommentRow, MentionedRow
from haihe.kit.limits import NAME_CHARACTERS_MAX

router = APIRouter(prefix="/api/v1", tags=["office"])

Typed = Annotated[str, Query(max_length=NAME_CHARACTERS_MAX, description="What was typed after @.")]


class Written(BaseModel):
    """The words of a comment, which mention a post or a unit as `@[words](post/12)` or `@[words](unit/7)`."""

    text: str = Field(max_length=10 * mention_actions.COMMENT_CHARACTERS_MAX)


@router.get("/nodes/{node}/comments")
def comments_on(store: Opens, asker: Asks, node: int) -> list[CommentRow]:
    """The comments on an item, the oldest first; never for the public."""
    return mention_actions.comments_on(store, asker, node)


@router.post("/nodes/{node}/comments", status_code=201)
def write(store: Opens, asker: Asks, node: int, written: Written) -> int:
    """Comment on an item; answers the number of the comment."""
    return mention_actions.write(store, asker, node, written.text)


@router.get("/nodes/{node}/mentions")
def suggested(store: Opens, asker: Asks, node: int, typed: Typed = "") -> list[Candidate]:
    """Whom somebody may mean who types this after @ on an item."""
    return mention_actions.suggested(store, asker, node, typed)


@router.post("/comments/{comment}/withdraw", status_code=204)
def withdraw(store: Opens, asker: Asks, comment: int) -> None:
    """Withdraw one's own comment."""
    mention_actions.withdraw(store, asker, comment)


@router.post("/comments/{comment}/show", status_code=204)
def show(store: Opens, asker: Asks, comment: int) -> None:
    """Show one's own comment again that one had withdrawn."""
    mention_actions.withdraw(store, asker, comment, back=True)


@router.get("/mentions")
def mentioned(store: Opens, asker: Asks) -> list[MentionedRow]:
    """What comments ask of one's own posts and units and is not settled, the oldest first."""
    return mention_actions.mentioned(store, asker)


@router.post("/mentions/{mention}/settle", status_code=204)
def settle(store: Opens, asker: Asks, mention: int) -> None:
    """Say that a mention of one's own post or unit is dealt with."""
    mention_actions.settle(store, asker, mention)
