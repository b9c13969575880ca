"""Supervision (督查督办): an order, the parts of its units, and who may do what with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Literal

from haihe.boards.ledger.kinds import kinds
from haihe.boards.ledger.records import Light, LightState, Move, Node, Report, Share, Standing
from haihe.kit.errors import N_, Conflict, Invalid, NotFound
from haihe.kit.limits import NAME_CHARACTERS_MAX

Side = Literal["drafter", "reviewer", "unit"]
Subject = Literal["order", "part"]
Deed = Literal[
    "amend", "discard", "approve", "decline", "issue",
    "receive", "object", "reissue", "release", "handle", "answer", "check", "redo", "close",
]  # fmt: skip
KIND = "supervision"
UNITS_MAX = 100
WORKDAYS_MAX = 250
TEXT_CHARACTERS_MAX = 5_000


@dataclass(frozen=True, slots=True)
class Way:
    """What a deed takes: whose it is, in which stages of an order or a part, and the stage that it leads to.

    A `reasoned` one is given words; an `undoable` one lets nothing out and can be taken back; what leads
    `forward` is waited for.
    """

    side: Side
    of: Subject
    stages: tuple[str, ...]
    stage: str
    reasoned: bool = False
    undoable: bool = False
    forward: bool = True


DEEDS: Mapping[Deed, Way] = {
    "approve": Way("reviewer", "order", ("raised",), "examined", undoable=True),
    "issue": Way("drafter", "order", ("examined",), "issued"),
    "amend": Way("drafter", "order", ("raised",), "raised", forward=False),
    "decline": Way("reviewer", "order", ("raised", "examined"), "raised", reasoned=True, forward=False),
    "discard": Way("drafter", "order", ("raised",), "raised", reasoned=True, forward=False),
    "receive": Way("unit", "part", ("issued",), "received", undoable=True),
    "handle": Way("unit", "part", ("received",), "handled", undoable=True),
    "answer": Way("unit", "part", ("received", "handled"), "answered", reasoned=True),
    "object": Way("unit", "part", ("issued", "received"), "examined", reasoned=True, forward=False),
    "reissue": Way("drafter", "part", ("examined",), "issued"),
    "release": Way("drafter", "part", ("examined",), "closed", reasoned=True, forward=False),
    "check": Way("drafter", "part", ("answered",), "checked", undoable=True),
    "close": Way("drafter", "part", ("checked",), "closed", undoable=True),
    "redo": Way("drafter", "part", ("answered", "checked"), "handled", reasoned=True, forward=False),
}
"""What can be done with an order and its parts, the next step first and what returns it last."""

DEED_LABELS: Mapping[Deed, str] = {
    "amend": N_("Amend the draft"),
    "discard": N_("Discard the draft"),
    "approve": N_("Approve it"),
    "decline": N_("Return it to the drafter"),
    "issue": N_("Send it down"),
    "receive": N_("Sign for it"),
    "object": N_("Send it back unsigned"),
    "reissue": N_("Send it down again"),
    "release": N_("Release the unit from it"),
    "handle": N_("Begin handling it"),
    "answer": N_("Give feedback"),
    "check": N_("Pass the review"),
    "redo": N_("Return it to be done again"),
    "close": N_("Close it"),
}
"""The words of what can be done."""


@dataclass(frozen=True, slots=True)
class Why:
    """Why an order was drafted: how the entry that it is about stood then, and where that came from."""

    title: str
    place: str
    register: str
    state: LightState
    reason: str
    facts: Mapping[str, Any]
    source_id: str | None


@dataclass(frozen=True, slots=True)
class Escalation:
    """A step up: of which deadline it fell on a day, who is told, why, and how its letters stand."""

    id: int
    step: str
    due_on: date
    fell_on: date
    posts: tuple[str, ...]
    light: Light
    letters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """What one unit has to do of an order; its moves and reports begin with the latest."""

    standing: Standing
    escalations: tuple[Escalation, ...] = ()
    moves: tuple[Move, ...] = ()
    reports: tuple[Report, ...] = ()

    @property
    def node(self) -> Node:
        """Its node in the register."""
        return self.standing.node

    @property
    def unit(self) -> Share:
        """The unit that it is addressed to."""
        return next(iter(self.node.shares), Share("–", "lead"))


@dataclass(frozen=True, slots=True)
class Order:
    """An order with what was decided on it: `approved` and `issued` by whom and when, `number` of which year.

    `workdays` count from the day of issue; `returned` says why it lies with its drafters again.
    """

    standing: Standing
    register: str
    about: int | None
    why: Why | None
    units: tuple[Share, ...]
    workdays: int | None
    due_on: date | None
    drafters: tuple[str, ...]
    drafted_at: datetime
    returned: str | None
    approved: tuple[str, datetime] | None
    approved_sha256: str | None
    issued: tuple[str, datetime] | None
    number: tuple[int, int] | None
    parts: tuple[Part, ...]
    moves: tuple[Move, ...] = ()

    @property
    def node(self) -> Node:
        """Its node in the register."""
        return self.standing.node

    @property
    def state(self) -> str:
        """The step that it is in: once it is issued, that of the part which is furthest behind."""
        if self.issued is None:
            return "examined" if self.approved else "raised"
        order = list(kinds()[KIND].levels["part"].stages)
        places = [max(order.index(part.node.stage or "issued"), order.index("issued")) for part in self.parts]
        return order[min(places)] if places else "issued"

    @property
    def digest(self) -> str:
        """What stands for its words, units and deadline: another one once any of them changes."""
        said = (self.node.title, self.node.text, self.node.values.get("basis"), self.units)
        return sha256(repr((*said, self.workdays, self.due_on)).encode()).hexdigest()

    @property
    def actors(self) -> set[str]:
        """Who did something with it, as the audit chain names them."""
        deciders = (one[0] for one in (self.approved, self.issued) if one)
        moves = (*self.moves, *(move for part in self.parts for move in part.moves))
        reports = (report.by for part in self.parts for report in part.reports)
        return {*self.drafters, *deciders, *(move.by for move in moves), *reports}

    def with_moves(self, moves: tuple[Move, ...], parts: tuple[Part, ...]) -> Order:
        """The same with its moves, and its parts with theirs."""
        return replace(self, moves=moves, parts=parts)

    def seen(self, parts: Iterable[int]) -> Order:
        """The same with some of its parts."""
        kept = set(parts)
        return replace(self, parts=tuple(part for part in self.parts if part.node.id in kept))

    def part(self, number: int | None) -> Part:
        """The part with a number; raises NotFound."""
        for part in self.parts:
            if part.node.id == number:
                return part
        raise NotFound(
            N_("The order has no part {part} that you may see."),
            advice=N_("Load it again; its parts are listed unit by unit."),
            part=number or "–",
        )


@dataclass(frozen=True, slots=True)
class Wording:
    """What an order says: its matter, what is asked of which units, on which basis, and by when.

    Its deadline is a number of workdays from issue on, or a day.
    """

    title: str
    text: str
    units: tuple[str, ...]
    basis: str = ""
    workdays: int | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be done with an order or with one of its parts, with the words and evidence that go with it.

    A new deadline is a number of workdays from today on.
    """

    deed: Deed
    part: int | None = None
    words: str = ""
    evidence: tuple[int, ...] = ()
    workdays: int | None = None


