"""The page of a supervision order: what and why, each unit's steps, and what the reader may do."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from markupsafe import Markup
from nicegui import ui
from nicegui.events import GenericEventArguments as Sent

from haihe import ui as look
from haihe.boards.accounts import Asker
from haihe.boards.accounts.request_actions import asker_now
from haihe.boards.ledger import actions, evidence_page, supervision_actions
from haihe.boards.ledger.cells import proof_of
from haihe.boards.ledger.escalations import rules_on
from haihe.boards.ledger.forms import SUBMIT, Box, Offer, day_of, number_of
from haihe.boards.ledger.kinds import kinds
from haihe.boards.ledger.orders import (
    ANSWER_LABELS,
    LETTER_LABELS,
    AnswerRow,
    EscalationRow,
    OrderDetail,
    PartRow,
)
from haihe.boards.ledger.supervision import DEED_LABELS, DEEDS, KIND, Deed, Wish, Wording
from haihe.boards.ledger.values import names_of
from haihe.kit.clock import REGION, day_in_region
from haihe.kit.errors import N_
from haihe.store.opening import the_store
from haihe.ui import language, link, number_link, phrase, tr, write

_DAYS = ' inputmode="numeric"'

Written = dict[str, str]


async def order(order: int) -> None:
    """An order: what and why, by when, each unit's steps with what the reader may do, and what happened."""
    asker = await asker_now()
    with look.frame(tr(N_("Supervision order")), heading=False):
        found = await to_thread(supervision_actions.order_at, the_store(), asker, order, language())
        row = found.order
        ui.page_title(row.title)
        write(link(tr(N_("Supervision orders")), "/supervision"), "p", "hai-note")
        write(look.chips(filter(None, (row.number_label, row.state_label))), "p")
        write(row.title, "h1", "hai-answer")
        write(_stands(found), "p")
        if found.returned:
            words = tr(N_("Returned to the drafter: {reason}"), reason=found.returned)
            write(f"▲ {words}", "p", "hai-empty").props("role=alert")
        if not found.parts:
            look.stepper(_steps(row.state), partial(_undo, asker, row.id, None) if found.undo else None)
        _deeds(_Desk(asker, found, None), found.deeds)
        look.particulars(_particulars(found))
        if found.text:
            write(found.text, "blockquote")
        for part in found.parts:
            _part(asker, found, part)
        _history(found)
        ways = [link(tr(N_("Print")), f"/api/v1/supervision/{row.id}/paper")]
        ways.append(link(tr(N_("The entry in the ledger")), f"/item/{row.id}"))
        write(Markup(" · ").join(ways), "p")
        words = N_(
            "Every step is kept with who made it and when. Workdays leave out the public holidays of China."
        )
        look.coverage_line(tr(words), as_of=actions.today())


def _stands(found: OrderDetail) -> Markup:
    """Where an order stands, as a sentence."""
    row = found.order
    if not found.parts:
        words = N_("A draft: it is sent down once somebody else than who drafted it has approved it.")
        if row.state == "examined":
            words = N_("Approved by {by}: it can be sent down.")
        return phrase(words, by=found.approved_by)
    words = N_("{answered} of {count} units have answered, {closed} are closed; {light}.")
    if row.due_on and row.state != "closed":
        words = N_(
            "{answered} of {count} units have answered, {closed} are closed; the next answer is due on "
            "{day}; {light}."
        )
    answered = sum(part.stage in ("answered", "checked", "closed") for part in found.parts)
    light = look.light(row.light) if row.light else Markup("–")
    return phrase(words, answered=answered, count=row.parts, closed=row.closed, day=row.due_on, light=light)


def _particulars(found: OrderDetail) -> Iterable[tuple[str, object]]:
    row = found.order
    if found.why_title:
        title = link(found.why_title, f"/item/{row.about}") if row.about else Markup.escape(found.why_title)
        yield tr(N_("About")), title
        reason = number_link(found.why, found.source_id) if found.source_id else Markup.escape(found.why)
        lamp = look.light(found.why_state) + Markup(" ") if found.why_state else Markup("")
        yield tr(N_("Why")), lamp + reason
    if found.basis:
        yield tr(N_("Basis")), found.basis
    yield tr(N_("Addressed to")), "、".join(row.units) or None
    words = N_("{days} workdays from issue on")
    yield tr(N_("Feedback due by")), row.due_on or tr(words, days=found.workdays)
    yield tr(N_("Drafted by")), f"{'、'.join(found.drafted_by)} · {row.drafted_on}"
    if found.approved_at:
        yield tr(N_("Approved by")), _by(found.approved_by, day_in_region(found.approved_at))
    if found.issued_at:
        yield tr(N_("Sent down by")), _by(found.issued_by, day_in_region(found.issued_at))


