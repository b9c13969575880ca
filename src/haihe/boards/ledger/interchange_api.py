"""Registers for other programs over HTTP: the whole tree as JSON, and projects as OC4IDS."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from haihe.boards.accounts.request_actions import Asks, Opens, Speaks
from haihe.boards.ledger import actions
from haihe.boards.ledger.api import Day
from haihe.boards.ledger.interchange import PUBLISHER, Publisher, package_of, tree_of
from haihe.store.session import as_json

router = APIRouter(prefix="/api/v1", tags=["ledger"])


@router.get("/plans/{plan}/tree.json")
def tree(store: Opens, asker: Asks, language: Speaks, plan: int, on: Day = None) -> Response:
    """What counts in a register as one JSON file, in the order of the tree."""
    held = actions.plan_at(store, asker, plan)
    found = actions.tree_of(store, asker, plan, on or actions.today())
    return _file(tree_of(held, found, language), held.name)


@router.get("/plans/{plan}/oc4ids.json")
def oc4ids(request: Request, store: Opens, asker: Asks, plan: int) -> Response:
    """The projects of a register as a package of the Open Contracting for Infrastructure Data Standard."""
    held = actions.plan_at(store, asker, plan)
    found = actions.tree_of(store, asker, plan, actions.today())
    publisher = Publisher(PUBLISHER, str(request.url), datetime.now(UTC))
    return _file(package_of(held, found, publisher), f"{held.name}-OC4IDS")


def _file(content: dict[str, Any], name: str) -> Response:
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}.json"
    return Response(
        as_json(content), media_type="application/json", headers={"Content-Disposition": disposition}
    )
