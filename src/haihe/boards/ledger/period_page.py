"""The page of a period: its lights walked by the keyboard, its lock and its corrections."""

from __future__ import annotations

import json
from asyncio import to_thread
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import partial
from urllib.parse import urlencode

from markupsafe import Markup
from nicegui import ui
from nicegui.events import GenericEventArguments as Sent

from haihe import ui as look
from haihe.boards.accounts import Asker, may, may_part
from haihe.boards.accounts.request_actions import asker_now
from haihe.boards.ledger import light_actions, period_actions, plan_actions, views_page
from haihe.boards.ledger.cells import Cells, Link
from haihe.boards.ledger.edits import Stale
from haihe.boards.ledger.forms import SUBMIT
from haihe.boards.ledger.judgements import (
    CORRECTION_COLUMNS,
    CorrectionRow,
    correction_row,
    period_row,
    table_of,
)
from haihe.boards.ledger.kinds import kinds
from haihe.boards.ledger.lights import rules
from haihe.boards.ledger.periods import Judgement, Lock, Period, PeriodLight, moment_of
from haihe.boards.ledger.records import Issued, Item, Plan
from haihe.boards.ledger.rows import place_of, reason_of
from haihe.kit import resources
from haihe.kit.clock import REGION
from haihe.kit.errors import N_, HaiheError
from haihe.kit.periods import month_of
from haihe.store.opening import the_store
from haihe.ui import language, link, page_at, phrase, tr, write
from haihe.ui.theme import LIGHTS

_ROWS_SHOWN = 100


def mount() -> None:
    """Register the page."""
    page_at("/plan/{plan_id}/period/{period}")(period)


async def period(plan_id: int, period: str, as_of: str = "", show: str = "") -> None:
    """A period of a plan: how far its lights are issued, each of them, its lock and its corrections."""
    asker, store = await asker_now(), the_store()
    with look.frame(tr(N_("Lights of a period")), heading=False):
        held = await to_thread(plan_actions.plan_at, store, asker, plan_id)
        moment = moment_of(as_of)
        found = await to_thread(period_actions.period_as_of, store, asker, plan_id, period, moment)
        ui.page_title(f"{held.name} {period}")
        write(link(held.name, f"/plan/{plan_id}"), "p", "hai-note")
        write(tr(N_("Lights of {period}"), period=period), "h1")
        if not found.lights:
            why = tr(
                N_("Lights are issued for what is accepted and answered for; this plan has nothing yet.")
            )
            look.empty_state(
                tr(N_("There are no lights to issue.")), why, way=(held.name, f"/plan/{plan_id}")
            )
            return
        deciding = moment is None and may(asker, "publish")
        walk = _Walk(asker, found)
        walk.draw()
        _moments(found, as_of)
        if deciding:
            _acts(asker, found)
        with look.section(tr(N_("The lights")), look.download_links(_files(found, as_of))):
            _shown(found)
            wanted = _wanted(found, show)
            first = look.first_of(len(wanted), _ROWS_SHOWN)
            _rows(walk, wanted[first : first + _ROWS_SHOWN], deciding=deciding)
            write(look.pager(len(wanted), _ROWS_SHOWN), "p")
        _corrections(found)
        words = N_("{reported} of {promises} promises have a report for {period}.")
        reported = sum(one.reported for one in found.lights)
        facts = {"reported": reported, "promises": len(found.lights), "period": period}
        look.coverage_line(tr(words, **facts), as_of=found.on)


def _issued(found: Period) -> dict[int, Issued]:
    return {one.standing.node.id: one.issued for one in found.lights if one.issued}


