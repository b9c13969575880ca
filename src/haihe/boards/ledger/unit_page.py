"""The page of a unit: what it leads and cooperates in, how it stands, what is due next, how it forecast."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Iterable, Sequence
from statistics import median

from markupsafe import Markup
from nicegui import ui

from haihe import ui as look
from haihe.boards.accounts import Asker, may
from haihe.boards.accounts.request_actions import asker_now
from haihe.boards.ledger import actions, cells, desk_actions, forecast_actions, unit_actions, views_page
from haihe.boards.ledger.desk import Work
from haihe.boards.ledger.forecasts import memory, settled
from haihe.boards.ledger.records import LATE, Standing
from haihe.boards.ledger.rollup import lights_of
from haihe.boards.ledger.rows import ITEM_COLUMNS
from haihe.boards.ledger.units import Unit, by_urgency, due_next, has_part
from haihe.kit.errors import N_
from haihe.store.opening import the_store
from haihe.ui import language, link, page_at, phrase, tr, write

ROWS_SHOWN = 30
FORECASTS_SHOWN = 20

FORECAST_COLUMNS = {
    "item": N_("Item"),
    "period": N_("Reported for"),
    "came": N_("What came"),
    "days": N_("Slip in days"),
}


def mount() -> None:
    """Register the page."""
    page_at("/units/{key}")(unit)


async def unit(key: str) -> None:
    """A unit by its number in the registry, or by its name as written."""
    asker, store, day = await asker_now(), the_store(), actions.today()
    with look.frame(tr(N_("Unit")), heading=False):
        one = await to_thread(unit_actions.unit_at, store, asker, key)
        ui.page_title(one.name)
        write(_title(one), "h1")
        found = await to_thread(unit_actions.promises_of, store, asker, [one], day)
        if not found:
            why = tr(N_("No register that you may see names it."))
            look.empty_state(tr(N_("This unit answers for nothing.")), why, way=(tr(N_("Plans")), "/plans"))
            return
        lead = [each for each in found if has_part(each.node, [one], "lead")]
        period = desk_actions.period_now()
        work = await to_thread(desk_actions.work_in, store, asker, lead, period)
        look.answer(_sentence(one, lead, len(found) - len(lead), work))
        lights = look.chosen("light")
        wanted = [each for each in found if each.light.state in lights] if lights else found
        _ways(asker, one, lead)
        _missing(work)
        due = due_next(wanted, day)
        _section(tr(N_("Due in the next 90 days")), due, len(due))
        led = {each.node.id for each in lead}
        mine = [each for each in wanted if each.node.id in led]
        others = [each for each in wanted if each.node.id not in led]
        path = f"/api/v1/units/{one.key}/promises"
        _section(tr(N_("What it leads")), by_urgency(mine, ROWS_SHOWN), len(mine), path)
        _section(tr(N_("What it cooperates in")), by_urgency(others, ROWS_SHOWN), len(others))
        _forecasts_offer(asker, lead)
        words = N_("{count} promises of all registers that you may see.")
        look.coverage_line(tr(words, count=len(found)), as_of=day)


def _title(one: Unit) -> Markup:
    return link(one.name, f"/entity/{one.entity}") if one.entity else Markup.escape(one.name)


def _sentence(one: Unit, lead: Sequence[Standing], cooperating: int, work: Work) -> Markup:
    words = N_(
        "{unit} leads {lead} promises, of which {overdue} are overdue and {behind} behind, and cooperates in "
        "{cooperating}; {waiting} wait for a report for {period}."
    )
    counts = lights_of(lead)
    late = {state: link(counts[state], look.address(light=[state])) for state in LATE if state != "near"}
    waiting = link(len(work.waiting), "#waiting") if work.waiting else 0
    return phrase(
        words,
        unit=one.name,
        lead=len(lead),
        cooperating=cooperating,
        waiting=waiting,
        period=work.period,
        **late,
    )


def _ways(asker: Asker, one: Unit, lead: Iterable[Standing]) -> None:
    write(look.light_strip(lights_of(lead)))
    links = [link(tr(N_("Its dates for a calendar (.ics)")), f"/api/v1/units/{one.key}/calendar.ics")]
    if may(asker, "report_item", one.entity):
        links.insert(0, link(tr(N_("Report")), f"/my-work?unit={one.key}"))
    write(Markup(" · ").join(links), "p")
    if look.chosen("light"):
        write(link(tr(N_("All lights")), look.address(light=[])), "p")


def _missing(work: Work) -> None:
    write("", "span").props("id=waiting")
    title = tr(N_("Not reported for {period}"), period=work.period)
    _section(title, work.waiting, len(work.waiting))


def _section(title: str, found: Sequence[Standing], total: int, path: str = "") -> None:
    """The first promises of a list of so many in all."""
    if not found:
        return
    downloads = look.download_links(views_page.files(path)) if path else Markup("")
    with look.section(f"{title} · {total}", downloads):
        frame = views_page.frame_chosen()
        rows = (cells.node_cells(one, frame, language()) for one in found[:ROWS_SHOWN])
        write(views_page.table(ITEM_COLUMNS, rows), classes="hai-data hai-scroll")
        if total > ROWS_SHOWN:
            write(tr(N_("The first {count} are shown."), count=ROWS_SHOWN), "p", "hai-note")


def _forecasts_offer(asker: Asker, lead: Sequence[Standing]) -> None:
    """The button that reads every report that the unit ever made: no page waits for it unasked."""
    if not (lead := [one for one in lead if one.node.report and forecast_actions.is_shown(asker, one.node)]):
        return
    with ui.element("div").classes("hai-fill") as place:
        show = look.button(tr(N_("Show its forecasts, and what came")))

    async def read() -> None:
        show.disable()
        with place:
            await _forecasts(asker, lead)
        show.delete()

    show.on("click", read)


async def _forecasts(asker: Asker, lead: Sequence[Standing]) -> None:
    """What its reports expected, beside what the next ones said or what came."""
    nodes = {one.node.id: one.node for one in lead}
    reports = await to_thread(unit_actions.reports_of, the_store(), asker, nodes)
    record = [one for node in nodes for one in settled(memory(reports.get(node, ()), actions.today()))]
    if not record:
        write(tr(N_("No forecast of its reports has been settled yet.")), "p", "hai-note")
        return
    record.sort(key=lambda one: (one.made_on, one.node), reverse=True)
    with look.section(tr(N_("Its forecasts, and what came"))):
        words = N_("Of {count} forecasts {kept} were kept; the middle one slipped by {days} d.")
        kept = sum(one.slip_days <= 0 for one in record)
        days = median(one.slip_days for one in record)
        write(tr(words, count=len(record), kept=kept, days=f"{days:.0f}"), "p")
        rows = (
            {
                "item": cells.link_of(nodes[one.node]),
                "period": one.period,
                "came": tr(one.sentence[0], **one.sentence[1]),
                "days": f"{one.slip_days:+d}",
            }
            for one in record[:FORECASTS_SHOWN]
        )
        shown = views_page.table(FORECAST_COLUMNS, rows, ("days",))
        write(shown, classes="hai-data hai-scroll")
