"""Who may do what: the permission table of `params/permissions.yaml`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from haihe.boards.accounts.records import Asker, Grant
from haihe.kit import resources
from haihe.kit.errors import N_, Forbidden, Invalid, Unknown

ROLE_LABELS = {
    "public": N_("Public"),
    "viewer": N_("Viewer"),
    "reporter": N_("Reporter"),
    "lead": N_("Lead"),
    "supervisor": N_("Supervisor"),
    "steward": N_("Steward"),
    "admin": N_("Administrator"),
    "system": N_("System administrator"),
    "security": N_("Security administrator"),
    "audit": N_("Audit administrator"),
}
"""Every role and its words: from the least to the most, then the three that share an administrator's work."""

SEPARATE = ("system", "security", "audit")
"""The separated administrators (三员): who runs the house, who says who may do what, who reads the audit."""

ADMINISTRATORS = ("admin", *SEPARATE)

ACTION_LABELS = {
    "see_published": N_("see what is published"),
    "see_unpublished": N_("see what is not published"),
    "report_item": N_("report on items"),
    "read_document": N_("read documents in"),
    "review_draft": N_("review drafts"),
    "publish": N_("publish"),
    "load_pack": N_("load tables"),
    "see_accounts": N_("see accounts"),
    "manage_accounts": N_("make and close accounts"),
    "grant_roles": N_("give roles"),
    "appoint": N_("appoint administrators"),
    "manage_tokens": N_("revoke tokens of others"),
    "mark": N_("mark what may go where"),
    "see_audit": N_("read the audit"),
    "manage_work": N_("stop work of others"),
}
"""Every action of the table and its words."""


@cache
def table() -> dict[str, dict[str, str]]:
    """Action → role → scope (`any` or `own`)."""
    found: dict[str, Any] = resources.definition("boards/accounts/params/permissions.yaml")
    return {action: dict(roles) for action, roles in found["actions"].items()}


def may(asker: Asker, action: str, unit: int | None = None) -> bool:
    """Whether one of the asker's grants allows the action, on a unit where one is concerned.

    A grant for one unit never reaches another unit; `own` asks that the unit concerned is named.

    >>> from haihe.boards.accounts.records import Grant
    >>> may(Asker("a", (Grant("reporter", 7),)), "report_item", 7)
    True
    >>> may(Asker("a", (Grant("reporter", 7),)), "report_item", 8)
    False
    """
    scopes = table()[action]
    if asker.must_change or (asker.scope is not None and action not in asker.scope):
        return "public" in scopes
    return any(
        grant.role in scopes
        and (grant.unit is None or grant.unit == unit or (scopes[grant.role] == "any" and unit is None))
        for grant in asker.grants
    )


def units_of(asker: Asker, action: str) -> frozenset[int] | None:
    """The units for which the asker may do this: None for all that there are, empty for nobody's.

    >>> units_of(Asker("a", (Grant("reporter", 7),)), "see_unpublished")
    frozenset({7})
    """
    scopes = table()[action]
    if asker.must_change or (asker.scope is not None and action not in asker.scope):
        return frozenset()
    held = [grant for grant in asker.grants if grant.role in scopes]
    if any(grant.unit is None or scopes[grant.role] == "any" for grant in held):
        return None
    return frozenset(grant.unit for grant in held if grant.unit is not None)


def may_part(asker: Asker, action: str) -> bool:
    """Whether the asker may do this for one unit at least."""
    return units_of(asker, action) != frozenset()


def reaches(asker: Asker, action: str, grants: Collection[Grant]) -> bool:
    """Whether the asker may do this to somebody with these grants: in every unit that they are for.

    >>> reaches(Asker("a", (Grant("admin", 7),)), "manage_accounts", [Grant("viewer", 7), Grant("lead", 8)])
    False
    """
    return all(may(asker, action, unit) for unit in {grant.unit for grant in grants} or {None})


def check_grants(grants: Sequence[Grant]) -> None:
    """Raise Invalid for a role that nobody can be given, and for one that stands alone but does not.

    The separated administrators hold their one role, for the whole house, and no other (GB/T 22239-2019
    §8.1.5 names what each of the three does).
    """
    for grant in grants:
        if grant.role not in ROLE_LABELS or grant.role == "public":
            raise Invalid(
                N_("There is no role {role}."),
                advice=N_("Choose one of {known}."),
                role=grant.role,
                known=", ".join(role for role in ROLE_LABELS if role != "public"),
            )
        if grant.role in SEPARATE and (len(set(grants)) > 1 or grant.unit is not None):
            raise Invalid(
                N_("The {role} administrator holds this one role, for the whole house, and no other."),
                advice=N_("Make an account of its own for each of the three."),
                role=grant.role,
            )


def require(asker: Asker, action: str, unit: int | None = None) -> None:
    """Raise Forbidden, or Unknown for somebody who has not signed in, unless the asker may do this."""
    if not may(asker, action, unit):
        raise refusal_of(asker)


def require_part(asker: Asker, action: str) -> None:
    """Raise as `require` does unless the asker may do this for one unit at least."""
    if not may_part(asker, action):
        raise refusal_of(asker)


def refusal_of(asker: Asker) -> Forbidden | Unknown:
    """The error of somebody who lacks the right: Unknown before signing in."""
    if asker.account is None:
        return Unknown(N_("This needs an account."), advice=N_("Sign in and try again."))
    if asker.must_change:
        return Forbidden(
            N_("{name} still has a one-time password."),
            advice=N_("Set a password of your own first."),
            name=asker.name,
        )
    if asker.scope is not None:
        return Forbidden(
            N_("This token does not reach that far."),
            advice=N_("Make a token with that action in its scope, or sign in."),
        )
    return Forbidden(
        N_("{name} may not do this here."),
        advice=N_("Ask an administrator for a role that may, or somebody who has it."),
        name=asker.name,
    )
