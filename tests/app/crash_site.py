"""The HTTP doors of a house with a plan and a token, on a PostgreSQL of its own."""

from __future__ import annotations

import json
from pathlib import Path

import uvicorn

from haihe.app.api import create_api
from haihe.boards.accounts import OPERATOR, Grant
from haihe.boards.accounts.actions import add_account, asker_of, set_password, sign_in
from haihe.boards.accounts.token_actions import add_token
from haihe.boards.accounts.tokens import Wish
from haihe.boards.ledger import Edit, actions
from haihe.store.opening import Store, opened
from haihe.store.settings import Settings

ACTIONS = "report_item", "see_published", "see_unpublished", "see_audit"
ITEMS = 10


def filled(store: Store) -> dict[str, object]:
    """Items to report on, and a token that may."""
    plan = actions.begin_register(store, OPERATOR, "样例计划", "plan")
    aspect = actions.add_node(store, OPERATOR, plan, None, Edit("推进协同", "", "aspect"))
    edits = [Edit(f"事项{number}", "", "item", due_on=actions.today()) for number in range(ITEMS)]
    items = [actions.add_node(store, OPERATOR, plan, aspect, edit) for edit in edits]
    old = add_account(store, OPERATOR, "填报", "", [Grant("admin")])
    session = sign_in(store, "填报", old)
    set_password(store, session, old, "a password of several words")
    asker = asker_of(store, session)
    assert asker.account
    return {"items": items, "token": add_token(store, asker, asker.account, Wish("test", ACTIONS))}


def serve(port: int, home: str) -> None:
    """Serve them until the process ends."""
    told = Path(home) / "told.json"
    with opened(Settings(Path(home)), lambda *_, **__: None) as store:
        if not told.exists():
            told.write_text(json.dumps(filled(store)), "utf-8")
        uvicorn.run(create_api(), port=port, log_level="error", backlog=4096)
