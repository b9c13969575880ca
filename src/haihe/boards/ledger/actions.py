"""What a person asks of the ledger: draft, review, publish, report, and see how it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, insert, select, true, update
from sqlalchemy.dialects.postgresql import insert as upsert

from haihe.boards.accounts import Asker, may, require
from haihe.boards.accounts.actions import actor_of
from haihe.boards.ledger import intake, tables, tree
from haihe.boards.ledger.drafting import Origin, drafts_of
from haihe.boards.ledger.records import (
    Drafted,
    Edit,
    Item,
    Lit,
    Node,
    Number,
    Plan,
    Report,
    Return,
    Share,
    Sought,
    Standing,
    Summary,
    Turn,
)
from haihe.boards.ledger.rollup import counted, promises_in, reviewed
from haihe.boards.ledger.summary import CHANGES_SHOWN, matching, summary_of
from haihe.boards.ledger.tables import (
    LIGHT_HISTORY,
    NODE,
    NODE_DECISION,
    NODE_UNIT,
    PLAN,
    PLAN_DOCUMENT,
    REPORT,
    locked,
    nodes_where,
    plans_where,
)
from haihe.boards.ledger.themes import frames
from haihe.boards.reader import actions as reader
from haihe.boards.reader.documents import Document
from haihe.boards.registry import actions as registry
from haihe.kit.cursor import Page, page_of, values_of
from haihe.kit.errors import N_, Conflict, Invalid, NotFound
from haihe.kit.limits import PAGE_ROWS_DEFAULT
from haihe.store.opening import Store
from haihe.store.search import matches
from haihe.store.session import reading, writing
from haihe.store.work import Progress

_ZONE = ZoneInfo("Asia/Shanghai")


def today() -> date:
    """The day it is in the region."""
    return datetime.now(_ZONE).date()


def draft_from(store: Store, asker: Asker, plan_name: str, document_id: int) -> Drafted:
    """Draft a plan of this name from a document that was read; the same document again adds nothing.

    Raises Invalid for a document without a numbered list.
    """
    require(asker, "read_document")
    name = intake.checked_name(plan_name)
    document = reader.document_at(store, asker, document_id)
    found = reader.reading_at(store, asker, document_id)
    origin = Origin(
        document.sha256,
        document.title,
        reader.text_at(store, asker, document_id),
        document.dated,
        document.url,
        document.read_on,
        document.tier,
    )
    drafts = drafts_of(found, origin, frames())
    if not drafts:
        raise Invalid(
            N_("{title} has no numbered list to make a plan of."),
            advice=N_("A plan is made of numbered measures, such as 一是 or （一）."),
            title=document.title,
        )
    context = next((place.adcode for place in found.places if place.adcode), None)
    entities = _entities(store, (share.name for draft in drafts for share in draft.shares), context)
    with writing(store.engine, actor_of(asker)) as session:
        plan = intake.plan_for(session, name, document.tier)
        link = upsert(PLAN_DOCUMENT).values(plan_id=plan, document_id=document_id).on_conflict_do_nothing()
        session.execute(link)
        added = intake.write_drafts(session, plan, drafts, entities)
        session.record("draft_plan", f"plan/{plan}", {"document": document_id, "added": added})
        session.commit()
    return Drafted(plan, added, len(drafts) - added)


def _entities(store: Store, names: Iterable[str], adcode: str | None) -> dict[str, int]:
    """The registry's numbers of the units that one is nearest to be meant by; the others stay as written."""
    found: dict[str, int] = {}
    for name in dict.fromkeys(names):
        candidates = registry.resolve_unit(store, name, adcode)
        if candidates and all(other.distance > candidates[0].distance for other in candidates[1:]):
            found[name] = candidates[0].id
    return found


def plans(
    store: Store, asker: Asker, cursor: str | None = None, limit: int = PAGE_ROWS_DEFAULT
) -> Page[Plan]:
    """The plans that the asker may see, the newest first."""
    require(asker, "see_published")
    before = PLAN.c.id < values_of(cursor, 1)[0] if cursor else true()
    with reading(store.engine) as connection:
        found = plans_where(connection, before, unpublished=may(asker, "see_unpublished"), limit=limit + 1)
    return page_of(found, limit, lambda plan: [plan.id])


