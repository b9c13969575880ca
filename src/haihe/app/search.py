"""One search box: what every board finds for the words."""

from __future__ import annotations

from haihe.boards.ledger import actions as ledger
from haihe.kit.errors import N_
from haihe.kit.limits import QUERY_CHARACTERS_MAX
from haihe.ui import page_at
from haihe.ui.frame import frame
from haihe.ui.language import tr
from haihe.ui.slots import draw
from haihe.ui.widgets import coverage_line, empty_state


def mount() -> None:
    """Register the page."""
    page_at("/search")(search)


async def search(q: str = "") -> None:
    """What the boards find, each under its own heading."""
    words = q.strip()[:QUERY_CHARACTERS_MAX]
    with frame(tr(N_("Search: {words}"), words=words) if words else tr(N_("Search"))):
        if not words:
            empty_state(
                tr(N_("Nothing was asked for.")),
                tr(N_("Type a name, a place or a word of a document into the box above.")),
            )
            return
        await draw("search", words)
        searched = tr(N_("Searched: organisations, places, documents and plans that you may see."))
        coverage_line(searched, as_of=ledger.today())
