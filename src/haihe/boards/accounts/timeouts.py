"""How long a session lasts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from haihe.kit.errors import N_, Invalid


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long a session lasts in all, and how long while nobody does anything in it."""

    whole: timedelta
    idle: timedelta


def timeouts_of(environment: Mapping[str, str]) -> Timeouts:
    """The timeouts that an environment sets; raises Invalid for what is no number of minutes.

    >>> timeouts_of({"HAIHE_SESSION_IDLE_MINUTES": "10"}).idle
    datetime.timedelta(seconds=600)
    """
    return Timeouts(
        whole=_minutes(environment, "HAIHE_SESSION_MINUTES", "720"),
        idle=_minutes(environment, "HAIHE_SESSION_IDLE_MINUTES", "30"),
    )


def _minutes(environment: Mapping[str, str], name: str, default: str) -> timedelta:
    value = environment.get(name) or default
    if not (value.isascii() and value.isdigit() and 0 < int(value) <= 60 * 24 * 31):
        raise Invalid(
            N_("{name} is {value}; it is a whole number of minutes, up to 31 days."),
            advice=N_("Set {name} to such a number, or unset it for {default}."),
            name=name,
            value=value,
            default=default,
        )
    return timedelta(minutes=int(value))
