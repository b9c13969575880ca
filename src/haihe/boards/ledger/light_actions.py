"""What is asked of lights: note those that changed, and choose the rule that a plan follows."""

from __future__ import annotations

from datetime import date

from sqlalchemy import insert, select

from haihe.boards.accounts import Asker, require
from haihe.boards.accounts.actions import actor_of
from haihe.boards.ledger import intake
from haihe.boards.ledger.lights import Lit, checked_rule
from haihe.boards.ledger.tables import PLAN, PLAN_RULE
from haihe.store.opening import Store
from haihe.store.session import reading, writing
from haihe.store.work import Progress


def compute_lights(store: Store, asker: Asker, on: date, progress: Progress | None = None) -> Lit:
    """Note every light that is another on a day than before; again on the same day changes nothing."""
    require(asker, "manage_work")
    with reading(store.engine) as connection:
        numbers = connection.execute(select(PLAN.c.id).order_by(PLAN.c.id)).scalars().all()
    lit = Lit(0, 0)
    for place, plan in enumerate(numbers):
        with writing(store.engine, actor_of(asker)) as session:
            done = intake.note_lights(session, plan, on)
            session.commit()
        lit = Lit(lit.promises + done.promises, lit.changed + done.changed)
        if progress:
            progress((place + 1) / len(numbers), "")
    return lit


def choose_rule(store: Store, asker: Asker, plan: int, rule: str) -> None:
    """Let a plan follow a named rule of lights from now on; raises NotFound for a rule that is not there."""
    require(asker, "publish")
    with writing(store.engine, actor_of(asker)) as session:
        chosen = {"chosen_by": session.actor.name, "chosen_at": session.actor.at}
        session.execute(insert(PLAN_RULE).values(plan_id=plan, rule=checked_rule(rule), **chosen))
        session.record("choose_rule", f"plan/{plan}", {"rule": rule})
        session.commit()
