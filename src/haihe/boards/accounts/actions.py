"""Signing in, and keeping accounts."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import Connection, delete, func, insert, select, update
from starlette.requests import HTTPConnection

from haihe.boards.accounts.grant_actions import (
    administered,
    administrators,
    check_administered,
    keep_grants,
    plain,
    require_reach,
)
from haihe.boards.accounts.passwords import check_password
from haihe.boards.accounts.permissions import check_grants, reaches, require
from haihe.boards.accounts.records import OPERATOR, PUBLIC, Account, Asker, Grant
from haihe.boards.accounts.tables import ACCOUNT, LOGIN, account_of, grants_of
from haihe.boards.accounts.throttle_actions import begin_attempt, end_attempt
from haihe.boards.accounts.timeouts import timeouts_of
from haihe.boards.accounts.token_tables import TOKEN
from haihe.kit.errors import N_, Conflict, Invalid, NotFound, Unknown
from haihe.kit.words import Language, language_of
from haihe.store.audit import Verdict, noted_head, verify
from haihe.store.opening import Store, the_store
from haihe.store.session import Actor, Session, noting, reading, writing

COOKIE = "haihe_session"
FIRST = "admin"
SEEN_EVERY = timedelta(minutes=1)
"""How exactly the last use of a session or a token is noted."""

_hasher = PasswordHasher()
_nobody = _hasher.hash(secrets.token_urlsafe(16))


def names_of(connection: Connection, actors: Collection[str]) -> dict[str, str]:
    """The names of accounts, by the names that the audit chain has for them."""
    numbers = [int(actor.removeprefix("account/")) for actor in actors if actor.startswith("account/")]
    query = select(ACCOUNT.c.id, ACCOUNT.c.name).where(ACCOUNT.c.id.in_(numbers))
    return {f"account/{row.id}": row.name for row in connection.execute(query)}


def digest_of(token: str) -> str:
    """The SHA-256 under which a token is kept; 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def actor_of(asker: Asker) -> Actor:
    """The asker as the audit chain names it, at this moment."""
    return Actor.now(asker.name if asker.account is None else f"account/{asker.account}")


def asking(request: HTTPConnection) -> Asker:
    """Who asks, by an API token (`Authorization: Bearer`, RFC 6750) or the session cookie; else the public.

    Raises Unknown for a token that does not hold.
    """
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return bearer_of(the_store(), secret.strip())
    token = request.cookies.get(COOKIE)
    return asker_of(the_store(), token, seen=True) if token else PUBLIC


def speaking(request: HTTPConnection) -> Language:
    """The language that a request asks for."""
    return language_of(request.headers.get("accept-language", ""))


def bearer_of(store: Store, secret: str) -> Asker:
    """Who holds an API token; raises Unknown where it is not known, was revoked or has ended."""
    now = datetime.now(UTC)
    query = (
        select(ACCOUNT.c.id, ACCOUNT.c.name, ACCOUNT.c.must_change, TOKEN)
        .join(TOKEN, TOKEN.c.account_id == ACCOUNT.c.id)
        .where(
            TOKEN.c.token_sha256 == digest_of(secret),
            TOKEN.c.ends_at > now,
            TOKEN.c.revoked_at.is_(None),
            ACCOUNT.c.disabled_at.is_(None),
        )
    )
    with reading(store.engine) as connection:
        row = connection.execute(query).first()
        if row is None:
            raise Unknown(
                N_("The token is not known, was revoked or has ended."),
                advice=N_("Make a new one on the page of your account."),
            )
        asker = Asker(
            row.name, grants_of(connection, row.id), row.id, row.must_change, frozenset(row.actions)
        )
    if row.last_used_at is None or now - row.last_used_at > SEEN_EVERY:
        with noting(store.engine) as connection:
            used = update(TOKEN).where(TOKEN.c.token_sha256 == row.token_sha256)
            connection.execute(used.values(last_used_at=now))
    return asker


def asker_of(store: Store, token: str, *, seen: bool = False) -> Asker:
    """Who holds a session token; the public when it has ended or has long not been used.

    `seen` says that somebody did something in the session, so that its idle time begins anew.
    """
    now = datetime.now(UTC)
    query = (
        select(ACCOUNT.c.id, ACCOUNT.c.name, ACCOUNT.c.must_change, LOGIN.c.last_seen_at, LOGIN.c.by)
        .join(LOGIN, LOGIN.c.account_id == ACCOUNT.c.id)
        .where(
            LOGIN.c.token_sha256 == digest_of(token),
            LOGIN.c.ends_at > now,
            LOGIN.c.last_seen_at > now - timeouts_of(os.environ).idle,
            ACCOUNT.c.disabled_at.is_(None),
        )
    )
    with reading(store.engine) as connection:
        row = connection.execute(query).first()
        if row is None:
            return PUBLIC
        must_change = row.must_change and row.by == "password"
        asker = Asker(row.name, grants_of(connection, row.id), row.id, must_change)
    if seen and now - row.last_seen_at > SEEN_EVERY:
        with noting(store.engine) as connection:
            used = update(LOGIN).where(LOGIN.c.token_sha256 == digest_of(token))
            connection.execute(used.values(last_seen_at=now))
    return asker


