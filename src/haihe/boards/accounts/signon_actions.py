"""Single sign-on by OpenID Connect's authorization code flow with PKCE, and the links of accounts to it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy import RowMapping, delete, insert, select
from sqlalchemy.exc import IntegrityError

from haihe.boards.accounts.actions import actor_of, digest_of, open_session
from haihe.boards.accounts.grant_actions import require_reach
from haihe.boards.accounts.origin import inside_of
from haihe.boards.accounts.permissions import refusal_of
from haihe.boards.accounts.records import PUBLIC, Asker
from haihe.boards.accounts.signon import LOOPBACK, Identity, Provider, provider_of
from haihe.boards.accounts.signon_tables import IDENTITY, START
from haihe.boards.accounts.tables import ACCOUNT, grants_of
from haihe.kit.errors import N_, Conflict, Forbidden, NotFound, Unavailable, Unknown
from haihe.store.opening import Store
from haihe.store.session import Actor, Session, noting, reading, writing

COOKIE = "haihe_sign_on"
LASTS = timedelta(minutes=10)

_ALGORITHMS = [
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "Ed25519",
    "EdDSA",
]
_LEEWAY_S = 60
_PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider sent back with the browser, and the cookie that the browser kept meanwhile."""

    code: str
    state: str
    kept: str
    issuer: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where a sign-on leads: a new session, or None where an identity was linked to one that is open."""

    session: str | None
    back: str


def the_provider() -> Provider:
    """The provider of this house; raises NotFound where none is set."""
    provider = provider_of(os.environ)
    if provider is None:
        raise NotFound(
            N_("This house has no single sign-on."),
            advice=N_("Sign in with name and password."),
        )
    return provider


def begin_sign_on(store: Store, redirect: str, back: str, asker: Asker = PUBLIC) -> tuple[str, str]:
    """The provider's address to send the browser to, and the state that the browser keeps in a cookie.

    For somebody who has signed in, what comes back is linked to the account. Raises Unavailable.
    """
    provider = the_provider()
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    with _speaking(provider, redirect) as (client, described):
        url, _ = client.create_authorization_url(
            described["authorization_endpoint"], state, verifier, nonce=nonce
        )
    now = datetime.now(UTC)
    row = {
        "state_sha256": digest_of(state),
        "nonce": nonce,
        "verifier": verifier,
        "back": inside_of(back),
        "account_id": asker.account,
        "began_at": now,
    }
    with noting(store.engine) as connection:
        connection.execute(delete(START).where(START.c.began_at < now - LASTS))
        connection.execute(insert(START).values(row))
    return str(url), state


def end_sign_on(store: Store, redirect: str, answer: Answer) -> Arrival:
    """Take a provider's answer, once and from the browser that began: a session, or a new link.

    Raises Unknown for what does not hold, Forbidden for an identity that no open account is linked to,
    Conflict for one that is linked to another account, Unavailable where the provider does not answer.
    """
    provider = the_provider()
    fresh = (START.c.state_sha256 == digest_of(answer.state)) & (START.c.began_at > datetime.now(UTC) - LASTS)
    if not secrets.compare_digest(answer.state.encode(), answer.kept.encode()):
        raise _used()
    with noting(store.engine) as connection:
        start = connection.execute(delete(START).where(fresh).returning(START)).mappings().first()
    if start is None:
        raise _used()
    if answer.error:
        raise Unknown(
            N_("The provider did not let you in: {reason}."),
            advice=N_("Try again, or sign in with name and password."),
            reason=answer.error[:200],
        )
    identity = _vouched(provider, redirect, answer, start)
    if start["account_id"] is not None:
        link_identity_of(store, start["account_id"], identity)
        return Arrival(None, start["back"])
    return Arrival(open_session(store, _account_of(store, identity), "sign_on"), start["back"])


def link_identity(store: Store, asker: Asker, account: int, subject: str) -> None:
    """Link an account to a subject of the house's provider, for whoever keeps accounts."""
    with reading(store.engine) as connection:
        require_reach(asker, "manage_accounts", grants_of(connection, account))
    link_identity_of(store, account, Identity(the_provider().issuer, subject), asker)


def link_identity_of(store: Store, account: int, identity: Identity, asker: Asker | None = None) -> None:
    """Link an account to an identity in place of the one it had with that provider."""
    actor = actor_of(asker) if asker else Actor.now(f"account/{account}")
    with writing(store.engine, actor) as session:
        _unlink(session, account, identity.issuer)
        try:
            session.execute(
                insert(IDENTITY).values(
                    issuer=identity.issuer,
                    subject=identity.subject,
                    account_id=account,
                    linked_at=actor.at,
                )
            )
        except IntegrityError as error:
            raise Conflict(
                N_("This identity is linked to another account."),
                advice=N_("An administrator can take that link away first."),
            ) from error
        detail = {"issuer": identity.issuer, "subject": identity.subject}
        session.record("link_identity", f"account/{account}", detail)
        session.commit()


def unlink_identity(store: Store, asker: Asker, account: int) -> None:
    """Take an account's link away: one's own, or as whoever keeps accounts; its password stays."""
    with reading(store.engine) as connection:
        grants = grants_of(connection, account)
    if asker.scope is not None:
        raise refusal_of(asker)
    if asker.account != account or asker.account is None:
        require_reach(asker, "manage_accounts", grants)
    with writing(store.engine, actor_of(asker)) as session:
        if _unlink(session, account, the_provider().issuer) == 0:
            raise NotFound(N_("This account has no link."), advice=N_("Nothing is left to do."))
        session.record("unlink_identity", f"account/{account}")
        session.commit()


