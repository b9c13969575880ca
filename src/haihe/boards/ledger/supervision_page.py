"""The page of all supervision orders, and what other pages show of them."""

from __future__ import annotations

from asyncio import to_thread
from collections import Counter
from collections.abc import Sequence
from functools import partial

from markupsafe import Markup
from nicegui import ui

from haihe import ui as look
from haihe.boards.accounts import Asker, may
from haihe.boards.accounts.request_actions import asker_now
from haihe.boards.ledger import actions, order_page, supervision_actions, views_page
from haihe.boards.ledger.kinds import kinds
from haihe.boards.ledger.orders import ORDER_COLUMNS, OrderRow
from haihe.boards.ledger.supervision import KIND
from haihe.boards.ledger.supervision_actions import Sought
from haihe.kit.errors import N_
from haihe.store.opening import the_store
from haihe.ui import language, link, page_at, phrase, tr, write
from haihe.ui.theme import LIGHTS

ROWS_SHOWN = 200
UNITS_SHOWN = 12


def mount() -> None:
    """Register the pages, their place in the header, and what other pages show of orders."""
    look.fill("nav", look.Entry(N_("Supervision"), "/supervision", "gavel"), order=23)
    look.fill("home", home_part, order=16)
    look.fill("item", item_part)
    page_at("/supervision")(supervision)
    page_at("/supervision/{order}")(order_page.order)


async def supervision() -> None:
    """The orders that the reader may see, filtered by the address, and the form of a new one."""
    asker = await asker_now()
    with look.frame(tr(N_("Supervision orders"))):
        found = await to_thread(supervision_actions.orders, the_store(), asker, Sought(), language())
        unit = next(iter(look.chosen("unit")), "")
        sought = Sought(look.chosen("state"), look.chosen("light"), unit)
        rows = [row for row in found if supervision_actions.is_sought(row, sought)]
        if found:
            look.answer(_sentence(rows))
            look.facets(_facets(found))
            _list(rows, sought)
        else:
            why = tr(
                N_("An order is drafted on the page of an entry that is late, or in your own words here.")
            )
            look.empty_state(tr(N_("There are no supervision orders that you may see.")), why)
        if may(asker, "review_draft"):
            order_page.form(
                tr(N_("Draft an order in your own words")),
                order_page.boxes(None),
                tr(N_("Draft the order")),
                partial(_draft, asker),
            )
        words = N_("A unit sees the orders that were sent to it, and of those its own part.")
        look.coverage_line(tr(words), as_of=actions.today())


def _sentence(rows: Sequence[OrderRow]) -> Markup:
    words = N_("{count} orders: {open} under way, {late} of them overdue; {mine} wait for you.")
    under_way = [row for row in rows if row.issued_on and row.state != "closed"]
    late = sum(row.light == "overdue" for row in under_way)
    return phrase(
        words,
        count=len(rows),
        open=len(under_way),
        late=link(late, look.address(light=["overdue"])),
        mine=sum(row.waits > 0 for row in rows),
    )


def _facets(rows: Sequence[OrderRow]) -> list[look.Facet]:
    states = Counter(row.state for row in rows)
    stages = kinds()[KIND].levels["order"].stages.values()
    held = [(one.name, one.label[language()], states[one.name]) for one in stages if states[one.name]]
    lights = Counter(row.light for row in rows)
    lit = [(name, tr(face.word), lights[name]) for name, face in LIGHTS.items() if lights[name]]  # type: ignore[index]
    units = Counter(unit for row in rows for unit in row.units).most_common(UNITS_SHOWN)
    groups = [
        look.Facet("state", tr(N_("Step")), held),
        look.Facet("light", tr(N_("Light")), lit),
        look.Facet("unit", tr(N_("Unit")), [(unit, unit, count) for unit, count in units]),
    ]
    return [group for group in groups if group.values]


def _list(rows: Sequence[OrderRow], sought: Sought) -> None:
    query = {"state": [*sought.states], "light": [*sought.lights]}
    files = views_page.files("/api/v1/supervision", query | ({"unit": sought.unit} if sought.unit else {}))
    with look.section(tr(N_("The orders")), look.download_links(files)):
        _table(rows)


def _table(rows: Sequence[OrderRow]) -> None:
    if rows:
        shown = [name for name in ORDER_COLUMNS if any(getattr(row, name) for row in rows)]
        columns = [look.Column(name, tr(ORDER_COLUMNS[name])) for name in shown]
        first = look.first_of(len(rows), ROWS_SHOWN)
        cells = map(_cells, rows[first : first + ROWS_SHOWN])
        write(look.plain_table(columns, cells), classes="hai-data hai-scroll")
        write(look.pager(len(rows), ROWS_SHOWN), "p")
    else:
        write(tr(N_("No order is as you ask.")), "p", "hai-note")


def _cells(row: OrderRow) -> look.Cells:
    waits = look.chips([tr(N_("waits for you"))]) if row.waits else Markup("")
    share = f" ({row.closed}/{row.parts})" if 0 < row.closed < row.parts else ""
    return {
        "number_label": _unbroken(row.number_label or "–"),
        "title": link(row.title, f"/supervision/{row.id}") + Markup(" ") + waits,
        "units": "、".join(row.units),
        "state_label": _unbroken(f"{row.state_label}{share}"),
        "light": look.light(row.light, row.reason) if row.light else "–",
        "due_on": row.due_on or "–",
        "issued_on": row.issued_on or "–",
        "escalated": f"▲ {row.escalated}" if row.escalated else "",
    }


def _unbroken(words: str) -> Markup:
    return Markup('<span style="white-space: nowrap">{}</span>').format(words)


async def _draft(asker: Asker, written: order_page.Written) -> None:
    made = await to_thread(
        supervision_actions.draft, the_store(), asker, order_page.wording(written), None, language()
    )
    ui.navigate.to(f"/supervision/{made}")


async def item_part(node: int) -> None:
    """The orders about an entry, or that it is of, and the button that drafts one."""
    asker = await asker_now()
    if not supervision_actions.may_see(asker):
        return
    store = the_store()
    about, own = await to_thread(supervision_actions.orders_around, store, asker, node, language())
    for row in own:
        words = N_("It is supervised on the page of its order: {order}")
        write(phrase(words, order=link(row.number_label or row.title, f"/supervision/{row.id}")), "p")
    drafts = may(asker, "review_draft") and not own

    async def draft() -> None:
        made = await to_thread(supervision_actions.draft_on, store, asker, node, language())
        ui.navigate.to(f"/supervision/{made}")

    if about or drafts:
        with look.section(tr(N_("Supervision orders"))):
            if about:
                _table(about)
            if drafts:
                look.button(tr(N_("Draft a supervision order")), draft, main=not about)


async def home_part() -> None:
    """How many orders wait for the reader; nothing where none does."""
    asker = await asker_now()
    if asker.account is not None and supervision_actions.may_see(asker):
        found = await to_thread(supervision_actions.waiting, the_store(), asker, language())
        if found:
            words = N_("{count} supervision orders wait for you.")
            write(phrase(words, count=link(len(found), "/supervision")), "p", "hai-answer")


async def work_part(asker: Asker) -> None:
    """The orders that wait for the reader's units, on the page of their work."""
    rows = await to_thread(supervision_actions.waiting, the_store(), asker, language())
    if rows:
        with look.section(tr(N_("Supervision orders")), str(len(rows))):
            _table(rows)
