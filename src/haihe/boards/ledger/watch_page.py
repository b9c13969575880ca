"""Watching: the bell in the header, what is new on home, and the page of what is watched."""

from __future__ import annotations

import re
from asyncio import to_thread
from collections.abc import Awaitable, Callable, Iterable
from functools import partial

from markupsafe import Markup
from nicegui import ui

from haihe import ui as look
from haihe.boards.accounts import Asker, units_of
from haihe.boards.accounts.request_actions import asker_now
from haihe.boards.ledger import actions, watch_actions
from haihe.boards.ledger.watches import (
    NEWS_DAYS,
    NEWS_LABELS,
    SUBJECT_LABELS,
    NewsRow,
    Watched,
    WatchRow,
    news_row,
)
from haihe.kit.clock import REGION
from haihe.kit.errors import N_
from haihe.store.opening import the_store
from haihe.ui import language, link, page_at, tr, write

HOME_NEWS_SHOWN = 5

_SUBJECT = re.compile(r"/(item|plan|units)/(\d{1,18})(?:/|$)", re.ASCII)
_WATCH_WORDS = {
    "item": N_("Watch this item and what stands under it"),
    "plan": N_("Watch this register"),
    "unit": N_("Watch what this unit has a part in"),
}


def mount() -> None:
    """Register the page, the bell and the part of home."""
    look.fill("account", bell, order=10)
    look.fill("home", home_part, order=12)
    page_at("/watched")(watched)


def works_here(asker: Asker) -> bool:
    """Whether somebody has an account that sees more than the public."""
    return asker.account is not None and units_of(asker, "see_unpublished") != frozenset()


def bell() -> Awaitable[None]:
    """The bell of the header: how much is unread, and a button that watches what the page is about."""
    return _bell(ui.element("div"), ui.context.client.request.url.path)


async def _bell(place: ui.element, path: str) -> None:
    asker, wanted = await asker_now(), _wanted(path)
    if not works_here(asker):
        return
    found = await to_thread(watch_actions.glance, the_store(), asker, wanted)
    with place, ui.button(icon="notifications").props("flat round dense") as shown:
        words = tr(N_("Watched, {count} unread"), count=found.unread) if found.unread else tr(N_("Watched"))
        shown.props["aria-label"] = shown.props["title"] = words
        if found.unread:
            most = watch_actions.UNREAD_MAX
            ui.badge(str(found.unread) if found.unread < most else f"{most - 1}+").props("floating")
        with ui.menu().classes("hai-drop"):
            write(link(words if found.unread else tr(N_("All that you watch")), "/watched"), "p")
            if wanted:
                _toggle(asker, wanted, watching=bool(found.watching))


def _wanted(path: str) -> Watched | None:
    """What a page is about that can be watched."""
    found = _SUBJECT.match(path)
    if not found:
        return None
    return Watched("unit" if found[1] == "units" else found[1], int(found[2]))  # type: ignore[arg-type]  # the words of the pattern


def _toggle(asker: Asker, wanted: Watched, *, watching: bool) -> None:
    """The button that begins to watch something, or stops it."""
    place = ui.element("div")

    async def change(*, on: bool) -> None:
        deed = watch_actions.watch if on else watch_actions.stop_watching
        await to_thread(deed, the_store(), asker, wanted)
        show(on=on)

    def show(*, on: bool) -> None:
        place.clear()
        with place:
            words = N_("Stop watching") if on else _WATCH_WORDS[wanted.kind]
            look.button(tr(words), partial(change, on=not on), main=not on)

    show(on=watching)


async def home_part() -> None:
    """What is new of what the reader watches; nothing where all of it was read."""
    asker = await asker_now()
    if not works_here(asker):
        return
    found = await to_thread(watch_actions.unread_news, the_store(), asker, HOME_NEWS_SHOWN + 1)
    if not found:
        return
    more = link(tr(N_("All that you watch")), "/watched")
    with look.section(tr(N_("What changed of what you watch")), more):
        _draw(news_row(one, language()) for one in found[:HOME_NEWS_SHOWN])
        _read_button(asker)


def _draw(news: Iterable[NewsRow]) -> None:
    line = Markup(
        '<li{unread}><time datetime="{at:%Y-%m-%dT%H:%M}">{at:%m-%d %H:%M}</time>'
        '<div><a href="/item/{node}">{title}</a> <span class="hai-chip">{kind}</span>'
        "<p>{sentence}</p></div></li>"
    )
    lines = (
        line.format(
            unread=Markup(" data-unread") if one.unread else "",
            at=one.at.astimezone(REGION),
            node=one.node,
            title=one.title,
            kind=tr(NEWS_LABELS[one.kind]),
            sentence=one.sentence,
        )
        for one in news
    )
    write(Markup("").join(lines), "ol", "hai-news")


def _read_button(asker: Asker) -> None:
    async def read() -> None:
        await to_thread(watch_actions.mark_read, the_store(), asker)
        ui.navigate.reload()

    look.button(tr(N_("Mark all as read")), read)


async def watched() -> None:
    """What one watches, and what happened to it lately."""
    asker = await asker_now()
    with look.frame(tr(N_("Watched"))):
        found = await to_thread(watch_actions.watched, the_store(), asker, language())
        if not found.watches:
            why = tr(N_("The bell at the top of an item, a register or a unit begins to watch it."))
            look.empty_state(tr(N_("You watch nothing yet.")), why, way=(tr(N_("Plans")), "/plans"))
            return
        words = N_("You watch {count} things; {unread} changes are unread.")
        look.answer(tr(words, count=len(found.watches), unread=found.unread))
        if found.unread:
            _read_button(asker)
        with look.section(tr(N_("The last {count} days"), count=NEWS_DAYS)):
            if found.news:
                _draw(found.news)
            else:
                write(tr(N_("Nothing happened to it.")), "p")
        with look.section(tr(N_("What you watch"))), ui.element("ul").classes("hai-list"):
            for one in found.watches:
                _watch(asker, one)
        words = N_(
            "New are reports, issued lights, changed lights, decisions and moves, corrections and comments "
            "of others."
        )
        look.coverage_line(tr(words), as_of=actions.today())


def _watch(asker: Asker, one: WatchRow) -> None:
    """One thing that is watched, with the button that stops it."""
    with ui.element("li").classes("hai-row"):
        name: Callable[[], Markup | str] = partial(link, one.name, one.address)
        shown = name() if one.name else tr(N_("no longer there, or not for you"))
        write(
            Markup('<span class="hai-chip">{}</span> {}').format(tr(SUBJECT_LABELS[one.kind]), shown), "span"
        )
        _toggle(asker, Watched(one.kind, one.number), watching=True)
