"""The home page: one sentence, the map, the themes, what is overdue, what is new."""

from __future__ import annotations

from haihe.kit.errors import N_
from haihe.ui import page_at
from haihe.ui.frame import frame
from haihe.ui.language import tr
from haihe.ui.slots import Entry, draw, fill


def mount() -> None:
    """Register the page."""
    fill("nav", Entry(N_("Home"), "/", "home"), order=0)
    page_at("/")(home)


async def home() -> None:
    """Made of what the boards put into the slot `home`, in order."""
    with frame(tr(N_("Coordinated development of Beijing, Tianjin and Hebei"))):
        await draw("home")
