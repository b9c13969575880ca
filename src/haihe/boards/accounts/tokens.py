"""API tokens (访问令牌): an account narrowed to some actions and to an end, for a program."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from haihe.boards.accounts.permissions import table
from haihe.boards.accounts.records import Grant
from haihe.kit.errors import N_, Invalid

PREFIX = "haihe_"
"""How every token begins, so that one which strayed into a file is recognised."""

DAYS_MAX = 366
DAYS = 90


@dataclass(frozen=True, slots=True)
class Token:
    """A token without its secret; `actions` are those of the permission table that it may be used for."""

    id: int
    name: str
    account: str
    actions: tuple[str, ...]
    created_at: datetime
    ends_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Wish:
    """A token to be made: what it is for, what it may do, and for how many days."""

    name: str
    actions: tuple[str, ...]
    days: int = DAYS


def offered(grants: Collection[Grant]) -> tuple[str, ...]:
    """The actions that a token of an account with these grants can have, in the order of the table.

    >>> offered([Grant("reporter", 7)])
    ('see_published', 'see_unpublished', 'report_item')
    """
    held = {grant.role for grant in grants}
    return tuple(action for action, roles in table().items() if held & roles.keys())


def check_wish(wish: Wish, grants: Collection[Grant]) -> None:
    """Raise Invalid for a token without name or action, beyond its account, or for more than a year."""
    if not wish.name.strip() or not wish.actions:
        raise Invalid(
            N_("A token needs a name and at least one action."),
            advice=N_("Say what it is for and what it does."),
        )
    beyond = sorted(set(wish.actions) - set(offered(grants)))
    if beyond:
        raise Invalid(
            N_("The account may not do this, so its token cannot: {actions}."),
            advice=N_("Choose from: {offered}."),
            actions=", ".join(beyond),
            offered=", ".join(offered(grants)),
        )
    if not 1 <= wish.days <= DAYS_MAX:
        raise Invalid(
            N_("A token lasts from 1 to {most} days, not {days}."),
            advice=N_("Choose such a number; a new token can be made before the old one ends."),
            most=DAYS_MAX,
            days=wish.days,
        )
