"""The timeline of a register: bars by light, today, and where the forecasts stand."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from markupsafe import Markup
from nicegui import ui

from haihe import ui as look
from haihe.boards.accounts import Asker
from haihe.boards.accounts.request_actions import asker_now
from haihe.boards.ledger import actions, unit_actions, views_page
from haihe.boards.ledger.cells import Cells, Lamp, Link, link_of
from haihe.boards.ledger.records import LIGHT_STATES, Report, Standing
from haihe.boards.ledger.rollup import lights_of
from haihe.boards.ledger.rows import reason_of
from haihe.boards.ledger.timeline import (
    COLUMNS,
    GROUPINGS,
    ROWS_SHOWN,
    Bar,
    Group,
    Grouping,
    Scale,
    bar_of,
    cells_of,
    groups_of,
    marks_of,
    scale_of,
)
from haihe.boards.ledger.units import finished_on
from haihe.kit.errors import N_
from haihe.store.opening import the_store
from haihe.ui import language, page_at, phrase, tr, write
from haihe.ui.gantt import Axis, Line, Tick, gantt
from haihe.ui.theme import LIGHTS

_KEY: Mapping[str, str] = {
    "due": N_("due date of what has no start"),
    "forecast": N_("forecast"),
    "earlier": N_("an earlier forecast"),
    "done": N_("finished"),
}
_BARS: Mapping[str, str] = {
    "i": N_("from start to due date"),
    "s": N_("from the due date to a later forecast"),
    "b": N_("today"),
}


def mount() -> None:
    """Register the page."""
    page_at("/plan/{plan_id}/timeline")(timeline)


async def timeline(plan_id: int, by: str = "aspect", open: str = "") -> None:  # noqa: A002  the name in the address
    """A register along time, in groups of which one at a time is open, by pages."""
    asker, day = await asker_now(), actions.today()
    with look.frame(tr(N_("Timeline")), heading=False):
        held, found = await views_page.register(the_store(), asker, plan_id)
        place = ui.element("div").classes("hai-fill")
        views_page.views(plan_id, "timeline")
        promises = views_page.filters(held, found)
        with place:
            look.answer(views_page.sentence(len(promises), lights_of(promises)))
        way: Grouping = "unit" if by == "unit" else "task" if by == "task" else "aspect"
        groups = groups_of(promises, {one.node.id: one.node for one in found}, way, tr(N_("nobody named")))
        _choice(way)
        scale = scale_of((group.span for group in groups), day)
        if scale is None:
            why = tr(N_("Nothing that is asked for has a start, a due date or a forecast."))
            look.empty_state(
                tr(N_("There is nothing to draw.")), why, way=(tr(N_("Tree")), f"/plan/{plan_id}")
            )
            return
        shown = _shown(groups, open)
        reports = await _reports(asker, shown)
        _picture(groups, shown, reports, scale)
        bars = [bar_of(one, reports.get(one.node.id, ())) for rows in shown.values() for one in rows]
        downloads = views_page.files(f"/api/v1/plans/{plan_id}/timeline", views_page.asked())
        views_page.folded(COLUMNS, map(_row, bars), downloads)
        words = N_("{dated} of {promises} promises have a due date; a bar begins where a start is known.")
        dated = sum(one.node.due_on is not None for one in promises)
        look.coverage_line(tr(words, dated=dated, promises=len(promises)), as_of=day)


def _choice(way: Grouping) -> None:
    parts = (
        Markup('<a href="{}"{}>{}</a>').format(
            look.address(by=[name], open=[], part=[]),
            Markup(' aria-current="true"') if name == way else Markup(""),
            tr(words),
        )
        for name, words in GROUPINGS.items()
    )
    block = Markup('<div role="group" aria-label="{0}"><b>{0}</b>{1}</div>')
    write(block.format(tr(N_("Grouped")), Markup("").join(parts)), "nav", "hai-facets")


def _shown(groups: Sequence[Group], opened: str) -> dict[str, list[Standing]]:
    """The promises that are drawn, by group: all of a short register, else a page of the open group."""
    if sum(len(group.bars) for group in groups) <= ROWS_SHOWN and not opened:
        return {group.key: [bar.standing for bar in group.bars] for group in groups}
    group = next((one for one in groups if one.key == opened), None)
    if group is None:
        return {}
    first = look.first_of(len(group.bars), ROWS_SHOWN)
    return {group.key: [bar.standing for bar in group.bars[first : first + ROWS_SHOWN]]}


async def _reports(asker: Asker, shown: Mapping[str, Sequence[Standing]]) -> dict[int, list[Report]]:
    nodes = {one.node.id for rows in shown.values() for one in rows}
    return await to_thread(unit_actions.reports_of, the_store(), asker, nodes)


def _picture(
    groups: Sequence[Group],
    shown: Mapping[str, Sequence[Standing]],
    reports: Mapping[int, Sequence[Report]],
    scale: Scale,
) -> None:
    day = actions.today()
    now = scale.place(day) if scale.holds(day) else None
    marks = [(scale.place(mark), words) for mark, words in marks_of(scale)]
    lines: list[Line] = []
    for group in groups:
        lines.append(_head(group, scale, opened=group.key in shown))
        lines += (_line(bar_of(one, reports.get(one.node.id, ())), scale) for one in shown.get(group.key, ()))
    with ui.element("figure").classes("hai-figure"):
        write(gantt(Axis(marks, now, tr(N_("Today, {day}"), day=day)), lines))
        write(_key(), "p", "hai-note")
        for group in groups:
            if group.key in shown and len(group.bars) > len(shown[group.key]):
                write(look.pager(len(group.bars), ROWS_SHOWN), "p")


def _key() -> Markup:
    """What the marks, bars and colours of the picture mean."""
    sample = Markup('<span class="hai-gantt-key">{}{}</span>').format
    marks = [sample(Markup(f'<u data-kind="{kind}"></u>'), tr(words)) for kind, words in _KEY.items()]  # noqa: S704
    bars = [sample(Markup(f"<{tag}></{tag}>"), tr(words)) for tag, words in _BARS.items()]  # noqa: S704
    lights = Markup(" ").join(look.light(state) for state in reversed(LIGHT_STATES))
    colours = phrase(N_("Bars and ◆ have the colour of the light: {lights}"), lights=lights)
    return Markup(" ").join([*marks, *bars, colours])


def _head(group: Group, scale: Scale, *, opened: bool) -> Line:
    href = look.address(open=[] if opened else [group.key], part=[])
    worst = min(group.counts, key=LIGHT_STATES.index)
    label = Markup('<a href="{}" aria-expanded="{}">{}</a>{}').format(
        href, str(opened).lower(), group.label, look.light_strip(group.counts)
    )
    words = tr(N_("{label}: {count} promises"), label=group.label, count=len(group.bars))
    bar = (scale.place(group.span[0]), scale.place(group.span[1])) if group.span else None
    return Line(label, bar, worst, words, head=True)


def _line(bar: Bar, scale: Scale) -> Line:
    node, state = bar.node, bar.standing.light.state
    label = Markup('{} <a href="/item/{}">{}</a>').format(look.light(state), node.id, node.title)
    span = None
    if node.start_on and node.due_on:
        span = scale.place(node.start_on), scale.place(node.due_on)
    late = None
    if node.due_on and bar.forecast_on and bar.forecast_on > node.due_on:
        late = scale.place(bar.forecast_on)
        span = span or (scale.place(node.due_on), scale.place(node.due_on))
    return Line(label, span, state, _words(bar), tuple(_ticks(bar, scale)), late)


def _ticks(bar: Bar, scale: Scale) -> Iterator[Tick]:
    node, done = bar.node, finished_on(bar.standing)
    days: list[tuple[str, date | None]] = [("earlier", day) for day in bar.earlier]
    days.append(("due", None if node.start_on or done == node.due_on else node.due_on))
    days += [("forecast", bar.forecast_on), ("done", done)]
    for kind, day in days:
        if day:
            yield Tick(scale.place(day), kind, f"{tr(_KEY[kind])} {day}")  # type: ignore[arg-type]


def _words(bar: Bar) -> str:
    """A line as a sentence: its light, its days and its forecast."""
    node, standing = bar.node, bar.standing
    parts = [node.title, tr(LIGHTS[standing.light.state].word)]
    if node.start_on:
        parts.append(tr(N_("from {day}"), day=node.start_on))
    parts.append(tr(N_("due {day}"), day=node.due_on or node.due_words or tr(N_("on no day"))))
    if bar.forecast_on:
        parts.append(tr(N_("expected on {day}"), day=bar.forecast_on))
    if done := finished_on(standing):
        parts.append(tr(N_("finished on {day}"), day=done))
    return tr(N_(", ")).join(parts)


def _row(bar: Bar) -> Cells:
    reason = reason_of(bar.standing.light, language())
    share = bar.standing.progress
    told = {"title": link_of(bar.node), "light": Lamp(bar.standing.light.state, reason)}
    units = tuple(Link(name, f"/units/{name}") for name in bar.node.named("lead"))
    return {**cells_of(bar), **told, "lead": units, "progress": None if share is None else f"{share:.0%}"}
