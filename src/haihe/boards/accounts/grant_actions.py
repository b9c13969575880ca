"""The roles of accounts: who may give them, and who must be left to administer the house."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError

from haihe.boards.accounts.permissions import ADMINISTRATORS, SEPARATE, reaches, refusal_of, require
from haihe.boards.accounts.records import Asker, Grant
from haihe.boards.accounts.tables import ACCOUNT, GRANT, grants_of
from haihe.kit.errors import N_, Conflict, Invalid
from haihe.store.session import Session


def require_reach(asker: Asker, action: str, grants: Sequence[Grant]) -> None:
    """Raise unless the asker may do this to somebody with these grants; an administrator's need more."""
    if any(grant.role in ADMINISTRATORS for grant in grants):
        action = "appoint"
    if not reaches(asker, action, grants):
        require(asker, action)
        raise refusal_of(asker)


def keep_grants(session: Session, asker: Asker, account: int, grants: Sequence[Grant]) -> None:
    """Replace the roles of an account, in the caller's transaction.

    Raises Forbidden where the asker does not reach the old or the new ones, Invalid for a unit that the
    registry does not have, Conflict where nobody would be left to administer the house.
    """
    old = grants_of(session.connection, account)
    require_reach(asker, "grant_roles", [*old, *grants])
    was = administered(session.connection)
    if "admin" in {grant.role for grant in grants} and was == "separate":
        raise Conflict(
            N_("The administrators of this house are separate; no account does all of their work."),
            advice=N_("Choose another role."),
        )
    session.execute(delete(GRANT).where(GRANT.c.account_id == account))
    try:
        for grant in dict.fromkeys(grants):
            session.execute(insert(GRANT).values(account_id=account, role=grant.role, unit_id=grant.unit))
    except IntegrityError as error:
        raise Invalid(
            N_("One of the units is not in the registry."),
            advice=N_("Look the unit up and give the number in its address, /entity/NUMBER."),
        ) from error
    check_administered(session.connection, was)


def administered(connection: Connection) -> Literal["whole", "separate"] | None:
    """How the house is administered: by an administrator, by the separate three, or by nobody yet."""
    held = {role for role, _ in administrators(connection)}
    return "whole" if "admin" in held else "separate" if held.issuperset(SEPARATE) else None


def check_administered(connection: Connection, was: str | None) -> None:
    """Raise Conflict where a house that was administered would be no longer."""
    if was is not None and administered(connection) is None:
        raise Conflict(N_("This is the last administrator."), advice=N_("Make another administrator first."))


def administrators(connection: Connection, *conditions: Any) -> set[tuple[str, int]]:
    """Role and account of every open administrator of the whole house."""
    query = (
        select(GRANT.c.role, ACCOUNT.c.id)
        .join(GRANT, GRANT.c.account_id == ACCOUNT.c.id)
        .where(GRANT.c.role.in_(ADMINISTRATORS), GRANT.c.unit_id.is_(None), ACCOUNT.c.disabled_at.is_(None))
        .where(*conditions)
    )
    return {(row.role, row.id) for row in connection.execute(query)}


def plain(grants: Sequence[Grant]) -> list[list[object]]:
    """Grants as the audit chain keeps them."""
    return [[grant.role, grant.unit] for grant in grants]