def subject_of(store: Store, account: int) -> str | None:
    """The subject that an account is linked to at the house's provider."""
    provider = provider_of(os.environ)
    if provider is None:
        return None
    linked = (IDENTITY.c.account_id == account) & (IDENTITY.c.issuer == provider.issuer)
    with reading(store.engine) as connection:
        subject: str | None = connection.execute(select(IDENTITY.c.subject).where(linked)).scalar()
    return subject


def _unlink(session: Session, account: int, issuer: str) -> int:
    linked = (IDENTITY.c.account_id == account) & (IDENTITY.c.issuer == issuer)
    return session.execute(delete(IDENTITY).where(linked)).rowcount


def _account_of(store: Store, identity: Identity) -> int:
    """The open account that an identity is linked to."""
    query = (
        select(ACCOUNT.c.id)
        .join(IDENTITY, IDENTITY.c.account_id == ACCOUNT.c.id)
        .where(
            IDENTITY.c.issuer == identity.issuer,
            IDENTITY.c.subject == identity.subject,
            ACCOUNT.c.disabled_at.is_(None),
        )
    )
    with reading(store.engine) as connection:
        account: int | None = connection.execute(query).scalar()
    if account is not None:
        return account
    with writing(store.engine, Actor.now(PUBLIC.name)) as session:
        session.record("fail_sign_on", "account", {"issuer": identity.issuer, "subject": identity.subject})
        session.commit()
    raise Forbidden(
        N_("You are known at {issuer}, but no open account of this house is linked to you."),
        advice=N_(
            "Give an administrator this identifier to link: {subject}. Or sign in with name and password and "
            "link it yourself on the page of your account."
        ),
        issuer=identity.issuer,
        subject=identity.subject,
    )


def _vouched(provider: Provider, redirect: str, answer: Answer, start: RowMapping) -> Identity:
    """Whom the provider vouches for: the code exchanged, the ID token proven (Core 1.0 §3.1.3.7)."""
    if answer.issuer and answer.issuer != provider.issuer:  # RFC 9207 §2.4
        raise _unproven("iss")
    with _speaking(provider, redirect) as (client, described):
        token = client.fetch_token(
            described["token_endpoint"],
            code=answer.code,
            code_verifier=start["verifier"],
            redirect_uri=redirect,
        )
        keys = client.request("GET", described["jwks_uri"], withhold_token=True)
        keys.raise_for_status()
    try:
        read = jwt.decode(token["id_token"], KeySet.import_key_set(keys.json()), algorithms=_ALGORITHMS)
        claims = CodeIDToken(
            read.claims,
            read.header,
            {
                "iss": {"essential": True, "value": provider.issuer},
                "aud": {"essential": True, "value": provider.client},
            },
            {
                "nonce": start["nonce"],
                "client_id": provider.client,
                "access_token": token.get("access_token"),
            },
        )
        claims.validate(leeway=_LEEWAY_S)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise _unproven(str(error) or type(error).__name__) from error
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise _unproven("sub")
    return Identity(provider.issuer, subject)


@contextmanager
def _speaking(provider: Provider, redirect: str) -> Iterator[tuple[OAuth2Client, dict[str, Any]]]:
    """A client of the provider and the provider's own description (OpenID Connect Discovery 1.0 §4)."""
    place = f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration"
    client = OAuth2Client(
        provider.client,
        provider.secret,
        scope="openid",
        redirect_uri=redirect,
        code_challenge_method="S256",
        timeout=_PATIENCE_S,
    )
    try:
        with client:
            found = client.request("GET", place, withhold_token=True)
            found.raise_for_status()
            described = _sound(provider, found.json())
            methods = described.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
            if provider.secret and "client_secret_basic" not in methods:
                client.token_endpoint_auth_method = "client_secret_post"  # noqa: S105  a method's name
            yield client, described
    except AuthlibBaseError as error:
        raise _unproven(str(error)) from error
    except (httpx2.HTTPError, ValueError) as error:
        raise Unavailable(
            N_("The provider {issuer} does not answer as it should: {reason}"),
            advice=N_("Sign in with name and password, or try again in a while."),
            issuer=provider.issuer,
            reason=str(error) or type(error).__name__,
        ) from error


def _sound(provider: Provider, described: object) -> dict[str, Any]:
    """A provider's description, whose addresses are its own and safe; raises ValueError."""
    if not isinstance(described, dict) or described.get("issuer") != provider.issuer:
        raise ValueError("issuer")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        url = urlsplit(str(described.get(name, "")))
        if not (url.scheme == "https" or (url.scheme == "http" and url.hostname in LOOPBACK)):
            raise ValueError(name)
    return described


def _used() -> Unknown:
    return Unknown(
        N_("This sign-on was begun elsewhere, has ended or was used already."),
        advice=N_("Begin again on the page for signing in."),
    )


def _unproven(reason: str) -> Unknown:
    return Unknown(
        N_("What the provider answered does not hold: {reason}."),
        advice=N_("Try again; if it stays so, show this sentence to an administrator."),
        reason=reason,
    )
