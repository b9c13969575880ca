"""The timeline (甘特图) of a register: when each promise runs, and where its forecasts stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from haihe.boards.ledger.records import Node, Report, Standing
from haihe.boards.ledger.units import finished_on, slip_days
from haihe.kit.errors import N_

Grouping = Literal["aspect", "task", "unit"]

GROUPINGS: Mapping[Grouping, str] = {
    "aspect": N_("by aspect"),
    "task": N_("by task"),
    "unit": N_("by lead unit"),
}

ROWS_SHOWN = 60
MARKS_MAX = 12
_MARGIN = timedelta(days=10)

COLUMNS: Mapping[str, str] = {
    "place": N_("Number"),
    "title": N_("Title"),
    "lead": N_("Lead unit"),
    "start_on": N_("Start"),
    "due_on": N_("Due"),
    "forecast_on": N_("Forecast"),
    "earlier": N_("Earlier forecasts"),
    "finished_on": N_("Finished on"),
    "slip_days": N_("Slip in days"),
    "progress": N_("Progress"),
    "light": N_("Light"),
}


@dataclass(frozen=True, slots=True)
class Bar:
    """When a promise runs: `forecast_on` is what its last report expects, `earlier` what those before did."""

    standing: Standing
    forecast_on: date | None = None
    earlier: tuple[date, ...] = ()

    @property
    def node(self) -> Node:
        """The promise."""
        return self.standing.node

    @property
    def days(self) -> tuple[date, ...]:
        """Every day that stands on its line."""
        known = (self.node.start_on, self.node.due_on, self.forecast_on, finished_on(self.standing))
        return (*filter(None, known), *self.earlier)

    @property
    def span(self) -> tuple[date, date] | None:
        """The first and the last day of its line; None where no day is known."""
        return (min(self.days), max(self.days)) if self.days else None


@dataclass(frozen=True, slots=True)
class Group:
    """Promises that belong together; an item of several lead units stands with each of them."""

    key: str
    label: str
    bars: tuple[Bar, ...]

    @property
    def counts(self) -> Counter[str]:
        """How many of them show each light."""
        return Counter(bar.standing.light.state for bar in self.bars)

    @property
    def span(self) -> tuple[date, date] | None:
        """From the first start to the last due date; None where no day is known."""
        known = [bar.span for bar in self.bars if bar.span]
        return (min(first for first, _ in known), max(last for _, last in known)) if known else None


@dataclass(frozen=True, slots=True)
class Scale:
    """The days from the left edge of a timeline to its right one."""

    first: date
    last: date

    def place(self, day: date) -> float:
        """Where a day stands, from 0 to 1.

        >>> Scale(date(2026, 1, 1), date(2026, 1, 11)).place(date(2026, 1, 6))
        0.5
        """
        return min(max((day - self.first) / (self.last - self.first), 0.0), 1.0)

    def holds(self, day: date) -> bool:
        """Whether a day is between the edges."""
        return self.first <= day <= self.last


def bar_of(standing: Standing, reports: Sequence[Report] = ()) -> Bar:
    """The line of a promise; `reports` are its own, the latest first."""
    forecasts = [report.forecast_due_on for report in reversed(reports) if report.forecast_due_on]
    last = standing.node.report.forecast_due_on if standing.node.report else None
    done = finished_on(standing)
    shown = None if done else last
    return Bar(standing, shown, tuple(dict.fromkeys(day for day in forecasts if day != last)))


def groups_of(
    found: Iterable[Standing], tree: Mapping[int, Node], by: Grouping, nobody: str
) -> tuple[Group, ...]:
    """Promises in groups, in the order of the tree, units by how much they lead.

    `tree` are the nodes of the register; `nobody` names the group of those without a lead unit.
    """
    groups: dict[str, tuple[str, list[Bar]]] = {}
    for standing in found:
        for key, label in _keys(standing.node, tree, by, nobody):
            groups.setdefault(key, (label, []))[1].append(bar_of(standing))
    made = [Group(key, label, tuple(bars)) for key, (label, bars) in groups.items()]
    return tuple(sorted(made, key=lambda group: (-len(group.bars), group.label)) if by == "unit" else made)


def _keys(node: Node, tree: Mapping[int, Node], by: Grouping, nobody: str) -> list[tuple[str, str]]:
    if by == "unit":
        return [(name, name) for name in node.named("lead")] or [("-", nobody)]
    above = node
    while above.parent is not None and (by == "aspect" or above is node):
        above = tree[above.parent]
    return [(str(above.id), above.title)]


def scale_of(spans: Iterable[tuple[date, date] | None], on: date) -> Scale | None:
    """The scale that holds all spans and a day, in whole months; None where no span is known."""
    known = [span for span in spans if span]
    if not known:
        return None
    first = min(on, *(first for first, _ in known)).replace(day=1)
    last = max(on, *(last for _, last in known)) + _MARGIN
    return Scale(first, _next_month(last.replace(day=1)))


def marks_of(scale: Scale) -> list[tuple[date, str]]:
    """The firsts of months, quarters or years on a scale with their names, at most `MARKS_MAX`."""
    months = [scale.first]
    while months[-1] < scale.last:
        months.append(_next_month(months[-1]))
    months = [day for day in months if day < scale.last]
    quarters = [day for day in months if day.month % 3 == 1]
    years = [day for day in months if day.month == 1]
    if len(months) <= MARKS_MAX:
        return [(day, f"{day:%Y-%m}") for day in months]
    if len(quarters) <= MARKS_MAX:
        return [(day, f"{day.year}Q{day.month // 3 + 1}") for day in quarters]
    step = -(-len(years) // MARKS_MAX)
    return [(day, f"{day.year}") for day in years[::step]]


def _next_month(day: date) -> date:
    return (day + timedelta(days=31)).replace(day=1)


def cells_of(bar: Bar) -> dict[str, object]:
    """The line of a promise as a row of a table, by `COLUMNS`."""
    node = bar.node
    return {
        "place": ".".join(map(str, node.path)),
        "title": node.title,
        "lead": "、".join(node.named("lead")),
        "start_on": node.start_on,
        "due_on": node.due_on,
        "forecast_on": bar.forecast_on,
        "earlier": "、".join(map(str, bar.earlier)),
        "finished_on": finished_on(bar.standing),
        "slip_days": slip_days(bar.standing),
        "progress": bar.standing.progress,
        "light": bar.standing.light.state,
    }
