"""Making, listing and revoking API tokens."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import insert, select, update

from haihe.boards.accounts.actions import actor_of, digest_of, no_account
from haihe.boards.accounts.permissions import may, reaches, refusal_of, require
from haihe.boards.accounts.records import Asker
from haihe.boards.accounts.tables import ACCOUNT, grants_of
from haihe.boards.accounts.token_tables import TOKEN, token_of
from haihe.boards.accounts.tokens import PREFIX, Token, Wish, check_wish
from haihe.kit.errors import N_, Conflict, NotFound, Unknown
from haihe.store.opening import Store
from haihe.store.session import reading, writing


def tokens(store: Store, asker: Asker) -> list[Token]:
    """One's own tokens, the newest first; for whoever manages tokens all of those they reach."""
    with reading(store.engine) as connection:
        rows = (
            connection.execute(
                select(TOKEN, ACCOUNT.c.name.label("account"))
                .join(ACCOUNT, ACCOUNT.c.id == TOKEN.c.account_id)
                .order_by(TOKEN.c.id.desc())
            )
            .mappings()
            .all()
        )
        return [
            token_of(row, row["account"])
            for row in rows
            if row["account_id"] == asker.account
            or reaches(asker, "manage_tokens", grants_of(connection, row["account_id"]))
        ]


def add_token(store: Store, asker: Asker, account: int, wish: Wish) -> str:
    """Make a token and return it, for the only time; what is kept is its SHA-256.

    A post makes tokens for itself; for another account only the operator does. A token makes no tokens.
    Raises Forbidden, NotFound, and Invalid where the wish reaches beyond the account.
    """
    if asker.account is None:
        require(asker, "appoint")
    elif asker.account != account or asker.scope is not None or asker.must_change:
        raise refusal_of(asker)
    secret = PREFIX + secrets.token_urlsafe(32)
    with writing(store.engine, actor_of(asker)) as session:
        if not session.execute(select(ACCOUNT.c.id).where(ACCOUNT.c.id == account)).first():
            raise no_account(account)
        check_wish(wish, grants_of(session.connection, account))
        row = {
            "account_id": account,
            "name": wish.name.strip(),
            "token_sha256": digest_of(secret),
            "actions": sorted(set(wish.actions)),
            "created_at": session.actor.at,
            "ends_at": session.actor.at + timedelta(days=wish.days),
        }
        token = session.execute(insert(TOKEN).values(row).returning(TOKEN.c.id)).scalar_one()
        detail = {
            "account": account,
            "name": row["name"],
            "actions": row["actions"],
            "ends_at": row["ends_at"],
        }
        session.record("add_token", f"token/{token}", detail)
        session.commit()
    return secret


def revoke_token(store: Store, asker: Asker, token: int) -> None:
    """End a token at once; raises NotFound, for another's token too, and Conflict where it was revoked."""
    if asker.account is None and not may(asker, "manage_tokens"):
        raise Unknown(N_("This needs an account."), advice=N_("Sign in and try again."))
    with writing(store.engine, actor_of(asker)) as session:
        held = session.execute(select(TOKEN.c.account_id).where(TOKEN.c.id == token)).scalar()
        grants = grants_of(session.connection, held) if held is not None else ()
        if held is None or not (held == asker.account or reaches(asker, "manage_tokens", grants)):
            raise NotFound(
                N_("There is no token {token}."), advice=N_("Look at the list of tokens."), token=token
            )
        ended = update(TOKEN).where(TOKEN.c.id == token, TOKEN.c.revoked_at.is_(None))
        if session.execute(ended.values(revoked_at=session.actor.at)).rowcount == 0:
            raise Conflict(
                N_("This token was revoked already."), advice=N_("Nothing is left to do."), token=token
            )
        session.record("revoke_token", f"token/{token}")
        session.commit()
