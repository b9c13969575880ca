"""What is asked of saved views: see them, save one, rename it, remove it and bring it back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from haihe.boards.accounts import Asker, may, require
from haihe.boards.accounts.actions import actor_of
from haihe.boards.ledger.saved import (
    VIEWS_MAX,
    Kept,
    SavedView,
    Subject,
    checked_address,
    checked_view_name,
    is_page,
    subject_of,
)
from haihe.boards.ledger.saved_tables import SAVED_VIEW
from haihe.boards.ledger.watch_actions import account_of, seen_among
from haihe.kit.errors import N_, Conflict, NotFound
from haihe.store.opening import Store
from haihe.store.session import Session, reading, writing

_THERE = SAVED_VIEW.c.removed_at.is_(None)


def may_share(asker: Asker) -> bool:
    """Whether the asker may save views for the whole office, and change those of others."""
    return may(asker, "review_draft")


def views(store: Store, asker: Asker, pages: Collection[str]) -> list[SavedView]:
    """The asker's own views and those of the office, each by name; `pages` are those that there are."""
    account = account_of(asker)
    mine = SAVED_VIEW.c.account_id == account
    query = select(SAVED_VIEW).where(_THERE, mine | SAVED_VIEW.c.shared)
    with reading(store.engine) as connection:
        rows = connection.execute(query.order_by(SAVED_VIEW.c.shared, SAVED_VIEW.c.name)).all()
    subjects = {row.id: subject_of(row.address) for row in rows}
    seen = seen_among(store, asker, {one for one in subjects.values() if one})
    return [_view(asker, row, _leads(row.address, pages, subjects[row.id], seen)) for row in rows]


def _leads(
    address: str, pages: Collection[str], subject: Subject | None, seen: Collection[tuple[str, int]]
) -> bool:
    return is_page(address.partition("?")[0], pages) and (subject is None or subject in seen)


def _view(asker: Asker, row: Row[Any], there: bool) -> SavedView:
    own = row.account_id == asker.account
    changeable = own or may_share(asker)
    return SavedView(row.id, row.name, row.address, row.shared, own, changeable, there)


def save_view(store: Store, asker: Asker, kept: Kept, pages: Collection[str]) -> int:
    """Save an address under a name and return its number; raises Conflict where the asker has that name.

    Raises Invalid for an address that is none of the `pages`, Forbidden for sharing without the right.
    """
    account = account_of(asker)
    if kept.shared:
        require(asker, "review_draft")
    name, address = checked_view_name(kept.name), checked_address(kept.address, pages)
    row = {"account_id": account, "name": name, "address": address, "shared": kept.shared}
    with writing(store.engine, actor_of(asker)) as session:
        _check_room(session, account)
        fresh = insert(SAVED_VIEW).values(**row, saved_at=session.actor.at).returning(SAVED_VIEW.c.id)
        view = int(_named(session, fresh, name).scalar_one())
        session.record("save_view", f"view/{view}", {"address": address, "shared": kept.shared})
        session.commit()
    return view


def rename_view(store: Store, asker: Asker, view: int, name: str) -> None:
    """Give a view another name."""
    kept = checked_view_name(name)
    with writing(store.engine, actor_of(asker)) as session:
        _held(session, asker, view)
        _named(session, update(SAVED_VIEW).where(SAVED_VIEW.c.id == view).values(name=kept), kept)
        session.record("rename_view", f"view/{view}", {"name": kept})
        session.commit()


def remove_view(store: Store, asker: Asker, view: int, *, back: bool = False) -> None:
    """Take a view out of the list, or bring it back."""
    with writing(store.engine, actor_of(asker)) as session:
        name = _held(session, asker, view).name
        at: datetime | None = None if back else session.actor.at
        _named(session, update(SAVED_VIEW).where(SAVED_VIEW.c.id == view).values(removed_at=at), name)
        session.record("restore_view" if back else "remove_view", f"view/{view}")
        session.commit()


def _held(session: Session, asker: Asker, view: int) -> Row[Any]:
    """A view that the asker may change; raises NotFound for another's, which is nobody else's business."""
    account = account_of(asker)
    query = select(SAVED_VIEW).where(SAVED_VIEW.c.id == view).with_for_update()
    row = session.execute(query).first()
    if row is None or not (row.account_id == account or (row.shared and may_share(asker))):
        raise NotFound(
            N_("You have no view {view}."), advice=N_("Look at the list of saved views."), view=view
        )
    return row


def _named(session: Session, statement: Any, name: str) -> Any:
    """Run what gives a view its name; raises Conflict where its owner has another one of that name."""
    try:
        return session.execute(statement)
    except IntegrityError as error:
        raise Conflict(
            N_("There is a view {name} already."),
            advice=N_("Choose another name, or remove that one."),
            name=name,
        ) from error


def _check_room(session: Session, account: int) -> None:
    mine = select(func.count()).select_from(SAVED_VIEW).where(_THERE, SAVED_VIEW.c.account_id == account)
    if session.execute(mine).scalar_one() >= VIEWS_MAX:
        raise Conflict(
            N_("You keep {limit} views already."), advice=N_("Remove some of them."), limit=VIEWS_MAX
        )