class _Walk:
    """What of a period is issued while somebody walks through it, and where the page says so."""

    def __init__(self, asker: Asker, found: Period) -> None:
        self.asker, self.found = asker, found
        self.issued = _issued(found)
        self._place = ui.element("div").classes("hai-fill")

    def draw(self) -> None:
        """Say how many lights are issued, in words and as a bar."""
        count, changed = len(self.issued), sum(not one.confirms for one in self.issued.values())
        words = N_("{issued} of {promises} lights are issued; in {changed} the office judges otherwise.")
        self._place.clear()
        with self._place:
            look.answer(tr(words, issued=count, promises=len(self.found.lights), changed=changed))
            write(look.share_bar(count / len(self.found.lights)))
            lights = (self.issued.get(one.standing.node.id, one.rule) for one in self.found.lights)
            write(look.light_strip(Counter(one.state for one in lights)))

    async def issue(self, event: Sent) -> None:
        """Issue the light that somebody chose, as a correction once the period is locked."""
        node, given = int(event.args["node"]), event.args
        before = self.issued.get(node)
        judged = Judgement(self.found.period, given["state"], given["reason"], before.id if before else 0)
        deed = period_actions.correct_light if self.found.locked else period_actions.issue_light
        try:
            self.issued[node] = await to_thread(deed, the_store(), self.asker, node, judged)
        except Stale as stale:
            look.notice(stale)
            place = self.found.plan, self.found.period
            self.issued = _issued(await to_thread(period_actions.period_at, the_store(), self.asker, *place))
        except HaiheError as error:
            look.notice(error)
            return
        made = self.issued[node]
        self.draw()
        shown = json.dumps([node, made.state, str(_office(made))])
        ui.run_javascript(f"haihePeriod.issued(...{shown})")


def _files(found: Period, as_of: str) -> dict[str, str]:
    query = {"as_of": as_of} if as_of else {}
    return views_page.files(f"/api/v1/plans/{found.plan}/periods/{found.period}", query)


def _moments(found: Period, as_of: str) -> None:
    """Whether the period is locked, and the form that shows it as of a past moment."""
    if found.lock:
        words = N_("{period} has been locked since {moment}; what is reported now comes in as a correction.")
        write(tr(words, period=found.lock.period, moment=_told(found.lock.at)), "p")
        if found.lock.brief:
            write(tr(N_("Its brief has the SHA-256 {sha256}."), sha256=found.lock.brief), "p", "hai-note")
    else:
        words = N_("{period} is open; it is locked when its brief is issued.")
        write(tr(words, period=found.period), "p")
    if as_of:
        _then(as_of)
    _choose(found, as_of)


def _then(as_of: str) -> None:
    """That the page shows the past, and the way back."""
    now = link(tr(N_("Show it as it is now")), look.address(as_of=[]))
    words = N_("As it was known at {moment}; what came later does not count. {now}")
    write(phrase(words, moment=as_of, now=now), "p", "hai-note")


def _told(moment: datetime) -> str:
    return f"{moment.astimezone(REGION):%Y-%m-%d %H:%M}"


def _choose(found: Period, as_of: str) -> None:
    """The period and the moment that are shown, which the address keeps."""
    box = Markup('<label>{}<input name="{}" value="{}" maxlength="{}" placeholder="{}"></label>')
    boxes = (
        box.format(tr(N_("Period")), "period", found.period, 7, month_of(found.on)),
        box.format(tr(N_("As known at")), "as_of", as_of, 40, "2026-11-05"),
    )
    button = Markup("<button class=hai-button>{}</button>").format(tr(N_("Show")))
    form = write(Markup("").join(boxes) + button, "form", "hai-form hai-moment")

    def show(event: Sent) -> None:
        named, moment = event.args["period"].strip(), event.args["as_of"].strip()
        query = f"?{urlencode({'as_of': moment})}" if moment else ""
        ui.navigate.to(f"/plan/{found.plan}/period/{named or found.period}{query}")

    form.on("submit", show, js_handler=SUBMIT)


def _acts(asker: Asker, found: Period) -> None:
    """The buttons that confirm what is left and lock the period."""
    store, left = the_store(), len(found.lights) - found.confirmed
    if found.locked:
        return
    with ui.element("div").classes("hai-row"):
        if left:
            deed = partial(period_actions.confirm_lights, store, asker, found.plan, found.period)
            look.button(
                tr(N_("Confirm the {count} that are left"), count=left), partial(_do, deed), main=True
            )
        with ui.element("details"):
            write(tr(N_("Lock the period")), "summary", "nicegui-link")
            words = N_(
                "There is no unlocking; afterwards everything comes in as a correction with its reason."
            )
            write(tr(words), "p", "hai-note")
            lock = partial(
                period_actions.lock_period, store, asker, found.plan, found.period, Lock(None, found.digest)
            )
            look.button(tr(N_("Lock {period} now"), period=found.period), partial(_do, lock))


