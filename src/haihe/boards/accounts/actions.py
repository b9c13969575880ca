"""Signing in, and keeping accounts."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from starlette.requests import HTTPConnection

from haihe.boards.accounts.passwords import check_password
from haihe.boards.accounts.permissions import require
from haihe.boards.accounts.records import OPERATOR, PUBLIC, Account, Asker, Grant
from haihe.boards.accounts.tables import ACCOUNT, GRANT, LOGIN, account_of, grants_of
from haihe.kit.errors import N_, Conflict, Invalid, NotFound, Unknown
from haihe.store.audit import Verdict, noted_head, verify
from haihe.store.opening import Store, the_store
from haihe.store.session import Actor, Session, reading, writing

COOKIE = "haihe_session"
LOGIN_LASTS = timedelta(hours=12)
FIRST = "admin"

_hasher = PasswordHasher()
_nobody = _hasher.hash(secrets.token_urlsafe(16))


def actor_of(asker: Asker) -> Actor:
    """The asker as the audit chain names it, at this moment."""
    return Actor.now(asker.name if asker.account is None else f"account/{asker.account}")


def asking(request: HTTPConnection) -> Asker:
    """Who asks, by the session cookie of a request or a page; the public where there is none."""
    token = request.cookies.get(COOKIE)
    return asker_of(the_store(), token) if token else PUBLIC


def asker_of(store: Store, token: str) -> Asker:
    """Who holds a session token; the public when it has ended."""
    query = (
        select(ACCOUNT.c.id, ACCOUNT.c.name, ACCOUNT.c.must_change)
        .join(LOGIN, LOGIN.c.account_id == ACCOUNT.c.id)
        .where(
            LOGIN.c.token_sha256 == _sha256(token),
            LOGIN.c.ends_at > datetime.now(UTC),
            ACCOUNT.c.disabled_at.is_(None),
        )
    )
    with reading(store.engine) as connection:
        row = connection.execute(query).first()
        if row is None:
            return PUBLIC
        return Asker(row.name, grants_of(connection, row.id), row.id, row.must_change)


def sign_in(store: Store, name: str, password: str) -> str:
    """Check a password and return a new session token; raises Unknown when either is wrong."""
    open_account = select(ACCOUNT.c.id, ACCOUNT.c.password_hash).where(
        ACCOUNT.c.name == name, ACCOUNT.c.disabled_at.is_(None)
    )
    with reading(store.engine) as connection:
        row = connection.execute(open_account).first()
    if not _matches(row.password_hash if row else _nobody, password) or row is None:
        raise Unknown(
            N_("The name or the password is wrong."),
            advice=N_("Try again; an administrator can give you a new one-time password."),
        )
    token = secrets.token_urlsafe(32)
    actor = Actor.now(f"account/{row.id}")
    with writing(store.engine, actor) as session:
        session.execute(delete(LOGIN).where(LOGIN.c.ends_at < actor.at))
        session.execute(
            insert(LOGIN).values(
                token_sha256=_sha256(token),
                account_id=row.id,
                created_at=actor.at,
                ends_at=actor.at + LOGIN_LASTS,
            )
        )
        session.record("sign_in", f"account/{row.id}")
        session.commit()
    return token


def sign_out(store: Store, token: str) -> None:
    """End a session."""
    asker = asker_of(store, token)
    if asker.account is None:
        return
    with writing(store.engine, actor_of(asker)) as session:
        session.execute(delete(LOGIN).where(LOGIN.c.token_sha256 == _sha256(token)))
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
        others = (LOGIN.c.account_id == asker.account) & (LOGIN.c.token_sha256 != _sha256(token))
        session.execute(delete(LOGIN).where(others))
        session.record("set_password", f"account/{asker.account}")
        session.commit()


def add_account(store: Store, asker: Asker, name: str, title: str, grants: Sequence[Grant]) -> str:
    """Make an account and return its one-time password; raises Conflict when the name is taken."""
    require(asker, "manage_accounts")
    if not name.strip() or not grants:
        raise Invalid(
            N_("An account needs a name and at least one role."), advice=N_("Give both and try again.")
        )
    password = secrets.token_urlsafe(12)
    with writing(store.engine, actor_of(asker)) as session:
        if session.execute(select(ACCOUNT.c.id).where(ACCOUNT.c.name == name)).first():
            raise Conflict(
                N_("There is already an account {name}."), advice=N_("Choose another name."), name=name
            )
        account = session.execute(
            insert(ACCOUNT)
            .values(
                name=name.strip(),
                title=title.strip(),
                password_hash=_hasher.hash(password),
                must_change=True,
                created_at=session.actor.at,
            )
            .returning(ACCOUNT.c.id)
        ).scalar_one()
        try:
            session.execute(insert(GRANT), [_grant_row(account, grant) for grant in grants])
        except IntegrityError as error:
            raise Invalid(
                N_("One of the units is not in the registry."),
                advice=N_("Look the unit up and give the number in its address, /entity/NUMBER."),
            ) from error
        session.record("add_account", f"account/{account}", {"name": name, "grants": _plain(grants)})
        session.commit()
    return password


def renew_password(store: Store, asker: Asker, account: int) -> str:
    """Give an account a new one-time password, end its sessions, and return the password."""
    require(asker, "manage_accounts")
    password = secrets.token_urlsafe(12)
    with writing(store.engine, actor_of(asker)) as session:
        _store_password(session, account, password, one_time=True)
        session.execute(delete(LOGIN).where(LOGIN.c.account_id == account))
        session.record("renew_password", f"account/{account}")
        session.commit()
    return password


def set_disabled(store: Store, asker: Asker, account: int, *, disabled: bool) -> None:
    """Close an account or open it again; the last open administrator cannot be closed."""
    require(asker, "manage_accounts")
    with writing(store.engine, actor_of(asker)) as session:
        if disabled and _administrators(session.connection) == {account}:
            raise Conflict(
                N_("This is the last administrator."), advice=N_("Make another administrator first.")
            )
        values = {"disabled_at": session.actor.at if disabled else None}
        if session.execute(update(ACCOUNT).where(ACCOUNT.c.id == account).values(values)).rowcount == 0:
            raise _no_account(account)
        session.execute(delete(LOGIN).where(LOGIN.c.account_id == account))
        session.record("disable_account" if disabled else "enable_account", f"account/{account}")
        session.commit()


def accounts(store: Store, asker: Asker) -> list[Account]:
    """Every account, by name."""
    require(asker, "manage_accounts")
    with reading(store.engine) as connection:
        rows = connection.execute(select(ACCOUNT).order_by(ACCOUNT.c.name)).mappings().all()
        return [account_of(connection, row) for row in rows]


def first_password(store: Store) -> str | None:
    """A one-time password for the first administrator, made anew until it has been used; then None."""
    with reading(store.engine) as connection:
        held = connection.execute(
            select(ACCOUNT.c.id, ACCOUNT.c.must_change).where(ACCOUNT.c.name == FIRST)
        ).first()
        some = connection.execute(select(func.count()).select_from(ACCOUNT)).scalar_one()
    if held is not None:
        return renew_password(store, OPERATOR, held.id) if held.must_change else None
    return None if some else add_account(store, OPERATOR, FIRST, "", [Grant("admin")])


def administrator_is_set(store: Store) -> bool:
    """Whether an administrator has set a password; until then the site answers this machine only."""
    with reading(store.engine) as connection:
        return bool(_administrators(connection, ACCOUNT.c.must_change.is_(False)))


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


def _administrators(connection: Connection, *conditions: Any) -> set[int]:
    query = (
        select(ACCOUNT.c.id)
        .join(GRANT, GRANT.c.account_id == ACCOUNT.c.id)
        .where(GRANT.c.role == "admin", GRANT.c.unit_id.is_(None), ACCOUNT.c.disabled_at.is_(None))
        .where(*conditions)
    )
    return set(connection.execute(query).scalars())


def _store_password(session: Session, account: int, password: str, *, one_time: bool) -> None:
    held = (
        update(ACCOUNT)
        .where(ACCOUNT.c.id == account)
        .values(password_hash=_hasher.hash(password), must_change=one_time)
    )
    if session.execute(held).rowcount == 0:
        raise _no_account(account)


def _no_account(account: int) -> NotFound:
    return NotFound(
        N_("There is no account {account}."), advice=N_("Look at the list of accounts."), account=account
    )


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def _grant_row(account: int, grant: Grant) -> dict[str, object]:
    return {"account_id": account, "role": grant.role, "unit_id": grant.unit}


def _plain(grants: Sequence[Grant]) -> list[list[object]]:
    return [[grant.role, grant.unit] for grant in grants]


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
