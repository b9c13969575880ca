"""What is asked of supervision orders: draft, have approved, send down, sign for, answer, review, close.

The office drafts, issues and reviews (`review_draft`); who speaks for it outside approves (`publish`), and
never what they drafted; a unit signs and answers for its own part (`report_item`) and sees no other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, or_, select, true

from haihe.boards.accounts import Asker, may, may_part, require, require_part, units_of
from haihe.boards.accounts.actions import actor_of, names_of
from haihe.boards.ledger import actions, checks, intake, tree
from haihe.boards.ledger import supervision_intake as written
from haihe.boards.ledger import supervision_tables as tables
from haihe.boards.ledger.escalations import rules_on
from haihe.boards.ledger.orders import OrderDetail, OrderRow, detail_of, order_row
from haihe.boards.ledger.records import Edit, Item
from haihe.boards.ledger.rows import place_of
from haihe.boards.ledger.supervision import (
    DEEDS,
    Deed,
    Order,
    Part,
    Rights,
    Side,
    Why,
    Wish,
    Wording,
    checked,
    deeds_of,
    no_order,
    part_deeds,
    plain,
    undo_of,
)
from haihe.boards.ledger.supervision_tables import SUPERVISION
from haihe.boards.ledger.tables import NODE
from haihe.kit.errors import N_, Conflict, Forbidden, Invalid
from haihe.kit.limits import NAME_CHARACTERS_MAX
from haihe.kit.words import Language, say
from haihe.store.opening import Store
from haihe.store.session import Session, reading, writing

RIGHTS: Mapping[Side, str] = {"drafter": "review_draft", "reviewer": "publish", "unit": "report_item"}
"""The action of the permission table that each side needs."""


@dataclass(frozen=True, slots=True)
class Sought:
    """Which orders are looked for: steps, lights, and the name or number of a unit; nothing is any."""

    states: Collection[str] = ()
    lights: Collection[str] = ()
    unit: str = ""


def orders(store: Store, asker: Asker, sought: Sought, language: str) -> list[OrderRow]:
    """The orders that the asker may see: of a unit those that were sent to it; the newest first."""
    return [row for row in _rows(store, asker, language, true()) if is_sought(row, sought)]


def is_sought(row: OrderRow, sought: Sought) -> bool:
    """Whether an order is one of those looked for."""
    return (
        (not sought.states or row.state in sought.states)
        and (not sought.lights or row.light in sought.lights)
        and (not sought.unit or sought.unit in row.units)
    )


def orders_around(
    store: Store, asker: Asker, node: int, language: str
) -> tuple[list[OrderRow], list[OrderRow]]:
    """The orders about an entry of a register that the asker may see, and the one that it is of itself."""
    upper = select(NODE.c.parent_id).where(NODE.c.id == node)
    own = (SUPERVISION.c.order_id == node) | SUPERVISION.c.order_id.in_(upper)
    rows = _rows(store, asker, language, (SUPERVISION.c.about_id == node) | own)
    about = [row for row in rows if row.about == node]
    return about, [row for row in rows if row.about != node]


def waiting(store: Store, asker: Asker, language: str) -> list[OrderRow]:
    """The orders that the asker has to move on, the newest first."""
    is_open = NODE.c.stage.is_distinct_from("closed")
    return [row for row in _rows(store, asker, language, is_open) if row.waits]


def may_see(asker: Asker) -> bool:
    """Whether the asker may see orders at all."""
    return may_part(asker, "see_unpublished")


def _rows(store: Store, asker: Asker, language: str, condition: ColumnElement[bool]) -> list[OrderRow]:
    require_part(asker, "see_unpublished")
    units = units_of(asker, "see_unpublished")
    mine = true() if units is None else tables.addressed_to(units)
    with reading(store.engine) as connection:
        found = tables.orders_where(connection, actions.today(), condition, mine)
    seen = filter(None, (_seen(asker, order) for order in found))
    return [order_row(order, rights_of(asker, order), language) for order in seen]


def order_at(store: Store, asker: Asker, order: int, language: str) -> OrderDetail:
    """An order with all that its page shows; raises NotFound, also for one that the asker may not see."""
    require_part(asker, "see_unpublished")
    with reading(store.engine) as connection:
        found = _seen(asker, tables.order_at(connection, order, actions.today()))
        if found is None:
            raise no_order(order)
        names = names_of(connection, found.actors)
    return detail_of(found, replace(rights_of(asker, found), names=names), language)


def _seen(asker: Asker, order: Order) -> Order | None:
    """An order with the parts that somebody may see; None where it is none of their business."""
    units = units_of(asker, "see_unpublished")
    if units is None:
        return order
    own = [part.node.id for part in order.parts if part.unit.entity in units]
    return order.seen(own) if own else None


def rights_of(asker: Asker, order: Order) -> Rights:
    """Whose part the asker may do of an order; who drafted it does not approve it."""
    office: tuple[Side, ...] = ("drafter",) if may(asker, "review_draft") else ()
    if may(asker, "publish") and actor_of(asker).name not in order.drafters:
        office += ("reviewer",)
    unit: tuple[Side, ...] = (*office, "unit")
    parts = {
        part.node.id: unit if may(asker, "report_item", part.unit.entity) else office for part in order.parts
    }
    return Rights(office, parts)


def draft(
    store: Store, asker: Asker, wording: Wording, about: int | None = None, language: Language = "zh"
) -> int:
    """Draft an order in words of one's own, about an entry of a register or none; returns its number."""
    require(asker, "review_draft")
    wording, item = _checked(wording), None
    if about is not None:
        item = actions.node_at(store, asker, about, actions.today())
        tree.check_accepted(item.standing.node, item.above)
    known = _known(store, wording, item)
    with writing(store.engine, actor_of(asker)) as session:
        plan = written.register_for(session, language)
        cause = (item.standing.node.id, _why(item)) if item else None
        order = written.put_order(session, plan, wording, known, cause)
        session.record("draft_order", f"node/{order}", {"about": about, "units": list(wording.units)})
        session.commit()
    return order


