"""The calendar of a register: a month with what is due and what is expected, and the address of its feed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from markupsafe import Markup
from nicegui import ui

from haihe import ui as look
from haihe.boards.accounts.request_actions import asker_now
from haihe.boards.ledger import actions, views_page
from haihe.boards.ledger.calendars import (
    COLUMNS,
    WHAT_LABELS,
    Entry,
    beside,
    cells_of,
    entries_in,
    month_of,
    weeks,
)
from haihe.boards.ledger.cells import Cells, Lamp, link_of
from haihe.boards.ledger.rows import reason_of
from haihe.kit.errors import N_
from haihe.store.opening import the_store
from haihe.ui import language, link, page_at, phrase, tr, write
from haihe.ui.theme import LIGHTS

ENTRIES_SHOWN = 3

_DAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))


def mount() -> None:
    """Register the page."""
    page_at("/plan/{plan_id}/calendar")(month)


async def month(plan_id: int, month: str = "", day: str = "") -> None:
    """A month of a register, and all entries of a day that is asked for."""
    asker, today = await asker_now(), actions.today()
    with look.frame(tr(N_("Calendar")), heading=False):
        first = month_of(month or None, today)
        held, found = await views_page.register(the_store(), asker, plan_id)
        place = ui.element("div").classes("hai-fill")
        views_page.views(plan_id, "calendar")
        listed = entries_in(views_page.filters(held, found), first)
        with place:
            _answer(first, listed)
        _turn(first)
        by_day: dict[date, list[Entry]] = {}
        for entry in listed:
            by_day.setdefault(entry.day, []).append(entry)
        write(_grid(first, by_day, today), classes="hai-month")
        chosen = [entry for entry in listed if not day or f"{entry.day}" == day]
        title = tr(N_("On {day}"), day=day)
        files = views_page.files(f"/api/v1/plans/{plan_id}/calendar", {"month": f"{first:%Y-%m}"})
        if day and chosen:
            with look.section(f"{title} · {len(chosen)}", look.download_links(files)):
                write(views_page.table(COLUMNS, map(_row, chosen)), classes="hai-data hai-scroll")
        else:
            views_page.folded(COLUMNS, map(_row, listed), files)
        _feed(plan_id, published=held.published_at is not None)
        words = N_("Promises with a due date or a forecast; a forecast stands where it is another day.")
        look.coverage_line(tr(words), as_of=today)


def _answer(first: date, listed: Sequence[Entry]) -> None:
    due = [one for one in listed if one.what == "due"]
    words = N_(
        "In {month} {due} promises are due, of which {open} are not finished; {expected} are expected."
    )
    unfinished = sum(one.standing.progress != 1 for one in due)
    facts = {"due": len(due), "open": unfinished, "expected": len(listed) - len(due)}
    look.answer(tr(words, month=f"{first:%Y-%m}", **facts))


def _turn(first: date) -> None:
    steps = ((-1, N_("Previous month")), (1, N_("Next month")))
    ways = [link(tr(words), look.address(month=[beside(first, step)], day=[])) for step, words in steps]
    ways.insert(1, link(tr(N_("This month")), look.address(month=[], day=[])))
    write(Markup(" · ").join(ways), "p")


def _grid(first: date, by_day: Mapping[date, Sequence[Entry]], today: date) -> Markup:
    head = Markup("").join(Markup('<th scope="col">{}</th>').format(tr(name)) for name in _DAYS)
    rows = Markup("").join(
        Markup("<tr>{}</tr>").format(
            Markup("").join(_cell(day, first, by_day.get(day, ()), today) for day in week)
        )
        for week in weeks(first)
    )
    return Markup("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(head, rows)


def _cell(day: date, first: date, listed: Sequence[Entry], today: date) -> Markup:
    if day.month != first.month:
        return Markup("<td data-other></td>")
    lines = Markup("").join(map(_entry, listed[:ENTRIES_SHOWN]))
    if (rest := len(listed) - ENTRIES_SHOWN) > 0:
        words = tr(N_("{count} more"), count=rest)
        lines += Markup("<li>{}</li>").format(link(words, look.address(day=[str(day)])))
    marks = Markup(" data-empty") if not listed else Markup("")
    if day == today:
        marks += Markup(' aria-current="date"')
    number = Markup('<time datetime="{}">{}</time>').format(day, day.day)
    return Markup("<td{}>{}<ul>{}</ul></td>").format(marks, number, lines)


def _entry(entry: Entry) -> Markup:
    node, face = entry.standing.node, LIGHTS[entry.standing.light.state]
    said = f"{tr(face.word)}, {tr(WHAT_LABELS[entry.what])}"
    return Markup(
        '<li data-what="{}"><a href="/item/{}" title="{}: {}"><b class="hai-light" data-state="{}" '
        'aria-label="{}">{}</b>{}</a></li>'
    ).format(entry.what, node.id, said, node.title, entry.standing.light.state, said, face.shape, node.title)


def _feed(plan_id: int, *, published: bool) -> None:
    address = f"/api/v1/plans/{plan_id}/calendar.ics"
    ways = {"tasks": link(tr(N_("as tasks")), address)}
    ways["events"] = link(tr(N_("as events")), f"{address}?as=events")
    words = N_("Subscribe in a calendar program: {tasks} or {events}.")
    parts = [phrase(words, **ways)]
    if not published:
        parts.append(
            Markup.escape(tr(N_("This register is not public: a feed of it asks for your session.")))
        )
    write(Markup(" ").join(parts), "p")


def _row(entry: Entry) -> Cells:
    standing = entry.standing
    share = standing.progress
    return {
        **cells_of(entry),
        "what": tr(WHAT_LABELS[entry.what]),
        "title": link_of(standing.node),
        "progress": None if share is None else f"{share:.0%}",
        "light": Lamp(standing.light.state, reason_of(standing.light, language())),
    }