async def _do(deed: Callable[[], object]) -> None:
    try:
        await to_thread(deed)
    except HaiheError as error:
        look.notice(error)
        return
    ui.navigate.reload()


def _shown(found: Period) -> None:
    counts = {
        "open": (tr(N_("not issued yet")), len(found.lights) - found.confirmed),
        "changed": (tr(N_("judged otherwise")), len(_wanted(found, "changed"))),
        "silent": (tr(N_("without a report")), len(_wanted(found, "silent"))),
    }
    values = [(name, *each) for name, each in counts.items()]
    look.facets([look.Facet("show", tr(N_("Show")), values)])


def _wanted(found: Period, show: str) -> list[PeriodLight]:
    """The lights that the address asks for."""
    if show == "open":
        return [one for one in found.lights if one.issued is None]
    if show == "changed":
        return [one for one in found.lights if one.issued and not one.issued.confirms]
    return [one for one in found.lights if show != "silent" or not one.reported]


def _rows(walk: _Walk, lights: list[PeriodLight], *, deciding: bool) -> None:
    _styled()
    if deciding:
        keys = N_("Keys: ↑ ↓ move, C confirms, 1 to 5 give another light, Enter sends the reason.")
        write(tr(keys), "p", "hai-note")
    locked = walk.found.period if walk.found.locked and deciding else ""
    body = "".join(_row(one, deciding=deciding, locked=locked) for one in lights)
    rows = look.walk(Markup(body), "hai-period", "boards/ledger/period.js")  # noqa: S704  escaped where made
    if walk.found.locked:
        rows.props("data-locked")
    if deciding:
        label = Markup("<label>{}<input name=reason maxlength=500 required></label><button>{}</button>")
        form = write(label.format(tr(N_("Reason")), tr(N_("Send"))), "form").props("id=period-reason")
        form.props("hidden")
        ui.on("light", walk.issue)


def _row(one: PeriodLight, *, deciding: bool, locked: str) -> str:
    node, said = one.standing.node, language()
    button = Markup('<button type="button" tabindex="-1" data-deed="{}">{}</button>')
    buttons = [button.format("confirm", tr(N_("Confirm")))] if not one.confirmed else []
    buttons += [button.format(name, look.light(name)) for name in LIGHTS]
    deeds = Markup("<span data-deeds>{}</span>").format(Markup("").join(buttons)) if deciding else ""
    words = Markup.escape(
        one.words or tr(N_("Nothing was reported for the period.") if not one.reported else N_("No words."))
    )
    if locked:
        words += Markup(" · ") + link(tr(N_("Correct")), f"/item/{node.id}/correction?period={locked}")
    return resources.text("boards/ledger/period.html").format(
        id=node.id,
        rule=one.rule.state,
        issued=one.issued.state if one.issued else "",
        place=place_of(node),
        title=Markup.escape(node.title),
        lead=Markup.escape("、".join(node.named("lead"))),
        rule_words=tr(N_("By the rule")),
        rule_light=look.light(one.rule.state),
        rule_reason=Markup.escape(reason_of(one.rule, said)),
        unit_words=tr(N_("The unit's own words")),
        words=words,
        office_words=tr(N_("Issued")),
        office=_said(one.issued),
        deeds=deeds,
    )


def _office(issued: Issued) -> Markup:
    """What the office issued, under its heading, as a row of the walk shows it."""
    return Markup("<small>{}</small>{}").format(tr(N_("Issued")), _said(issued))


def _said(issued: Issued | None) -> Markup:
    if issued is None:
        return Markup("<span>{}</span>").format(tr(N_("not issued yet")))
    words = issued.reason or tr(N_("as the rule has it"))
    return look.light(issued.state) + Markup(" <span>{}</span>").format(words)


