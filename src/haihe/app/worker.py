"""`haihe work`: long work from the queue, and the lights of a day."""

from __future__ import annotations

import sys
import threading
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from haihe.boards.accounts import OPERATOR
from haihe.boards.ledger import actions as ledger
from haihe.boards.reader import actions as reader
from haihe.store import work
from haihe.store.opening import Store

ZONE = ZoneInfo("Asia/Shanghai")
KINDS: dict[str, work.Work] = {"read": reader.read_job}
_IDLE_S = 1.0


def today() -> date:
    """The day it is in the region."""
    return datetime.now(ZONE).date()


def run_all(store: Store) -> int:
    """Run every job that waits and return how many there were."""
    count = 0
    while work.run_next(store.engine, KINDS, _now):
        count += 1
    return count


def stay(store: Store) -> None:
    """Run jobs as they come and the lights of each new day, until the standard input closes."""
    closed = threading.Event()
    threading.Thread(target=_watch, args=(closed,), daemon=True).start()
    lit: date | None = None
    while not closed.wait(_IDLE_S):
        if lit != today():
            lit = today()
            ledger.compute_lights(store, OPERATOR, lit)
        run_all(store)


def _watch(closed: threading.Event) -> None:
    sys.stdin.read()
    closed.set()


def _now() -> datetime:
    return datetime.now(UTC)
