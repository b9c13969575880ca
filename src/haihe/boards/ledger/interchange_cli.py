"""What `haihe plan export` writes for other programs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from haihe.boards.accounts import OPERATOR
from haihe.boards.ledger import actions
from haihe.boards.ledger.interchange import PUBLISHER, Publisher, package_of, tree_of
from haihe.kit.words import DEFAULT
from haihe.store.opening import the_store
from haihe.store.session import as_json

Interchange = Literal["json", "oc4ids"]


def content_of(name: str, form: Interchange) -> bytes:
    """A register as a JSON file: its whole tree, or its projects as OC4IDS."""
    store = the_store()
    held = actions.plan_at(store, OPERATOR, name)
    found = actions.tree_of(store, OPERATOR, held.id, actions.today())
    if form == "json":
        return as_json(tree_of(held, found, DEFAULT)).encode()
    publisher = Publisher(PUBLISHER, f"urn:haihe:plan:{held.id}", datetime.now(UTC))
    return as_json(package_of(held, found, publisher)).encode()