@dataclass(frozen=True, slots=True)
class Rights:
    """Whose deeds somebody may do on an order, and on each of its parts by number.

    `names` are those of accounts, as the audit chain names them.
    """

    order: tuple[Side, ...]
    parts: Mapping[int, tuple[Side, ...]]
    names: Mapping[str, str] = field(default_factory=dict)


def possible(of: Subject, stage: str, sides: Iterable[Side]) -> list[Deed]:
    """What some sides may do with an order or a part in a stage."""
    held = set(sides)
    return [deed for deed, way in DEEDS.items() if way.of == of and way.side in held and stage in way.stages]


def undone(of: Subject, before: str | None, after: str | None) -> Deed | None:
    """The deed that a move was made by, where it can be taken back; None for every other move."""
    found = (
        deed
        for deed, way in DEEDS.items()
        if way.undoable and way.of == of and way.stage == after and before in way.stages
    )
    return next(found, None)


def deeds_of(order: Order, rights: Rights) -> list[Deed]:
    """What may be done with an order itself: one that was returned is to be amended first."""
    away = ("approve", "decline") if order.returned is not None else ()
    return [deed for deed in possible("order", order.state, rights.order) if deed not in away]


def part_deeds(part: Part, rights: Rights) -> list[Deed]:
    """What may be done with a part."""
    return possible("part", part.node.stage or "", rights.parts.get(part.node.id, ()))


