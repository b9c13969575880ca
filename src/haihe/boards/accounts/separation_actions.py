"""Giving roles, and the separation of administrators (三员分立)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, select

from haihe.boards.accounts.actions import actor_of, new_account, no_account
from haihe.boards.accounts.grant_actions import administered, keep_grants, plain, require_reach
from haihe.boards.accounts.permissions import ADMINISTRATORS, SEPARATE, check_grants
from haihe.boards.accounts.records import Asker, Grant
from haihe.boards.accounts.tables import ACCOUNT, GRANT, LOGIN
from haihe.kit.errors import N_, Conflict, Forbidden
from haihe.store.opening import Store
from haihe.store.session import writing


def set_grants(store: Store, asker: Asker, account: int, grants: Sequence[Grant]) -> None:
    """Replace the roles of an account other than one's own; its sessions end."""
    check_grants(grants)
    require_reach(asker, "grant_roles", grants)
    if account == asker.account:
        raise Forbidden(
            N_("Nobody changes their own roles."), advice=N_("Ask somebody else who may give roles.")
        )
    with writing(store.engine, actor_of(asker)) as session:
        if not session.execute(select(ACCOUNT.c.id).where(ACCOUNT.c.id == account)).first():
            raise no_account(account)
        keep_grants(session, asker, account, grants)
        session.execute(delete(LOGIN).where(LOGIN.c.account_id == account))
        session.record("set_grants", f"account/{account}", {"grants": plain(grants)})
        session.commit()


def separate(store: Store, asker: Asker, names: Mapping[str, str]) -> dict[str, str]:
    """Share an administrator's work among three new accounts, and return their one-time passwords by role.

    `names` gives the name of the account of each of system, security and audit. The role of the undivided
    administrator is taken from everybody who has it, the asker included, and cannot be given again; their
    sessions end. Raises Conflict where a name is taken or the administrators are separate already.
    """
    require_reach(asker, "appoint", [Grant("admin")])
    assert names.keys() == set(SEPARATE), names
    with writing(store.engine, actor_of(asker)) as session:
        if administered(session.connection) == "separate":
            raise Conflict(
                N_("The administrators of this house are separate already."),
                advice=N_("Look at the list of accounts."),
            )
        administering = GRANT.c.role.in_(ADMINISTRATORS)
        held = select(GRANT.c.account_id).where(administering)
        session.execute(delete(LOGIN).where(LOGIN.c.account_id.in_(held)))
        session.execute(delete(GRANT).where(administering))
        passwords = {}
        for role, name in names.items():
            account, passwords[role] = new_account(session, name, "")
            keep_grants(session, asker, account, [Grant(role)])
        session.record("separate", "house", dict(names))
        session.commit()
    return passwords
