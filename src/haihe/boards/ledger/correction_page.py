"""The page that corrects what was reported for a locked period."""

from __future__ import annotations

from asyncio import to_thread
from functools import partial

from markupsafe import Markup
from nicegui import ui
from nicegui.events import GenericEventArguments as Sent

from haihe import ui as look
from haihe.boards.accounts import Asker, require
from haihe.boards.accounts.request_actions import asker_now
from haihe.boards.ledger import actions, forms, period_actions, period_page
from haihe.kit.errors import N_, HaiheError
from haihe.kit.periods import checked_period
from haihe.store.opening import the_store
from haihe.ui import language, link, page_at, phrase, tr, write


def mount() -> None:
    """Register the page."""
    page_at("/item/{node_id:int}/correction")(correction)


async def correction(node_id: int, period: str) -> None:
    """What was reported on an item for a locked period, to be written as it should have been."""
    asker = await asker_now()
    with look.frame(tr(N_("Correction for {period}"), period=period)):
        require(asker, "publish")
        checked_period(period)
        held = await to_thread(actions.node_at, the_store(), asker, node_id, actions.today())
        node = held.standing.node
        said = next((one for one in held.reports if one.period == period), None)
        words = N_("{unit} reported {title} for {period}; it stays, and the correction is kept beside it.")
        silent = N_(
            "Nothing was reported on {title} for {period}; the correction says what should have been."
        )
        unit = "、".join(node.named("lead")) or tr(N_("A unit"))
        item = link(node.title, f"/item/{node_id}")
        look.answer(phrase(words if said else silent, unit=unit, title=item, period=period))
        offer = forms.correction_offer(said, language())
        form = write(Markup(offer.html()), "form", "hai-form")  # noqa: S704  escaped where it is made
        form.on("submit", partial(_correct, asker, node_id, period), js_handler=forms.SUBMIT)
        period_page.log(held)


async def _correct(asker: Asker, node: int, period: str, event: Sent) -> None:
    written = dict(event.args) | {"period": period}
    try:
        given = forms.return_of(written, actions.today())
        await to_thread(period_actions.correct, the_store(), asker, node, given, written["reason"])
    except HaiheError as error:
        look.notice(error)
        return
    ui.navigate.to(f"/item/{node}")
