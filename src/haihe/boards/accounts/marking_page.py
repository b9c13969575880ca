"""What every page says about classified information, and the marking of what a page shows."""

from __future__ import annotations

from asyncio import to_thread

from nicegui import ui
from nicegui.events import ValueChangeEventArguments

from haihe.boards.accounts.marking_actions import mark, marking_of
from haihe.boards.accounts.markings import LEVEL_LABELS, WARNING, Level
from haihe.boards.accounts.permissions import may
from haihe.boards.accounts.request_actions import asker_now
from haihe.kit.errors import N_
from haihe.store.opening import the_store
from haihe.ui.language import tr
from haihe.ui.markup import chips, write
from haihe.ui.slots import fill


def mount() -> None:
    """Put the warning on every page, and the marking under the title of what can be marked."""
    fill("banner", warning)
    fill("marking", marking)


def warning() -> None:
    """That the house must not hold classified information."""
    write(tr(WARNING), "p", "hai-warning").props("role=note")


async def marking(subject: str) -> None:
    """How a thing (`plan/3`) is marked, and the choice of another level for whoever may mark it."""
    asker = await asker_now()
    held = await to_thread(marking_of, the_store(), subject)
    labels: dict[Level, str] = {level: tr(label) for level, label in LEVEL_LABELS.items()}
    if not may(asker, "mark"):
        if held is not None:
            write(chips([labels[held.level]]), "p")
        return

    async def change(event: ValueChangeEventArguments[Level | None]) -> None:
        await to_thread(mark, the_store(), asker, subject, event.value)

    level = held.level if held else None
    words = tr(N_("Marking"))
    choice = ui.select(labels, value=level, clearable=True, on_change=change).classes("hai-marking")
    choice.props("borderless dense options-dense").props["aria-label"] = words
    choice.props["prefix"] = words if level else tr(N_("Marking: none"))
