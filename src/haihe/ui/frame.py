"""What stands around every page: header, search, drawer, and the languages and looks it can take."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from inspect import isawaitable
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup
from nicegui import background_tasks, ui
from nicegui.events import GenericEventArguments

from haihe.kit.errors import N_, HaiheError
from haihe.kit.words import LANGUAGES, say
from haihe.ui.doors import appearance, look_addresses
from haihe.ui.language import language, tr
from haihe.ui.markup import icon, link, write
from haihe.ui.search import STARTER, search_box
from haihe.ui.slots import Entry, draw, filled
from haihe.ui.widgets import notice, refusal

NAME = N_("Haihe")
RESPONSE_SECONDS_MAX = 60.0
RECONNECT_SECONDS_MAX = 20
OWN_NAME = N_("English")
"""The name of each language in that language itself."""
_HTML_LANGUAGES = {"zh": "zh-CN", "en": "en-US"}
_DARK = {"auto": None, "light": False, "dark": True}
_APPEARANCES = {
    "auto": ("brightness_auto", N_("Appearance: as the system"), "dark"),
    "dark": ("dark_mode", N_("Appearance: dark"), "light"),
    "light": ("light_mode", N_("Appearance: light"), "auto"),
}
_MARK = Markup(
    '<svg class="hai-mark" viewBox="0 0 32 32" fill="none" stroke="currentColor" stroke-linecap="round" '
    'aria-hidden="true"><g stroke-width="1.9"><path d="M2 4C11 4 11 16 20 16"/><path d="M2 10c8 0 9 6 18 6"/>'
    '<path d="M2 16h18"/><path d="M2 22c8 0 9-6 18-6"/><path d="M2 28c9 0 9-12 18-12"/></g>'
    '<path stroke-width="4" d="M20 16h9"/></svg>'
)


def page_at(path: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Registers a page.

    It may take as long to be built as a busy machine needs, at most a minute, and waits for a browser that
    lost its connection: one that comes back later loads it anew.
    """
    return ui.page(path, response_timeout=RESPONSE_SECONDS_MAX, reconnect_timeout=RECONNECT_SECONDS_MAX)


@contextmanager
def frame(title: str, *, heading: bool = True) -> Iterator[None]:
    """A page with its title (already in the reader's language), header, search and source drawer.

    Without `heading` the title names the page but is not drawn. A HaiheError raised inside becomes the page:
    its message and advice, under its own HTTP status; one raised later, by an event, becomes a notice.
    """
    client = ui.context.client
    page = copy(client.page)
    page.language = _HTML_LANGUAGES[language()]  # type: ignore[assignment]  # NiceGUI's list of BCP 47 tags
    page.dark = _DARK[appearance()]
    client.page = page
    client.title = f"{title} · {say(NAME, 'zh')} Haihe"
    _head()
    _header()
    for banner in filled("banner"):
        banner()
    _source_drawer()
    ui.skip_link(tr(N_("Skip to the content")), target=client.content)
    ui.on_exception(_noticed)
    client.content.classes("hai-content")
    if section := _section():
        write(section)
    if heading:
        write(title, "h1")
    try:
        yield
    except HaiheError as error:
        client.status_code = error.status
        refusal(error)


def _noticed(error: Exception) -> None:
    if isinstance(error, HaiheError):
        notice(error)


def _head() -> None:
    styles, script = look_addresses()
    ui.add_head_html(
        f'<script>document.documentElement.dataset.look="{appearance()}"</script>'
        f'<link rel="stylesheet" href="{styles}"><script defer src="{script}"></script>{STARTER}'
    )


def _header() -> None:
    layout = ui.context.client.layout
    with layout, ui.element("header").classes("hai-header") as header:
        write(_banner(), classes="hai-banner")
        with ui.element("div").classes("hai-account") as account:
            for function in filled("account"):
                result = function()
                if isawaitable(result):
                    background_tasks.create(result, context=account)
    header.move(layout, 0)


def _banner() -> Markup:
    return Markup(
        '<button type="button" class="hai-burger" data-menu aria-expanded="false" aria-controls="site-menu" '
        'aria-label="{menu}">{icon}</button>'
        '<a class="hai-brand" href="/">{mark}<span>{chinese}</span><span lang="en">Haihe</span></a>'
        "{search}"
        '<div class="hai-menu" id="site-menu"><nav aria-label="{places}">{entries}</nav>'
        '<div class="hai-switches">{switches}</div></div>'
    ).format(
        menu=tr(N_("Menu")),
        icon=icon("menu"),
        mark=_MARK,
        chinese=say(NAME, "zh"),
        search=search_box(),
        places=tr(N_("Places")),
        entries=Markup("").join(_entry(entry, _is_here(entry)) for entry in _tops()),
        switches=_switches(),
    )


def _tops() -> list[Entry]:
    """The places of the header: those whose address lies under no other's."""
    entries = filled("nav")
    return [one for one in entries if not any(one != other and _holds(other, one.path) for other in entries)]


def _section() -> Markup:
    """The places under the one of the header that the page belongs to; nothing where there are none."""
    inside = [one for top in _tops() if _is_here(top) for one in filled("nav") if _holds(top, one.path)]
    if len(inside) < 2:
        return Markup("")
    here = max(filter(_is_here, inside), key=lambda one: len(one.path))
    return Markup('<nav class="hai-places" aria-label="{}">{}</nav>').format(
        tr(N_("Places of this section")), Markup("").join(_entry(one, one is here) for one in inside)
    )


def _holds(entry: Entry, path: str) -> bool:
    return path == entry.path or (entry.path != "/" and path.startswith(f"{entry.path}/"))


def _is_here(entry: Entry) -> bool:
    return _holds(entry, ui.context.client.request.url.path)


def _entry(entry: Entry, here: bool) -> Markup:
    current = Markup(' aria-current="page"') if here else ""
    return Markup('<a href="{}"{}>{}<span>{}</span></a>').format(
        entry.path, current, icon(entry.icon), tr(entry.label)
    )


def _switches() -> Markup:
    url = ui.context.client.request.url
    back = urlencode({"back": f"{url.path}?{url.query}" if url.query else url.path})
    languages = Markup("").join(
        Markup('<a href="/language/{}?{}" lang="{}">{}</a>').format(
            code, back, _HTML_LANGUAGES[code], say(OWN_NAME, code)
        )
        for code in LANGUAGES
        if code != language()
    )
    face, words, following = _APPEARANCES[appearance()]
    look = Markup('<a href="/appearance/{}?{}" title="{}">{}<span>{}</span></a>').format(
        following, back, tr(words), icon(face), tr(words)
    )
    return languages + look


def _source_drawer() -> None:
    with ui.context.client.layout, ui.element("aside").classes("hai-drawer").props("tabindex=-1") as drawer:
        drawer.props["aria-label"] = tr(N_("Source"))
        write(
            Markup('<strong>{}</strong><button type="button" data-close aria-label="{}">{}</button>').format(
                tr(N_("Source")), tr(N_("Close")), icon("close")
            ),
            classes="hai-drawer-head",
        )
        body = ui.element("div").classes("hai-drawer-body")

    async def show(event: GenericEventArguments) -> None:
        source_id = str(event.args)
        body.clear()
        with body:
            try:
                await draw("source", source_id)
            except HaiheError as error:
                refusal(error)
            write(link(tr(N_("Open on a page of its own")), f"/source/{source_id}"), "p")

    ui.on("source", show)