def _corrections(found: Period) -> None:
    address = f"/api/v1/plans/{found.plan}/periods/{found.period}/corrections"
    files = look.download_links(views_page.files(address)) if found.corrections else ""
    with look.section(tr(N_("Corrections")), files):
        if found.corrections:
            rows = period_row(found, language()).corrections
            table = views_page.table(CORRECTION_COLUMNS, map(_correction, rows))
            write(table, classes="hai-data hai-scroll")
        else:
            words = N_("Nothing was corrected. A locked period changes only here, with the reason.")
            write(tr(words), "p", "hai-note")


def _correction(row: CorrectionRow) -> Cells:
    _, ((moment, *_),) = table_of([row], CORRECTION_COLUMNS, language())
    cells: Cells = {name: getattr(row, name) for name in CORRECTION_COLUMNS}
    return cells | {"at": moment, "title": Link(row.title, f"/item/{row.node}")}


def beside(held: Item, words: str) -> None:
    """The light of an item by the rule and as issued side by side, with reasons and the unit's own words."""
    _styled()
    standing, issued = held.standing, held.standing.node.issued
    part = Markup("<div><small>{}</small>{} <span>{}</span></div>")
    rule = part.format(
        tr(N_("By the rule")), look.light(standing.light.state), reason_of(standing.light, language())
    )
    where = f"/plan/{held.plan.id}/period/"
    if issued:
        heading = phrase(N_("Issued for {period}"), period=link(issued.period, where + issued.period))
        office = Markup("<div><small>{}</small>{}</div>").format(heading, _said(issued))
    else:
        office = part.format(tr(N_("Issued")), "", tr(N_("not issued yet")))
    said = part.format(tr(N_("The unit's own words")), "", words or tr(N_("Nothing was reported yet.")))
    write(rule + office + said, classes="hai-beside")


def log(held: Item) -> None:
    """What was corrected of an item."""
    if held.corrections:
        titles = {held.standing.node.id: held.standing.node.title}
        rows = [correction_row(one, titles, language()) for one in held.corrections]
        with look.section(tr(N_("Corrections"))):
            columns = {"period": N_("Period"), **CORRECTION_COLUMNS}
            write(views_page.table(columns, map(_correction, rows)), classes="hai-data hai-scroll")


def ways(asker: Asker, held: Plan, as_of: str) -> None:
    """The ways from a register to its periods and forecasts, its rule of lights, and as of when it shows."""
    month = month_of(plan_actions.today())
    period = link(tr(N_("Lights of {period}"), period=month), f"/plan/{held.id}/period/{month}")
    sees = may_part(asker, "see_unpublished")
    slips = link(tr(N_("Forecasts")), f"/plan/{held.id}/forecasts") if sees else ""
    since = link(tr(N_("Baseline against now")), f"/plan/{held.id}/baseline") if sees else ""
    rule = rules()[held.rule or kinds()[held.kind].light][language()]
    parts = filter(None, (period, slips, since, tr(N_("Rule: {rule}"), rule=rule)))
    write(Markup(" · ").join(parts), "p", "hai-note")
    if as_of:
        _then(as_of)
    if may(asker, "publish"):
        with ui.element("details"):
            write(tr(N_("Rule of lights, or an earlier moment")), "summary", "nicegui-link")
            for name, label in rules().items():
                deed = partial(light_actions.choose_rule, the_store(), asker, held.id, name)
                look.button(label[language()], partial(_do, deed), main=name == held.rule)
            _styled()
            _at(f"/plan/{held.id}", as_of)


def _styled() -> None:
    look.dress("boards/ledger/period.css")


def _at(path: str, as_of: str) -> None:
    """The form that shows a page as of a past moment."""
    box = Markup('<label>{}<input name="as_of" value="{}" maxlength="40" placeholder="2026-11-05"></label>')
    button = Markup("<button class=hai-button>{}</button>").format(tr(N_("Show")))
    form = write(box.format(tr(N_("As known at")), as_of) + button, "form", "hai-form hai-moment")

    def show(event: Sent) -> None:
        ui.navigate.to(f"{path}?{urlencode({'as_of': event.args['as_of'].strip()})}")

    form.on("submit", show, js_handler=SUBMIT)
