"""Who may do what: the permission table of `params/permissions.yaml`."""

from __future__ import annotations

from functools import cache
from typing import Any

from haihe.boards.accounts.records import Asker
from haihe.kit import resources
from haihe.kit.errors import N_, Forbidden, Unknown

ROLE_LABELS = {
    "public": N_("Public"),
    "viewer": N_("Viewer"),
    "reporter": N_("Reporter"),
    "lead": N_("Lead"),
    "supervisor": N_("Supervisor"),
    "steward": N_("Steward"),
    "admin": N_("Administrator"),
}
"""Every role and its words, from the least to the most."""


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
    if asker.must_change:
        return "public" in scopes
    return any(
        grant.role in scopes
        and (grant.unit is None or grant.unit == unit or (scopes[grant.role] == "any" and unit is None))
        for grant in asker.grants
    )


def require(asker: Asker, action: str, unit: int | None = None) -> None:
    """Raise Forbidden, or Unknown for somebody who has not signed in, unless the asker may do this."""
    if may(asker, action, unit):
        return
    if asker.account is None:
        raise Unknown(N_("This needs an account."), advice=N_("Sign in and try again."))
    if asker.must_change:
        raise Forbidden(
            N_("{name} still has a one-time password."),
            advice=N_("Set a password of your own first."),
            name=asker.name,
        )
    raise Forbidden(
        N_("{name} may not do this here."),
        advice=N_("Ask an administrator for a role that may, or somebody who has it."),
        name=asker.name,
    )
