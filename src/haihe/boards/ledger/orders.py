"""Supervision orders (督办单) as they are shown and handed out: lines of the list, and one with its parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from haihe.boards.ledger.escalations import POST_LABELS, awaited_of, sign_by
from haihe.boards.ledger.judgements import LIGHT_WORDS
from haihe.boards.ledger.kinds import kinds
from haihe.boards.ledger.records import LIGHT_STATES, Evidence, Light, LightState, Move, Report
from haihe.boards.ledger.rows import reason_of
from haihe.boards.ledger.supervision import (
    DEEDS,
    KIND,
    Deed,
    Escalation,
    Order,
    Part,
    Rights,
    Side,
    deeds_of,
    own_sides,
    part_deeds,
    undo_of,
)
from haihe.kit.clock import day_in_region
from haihe.kit.errors import N_
from haihe.kit.words import say

ORDER_COLUMNS: Mapping[str, str] = {
    "number_label": N_("Number"),
    "title": N_("What is supervised"),
    "units": N_("Addressed to"),
    "state_label": N_("Step"),
    "light": N_("Light"),
    "due_on": N_("Feedback due by"),
    "issued_on": N_("Sent down on"),
    "escalated": N_("Escalated to"),
}
"""The columns of the list of orders."""

Said = Literal["answer", "return", "report"]

ANSWER_LABELS: Mapping[Said, str] = {
    "answer": N_("feedback"),
    "return": N_("returned"),
    "report": N_("report on the way"),
}
"""What was said of a part."""

LETTER_LABELS: Mapping[str, str] = {
    "waiting": N_("waits to be sent"),
    "sending": N_("is being sent"),
    "sent": N_("sent"),
    "dead": N_("given up"),
    "withdrawn": N_("withdrawn"),
}
"""How the letters of a step up stand."""


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order as a line of the list, `escalated` to whom; `waits` counts what the reader can move on."""

    id: int
    number_label: str | None
    title: str
    register: str
    about: int | None
    units: list[str]
    state: str
    state_label: str
    light: LightState | None
    reason: str
    due_on: date | None
    drafted_on: date
    issued_on: date | None
    closed: int
    parts: int
    escalated: str
    waits: int


@dataclass(frozen=True, slots=True)
class MoveRow:
    """A step that was made: by whom, when, and why where it was a return."""

    at: datetime
    by: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True)
class EscalationRow:
    """A step up as it is shown; `letters` are the states of what was sent."""

    fell_on: date
    step: str
    due_on: date
    posts: str
    reason: str
    letters: list[str]


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """What was said of a part: feedback, the office's return of it, or a report on the way."""

    at: datetime
    by: str
    words: str
    kind: Said
    evidence: list[Evidence]


@dataclass(frozen=True, slots=True)
class PartRow:
    """What one unit has to do of an order, what the reader may do with it, on which `sides` of theirs."""

    id: int
    unit: str
    entity: int | None
    stage: str
    stage_label: str
    sign_by: date | None
    signed_at: datetime | None
    due_on: date | None
    light: LightState
    reason: str
    returned: str
    answers: list[AnswerRow]
    moves: list[MoveRow]
    escalations: list[EscalationRow]
    sides: list[Side]
    deeds: list[Deed]
    undo: Deed | None


@dataclass(frozen=True, slots=True)
class OrderDetail:
    """An order with all that its page shows; `why` is the light of what it is about, when it was drafted."""

    order: OrderRow
    text: str
    basis: str
    workdays: int | None
    why: str
    why_state: LightState | None
    why_title: str
    source_id: str | None
    drafted_by: list[str]
    returned: str
    approved_by: str
    approved_at: datetime | None
    issued_by: str
    issued_at: datetime | None
    deeds: list[Deed]
    undo: Deed | None
    moves: list[MoveRow]
    parts: list[PartRow]


def number_label(number: tuple[int, int], language: str) -> str:
    """The number of an order as it stands on paper."""
    return say(N_("Order {year}-{number}"), language, year=number[0], number=number[1])


def worst_of(order: Order) -> Light | None:
    """The worst light of the parts of an order; None before it is issued."""
    lights = (part.standing.light for part in order.parts)
    return min(lights, key=lambda light: LIGHT_STATES.index(light.state), default=None)


def order_row(order: Order, rights: Rights, language: str) -> OrderRow:
    """An order as a line of the list."""
    light = worst_of(order)
    open_parts = [part for part in order.parts if awaited_of(part.node.stage or "")]
    raised = [one for part in open_parts for one in part.escalations[:1]]
    last = max(raised, key=lambda one: (one.fell_on, one.id), default=None)
    units = [part.unit.name for part in order.parts] or [share.name for share in order.units]
    offered = [[DEEDS[deed].forward or order.returned is not None for deed in deeds_of(order, rights)]]
    for part in order.parts:
        own = own_sides(part, rights)
        ways = (DEEDS[deed] for deed in part_deeds(part, rights))
        offered.append([way.forward and way.side in own for way in ways])
    return OrderRow(
        id=order.node.id,
        number_label=number_label(order.number, language) if order.number else None,
        title=order.node.title,
        register=order.register,
        about=order.about,
        units=units,
        state=order.state,
        state_label=stage_label(order.state, language),
        light=light.state if light else None,
        reason=reason_of(light, language) if light else "",
        due_on=_due_on(order),
        drafted_on=day_in_region(order.drafted_at),
        issued_on=day_in_region(order.issued[1]) if order.issued else None,
        closed=sum(part.node.stage == "closed" for part in order.parts),
        parts=len(order.parts),
        escalated=posts_label(last.posts, language) if last else "",
        waits=sum(map(any, offered)),
    )


