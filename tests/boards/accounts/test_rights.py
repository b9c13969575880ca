"""The permission table against the doors: each action, by each role, on each sort of target, over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import pytest
import yaml
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import insert, text

from haihe.boards.accounts import OPERATOR, Grant
from haihe.boards.accounts.actions import actor_of
from haihe.boards.accounts.token_actions import add_token, tokens
from haihe.boards.accounts.tokens import Wish
from haihe.boards.ledger.tables import NODE, NODE_UNIT, PLAN
from haihe.kit import resources
from haihe.store import work
from haihe.store.opening import Store
from haihe.store.search import vector
from haihe.store.session import writing

pytestmark = pytest.mark.database

TABLE = yaml.safe_load(resources.text("boards/accounts/params/permissions.yaml"))
SCOPES = ["own unit", "other unit", "other jurisdiction", "public"]
WHOLE_HOUSE = {"public", "system", "security", "audit"}
"""Roles that are never held for one unit."""
OF_A_UNIT = {"report_item", "see_accounts", "manage_accounts", "grant_roles", "appoint", "manage_tokens"}
"""Actions that concern the unit of their target."""
UNIT, PUBLISHED = {"unit": "the target's"}, "as it is"


@dataclass(frozen=True)
class Target:
    """What is acted on: a plan with an item that a unit leads, and an account of the unit."""

    unit: int | None
    plan: int
    item: int
    account: int
    token: int


@dataclass(frozen=True)
class House:
    client: TestClient
    cookies: dict[str, dict[str, str]]
    targets: dict[str, Target]
    job: int


def units(store: Store) -> list[int]:
    """Two units of one jurisdiction and one of another."""
    with writing(store.engine, actor_of(OPERATOR)) as session:
        session.execute(text("INSERT INTO source (id, kind, tier) VALUES ('s', 'judgement', 'sample')"))
        for adcode in ("120000", "130000"):
            place = "INSERT INTO place (adcode, level, within, members, approximate) VALUES (:a, 'province', "
            session.execute(text(place + "ARRAY[:a], ARRAY[:a], false)"), {"a": adcode})
        made = (
            "INSERT INTO entity (key, kind, name, adcode, properties, sources, source_id, changed_at, "
            "search) VALUES (:k, 'unit', :k, :a, '{}', '{}', 's', now(), '') RETURNING id"
        )
        found = [
            session.execute(text(made), {"k": f"样例单位{n}", "a": adcode}).scalar_one()
            for n, adcode in enumerate(("120000", "120000", "130000"))
        ]
        session.record("test", "house")
        session.commit()
    return found


def plan_of(store: Store, unit: int | None, *, published: bool) -> tuple[int, int]:
    with writing(store.engine, actor_of(OPERATOR)) as session:
        at = session.actor.at
        plan = {"name": f"样例{unit}", "tier": "sample", "created_at": at}
        row = plan | ({"published_at": at} if published else {})
        number = session.execute(insert(PLAN).values(row).returning(PLAN.c.id)).scalar_one()
        item = session.execute(
            insert(NODE)
            .values(
                plan_id=number,
                path=[1],
                kind="item",
                title="实事",
                text="推进实事。",
                state="accepted",
                terms=vector("实事"),
            )
            .returning(NODE.c.id)
        ).scalar_one()
        lead = {"node_id": item, "position": 0, "name": "样例单位", "role": "lead", "entity_id": unit}
        session.execute(insert(NODE_UNIT).values(lead))
        session.record("test", f"plan/{number}")
        session.commit()
    return number, item


@pytest.fixture(scope="module")
def house(
    kept: Store,
    client: TestClient,
    member: Callable[..., int],
    cookie: Callable[[int], dict[str, str]],
) -> House:
    of = dict(zip(SCOPES, [*units(kept), None], strict=True))
    targets = {}
    for scope, unit in of.items():
        plan, item = plan_of(kept, unit, published=scope == "public")
        account = member(scope, *([Grant("viewer", unit)] if unit else []))
        if unit is None:
            account = member("nobody's", Grant("viewer"))
        add_token(kept, OPERATOR, account, Wish("test", ("see_unpublished",)))
        targets[scope] = Target(unit, plan, item, account, tokens(kept, OPERATOR)[0].id)
    cookies: dict[str, dict[str, str]] = {"public": {}}
    for role in TABLE["roles"][1:]:
        cookies[role] = cookie(member(role, Grant(role, None if role in WHOLE_HOUSE else of["own unit"])))
    with writing(kept.engine, actor_of(OPERATOR)) as session:
        job = work.ask(session, "read", {})
        session.commit()
    return House(client, cookies, targets, job)


PROBES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "see_published": ("GET", "plans", {}),
    "see_unpublished": ("GET", "plans/{plan}", {}),
    "report_item": (
        "POST",
        "nodes/{item}/report",
        {"json": {"period": "2026-06", "reported_on": "2999-01-01", "progress": 0.5}},
    ),
    "read_document": ("POST", "documents", {"files": {"file": ("empty.txt", b"")}}),
    "review_draft": ("POST", "plans/{plan}/accept", {"json": {"nodes": []}}),
    "publish": ("POST", "plans/{plan}/publish", {"json": {"published": PUBLISHED}}),
    "load_pack": ("POST", "loads", {"files": {"file": ("a.csv", b"a")}, "data": {"kind": "nothing"}}),
    "see_accounts": ("GET", "accounts", {}),
    "manage_accounts": (
        "POST",
        "accounts",
        {"json": {"name": "admin", "grants": [UNIT | {"role": "viewer"}]}},
    ),
    "grant_roles": ("PUT", "accounts/{account}/grants", {"json": [UNIT | {"role": "viewer"}]}),
    "appoint": ("POST", "accounts", {"json": {"name": "admin", "grants": [UNIT | {"role": "admin"}]}}),
    "manage_tokens": ("DELETE", "tokens/{token}", {}),
    "mark": ("PUT", "markings/plan/{plan}", {"json": {"level": "internal"}}),
    "see_audit": ("GET", "audit/lines?limit=1", {}),
    "manage_work": ("POST", "jobs/{job}/cancel", {}),
}
"""For each action a request that the right alone decides: it changes nothing or is refused itself."""


def asked(house: House, action: str, target: Target) -> Response:
    """Send the probe of an action."""
    method, path, content = PROBES[action]
    place = path.format(job=house.job, **asdict(target))
    words = json.dumps(content.get("json"))
    words = words.replace(json.dumps(UNIT["unit"]), json.dumps(target.unit))
    words = words.replace(json.dumps(PUBLISHED), json.dumps(target.unit is None))
    body = {"json": json.loads(words)} if "json" in content else content
    return house.client.request(method, f"/api/v1/{place}", **body)


def foreseen(action: str, role: str, scope: str) -> bool:
    """What the table says: `any` is the whole grant, `own` only the grant's unit."""
    reach = TABLE["actions"][action].get(role)
    if action == "see_unpublished" and (scope == "public" or reach == "own"):
        return scope in ("public", "own unit")
    concerned = SCOPES.index(scope) if action in OF_A_UNIT and scope != "public" else None
    if reach is None or role in WHOLE_HOUSE:
        return reach is not None
    return concerned == SCOPES.index("own unit") or (reach == "any" and concerned is None)


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("role", TABLE["roles"])
@pytest.mark.parametrize("action", list(TABLE["actions"]))
def test_a_door_opens_to_whom_the_table_says(house: House, action: str, role: str, scope: str) -> None:
    house.client.cookies = house.cookies[role]
    target = house.targets[scope]
    answer = asked(house, action, target)
    assert answer.status_code < 500, answer.text
    opened = answer.status_code not in (401, 403, 404)
    if action == "see_accounts" and opened:
        opened = target.account in [one["id"] for one in answer.json()]
    assert opened == foreseen(action, role, scope), answer.text
    if not opened and role == "public":
        assert answer.status_code in (401, 404)


def test_every_action_of_the_table_has_a_probe() -> None:
    assert set(PROBES) == set(TABLE["actions"])
