"""The light of months: each is a node of its own, and one that was missed never turns green (瓯海三色)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from haihe.boards.ledger.records import Light
from haihe.kit.errors import N_
from haihe.kit.periods import containing, first_day_of, last_day_of, month_of


def month_light(returned: Mapping[str, date], start_on: date | None, on: date, days: int) -> Light | None:
    """The light of the last month whose report was due by a day; None where it came in time, or none was due.

    `returned` is the day on which the first report for each period came in. Reports are due from the month of
    the start on, else from the first month reported, each so many `days` after the month's end. A report for
    a quarter or a year is one for each of its months.

    >>> month_light({"2026-09": date(2026, 10, 9)}, None, date(2026, 10, 20), 5).state
    'behind'
    """
    month = _last_due(on, days)
    begin = start_on or min(map(first_day_of, returned), default=None)
    if begin is None or month_of(begin) > month:
        return None
    due_on = last_day_of(month) + timedelta(days=days)
    came_on = min((returned[name] for name in containing(month) if name in returned), default=None)
    facts: dict[str, object] = {"period": month, "due_on": due_on}
    if came_on is None or came_on > on:
        words = N_("The report for {period} was due on {due_on} ({days} d ago) and is missing.")
        return Light("overdue", words, facts | {"days": (on - due_on).days})
    if came_on > due_on:
        words = N_("The report for {period} was due on {due_on} and was made up on {came_on}, {days} d late.")
        return Light("behind", words, facts | {"came_on": came_on, "days": (came_on - due_on).days})
    return None


def _last_due(on: date, days: int) -> str:
    """The last month whose report was due before a day."""
    first = (on - timedelta(days=days)).replace(day=1)
    return month_of(first - timedelta(days=1))