def own_sides(part: Part, rights: Rights) -> tuple[Side, ...]:
    """Whose deeds on a part are somebody's own: the office's may do those of a unit only on its behalf."""
    sides = rights.parts.get(part.node.id, ())
    return tuple(side for side in sides if side != "unit") or sides


def undo_of(order: Order, part: Part | None, rights: Rights) -> Deed | None:
    """The last deed on an order or a part, where its side can take it back; nothing of an issued order."""
    if part is None and order.issued:
        return None
    of: Subject = "part" if part else "order"
    moves, sides = (part.moves, rights.parts.get(part.node.id, ())) if part else (order.moves, rights.order)
    now = part.node.stage if part else order.state
    if not moves or moves[0].after != now:
        return None
    deed = undone(of, moves[0].before, moves[0].after)
    return deed if deed and DEEDS[deed].side in sides else None


def checked(wording: Wording) -> Wording:
    """What an order says as it may be stored; raises Invalid for no deadline, or for too many units."""
    units = tuple(dict.fromkeys(filter(None, map(plain, wording.units))))
    if len(units) > UNITS_MAX or any(len(unit) > NAME_CHARACTERS_MAX for unit in units):
        raise Invalid(
            N_("An order is addressed to at most {limit} units."),
            advice=N_("Make a second order for the others."),
            limit=UNITS_MAX,
        )
    days = wording.workdays
    if (days is None) == (wording.due_on is None) or not 0 < (days or 1) <= WORKDAYS_MAX:
        raise Invalid(
            N_("An order is answered within 1 to {limit} workdays, or by a day; one of the two."),
            advice=N_("Give a number of workdays from issue on, or a day."),
            limit=WORKDAYS_MAX,
        )
    for words in (wording.text, wording.basis):
        if len(words) > TEXT_CHARACTERS_MAX:
            raise Invalid(
                N_("The order has {count} characters; it may have {limit}."),
                advice=N_("Say it more briefly."),
                count=len(words),
                limit=TEXT_CHARACTERS_MAX,
            )
    return replace(wording, units=units, text=plain(wording.text), basis=plain(wording.basis))


def plain(words: str) -> str:
    """Words without the space around them, and without what no text can hold."""
    return words.replace("\0", "").strip()


def checked_days(workdays: int | None) -> int | None:
    """A new deadline in workdays; raises Invalid for none that can be kept."""
    if workdays is not None and not 0 < workdays <= WORKDAYS_MAX:
        raise Invalid(
            N_("{days} workdays are no deadline."),
            advice=N_("Give 1 to {limit} workdays."),
            days=workdays,
            limit=WORKDAYS_MAX,
        )
    return workdays


def check_whole(order: Order) -> None:
    """Raise Invalid for an order that says nothing or names no unit."""
    if not order.units or not order.node.text:
        raise Invalid(
            N_("The order names no unit, or does not say what is asked."),
            advice=N_("Amend the draft first."),
        )


def check_unchanged(order: Order) -> None:
    """Raise Conflict for an order whose words are not those that were approved."""
    if order.approved_sha256 != order.digest:
        raise Conflict(
            N_("{title} was changed after it was approved."),
            advice=N_("Return it, amend the draft and have it approved again."),
            title=order.node.title,
        )


def no_order(order: object) -> NotFound:
    """The error for an order that is not there or not for the asker."""
    return NotFound(
        N_("There is no supervision order {order} that you may see."),
        advice=N_("Look at the list of orders; before it is sent down, only the office sees one."),
        order=order,
    )
