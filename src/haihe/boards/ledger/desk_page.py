"""My work: what to report this period, the most urgent first, in a form that a phone fills in two minutes."""

from __future__ import annotations

import json
from asyncio import to_thread
from collections.abc import Sequence

from markupsafe import Markup
from nicegui import ui

from haihe import ui as look
from haihe.boards.accounts import Asker, may, require_part
from haihe.boards.accounts.request_actions import asker_now
from haihe.boards.ledger import actions, desk_actions, supervision_page, unit_actions
from haihe.boards.ledger.desk import Work, form_of
from haihe.boards.ledger.records import Standing
from haihe.boards.ledger.rows import reason_of, told
from haihe.boards.ledger.units import Unit
from haihe.kit.errors import N_
from haihe.store.opening import the_store
from haihe.ui import language, link, phrase, tr, write
from haihe.ui.frame import RESPONSE_SECONDS_MAX

CUT_SECONDS_MAX = 900.0
"""How long a connection may be cut before the page has to be loaded again, with the drafts it keeps."""
FORMS_SHOWN = 60
UNITS_SHOWN = 200

_SAID = {
    "kept": N_("Kept in this browser."),
    "unkept": N_("This browser keeps no drafts; save before you leave the page."),
    "restored": N_("This is what you had written and not saved yet."),
    "sending": N_("Saving …"),
    "waiting": N_("There is no connection. What you wrote is kept, and is sent as soon as there is one."),
}


def mount() -> None:
    """Register the page and its place in the header."""
    look.fill("nav", look.Entry(N_("My work"), "/my-work", "assignment_turned_in"), order=24)
    ui.page("/my-work", response_timeout=RESPONSE_SECONDS_MAX, reconnect_timeout=CUT_SECONDS_MAX)(my_work)


async def my_work(period: str = "", unit: str = "") -> None:
    """What one's own units have to report for a period."""
    asker, store = await asker_now(), the_store()
    with look.frame(tr(N_("My work"))):
        require_part(asker, "see_unpublished")
        await look.draw("my-work")
        chosen = period or desk_actions.period_now()
        units = await to_thread(_units, asker, unit)
        if not units:
            await _choose(asker)
            return
        found = await to_thread(desk_actions.work, store, asker, units, chosen)
        _answer(units, found)
        await supervision_page.work_part(asker)
        if found.waiting:
            await _forms(asker, found)
        else:
            why = tr(N_("Everything that is asked for in {period} has a report."), period=chosen)
            look.empty_state(tr(N_("Nothing is left to report.")), why, way=_way(units[0]))
        _reported(found)
        words = N_("Asked for is what {units} lead and had not finished before {period}.")
        names = tr(N_(", ")).join(one.name for one in units)
        look.coverage_line(tr(words, units=names, period=chosen), as_of=actions.today())


def _units(asker: Asker, key: str) -> list[Unit]:
    store = the_store()
    return [unit_actions.unit_at(store, asker, key)] if key else desk_actions.own_units(store, asker)


def _way(unit: Unit) -> tuple[str, str]:
    return tr(N_("All of {unit}"), unit=unit.name), f"/units/{unit.key}"


async def _choose(asker: Asker) -> None:
    """For whom nobody named a unit: the units that lead something, to choose from."""
    found = await to_thread(actions.home_summary, the_store(), asker, actions.today())
    if not may(asker, "report_item") or not found.units:
        why = tr(N_("Your account reports for no unit; an administrator can give it the role for one."))
        look.empty_state(tr(N_("There is nothing to report.")), why, way=(tr(N_("Plans")), "/plans"))
        return
    look.answer(tr(N_("Your account may report for every unit. For which one?")))
    shown = [one for one in found.units if one.lead][:UNITS_SHOWN]
    rows = (
        {
            "unit": link(one.name, look.address(unit=[str(one.entity or one.name)])),
            "leads": sum(one.lead.values()),
        }
        for one in shown
    )
    columns = [look.Column("unit", tr(N_("Lead unit"))), look.Column("leads", tr(N_("Leads")), numeric=True)]
    write(look.plain_table(columns, rows), classes="hai-data hai-scroll")


def _answer(units: Sequence[Unit], found: Work) -> None:
    count = Markup("<span data-left>{}</span>").format(len(found.waiting))
    late = sum(one.light.state == "overdue" for one in found.waiting)
    words = N_("{unit}: {count} items to report on for {period}, {late} of them overdue.")
    names = tr(N_(", ")).join(one.name for one in units)
    look.answer(phrase(words, unit=names, count=count, period=found.period, late=late))


async def _forms(asker: Asker, found: Work) -> None:
    """The items with their forms; the browser keeps what is written and sends it."""
    look.dress("boards/ledger/desk.css", "boards/ledger/desk.js")
    shown = found.waiting[:FORMS_SHOWN]
    names = await to_thread(desk_actions.register_names, the_store(), shown)
    lines = (
        _line(one, found.period, names.get(one.node.plan, ""), opened=not place)
        for place, one in enumerate(shown)
    )
    write(Markup("").join(lines), "ol", "hai-work")
    if (rest := len(found.waiting) - FORMS_SHOWN) > 0:
        words = N_("{count} more follow once these are saved and the page is loaded again.")
        write(tr(words, count=rest), "p", "hai-note")
    said = json.dumps({name: tr(words) for name, words in _SAID.items()})
    ui.run_javascript(f"haiheWork({json.dumps(str(asker.account))}, {said})")


def _line(one: Standing, period: str, register: str, *, opened: bool) -> Markup:
    node = one.node
    due = tr(N_("due {day}"), day=node.due_on or node.due_words or tr(N_("on no day")))
    known = [register, due]
    if node.report:
        share = "–" if node.report.progress is None else f"{node.report.progress:.0%}"
        known.append(tr(N_("last report {period}: {share}"), period=node.report.period, share=share))
    return Markup(
        "<li><details{}><summary><span>{}</span><strong>{}</strong><small>{}</small></summary>"
        "<p>{} {}</p>{}{}</details></li>"
    ).format(
        Markup(" open") if opened else "",
        look.light(one.light.state),
        node.title,
        " · ".join(known),
        reason_of(one.light, language()),
        link(tr(N_("The whole item")), f"/item/{node.id}"),
        Markup("<blockquote>{}</blockquote>").format(told(node.report, language())) if node.report else "",
        Markup(form_of(one, period, actions.today(), language())),  # noqa: S704  escaped where it is made
    )


def _reported(found: Work) -> None:
    if not found.reported:
        return
    rows = (
        {
            "title": link(one.node.title, f"/item/{one.node.id}"),
            "light": look.light(one.light.state, reason_of(one.light, language())),
            "progress": look.share_bar(one.progress),
        }
        for one in found.reported
    )
    labels = {"title": N_("Item"), "light": N_("Light"), "progress": N_("Progress")}
    columns = [look.Column(name, tr(words)) for name, words in labels.items()]
    with look.section(tr(N_("Reported for {period}"), period=found.period), str(len(found.reported))):
        write(look.plain_table(columns, rows), classes="hai-data hai-scroll")
