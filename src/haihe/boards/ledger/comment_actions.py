"""What is asked of comments: read them, write one in the transaction of the board above, withdraw one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import Connection, insert, select, update

from haihe.boards.accounts import Asker, may
from haihe.boards.accounts.actions import actor_of
from haihe.boards.ledger.comment_tables import COMMENT, comment_of
from haihe.boards.ledger.comments import (
    COMMENT_CHARACTERS_MAX,
    Comment,
    Mention,
    checked_text,
    mentions,
    parts,
    plain,
)
from haihe.boards.ledger.sight_tables import node_found
from haihe.boards.ledger.tables import NODE, NODE_UNIT, PLAN
from haihe.boards.ledger.watch_actions import check_inside
from haihe.kit.errors import N_, NotFound
from haihe.store.opening import Store
from haihe.store.session import Session, reading, writing

__all__ = [
    "COMMENT_CHARACTERS_MAX",
    "Comment",
    "Mention",
    "check_node",
    "checked_text",
    "comments_at",
    "comments_of",
    "comments_waiting",
    "may_write",
    "mentions",
    "parts",
    "plain",
    "put_comment",
    "titles_of",
    "units_among",
    "units_of_node",
    "withdraw",
]


def may_write(asker: Asker) -> bool:
    """Whether the asker may comment on what they see: who reviews, or reports for some unit."""
    return may(asker, "review_draft") or any(may(asker, "report_item", one.unit) for one in asker.grants)


def comments_of(store: Store, asker: Asker, node: int) -> list[Comment]:
    """The comments on an item, the oldest first; of one that another withdrew, the words are left out.

    Raises NotFound for an item that the asker does not see, Unknown or Forbidden for the public.
    """
    check_inside(asker)
    check_node(store, asker, node)
    query = select(COMMENT).where(COMMENT.c.node_id == node).order_by(COMMENT.c.id)
    with reading(store.engine) as connection:
        found = [comment_of(row) for row in connection.execute(query)]
    return [_as_seen(asker, one) for one in found]


def comments_at(store: Store, asker: Asker, numbers: Collection[int]) -> dict[int, Comment]:
    """Those comments of some numbers that stand on items which the asker sees, and were not withdrawn."""
    check_inside(asker)
    query = select(COMMENT).where(COMMENT.c.id.in_(numbers), COMMENT.c.withdrawn_at.is_(None))
    with reading(store.engine) as connection:
        found = [comment_of(row) for row in connection.execute(query)]
    seen = titles_of(store, asker, {one.node for one in found})
    return {one.id: one for one in found if one.node in seen}


def check_node(store: Store, asker: Asker, node: int) -> None:
    """Raise NotFound for an item that the asker does not see."""
    if not titles_of(store, asker, [node]):
        raise NotFound(
            N_("There is no item {id} that you may see."),
            advice=N_("Open it again from its plan; one that is not published needs an account."),
            id=node,
        )


def _as_seen(asker: Asker, one: Comment) -> Comment:
    own = one.by == actor_of(asker).name
    return one if one.withdrawn_at is None or own else replace(one, text="")


def put_comment(session: Session, node: int, author: str, text: str) -> int:
    """Add a comment whose words were checked to an item that its writer sees; returns its number."""
    row = {"node_id": node, "author": author, "text": text}
    made = {"written_by": session.actor.name, "written_at": session.actor.at}
    fresh = insert(COMMENT).values(row | made).returning(COMMENT.c.id)
    comment = int(session.execute(fresh).scalar_one())
    session.record("comment", f"node/{node}", {"comment": comment})
    return comment


def withdraw(store: Store, asker: Asker, comment: int, *, back: bool = False) -> int:
    """Withdraw one's own comment, or show it again; returns its item. Raises NotFound for another's."""
    check_inside(asker)
    with writing(store.engine, actor_of(asker)) as session:
        at = None if back else session.actor.at
        own = (COMMENT.c.id == comment) & (COMMENT.c.written_by == session.actor.name)
        changed = update(COMMENT).where(own).values(withdrawn_at=at).returning(COMMENT.c.node_id)
        node = session.execute(changed).scalar_one_or_none()
        if node is None:
            raise NotFound(
                N_("You wrote no comment {comment}."),
                advice=N_("Whoever wrote a comment can withdraw it."),
                comment=comment,
            )
        deed = "show_comment" if back else "withdraw_comment"
        session.record(deed, f"node/{node}", {"comment": comment})
        session.commit()
    return int(node)


def titles_of(store: Store, asker: Asker, nodes: Collection[int]) -> dict[int, str]:
    """The titles of those of some items that the asker sees."""
    query = select(NODE.c.id, NODE.c.title).join(PLAN, PLAN.c.id == NODE.c.plan_id)
    with reading(store.engine) as connection:
        rows = connection.execute(query.where(NODE.c.id.in_(nodes), node_found(asker)))
        return {row.id: row.title for row in rows}


def units_among(store: Store, entities: Collection[int]) -> set[int]:
    """Those of some entities that have a part in a register."""
    query = select(NODE_UNIT.c.entity_id).where(NODE_UNIT.c.entity_id.in_(entities)).distinct()
    with reading(store.engine) as connection:
        return set(connection.execute(query).scalars())


def units_of_node(store: Store, asker: Asker, node: int) -> list[tuple[int, str]]:
    """The units with a part in an item that are known to the registry, with their names as written."""
    check_node(store, asker, node)
    named = (NODE_UNIT.c.node_id == node) & NODE_UNIT.c.entity_id.is_not(None)
    query = select(NODE_UNIT.c.entity_id, NODE_UNIT.c.name).where(named).order_by(NODE_UNIT.c.position)
    with reading(store.engine) as connection:
        return [(row.entity_id, row.name) for row in connection.execute(query)]


def comments_waiting(connection: Connection, node: int, writer: str) -> list[int]:
    """The comments of others on an item, which one of a writer may answer."""
    query = select(COMMENT.c.id).where(COMMENT.c.node_id == node, COMMENT.c.written_by != writer)
    return list(connection.execute(query).scalars())