def plan_at(store: Store, asker: Asker, plan: int | str) -> Plan:
    """The plan with a number or a name; raises NotFound, also for one that the asker may not see."""
    require(asker, "see_published")
    condition = PLAN.c.id == plan if isinstance(plan, int) else PLAN.c.name == plan
    with reading(store.engine) as connection:
        found = plans_where(connection, condition, unpublished=may(asker, "see_unpublished"))
    if not found:
        raise NotFound(
            N_("There is no plan {name} that you may see."),
            advice=N_("Look at the list of plans; one that is not published needs an account."),
            name=plan,
        )
    return found[0]


def documents_of(store: Store, asker: Asker, plan: int) -> list[Document]:
    """The documents that a plan was drafted from and that the asker may see."""
    plan_at(store, asker, plan)
    query = select(PLAN_DOCUMENT.c.document_id).where(PLAN_DOCUMENT.c.plan_id == plan)
    with reading(store.engine) as connection:
        numbers = connection.execute(query.order_by(PLAN_DOCUMENT.c.document_id)).scalars().all()
    found: list[Document] = []
    for number in numbers:
        with suppress(NotFound):
            found.append(reader.document_at(store, asker, number))
    return found


def fed_by(store: Store, asker: Asker, document_id: int) -> list[Plan]:
    """The plans that were drafted from a document, as far as the asker may see them."""
    require(asker, "see_published")
    fed = select(PLAN_DOCUMENT.c.plan_id).where(PLAN_DOCUMENT.c.document_id == document_id)
    with reading(store.engine) as connection:
        return plans_where(connection, PLAN.c.id.in_(fed), unpublished=may(asker, "see_unpublished"))


def tree_of(store: Store, asker: Asker, plan: int, on: date, *, review: bool = False) -> list[Standing]:
    """How every node of a plan stands on a day, in the order of the tree.

    Drafts and rejected nodes are there in a `review`, for those who may see them.
    """
    plan_at(store, asker, plan)
    with reading(store.engine) as connection:
        nodes = nodes_where(connection, on, NODE.c.plan_id == plan)
    found = counted(nodes, on)
    if review and may(asker, "see_unpublished"):
        found = reviewed(nodes, found)
    return list(found.values())


def children(store: Store, asker: Asker, plan: int, sought: Sought, turn: Turn) -> Page[Standing]:
    """The nodes of a plan that are asked for, by page in the order of the tree."""
    found = matching(tree_of(store, asker, plan, turn.on, review=sought.review), sought)
    if turn.cursor:
        last = values_of(turn.cursor, 1)[0]
        found = [standing for standing in found if list(standing.node.path) > last]
    return page_of(found[: turn.limit + 1], turn.limit, lambda standing: [standing.node.path])


def figures(store: Store, asker: Asker, plan: int) -> dict[int, list[Number]]:
    """The figures in the words of a plan's nodes, by node; of nodes that do not count only in a review."""
    seen = [standing.node.id for standing in tree_of(store, asker, plan, today(), review=True)]
    with reading(store.engine) as connection:
        return tables.figures_of(connection, seen)


def node_at(store: Store, asker: Asker, node: int, on: date) -> Item:
    """A node and all that its page shows; raises NotFound, also for one that the asker may not see."""
    require(asker, "see_published")
    with reading(store.engine) as connection:
        plan = tables.plan_of_node(connection, node)
    held = plan_at(store, asker, plan)
    seen = {each.node.id: each for each in tree_of(store, asker, plan, on, review=True)}
    if node not in seen:
        raise tables.no_node(node)
    nodes = {number: standing.node for number, standing in seen.items()}
    with reading(store.engine) as connection:
        return Item(
            plan=held,
            standing=seen[node],
            above=tuple(tree.ancestors(nodes[node], nodes)),
            reports=tuple(tables.reports_of(connection, node)),
            changes=tuple(tables.changes_where(connection, LIGHT_HISTORY.c.node_id == node, date.min, on)),
            numbers=tuple(tables.figures_of(connection, [node]).get(node, ())),
            cites=nodes.get(nodes[node].cites or 0),
            cited_by=tuple(other for other in nodes.values() if other.cites == node),
        )


def accept(store: Store, asker: Asker, plan: int, nodes: Sequence[int] | None = None) -> int:
    """Take drafts into the ledger, some or with None all of a plan, each with what it stands under.

    Returns how many nodes were accepted. Raises Conflict for one under a rejected node.
    """
    require(asker, "review_draft")
    plan_at(store, asker, plan)
    with writing(store.engine, actor_of(asker)) as session:
        held = locked(session, NODE.c.plan_id == plan)
        wanted = tree.to_accept(held, tree.open_drafts(held) if nodes is None else nodes)
        for node in wanted:
            intake.decide(session, node, "accept", {"state": "accepted"})
        session.record("accept_draft", f"plan/{plan}", {"nodes": [node.id for node in wanted]})
        session.commit()
    return len(wanted)