def sign_in(store: Store, name: str, password: str, address: str = "") -> str:
    """Check a password and return a new session token.

    Raises Unknown when either is wrong, and TooMany after too many failures (`params/throttle.yaml`).
    """
    attempt = begin_attempt(store, name, address)
    open_account = select(ACCOUNT.c.id, ACCOUNT.c.password_hash).where(
        ACCOUNT.c.name == name, ACCOUNT.c.disabled_at.is_(None)
    )
    with reading(store.engine) as connection:
        row = connection.execute(open_account).first()
    if not _matches(row.password_hash if row else _nobody, password) or row is None:
        with writing(store.engine, Actor.now(PUBLIC.name)) as session:
            session.record("fail_sign_in", f"account/{row.id}" if row else "account", {"address": address})
            session.commit()
        raise Unknown(
            N_("The name or the password is wrong."),
            advice=N_("Try again; an administrator can give you a new one-time password."),
        )
    end_attempt(store, attempt)
    return open_session(store, row.id, "password")


def open_session(store: Store, account: int, by: Literal["password", "sign_on"]) -> str:
    """Open a session for an account that has shown who it is, and return its token."""
    token = secrets.token_urlsafe(32)
    actor = Actor.now(f"account/{account}")
    with writing(store.engine, actor) as session:
        session.execute(delete(LOGIN).where(LOGIN.c.ends_at < actor.at))
        session.execute(
            insert(LOGIN).values(
                token_sha256=digest_of(token),
                account_id=account,
                created_at=actor.at,
                ends_at=actor.at + timeouts_of(os.environ).whole,
                last_seen_at=actor.at,
                by=by,
            )
        )
        session.record("sign_in", f"account/{account}", {"by": by})
        session.commit()
    return token


def sign_out(store: Store, token: str) -> None:
    """End a session."""
    asker = asker_of(store, token)
    if asker.account is None:
        return
    with writing(store.engine, actor_of(asker)) as session:
        session.execute(delete(LOGIN).where(LOGIN.c.token_sha256 == digest_of(token)))
        session.record("sign_out", f"account/{asker.account}")
        session.commit()


def set_password(store: Store, token: str, old: str, new: str) -> None:
    """Replace the password of whoever holds a session; every other session of the account ends.

    Raises Unknown when the old one is wrong and Invalid when the new one breaks the rule.
    """
    asker = asker_of(store, token)
    if asker.account is None:
        raise Unknown(N_("This needs an account."), advice=N_("Sign in and try again."))
    check_password(new, old)
    with writing(store.engine, actor_of(asker)) as session:
        held = session.execute(
            select(ACCOUNT.c.password_hash).where(ACCOUNT.c.id == asker.account).with_for_update()
        ).scalar_one()
        if not _matches(held, old):
            raise Unknown(N_("The old password is wrong."), advice=N_("Type it again."))
        _store_password(session, asker.account, new, one_time=False)
        others = (LOGIN.c.account_id == asker.account) & (LOGIN.c.token_sha256 != digest_of(token))
        session.execute(delete(LOGIN).where(others))
        session.record("set_password", f"account/{asker.account}")
        session.commit()


def add_account(store: Store, asker: Asker, name: str, title: str, grants: Sequence[Grant]) -> str:
    """Make an account and return its one-time password; raises Conflict when the name is taken.

    Roles are given by whoever grants roles; an account may be made without any.
    """
    require_reach(asker, "manage_accounts", grants)
    check_grants(grants)
    with writing(store.engine, actor_of(asker)) as session:
        account, password = new_account(session, name, title)
        if grants:
            keep_grants(session, asker, account, grants)
        session.record("add_account", f"account/{account}", {"name": name, "grants": plain(grants)})
        session.commit()
    return password


