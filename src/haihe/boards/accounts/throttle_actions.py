"""Counting attempts to sign in, and making those wait who fail too often."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network

from sqlalchemy import delete, insert, or_, select, update

from haihe.boards.accounts.throttle import Failures, TooMany, free_at, rule
from haihe.boards.accounts.throttle_tables import ATTEMPT
from haihe.kit.clock import REGION
from haihe.kit.errors import N_
from haihe.store.opening import Store
from haihe.store.session import noting, reading

_IPV6_SITE_BITS = 64


def begin_attempt(store: Store, name: str, address: str) -> int:
    """Count an attempt as failed until it succeeds, so that many at once do not slip through.

    Raises TooMany, for a name that exists and for one that does not alike; what is refused is not counted.
    """
    now, held = datetime.now(UTC), rule()
    digest, site = _digest(name), _site(address)
    row = {"name_sha256": digest, "address": site, "at": now, "succeeded": False}
    with noting(store.engine) as connection:
        old = (ATTEMPT.c.at < now - held.known) | (~ATTEMPT.c.succeeded & (ATTEMPT.c.at < now - held.window))
        connection.execute(delete(ATTEMPT).where(old))
        attempt: int = connection.execute(insert(ATTEMPT).values(row).returning(ATTEMPT.c.id)).scalar_one()
    until = free_at(_failures(store, digest, site, attempt), held)
    if until is None:
        return attempt
    with noting(store.engine) as connection:
        connection.execute(delete(ATTEMPT).where(ATTEMPT.c.id == attempt))
    raise TooMany(
        N_("Signing in failed too often. The next attempt is possible at {time}, in {minutes} minutes."),
        advice=N_("Wait until then; what is tried before does not count and does not make it longer."),
        time=until.astimezone(REGION).strftime("%H:%M"),
        minutes=max(1, -int((now - until).total_seconds() // 60)),
    )


def end_attempt(store: Store, attempt: int) -> None:
    """Note that an attempt succeeded; the failures of its name at its address count no longer."""
    with noting(store.engine) as connection:
        pair = connection.execute(
            update(ATTEMPT)
            .where(ATTEMPT.c.id == attempt)
            .values(succeeded=True)
            .returning(ATTEMPT.c.name_sha256, ATTEMPT.c.address)
        ).one()
        same = (ATTEMPT.c.name_sha256 == pair.name_sha256) & (ATTEMPT.c.address == pair.address)
        connection.execute(delete(ATTEMPT).where(same, ATTEMPT.c.id < attempt))


def _failures(store: Store, name: str, address: str, attempt: int) -> Failures:
    alike = or_(ATTEMPT.c.name_sha256 == name, ATTEMPT.c.address == address)
    query = select(ATTEMPT).where(alike, ATTEMPT.c.id != attempt).order_by(ATTEMPT.c.at.desc())
    with reading(store.engine) as connection:
        rows = connection.execute(query).all()
    failed = [row for row in rows if not row.succeeded]
    return Failures(
        pair=[row.at for row in failed if (row.name_sha256, row.address) == (name, address)],
        name=[row.at for row in failed if row.name_sha256 == name],
        address=[row.at for row in failed if row.address == address],
        known=any(row.succeeded and (row.name_sha256, row.address) == (name, address) for row in rows),
    )


def _digest(name: str) -> str:
    """A name is kept as its SHA-256: what is typed there by mistake may be a password."""
    return hashlib.sha256(name.encode()).hexdigest()


def _site(address: str) -> str:
    """Whom an address stands for: an IPv6 network of 64 bits is one household or office (RFC 6177)."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((known, _IPV6_SITE_BITS), strict=False)) if known.version == 6 else address