def _by(name: str, on: date) -> str:
    return f"{name} · {on}"


def _steps(state: str) -> list[look.Step]:
    stages = list(kinds()[KIND].levels["order"].stages.values())
    now = [stage.name for stage in stages].index(state)
    states = ("done" if place < now else "now" if place == now else "next" for place in range(len(stages)))
    return [look.Step(stage.label[language()], one) for stage, one in zip(stages, states, strict=True)]  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class _Desk:
    """Who does something, with an order or with one of its parts."""

    asker: Asker
    found: OrderDetail
    part: PartRow | None


def _part(asker: Asker, found: OrderDetail, part: PartRow) -> None:
    """What one unit has to do: its steps, its deadlines, what it answered and how it went up."""
    title = link(part.unit, f"/entity/{part.entity}") if part.entity else Markup.escape(part.unit)
    with look.section(part.unit, look.light(part.light, part.reason)):
        undo = partial(_undo, asker, found.order.id, part.id) if part.undo else None
        look.stepper(_steps(part.stage), undo)
        pairs: list[tuple[str, object]] = [(tr(N_("Unit")), title)]
        if part.sign_by:
            pairs.append((tr(N_("To be signed for by")), part.sign_by))
        pairs.append((tr(N_("Feedback due by")), part.due_on))
        if part.returned:
            pairs.append((tr(N_("Reason for return")), f"▲ {part.returned}"))
        look.particulars(pairs)
        _answers(part.answers)
        desk = _Desk(asker, found, part)
        own = [deed for deed in part.deeds if DEEDS[deed].side in part.sides]
        _deeds(desk, own)
        if others := [deed for deed in part.deeds if deed not in own]:
            with ui.element("details").style("width: 100%"):
                write(tr(N_("On behalf of the unit")), "summary", "nicegui-link")
                _deeds(desk, others)
        _escalations(part.escalations)


def _answers(answers: Sequence[AnswerRow]) -> None:
    block = Markup("<blockquote><small>{} · {:%Y-%m-%d}{}</small><br>{}<br>{}</blockquote>")
    for one in answers:
        proofs = Markup(" · ").join(link(proof.name, proof_of(proof)) for proof in one.evidence)
        mark = f" · {tr(ANSWER_LABELS[one.kind])}"
        write(block.format(one.by, one.at.astimezone(REGION), mark, one.words, proofs))


def _escalations(rows: Sequence[EscalationRow]) -> None:
    if not rows:
        return
    labels = {
        "fell_on": N_("Day"),
        "posts": N_("Escalated to"),
        "reason": N_("Why"),
        "letters": N_("Letters"),
    }
    cells = (
        {
            "fell_on": row.fell_on,
            "posts": row.posts,
            "reason": row.reason,
            "letters": "、".join(tr(LETTER_LABELS[state]) for state in row.letters)
            or tr(N_("no letter: no channel is set up, or a later step told it")),
        }
        for row in rows
    )
    columns = [look.Column(name, tr(words)) for name, words in labels.items()]
    write(look.plain_table(columns, cells, tr(N_("Steps up"))), classes="hai-data hai-scroll")


def _deeds(desk: _Desk, deeds: Sequence[Deed]) -> None:
    """What the reader may do: at once by a button, with words by a form; what leads on comes first."""
    plain = [deed for deed in deeds if not _asked(desk, deed)]
    with ui.element("div").classes("hai-row"):
        for place, deed in enumerate(plain):
            look.button(tr(DEED_LABELS[deed]), partial(_act, desk, deed, [], {}), main=not place)
    for deed in deeds:
        if deed in plain:
            continue
        evidence: list[int] = []
        if deed == "answer" and desk.part:
            evidence = evidence_page.chooser(desk.asker, desk.part.id)
        words = tr(DEED_LABELS[deed])
        opened = deed == "answer" or (deed == "amend" and bool(desk.found.returned))
        form(words, _asked(desk, deed), words, partial(_act, desk, deed, evidence), opened=opened)


