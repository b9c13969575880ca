"""What is asked of comments with mentions: read and write them, whom one may mean, and what waits for one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, insert, select, update

from haihe.boards.accounts import Asker, may, require
from haihe.boards.accounts.actions import actor_of
from haihe.boards.ledger import comment_actions as comments
from haihe.boards.ledger.comment_actions import Comment, Mention
from haihe.boards.ledger.watch_actions import check_inside
from haihe.boards.office.mention_tables import MENTION, mentions_of, of_hands, settling
from haihe.boards.office.mentions import (
    CANDIDATES_MAX,
    Candidate,
    CommentRow,
    MentionedRow,
    MentionRow,
    candidates,
)
from haihe.boards.office.post_actions import my_posts, today
from haihe.boards.office.posts import Post, Roll
from haihe.boards.office.sign_tables import roll_in
from haihe.boards.registry import actions as registry
from haihe.kit.errors import N_, Invalid, NotFound
from haihe.store.opening import Store
from haihe.store.session import Session, reading, writing

COMMENT_CHARACTERS_MAX = comments.COMMENT_CHARACTERS_MAX
MENTIONED_MAX = 50
_LOOKED_AT_MAX = 40

may_write = comments.may_write
withdraw = comments.withdraw


def comments_on(store: Store, asker: Asker, node: int) -> list[CommentRow]:
    """The comments on an item, the oldest first, with whom they mention as that is called now."""
    found = comments.comments_of(store, asker, node)
    with reading(store.engine) as connection:
        rows = mentions_of(connection, [one.id for one in found])
        roll = roll_in(connection)
    me = actor_of(asker).name
    return [
        _row(one, me, tuple(_mention_row(one, row, roll) for row in rows if row.comment_id == one.id))
        for one in found
    ]


def _row(one: Comment, me: str, mentions: tuple[MentionRow, ...]) -> CommentRow:
    named = {_key(each): each.words for each in mentions}
    text = "".join(
        part if isinstance(part, str) else str(replace(part, words=named.get(_key(part), part.words)))
        for part in comments.parts(one.text)
    )
    return CommentRow(
        id=one.id,
        node=one.node,
        author=one.author,
        text=text,
        words=comments.plain(text),
        at=one.at,
        own=one.by == me,
        withdrawn=one.withdrawn_at is not None,
        mentions=mentions if one.text else (),
    )


def _key(mention: Mention | MentionRow) -> tuple[str, int]:
    return mention.kind, mention.number


def _mention_row(comment: Comment, row: Row[Any], roll: Roll) -> MentionRow:
    """Whom a comment mentions: a post as it is called now, a unit as it was called then."""
    if row.post_id:
        return MentionRow("post", row.post_id, roll.posts[row.post_id].words, row.settled_at)
    said = {_key(one): one.words for one in comments.mentions(comment.text)}
    return MentionRow("unit", row.entity_id, said.get(("unit", row.entity_id), ""), row.settled_at)


def write(store: Store, asker: Asker, node: int, text: str) -> int:
    """Comment on an item and tell whom the comment mentions; answers what was asked of the writer there.

    Raises Forbidden for whoever neither reviews nor reports, NotFound for an item that they do not see,
    Invalid for a mention of nobody.
    """
    if not may_write(asker):
        require(asker, "report_item")
    comments.check_node(store, asker, node)
    kept = _resolved(store, asker, comments.checked_text(text))
    posts, units = _hands(store, asker)
    with writing(store.engine, actor_of(asker)) as session:
        author = _author(asker, roll_in(session.connection))
        comment = comments.put_comment(session, node, author, kept)
        if named := comments.mentions(kept):
            session.execute(insert(MENTION), [_mention(comment, one) for one in named])
        _answer(session, node, posts, units)
        session.commit()
    return comment


def _resolved(store: Store, asker: Asker, text: str) -> str:
    """The words of a comment with those it mentions as they are called; raises Invalid for nobody."""
    with reading(store.engine) as connection:
        posts = roll_in(connection).posts
    return "".join(
        part if isinstance(part, str) else str(replace(part, words=_called(store, asker, part, posts)))
        for part in comments.parts(text)
    )


def _called(store: Store, asker: Asker, named: Mention, posts: Mapping[int, Post]) -> str:
    """How a post or a unit that is mentioned is called."""
    if named.kind == "post" and named.number in posts:
        return posts[named.number].words
    if named.kind == "unit":
        with suppress(NotFound):
            return registry.entity_at(store, asker, named.number).entity.name
    raise Invalid(
        N_("There is no post or unit {words}."),
        advice=N_("Choose it from the list that opens after @."),
        words=named.words,
    )


def _mention(comment: int, one: Mention) -> dict[str, int | None]:
    post, unit = (one.number if one.kind == kind else None for kind in ("post", "unit"))
    return {"comment_id": comment, "post_id": post, "entity_id": unit}


def _author(asker: Asker, roll: Roll) -> str:
    """As what somebody writes: the post that they hold, else their account."""
    account = asker.account or 0
    own = (one.post for one in roll.capacities(account, today()) if one.acting is None)
    return next((roll.posts[post].words for post in own), asker.name)


def _hands(store: Store, asker: Asker) -> tuple[list[int], list[int]]:
    """The posts that somebody may sign for, and the units that they report for."""
    units = [one.unit for one in asker.grants if one.unit is not None and may(asker, "report_item", one.unit)]
    return my_posts(store, asker), units


def _answer(session: Session, node: int, posts: Sequence[int], units: Sequence[int]) -> None:
    """Settle what other comments on an item asked of some posts and units."""
    if not (posts or units):
        return
    waiting = comments.comments_waiting(session.connection, node, session.actor.name)
    asked = MENTION.c.comment_id.in_(waiting) & MENTION.c.settled_at.is_(None) & of_hands(posts, units)
    session.execute(update(MENTION).where(asked).values(settling(session.actor.at, session.actor.name)))


def settle(store: Store, asker: Asker, mention: int, *, back: bool = False) -> None:
    """Say that a mention of one's own post or unit is dealt with, or is not yet; raises NotFound."""
    check_inside(asker)
    posts, units = _hands(store, asker)
    with writing(store.engine, actor_of(asker)) as session:
        done = settling(session.actor.at, session.actor.name)
        values = dict.fromkeys(done) if back else done
        mine = (MENTION.c.id == mention) & of_hands(posts, units)
        if session.execute(update(MENTION).where(mine).values(values)).rowcount == 0:
            raise NotFound(
                N_("Nothing waits for you under the number {mention}."),
                advice=N_("Load the page again."),
                mention=mention,
            )
        session.record("open_mention" if back else "settle_mention", f"mention/{mention}")
        session.commit()


