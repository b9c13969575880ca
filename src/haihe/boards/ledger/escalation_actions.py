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
from haihe.store.session import Session, reading, writing

__all__ = ["Due", "Letters", "Risen", "escalate_due"]

Letters = Callable[[Due, Risen], Sequence[outbox.Letter]]
"""Writes the letters that tell of a step up; they enter the outbox with it, in one transaction."""


def no_letters(_: Due, __: Risen) -> Sequence[outbox.Letter]:
    """None at all."""
    return ()


def escalate_due(store: Store, asker: Asker, on: date, letters: Letters = no_letters) -> int:
    """Note the steps that parts of orders have gone up by a day; how many are new.

    Each is noted once for its deadline, whenever and however often it is asked, all of a day together. Of
    several of a part that are found at once, after days that were missed, only the last is told.
    """
    require(asker, "manage_work")
    with reading(store.engine) as connection:
        dues = tables.dues_where(connection)
        known = tables.known_rises(connection, [due.part for due in dues])
    parts = [due.part for due in dues if any(one.key not in known for one in risen(due, on))]
    if not parts:
        return 0
    with writing(store.engine, actor_of(asker)) as session:
        here = NODE.c.id.in_(parts)
        session.execute(select(NODE.c.id).where(here).order_by(NODE.c.id).with_for_update())
        count = sum(_raise(session, due, on, letters) for due in tables.dues_where(session.connection, here))
        if count:
            session.commit()
    return count


def _raise(session: Session, due: Due, on: date, letters: Letters) -> int:
    """Note the steps of one part, and put the letters of the last into the outbox; how many are new."""
    rises = ((one, tables.put_rise(session, one)) for one in risen(due, on))
    noted = [(one, number) for one, number in rises if number is not None]
    if noted:
        told, number = max(noted, key=lambda pair: pair[0].place)
        posted = (outbox.put(session, letter) for letter in letters(due, told))
        tables.put_letters(session, number, [each for each in posted if each])
        session.record(
            "escalate", f"node/{due.part}", {"on": on, "steps": [one.rise.name for one, _ in noted]}
        )
    return len(noted)
