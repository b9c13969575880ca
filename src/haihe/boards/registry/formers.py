"""Whether a name is one that an organisation no longer bears."""

from __future__ import annotations

from haihe.boards.registry.records import Name, Organisation
from haihe.kit.errors import N_
from haihe.kit.text import folded

FORMERLY = N_("it was called so formerly")
UNTIL = N_("it was called so formerly, until {until}")
UNTIL_BETWEEN = N_("it was called so formerly, until some time in {since}–{until}")
UNTIL_OR_LATER = N_("it was called so formerly, until {until} or later")
UNTIL_OR_EARLIER = N_("it was called so formerly, until {until} or earlier")


def formerly(body: Organisation, text: str) -> tuple[str, dict[str, str]] | None:
    """Why an organisation is meant by its former name, with the facts; None if this is no such name."""
    asked = folded(text)
    borne = (borne_until(name) for name in body.names if folded(name.text) == asked)
    return next((former_reason(until) for until in borne if until is not None), None)


def borne_until(name: Name) -> str | None:
    """The moment until which a name was borne, "" where that is unknown; None for one that is borne still."""
    return (name.validity.until or "") if name.kind == "former" else None


def former_reason(until: str) -> tuple[str, dict[str, str]]:
    """The reason that a name was borne until a moment, and its facts.

    >>> former_reason("2018-11..")
    ('it was called so formerly, until {until} or later', {'until': '2018-11'})
    """
    first, interval, last = until.partition("..")
    if first and last:
        return UNTIL_BETWEEN, {"since": first, "until": last}
    if interval:
        return UNTIL_OR_LATER if first else UNTIL_OR_EARLIER, {"until": first or last}
    return (UNTIL, {"until": until}) if until else (FORMERLY, {})
