"""The clock that days are told by."""

from __future__ import annotations

from zoneinfo import ZoneInfo

REGION = ZoneInfo("Asia/Shanghai")
"""The clock of the region: whoever writes 22 November means that day there, wherever the machine stands."""
