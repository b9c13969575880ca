"""What somebody else has made of a node since it was opened, field by field, and the merging of both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from haihe.kit.errors import N_, Conflict

UNSAID = ("edited", "stage_on")
"""What goes with other fields of a node and says nothing by itself."""


@dataclass(frozen=True, slots=True)
class Deed:
    """A change of a node: which version it found and what the node was then, by whom and when."""

    version: int
    before: Mapping[str, Any]
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Changed:
    """A field that is another than it was: named as in a form, with the last who changed it, and when."""

    field: str
    before: Any
    after: Any
    by: str
    at: datetime


class Stale(Conflict):
    """Somebody else has changed the node since it was opened; `changed` says who, what and when."""

    def __init__(self, title: str, version: int, changed: tuple[Changed, ...]) -> None:
        last = max(changed, key=lambda one: one.at, default=None)
        super().__init__(
            N_("{title} has been changed since you opened it: {fields} by {names}, last at {at}."),
            advice=N_("Nothing is lost: load it again, compare the two, and save what is to hold."),
            title=title,
            fields=", ".join(one.field for one in changed) or "–",
            names=", ".join(dict.fromkeys(one.by for one in changed)) or "–",
            at=f"{last.at:%Y-%m-%d %H:%M:%S}" if last else "–",
        )
        self.changed = changed
        self.details = {
            "version": version,
            "changed": [asdict(one) | {"at": one.at.isoformat()} for one in changed],
        }


def changed_since(seen: int, deeds: Iterable[Deed], now: Mapping[str, Any]) -> tuple[Changed, ...]:
    """The fields of a node that are others now than in the version seen, as they stand in its form."""
    later = sorted((deed for deed in deeds if deed.version >= seen), key=lambda deed: deed.version)
    states = [*(fields_of(deed.before) for deed in later), fields_of(now)]
    found = []
    for field in dict.fromkeys(name for state in states for name in state):
        values = [state.get(field) for state in states]
        if values[0] != values[-1]:
            last = max(place for place in range(len(later)) if values[place] != values[place + 1])
            found.append(Changed(field, values[0], values[-1], later[last].by, later[last].at))
    return tuple(found)


def fields_of(state: Mapping[str, Any]) -> dict[str, Any]:
    """What a node is, as a decision keeps it, by the names of its form: units by their part, own fields."""
    found = {
        name: value for name, value in state.items() if name not in (*UNSAID, "shares", "values", "cites_id")
    }
    for role in ("lead", "cooperating"):
        found[role] = [name for name, part, *_ in state["shares"] if part == role]
    found["cites"] = state["cites_id"]
    return found | {f"field-{name}": value for name, value in state["values"].items()}


def merged(was: Mapping[str, str], theirs: Mapping[str, str], mine: Mapping[str, str]) -> dict[str, str]:
    """The words of a form where two have changed it: mine where I changed them, else theirs.

    >>> merged({"a": "1", "b": "2"}, {"a": "3", "b": "2"}, {"a": "1", "b": "5"})
    {'a': '3', 'b': '5'}
    """
    return {
        name: mine[name] if mine.get(name, was.get(name)) != was.get(name) and name in mine else word
        for name, word in theirs.items()
    }
