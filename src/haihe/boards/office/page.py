"""The page of the office: who was handed what, who returned it, and what the returns would change."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlencode

from markupsafe import Markup
from nicegui import ui
from nicegui.events import GenericEventArguments, MultiUploadEventArguments

from haihe import ui as look
from haihe.boards.accounts import Asker, may
from haihe.boards.accounts.actions import asking
from haihe.boards.ledger import Plan
from haihe.boards.ledger import actions as ledger
from haihe.boards.office import actions, chase_actions, period_page
from haihe.boards.office.chasing import Sent, ago_of
from haihe.boards.office.intake import ENDINGS, FILE_BYTES_MAX, inbox_of
from haihe.boards.office.records import Cycle, Inbox, Merge, Orphan, Wanted
from haihe.boards.office.rows import (
    DIFFERENCE_COLUMNS,
    FILE_LABELS,
    UNIT_COLUMNS,
    CycleRow,
    DifferenceRow,
    MergeRow,
    UnitRow,
    cell_of,
    cycle_row,
    merge_row,
    table_of,
)
from haihe.kit.errors import N_, HaiheError
from haihe.kit.sheets import sheet
from haihe.store.opening import the_store
from haihe.ui import language, link, page_at, phrase, tr, write

_DIFFERENCES_SHOWN = 200
_CHOICES_SHOWN = 50
_MARKS: Mapping[str, str] = {"missing": "○", "partial": "◐", "complete": "●"}
_OUTCOME_MARKS: Mapping[str, str] = {"conflict": "◆", "apply": "✓", "reject": "✗"}
_NUMERIC = {"items", "reported", "workdays_left"}
_SUBMIT = "(event) => { event.preventDefault(); emit(Object.fromEntries(new FormData(event.target))); }"


@dataclass(slots=True)
class _Desk:
    """What stands open on the page: the returns that were handed in, and what was chosen among them."""

    asker: Asker
    plan: int
    period: str
    inbox: Inbox | None = None
    chosen: dict[int, str] = field(default_factory=dict)

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.plan, self.period, frozenset(filter(None, self.chosen.values())))


def mount() -> None:
    """Register the page, and its place in the header."""
    look.fill("nav", look.Entry(N_("Office"), "/office", "move_to_inbox"), order=25)
    page_at("/office")(office)


async def office(plan: int | None = None, period: str = "") -> None:
    """A period of a plan: what was handed out, what was returned, and the acts of the cycle."""
    asker = await to_thread(asking, ui.context.client.request)
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
        desk = _Desk(asker, number, period)
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


def _acts(desk: _Desk, cycle: Cycle) -> None:
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
        desk.inbox, desk.chosen = await to_thread(inbox_of, files), {}
        await _show(desk, returns)

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


async def _hand_out(desk: _Desk) -> None:
    order = actions.Order(desk.plan, desk.period, language=language())
    handed = await to_thread(actions.dispatch, the_store(), desk.asker, order)
    name = f"{handed.asked.plan_name}-{desk.period}.zip"
    ui.download.content(await to_thread(actions.packed, handed.files), name, "application/zip")
    look.notice(tr(N_("{count} workbooks are handed out."), count=len(handed.files)))
    ui.timer(1.5, ui.navigate.reload, once=True)


async def _show(desk: _Desk, place: ui.element) -> None:
    """What the returns would change, in the place for it."""
    assert desk.inbox
    try:
        found = await to_thread(actions.preview, the_store(), desk.asker, desk.inbox, desk.wanted)
    except HaiheError as error:
        look.notice(error)
        return
    row = merge_row(found, language())
    place.clear()
    with place, look.section(tr(N_("What came back"))):
        words = N_(
            "{files} files: {reports} items would be reported on, {conflicts} wait for a choice, {rejects} "
            "cells are not taken, {unchanged} rows are known already."
        )
        choices = _choices(row.differences)
        facts = {"files": len(row.files), "reports": row.reports, "conflicts": len(choices)}
        write(tr(words, rejects=row.outcomes["reject"], unchanged=row.unchanged, **facts), "p", "hai-answer")
        with ui.element("div").classes("hai-row"):
            if row.reports:
                deed = partial(_apply, desk, found, place)
                look.button(tr(N_("Report on {count} items"), count=row.reports), deed, main=True)
            if desk.chosen:
                words = tr(N_("Undo {count} choices"), count=len(desk.chosen))
                look.button(words, partial(_unchoose, desk, place))
            if row.differences:
                look.button(tr(N_("All differences as xlsx")), partial(_save, row))
        if row.missing:
            write(tr(N_("Nothing came back from: {names}"), names="、".join(row.missing)), "p")
        _files(row)
        _conflicts(desk, choices, place)
        _differences(row)


async def _apply(desk: _Desk, found: Merge, place: ui.element) -> None:
    assert desk.inbox
    try:
        done = await to_thread(
            actions.collect, the_store(), desk.asker, desk.inbox, desk.wanted, found.digest
        )
    except HaiheError as error:
        look.notice(error)
        await _show(desk, place)
        return
    look.notice(tr(N_("{count} items are reported on."), count=len(done.reports)))
    ui.timer(1.5, ui.navigate.reload, once=True)


def _save(row: MergeRow) -> None:
    content = sheet(*table_of(row.differences, DIFFERENCE_COLUMNS, language()), "xlsx")
    ui.download.content(content, f"{row.plan_name}-{row.period}-{tr(N_('differences'))}.xlsx")


def _files(row: MergeRow) -> None:
    """The files that were not read, and why."""
    odd = [file for file in row.files if file.outcome != "read"]
    if odd:
        labels = {"name": N_("File"), "outcome": N_("What became of it"), "reason": N_("Why")}
        cells = (
            {
                "name": file.name,
                "outcome": tr(FILE_LABELS[file.outcome]),
                "reason": f"{file.reason} {file.advice}",
            }
            for file in odd
        )
        _table(labels, cells)


def _choices(differences: Iterable[DifferenceRow]) -> dict[int, dict[str, list[DifferenceRow]]]:
    """The rows in conflict by item and choice."""
    found: dict[int, dict[str, list[DifferenceRow]]] = {}
    for one in differences:
        if one.choice and one.node is not None:
            found.setdefault(one.node, {}).setdefault(one.choice, []).append(one)
    return found


def _conflicts(
    desk: _Desk, choices: Mapping[int, Mapping[str, list[DifferenceRow]]], place: ui.element
) -> None:
    """Each item in conflict with its rows to choose from; nothing is chosen unless somebody does."""
    for node, rows in list(choices.items())[:_CHOICES_SHOWN]:
        first = next(iter(rows.values()))[0]
        with look.card(first.title, href=f"/item/{node}"):
            write(first.reason, "p", "hai-note")
            radio = Markup('<label><input type=radio name="row" value="{}"> {}</label>')
            lines = [radio.format(choice, _told(cells)) for choice, cells in rows.items()]
            button = Markup("<button class=hai-button>{}</button>").format(tr(N_("Take this one")))
            form = write(Markup("").join([*lines, button]), "form", "hai-fields")
            form.style("max-width: 100%; align-items: flex-start")
            form.on("submit", partial(_choose, desk, node, place), js_handler=_SUBMIT)
    if len(choices) > _CHOICES_SHOWN:
        words = N_("{count} more items wait for a choice; they follow once these are chosen.")
        write(tr(words, count=len(choices) - _CHOICES_SHOWN), "p", "hai-note")


def _told(cells: Iterable[DifferenceRow]) -> Markup:
    """A row as one line: unit, file and what it says."""
    said = Markup(" · ").join(
        Markup("{} {}<b>{}</b>").format(
            cell_of(one, "column", language()), f"{one.was} → " if one.was else "", one.becomes
        )
        for one in cells
    )
    one = next(iter(cells))
    return Markup("{} <small>({} {})</small>: {}").format(one.unit, one.file, one.at, said)


async def _choose(desk: _Desk, node: int, place: ui.element, event: GenericEventArguments) -> None:
    if "row" in event.args:
        desk.chosen[node] = event.args["row"]
        await _show(desk, place)


async def _unchoose(desk: _Desk, place: ui.element) -> None:
    desk.chosen = {}
    await _show(desk, place)


def _differences(row: MergeRow) -> None:
    shown = [one for one in row.differences if one.outcome != "conflict"]
    if not shown:
        return
    with look.section(tr(N_("Every difference"))):
        if len(shown) > _DIFFERENCES_SHOWN:
            words = N_("The first {shown} of {count} are shown; the file has all.")
            write(tr(words, shown=_DIFFERENCES_SHOWN, count=len(shown)), "p", "hai-note")
        labels = {name: words for name, words in DIFFERENCE_COLUMNS.items() if name != "file"}
        _table(labels, ({name: _cell(one, name) for name in labels} for one in shown[:_DIFFERENCES_SHOWN]))


def _cell(one: DifferenceRow, column: str) -> object:
    words = cell_of(one, column, language())
    if column == "outcome":
        return f"{_OUTCOME_MARKS[one.outcome]} {words}"
    if column == "at":
        return Markup('<span title="{}">{}</span>').format(one.file, words)
    return link(words, f"/item/{one.node}") if column == "title" and one.node else words


def _units(row: CycleRow, last: Mapping[str, Sent]) -> None:
    if not row.units:
        return
    address = f"/api/v1/office/plans/{row.plan}?period={row.period}&format="
    files = look.download_links({"CSV": f"{address}csv", "xlsx": f"{address}xlsx"})
    with look.section(tr(N_("Units")), files):
        _table(UNIT_COLUMNS, (_unit_cells(one, last) for one in row.units))


def _unit_cells(one: UnitRow, last: Mapping[str, Sent]) -> look.Cells:
    cells = {name: cell_of(one, name, language()) for name in UNIT_COLUMNS}
    cells["unit"] = link(one.unit, f"/entity/{one.entity}") if one.entity else one.unit
    cells["state"] = f"{_MARKS[one.state]} {cells['state']}"
    cells["dispatched_at"] = link(one.dispatched_at.date(), f"/api/v1/office/workbooks/{one.workbook}")
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
            _table(labels, map(_orphan_cells, cycle.orphans))


def _orphan_cells(one: Orphan) -> look.Cells:
    items = Markup(" · ").join(link(node, f"/item/{node}") for node in one.nodes)
    return {"name": one.name or tr(N_("without a lead unit")), "nodes": items}


def _table(labels: Mapping[str, str], cells: Iterable[look.Cells]) -> None:
    columns = [look.Column(name, tr(label), numeric=name in _NUMERIC) for name, label in labels.items()]
    write(look.plain_table(columns, cells), classes="hai-data hai-scroll")
