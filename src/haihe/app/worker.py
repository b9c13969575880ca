"""`haihe work`: long work from the queue, and the lights of a day."""

from __future__ import annotations

import logging
import os
import sys
import threading
from datetime import UTC, date, datetime, timedelta

from haihe.boards.accounts import OPERATOR
from haihe.boards.ledger import actions as ledger
from haihe.boards.office import chase_actions as chase
from haihe.boards.office import escalation_actions
from haihe.boards.reader import actions as reader
from haihe.boards.registry import resolution_actions as resolution
from haihe.boards.registry import review_actions as review
from haihe.kit.clock import REGION
from haihe.kit.errors import HaiheError
from haihe.store import work
from haihe.store.opening import Store
from haihe.store.schedule import make_due, schedule_of

KINDS: dict[str, work.Work] = {
    "read": reader.read_job,
    review.JOB: review.look_job,
    resolution.JOB: resolution.resolve_job,
}
_IDLE_S = 1.0
_MINUTE = timedelta(minutes=1)
_log = logging.getLogger("haihe")


def run_all(store: Store) -> int:
    """Run every job that waits and return how many there were."""
    count = 0
    while work.run_next(store.engine, KINDS, _now):
        count += 1
    return count


def stay(store: Store) -> None:
    """Run jobs and send letters as they come, each day its lights and reminders, until the input closes."""
    closed = threading.Event()
    threading.Thread(target=_watch, args=(closed,), daemon=True).start()
    lit: date | None = None
    reminded: date | None = None
    minute: datetime | None = None
    while not closed.wait(_IDLE_S):
        if minute is None or _now() - minute >= _MINUTE:
            minute = _now()
            _back_up(store, minute)
        if lit != ledger.today():
            lit = ledger.today()
            ledger.compute_lights(store, OPERATOR, lit)
        if reminded != ledger.today() and datetime.now(REGION).hour >= chase.HOUR:
            reminded = ledger.today()
            chase.remind_due(store, OPERATOR, reminded)
            escalation_actions.escalate_due(store, OPERATOR, reminded)
        run_all(store)
        chase.deliver(store)


def _back_up(store: Store, now: datetime) -> None:
    """Make the backup that is due, or say in the log why there is none."""
    try:
        schedule = schedule_of(os.environ)
        if schedule:
            make_due(store, schedule, now)
    except HaiheError as error:
        _log.warning("%s", error)


def _watch(closed: threading.Event) -> None:
    sys.stdin.read()
    closed.set()


def _now() -> datetime:
    return datetime.now(UTC)
