"""Ties over HTTP: those of an entity, all of them, and what is added, ended or undone by hand."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from haihe.boards.accounts.request_actions import Asks, Number, Opens, Shape, records_file
from haihe.boards.registry import link_actions
from haihe.boards.registry.link_actions import Row
from haihe.boards.registry.links import Added, Ended, LinkEdit

router = APIRouter(prefix="/api/v1", tags=["registry"])

Sort = Annotated[str | None, Query(pattern="^[a-z_]+$", description="Only ties of this kind.")]


@router.get("/entities/{entity}/links", response_model=list[Row])
def links_of(store: Opens, asker: Asks, entity: Number, shape: Shape = "json") -> Any:
    """The ties of an entity with their dates, each as every source states it."""
    found = link_actions.rows(store, asker, entity=entity)
    return found if shape == "json" else records_file(Row, found, shape)


@router.get("/links", response_model=list[Row])
def links(store: Opens, asker: Asks, kind: Sort = None, shape: Shape = "json") -> Any:
    """All ties with their dates, each as every source states it."""
    found = link_actions.rows(store, asker, kind=kind)
    return found if shape == "json" else records_file(Row, found, shape)


@router.post("/links", status_code=201)
def add(store: Opens, asker: Asks, added: Added) -> LinkEdit:
    """Tie two entities, with the source that says so."""
    return link_actions.add(store, asker, added)


@router.post("/links/ends", status_code=201)
def end(store: Opens, asker: Asks, ended: Ended) -> LinkEdit:
    """Set the end of a tie, with the source that says so."""
    return link_actions.end(store, asker, ended)


@router.delete("/links/edits/{edit}")
def undo(store: Opens, asker: Asks, edit: Number) -> LinkEdit:
    """Take back a tie that was added, or the end of one."""
    return link_actions.undo(store, asker, edit)
