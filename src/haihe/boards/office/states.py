"""How far each unit is in a period, and what it is to be reminded of."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterable
from datetime import date

from haihe.boards.office.records import Dispatch, Language, UnitState
from haihe.kit.errors import N_
from haihe.kit.words import say


def last_day_of(period: str) -> date:
    """The last day of a year, a quarter or a month.

    >>> last_day_of("2026-11"), last_day_of("2026Q1"), last_day_of("2026")
    (datetime.date(2026, 11, 30), datetime.date(2026, 3, 31), datetime.date(2026, 12, 31))
    """
    year, rest = int(period[:4]), period[4:]
    month = int(rest[1:]) * (3 if rest[0] == "Q" else 1) if rest else 12
    return date(year, month, monthrange(year, month)[1])


def states_of(
    dispatches: Iterable[Dispatch], counting: Collection[int], filed: Collection[int]
) -> tuple[UnitState, ...]:
    """How far each unit is by its last workbook, those with nothing returned first.

    `counting` are the items that still count, `filed` those with a report for the period.
    """
    latest = {dispatch.handout.unit.key: dispatch for dispatch in dispatches}
    found = []
    for dispatch in latest.values():
        lines = [line for line in dispatch.handout.lines if line.node in counting]
        waiting = tuple(line for line in lines if line.node not in filed)
        found.append(
            UnitState(dispatch.handout.unit, len(lines), len(lines) - len(waiting), waiting, dispatch)
        )
    order = ("missing", "partial", "complete")
    return tuple(sorted(found, key=lambda state: order.index(state.state)))


def reminder_of(state: UnitState, today: date, language: Language) -> str:
    """The words that remind a unit of what it has not returned, ready to be sent; empty where it has all."""
    if not state.waiting:
        return ""
    asked = state.dispatch.handout.asked
    left = (asked.return_by - today).days
    facts = {
        "unit": state.unit.name,
        "plan": asked.plan_name,
        "period": asked.period,
        "open": len(state.waiting),
        "items": state.items,
        "day": asked.return_by,
        "days": abs(left),
    }
    template = (
        N_(
            "{unit}: of your {items} items of {plan}, {open} have no report for {period} yet. Please return "
            "them by {day} ({days} d left):"
        )
        if left >= 0
        else N_(
            "{unit}: of your {items} items of {plan}, {open} have no report for {period} yet. They were to "
            "be returned by {day} ({days} d ago); please return them now:"
        )
    )
    lines = [say(template, language, **facts)]
    for line in state.waiting:
        due = line.cells["due"]
        words = N_("{place} {title} (due {due})") if due else N_("{place} {title}")
        lines.append(say(words, language, place=line.cells["place"], title=line.cells["title"], due=due))
    return "\n".join(lines)
