"""The part of the report form that takes evidence: files, and facts of documents."""

from __future__ import annotations

from asyncio import to_thread

from markupsafe import Markup
from nicegui import ui
from nicegui.events import GenericEventArguments as Sent

from haihe import ui as look
from haihe.boards.accounts import Asker
from haihe.boards.ledger import evidence_actions
from haihe.boards.ledger.forms import SUBMIT
from haihe.boards.ledger.records import Evidence
from haihe.kit.errors import N_, HaiheError, Invalid
from haihe.store.opening import the_store
from haihe.ui import tr, write


def chooser(asker: Asker, node: int) -> list[int]:
    """Draw what takes evidence for a report on a node; the numbers of what was taken come into the list."""
    taken: list[int] = []
    with ui.element("details"):
        write(tr(N_("Evidence")), "summary", "nicegui-link")
        words = N_("Hand in files or name facts before you send the report; they go with it.")
        write(tr(words), "p", "hai-note")
        choose, names = look.button(tr(N_("Choose a file"))), ui.element("ul")
        box = Markup('<label>{}<input name="{}" inputmode="numeric" pattern="[0-9]+" required></label>')
        boxes = box.format(tr(N_("Number of the document")), "document")
        boxes += box.format(tr(N_("Number of the fact")), "fact")
        button = Markup("<button class=hai-button>{}</button>").format(tr(N_("Name the fact")))
        form = write(boxes + button, "form", "hai-form hai-row")

    def take(found: Evidence) -> None:
        taken.append(found.id)
        with names:
            write(found.name, "li")

    async def keep(name: str, content: bytes) -> None:
        try:
            take(await to_thread(evidence_actions.keep_evidence, the_store(), asker, node, name, content))
        except HaiheError as error:
            look.notice(error)

    async def cite(event: Sent) -> None:
        try:
            document, fact = (_number(event.args[name]) for name in ("document", "fact"))
            found = await to_thread(evidence_actions.cite_fact, the_store(), asker, node, document, fact)
            take(found)
        except HaiheError as error:
            look.notice(error)

    look.choose_file(choose, keep, evidence_actions.EVIDENCE_BYTES_MAX)
    form.on("submit", cite, js_handler=SUBMIT)
    return taken


def _number(written: str) -> int:
    if not (written.isascii() and written.isdigit()) or len(written) > 18:
        raise Invalid(
            N_("{number} is no number."), advice=N_("Write it as 12.5, or leave it out."), number=written[:20]
        )
    return int(written)