def mentioned(store: Store, asker: Asker) -> list[MentionedRow]:
    """What comments ask of the posts and units of the asker and is not settled, the oldest first."""
    check_inside(asker)
    posts, units = _hands(store, asker)
    if not (posts or units):
        return []
    open_ones = select(MENTION).where(of_hands(posts, units), MENTION.c.settled_at.is_(None))
    with reading(store.engine) as connection:
        rows = connection.execute(open_ones.order_by(MENTION.c.id).limit(MENTIONED_MAX)).all()
        roll = roll_in(connection)
    found = comments.comments_at(store, asker, [row.comment_id for row in rows])
    titles = comments.titles_of(store, asker, [one.node for one in found.values()])
    return [
        MentionedRow(
            id=row.id,
            node=one.node,
            title=titles[one.node],
            author=one.author,
            words=comments.plain(one.text),
            at=one.at,
            mentioned=_mention_row(one, row, roll).words,
        )
        for row in rows
        if (one := found.get(row.comment_id))
    ]


def suggested(store: Store, asker: Asker, node: int, typed: str) -> list[Candidate]:
    """Whom somebody may mean who typed this after @ on an item: its own units and their posts come first."""
    check_inside(asker)
    near = list(comments.units_of_node(store, asker, node))
    with reading(store.engine) as connection:
        posts = list(roll_in(connection).posts.values())
    inside = {number for number, _ in near}
    posts.sort(key=lambda post: post.unit_id not in inside)
    among = [Candidate("unit", number, name) for number, name in near]
    among += [Candidate("post", post.id, post.words) for post in posts]
    among += [Candidate("unit", post.unit_id, post.unit) for post in posts if post.unit_id not in inside]
    found = candidates(typed, among)
    if typed and len(found) < CANDIDATES_MAX:
        known = {one.number for one in found if one.kind == "unit"}
        found += [one for one in _further(store, asker, typed) if one.number not in known]
    return found[:CANDIDATES_MAX]


def _further(store: Store, asker: Asker, typed: str) -> Iterator[Candidate]:
    """Units of the registry that something typed may become and that have a part in some register."""
    known = registry.completions(store, asker, typed, _LOOKED_AT_MAX)
    working = comments.units_among(store, [one.id for one in known])
    return (Candidate("unit", one.id, one.name) for one in known if one.id in working)