def _asked(desk: _Desk, deed: Deed) -> list[Box]:
    """What a deed takes beside the press of a button."""
    if deed == "amend":
        return list(boxes(desk.found))
    asked = []
    if DEEDS[deed].reasoned:
        words = N_("How it was handled") if deed == "answer" else N_("Reason")
        asked.append(Box("words", tr(words), "area", required=True))
    if deed in ("redo", "reissue"):
        days = rules_on(actions.today()).redo_workdays if deed == "redo" else desk.found.workdays
        asked.append(Box("workdays", tr(N_("Workdays from today on")), value=days, rest=_DAYS))
    return asked


async def _act(desk: _Desk, deed: Deed, evidence: list[int], written: Written) -> None:
    order, part = desk.found.order.id, desk.part.id if desk.part else None
    if deed == "amend":
        await to_thread(supervision_actions.amend, the_store(), desk.asker, order, wording(written))
    else:
        days = _number(written.get("workdays", ""))
        wish = Wish(deed, part, written.get("words", ""), tuple(evidence), days)
        await to_thread(supervision_actions.act, the_store(), desk.asker, order, wish)
    ui.navigate.to("/supervision") if deed == "discard" else ui.navigate.reload()


async def _undo(asker: Asker, order: int, part: int | None) -> None:
    await to_thread(supervision_actions.undo, the_store(), asker, order, part)
    ui.navigate.reload()


def _history(found: OrderDetail) -> None:
    moves = [(move, "") for move in found.moves] + [
        (move, part.unit) for part in found.parts for move in part.moves
    ]
    moments = [
        look.Moment(
            f"{move.at.astimezone(REGION):%Y-%m-%d %H:%M}",
            " · ".join(filter(None, (unit, f"{move.before} → {move.after}"))),
            " · ".join(filter(None, (move.by, move.reason))),
        )
        for move, unit in sorted(moves, key=lambda each: each[0].at, reverse=True)
    ]
    if moments:
        with look.section(tr(N_("What happened"))):
            look.timeline(moments)


def form(
    title: str,
    asked: Iterable[Box],
    submit: str,
    on_sent: Callable[[Written], Awaitable[None]],
    *,
    opened: bool = False,
) -> None:
    """A form under its title, which opens by a click."""
    with ui.element("details").style("width: 100%").props("open" if opened else ""):
        write(title, "summary", "nicegui-link")
        offer = Offer("move", title, tuple(asked), submit)
        form = write(Markup(offer.html()), "form", "hai-form")  # noqa: S704  escaped where it is made

    async def sent(event: Sent) -> None:
        await on_sent(event.args)

    form.on("submit", sent, js_handler=SUBMIT)


def boxes(found: OrderDetail | None) -> Iterable[Box]:
    """What a draft says, filled with what it says now."""
    days = found.workdays if found else rules_on(actions.today()).answer_workdays
    yield Box("title", tr(N_("What is supervised")), value=found.order.title if found else "", required=True)
    yield Box("text", tr(N_("What the units are asked")), "area", found.text if found else "", required=True)
    yield Box("basis", tr(N_("Basis")), "area", found.basis if found else "")
    units = "、".join(found.order.units) if found else ""
    yield Box("units", tr(N_("Units, with 、 between them")), value=units, required=True)
    yield Box("workdays", tr(N_("Workdays from issue on")), value=days, rest=_DAYS)
    day = found.order.due_on if found and not days else None
    yield Box("due_on", tr(N_("or answered by the day")), "date", day)


def wording(written: Written) -> Wording:
    """The draft that a form asks for; a day goes before a number of workdays."""
    due_on = day_of(written["due_on"])
    days = None if due_on else _number(written["workdays"])
    units = names_of(written["units"])
    return Wording(written["title"], written["text"], units, written["basis"], days, due_on)


def _number(written: str) -> int | None:
    found = number_of(written.strip())
    return None if found is None else round(found)
