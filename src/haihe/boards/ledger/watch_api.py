"""What is watched over HTTP: `/api/v1/watched`."""

from __future__ import annotations

from fastapi import APIRouter

from haihe.boards.accounts.request_actions import Asks, Opens, Speaks
from haihe.boards.ledger import watch_actions
from haihe.boards.ledger.watches import SubjectKind, Watched, WatchedRow

router = APIRouter(prefix="/api/v1/watched", tags=["ledger"])


@router.get("")
def watched(store: Opens, asker: Asks, language: Speaks) -> WatchedRow:
    """What one watches, and what happened to it in the last 30 days, the latest first."""
    return watch_actions.watched(store, asker, language)


@router.post("/read", status_code=204)
def mark_read(store: Opens, asker: Asks) -> None:
    """Take everything that happened until now as read."""
    watch_actions.mark_read(store, asker)


@router.put("/{kind}/{number}", status_code=204)
def watch(store: Opens, asker: Asks, kind: SubjectKind, number: int) -> None:
    """Watch an item with all under it, a register, or all that a unit has a part in."""
    watch_actions.watch(store, asker, Watched(kind, number))


@router.delete("/{kind}/{number}", status_code=204)
def stop_watching(store: Opens, asker: Asks, kind: SubjectKind, number: int) -> None:
    """Watch it no longer."""
    watch_actions.stop_watching(store, asker, Watched(kind, number))
