"""What is asked of posts: make one, hand it over, name who acts for it, end that."""

from __future__ import annotations

from sqlalchemy import insert, update

from haihe.boards.accounts import Account, Asker, may, require, require_part
from haihe.boards.accounts import actions as accounts
from haihe.boards.accounts.actions import actor_of
from haihe.boards.ledger import actions as ledger
from haihe.boards.office.posts import (
    Deputy,
    PostRow,
    Roll,
    check_deputy,
    checked_reason,
    checked_title,
    post_rows,
)
from haihe.boards.office.sign_tables import DEPUTY, HOLDING, POST, hold_roll, roll_in
from haihe.boards.registry import actions as registry
from haihe.kit.errors import N_, Conflict, Forbidden, Invalid, NotFound
from haihe.store.opening import Store
from haihe.store.session import reading, writing

today = ledger.today


def posts(store: Store, asker: Asker, language: str) -> list[PostRow]:
    """Every post, unit by unit, with its holder and who acts for it."""
    require_part(asker, "see_unpublished")
    with reading(store.engine) as connection:
        return post_rows(roll_in(connection), today(), language)


def my_posts(store: Store, asker: Asker) -> list[int]:
    """The posts that the asker may sign for today."""
    if asker.account is None:
        return []
    with reading(store.engine) as connection:
        return [one.post for one in roll_in(connection).capacities(asker.account, today())]


def add_post(store: Store, asker: Asker, unit: str, title: str, level: str) -> int:
    """Make a post of a unit, which is given by name or by its number in the registry; returns its number.

    Raises Invalid for a unit that the registry does not know, Conflict where there is such a post.
    """
    require(asker, "manage_accounts")
    title = checked_title(title, level)
    entity, name = _unit(store, asker, unit)
    with writing(store.engine, actor_of(asker)) as session:
        roll = hold_roll(session, to_change=True)
        if any((one.unit_id, one.title) == (entity, title) for one in roll.posts.values()):
            raise Conflict(
                N_("{unit} has a post {title} already."),
                advice=N_("Hand that one over."),
                unit=name,
                title=title,
            )
        row = {"unit_id": entity, "unit": name, "title": title, "level": level}
        post = int(session.execute(insert(POST).values(row).returning(POST.c.id)).scalar_one())
        session.record("add_post", f"post/{post}", row)
        session.commit()
    return post


def _unit(store: Store, asker: Asker, unit: str) -> tuple[int, str]:
    said = unit.strip()
    if said.isascii() and said.isdigit():
        card = registry.entity_at(store, asker, int(said[:18])).entity
        return card.id, card.name
    found = registry.resolve_unit(store, said)
    if not found or any(other.distance == found[0].distance for other in found[1:]):
        raise Invalid(
            N_("The registry does not know the unit {unit}, or more than one is called so."),
            advice=N_("Give the number in its address, /entity/NUMBER, or load it: haihe load FILE."),
            unit=said[:80],
        )
    return found[0].id, found[0].name


def hand_over(store: Store, asker: Asker, post: int, account: int | None, reason: str) -> None:
    """Give a post to an account, or with None to nobody, from this moment on.

    What its holders signed until then stays as it was signed; what waits for the post waits for the new one.
    """
    require(asker, "manage_accounts")
    reason = checked_reason(reason)
    new = _account(store, asker, account) if account is not None else None
    with writing(store.engine, actor_of(asker)) as session:
        roll = hold_roll(session, to_change=True)
        held = _held(roll, post)
        before = roll.holder(held)
        if (before.account if before else None) == account:
            raise Conflict(
                N_("{post} is in these hands already."),
                advice=N_("Choose another account."),
                post=roll.posts[held].words,
            )
        now = session.actor.at
        if before:
            ending = update(HOLDING).where(HOLDING.c.post == held, HOLDING.c.until.is_(None))
            session.execute(ending.values(until=now))
        if new:
            row = {"post": held, "account": new.id, "name": new.name, "since": now, "reason": reason}
            session.execute(insert(HOLDING).values(row))
        detail = {"from": before and before.account, "to": account, "reason": reason}
        session.record("hand_over", f"post/{held}", detail)
        session.commit()


def _account(store: Store, asker: Asker, number: int) -> Account:
    for one in accounts.accounts(store, asker):
        if one.id == number and one.disabled_at is None:
            return one
    raise NotFound(
        N_("There is no open account {account}."), advice=N_("Look at the list of accounts."), account=number
    )


def _held(roll: Roll, post: int) -> int:
    if post not in roll.posts:
        raise NotFound(N_("There is no post {post}."), advice=N_("Look at the list of posts."), post=post)
    return post


def deputise(store: Store, asker: Asker, wanted: Deputy) -> int:
    """Let the holder of a post act for another from one day to another; returns the number of that.

    Its own holder names who acts for a post, or who keeps the accounts. Raises as `check_deputy` does.
    """
    reason = checked_reason(wanted.reason)
    with writing(store.engine, actor_of(asker)) as session:
        roll = hold_roll(session, to_change=True)
        _may_name(asker, roll, _held(roll, wanted.post))
        _held(roll, wanted.acting)
        check_deputy(roll, wanted, today())
        row = {
            "post": wanted.post,
            "acting": wanted.acting,
            "since_on": wanted.since_on,
            "until_on": wanted.until_on,
            "reason": reason,
        }
        number = int(session.execute(insert(DEPUTY).values(row).returning(DEPUTY.c.id)).scalar_one())
        session.record("deputise", f"post/{wanted.post}", row)
        session.commit()
    return number


def end_deputy(store: Store, asker: Asker, deputy: int) -> None:
    """End that one post acts for another, from this moment on; raises NotFound where it has ended."""
    with writing(store.engine, actor_of(asker)) as session:
        roll = hold_roll(session, to_change=True)
        found = next((one for one in roll.deputies if one.id == deputy and one.ended_at is None), None)
        if found is None:
            raise NotFound(
                N_("Nobody acts for another under the number {deputy}."),
                advice=N_("Look at the list of posts."),
                deputy=deputy,
            )
        _may_name(asker, roll, found.post)
        session.execute(update(DEPUTY).where(DEPUTY.c.id == deputy).values(ended_at=session.actor.at))
        session.record("end_deputy", f"post/{found.post}", {"acting": found.acting})
        session.commit()


def _may_name(asker: Asker, roll: Roll, post: int) -> None:
    """Raise Forbidden unless the asker holds a post or keeps the accounts."""
    require_part(asker, "see_unpublished")
    holder = roll.holder(post)
    if not may(asker, "manage_accounts") and (holder is None or holder.account != asker.account):
        raise Forbidden(
            N_("Who acts for {post} is said by whoever holds it."),
            advice=N_("Ask them, or an administrator."),
            post=roll.posts[post].words,
        )