def reject(store: Store, asker: Asker, plan: int, nodes: Sequence[int]) -> int:
    """Keep nodes, and with them all that stands under them, out of the ledger; returns how many changed."""
    require(asker, "review_draft")
    plan_at(store, asker, plan)
    with writing(store.engine, actor_of(asker)) as session:
        held = locked(session, NODE.c.plan_id == plan)
        wanted = [node for node in tree.named(held, nodes) if node.state != "rejected"]
        for node in wanted:
            intake.decide(session, node, "reject", {"state": "rejected"})
        session.record("reject_draft", f"plan/{plan}", {"nodes": [node.id for node in wanted]})
        session.commit()
    return len(wanted)


def edit_node(store: Store, asker: Asker, node: int, edit: Edit) -> None:
    """Write a node as a person has it; raises Invalid for what cannot stand in the tree."""
    require(asker, "review_draft")
    edit = intake.checked_edit(edit)
    shares = [Share(name, "lead") for name in edit.lead] + [
        Share(name, "cooperating") for name in edit.cooperating
    ]
    with writing(store.engine, actor_of(asker)) as session:
        held = locked(session, NODE.c.plan_id == tables.plan_of_node(session.connection, node))
        before = held[node]
        parent = held[before.parent].kind if before.parent is not None else None
        tree.check_place(edit.kind, parent, (other.kind for other in held.values() if other.parent == node))
        if edit.cites is not None:
            tree.check_citation(replace(before, kind=edit.kind), *tree.named(held, [edit.cites]))
        intake.decide(session, before, "edit", intake.edited(edit))
        known = {share.name: share.entity for share in before.shares}
        intake.put_shares(session, node, [replace(share, entity=known.get(share.name)) for share in shares])
        session.record("edit_node", f"node/{node}", {"title": edit.title})
        session.commit()


def undo(store: Store, asker: Asker, node: int) -> None:
    """Take back the last decision on a node; raises Conflict where there is none left."""
    require(asker, "review_draft")
    with writing(store.engine, actor_of(asker)) as session:
        locked(session, NODE.c.plan_id == tables.plan_of_node(session.connection, node))
        query = select(NODE_DECISION).where(
            NODE_DECISION.c.node_id == node, NODE_DECISION.c.undone_at.is_(None)
        )
        last = session.execute(query.order_by(NODE_DECISION.c.id.desc()).limit(1)).first()
        if last is None:
            raise Conflict(
                N_("Nobody has decided anything on this item."), advice=N_("There is nothing to undo.")
            )
        intake.restore(session, node, last.id, last.before)
        session.record("undo_decision", f"node/{node}", {"undone": last.kind})
        session.commit()


def publish(store: Store, asker: Asker, plan: int, *, published: bool = True) -> None:
    """Show what is accepted of a plan to the public, or no longer; raises Conflict where nothing is."""
    require(asker, "publish")
    found = plan_at(store, asker, plan)
    if published and not found.accepted:
        raise Conflict(
            N_("Nothing of {name} is accepted yet."), advice=N_("Review its drafts first."), name=found.name
        )
    with writing(store.engine, actor_of(asker)) as session:
        at = session.actor.at if published else None
        session.execute(update(PLAN).where(PLAN.c.id == plan).values(published_at=at))
        session.record("publish_plan" if published else "withdraw_plan", f"plan/{plan}")
        session.commit()


def unit_to_report(asker: Asker, node: Node) -> int | None:
    """The unit of a node that the asker may report for, else the first of them."""
    units = [share.entity for share in node.shares if share.entity is not None]
    return next((unit for unit in units if may(asker, "report_item", unit)), units[0] if units else None)


def report_on(store: Store, asker: Asker, node: int, given: Return) -> Report:
    """Add a report on a promise; raises Conflict for a node that does not count, Invalid for an aspect."""
    with reading(store.engine) as connection:
        *above, held = tables.line_of(connection, node, today())
    plan_at(store, asker, held.plan)
    require(asker, "report_item", unit_to_report(asker, held))
    given = intake.checked_return(given, today())
    tree.check_reportable(held, above)
    with writing(store.engine, actor_of(asker)) as session:
        row = asdict(given) | {
            "node_id": node,
            "reported_at": session.actor.at,
            "reported_by": session.actor.name,
        }
        stored = session.execute(insert(REPORT).values(row).returning(REPORT)).mappings().one()
        session.record("report", f"node/{node}", {"report": stored["id"], "progress": given.progress})
        session.commit()
    return tables.report_of(stored)


