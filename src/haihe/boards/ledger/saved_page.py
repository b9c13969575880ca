"""Saved views: the bookmark in the header, and the page where they are renamed and removed."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Awaitable, Iterable
from functools import partial

from markupsafe import Markup
from nicegui import Client, ui
from nicegui.events import GenericEventArguments as Sent

from haihe import ui as look
from haihe.boards.accounts import Asker
from haihe.boards.accounts.request_actions import asker_now
from haihe.boards.ledger import actions, saved_actions
from haihe.boards.ledger.forms import SUBMIT
from haihe.boards.ledger.saved import Kept, SavedView
from haihe.boards.ledger.watch_page import works_here
from haihe.kit.errors import N_
from haihe.kit.limits import NAME_CHARACTERS_MAX
from haihe.store.opening import the_store
from haihe.ui import page_at, tr, write

_SUBMIT = """(event) => {
  event.preventDefault();
  const written = Object.fromEntries(new FormData(event.target));
  emit({ ...written, address: location.pathname + location.search });
}"""
_UNSAVED = ("/sign-",)


def mount() -> None:
    """Register the page and the bookmark."""
    look.fill("account", bookmark, order=20)
    page_at("/saved")(saved)


def pages() -> frozenset[str]:
    """The pages of this house that can be saved: all but those that sign in."""
    return frozenset(path for path in Client.page_routes.values() if not path.startswith(_UNSAVED))


def bookmark() -> Awaitable[None]:
    """The bookmark of the header: the saved views, and the form that saves this address."""
    return _bookmark(ui.element("div"))


async def _bookmark(place: ui.element) -> None:
    asker = await asker_now()
    if not works_here(asker):
        return
    with place, ui.button(icon="bookmarks").props("flat round dense") as shown:
        shown.props["aria-label"] = shown.props["title"] = tr(N_("Bookmarks"))
        with ui.menu().classes("hai-drop"):
            views = ui.element("div").classes("hai-fill")
            _save(asker, views)
            write(look.link(tr(N_("Rename or remove views")), "/saved"), "p", "hai-note")
    await _list(asker, views)


async def _list(asker: Asker, place: ui.element) -> None:
    """The names of the saved views, each of which opens its address."""
    found = await to_thread(saved_actions.views, the_store(), asker, pages())
    place.clear()
    with place:
        _group(tr(N_("My views")), [one for one in found if not one.shared])
        _group(tr(N_("Views of the office")), [one for one in found if one.shared])


def _group(title: str, found: Iterable[SavedView]) -> None:
    rows = [Markup("<li>{}</li>").format(_named(one)) for one in found]
    if rows:
        write(Markup("<b>{}</b><ul>{}</ul>").format(title, Markup("").join(rows)), "div")


def _named(one: SavedView) -> Markup:
    """The name of a view, which opens it; one that leads nowhere says so."""
    if one.there:
        return look.link(one.name, one.address)
    gone = tr(N_("no longer there, or not for you"))
    return Markup("<span>{} <small>({})</small></span>").format(one.name, gone)


def _save(asker: Asker, views: ui.element) -> None:
    """The form that saves the address which the browser shows."""
    name = Markup('<label>{}<input name="name" maxlength="{}" required></label>').format(
        tr(N_("Name of this view")), NAME_CHARACTERS_MAX
    )
    shared = Markup('<label class="hai-check"><input type="checkbox" name="shared" value="1">{}</label>')
    parts = [name, shared.format(tr(N_("For the whole office"))) if saved_actions.may_share(asker) else ""]
    button = Markup("<button class=hai-button>{}</button>").format(tr(N_("Save view")))
    form = write(Markup("").join(parts) + button, "form", "hai-form")

    async def save(event: Sent) -> None:
        given = event.args
        kept = Kept(given["name"], given["address"], given.get("shared") == "1")
        await to_thread(saved_actions.save_view, the_store(), asker, kept, pages())
        await _list(asker, views)
        look.notice(tr(N_("{name} is kept under the bookmark."), name=kept.name))

    form.on("submit", save, js_handler=_SUBMIT)


async def saved() -> None:
    """The saved views, to be renamed and removed."""
    asker = await asker_now()
    with look.frame(tr(N_("Saved views"))):
        found = await to_thread(saved_actions.views, the_store(), asker, pages())
        if not found:
            why = tr(N_("Open a page with the filters that you need and press the bookmark at the top."))
            look.empty_state(tr(N_("No view is saved yet.")), why, way=(tr(N_("Plans")), "/plans"))
            return
        gone = sum(not one.there for one in found)
        words = N_("{count} views are saved; {gone} lead nowhere any more.")
        look.answer(tr(words, count=len(found), gone=gone))
        for title, shared in ((N_("My views"), False), (N_("Views of the office"), True)):
            if some := [one for one in found if one.shared == shared]:
                with look.section(tr(title)), ui.element("ul").classes("hai-list"):
                    for one in some:
                        _row(asker, one)
        look.coverage_line(tr(N_("A view is an address of this house, nothing else.")), as_of=actions.today())


def _row(asker: Asker, one: SavedView) -> None:
    """A view with its address, and the buttons that rename it, remove it and bring it back."""
    place = ui.element("li").classes("hai-row")

    async def change(*, back: bool) -> None:
        await to_thread(partial(saved_actions.remove_view, the_store(), asker, one.id, back=back))
        show(removed=not back)

    def show(*, removed: bool) -> None:
        place.clear()
        with place:
            if removed:
                write(tr(N_("{name} was removed."), name=one.name), "span")
                look.button(tr(N_("Undo")), partial(change, back=True))
                return
            shown = Markup('{} <small class="hai-unknown">{}</small>').format(_named(one), one.address)
            write(shown, "span")
            if one.changeable:
                _rename(asker, one)
                look.button(tr(N_("Remove")), partial(change, back=False))

    show(removed=False)


def _rename(asker: Asker, one: SavedView) -> None:
    with ui.element("details"):
        write(tr(N_("Rename")), "summary", "nicegui-link")
        box = Markup('<input name="name" value="{}" maxlength="{}" required aria-label="{}">').format(
            one.name, NAME_CHARACTERS_MAX, tr(N_("Name of this view"))
        )
        button = Markup("<button class=hai-button>{}</button>").format(tr(N_("Rename")))
        form = write(box + button, "form", "hai-form")

    async def rename(event: Sent) -> None:
        await to_thread(saved_actions.rename_view, the_store(), asker, one.id, event.args["name"])
        ui.navigate.reload()

    form.on("submit", rename, js_handler=SUBMIT)