def draft_on(store: Store, asker: Asker, about: int, language: Language) -> int:
    """Draft an order about an entry of a register from what is known of it; returns its number."""
    require(asker, "review_draft")
    item = actions.node_at(store, asker, about, actions.today())
    return draft(store, asker, wording_on(item, language), about, language)


def wording_on(item: Item, language: str) -> Wording:
    """What an order about an entry says unless somebody amends it; it goes to the units that lead."""
    node = item.standing.node
    title = say(N_("On the delivery of: {title}"), language, title=node.title)
    asked = N_(
        "Say how far it is and why it stands as it does, what will be done by when and by whom, and hand in "
        "what proves it."
    )
    basis = say(
        N_("{register}, {place}: {text}"),
        language,
        register=item.plan.name,
        place=place_of(node),
        text=node.text or node.title,
    )
    days = rules_on(actions.today()).answer_workdays
    return Wording(title[:NAME_CHARACTERS_MAX], say(asked, language), node.named("lead"), basis[:2000], days)


def _why(item: Item) -> Why:
    node, light = item.standing.node, item.standing.light
    place = place_of(node)
    return Why(node.title, place, item.plan.name, light.state, light.reason, light.facts, node.source_id)


def _checked(wording: Wording) -> Wording:
    edit = checks.checked_edit(Edit(plain(wording.title), "", "order"))
    return replace(checked(wording), title=edit.title)


def _known(store: Store, wording: Wording, item: Item | None = None) -> dict[str, int]:
    """The registry's numbers of the units of an order: those of the entry it is about, else by name."""
    shares = item.standing.node.shares if item else ()
    held = {share.name: share.entity for share in shares if share.entity is not None}
    others = [unit for unit in wording.units if unit not in held]
    return intake.entities_of(store, others, None) | held


