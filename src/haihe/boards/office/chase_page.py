"""The page of reminding: who has something open, in which words each is told, and who was told before."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup
from nicegui import ui
from nicegui.events import GenericEventArguments, ValueChangeEventArguments

from haihe import ui as look
from haihe.boards.accounts import Asker, may
from haihe.boards.accounts.request_actions import asker_now
from haihe.boards.ledger import actions as ledger
from haihe.boards.office import actions, channel_actions, chase_actions
from haihe.boards.office.channels import Channel
from haihe.boards.office.chasing import FATE_LABELS, STAGE_LABELS, Sent, ago_of, thresholds
from haihe.boards.office.contacts import POST_LABELS
from haihe.boards.office.reminders import (
    LETTER_LABELS,
    SENT_COLUMNS,
    ReminderRow,
    SentRow,
    reminder_row,
    sent_cell,
    sent_row,
)
from haihe.kit.errors import N_
from haihe.store.opening import the_store
from haihe.ui import language, link, page_at, phrase, tr, write

_HISTORY_SHOWN = 50
_BY_HAND = ""
_STAGE_MARKS: Mapping[str, str] = {"before": "○", "day": "◆", "overdue": "▲", "escalated": "■"}
_LETTER_MARKS: Mapping[str, str] = {
    "waiting": "○", "sending": "◐", "sent": "●", "dead": "■", "withdrawn": "–",
}  # fmt: skip
_TWO_LINES = Markup('<div style="white-space: nowrap">{}<br><small>{}</small></div>')
_QUIET = Markup('class=hai-button style="background: none; color: var(--accent); padding: 0 .4rem"')
_SUBMIT = "(event) => { event.preventDefault(); emit(new FormData(event.target).getAll('unit')); }"
_TURN = """(event) => {
  const button = event.target.closest("button[data-letter]");
  if (button) emit([button.dataset.deed, button.dataset.letter]);
}"""
_COPY = """<script>document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  const text = button.closest("details").querySelector("pre");
  const range = document.createRange();
  range.selectNodeContents(text);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  const copied = document.execCommand("copy");
  if (!copied && navigator.clipboard) navigator.clipboard.writeText(text.textContent);
  button.textContent = button.dataset.copy;
});</script>"""


@dataclass(frozen=True, slots=True)
class _Desk:
    """What the page is of: the plan, the period and the channel, None by hand."""

    asker: Asker
    order: actions.Order
    channel: Channel | None

    @property
    def wish(self) -> chase_actions.Wish:
        return chase_actions.Wish(channel=self.channel.id if self.channel else None)


def mount() -> None:
    """Register the page, and its place in the section."""
    look.fill("nav", look.Entry(N_("Reminders"), "/office/chase", "notifications"), order=26)
    page_at("/office/chase")(chase)


async def chase(plan: int | None = None, period: str = "", channel: str = _BY_HAND) -> None:
    """A period of a plan: who is to be reminded, through which channel, and who was."""
    asker, store = await asker_now(), the_store()
    with look.frame(tr(N_("Reminders"))):
        ui.add_head_html(_COPY)
        found = await to_thread(ledger.plans, store, asker)
        plans = {one.id: one.name for one in found.rows if one.accepted}
        if plan is None and not plans:
            why = tr(N_("Units are reminded of workbooks that were handed out; there is no plan yet."))
            look.empty_state(tr(N_("There is nobody to remind.")), why, way=(tr(N_("Plans")), "/plans"))
            return
        sends = may(asker, channel_actions.RIGHT)
        channels = await to_thread(channel_actions.channels, store, asker) if sends else []
        active = [one for one in channels if one.active]
        order = actions.Order(
            next(iter(plans)) if plan is None else plan,
            period or f"{actions.today():%Y-%m}",
            language=language(),
        )
        chosen = next((one for one in active if one.name == channel), None)
        desk = _Desk(asker, order, chosen)
        reminders = await to_thread(chase_actions.reminders, store, asker, order, desk.wish)
        cycle = await to_thread(actions.cycle, store, asker, order)
        _choice(plans, desk, active)
        rows = [reminder_row(one, actions.today(), language()) for one in reminders]
        last = {one.state.unit.name: one.last for one in reminders if one.last}
        away = (cycle.asked.plan_name, f"/office?plan={order.plan}&period={cycle.asked.period}")
        look.answer(_sentence(rows, link(*away), cycle.asked.period, handed=bool(cycle.units)))
        if rows:
            _units(desk, rows, last, sends=sends)
        if sends:
            await _daily(desk, active)
        await _history(desk, sends=sends)
        words = N_("{units} units were handed workbooks for {period}; {open} have something open.")
        facts = {"units": len(cycle.units), "period": cycle.asked.period, "open": len(rows)}
        look.coverage_line(tr(words, **facts), as_of=actions.today())


def _sentence(rows: list[ReminderRow], plan: Markup, period: str, *, handed: bool) -> Markup:
    if not rows:
        words = N_("{plan}, {period}: every unit has returned all that it was handed.")
        nothing = N_("{plan}, {period}: nothing is handed out yet, so nobody is to be reminded.")
        return phrase(words if handed else nothing, plan=plan, period=period)
    words = N_(
        "{plan}, {period}: {open} units have something open; {late} are overdue, {today} were reminded today."
    )
    late = sum(row.stage in {"overdue", "escalated"} for row in rows)
    today = sum(row.last_on == actions.today() for row in rows)
    return phrase(words, plan=plan, period=period, open=len(rows), late=late, today=today)


def _choice(plans: Mapping[int, str], desk: _Desk, active: Iterable[Channel]) -> None:
    """The plan, the period and the channel, which the address keeps."""
    ways = {_BY_HAND: tr(N_("by hand"))} | {one.name: one.name for one in active}
    with ui.element("div").classes("hai-row"):
        number = desk.order.plan
        assert isinstance(number, int)
        plan = _field(N_("Plan"), ui.select, plans, value=number if number in plans else None)
        period = _field(N_("Period"), ui.input, value=desk.order.period)
        way = _field(N_("Through"), ui.select, ways, value=desk.channel.name if desk.channel else _BY_HAND)

        def show() -> None:
            query = {"plan": plan.value or number, "period": (period.value or "").strip()}
            ui.navigate.to(f"/office/chase?{urlencode(query | {'channel': way.value or _BY_HAND})}")

        look.button(tr(N_("Show")), show)
        write(link(tr(N_("Channels, addresses and words")), "/office/channels"))


def _field(label: str, make: Any, *given: object, **options: object) -> Any:
    with ui.column().classes("gap-0"):
        write(tr(label), "small")
        made = make(*given, **options).props("outlined dense")
    made.props["aria-label"] = tr(label)
    return made


def _units(desk: _Desk, rows: list[ReminderRow], last: Mapping[str, Sent], *, sends: bool) -> None:
    """Every unit with something open, with its words; those chosen are reminded."""
    heads = {
        "unit": N_("Name of the unit"),
        "stage": N_("Stage"),
        "left": N_("To the deadline"),
        "open": N_("Open"),
        "last": N_("Last reminded"),
        "text": N_("Words to send"),
    }
    columns = [look.Column(name, tr(label), numeric=name == "open") for name, label in heads.items()]
    table = look.plain_table(columns, [_cells(row, last, desk.channel, sends=sends) for row in rows])
    with look.section(tr(N_("To be reminded"))):
        if not sends:
            write(table, classes="hai-data hai-scroll")
            return
        words = N_("Note as reminded by hand") if desk.channel is None else N_("Send through {name}")
        name = desk.channel.name if desk.channel else ""
        button = Markup('<p style="margin-top: .75rem"><button class=hai-button>{}</button></p>')
        inside = Markup('<div class="hai-data hai-scroll">{}</div>{}').format(
            table, button.format(tr(words, name=name))
        )
        form = write(inside, "form")
        form.on("submit", partial(_remind, desk), js_handler=_SUBMIT)


def _cells(row: ReminderRow, last: Mapping[str, Sent], channel: Channel | None, *, sends: bool) -> look.Cells:
    ready = row.fate == "ready"
    box = Markup('<input type=checkbox name=unit value="{}" aria-label="{}"{}{}> ').format(
        row.unit, row.unit, " checked" if ready else "", " disabled" if row.fate == "nobody" else ""
    )
    name = link(row.unit, f"/entity/{row.entity}") if row.entity else Markup.escape(row.unit)
    posts = "、".join(tr(POST_LABELS[post]) for post in row.posts)  # type: ignore[index]
    told = ", ".join(row.addresses) or (tr(FATE_LABELS[row.fate]) if row.fate == "nobody" else "")
    words = Markup(
        '<details><summary>▸ {}</summary><pre class="hai-code" style="white-space: pre-wrap">{}</pre>'
        '<button type=button {} data-copy="{}">{}</button></details>'
    ).format(tr(N_("Words to send")), row.text, _QUIET, tr(N_("Copied")), tr(N_("Copy")))
    before = last.get(row.unit)
    return {
        "unit": Markup("<span>{}{}</span>").format(box if sends else "", name),
        "stage": _TWO_LINES.format(f"{_STAGE_MARKS[row.stage]} {tr(STAGE_LABELS[row.stage])}", posts),
        "left": _TWO_LINES.format(row.return_by, row.left),
        "open": f"{row.waiting} / {row.items}",
        "last": _TWO_LINES.format(
            ago_of(before, actions.today(), language()) if before else tr(N_("not yet")),
            (before.channel or tr(N_("by hand"))) if before else "",
        ),
        "text": Markup("<div>{}<small>{}</small></div>").format(words, told if channel else ""),
    }


async def _remind(desk: _Desk, event: GenericEventArguments) -> None:
    """Remind the units that are chosen; one that was reminded today was chosen on purpose."""
    if not event.args:
        look.notice(tr(N_("No unit is chosen.")))
        return
    wish = chase_actions.Wish(frozenset(event.args), desk.wish.channel, again=True)
    found = await to_thread(chase_actions.remind, the_store(), desk.asker, desk.order, wish)
    given = sum(one.fate in {"noted", "posted"} for one in found)
    words = (
        N_("{count} reminders are noted.")
        if desk.channel is None
        else N_("{count} reminders are on their way.")
    )
    look.notice(tr(words, count=given))
    ui.timer(1.5, ui.navigate.reload, once=True)


async def _daily(desk: _Desk, active: list[Channel]) -> None:
    """The switches of the daily round."""
    on = set(await to_thread(chase_actions.rounds, the_store(), desk.asker))
    with look.section(tr(N_("Each workday"))):
        words = N_(
            "Where it is switched on, units are reminded {before} workdays before the deadline, on its last "
            "workday, on the workday after it, after {escalated} workdays with their post in charge, and "
            "then every {again} workdays."
        )
        write(tr(words, **thresholds()), "p", "hai-note")
        if not active:
            why = tr(N_("Reminders go out by themselves once a robot or a mailbox is set up."))
            look.empty_state(
                tr(N_("No channel is set up.")), why, way=(tr(N_("Set one up")), "/office/channels")
            )
        for one in active:
            box = ui.switch(one.name, value=(desk.order.plan, one.id) in on)
            box.on_value_change(partial(_switch, desk, one))


async def _switch(desk: _Desk, channel: Channel, event: ValueChangeEventArguments[bool]) -> None:
    assert isinstance(desk.order.plan, int)
    act = partial(
        chase_actions.switch_round, the_store(), desk.asker, desk.order.plan, channel.id, on=event.value
    )
    await to_thread(act)


async def _history(desk: _Desk, *, sends: bool) -> None:
    """Who was reminded, the last first."""
    assert isinstance(desk.order.plan, int)
    sought = chase_actions.Sought(desk.order.plan, desk.order.period)
    found, total = await to_thread(chase_actions.history, the_store(), desk.asker, sought, _HISTORY_SHOWN)
    if not found:
        return
    query = urlencode({"plan": desk.order.plan, "period": desk.order.period})
    address = f"/api/v1/office/reminders?{query}&format="
    files = look.download_links({"CSV": f"{address}csv", "xlsx": f"{address}xlsx"})
    with look.section(tr(N_("Who was reminded")), files):
        if total > len(found):
            words = N_("The last {shown} of {count} are shown; the file has all.")
            write(tr(words, shown=len(found), count=total), "p", "hai-note")
        left_out = {"period", "text", "by", "tries"}
        columns = [
            look.Column(name, tr(label)) for name, label in SENT_COLUMNS.items() if name not in left_out
        ]
        rows = [_sent_cells(sent_row(one), sends=sends) for one in found]
        table = write(look.plain_table(columns, rows), classes="hai-data hai-scroll")
        table.on("click", partial(_turn, desk), js_handler=_TURN)


def _sent_cells(row: SentRow, *, sends: bool) -> look.Cells:
    cells = {name: sent_cell(row, name, language()) for name in SENT_COLUMNS}
    state = Markup("{} {}").format(_LETTER_MARKS[row.state], tr(LETTER_LABELS[row.state]))
    deed = {"dead": ("resend", N_("Try again")), "waiting": ("withdraw", N_("Take back"))}.get(row.state)
    if deed and sends:
        button = Markup(' <button type=button {} data-deed="{}" data-letter="{}">{}</button>')
        state += button.format(_QUIET, deed[0], row.id, tr(deed[1]))
    cells["state"] = Markup("<span>{}</span>").format(state)
    return cells


async def _turn(desk: _Desk, event: GenericEventArguments) -> None:
    deed, number = event.args
    act = chase_actions.resend if deed == "resend" else chase_actions.withdraw
    await to_thread(act, the_store(), desk.asker, int(number))
    ui.navigate.reload()
