"""The clock that days are told by."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

REGION = ZoneInfo("Asia/Shanghai")
"""The clock of the region: whoever writes 22 November means that day there, wherever the machine stands."""


def day_in_region(at: datetime) -> date:
    """The day in the region of a moment (aware).

    >>> from datetime import UTC
    >>> day_in_region(datetime(2026, 11, 21, 17, tzinfo=UTC))
    datetime.date(2026, 11, 22)
    """
    assert at.tzinfo
    return at.astimezone(REGION).date()
