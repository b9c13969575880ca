"""The part of a register's page that reviews its drafts."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Callable, Sequence
from functools import partial

from markupsafe import Markup
from nicegui import ui
from nicegui.events import GenericEventArguments as Sent

from haihe import ui as look
from haihe.boards.accounts import Asker, may
from haihe.boards.ledger import actions, cells, forms, rows
from haihe.boards.ledger.records import Plan, Standing
from haihe.boards.ledger.views_page import drawn, frame_chosen
from haihe.kit.errors import N_
from haihe.store.opening import the_store
from haihe.ui import language, tr, write


def show(asker: Asker, held: Plan, found: Sequence[Standing], numbers: cells.Numbers) -> None:
    """The nodes one under the other, to be accepted, edited or rejected by key or button."""
    words = N_("{drafts} drafts wait for review; {accepted} items are accepted.")
    look.answer(tr(words, drafts=held.drafts, accepted=held.accepted))
    decides = may(asker, "review_draft")
    drafts = [one.node.id for one in found if one.node.state == "draft"]
    if decides and drafts:
        write(tr(N_("Keys: ↑ ↓ move, A accepts, R rejects, E edits, U undoes.")), "p", "hai-note")
        deed = partial(actions.accept, the_store(), asker, held.id, drafts)
        look.button(tr(N_("Accept all {count} drafts"), count=len(drafts)), partial(_accept, deed), main=True)
    known = map(drawn, cells.review_lines(found, numbers, frame_chosen(), language()))
    pairs = zip(found, known, strict=True)
    lines = (forms.review_html(one.node, str(words), language(), decides=decides) for one, words in pairs)
    files = (f"boards/ledger/review.{kind}" for kind in ("css", "js"))
    look.walk(Markup("".join(lines)), "hai-review", *files)  # noqa: S704  escaped where it is made
    ui.on("review", partial(_decide, asker, held.id))


async def _decide(asker: Asker, plan_id: int, event: Sent) -> None:
    node, seen, deed = int(event.args["node"]), int(event.args["version"]), event.args["deed"]
    store = the_store()
    if deed == "undo":
        await to_thread(actions.undo, store, asker, node, seen)
    else:
        decide = actions.accept if deed == "accept" else actions.reject
        await to_thread(decide, store, asker, plan_id, {node: seen})
    found = await to_thread(partial(actions.tree_of, store, asker, plan_id, actions.today(), review=True))
    ui.run_javascript(f"haiheLedger.decided({rows.states_json(found, language())})")


async def _accept(deed: Callable[[], object]) -> None:
    await to_thread(deed)
    ui.navigate.reload()
