"""The page of forecasts: how far they slip, by size and by unit."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Mapping

from haihe import ui as look
from haihe.boards.accounts.request_actions import asker_now
from haihe.boards.ledger import actions, forecast_actions, views_page
from haihe.boards.ledger.cells import Bar, Cells, Link, link_of
from haihe.boards.ledger.forecasts import Forecast, Record, settled
from haihe.boards.ledger.judgements import (
    FORECAST_COLUMNS,
    OUTCOME_WORDS,
    RECORD_COLUMNS,
    bin_words,
)
from haihe.boards.ledger.records import Node
from haihe.boards.ledger.rows import place_of
from haihe.kit.errors import N_
from haihe.store.opening import the_store
from haihe.ui import language, page_at, tr, write

_SHOWN = 50


def mount() -> None:
    """Register the page."""
    page_at("/plan/{plan_id}/forecasts")(forecasts)


async def forecasts(plan_id: int) -> None:
    """How far the forecasts of a plan slipped, as a picture with its table, and the record of each unit."""
    asker, store = await asker_now(), the_store()
    with look.frame(tr(N_("Forecasts")), heading=False):
        held, _ = await views_page.register(store, asker, plan_id)
        found = await to_thread(forecast_actions.slips_of, store, asker, plan_id)
        known = settled(one for _, one in found.forecasts)
        if not known:
            why = tr(N_("A forecast is settled by the next report, by the end, or by its day passing."))
            way = (held.name, f"/plan/{plan_id}")
            look.empty_state(tr(N_("No forecast is settled yet.")), why, way=way)
            return
        kept = sum(one.slip_days <= 0 for one in known)
        words = N_("{kept} of {settled} settled forecasts were kept; {slipped} slipped.")
        look.answer(tr(words, kept=kept, settled=len(known), slipped=len(known) - kept))
        counts = look.Series(tr(N_("Forecasts")), list(found.bins.values()))
        heading = tr(N_("Against what was expected"))
        chart = look.Chart(tr(N_("How far forecasts slip")), heading, bin_words(language()), [counts])
        downloads = views_page.files(f"/api/v1/plans/{plan_id}/forecasts")
        look.figure(chart, look.bars(chart), downloads=downloads)
        with look.section(tr(N_("By unit"))):
            numeric = ("settled", "kept", "slip_days")
            write(
                views_page.table(RECORD_COLUMNS, map(_record, found.records), numeric),
                classes="hai-data hai-scroll",
            )
        with look.section(tr(N_("The greatest slips"))):
            worst = sorted(found.forecasts, key=lambda pair: -pair[1].slip_days)[:_SHOWN]
            slipped = (_forecast(*pair) for pair in worst if pair[1].slip_days > 0)
            write(views_page.table(FORECAST_COLUMNS, slipped, ("slip_days",)), classes="hai-data hai-scroll")
        words = N_("{settled} of {count} forecasts are settled; units are compared, never anybody in them.")
        coverage = tr(words, settled=len(known), count=len(found.forecasts))
        look.coverage_line(coverage, as_of=actions.today())


def _record(one: Record) -> Cells:
    name = Link(one.name, f"/entity/{one.entity}") if one.entity else one.name
    facts: Mapping[str, object] = {"settled": one.settled, "kept": one.kept, "share": Bar(one.share)}
    return {"name": name, **facts, "slip_days": f"{one.slip_days:g}"}


def _forecast(node: Node, one: Forecast) -> Cells:
    days = {"forecast_on": one.forecast_on, "came_on": one.came_on or "", "newer_on": one.newer_on or ""}
    outcome = tr(OUTCOME_WORDS[one.outcome])
    lead = "、".join(node.named("lead"))
    known = {"place": place_of(node), "title": link_of(node), "lead": lead, "period": one.period}
    return {**known, **days, "slip_days": one.slip_days, "outcome": outcome}
