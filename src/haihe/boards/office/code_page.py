"""The pages of codes: where the code of a sheet is typed, and what it means."""

from __future__ import annotations

from asyncio import to_thread
from urllib.parse import quote

from markupsafe import Markup
from nicegui import ui

from haihe import ui as look
from haihe.boards.accounts.request_actions import asker_now
from haihe.boards.office import sign_actions
from haihe.boards.office.form_page import Box, Written, form
from haihe.kit.errors import N_
from haihe.store.opening import the_store
from haihe.ui import language, link, page_at, tr, write


def mount() -> None:
    """Register the pages."""
    page_at("/office/code/{code}")(code)
    page_at("/office/code")(ask_code)


async def code(code: str) -> None:
    """What the code on a paper means: which version, and whether it is the current one."""
    asker = await asker_now()
    with look.frame(tr(N_("Code of a sheet"))):
        found = await to_thread(sign_actions.code_at, the_store(), asker, code, language())
        mark = "●" if found.current and found.signed else "◆" if found.genuine and found.current else "▲"
        look.answer(f"{mark} {found.verdict}")
        look.particulars(
            [
                (tr(N_("Title of the document")), link(found.title, f"/office/sign/{found.docket}")),
                (tr(N_("Version")), found.version),
                ("SHA-256", Markup('<code class="hai-code">{}</code>').format(found.sha256)),
            ]
        )
        look.coverage_line(
            tr(N_("The code carries the digest of what was signed.")), as_of=sign_actions.today()
        )


async def ask_code() -> None:
    """Where a code is typed."""

    async def sent(written: Written) -> None:
        ui.navigate.to(f"/office/code/{quote(written['code'].strip().rpartition('/')[2], safe='')}")

    with look.frame(tr(N_("Code of a sheet"))):
        write(tr(N_("The code stands under the square on the sheet, such as 12-2-3f9a1c8b.")), "p")
        form(tr(N_("Type a code")), [Box("code", tr(N_("Code")), required=True)], tr(N_("Open it")), sent)
