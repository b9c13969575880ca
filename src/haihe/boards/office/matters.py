"""What a brief is made of: the items of a plan as they stand in a period, and the evidence of each figure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from haihe.boards.office.briefs import BriefKind, Figure, Sentence
from haihe.boards.office.records import Reason, Unit
from haihe.boards.office.spans import dated
from haihe.kit.errors import N_
from haihe.kit.periods import last_day_of, neighbour
from haihe.kit.source import Kind, Source, Tier
from haihe.kit.words import Language, say

Light = Literal["overdue", "behind", "near", "unknown", "on_track"]

LIGHTS: Mapping[Light, str] = {
    "overdue": N_("overdue"),
    "behind": N_("behind"),
    "near": N_("near its date"),
    "unknown": N_("unknown"),
    "on_track": N_("on track"),
}
"""Every light and its word, the worst first."""

LATE: tuple[Light, ...] = ("overdue", "behind")
"""The lights that a circular names: red and yellow."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a unit reported of an item for the period; `sha256` and `at` are the file and cell it stood in."""

    number: int
    on: date
    note: str = ""
    forecast_on: date | None = None
    difficulty: str = ""
    sha256: str | None = None
    at: str | None = None


@dataclass(frozen=True, slots=True)
class Stand:
    """The light of an item in a period, and whether the office confirmed it."""

    light: Light
    confirmed: bool
    forecast_on: date | None = None


@dataclass(frozen=True, slots=True)
class Matter:
    """An item as it stands: its light, which counts, and the reason; `before` is the period before.

    `aspect` is the root node over it, `source_id` the sentence or row that promises it.
    """

    node: int
    place: str
    title: str
    aspect: int
    leads: tuple[Unit, ...]
    due_on: date | None
    stand: Stand
    reason: Reason
    progress: float | None = None
    said: Said | None = None
    before: Stand | None = None
    source_id: str | None = None

    @property
    def late(self) -> bool:
        """Whether it is overdue or behind."""
        return self.stand.light in LATE

    @property
    def finished(self) -> bool:
        """Whether everything of it is done."""
        return self.progress is not None and self.progress >= 1

    @property
    def slip_days(self) -> int | None:
        """How many days later it is expected than before, at first than it is due; None if unsaid."""
        now = self.said.forecast_on if self.said else None
        then = (self.before and self.before.forecast_on) or self.due_on
        return (now - then).days if now and then else None


@dataclass(frozen=True, slots=True)
class Silence:
    """A unit that has not reported on all it leads."""

    unit: Unit
    items: int
    reported: int


@dataclass(frozen=True, slots=True)
class Mended:
    """A correction of what was reported or issued for a locked period."""

    number: int
    node: int
    title: str
    period: str
    before: str
    after: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Request:
    """Which brief is asked for: its kind, the plan, the period and the language."""

    kind: BriefKind
    plan: int
    plan_name: str
    tier: Tier
    period: str
    language: Language


@dataclass(frozen=True, slots=True)
class Ground:
    """All that a brief says, as of a day: the items, who is silent, what was corrected, months gone by.

    `aspects` are the roots of the plan by number; `months` the items' stands by month, for the trend; `since`
    the moment of the last brief, None where there was none.
    """

    asked: Request
    on: date
    aspects: Mapping[int, str]
    matters: tuple[Matter, ...]
    silences: tuple[Silence, ...] = ()
    mended: tuple[Mended, ...] = ()
    since: datetime | None = None
    months: tuple[tuple[str, tuple[Stand, ...]], ...] = ()


def worst_first(matters: Iterable[Matter]) -> list[Matter]:
    """Items by their light, the worst first, then by due date and place in the plan."""
    order = list(LIGHTS)
    return sorted(matters, key=lambda one: (order.index(one.stand.light), one.due_on or date.max, one.node))


def lights_of(stands: Iterable[Stand]) -> Counter[Light]:
    """How many items show each light."""
    return Counter(stand.light for stand in stands)


def due_next(ground: Ground) -> list[Matter]:
    """The items that are due in the period that follows and are not finished, the first due first."""
    until = last_day_of(neighbour(ground.asked.period, 1))
    found = [
        one
        for one in ground.matters
        if one.due_on and last_day_of(ground.asked.period) < one.due_on <= until and not one.finished
    ]
    return sorted(found, key=lambda one: (one.due_on or until, one.node))


def count_of(ground: Ground, matters: Sequence[Matter], what: str, query: str = "") -> Figure:
    """How many items there are of a sort, which `what` says in the reader's language."""
    unconfirmed = sum(not one.stand.confirmed for one in matters)
    return number_of(ground, len(matters), what, query, unconfirmed)


def number_of(ground: Ground, number: int, what: str, query: str = "", unconfirmed: int = 0) -> Figure:
    """A number that was counted over the items of the plan."""
    asked, address = ground.asked, f"/plan/{ground.asked.plan}{query}"
    words = N_("Counted over the items of the plan as of {day}: {what}. See {address}")
    note = say(words, asked.language, day=dated(ground.on, asked.language), what=what, address=address)
    source = Source("formula", None, "haihe.boards.office.matters.count_of", what, address, None, asked.tier)
    return Figure(f"{number}", note, source, unconfirmed, count=True)


def light_figure(ground: Ground, matter: Matter) -> Figure:
    """The light of an item, with what it rests on: what was reported, else what was promised."""
    return item_figure(ground, matter, say(LIGHTS[matter.stand.light], ground.asked.language))


def item_figure(ground: Ground, matter: Matter, words: str) -> Figure:
    """A figure of one item, with what it rests on."""
    note, source = _evidence(ground, matter)
    return Figure(words, note, source, int(not matter.stand.confirmed))


def _evidence(ground: Ground, matter: Matter) -> tuple[str, Source]:
    asked, said, address = ground.asked, matter.said, f"/item/{matter.node}"
    reason = say(matter.reason.words, asked.language, **matter.reason.facts)
    facts = {"address": address, "reason": reason}
    kind: Kind = "judgement" if matter.stand.confirmed else "row"
    if said is None:
        facts["address"] = f"{address} /source/{matter.source_id}" if matter.source_id else address
        words = N_("{reason} No report for the period. See {address}")
        return say(words, asked.language, **facts), Source(kind, quote=reason, url=address, tier=asked.tier)
    facts |= {"day": dated(said.on, asked.language), "number": f"{said.number}", "at": said.at or ""}
    words = N_("Report {number} of {day}. {reason} See {address}")
    if said.at:
        words = N_("Report {number} of {day}, {at} of the return. {reason} See {address}")
    quote = said.note or reason
    source = Source(kind, said.sha256, said.at, quote, address, said.on, asked.tier)
    return say(words, asked.language, **facts), source


def leads_of(matter: Matter, language: Language) -> str:
    """The lead units of an item."""
    names = "、".join(unit.name for unit in matter.leads)
    return names or say(N_("no lead unit"), language)


def day_of(day: date | None, language: Language) -> Sentence:
    """A day in a cell; a dash where there is none."""
    return (f"{day}" if day else say(N_("none"), language),)


def share_of(matter: Matter, language: Language) -> Sentence:
    """How far an item is, in a cell."""
    return (say(N_("not reported"), language) if matter.progress is None else f"{matter.progress:.0%}",)
