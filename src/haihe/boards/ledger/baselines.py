"""Baselines (基线): a register as it stood at a past moment, beside the register now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median
from typing import Literal

from haihe.boards.ledger.changes import Difference, differences_of, lines_of_nodes, said
from haihe.boards.ledger.judgements import LIGHT_WORDS
from haihe.boards.ledger.kinds import Field, kinds
from haihe.boards.ledger.records import LIGHT_STATES, LightState, Node, Standing
from haihe.boards.ledger.rollup import lights_of, promises_in
from haihe.boards.ledger.rows import place_of
from haihe.boards.ledger.template import FIXED, Line
from haihe.boards.ledger.tree import level_of
from haihe.kit.errors import N_, Invalid
from haihe.kit.limits import NAME_CHARACTERS_MAX
from haihe.kit.words import say

Effect = Literal["added", "removed", "changed", "same"]
Show = Literal["added", "removed", "changed", "later", "earlier", "worse", "better"]

EFFECT_WORDS: Mapping[Effect, str] = {
    "added": N_("added"),
    "removed": N_("removed"),
    "changed": N_("changed"),
    "same": N_("unchanged"),
}
SHOW_WORDS: Mapping[Show, str] = {
    "added": N_("added"),
    "removed": N_("removed"),
    "changed": N_("changed"),
    "later": N_("due later"),
    "earlier": N_("due earlier"),
    "worse": N_("a worse light"),
    "better": N_("a better light"),
}
COLUMNS: Mapping[str, str] = {
    "place": N_("Number"),
    "title": N_("Item"),
    "lead": N_("Lead unit"),
    "effect": N_("Effect"),
    "differences": N_("What changed"),
    "due_then": N_("Due then"),
    "due_now": N_("Due now"),
    "slip_days": N_("Days later"),
    "progress_then": N_("Earlier progress"),
    "progress_now": N_("Progress now"),
    "light_then": N_("Light then"),
    "light_now": N_("Light now"),
}
_UNTOLD = {"stage"}
"""A stage follows from reports and moves; progress says what they made of an item."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """A moment of a register under a name, such as 分解下达时."""

    id: int
    plan: int
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Pair:
    """A node of a register as it stood then and as it stands now; None where it was or is not there."""

    then: Standing | None
    now: Standing | None
    differences: tuple[Difference, ...] = ()

    @property
    def standing(self) -> Standing:
        """How it stands now, or stood where it was removed."""
        found = self.now or self.then
        assert found
        return found

    @property
    def effect(self) -> Effect:
        """What happened to it."""
        if self.then is None:
            return "added"
        if self.now is None:
            return "removed"
        return "changed" if self.differences else "same"

    @property
    def slip_days(self) -> int | None:
        """By how many days it is due later than it was; None where it had or has no due date."""
        then, now = (one.node.due_on if one else None for one in (self.then, self.now))
        return (now - then).days if then and now else None

    @property
    def steps(self) -> int:
        """By how many lights a promise is better now, below 0 worse; 0 where one of them is unknown."""
        if self.then is None or self.now is None or not promises_in([self.now]):
            return 0
        then, now = self.then.light.state, self.now.light.state
        if "unknown" in (then, now):
            return 0
        return LIGHT_STATES.index(now) - LIGHT_STATES.index(then)

    def shows(self, show: Show) -> bool:
        """Whether it is one of those that a filter asks for."""
        slip = self.slip_days or 0
        signs: Mapping[Show, bool] = {
            "later": slip > 0,
            "earlier": slip < 0,
            "worse": self.steps < 0,
            "better": self.steps > 0,
        }
        return signs.get(show, self.effect == show)


@dataclass(frozen=True, slots=True)
class Sums:
    """What a register adds up to: its promises by light, its progress, and the money that its fields name.

    `progress` is the weighted mean of its roots as far as known; `money` in fen, by the name of the field.
    """

    promises: int
    lights: Mapping[str, int]
    progress: float | None
    money: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Compared:
    """A register at a moment beside now: its nodes in pairs in the order of the tree, and both sums."""

    plan: int
    name: str
    at: datetime
    on: date
    pairs: tuple[Pair, ...]
    then: Sums
    now: Sums

    @property
    def counts(self) -> dict[str, int]:
        """How many nodes there are of each effect."""
        found = Counter[str](one.effect for one in self.pairs)
        return {effect: found[effect] for effect in EFFECT_WORDS}

    @property
    def slips(self) -> list[int]:
        """By how many days the due dates moved that did."""
        return [one.slip_days for one in self.pairs if one.slip_days]

    @property
    def slip_days_median(self) -> float | None:
        """The middle of `slips`."""
        return median(self.slips) if self.slips else None

    def shown(self, show: Show | None) -> list[Pair]:
        """The nodes that a filter asks for; without one those that are not as they were."""
        if show:
            return [one for one in self.pairs if one.shows(show)]
        return [one for one in self.pairs if one.effect != "same" or one.steps or one.slip_days]


def pairs_of(then: Iterable[Standing], now: Iterable[Standing]) -> tuple[Pair, ...]:
    """The nodes of a register at two moments side by side, in the order of the tree as it is now."""
    before, after = ({one.node.id: one for one in each} for each in (then, now))
    old, new = (_lines([one.node for one in each.values()]) for each in (before, after))
    found = []
    for number in before.keys() | after.keys():
        both = number in before and number in after
        changed = tuple(differences_of(old[number], new[number])) if both else ()
        kept = tuple(one for one in changed if one.field not in _UNTOLD)
        found.append(Pair(before.get(number), after.get(number), kept))
    return tuple(sorted(found, key=lambda one: (one.standing.node.path, one.standing.node.id)))


def _lines(nodes: Sequence[Node]) -> dict[int, Line]:
    ordered = sorted(nodes, key=lambda node: node.path)
    return {node.id: line for node, line in zip(ordered, lines_of_nodes(ordered), strict=True)}


def sums_of(found: Sequence[Standing]) -> Sums:
    """What the nodes of a register add up to."""
    promises = promises_in(found)
    roots = [
        (one.node.weight, one.progress)
        for one in found
        if one.node.parent is None and one.progress is not None
    ]
    weight = sum(each for each, _ in roots)
    money: Counter[str] = Counter()
    for one in found:
        for field in _money(one.node):
            value = one.node.values.get(field.name)
            money[field.name] += value if isinstance(value, int) else 0
    progress = sum(each * share for each, share in roots) / weight if weight else None
    return Sums(
        len(promises), lights_of(promises), progress, {name: sum_ for name, sum_ in money.items() if sum_}
    )


def _money(node: Node) -> list[Field]:
    return [field for field in level_of(node).fields.values() if field.type == "money"]


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """A field of a node that is another than it was: its label, and both values in words."""

    field: str
    label: str
    was: str
    becomes: str


@dataclass(frozen=True, slots=True)
class PairRow:
    """A node then and now, in words."""

    node: int
    place: str
    title: str
    lead: tuple[str, ...]
    effect: Effect
    differences: tuple[DifferenceRow, ...]
    due_then: date | None
    due_now: date | None
    slip_days: int | None
    progress_then: float | None
    progress_now: float | None
    light_then: LightState | None
    light_now: LightState | None


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """A register at a moment beside now; `nodes` are those that are not as they were, or were asked for."""

    plan: int
    against: str
    at: datetime
    on: date
    counts: Mapping[str, int]
    slipped: int
    slip_days_median: float | None
    then: Sums
    now: Sums
    nodes: tuple[PairRow, ...]


def pair_row(one: Pair, language: str) -> PairRow:
    """A node then and now, in a language."""
    node, then, now = one.standing.node, one.then, one.now
    return PairRow(
        node=node.id,
        place=place_of(node),
        title=node.title,
        lead=node.named("lead"),
        effect=one.effect,
        differences=tuple(_difference_row(node, each, language) for each in one.differences),
        due_then=then.node.due_on if then else None,
        due_now=now.node.due_on if now else None,
        slip_days=one.slip_days,
        progress_then=then.progress if then else None,
        progress_now=now.progress if now else None,
        light_then=then.light.state if then else None,
        light_now=now.light.state if now else None,
    )


def _difference_row(node: Node, one: Difference, language: str) -> DifferenceRow:
    field = level_of(node).fields.get(one.field)
    label = field.label[language] if field else say(FIXED[one.field], language)
    was, becomes = (_said(node, one.field, value, language) for value in (one.was, one.becomes))
    return DifferenceRow(one.field, label, was, becomes)


def _said(node: Node, name: str, value: object, language: str) -> str:
    if name == "level" and value:
        return kinds()[node.register].levels[str(value)].label[language]
    return said(level_of(node), name, value, language)


def compared_row(found: Compared, show: Show | None, language: str) -> ComparedRow:
    """A register then and now, in a language."""
    rows = tuple(pair_row(one, language) for one in found.shown(show))
    return ComparedRow(
        plan=found.plan,
        against=found.name,
        at=found.at,
        on=found.on,
        counts=found.counts,
        slipped=len(found.slips),
        slip_days_median=found.slip_days_median,
        then=found.then,
        now=found.now,
        nodes=rows,
    )


def cells_of(row: PairRow, language: str) -> list[object]:
    """A node then and now as the cells of a spreadsheet, in the order of `COLUMNS`."""
    words = {
        "lead": "、".join(row.lead),
        "effect": say(EFFECT_WORDS[row.effect], language),
        "differences": "; ".join(f"{one.label}: {one.was} → {one.becomes}" for one in row.differences),
        "light_then": _light(row.light_then, language),
        "light_now": _light(row.light_now, language),
    }
    return [words.get(name, getattr(row, name)) for name in COLUMNS]


def _light(state: LightState | None, language: str) -> str | None:
    return say(LIGHT_WORDS[state], language) if state else None


def checked_baseline_name(name: str) -> str:
    """The name of a baseline without the space around it; raises Invalid for none, a long one or a number."""
    kept = " ".join(name.split())
    if not 0 < len(kept) <= NAME_CHARACTERS_MAX or kept.isdigit():
        raise Invalid(
            N_("A baseline cannot be called {name}."),
            advice=N_("Name the occasion in a few words, such as 分解下达时."),
            name=kept[:40] or "–",
        )
    return kept
