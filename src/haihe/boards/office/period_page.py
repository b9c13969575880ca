"""What the page of the office says of a period's lights and its lock."""

from __future__ import annotations

from asyncio import to_thread

from haihe import ui as look
from haihe.boards.accounts import Asker
from haihe.boards.ledger import Period, period_actions
from haihe.kit.errors import N_
from haihe.store.opening import the_store
from haihe.ui import link, phrase, tr, write


async def part(asker: Asker, plan: int, period: str) -> Period:
    """How many lights of a period are issued and whether it is locked, with the way to them."""
    found = await to_thread(period_actions.period_at, the_store(), asker, plan, period)
    way = link(tr(N_("Lights of {period}"), period=period), f"/plan/{plan}/period/{period}")
    with look.section(tr(N_("Lights and lock")), way):
        words = (
            N_("{issued} of {promises} lights are issued; the period is locked, only corrections come in.")
            if found.locked
            else N_("{issued} of {promises} lights are issued; the period is open.")
        )
        write(phrase(words, issued=found.confirmed, promises=len(found.lights)), "p")
        if found.lights:
            write(look.share_bar(found.confirmed / len(found.lights)))
    return found
