"""The pages of requests between jurisdictions: both sides see the same request, each does its part."""

from __future__ import annotations

from asyncio import to_thread
from datetime import date
from functools import partial

from markupsafe import Markup
from nicegui import ui

from haihe import ui as look
from haihe.boards.accounts import Asker, may
from haihe.boards.accounts.request_actions import asker_now
from haihe.boards.office import request_actions
from haihe.boards.office.form_page import Box, Written, form, keys, table
from haihe.boards.office.meeting_actions import registers
from haihe.boards.office.request_actions import Asked, Reply
from haihe.boards.office.requests import DEED_LABELS, REQUEST_COLUMNS, Deed, RequestRow, Side
from haihe.kit.errors import N_
from haihe.store.opening import the_store
from haihe.ui import language, link, page_at, phrase, tr, write

_MARKS = {"late": "■", "open": "○", "answered_late": "▲", "in_time": "●"}
_SIDES: dict[Side, str] = {"asked": N_("Asked of us"), "asking": N_("Asked by us")}


def mount() -> None:
    """Register the pages, and their place in the section."""
    look.fill("nav", look.Entry(N_("Requests"), "/office/requests", "forward_to_inbox"), order=28)
    page_at("/office/requests")(requests)
    page_at("/office/requests/{node}")(request)


async def requests() -> None:
    """What is asked of the reader's units, what they ask, and for the whole house the rest; and the form."""
    asker = await asker_now()
    with look.frame(tr(N_("Requests between jurisdictions"))):
        rows = await to_thread(request_actions.requests, the_store(), asker, language())
        if rows:
            late = sum(row.answered == "late" for row in rows)
            waits = sum(bool(row.deeds) for row in rows)
            words = N_("{count} requests: {late} unanswered and late; {mine} can be moved on by you.")
            look.answer(phrase(words, count=len(rows), late=late, mine=waits))
            _tables(rows)
        else:
            why = tr(
                N_("A request goes from one jurisdiction to another with a deadline; both see the answer.")
            )
            look.empty_state(tr(N_("There are no requests that you may see.")), why)
        if may(asker, "report_item") or any(may(asker, "report_item", one.unit) for one in asker.grants):
            await _ask(asker)
        look.coverage_line(
            tr(N_("Late or in time by the day on which it was answered.")), as_of=request_actions.today()
        )


def _tables(rows: list[RequestRow]) -> None:
    shown: set[int] = set()
    for side, words in _SIDES.items():
        mine = [row for row in rows if row.sides == [side]]
        shown |= {row.id for row in mine}
        _table(words, mine)
    _table(N_("Requests of all sides"), [row for row in rows if row.id not in shown])


def _table(title: str, rows: list[RequestRow]) -> None:
    if rows:
        with look.section(tr(title)):
            table(dict(REQUEST_COLUMNS), map(_cells, rows))


def _cells(row: RequestRow) -> look.Cells:
    return {
        "title": link(row.title, f"/office/requests/{row.id}"),
        "asked_by": row.asked_by,
        "asked_of": "、".join(row.asked_of),
        "due_on": row.due_on or "–",
        "stage_label": row.stage_label,
        "words": f"{_MARKS[row.answered]} {row.words}",
    }


async def _ask(asker: Asker) -> None:
    held = await to_thread(registers, the_store(), asker, request_actions.KIND)

    async def sent(written: Written) -> None:
        asked = Asked(
            register=written["register"],
            title=written["title"],
            text=written["text"],
            asked_by=written["asked_by"].strip(),
            asked_of=tuple(filter(None, (name.strip() for name in written["asked_of"].split("、")))),
            due_on=date.fromisoformat(written["due_on"]) if written["due_on"] else None,
        )
        made = await to_thread(request_actions.ask, the_store(), asker, asked)
        ui.navigate.to(f"/office/requests/{made}")

    boxes = [
        Box("register", tr(N_("Register of requests")), value=held[0].name if held else "", required=True),
        Box("title", tr(N_("What is asked")), required=True),
        Box("text", tr(N_("Details of the request")), "area"),
        Box("asked_by", tr(N_("Asked by")), required=True),
        Box("asked_of", tr(N_("Asked of")), required=True),
        Box("due_on", tr(N_("Answer by")), "date", required=True),
    ]
    form(tr(N_("Ask another jurisdiction")), boxes, tr(N_("Ask")), sent)


async def request(node: int) -> None:
    """A request with its deadline and its answer, and what the reader's side may do with it."""
    asker = await asker_now()
    with look.frame(tr(N_("Request")), heading=False):
        row = await to_thread(request_actions.request_at, the_store(), asker, node, language())
        ui.page_title(row.title)
        keys()
        write(link(row.plan_name, f"/plan/{row.plan}"), "p", "hai-note")
        write(row.title, "h1")
        look.answer(f"{_MARKS[row.answered]} {row.words}")
        look.particulars(
            [
                (tr(N_("Asked by")), row.asked_by),
                (tr(N_("Asked of")), "、".join(row.asked_of)),
                (tr(N_("Answer by")), row.due_on),
                (tr(N_("Stage")), row.stage_label),
                (tr(N_("Answered on")), row.answered_on or "–"),
            ]
        )
        if row.text:
            write(row.text, "blockquote")
        for title, said in ((N_("The answer"), row.answer), (N_("Support offered"), row.supply)):
            if said:
                with look.section(tr(title)):
                    write(said, "p")
        _deeds(asker, row)
        base = f"/api/v1/office/requests/{node}/paper?format="
        ways = (
            link(tr(N_("Print")), f"{base}html"),
            link("docx", f"{base}docx"),
            link(tr(N_("The entry in the ledger")), f"/item/{node}"),
        )
        write(Markup(" · ").join(ways), "p")
        look.coverage_line(tr(N_("Both sides see this page.")), as_of=request_actions.today())


def _deeds(asker: Asker, row: RequestRow) -> None:
    boxes = {
        "answer": [
            Box("words", tr(N_("The answer")), "area", required=True),
            Box("supply", tr(N_("Support offered")), "area"),
        ],
        "decline": [Box("words", tr(N_("Reason")), "area", required=True)],
        "reopen": [Box("words", tr(N_("Reason")), "area", required=True)],
    }
    for deed in row.deeds:
        words = tr(DEED_LABELS[deed])
        key = "A" if deed == "answer" else ""
        form(words, boxes.get(deed, []), words, partial(_reply, asker, row.id, deed), key=key)


async def _reply(asker: Asker, node: int, deed: Deed, written: Written) -> None:
    given = Reply(deed, written.get("words", ""), written.get("supply", ""))
    await to_thread(request_actions.reply, the_store(), asker, node, given)
    ui.navigate.reload()
