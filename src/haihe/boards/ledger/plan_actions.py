"""Which registers there are for somebody, what they were drafted from, and whether the public sees them."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime

from sqlalchemy import select, true, update

from haihe.boards.accounts import Asker, check_publishable, require
from haihe.boards.accounts.actions import actor_of
from haihe.boards.accounts.marking_actions import marking_of
from haihe.boards.ledger import checks, records, tables
from haihe.boards.ledger.sight_tables import plans_seen
from haihe.boards.ledger.tables import PLAN
from haihe.boards.reader import Document
from haihe.boards.reader import actions as reader
from haihe.kit.clock import REGION
from haihe.kit.cursor import Page, page_of, values_of
from haihe.kit.errors import NotFound
from haihe.kit.limits import PAGE_ROWS_DEFAULT
from haihe.store.opening import Store
from haihe.store.session import reading, writing


def today() -> date:
    """The day it is in the region."""
    return datetime.now(REGION).date()


def plans(
    store: Store, asker: Asker, cursor: str | None = None, limit: int = PAGE_ROWS_DEFAULT
) -> Page[records.Plan]:
    """The plans and other registers that the asker may see, the newest first."""
    require(asker, "see_published")
    before = PLAN.c.id < values_of(cursor, 1)[0] if cursor else true()
    with reading(store.engine) as connection:
        found = plans_seen(connection, asker, before, limit=limit + 1)
    return page_of(found, limit, lambda plan: [plan.id])


def plan_at(store: Store, asker: Asker, plan: int | str) -> records.Plan:
    """The plan with a number or a name; raises NotFound, also for one that the asker may not see."""
    require(asker, "see_published")
    condition = PLAN.c.id == plan if isinstance(plan, int) else PLAN.c.name == plan
    with reading(store.engine) as connection:
        found = plans_seen(connection, asker, condition)
    return checks.checked_plan(found, plan)


def documents_of(store: Store, asker: Asker, plan: int) -> list[Document]:
    """The documents that a plan was drafted from and that the asker may see."""
    plan_at(store, asker, plan)
    with reading(store.engine) as connection:
        numbers = tables.documents_of(connection, plan)
    found: list[Document] = []
    for number in numbers:
        with suppress(NotFound):
            found.append(reader.document_at(store, asker, number))
    return found


def fed_by(store: Store, asker: Asker, document_id: int) -> list[records.Plan]:
    """The plans that were drafted from a document, as far as the asker may see them."""
    require(asker, "see_published")
    fed = select(tables.PLAN_DOCUMENT.c.plan_id).where(tables.PLAN_DOCUMENT.c.document_id == document_id)
    with reading(store.engine) as connection:
        return plans_seen(connection, asker, PLAN.c.id.in_(fed))


def publish(store: Store, asker: Asker, plan: int, *, published: bool = True) -> None:
    """Show what is accepted of a plan to the public, or no longer; raises Conflict where nothing is."""
    require(asker, "publish")
    found = plan_at(store, asker, plan)
    if published:
        checks.check_publishable(found)
        check_publishable(marking_of(store, f"plan/{plan}"))
    with writing(store.engine, actor_of(asker)) as session:
        at = session.actor.at if published else None
        session.execute(update(PLAN).where(PLAN.c.id == plan).values(published_at=at))
        session.record("publish_plan" if published else "withdraw_plan", f"plan/{plan}")
        session.commit()
