"""What two sides ask of a request; requests are registers of the ledger of the kind `request`.

In the ledger those write who review. Of a request each side writes its own part: this file checks the side
and then acts in the ledger with the right of the office; the audit chain names the account.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from haihe.boards.accounts import OPERATOR, Asker, Grant, may, require, require_part
from haihe.boards.ledger import Edit, Node, Plan, Step
from haihe.boards.ledger import actions as ledger
from haihe.boards.office.meeting_actions import registers
from haihe.boards.office.prints import Paper
from haihe.boards.office.requests import (
    DEEDS,
    Deed,
    RequestRow,
    Side,
    answered,
    possible,
    request_paper,
    words_of,
)
from haihe.boards.registry import actions as registry
from haihe.kit.clock import day_in_region
from haihe.kit.errors import N_, Conflict, Forbidden, Invalid, NotFound
from haihe.store.opening import Store

KIND = "request"

today = ledger.today


@dataclass(frozen=True, slots=True)
class Asked:
    """What one unit asks of others, by when; it goes into the register of a name."""

    register: str
    title: str
    text: str
    asked_by: str
    asked_of: tuple[str, ...]
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a side does with a request: its words are the answer, or the reason to ask again."""

    deed: Deed
    words: str = ""
    supply: str = ""


def requests(store: Store, asker: Asker, language: str) -> list[RequestRow]:
    """The requests that the asker may see: all with a role for the whole house, else those of their units."""
    require_part(asker, "see_unpublished")
    rows = [
        _row(store, asker, plan, standing.node, language)
        for plan in registers(store, OPERATOR, KIND)
        for standing in ledger.tree_of(store, OPERATOR, plan.id, today())
    ]
    order = ("late", "open", "answered_late", "in_time")
    seen = [row for row in rows if row is not None]
    return sorted(seen, key=lambda row: (order.index(row.answered), row.due_on or date.max, row.id))


def request_at(store: Store, asker: Asker, node: int, language: str) -> RequestRow:
    """A request; raises NotFound, also for one that the asker may not see."""
    require_part(asker, "see_unpublished")
    item = ledger.node_at(store, OPERATOR, node, today())
    row = None
    if item.standing.node.register == KIND:
        row = _row(store, asker, item.plan, item.standing.node, language)
    if row is None:
        raise NotFound(
            N_("There is no request {node} that you may see."),
            advice=N_("Look at the list of requests."),
            node=node,
        )
    return row


def _row(store: Store, asker: Asker, plan: Plan, node: Node, language: str) -> RequestRow | None:
    """A request as a row; None where the asker answers for neither side and sees only their own units'."""
    by = str(node.values.get("asked_by") or "")
    asking = {entity_of(store, by)}
    asked = {share.entity or 0 for share in node.shares}
    if not any(may(asker, "see_unpublished", unit) for unit in (0, *asking, *asked)):
        return None
    sides: list[Side] = []
    for side, units in (("asking", asking), ("asked", asked)):
        if any(may(asker, "report_item", unit) for unit in units):
            sides.append(side)  # type: ignore[arg-type]  # mypy forgets the literals of a tuple
    stage = node.stage or "sent"
    on = _answered_on(store, node)
    state, days = answered(node.due_on, on, today())
    return RequestRow(
        id=node.id,
        plan=plan.id,
        plan_name=plan.name,
        title=node.title,
        text=node.text,
        asked_by=by,
        asked_of=list(node.named("lead")),
        due_on=node.due_on,
        stage=stage,
        stage_label=ledger.offered()[KIND].levels["request"].stages[stage].label[language],
        answered_on=on,
        answered=state,
        days=days,
        words=words_of(state, days, language),
        answer=str(node.values.get("answer") or "") if on else "",
        supply=str(node.values.get("supply") or "") if on else "",
        sides=sides,
        deeds=possible(stage, sides),
    )


def _answered_on(store: Store, node: Node) -> date | None:
    """The day of the answer that holds: of one that was accepted, the last day on which it was given."""
    if node.stage in ("answered", "declined"):
        return node.stage_on
    if node.stage != "closed":
        return None
    moves = ledger.node_at(store, OPERATOR, node.id, today()).moves
    return next((day_in_region(move.at) for move in moves if move.after == "answered"), node.stage_on)


def entity_of(store: Store, unit: str) -> int:
    """The registry's number of a unit by name; 0 where none is meant or more than one may be."""
    found = registry.resolve_unit(store, unit) if unit else ()
    if found and all(other.distance > found[0].distance for other in found[1:]):
        return found[0].id
    return 0


def ask(store: Store, asker: Asker, asked: Asked) -> int:
    """Ask something of other units on behalf of one's own; returns the number of the request."""
    require(asker, "report_item", entity_of(store, asked.asked_by))
    if not asked.asked_of or asked.asked_by in asked.asked_of:
        raise Invalid(
            N_("A request is asked of another unit than the one that asks."),
            advice=N_("Name the unit that is to answer."),
        )
    known = {one.name: one.id for one in registers(store, OPERATOR, KIND)}
    name = " ".join(asked.register.split())
    plan = known.get(name) or ledger.begin_register(store, asker, name, KIND)
    edit = Edit(
        asked.title,
        asked.text,
        "request",
        due_on=asked.due_on,
        lead=asked.asked_of,
        values={"asked_by": asked.asked_by},
    )
    return ledger.add_node(store, _office(asker), plan, None, edit)


def reply(store: Store, asker: Asker, node: int, given: Reply) -> None:
    """Take a request on, answer or decline it for the side that is asked; end it or ask again for the other.

    Raises Forbidden for the other side, Conflict in a stage that does not allow it, Invalid for no answer.
    """
    row = request_at(store, asker, node, "en")
    side, stages, stage = DEEDS[given.deed]
    if side not in row.sides:
        raise Forbidden(
            N_("This is for {units} to do."),
            advice=N_("Each side writes its own part: who is asked answers, who asks accepts the answer."),
            units=row.asked_by if side == "asking" else "、".join(row.asked_of),
        )
    if row.stage not in stages:
        raise Conflict(
            N_("As {title} stands, this cannot be done with it."),
            advice=N_("Load it again and look at where it stands now."),
            title=row.title,
        )
    answering = given.deed in ("answer", "decline")
    if answering and not given.words.strip():
        raise Invalid(N_("The answer says nothing."), advice=N_("Write what is answered."))
    values = {"answer": given.words.strip(), "supply": given.supply.strip()} if answering else {}
    step = Step(stage, given.words if given.deed == "reopen" else "", values)
    ledger.move_node(store, _office(asker), node, step)


def _office(asker: Asker) -> Asker:
    """The same account with the right of the office, after its own right was checked."""
    return replace(asker, grants=(Grant("supervisor"),))


def paper(store: Store, asker: Asker, node: int, language: str) -> Paper:
    """A request with its answer as a paper to hand on."""
    return request_paper(request_at(store, asker, node, language), language)
