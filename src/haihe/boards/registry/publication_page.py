"""The publication behind a value, under its source."""

from __future__ import annotations

from asyncio import to_thread

from haihe.boards.accounts.request_actions import asker_now
from haihe.boards.registry import actions
from haihe.kit.errors import N_
from haihe.store.opening import the_store
from haihe.ui.language import tr
from haihe.ui.markup import link
from haihe.ui.slots import fill
from haihe.ui.widgets import particulars


def mount() -> None:
    """Show it wherever a source is shown."""
    fill("source", show_publication, order=50)


async def show_publication(source_id: str) -> None:
    """Of a row of a pack: the title of what it cites, who published it, which copy was read and when."""
    cited = await to_thread(actions.cited_by, the_store(), await asker_now(), source_id)
    if cited is None:
        return
    known: dict[str, object] = {
        N_("Publication"): link(cited.title, cited.url) if cited.url else cited.title,
        N_("Publisher"): cited.publisher,
        N_("Copy that was read"): cited.via,
        N_("Read on"): cited.read_on,
        N_("Note"): cited.note,
    }
    particulars((tr(name), value) for name, value in known.items() if value is not None)
