"""The pages of briefs: what was issued, a draft with what changed in it, and issuing it."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup
from nicegui import ui

from haihe import ui as look
from haihe.boards.accounts import Asker, may
from haihe.boards.accounts.marking_actions import exported
from haihe.boards.accounts.request_actions import asker_now
from haihe.boards.ledger import Plan
from haihe.boards.ledger import actions as ledger
from haihe.boards.office import brief_actions
from haihe.boards.office.answers import ISSUE_COLUMNS, IssueRow, issue_cell, issue_row
from haihe.boards.office.briefs import (
    KIND_LABELS,
    Brief,
    Change,
    Draft,
    Issue,
    Stamp,
    definition_of,
)
from haihe.boards.office.placeholders import TEMPLATE_BYTES_MAX, checked_template
from haihe.boards.office.webpage import part_of
from haihe.kit import resources
from haihe.kit.clock import REGION
from haihe.kit.errors import N_, HaiheError
from haihe.kit.limits import TABLE_ROWS_MAX
from haihe.store.opening import the_store
from haihe.ui import language, link, page_at, phrase, tr, write

_CHANGES_SHOWN = 60
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(slots=True)
class _Desk:
    """What stands open on the page: the brief that is wanted, how it is to be issued, how far the work is."""

    asker: Asker
    order: brief_actions.Order
    issuing: brief_actions.Issuing = field(default_factory=brief_actions.Issuing)
    far: float = 0.0
    issued: frozenset[int] = frozenset()


def mount() -> None:
    """Register the pages, and their place in the header."""
    look.fill("nav", look.Entry(N_("Briefs"), "/office/briefs", "description"), order=29)
    page_at("/office/briefs")(briefs)
    page_at("/office/brief/{brief}")(brief)


def _style() -> None:
    """The look of a brief, without what only a file of its own needs."""
    rules = resources.text("boards/office/brief.css").partition(".brief")
    ui.add_head_html(f"<style>{''.join(rules[1:])}</style>")


async def briefs(plan: int | None = None, kind: str = "month", period: str = "") -> None:
    """The briefs of a plan, and the one of a kind and period: its draft, what changed, and the acts."""
    asker = await asker_now()
    with look.frame(tr(N_("Briefs"))):
        held = (await to_thread(ledger.plans, the_store(), asker, None, TABLE_ROWS_MAX)).rows
        plans = [one for one in held if one.accepted]
        if plan is None and not plans:
            why = tr(N_("Briefs are written for plans with accepted items; there is none yet."))
            look.empty_state(tr(N_("There is nothing to tell of.")), why, way=(tr(N_("Plans")), "/plans"))
            return
        number = plans[0].id if plan is None else plan
        order = brief_actions.Order(
            number, brief_actions.kind_of(kind), period or f"{brief_actions.today():%Y-%m}", language()
        )
        _choice(plans, order)
        issued = await to_thread(brief_actions.issues, the_store(), asker, number)
        look.answer(_sentence(plans, order, issued))
        _style()
        if may(asker, "publish"):
            place = ui.element("div").classes("hai-fill")
            place.style("display: flex; flex-direction: column; gap: 1.25rem")
            await _open(_Desk(asker, order, issued=frozenset(one.draft for one in issued)), place)
        _issued(issued, number)
        words = N_("{count} briefs of this plan are issued, superseded versions among them.")
        look.coverage_line(tr(words, count=len(issued)), as_of=brief_actions.today())


def _choice(plans: Iterable[Plan], order: brief_actions.Order) -> None:
    """Plan, kind and period, which the address keeps."""
    names = {one.id: one.name for one in plans}
    kinds = {kind: tr(words) for kind, words in KIND_LABELS.items()}
    with ui.element("div").classes("hai-row"):
        plan = _field(tr(N_("Plan")), ui.select, names, order.plan if order.plan in names else None)
        kind = _field(tr(N_("Kind")), ui.select, kinds, order.kind)
        with ui.column().classes("gap-0"):
            write(tr(N_("Period")), "small")
            period = ui.input(value=order.period).props("outlined dense maxlength=7")
            period.props["aria-label"] = tr(N_("Period"))

        def show() -> None:
            query = {
                "plan": plan.value or order.plan,
                "kind": kind.value,
                "period": (period.value or "").strip(),
            }
            ui.navigate.to(f"/office/briefs?{urlencode(query)}")

        look.button(tr(N_("Show")), show)


def _field(label: str, made: Any, options: Any, value: Any) -> Any:
    with ui.column().classes("gap-0"):
        write(label, "small")
        chosen = made(options, value=value).props("outlined dense")
        chosen.props["aria-label"] = label
    return chosen


def _sentence(plans: Iterable[Plan], order: brief_actions.Order, issued: Iterable[Issue]) -> Markup:
    name = next((one.name for one in plans if one.id == order.plan), f"{order.plan}")
    facts = {
        "plan": link(name, f"/plan/{order.plan}"),
        "kind": tr(KIND_LABELS[order.kind]),
        "period": order.period,
    }
    found = next((one for one in issued if (one.kind, one.period) == (order.kind, order.period)), None)
    if found is None:
        return phrase(N_("{plan}, {period}: the {kind} is not issued yet."), **facts)
    words = N_("{plan}, {period}: the {kind} is issued as {number}.")
    number = issue_row(found, language()).number
    return phrase(words, number=link(number, f"/office/brief/{found.id}"), **facts)


async def _open(desk: _Desk, place: ui.element, changes: tuple[Change, ...] | None = None) -> None:
    """The last draft, where there is one, with what changed in it, and the button that makes one."""
    place.clear()
    last = await to_thread(brief_actions.last_draft, the_store(), desk.asker, desk.order)
    with place:
        with ui.element("div").classes("hai-row"):
            words = N_("Make the draft again") if last else N_("Make a draft")
            look.button(tr(words), partial(_draft, desk, place), main=last is None)
            words = tr(N_("The shipped template, to begin your own with"))
            write(link(words, "/api/v1/office/briefs/template"), "span")
        if last is None:
            why = tr(N_("A draft shows what would be issued; nothing is locked or sent before you issue it."))
            look.empty_state(tr(N_("There is no draft yet.")), why)
            return
        if changes is not None:
            _changes(changes)
        if last.id in desk.issued:
            write(tr(N_("The last draft is issued; make it again when something has changed.")), "p")
            return
        _issue_form(desk, last, place)
        at = f"{last.at.astimezone(REGION):%Y-%m-%d %H:%M}"
        with look.section(tr(N_("Draft {number} of {at}"), number=last.id, at=at)):
            words = Markup(part_of(last.brief, Stamp(desk.issuing.issuer)))  # noqa: S704  escaped there
            write(words, classes="hai-card").style("max-height: 70vh; overflow: auto")


async def _draft(desk: _Desk, place: ui.element) -> None:
    """Make the draft, showing how far it is, and then what changed."""
    desk.far = 0.0

    def note(share: float, _: str) -> None:
        desk.far = share

    place.clear()
    with place:
        bar = ui.linear_progress(value=0, show_value=False).props("rounded")
        timer = ui.timer(0.3, lambda: bar.set_value(desk.far))
    work = partial(brief_actions.draft, the_store(), desk.asker, desk.order, progress=note)
    changes = None
    try:
        made = await to_thread(work)
        changes = made.changes if made.before else None
    except HaiheError as error:
        look.notice(error)
    timer.cancel()
    await _open(desk, place, changes)


def _changes(changes: tuple[Change, ...]) -> None:
    """What a new draft says otherwise than the one before."""
    with look.section(tr(N_("Changed since the draft before"))):
        if not changes:
            write(tr(N_("Nothing has changed.")), "p")
            return
        row = Markup("<li><b>{}</b> <small>{}</small> {}</li>")
        lines = (
            row.format("＋" if one.added else "－", one.section, one.words)
            for one in changes[:_CHANGES_SHOWN]
        )
        write(Markup("").join(lines), "ul")
        if len(changes) > _CHANGES_SHOWN:
            words = N_("The first {shown} of {count} are shown.")
            write(tr(words, shown=_CHANGES_SHOWN, count=len(changes)), "p", "hai-note")


def _issue_form(desk: _Desk, last: Draft, place: ui.element) -> None:
    """In whose name, by which template and why again; the draft as a file; the button that issues it."""
    fields: dict[str, Any] = {}
    with look.section(tr(N_("Issue"))):
        with ui.element("div").classes("hai-row"):
            for name, label in (
                ("issuer", N_("In whose name")),
                ("reason", N_("Why again (for a new version)")),
            ):
                with ui.column().classes("gap-0"):
                    write(tr(label), "small")
                    box = ui.input(value=getattr(desk.issuing, name)).props("outlined dense")
                    box.props["aria-label"] = tr(label)
                    fields[name] = box
            template = look.button(desk.issuing.template_name or tr(N_("Choose a Word template")))

        def settle() -> None:
            given = {name: (box.value or "").strip() for name, box in fields.items()}
            desk.issuing = brief_actions.Issuing(
                given["issuer"], desk.issuing.template, desk.issuing.template_name, given["reason"]
            )

        async def take(name: str, content: bytes) -> None:
            settle()
            await to_thread(checked_template, content, name)
            desk.issuing = brief_actions.Issuing(desk.issuing.issuer, content, name, desk.issuing.reason)
            await _open(desk, place)

        look.choose_file(template, take, TEMPLATE_BYTES_MAX, [".docx"])
        if definition_of(desk.order.kind).locks:
            words = N_("Issuing locks {period}: what is reported for it afterwards comes in as a correction.")
            write(tr(words, period=desk.order.period), "p", "hai-note")
        with ui.element("div").classes("hai-row"):
            look.button(tr(N_("Issue it")), partial(_issue, desk, last, settle), main=True)
            look.button(tr(N_("The draft as docx")), partial(_save, desk, last, settle))
            write(link(tr(N_("Put up for signature")), f"/office/sign?kind=brief&subject={last.id}"))


async def _save(desk: _Desk, last: Draft, settle: Any) -> None:
    settle()
    content = await to_thread(brief_actions.draft_file, the_store(), desk.asker, last.id, desk.issuing)
    of = f"plan/{last.brief.plan}", language()
    content = await to_thread(exported, the_store(), desk.asker, content, "docx", of)
    ui.download.content(content, f"{last.brief.title}.docx", _DOCX)


async def _issue(desk: _Desk, last: Draft, settle: Any) -> None:
    settle()
    done = await to_thread(brief_actions.issue, the_store(), desk.asker, last.id, desk.issuing)
    ui.navigate.to(f"/office/brief/{done.id}")


def _issued(issued: Iterable[Issue], plan: int) -> None:
    """The table of issued briefs."""
    rows = [issue_row(one, language()) for one in issued]
    if not rows:
        return
    address = f"/api/v1/office/briefs?plan={plan}&format="
    files = look.download_links({"CSV": f"{address}csv", "xlsx": f"{address}xlsx"})
    labels = {name: words for name, words in ISSUE_COLUMNS.items() if name != "sha256"}
    columns = [look.Column(name, tr(words)) for name, words in labels.items()]
    with look.section(tr(N_("Issued briefs")), files):
        cells = ({name: _cell(row, name) for name in labels} for row in rows)
        write(look.plain_table(columns, cells), classes="hai-data hai-scroll")


def _cell(row: IssueRow, name: str) -> object:
    words = issue_cell(row, name, language())
    return link(words, f"/office/brief/{row.id}") if name == "number" else words


async def brief(brief: int) -> None:
    """An issued brief as it was issued, with its files."""
    asker = await asker_now()
    with look.frame(tr(N_("Brief")), heading=False):
        issued, said = await to_thread(brief_actions.issue_at, the_store(), asker, brief)
        ui.page_title(said.title)
        _style()
        address = f"/api/v1/office/briefs/{brief}?format="
        files = look.download_links(
            {"docx": f"{address}docx", "HTML": f"{address}html", "JSON": f"{address}json"}
        )
        query = urlencode({"plan": issued.plan, "kind": issued.kind, "period": issued.period})
        back = link(tr(N_("All briefs of this plan")), f"/office/briefs?{query}")
        write(Markup("{} {}").format(back, files), "p")
        if issued.superseded_by:
            later = link(tr(N_("the newer version")), f"/office/brief/{issued.superseded_by}")
            write(phrase(N_("This version is superseded; see {later}."), later=later), "p", "hai-answer")
        write(Markup(part_of(said, issued.stamp)), classes="hai-card")  # noqa: S704  escaped where it is written
        _particulars(issued, said)


def _particulars(issued: Issue, said: Brief) -> None:
    row = issue_row(issued, language())
    look.particulars(
        [
            (tr(N_("Issued by")), issued.by),
            (tr(N_("Issued at")), f"{issued.at.astimezone(REGION):%Y-%m-%d %H:%M}"),
            (tr(N_("State")), row.state),
            (tr(N_("Reason")), issued.reason or None),
            (tr(N_("SHA-256 of the file")), issued.sha256),
        ]
    )
    look.coverage_line(tr(N_("Its figures are those of the day it names.")), as_of=said.on)
