"""How many times one may fail to sign in, and how long one waits then (`params/throttle.yaml`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from haihe.kit import resources
from haihe.kit.errors import HaiheError


class TooMany(HaiheError):
    """It was asked for too often."""

    status = 429


@dataclass(frozen=True, slots=True)
class Rule:
    """How many failures each limit allows within a window, and how long a pair stays known."""

    window: timedelta
    pair_failures_max: int
    name_failures_max: int
    address_failures_max: int
    known: timedelta


@dataclass(frozen=True, slots=True)
class Failures:
    """When signing in failed within the window, newest first.

    `pair` are those of this name at this address, `name` of the name anywhere, `address` of any name there;
    `known` says that the name has signed in at this address of late.
    """

    pair: Sequence[datetime]
    name: Sequence[datetime]
    address: Sequence[datetime]
    known: bool


@cache
def rule() -> Rule:
    """The rule that holds."""
    held = resources.definition("boards/accounts/params/throttle.yaml")[-1]
    return Rule(
        window=timedelta(minutes=held["window_minutes"]),
        pair_failures_max=held["pair_failures_max"],
        name_failures_max=held["name_failures_max"],
        address_failures_max=held["address_failures_max"],
        known=timedelta(days=held["known_days"]),
    )


def free_at(failures: Failures, held: Rule) -> datetime | None:
    """When the next attempt is allowed, None where it is allowed now.

    A known pair answers for its own failures only: a stranger who guesses at a name from elsewhere, or at
    other names from behind the same address, keeps nobody out who has signed in there of late.

    >>> from datetime import datetime
    >>> noon = datetime(2026, 11, 2, 12)
    >>> free_at(Failures([noon] * 5, [noon] * 5, [noon] * 5, known=True), rule())
    datetime.datetime(2026, 11, 2, 12, 15)
    >>> free_at(Failures([], [noon] * 99, [noon] * 99, known=True), rule())
    """
    limits = [(failures.pair, held.pair_failures_max)]
    if not failures.known:
        limits += [
            (failures.name, held.name_failures_max),
            (failures.address, held.address_failures_max),
        ]
    waits = [times[most - 1] + held.window for times, most in limits if len(times) >= most]
    return max(waits, default=None)
