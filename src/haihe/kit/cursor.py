"""Reading long lists by page: a cursor names the last row seen, so rows that come or go move nothing."""

from __future__ import annotations

import base64
import binascii
import json
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from haihe.kit.errors import N_, Invalid

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Rows of a list and the cursor of the page after them, None on the last page."""

    rows: list[Item]
    next: str | None


def page_of(rows: Sequence[Item], size: int, key: Callable[[Item], Sequence[object]]) -> Page[Item]:
    """The page of at most `size` rows out of `size + 1` fetched; `key` gives the sort values of a row.

    >>> page_of([1, 2, 3], 2, lambda n: [n]).rows
    [1, 2]
    """
    kept = list(rows[:size])
    return Page(kept, cursor_of(key(kept[-1])) if len(rows) > size else None)


def page_after(
    rows: Sequence[Item], cursor: str | None, size: int, key: Callable[[Item], list[Any]]
) -> Page[Item]:
    """The page after a cursor of a list at hand that is sorted by `key`.

    >>> first = page_after([1, 2, 3], None, 2, lambda n: [n])
    >>> page_after([2, 3], first.next, 2, lambda n: [n])
    Page(rows=[3], next=None)
    """
    if cursor and rows:
        try:
            rows = rows[bisect_right(rows, values_of(cursor, len(key(rows[0]))), key=key) :]
        except TypeError:
            raise _foreign(cursor) from None
    return page_of(rows[: size + 1], size, key)


def cursor_of(values: Sequence[object]) -> str:
    """The opaque cursor of a row's sort values."""
    return base64.urlsafe_b64encode(json.dumps(list(values), default=str).encode()).decode().rstrip("=")


def values_of(cursor: str, count: int) -> list[Any]:
    """The sort values in a cursor; raises Invalid when it is not one of this list's.

    >>> values_of(cursor_of([3, "a"]), 2)
    [3, 'a']
    """
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        values = None
    if not isinstance(values, list) or len(values) != count:
        raise _foreign(cursor)
    return values


def _foreign(cursor: str) -> Invalid:
    return Invalid(
        N_("The cursor {cursor} is not one of this list."),
        advice=N_("Start again without a cursor."),
        cursor=cursor,
    )