def compute_lights(store: Store, asker: Asker, on: date, progress: Progress | None = None) -> Lit:
    """Note every light that is another on a day than before; again on the same day changes nothing."""
    require(asker, "manage_work")
    with reading(store.engine) as connection:
        numbers = connection.execute(select(PLAN.c.id).order_by(PLAN.c.id)).scalars().all()
    lit = Lit(0, 0)
    for place, plan in enumerate(numbers):
        done = _light_plan(store, asker, plan, on)
        lit = Lit(lit.promises + done.promises, lit.changed + done.changed)
        if progress:
            progress((place + 1) / len(numbers), "")
    return lit


def _light_plan(store: Store, asker: Asker, plan: int, on: date) -> Lit:
    with writing(store.engine, actor_of(asker)) as session:
        found = promises_in(counted(locked(session, NODE.c.plan_id == plan, on).values(), on).values())
        held = tables.lights_on(session.connection, plan, on)
        changed = [each for each in found if held.get(each.node.id) != each.light.state]
        rows = [tables.light_row(each.node.id, on, each.light) for each in changed]
        if rows:
            tables.put_lights(session, rows)
            session.record("change_lights", f"plan/{plan}", {"on": on, "changed": len(rows)})
            session.commit()
    return Lit(len(found), len(rows))


def home_summary(store: Store, asker: Asker, on: date) -> Summary:
    """The whole ledger on a day, as far as the asker may see it."""
    require(asker, "see_published")
    with reading(store.engine) as connection:
        seen = plans_where(connection, unpublished=may(asker, "see_unpublished"))
        inside = NODE.c.plan_id.in_([plan.id for plan in seen])
        found = counted(nodes_where(connection, on, inside, NODE.c.state == "accepted"), on)
        inside_history = LIGHT_HISTORY.c.node_id.in_(select(NODE.c.id).where(inside))
        changes = tables.changes_where(connection, inside_history, on - CHANGES_SHOWN, on)
    leading = {share.entity for each in found.values() for share in each.node.shares if share.role == "lead"}
    return summary_of(seen, found, changes, _adcodes(store, asker, leading), on)


def _adcodes(store: Store, asker: Asker, entities: Iterable[int | None]) -> dict[int, str]:
    """Where units have their place, by their numbers."""
    cards = [registry.entity_at(store, asker, entity).entity for entity in entities if entity is not None]
    return {each.id: each.adcode for each in cards if each.adcode}


def answers_for(store: Store, asker: Asker, entity: int, on: date) -> list[Standing]:
    """The promises that a unit leads or cooperates in, as far as the asker may see them."""
    require(asker, "see_published")
    shared = select(NODE_UNIT.c.node_id).where(NODE_UNIT.c.entity_id == entity)
    with reading(store.engine) as connection:
        inside = (
            select(NODE.c.plan_id)
            .join(PLAN, PLAN.c.id == NODE.c.plan_id)
            .where(NODE.c.id.in_(shared), _seen(asker))
        )
        found = counted(nodes_where(connection, on, NODE.c.plan_id.in_(inside)), on).values()
    return [each for each in found if any(share.entity == entity for share in each.node.shares)]


def search(store: Store, asker: Asker, words: str, limit: int = PAGE_ROWS_DEFAULT) -> list[Node]:
    """The nodes that have the words; the public finds what counts in published plans."""
    require(asker, "see_published")
    with reading(store.engine) as connection:
        inside = NODE.c.plan_id.in_(select(PLAN.c.id).where(_seen(asker)))
        seen = true() if may(asker, "see_unpublished") else tables.counts_now()
        query = select(NODE.c.id).where(matches(NODE.c.terms, words), inside, seen)
        return nodes_where(connection, today(), NODE.c.id.in_(query.order_by(NODE.c.id.desc()).limit(limit)))


def _seen(asker: Asker) -> ColumnElement[bool]:
    """Whether the asker may see the plan of a row."""
    return true() if may(asker, "see_unpublished") else PLAN.c.published_at.is_not(None)