def _due_on(order: Order) -> date | None:
    """By when the next answer is due; of an order that is not issued the day that is set for it."""
    days = [part.node.due_on for part in order.parts if part.node.due_on and part.node.stage != "closed"]
    return (
        min(days)
        if days
        else max((part.node.due_on for part in order.parts if part.node.due_on), default=order.due_on)
    )


def detail_of(order: Order, rights: Rights, language: str) -> OrderDetail:
    """An order with all that its page shows."""
    why = order.why
    by, approved_at = order.approved or ("", None)
    issuer, issued_at = order.issued or ("", None)
    return OrderDetail(
        order=order_row(order, rights, language),
        text=order.node.text,
        basis=str(order.node.values.get("basis") or ""),
        workdays=order.workdays,
        why=reason_of(Light(why.state, why.reason, why.facts), language) if why else "",
        why_state=why.state if why else None,
        why_title=f"{why.register} {why.place} {why.title}" if why else "",
        source_id=why.source_id if why else None,
        drafted_by=[rights.names.get(one, one) for one in order.drafters],
        returned=order.returned or "",
        approved_by=rights.names.get(by, by),
        approved_at=approved_at,
        issued_by=rights.names.get(issuer, issuer),
        issued_at=issued_at,
        deeds=deeds_of(order, rights),
        undo=undo_of(order, None, rights),
        moves=_moves(order.moves, rights, language),
        parts=[_part_row(order, part, rights, language) for part in order.parts],
    )


def _part_row(order: Order, part: Part, rights: Rights, language: str) -> PartRow:
    node, light = part.node, part.standing.light
    back = next((move for move in part.moves if move.reason), None)
    returned = back.reason if back and part.moves[0] is back and back.after != "closed" else ""
    return PartRow(
        id=node.id,
        unit=part.unit.name,
        entity=part.unit.entity,
        stage=node.stage or "issued",
        stage_label=stage_label(node.stage or "issued", language),
        signed_at=next((move.at for move in part.moves if move.after == "received"), None),
        sign_by=sign_by(node.start_on) if node.start_on and node.stage == "issued" else None,
        due_on=node.due_on,
        light=light.state,
        reason=reason_of(light, language),
        returned=returned,
        answers=[_answer_row(part, one, rights) for one in part.reports],
        moves=_moves(part.moves, rights, language),
        escalations=[_escalation_row(one, language) for one in part.escalations],
        sides=list(own_sides(part, rights)),
        deeds=part_deeds(part, rights),
        undo=undo_of(order, part, rights),
    )


def _answer_row(part: Part, report: Report, rights: Rights) -> AnswerRow:
    """A report on a part; one that was filed with a step of the order was filed at its moment."""
    entered = {move.at: move.after for move in part.moves}.get(report.reported_at)
    kind: Said = "answer" if entered == "answered" else "return" if entered else "report"
    by = rights.names.get(report.by, report.by)
    return AnswerRow(report.reported_at, by, report.note, kind, list(report.evidence))


def _moves(moves: Iterable[Move], rights: Rights, language: str) -> list[MoveRow]:
    rows = []
    for move in moves:
        before, after = (stage_label(stage, language) for stage in move.stages)
        rows.append(MoveRow(move.at, rights.names.get(move.by, move.by), before, after, move.reason))
    return rows


def _escalation_row(one: Escalation, language: str) -> EscalationRow:
    reason = say(one.light.reason, language, **one.light.facts)
    posts = posts_label(one.posts, language)
    return EscalationRow(one.fell_on, one.step, one.due_on, posts, reason, list(one.letters))


def stage_label(stage: str, language: str) -> str:
    """A step in words; nothing for none."""
    stages = kinds()[KIND].levels["order"].stages
    return stages[stage].label[language] if stage in stages else ""


def posts_label(posts: Sequence[str], language: str) -> str:
    """Who is told, in words."""
    return ("、" if language == "zh" else ", ").join(say(POST_LABELS[post], language) for post in posts)


def cells_of(row: OrderRow, language: str) -> list[object]:
    """An order as a line of a file, by `ORDER_COLUMNS`."""
    told = {
        "units": "、".join(row.units),
        "light": say(LIGHT_WORDS[row.light], language) if row.light else "",
    }
    return [told.get(name, getattr(row, name)) for name in ORDER_COLUMNS]
