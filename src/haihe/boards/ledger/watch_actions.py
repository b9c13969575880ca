"""What is asked of watching: watch something or no longer, what is new of it, and that it was read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from haihe.boards.accounts import Asker, require_part
from haihe.boards.accounts.actions import actor_of
from haihe.boards.ledger import unit_actions
from haihe.boards.ledger.sight_tables import node_found, plan_seen
from haihe.boards.ledger.tables import NODE, PLAN
from haihe.boards.ledger.watch_tables import WATCH, WATCHER, news_of, unread_of
from haihe.boards.ledger.watches import (
    NEWS_DAYS,
    NEWS_SHOWN,
    WATCHES_MAX,
    News,
    SubjectKind,
    Watched,
    WatchedRow,
    WatchRow,
    news_row,
)
from haihe.boards.registry import actions as registry
from haihe.kit.errors import N_, Conflict, NotFound, Unknown
from haihe.store.opening import Store
from haihe.store.session import noting, reading, writing

UNREAD_MAX = 100
"""Unread news are counted no further."""

_COLUMNS = {"item": WATCH.c.node_id, "plan": WATCH.c.plan_id, "unit": WATCH.c.entity_id}


@dataclass(frozen=True, slots=True)
class Glance:
    """How much is unread, and whether the thing in question is watched; None where nothing is."""

    unread: int
    watching: bool | None


def check_inside(asker: Asker) -> None:
    """Raise Unknown or Forbidden for the public: what people here say to each other is not for it."""
    require_part(asker, "see_unpublished")


def account_of(asker: Asker) -> int:
    """The account of somebody who works here; raises Unknown or Forbidden for everybody else."""
    check_inside(asker)
    if asker.account is None:
        raise Unknown(N_("This needs an account."), advice=N_("Sign in and try again."))
    return asker.account


def seen_among(store: Store, asker: Asker, subjects: Collection[tuple[str, int]]) -> set[tuple[str, int]]:
    """Those of some registers and items that the asker sees."""
    numbers = {kind: [each for one, each in subjects if one == kind] for kind in ("plan", "item")}
    plans = select(PLAN.c.id).where(PLAN.c.id.in_(numbers["plan"]), plan_seen(asker))
    nodes = select(NODE.c.id).join(PLAN, PLAN.c.id == NODE.c.plan_id)
    nodes = nodes.where(NODE.c.id.in_(numbers["item"]), node_found(asker))
    with reading(store.engine) as connection:
        found = {("plan", one) for one in connection.execute(plans).scalars()} if numbers["plan"] else set()
        if numbers["item"]:
            found |= {("item", one) for one in connection.execute(nodes).scalars()}
    return found


def glance(store: Store, asker: Asker, wanted: Watched | None) -> Glance:
    """How much is unread, and whether something is watched."""
    account = account_of(asker)
    with reading(store.engine) as connection:
        watching = None
        if wanted:
            query = select(WATCH.c.id).where(_is(account, wanted))
            watching = connection.execute(query).first() is not None
        me = account, actor_of(asker).name
        return Glance(unread_of(connection, me, node_found(asker), UNREAD_MAX), watching)


def unread_news(store: Store, asker: Asker, limit: int = NEWS_SHOWN) -> list[News]:
    """What is new of what the asker watches and has not read, the latest first, without their own deeds."""
    account = account_of(asker)
    with reading(store.engine) as connection:
        return news_of(connection, (account, actor_of(asker).name), node_found(asker), None, limit)


def watched(store: Store, asker: Asker, language: str) -> WatchedRow:
    """What the asker watches, and what happened to it in the last `NEWS_DAYS` days, the latest first."""
    account, me = account_of(asker), actor_of(asker)
    since = me.at - timedelta(days=NEWS_DAYS)
    query = select(WATCH, NODE.c.title, PLAN.c.name).where(WATCH.c.account_id == account)
    query = query.outerjoin(NODE, NODE.c.id == WATCH.c.node_id).outerjoin(PLAN, PLAN.c.id == WATCH.c.plan_id)
    with reading(store.engine) as connection:
        rows = connection.execute(query.order_by(WATCH.c.begun_at.desc(), WATCH.c.id)).all()
        news = news_of(connection, (account, me.name), node_found(asker), since, NEWS_SHOWN)
        unread = unread_of(connection, (account, me.name), node_found(asker), UNREAD_MAX)
    subjects = {("plan", row.plan_id) if row.plan_id else ("item", row.node_id) for row in rows}
    seen = seen_among(store, asker, {one for one in subjects if one[1]})
    watches = tuple(_watch_row(store, asker, row, seen) for row in rows)
    return WatchedRow(watches, tuple(news_row(one, language) for one in news), unread)


def _watch_row(store: Store, asker: Asker, row: Row[Any], seen: Collection[tuple[str, int]]) -> WatchRow:
    """A watch with the name of its subject, empty where the asker no longer sees that."""
    if row.entity_id:
        name = registry.entity_at(store, asker, row.entity_id).entity.name
        return WatchRow("unit", row.entity_id, name, f"/units/{row.entity_id}", row.begun_at)
    kind: SubjectKind = "item" if row.node_id else "plan"
    number = row.node_id or row.plan_id
    name = (row.title or row.name) if (kind, number) in seen else ""
    return WatchRow(kind, number, name, f"/{kind}/{number}", row.begun_at)


def watch(store: Store, asker: Asker, wanted: Watched) -> None:
    """Watch something from now on; again it changes nothing. Raises NotFound for what is not seen."""
    account = account_of(asker)
    _check(store, asker, wanted)
    row = {"account_id": account, _COLUMNS[wanted.kind].name: wanted.number}
    with writing(store.engine, actor_of(asker)) as session:
        mine = select(func.count()).select_from(WATCH).where(WATCH.c.account_id == account)
        if session.execute(mine).scalar_one() >= WATCHES_MAX:
            raise Conflict(
                N_("You watch {limit} things already."), advice=N_("Stop some of them."), limit=WATCHES_MAX
            )
        session.execute(upsert(WATCH).values(**row, begun_at=session.actor.at).on_conflict_do_nothing())
        session.record("watch", f"{wanted.kind}/{wanted.number}")
        session.commit()


def stop_watching(store: Store, asker: Asker, wanted: Watched) -> None:
    """Watch something no longer; raises NotFound for what the asker does not watch."""
    account = account_of(asker)
    with writing(store.engine, actor_of(asker)) as session:
        gone = session.execute(delete(WATCH).where(_is(account, wanted)).returning(WATCH.c.id))
        if gone.first() is None:
            raise NotFound(N_("You do not watch this."), advice=N_("Load the page again."))
        session.record("stop_watching", f"{wanted.kind}/{wanted.number}")
        session.commit()


def mark_read(store: Store, asker: Asker) -> None:
    """Take everything that happened until now as read."""
    row = {"account_id": account_of(asker), "looked_at": actor_of(asker).at}
    fresh = upsert(WATCHER).values(row)
    later = {"looked_at": func.greatest(WATCHER.c.looked_at, fresh.excluded["looked_at"])}
    with noting(store.engine) as connection:
        connection.execute(fresh.on_conflict_do_update(index_elements=["account_id"], set_=later))


def _is(account: int, wanted: Watched) -> ColumnElement[bool]:
    return (WATCH.c.account_id == account) & (_COLUMNS[wanted.kind] == wanted.number)


def _check(store: Store, asker: Asker, wanted: Watched) -> None:
    if wanted.kind == "unit":
        unit_actions.unit_at(store, asker, str(wanted.number))
    elif not seen_among(store, asker, {(wanted.kind, wanted.number)}):
        raise NotFound(
            N_("There is nothing to watch at /{kind}/{number}, or not for you."),
            advice=N_("Open it again from its plan."),
            kind=wanted.kind,
            number=wanted.number,
        )
