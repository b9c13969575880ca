"""The most that Haihe takes of anything, so that nothing grows without bound."""

from datetime import date

TEXT_BYTES_MAX = 32 * 1024 * 1024
TABLE_BYTES_MAX = 512 * 1024 * 1024
UPLOAD_BYTES_MAX = 64 * 1024 * 1024
PAGE_ROWS_MAX = 200
PAGE_ROWS_DEFAULT = 50
QUERY_CHARACTERS_MAX = 200
NAME_CHARACTERS_MAX = 200
TABLE_ROWS_MAX = 2_000_000

DAY_MIN, DAY_MAX = date(1900, 1, 1), date(2199, 12, 31)
"""The days that are taken; what lies beyond is a slip of the pen, and cannot be reckoned with."""


def is_taken(day: date) -> bool:
    """Whether a day is one of those that are taken.

    >>> is_taken(date(2026, 11, 22)), is_taken(date(9999, 12, 31))
    (True, False)
    """
    return DAY_MIN <= day <= DAY_MAX
