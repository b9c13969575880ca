"""The order in which facts are shown: as they stand in the text, or measures as a tree with who answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from haihe.boards.reader.documents import Fact, FactCount
from haihe.boards.reader.verdicts import DECIDED, restored

TREE_KINDS = ("task", "assignment", "due")


@dataclass(frozen=True, slots=True)
class Line:
    """A fact in its place: how deep it stands in the tree, and the facts of a standfirst that repeat it."""

    fact: Fact
    depth: int = 0
    twins: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a review has come: the facts that were decided on, and those of them that were not right."""

    decided: int
    total: int
    corrected: int
    rejected: int


def lines_of(facts: Sequence[Fact]) -> list[Line]:
    """The facts as they stand, those that a standfirst has before the body folded under the body's."""
    homes: dict[tuple[str, Any, str], int] = {}
    for fact in facts:
        first = restored(fact)
        homes[fact.kind, first.start, first.quote] = fact.id
    twins: dict[int, list[Fact]] = {}
    for fact in facts:
        home = homes.get((fact.kind, fact.fields.get("repeats"), restored(fact).quote))
        if home is not None:
            twins.setdefault(home, []).append(fact)
    folded = {twin.id for pair in twins.values() for twin in pair}
    return [Line(fact, 0, tuple(twins.get(fact.id, ()))) for fact in facts if fact.id not in folded]


def tree_of(facts: Iterable[Fact]) -> list[Line]:
    """Measures by their levels, each followed by who answers for it and by when.

    A limit, and an assignment of no measure that is known, stands under the last one before it; a measure
    without a level, added by hand, beside the one before it.
    """
    tasks: list[Line] = []
    answers: dict[int, list[Fact]] = {}
    kept = list(facts)
    levels: list[int] = []
    for fact in sorted((fact for fact in kept if fact.kind == "task"), key=lambda fact: fact.start):
        level = fact.fields["level"]
        level = level if level is not None else levels[-1] if levels else 0
        while levels and levels[-1] >= level:
            levels.pop()
        tasks.append(Line(fact, len(levels)))
        levels.append(level)
    places = {restored(line.fact).start: place for place, line in enumerate(tasks)}
    for fact in kept:
        if fact.kind != "task":
            place = places.get(fact.fields.get("task_start", -1))
            if place is None:
                place = sum(line.fact.start <= fact.start for line in tasks) - 1
            answers.setdefault(place, []).append(fact)
    lines = [Line(fact) for fact in answers.get(-1, ())]
    for place, line in enumerate(tasks):
        lines += [line, *(Line(fact, line.depth + 1) for fact in answers.get(place, ()))]
    return lines


def progress_of(counts: Iterable[FactCount], kinds: Iterable[str]) -> Progress:
    """How many facts of some kinds are decided on."""
    shown = set(kinds)
    held = [one for one in counts if one.kind in shown]
    return Progress(
        sum(one.count for one in held if one.state in DECIDED),
        sum(one.count for one in held),
        sum(one.count for one in held if one.state in {"corrected", "added"}),
        sum(one.count for one in held if one.state == "rejected"),
    )
