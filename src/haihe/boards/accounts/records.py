"""Who asks, and what they hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Grant:
    """A role, for one unit (the number of its registry entity) or, with None, for the whole house."""

    role: str
    unit: int | None = None


@dataclass(frozen=True, slots=True)
class Asker:
    """Whoever asks for something: an account, the operator at the command line, or the public.

    `must_change` says that the account still has its one-time password and may do nothing but replace it;
    `scope` are the actions that an API token narrows the account to, None where nothing is narrowed.
    """

    name: str
    grants: tuple[Grant, ...] = ()
    account: int | None = None
    must_change: bool = False
    scope: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """A post that signs in: `name` to sign in with, `title` the post (科室、岗位)."""

    id: int
    name: str
    title: str
    grants: tuple[Grant, ...]
    must_change: bool
    created_at: datetime
    disabled_at: datetime | None


PUBLIC = Asker("public", (Grant("public"),))
"""Whoever has not signed in."""

OPERATOR = Asker("operator", (Grant("admin"),))
"""Whoever can read the data folder from the command line administers it."""
