"""A button that hands in a file."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from nicegui import ui
from nicegui.events import UploadEventArguments

from haihe.kit.errors import N_
from haihe.ui.language import tr
from haihe.ui.widgets import notice

Take = Callable[[str, bytes], Awaitable[None]]
"""Takes in a file by its name and content."""


def choose_file(button: ui.button, take: Take, size: int, endings: Sequence[str] = ()) -> None:
    """Let a button choose a file of at most `size` bytes, with one of the endings if any are named.

    Another file is not sent, and the reader is told what is taken.
    """

    async def taken(event: UploadEventArguments) -> None:
        upload.reset()
        await take(event.file.name, await event.file.read())

    def refuse() -> None:
        words = N_("The file was not taken: it may have at most {size} MB.")
        if endings:
            words = N_("The file was not taken: it may have at most {size} MB and end in {endings}.")
        notice(tr(words, size=size >> 20, endings=", ".join(endings)))

    upload = ui.upload(on_upload=taken, on_rejected=refuse, max_file_size=size, auto_upload=True)
    upload.style("display: none")
    if endings:
        upload.props["accept"] = ",".join(endings)
    button.on("click", js_handler=f"() => getElement({upload.id}).$refs.qRef.pickFiles()")
