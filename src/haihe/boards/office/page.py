"""The page of the office: who was handed what, who returned it, and what the returns would change."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Iterable, Mapping
from functools import partial
from urllib.parse import urlencode

from markupsafe import Markup
from nicegui import ui
from nicegui.events import MultiUploadEventArguments

from haihe import ui as look
from haihe.boards.accounts import may
from haihe.boards.accounts.request_actions import asker_now
from haihe.boards.ledger import Plan
from haihe.boards.ledger import actions as ledger
from haihe.boards.office import actions, chase_actions, period_page, returns_page
from haihe.boards.office.chasing import Sent, ago_of
from haihe.boards.office.intake import ENDINGS, FILE_BYTES_MAX, inbox_of
from haihe.boards.office.records import Cycle, Orphan
from haihe.boards.office.returns_page import Desk, table
from haihe.boards.office.rows import (
    UNIT_COLUMNS,
    CycleRow,
    UnitRow,
    cell_of,
    cycle_row,
)
from haihe.kit.clock import day_in_region
from haihe.kit.errors import N_
from haihe.store.opening import the_store
from haihe.ui import language, link, page_at, phrase, tr, write

_MARKS: Mapping[str, str] = {"missing": "○", "partial": "◐", "complete": "●"}


def mount() -> None:
    """Register the page, and its place in the header."""
    look.fill("nav", look.Entry(N_("Office"), "/office", "move_to_inbox"), order=25)
    page_at("/office")(office)


async def office(plan: int | None = None, period: str = "") -> None:
    """A period of a plan: what was handed out, what was returned, and the acts of the cycle."""
    asker = await asker_now()
    with look.frame(tr(N_("Monthly returns"))):
        found = await to_thread(ledger.plans, the_store(), asker)
        plans = [one for one in found.rows if one.accepted]
        if plan is None and not plans:
            why = tr(N_("Workbooks are handed out for plans with accepted items; there is none yet."))
            look.empty_state(tr(N_("There is nothing to hand out.")), why, way=(tr(N_("Plans")), "/plans"))
            return
        number = plans[0].id if plan is None else plan
        period = period or f"{actions.today():%Y-%m}"
        _choice(plans, number, period)
        order = actions.Order(number, period, language=language())
        cycle = await to_thread(actions.cycle, the_store(), asker, order)
        row = cycle_row(cycle, actions.today())
        look.answer(_sentence(cycle, row))
        desk = Desk(asker, number, period)
        if may(asker, "report_item"):
            _acts(desk, cycle)
        await period_page.part(asker, number, row.period)
        _units(row, await to_thread(chase_actions.last_reminded, the_store(), number, row.period))
        _unhanded(cycle)
        words = N_("{units} units were handed {items} items; an item of several units is counted once.")
        look.coverage_line(tr(words, units=len(row.units), items=row.items), as_of=actions.today())


def _choice(plans: Iterable[Plan], number: int, period: str) -> None:
    """The plan and the period, which the address keeps."""
    names = {one.id: one.name for one in plans}
    with ui.element("div").classes("hai-row"):
        with ui.column().classes("gap-0"):
            write(tr(N_("Plan")), "small")
            plan = ui.select(names, value=number if number in names else None).props("outlined dense")
        with ui.column().classes("gap-0"):
            write(tr(N_("Period")), "small")
            month = ui.input(value=period).props("outlined dense maxlength=7")
        plan.props["aria-label"], month.props["aria-label"] = tr(N_("Plan")), tr(N_("Period"))

        def show() -> None:
            query = {"plan": plan.value or number, "period": (month.value or "").strip()}
            ui.navigate.to(f"/office?{urlencode(query)}")

        look.button(tr(N_("Show")), show)


def _sentence(cycle: Cycle, row: CycleRow) -> Markup:
    if not row.units:
        words = N_("Nothing of {plan} is handed out for {period} yet; {units} units with {items} items wait.")
        items = {line.node for handout in cycle.waiting for line in handout.lines}
        return phrase(
            words, plan=_plan_link(cycle), period=row.period, units=len(cycle.waiting), items=len(items)
        )
    words = N_(
        "{plan}, {period}: of {units} units {complete} have returned all, {partial} a part and {missing} "
        "nothing; {reported} of {items} items are reported on."
    )
    return phrase(
        words,
        plan=_plan_link(cycle),
        period=row.period,
        units=len(row.units),
        reported=row.reported,
        items=row.items,
        **row.states,
    )


def _plan_link(cycle: Cycle) -> Markup:
    return link(cycle.asked.plan_name, f"/plan/{cycle.asked.plan}")


def _acts(desk: Desk, cycle: Cycle) -> None:
    """The buttons that hand out and take in, and the place where returns are looked at."""
    with ui.element("div").classes("hai-row"):
        again = N_("Hand out again ({count} workbooks)") if cycle.units else N_("Hand out {count} workbooks")
        count = len({state.unit.key for state in cycle.units} | {one.unit.key for one in cycle.waiting})
        if count:
            look.button(tr(again, count=count), partial(_hand_out, desk), main=not cycle.units)
        choose = look.button(tr(N_("Take in what came back")), main=bool(cycle.units))
    words = N_("{endings}, each at most {size} MB; nothing is reported before you confirm it.")
    write(tr(words, endings=", ".join(ENDINGS), size=FILE_BYTES_MAX >> 20), "p", "hai-note")
    returns = ui.element("div").classes("hai-fill")

    async def take(event: MultiUploadEventArguments) -> None:
        upload.reset()
        files = [(file.name, await file.read()) for file in event.files]
        desk.inbox, desk.chosen, desk.reason = await to_thread(inbox_of, files), {}, ""
        await returns_page.show(desk, returns)

    def refuse() -> None:
        look.notice(tr(N_("A file has more than {size} MB and was left out."), size=FILE_BYTES_MAX >> 20))

    upload = ui.upload(
        multiple=True,
        on_multi_upload=take,
        on_rejected=refuse,
        max_file_size=FILE_BYTES_MAX,
        auto_upload=True,
    )
    upload.style("display: none")
    choose.on("click", js_handler=f"() => getElement({upload.id}).$refs.qRef.pickFiles()")


async def _hand_out(desk: Desk) -> None:
    order = actions.Order(desk.plan, desk.period, language=language())
    handed = await to_thread(actions.dispatch, the_store(), desk.asker, order)
    name = f"{handed.asked.plan_name}-{desk.period}.zip"
    ui.download.content(await to_thread(actions.packed, handed.files), name, "application/zip")
    look.notice(tr(N_("{count} workbooks are handed out."), count=len(handed.files)))
    ui.timer(1.5, ui.navigate.reload, once=True)


def _units(row: CycleRow, last: Mapping[str, Sent]) -> None:
    if not row.units:
        return
    address = f"/api/v1/office/plans/{row.plan}?period={row.period}&format="
    files = look.download_links({"CSV": f"{address}csv", "xlsx": f"{address}xlsx"})
    with look.section(tr(N_("Units")), files):
        table(UNIT_COLUMNS, (_unit_cells(one, last) for one in row.units))


def _unit_cells(one: UnitRow, last: Mapping[str, Sent]) -> look.Cells:
    cells = {name: cell_of(one, name, language()) for name in UNIT_COLUMNS}
    cells["unit"] = link(one.unit, f"/entity/{one.entity}") if one.entity else one.unit
    cells["state"] = f"{_MARKS[one.state]} {cells['state']}"
    cells["dispatched_at"] = link(
        day_in_region(one.dispatched_at), f"/api/v1/office/workbooks/{one.workbook}"
    )
    if one.reminder:
        words = Markup(
            "<details><summary>▸ {}</summary>"
            '<pre class="hai-code" style="white-space: pre-wrap">{}</pre></details>'
        )
        cells["reminder"] = words.format(tr(N_("Words to send")), one.reminder)
    before = last.get(f"entity/{one.entity}" if one.entity else one.unit)
    if before:
        ago = ago_of(before, actions.today(), language())
        cells["reminder"] = Markup("{}<small>{}</small>").format(cells["reminder"], ago)
    return cells


def _unhanded(cycle: Cycle) -> None:
    """What nobody was handed: units that came later, and items without a unit to hand them to."""
    if cycle.units and cycle.waiting:
        with look.section(tr(N_("Not handed out yet"))):
            names = "、".join(f"{one.unit.name} ({len(one.lines)})" for one in cycle.waiting)
            write(names, "p")
    if cycle.orphans:
        with look.section(tr(N_("Nobody to hand to"))):
            labels = {"name": N_("Named as"), "nodes": N_("Items")}
            table(labels, map(_orphan_cells, cycle.orphans))


def _orphan_cells(one: Orphan) -> look.Cells:
    items = Markup(" · ").join(link(node, f"/item/{node}") for node in one.nodes)
    return {"name": one.name or tr(N_("without a lead unit")), "nodes": items}
