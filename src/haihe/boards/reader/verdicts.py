"""What becomes of a fact when somebody decides on it: accepted, struck out, corrected, or given back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from haihe.boards.reader.documents import Fact, Original, State
from haihe.kit.errors import N_, Conflict, Invalid, NotFound
from haihe.kit.limits import NAME_CHARACTERS_MAX

DECIDED: frozenset[State] = frozenset({"accepted", "rejected", "corrected", "added"})
"""The states that somebody gave; a new reading leaves such facts as they are."""

STANDING: frozenset[State] = frozenset({"accepted", "corrected", "added"})
"""The states of facts that hold: what the public sees of a published document."""

PLACE = ("start", "end", "quote", "source_id")
"""Where the words of a fact are."""

_CHANGES = {
    "accept_fact": N_("{who} accepted “{quote}” at {at}, after you opened it."),
    "accept_facts": N_("{who} accepted “{quote}” at {at}, after you opened it."),
    "reject_fact": N_("{who} struck out “{quote}” at {at}, after you opened it."),
    "correct_fact": N_("{who} corrected it to “{quote}” at {at}, after you opened it."),
    "undo_fact": N_("{who} took back the decision on “{quote}” at {at}, after you opened it."),
}


class _Meant(Protocol):
    """An entity that a name may mean."""

    @property
    def id(self) -> int: ...
    @property
    def distance(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Correction:
    """What somebody says a fact is: the fields that differ, and the words [start, end) where they are others.

    Each field has the form that `forms.checked` asks for.
    """

    fields: Mapping[str, Any] = field(default_factory=dict)
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A fact as somebody saw it who decides on it; None is any revision."""

    fact_id: int
    revision: int | None = None


def decided(fact: Fact, state: State) -> Fact | None:
    """A fact once it is accepted, rejected or, as `found`, given back to be checked; None where it is gone.

    Accepting what was corrected or added leaves it. What was added goes with the word of whoever added it.
    """
    if fact.state == "added":
        return fact if state == "accepted" else None
    if fact.state == "corrected" and state == "accepted":
        return fact
    return replace(restored(fact), state=state)


def restored(fact: Fact) -> Fact:
    """A fact as the reader had found it."""
    first = fact.original
    if first is None:
        return fact
    return replace(fact, fields=first.fields, original=None, **_place(first))


def corrected(fact: Fact, fields: Mapping[str, Any], place: Mapping[str, Any]) -> Fact:
    """A fact with other fields and, where `place` gives start, end, quote and source, in other words.

    A correction that says what the reader had found is an acceptance; what was added just changes.
    """
    first = fact.original or Original(fields=fact.fields, **_place(fact))
    changed = replace(fact, fields={**fact.fields, **fields}, **place)
    if fact.state == "added":
        return changed
    same = (changed.start, changed.end, changed.fields) == (first.start, first.end, first.fields)
    return replace(changed, state="accepted" if same else "corrected", original=None if same else first)


def _place(fact: Fact | Original) -> dict[str, Any]:
    return {name: getattr(fact, name) for name in PLACE}


def columns_of(fact: Fact) -> dict[str, Any]:
    """What a decided fact changes in its row: the state, and beside what the reader found the correction."""
    first = restored(fact)
    change = None
    if fact.original:
        other = {name: each for name, each in fact.fields.items() if each != first.fields.get(name)}
        change = {**_place(fact), "fields": other}
    now = {"fields": first.fields, **_place(first)}
    return {"state": fact.state, "revision": fact.revision + 1, "correction": change, **now}


def said_before(fact: Fact) -> dict[str, Any]:
    """What a change takes away from a fact, for the audit chain: its state, and what somebody had said."""
    by_hand = {"quote": fact.quote, "fields": fact.fields} if fact.original or fact.state == "added" else {}
    return {"state": fact.state, **by_hand}


def names_in(fact: Fact) -> tuple[str, ...]:
    """The names of organisations in a fact that holds, for the registry."""
    if fact.state not in STANDING:
        return ()
    if fact.kind == "assignment":
        return tuple(dict.fromkeys([*fact.fields["lead"], *fact.fields["cooperate"]]))
    return (fact.fields["name"],) if fact.kind == "organisation" else ()


def nearest(meant: Sequence[_Meant]) -> int | None:
    """The one entity that a name means, None where there is none or two are equally near."""
    alone = meant and all(other.distance > meant[0].distance for other in meant[1:])
    return meant[0].id if alone else None


def clash_of(fact: Fact, change: Mapping[str, Any]) -> Conflict:
    """What to say to somebody who decides on a fact that was changed after they saw it."""
    return Conflict(
        _CHANGES.get(change["action"], N_("“{quote}” was read anew at {at}, after you opened it.")),
        advice=N_("Look at what it says now and decide again."),
        quote=fact.quote[:NAME_CHARACTERS_MAX],
        who=change["who"],
        at=f"{change['at']:%Y-%m-%d %H:%M}",
    )


def twice_of(quote: str) -> Conflict:
    """What to say to somebody who adds what is there."""
    return Conflict(
        N_("There is a fact of this kind in “{quote}” already."),
        advice=N_("Accept or correct that one."),
        quote=quote[:NAME_CHARACTERS_MAX],
    )


def no_fact(fact_id: int) -> NotFound:
    """What to say to somebody who decides on a fact that is not there."""
    return NotFound(
        N_("There is no fact {id}."),
        advice=N_("Load the document again; it may have been read anew."),
        id=fact_id,
    )


def no_words(start: int, end: int) -> Invalid:
    """What to say to somebody who names words that the document does not have."""
    return Invalid(
        N_("The characters {start} to {end} are no words of the document."),
        advice=N_("Select the words in the text first."),
        start=start,
        end=end,
    )
