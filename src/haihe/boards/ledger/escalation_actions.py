"""What is asked of escalation: note the steps that unanswered orders go up by a day, with their letters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy import select

from haihe.boards.accounts import Asker, require
from haihe.boards.accounts.actions import actor_of
from haihe.boards.ledger import supervision_tables as tables
from haihe.boards.ledger.escalations import Due, Risen, risen
from haihe.boards.ledger.tables import NODE
from haihe.store import outbox
from haihe.store.opening import Store
from haihe.store.session import reading, writing

__all__ = ["Due", "Letters", "Risen", "escalate_due"]

Letters = Callable[[Due, Risen], Sequence[outbox.Letter]]
"""Writes the letters that tell of a step up; they enter the outbox with it, in one transaction."""


def no_letters(_: Due, __: Risen) -> Sequence[outbox.Letter]:
    """None at all."""
    return ()


def escalate_due(store: Store, asker: Asker, on: date, letters: Letters = no_letters) -> int:
    """Note the steps that parts of orders have gone up by a day; how many are new.

    Each is noted once for its deadline, whenever and however often it is asked. Of several that are found at
    once, after days that were missed, only the last is told.
    """
    require(asker, "manage_work")
    with reading(store.engine) as connection:
        dues = tables.dues_where(connection)
        known = tables.known_rises(connection, [due.part for due in dues])
    new = [due.part for due in dues if any(one.key not in known for one in risen(due, on))]
    return sum(_raise(store, asker, part, on, letters) for part in new)


def _raise(store: Store, asker: Asker, part: int, on: date, letters: Letters) -> int:
    """Note the steps of one part, and put the letters of the last into the outbox."""
    noted: list[tuple[Risen, int]] = []
    with writing(store.engine, actor_of(asker)) as session:
        session.execute(select(NODE.c.id).where(NODE.c.id == part).with_for_update())
        for due in tables.dues_where(session.connection, NODE.c.id == part):
            for one in risen(due, on):
                number = tables.put_rise(session, one)
                if number is not None:
                    noted.append((one, number))
            if noted:
                told, number = max(noted, key=lambda pair: pair[0].place)
                posted = (outbox.put(session, letter) for letter in letters(due, told))
                tables.put_letters(session, number, [each for each in posted if each])
        if noted:
            steps = [one.rise.name for one, _ in noted]
            session.record("escalate", f"node/{part}", {"on": on, "steps": steps})
            session.commit()
    return len(noted)