def new_account(session: Session, name: str, title: str) -> tuple[int, str]:
    """An account without a role, in the caller's transaction: its number and one-time password."""
    if not name.strip():
        raise Invalid(N_("An account needs a name."), advice=N_("Give one and try again."))
    if session.execute(select(ACCOUNT.c.id).where(ACCOUNT.c.name == name.strip())).first():
        raise Conflict(
            N_("There is already an account {name}."), advice=N_("Choose another name."), name=name
        )
    password = secrets.token_urlsafe(12)
    row = {
        "name": name.strip(),
        "title": title.strip(),
        "password_hash": _hasher.hash(password),
        "must_change": True,
        "created_at": session.actor.at,
    }
    account: int = session.execute(insert(ACCOUNT).values(row).returning(ACCOUNT.c.id)).scalar_one()
    return account, password


def renew_password(store: Store, asker: Asker, account: int) -> str:
    """Give an account a new one-time password, end its sessions and tokens, and return the password."""
    password = secrets.token_urlsafe(12)
    with writing(store.engine, actor_of(asker)) as session:
        require_reach(asker, "manage_accounts", grants_of(session.connection, account))
        _store_password(session, account, password, one_time=True)
        session.execute(delete(LOGIN).where(LOGIN.c.account_id == account))
        valid = (TOKEN.c.account_id == account) & TOKEN.c.revoked_at.is_(None)
        session.execute(update(TOKEN).where(valid).values(revoked_at=session.actor.at))
        session.record("renew_password", f"account/{account}")
        session.commit()
    return password


def set_disabled(store: Store, asker: Asker, account: int, *, disabled: bool) -> None:
    """Close an account or open it again; somebody stays who administers the house."""
    with writing(store.engine, actor_of(asker)) as session:
        require_reach(asker, "manage_accounts", grants_of(session.connection, account))
        was = administered(session.connection)
        values = {"disabled_at": session.actor.at if disabled else None}
        if session.execute(update(ACCOUNT).where(ACCOUNT.c.id == account).values(values)).rowcount == 0:
            raise no_account(account)
        check_administered(session.connection, was)
        session.execute(delete(LOGIN).where(LOGIN.c.account_id == account))
        session.record("disable_account" if disabled else "enable_account", f"account/{account}")
        session.commit()


def accounts(store: Store, asker: Asker) -> list[Account]:
    """Every account that the asker reaches, by name."""
    if not any(reaches(asker, "see_accounts", [grant]) for grant in asker.grants):
        require(asker, "see_accounts")
    with reading(store.engine) as connection:
        rows = connection.execute(select(ACCOUNT).order_by(ACCOUNT.c.name)).mappings().all()
        found = [account_of(connection, row) for row in rows]
    return [one for one in found if reaches(asker, "see_accounts", one.grants)]


def first_password(store: Store) -> str | None:
    """A one-time password for the first administrator, made anew until it has been used; then None."""
    with reading(store.engine) as connection:
        held = connection.execute(
            select(ACCOUNT.c.id, ACCOUNT.c.must_change).where(ACCOUNT.c.name == FIRST)
        ).first()
        some = connection.execute(select(func.count()).select_from(ACCOUNT)).scalar_one()
        if administered(connection) == "separate":
            return None
    if held is not None:
        return renew_password(store, OPERATOR, held.id) if held.must_change else None
    return None if some else add_account(store, OPERATOR, FIRST, "", [Grant("admin")])


def administrator_is_set(store: Store) -> bool:
    """Whether an administrator has set a password; until then the site answers this machine only."""
    with reading(store.engine) as connection:
        return bool(administrators(connection, ACCOUNT.c.must_change.is_(False)))


def audit_verdict(store: Store, asker: Asker) -> Verdict:
    """Walk the audit chain and say whether every line holds and none is missing."""
    require(asker, "see_audit")
    noted = noted_head(store.heads)
    with reading(store.engine) as connection:
        return verify(connection, noted)


def renew_head(store: Store, asker: Asker, backup: str) -> None:
    """Begin the chain anew where a restored one ends: what was noted outside goes into its next line."""
    require(asker, "see_audit")
    noted = noted_head(store.heads)
    store.heads.unlink(missing_ok=True)
    with writing(store.engine, actor_of(asker)) as session:
        session.record("restore", "house", {"backup": backup, "noted": asdict(noted) if noted else None})
        session.commit()


def _store_password(session: Session, account: int, password: str, *, one_time: bool) -> None:
    held = (
        update(ACCOUNT)
        .where(ACCOUNT.c.id == account)
        .values(password_hash=_hasher.hash(password), must_change=one_time)
    )
    if session.execute(held).rowcount == 0:
        raise no_account(account)


def no_account(account: int | str) -> NotFound:
    """The error for an account that is not there."""
    return NotFound(
        N_("There is no account {account}."), advice=N_("Look at the list of accounts."), account=account
    )


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
