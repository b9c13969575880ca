"""The part of an item's page that shows the items it names and those that name it."""

from __future__ import annotations

from asyncio import to_thread

from markupsafe import Markup

from haihe import ui as look
from haihe.boards.accounts.request_actions import asker_now
from haihe.boards.ledger import link_actions
from haihe.boards.ledger.links import Linked
from haihe.kit.errors import N_
from haihe.store.opening import the_store
from haihe.ui import language, link, tr, write


def mount() -> None:
    """Register the part of the item's page."""
    look.fill("item", item_part, order=10)


async def item_part(node: int) -> None:
    """The items that one names and those that name it, each with its register."""
    found = await to_thread(link_actions.links_at, the_store(), await asker_now(), node)
    if not (found.names or found.hidden or found.named_by):
        return
    with look.section(tr(N_("Links to other items"))):
        if found.names:
            look.particulars((each.field.label[language()], _end(each)) for each in found.names)
        if found.hidden:
            words = N_("{count} more are named that you may not see.")
            write(tr(words, count=found.hidden), "p", "hai-note")
        if found.named_by:
            write(tr(N_("Named by")), "h3")
            look.particulars((each.field.label[language()], _end(each)) for each in found.named_by)


def _end(one: Linked) -> Markup:
    return Markup("{} <span class=hai-note>{}</span>").format(link(one.title, f"/item/{one.node}"), one.plan)
