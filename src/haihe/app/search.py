"""One search box: what the house has for the words, kind by kind."""

from __future__ import annotations

from asyncio import gather, to_thread
from urllib.parse import urlencode

from markupsafe import Markup
from nicegui import ui

from haihe.app.finders import FINDERS, Group, group_of
from haihe.boards.accounts import Asker
from haihe.boards.accounts.request_actions import asker_now
from haihe.boards.ledger import actions as ledger
from haihe.boards.registry import search_actions as registry
from haihe.kit.errors import N_
from haihe.kit.limits import PAGE_ROWS_DEFAULT, QUERY_CHARACTERS_MAX
from haihe.store.opening import the_store
from haihe.store.search import FOUND_MAX, Asked, Hit, pattern_of
from haihe.ui import (
    Facet,
    address,
    chosen,
    coverage_line,
    download_links,
    empty_state,
    facets,
    first_of,
    frame,
    language,
    link,
    page_at,
    pager,
    phrase,
    sample_mark,
    section,
    tr,
    write,
)
from haihe.ui.search import marked, styles_link

_FIRST_ROWS = 5
_FEW = 5


def mount() -> None:
    """Register the page."""
    page_at("/search")(search)


async def search(q: str = "") -> None:
    """What the house has for the words, each kind under its own heading."""
    words = q.replace("\0", " ").strip()[:QUERY_CHARACTERS_MAX]
    with frame(tr(N_("Search: {words}"), words=words) if words else tr(N_("Search"))):
        ui.add_head_html(str(styles_link()))
        if not words:
            empty_state(
                tr(N_("Nothing was asked for.")),
                tr(N_("Type a name, a place or a word of a document into the box above.")),
            )
            return
        asker = await asker_now()
        found = await _found(asker, words)
        await _draw(asker, words, found)
        most = phrase(
            N_(
                "Searched: all that you may see. Where very much of a kind has the words, {most} are ranked: "
                "the newest, of organisations the names that begin so."
            ),
            most=FOUND_MAX,
        )
        coverage_line(most, as_of=ledger.today())


async def _found(asker: Asker, words: str) -> list[Group]:
    """What there is of every kind, of one that is chosen a whole page."""
    only, now, store = chosen("kind"), language(), the_store()
    first = first_of(FOUND_MAX, PAGE_ROWS_DEFAULT)
    page, few = slice(first, first + PAGE_ROWS_DEFAULT), slice(0, _FIRST_ROWS)
    hits = await gather(
        *(
            to_thread(one.find, store, asker, Asked(words, page if one.kind in only else few, now))
            for one in FINDERS
        )
    )
    return [group_of(finder, each, now) for finder, each in zip(FINDERS, hits, strict=True)]


async def _draw(asker: Asker, words: str, found: list[Group]) -> None:
    only = chosen("kind")
    if any(group.count for group in found):
        label = Markup("{} <small>{}</small>")
        values = [(one.kind, label.format(one.label, _count(one)), None) for one in found if one.count]
        facets([Facet("kind", tr(N_("Kind")), values)])
    bodies = next(group.count for group in found if group.kind == "organisations")
    if bodies < _FEW:
        meant = await to_thread(registry.meant, the_store(), asker, words, language())
        if meant:
            names = Markup(" · ").join(link(one.title, one.address) for one in meant)
            write(phrase(N_("Did you mean: {names}"), names=names), "p", "hai-meant")
    shown = [group for group in found if group.count and (group.kind in only or not only)]
    for group in shown:
        _draw_group(group, words, whole=group.kind in only)
    if not shown:
        empty_state(
            tr(N_("Nothing that you may see has these words.")),
            tr(
                N_("Try fewer or other words: a place, a short name, or the initials of a name such as tjdx.")
            ),
            way=(tr(N_("All organisations")), "/entities"),
        )


def _draw_group(group: Group, words: str, *, whole: bool) -> None:
    query = urlencode({"q": words, "kind": group.kind})
    files = {form: f"/api/v1/search?{query}&format={form.lower()}" for form in ("CSV", "xlsx")}
    aside = Markup("{} {}").format(tr(N_("{count} results"), count=_count(group)), download_links(files))
    with section(group.label, aside):
        pattern = pattern_of(words)
        write(Markup("").join(_drawn(hit, pattern) for hit in group.rows), "ul", "hai-hits")
        if whole:
            write(pager(group.count, PAGE_ROWS_DEFAULT), "p")
        elif group.count > len(group.rows):
            way = address(kind=[group.kind], part=())
            write(link(tr(N_("See all {count}"), count=_count(group)), way), "p")


def _count(group: Group) -> str:
    return f"{group.count:,}{'+' if group.more else ''}"


def _drawn(hit: Hit, pattern: str) -> Markup:
    about = Markup("<small>{}</small>").format(hit.about) if hit.about else Markup("")
    words = Markup("<p>{}</p>").format(marked(hit.words, pattern)) if hit.words else Markup("")
    mark = sample_mark() if hit.sample else Markup("")
    name = link(marked(hit.title, pattern), hit.address)
    return Markup("<li><span>{} {} {}</span>{}</li>").format(name, mark, about, words)
