"""The page of a baseline: what of a register has changed since a past moment."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from urllib.parse import urlencode

from markupsafe import Markup
from nicegui import ui
from nicegui.events import GenericEventArguments as Sent

from haihe import ui as look
from haihe.boards.accounts import Asker, may
from haihe.boards.accounts.request_actions import asker_now
from haihe.boards.ledger import actions, baseline_actions, views_page
from haihe.boards.ledger.baselines import (
    EFFECT_WORDS,
    SHOW_WORDS,
    Baseline,
    Compared,
    DifferenceRow,
    PairRow,
    Show,
    Sums,
    pair_row,
)
from haihe.boards.ledger.cells import Cells, Link
from haihe.boards.ledger.forms import SUBMIT
from haihe.boards.ledger.kinds import FEN_PER_WAN, kinds
from haihe.boards.ledger.records import LIGHT_STATES, Plan
from haihe.kit.clock import REGION
from haihe.kit.errors import N_
from haihe.kit.periods import month_of, neighbour
from haihe.store.opening import the_store
from haihe.ui import language, link, page_at, phrase, tr, write

ROWS_SHOWN = 200

_COLUMNS = {
    "place": N_("Number"),
    "title": N_("Item"),
    "lead": N_("Lead unit"),
    "effect": N_("Effect"),
    "differences": N_("What changed"),
    "due": N_("Due"),
    "progress": N_("Progress"),
    "light": N_("Light"),
}
_MARKS = {"added": "+", "removed": "−", "changed": "≠", "same": "="}


def mount() -> None:
    """Register the page."""
    page_at("/plan/{plan_id}/baseline")(baseline)


async def baseline(plan_id: int, against: str = "", show: str = "") -> None:
    """A register at a moment beside now: what was added, removed and changed, and what that adds up to."""
    asker, store = await asker_now(), the_store()
    with look.frame(tr(N_("Baseline against now")), heading=False):
        held = await to_thread(actions.plan_at, store, asker, plan_id)
        ui.page_title(f"{tr(N_('Baseline against now'))} · {held.name}")
        write(link(held.name, f"/plan/{plan_id}"), "p", "hai-note")
        write(tr(N_("Baseline against now")), "h1")
        known = await to_thread(baseline_actions.baselines_of, store, asker, plan_id)
        found = await to_thread(baseline_actions.compared, store, asker, plan_id, against)
        look.answer(_sentence(found))
        _choice(found, known)
        _forms(asker, held, known)
        _sums(held, found)
        wanted: Show | None = show if show in SHOW_WORDS else None  # type: ignore[assignment]  # one of its keys
        _nodes(found, wanted)
        words = N_("Compared are {count} nodes that stood or stand in the register, with what you may see.")
        look.coverage_line(tr(words, count=len(found.pairs)), as_of=found.on)


def _told(moment: datetime) -> str:
    return f"{moment.astimezone(REGION):%Y-%m-%d %H:%M}"


def _sentence(found: Compared) -> Markup:
    words = N_("Since {moment}: {added} added, {removed} removed, {changed} changed, {same} as they were.")
    counts: dict[str, object] = {**found.counts}
    for name in ("added", "removed", "changed"):
        if counts[name]:
            counts[name] = link(counts[name], look.address(show=[name]))
    said = phrase(words, moment=found.name, **counts)
    if found.slips:
        words = N_("{count} due dates moved, the middle one by {days} days.")
        said += " " + phrase(words, count=len(found.slips), days=f"{found.slip_days_median:+.0f}")
    return said


def _choice(found: Compared, known: Sequence[Baseline]) -> None:
    """The moments to compare with: the named ones, and the ends of the last month and quarter."""
    month = month_of(actions.today())
    quarter = f"{month[:4]}Q{(int(month[5:]) + 2) // 3}"
    ends = [neighbour(month), neighbour(quarter)]
    named = [(one.name, one.name, None) for one in known]
    asked = [(one, tr(N_("end of {period}"), period=one), None) for one in ends]
    parts = (
        Markup('<a href="{}"{} title="{}">{}</a>').format(
            look.address(against=[value]),
            Markup(' aria-current="true"') if value == found.name else "",
            next((_told(one.at) for one in known if one.name == value), value),
            words,
        )
        for value, words, _ in [*named, *asked]
    )
    block = Markup('<div role="group" aria-label="{0}"><b>{0}</b>{1}</div>')
    counts = _filter(found)
    write(block.format(tr(N_("Compared with")), Markup("").join(parts)), "nav", "hai-facets")
    look.facets([look.Facet("show", tr(N_("Show")), counts)])


def _filter(found: Compared) -> list[tuple[str, str, int | None]]:
    return [
        (name, tr(words), count) for name, words in SHOW_WORDS.items() if (count := len(found.shown(name)))
    ]


def _forms(asker: Asker, held: Plan, known: Sequence[Baseline]) -> None:
    """The forms that choose another moment and give one a name, and the names that can be taken away."""
    with ui.element("details"):
        write(tr(N_("Another moment, or a name for one")), "summary", "nicegui-link")
        box = Markup('<label>{}<input name="against" maxlength="40" placeholder="2026-11-05"></label>')
        button = Markup("<button class=hai-button>{}</button>")
        words = tr(N_("A day, a month, a quarter or a year"))
        form = write(box.format(words) + button.format(tr(N_("Compare"))), "form", "hai-form")
        form.on("submit", partial(_compare, held.id), js_handler=SUBMIT)
        if not may(asker, "review_draft"):
            return
        name = Markup(
            '<label>{}<input name="name" maxlength="200" required placeholder="{}"></label>'
        ).format(tr(N_("Name of a baseline")), tr(N_("when it was handed out")))
        at = Markup('<label>{}<input name="at" maxlength="40" placeholder="{}"></label>').format(
            tr(N_("Its moment; empty is now")), "2026-11-05T10:00"
        )
        named = write(name + at + button.format(tr(N_("Keep as a baseline"))), "form", "hai-form")
        named.on("submit", partial(_name, asker, held.id), js_handler=SUBMIT)
        for one in known:
            _removable(asker, one)


def _compare(plan: int, event: Sent) -> None:
    ui.navigate.to(f"/plan/{plan}/baseline?{urlencode({'against': event.args['against'].strip()})}")


async def _name(asker: Asker, plan: int, event: Sent) -> None:
    name, at = event.args["name"], event.args["at"].strip()
    await to_thread(baseline_actions.name_baseline, the_store(), asker, plan, name, at)
    kept = " ".join(name.split())
    ui.navigate.to(f"/plan/{plan}/baseline?{urlencode({'against': kept})}")


def _removable(asker: Asker, one: Baseline) -> None:
    """A baseline with the button that takes its name away, and then the one that gives it back."""
    place = ui.element("div").classes("hai-row")

    async def change(*, back: bool) -> None:
        await to_thread(partial(baseline_actions.remove_baseline, the_store(), asker, one.id, back=back))
        show(removed=not back)

    def show(*, removed: bool) -> None:
        place.clear()
        deed: Callable[[], object] = partial(change, back=removed)
        with place:
            words = N_("{name} was removed.") if removed else N_("{name}: {moment}")
            write(tr(words, name=one.name, moment=_told(one.at)), "span")
            look.button(tr(N_("Undo")) if removed else tr(N_("Remove")), deed)

    show(removed=False)


def _sums(held: Plan, found: Compared) -> None:
    """What the register added up to then, and adds up to now."""
    labels = {"what": N_("Sum"), "then": N_("Then"), "now": N_("Now"), "change": N_("Change")}
    with look.section(tr(N_("What it adds up to"))):
        columns = [look.Column(name, tr(words), numeric=name != "what") for name, words in labels.items()]
        write(
            look.plain_table(columns, _sum_rows(held, found.then, found.now)), classes="hai-data hai-scroll"
        )


def _sum_rows(held: Plan, then: Sums, now: Sums) -> list[look.Cells]:
    rows = [_sum(tr(N_("Promises")), then.promises, now.promises)]
    for state in LIGHT_STATES:
        before, after = then.lights.get(state, 0), now.lights.get(state, 0)
        if before or after:
            rows.append(_sum(look.light(state), before, after))
    shares = [None if one.progress is None else round(100 * one.progress, 1) for one in (then, now)]
    if any(one is not None for one in shares):
        rows.append(_sum(tr(N_("Progress in per cent")), *shares))
    labels = {
        field.name: field for level in kinds()[held.kind].levels.values() for field in level.fields.values()
    }
    for name in dict.fromkeys([*then.money, *now.money]):
        amounts = (each.money.get(name, 0) / FEN_PER_WAN for each in (then, now))
        rows.append(_sum(labels[name].heading(language()), *amounts))
    return rows


def _sum(what: Markup | str, then: float | None, now: float | None) -> look.Cells:
    change = "" if then is None or now is None or then == now else f"{now - then:+,.10g}"
    before, after = ("–" if one is None else f"{one:,.10g}" for one in (then, now))
    return {"what": what, "then": before, "now": after, "change": change}


def _nodes(found: Compared, show: Show | None) -> None:
    """The nodes that are not as they were, each field with both values."""
    wanted = found.shown(show)
    query = {"against": found.name} | ({"show": show} if show else {})
    files = views_page.files(f"/api/v1/plans/{found.plan}/baseline", query)
    with look.section(tr(N_("Node by node")), look.download_links(files) if wanted else ""):
        if not wanted:
            write(tr(N_("Nothing has changed since then.")), "p")
            return
        rows = (_cells(pair_row(one, language())) for one in wanted[:ROWS_SHOWN])
        write(views_page.table(_COLUMNS, rows), classes="hai-data hai-scroll")
        if len(wanted) > ROWS_SHOWN:
            words = N_("The first {count} of {total} are shown; the files have them all.")
            write(tr(words, count=ROWS_SHOWN, total=len(wanted)), "p", "hai-note")


def _cells(row: PairRow) -> Cells:
    known = row.effect in ("changed", "same")
    lights = [look.light(state) if state else "–" for state in (row.light_then, row.light_now)]
    shares = ["–" if share is None else f"{share:.0%}" for share in (row.progress_then, row.progress_now)]
    days = [look.value(day) if day else "–" for day in (row.due_then, row.due_now)]
    slip = tr(N_("{days} d"), days=f"{row.slip_days:+d}") if row.slip_days else ""
    told = Markup("<br>").join(_difference(one) for one in row.differences if one.field != "due_on")
    return {
        "place": row.place,
        "title": row.title if row.effect == "removed" else Link(row.title, f"/item/{row.node}"),
        "lead": "、".join(row.lead),
        "effect": f"{_MARKS[row.effect]}\N{NO-BREAK SPACE}{tr(EFFECT_WORDS[row.effect])}",
        "differences": Markup("<div>{}</div>").format(told) if told else "",
        "due": _moved(*days, known=known, after=slip),
        "progress": _moved(*shares, known=known),
        "light": _moved(*lights, known=known),
    }


def _moved(then: object, now: object, *, known: bool, after: str = "") -> Markup:
    """What was and what is, once where they are the same; of what was added or removed the one that is."""
    if not known or then == now:
        return Markup("<div>{}</div>").format(now if now != "–" else then)
    return Markup("<div><del>{}</del> → <ins>{}</ins> {}</div>").format(then, now, after)


def _difference(one: DifferenceRow) -> Markup:
    return Markup("{}: <del>{}</del> → <ins>{}</ins>").format(one.label, one.was, one.becomes)