def amend(store: Store, asker: Asker, order: int, wording: Wording) -> None:
    """Write a draft anew; raises Conflict for one that is approved or issued."""
    require(asker, "review_draft")
    wording = _checked(wording)
    known = _known(store, wording)
    with writing(store.engine, actor_of(asker)) as session:
        held, _ = _held(session, asker, order, Wish("amend"))
        kept = {share.name: share.entity for share in held.units if share.entity is not None}
        written.amend(session, held, wording, known | kept)
        session.record("amend_order", f"node/{order}", {"units": list(wording.units)})
        session.commit()


def act(store: Store, asker: Asker, order: int, wish: Wish) -> None:
    """Do what a side may do with an order or a part; nobody else acts on the order meanwhile.

    Raises Forbidden for another side, Conflict in a step that does not allow it, Invalid without the words
    that it takes.
    """
    wish = replace(wish, words=plain(wish.words))
    with writing(store.engine, actor_of(asker)) as session:
        held, part = _held(session, asker, order, wish)
        _check_words(wish)
        if part:
            written.move_part(session, held, part, wish, actions.today())
        else:
            written.move_order(session, held, wish, actions.today())
        detail = {"reason": wish.words} if wish.words and wish.deed != "answer" else {}
        session.record(f"{wish.deed}_order", f"node/{part.node.id if part else order}", detail)
        session.commit()


def _check_words(wish: Wish) -> None:
    if DEEDS[wish.deed].reasoned and not wish.words:
        raise Invalid(N_("Nothing says what or why."), advice=N_("Write it, so that the other side knows."))
    if len(wish.words) > checks.NOTE_CHARACTERS_MAX or wish.deed == "amend":
        raise Invalid(
            N_("This cannot be said with it."),
            advice=N_("Give at most {limit} characters; a draft is amended as a whole."),
            limit=checks.NOTE_CHARACTERS_MAX,
        )


def undo(store: Store, asker: Asker, order: int, part: int | None = None) -> Deed:
    """Take back the last deed on an order or a part; raises Conflict where something went out with it."""
    with writing(store.engine, actor_of(asker)) as session:
        held, seen = _locked(session, asker, order)
        one = seen.part(part) if part is not None else None
        deed = undo_of(held, one, rights_of(asker, held))
        if deed is None:
            raise Conflict(
                N_("The last step of {title} cannot be taken back by you."),
                advice=N_("What went out to the other side is returned with a reason instead."),
                title=held.node.title,
            )
        written.undo_last(session, held, one)
        session.record("undo_order", f"node/{one.node.id if one else order}", {"undone": deed})
        session.commit()
    return deed


def _held(session: Session, asker: Asker, order: int, wish: Wish) -> tuple[Order, Part | None]:
    """The order that is acted on, and its part; raises where the asker may not, or not in this step."""
    way = DEEDS[wish.deed]
    held, seen = _locked(session, asker, order)
    part = seen.part(wish.part) if way.of == "part" else None
    rights = rights_of(asker, held)
    if way.side not in (rights.parts[part.node.id] if part else rights.order):
        require(asker, RIGHTS[way.side], part.unit.entity if part else None)
        raise Forbidden(
            N_("Who drafted an order does not approve it."),
            advice=N_("Ask somebody else who may speak for the office."),
        )
    if wish.deed not in (part_deeds(part, rights) if part else deeds_of(held, rights)):
        raise Conflict(
            N_("As {title} stands, this cannot be done with it."),
            advice=N_("Load it again and look at where it stands now."),
            title=held.node.title,
        )
    return held, part


def _locked(session: Session, asker: Asker, order: int) -> tuple[Order, Order]:
    """An order, held against anybody else, and what of it the asker may see; raises NotFound."""
    require_part(asker, "see_unpublished")
    both = or_(NODE.c.id == order, NODE.c.parent_id == order)
    session.execute(select(NODE.c.id).where(both).order_by(NODE.c.id).with_for_update())
    found = tables.order_at(session.connection, order, actions.today())
    seen = _seen(asker, found)
    if seen is None:
        raise no_order(order)
    return found, seen
