"""What can go wrong, and how it is said.

    HaiheError              a request that cannot be met; says what, where and what to do next
    ├── Invalid      422    the input is not acceptable
    ├── Unknown      401    the asker has not signed in
    ├── Forbidden    403    the asker may not do this
    ├── NotFound     404    there is no such thing
    ├── Conflict     409    it clashes with what is already there
    └── Unavailable  503    a part that is needed does not answer

A bug asserts instead; a bad row of a bulk load is a `Reject`, a value beside the good rows.

Messages are English templates marked with `N_`; the door that shows one renders it in the reader's
language with `haihe.kit.words.say`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar


def N_(template: str) -> str:
    """The template itself, marked for the catalogues (gettext's no-op marker)."""
    return template


class HaiheError(Exception):
    """A bad request: `message` says what and where, `advice` what to do next.

    Both are templates in the manner of `str.format`, filled from `facts`. `details` are what a program needs
    besides, as JSON has it: members of the problem details (RFC 9457 §3.2).
    """

    status: ClassVar[int] = 500
    details: Mapping[str, object] = MappingProxyType({})

    def __init__(self, message: str, *, advice: str, **facts: object) -> None:
        super().__init__(message.format_map(facts))
        self.message = message
        self.advice = advice
        self.facts: Mapping[str, object] = facts


class Invalid(HaiheError):
    """The input is not acceptable."""

    status = 422


class Unknown(HaiheError):
    """The asker has not signed in."""

    status = 401


class Forbidden(HaiheError):
    """The asker may not do this."""

    status = 403


class NotFound(HaiheError):
    """There is no such thing."""

    status = 404


class Conflict(HaiheError):
    """It clashes with what is already there."""

    status = 409


class Unavailable(HaiheError):
    """A part that is needed does not answer."""

    status = 503


@dataclass(frozen=True, slots=True)
class Reject:
    """A bad row of a bulk load: `row` counts from 1 with the header as row 1, as a spreadsheet does."""

    row: int
    column: str
    value: str
    reason: str
