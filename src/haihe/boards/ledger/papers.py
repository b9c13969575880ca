"""A supervision order as a paper (督办单): what, why, who and by when, with a line for each unit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from html import escape

from haihe.boards.ledger.orders import OrderDetail, PartRow
from haihe.kit import resources
from haihe.kit.clock import day_in_region
from haihe.kit.errors import N_
from haihe.kit.words import say

_COLUMNS = (N_("Unit"), N_("Signed for on"), N_("How it was handled"), N_("Result of the review"))


def html_of(found: OrderDetail, language: str) -> str:
    """The order as a page that prints on A4 by itself, with nothing fetched from elsewhere."""
    row = found.order
    number = row.number_label or say(N_("draft, not issued"), language)
    names = (escape(say(name, language)) for name in _COLUMNS)
    return resources.text("boards/ledger/supervision.html").format(
        language=language,
        style=resources.text("boards/ledger/supervision.css"),
        title=escape(f"{number} {row.title}"),
        heading=escape(say(N_("Supervision order"), language)),
        number=escape(number),
        facts="".join(_row("th", "td", name, said) for name, said in _facts(found, language)),
        columns="".join(f"<th>{name}</th>" for name in names),
        parts="".join(_part(one) for one in found.parts)
        or "".join(_cells((unit, "", "", "")) for unit in row.units),
        closing=escape(say(N_("Please sign for it and answer in time."), language)),
    )


def _facts(found: OrderDetail, language: str) -> Iterable[tuple[str, str]]:
    row = found.order
    by = row.due_on.isoformat() if row.due_on else ""
    if not by and found.workdays:
        by = say(N_("{days} workdays from issue on"), language, days=found.workdays)
    known = (
        (N_("What is supervised"), row.title),
        (N_("Basis"), found.basis),
        (N_("Why"), f"{found.why_title}\n{found.why}".strip()),
        (N_("What the units are asked"), found.text),
        (N_("Addressed to"), "、".join(row.units)),
        (N_("Feedback due by"), by),
        (N_("Drafted by"), "、".join(found.drafted_by)),
        (N_("Approved by"), found.approved_by),
        (N_("Sent down on"), row.issued_on.isoformat() if row.issued_on else ""),
    )
    return ((say(name, language), said) for name, said in known if said)


def _part(one: PartRow) -> str:
    done = "\n".join(answer.words for answer in one.answers[:1] if answer.kind == "answer")
    reviewed = one.stage_label if one.stage in ("checked", "closed") else ""
    return _cells((one.unit, _day(one.signed_at), done, reviewed))


def _day(at: datetime | None) -> str:
    return day_in_region(at).isoformat() if at else ""


def _cells(cells: Iterable[str]) -> str:
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"


def _row(head: str, body: str, name: str, said: str) -> str:
    return f"<tr><{head}>{escape(name)}</{head}><{body}>{escape(said)}</{body}></tr>"
