"""What a person asks of the ledger: begin, draft, review, move, publish, report, and see how it stands."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import select

from haihe.boards.accounts import Asker, may, may_part, require
from haihe.boards.accounts.actions import actor_of
from haihe.boards.ledger import (
    checks,
    endings,
    intake,
    kinds,
    light_actions,
    link_actions,
    plan_actions,
    records,
    report_tables,
    tables,
    tree,
    unit_actions,
)
from haihe.boards.ledger.changes import Book, Imported, changes_of, lines_of_nodes
from haihe.boards.ledger.drafting import Drafted, drafts_of
from haihe.boards.ledger.edit_tables import check_version
from haihe.boards.ledger.kinds import Kind
from haihe.boards.ledger.light_tables import LIGHT_HISTORY, changes_where
from haihe.boards.ledger.lines import lines_of
from haihe.boards.ledger.node_tables import item_of, line_of, locked, with_movers
from haihe.boards.ledger.periods import Moment
from haihe.boards.ledger.report_intake import sent_before, take_reports
from haihe.boards.ledger.rollup import counted, promises_in, reviewed
from haihe.boards.ledger.sight_tables import (
    node_told,
    plan_seen,
    plans_seen,
    told_in,
    tree_seen,
)
from haihe.boards.ledger.standing_actions import glances_in, tree_standings
from haihe.boards.ledger.summary import CHANGES_SHOWN, Summary, matching, summary_of
from haihe.boards.ledger.tables import NODE
from haihe.boards.ledger.template import SIMULATED, book_of
from haihe.boards.ledger.themes import frames
from haihe.boards.ledger.units import Unit
from haihe.boards.reader import actions as reader
from haihe.boards.registry import actions as registry
from haihe.kit.cursor import Page, page_of, values_of
from haihe.kit.words import say
from haihe.store.opening import Store
from haihe.store.session import Session, reading, writing

today = plan_actions.today
plans = plan_actions.plans
plan_at = plan_actions.plan_at
documents_of = plan_actions.documents_of
fed_by = plan_actions.fed_by
publish = plan_actions.publish
compute_lights = light_actions.compute_lights


def offered() -> Mapping[str, Kind]:
    """The kinds of register that can be begun: the hidden ones only where the house turns them on."""
    return kinds.offered(hidden=os.environ.get("HAIHE_HIDDEN_KINDS") == "1")


def begin_register(store: Store, asker: Asker, name: str, kind: str) -> int:
    """Begin an empty register of a kind and return its number; raises Conflict where the name is taken."""
    require(asker, "review_draft")
    name = checks.checked_name(name)
    with writing(store.engine, actor_of(asker)) as session:
        made = intake.begin_register(session, name, checks.checked_kind(kind, offered()).name)
        session.record("begin_plan", f"plan/{made}", {"kind": kind})
        session.commit()
    return made


def draft_from(store: Store, asker: Asker, plan_name: str | None, document_id: int) -> Drafted:
    """Draft a plan of this name, or of its own, from a document; the same document again adds nothing.

    Raises Invalid for a document without a numbered list.
    """
    require(asker, "read_document")
    document = reader.document_at(store, asker, document_id)
    name = checks.checked_name(plan_name or document.title)
    found = reader.reading_at(store, asker, document_id)
    drafts = drafts_of(found, intake.origin_of(store, asker, document), frames())
    checks.check_drafts(drafts, document.title)
    context = next((place.adcode for place in found.places if place.adcode), None)
    entities = intake.entities_of(store, (share.name for draft in drafts for share in draft.shares), context)
    with writing(store.engine, actor_of(asker)) as session:
        plan = intake.plan_for(session, name, "plan", document.tier).id
        intake.link_document(session, plan, document_id)
        added = intake.write_drafts(session, plan, drafts, entities)
        session.record("draft_plan", f"plan/{plan}", {"document": document_id, "added": added})
        session.commit()
    return Drafted(plan, added, len(drafts) - added)


def tree_of(
    store: Store, asker: Asker, plan: int, on: date, *, review: bool = False
) -> list[records.Standing]:
    """How every node of a plan stands on a day, in the order of the tree.

    Drafts and rejected nodes are there in a `review`, for those who may see them.
    """
    held = plan_at(store, asker, plan)
    with reading(store.engine) as connection:
        return list(tree_standings(connection, asker, held, on, review=review).values())


def standings_as_of(
    store: Store, asker: Asker, plan: int, on: date, as_of: datetime
) -> list[records.Standing]:
    """How the nodes of a plan stood on a day as far as was known at a moment, in the order of the tree.

    Reports, corrections, issued lights, decisions, rules and nodes that came later do not count. Not kept
    are earlier themes, and what decisions taken back before revision 0009 of the tables had made of a node.
    """
    plan_at(store, asker, plan)
    with reading(store.engine) as connection:
        nodes = tree_seen(connection, asker, on, plan, as_of)
    return list(counted(nodes, on).values())


def promises_of(store: Store, asker: Asker, plan: int, on: date) -> list[records.Standing]:
    """How the promises of a plan stand on a day, in the order of the tree."""
    return promises_in(tree_of(store, asker, plan, on))


def children(
    store: Store, asker: Asker, plan: int, sought: records.Sought, turn: records.Turn
) -> Page[records.Standing]:
    """The nodes of a plan that are asked for, by page in the order of the tree."""
    held = (
        tree_of(store, asker, plan, turn.on, review=sought.review)
        if turn.as_of is None
        else standings_as_of(store, asker, plan, turn.on, turn.as_of)
    )
    found = matching(held, sought)
    if turn.cursor:
        last = values_of(turn.cursor, 1)[0]
        found = [standing for standing in found if list(standing.node.path) > last]
    return page_of(found[: turn.limit + 1], turn.limit, lambda standing: [standing.node.path])


def figures(store: Store, asker: Asker, plan: int) -> dict[int, list[records.Number]]:
    """The figures in the words of a plan's nodes, by node; of nodes that do not count only in a review."""
    with reading(store.engine) as connection:
        numbers = tables.figures_of(connection, told_in(asker, plan))
    seen = tree_of(store, asker, plan, today(), review=True) if numbers else ()
    return {one.node.id: numbers[one.node.id] for one in seen if one.node.id in numbers}


def node_at(store: Store, asker: Asker, node: int, on: date, as_of: datetime | None = None) -> records.Item:
    """A node and all that its page shows, now or as of a past moment.

    Raises NotFound, also for one that the asker may not see.
    """
    require(asker, "see_published")
    with reading(store.engine) as connection:
        plan = tables.plan_of_node(connection, node)
    held = plan_at(store, asker, plan)
    with reading(store.engine) as connection:
        if as_of is None:
            found = tree_standings(connection, asker, held, on, review=True)
        else:
            nodes = tree_seen(connection, asker, on, plan, as_of)
            found = counted(nodes, on)
            found = reviewed(nodes, found) if may_part(asker, "see_unpublished") else found
        item = item_of(connection, held, found, node, Moment(on, as_of))
        return with_movers(connection, item, named=may_part(asker, "see_unpublished"))


def accept(
    store: Store, asker: Asker, plan: int, nodes: Sequence[int] | Mapping[int, int] | None = None
) -> int:
    """Take drafts into the ledger, some or with None all of a plan, each with what it stands under.

    With `nodes` may come the version of each that was seen. Returns how many nodes were accepted. Raises
    Conflict for one under a rejected node, and Stale for an older version.
    """
    return _decide(store, asker, plan, nodes, "accept")


def reject(store: Store, asker: Asker, plan: int, nodes: Sequence[int] | Mapping[int, int]) -> int:
    """Keep nodes, and with them all that stands under them, out of the ledger; as `accept` does."""
    return _decide(store, asker, plan, nodes, "reject")


def _decide(
    store: Store,
    asker: Asker,
    plan: int,
    nodes: Sequence[int] | Mapping[int, int] | None,
    kind: records.Decision,
) -> int:
    require(asker, "review_draft")
    plan_at(store, asker, plan)
    with writing(store.engine, actor_of(asker)) as session:
        held = hold(session, plan)
        named = tree.open_drafts(held) if nodes is None else nodes
        wanted = tree.to_accept(held, named) if kind == "accept" else tree.to_reject(held, named)
        for number, version in nodes.items() if isinstance(nodes, Mapping) else ():
            check_version(session.connection, held[number], version)
        for node in wanted:
            intake.decide(session, node, kind, {"state": f"{kind}ed"})
        session.record(f"{kind}_draft", f"plan/{plan}", {"nodes": [node.id for node in wanted]})
        session.commit()
    return len(wanted)


def edit_node(store: Store, asker: Asker, node: int, edit: records.Edit, seen: int | None = None) -> None:
    """Write a node as a person has it; raises Invalid for what cannot stand in the tree.

    Raises Stale where the version `seen` is no longer the newest.
    """
    require(asker, "review_draft")
    edit = checks.checked_edit(edit)
    with writing(store.engine, actor_of(asker)) as session:
        held = hold(session, tables.plan_of_node(session.connection, node))
        check_version(session.connection, held[node], seen)
        intake.rewrite(session, held, node, edit)
        level = kinds.kinds()[held[node].register].levels[edit.kind]
        link_actions.check(session.connection, asker, level, edit.values, held[node])
        session.record("edit_node", f"node/{node}", {"title": edit.title})
        session.commit()


def add_node(store: Store, asker: Asker, plan: int, parent: int | None, edit: records.Edit) -> int:
    """Add a node that somebody wrote, last under another or at the root, and return its number.

    Raises Invalid for what may not stand there or lacks a field, Conflict under a rejected node.
    """
    require(asker, "review_draft")
    held, edit = plan_at(store, asker, plan), checks.checked_edit(edit)
    entities = intake.entities_of(store, (*edit.lead, *edit.cooperating), None)
    with writing(store.engine, actor_of(asker)) as session:
        node = intake.add(session, held, parent, edit, entities)
        level = kinds.kinds()[held.kind].levels[edit.kind]
        link_actions.check(session.connection, asker, level, edit.values)
        session.record("add_node", f"node/{node}", {"title": edit.title})
        session.commit()
    return node


def may_move(asker: Asker, node: records.Node) -> bool:
    """Whether the asker may move a node to another stage: who reviews, or reports for one of its units.

    What is guarded is moved by its own doors only.
    """
    asked = may(asker, "review_draft") or may(asker, "report_item", unit_to_report(asker, node))
    return asked and not tree.level_of(node).guarded


def move_node(store: Store, asker: Asker, node: int, step: records.Step, seen: int | None = None) -> None:
    """Bring a node to another stage of its level; raises Invalid for one that it cannot enter, and Stale."""
    with writing(store.engine, actor_of(asker)) as session:
        held = hold(session, tables.plan_of_node(session.connection, node))
        before = held[node]
        checks.check_unguarded(before, tree.level_of(before))
        require(asker, "review_draft" if not may_move(asker, before) else "see_published")
        check_version(session.connection, before, seen)
        tree.check_accepted(before, tree.ancestors(before, held))
        values = checks.checked_values(tree.level_of(before), {**before.values, **step.values}, whole=False)
        tree.check_step(before, step)
        endings.check_ending(before, step.stage, held)
        link_actions.check(session.connection, asker, tree.level_of(before), values, before)
        entered = {"stage": step.stage, "stage_on": today(), "values": values}
        intake.decide(session, before, "move", entered, step)
        session.record("move_node", f"node/{node}", {"from": before.stage, "to": step.stage})
        session.commit()


def import_book(store: Store, asker: Asker, name: str, book: Book, *, dry_run: bool = False) -> Imported:
    """Bring a workbook into the register of a name, begun where there is none; again it changes nothing.

    A dry run says what would change and changes nothing.
    """
    require(asker, "review_draft")
    name, kind = checks.checked_name(name), checks.checked_kind(book.kind, kinds.kinds())
    filled = lines_of(book.content, kind)
    entities = {} if dry_run else intake.entities_of(store, filled.units, None)
    with writing(store.engine, actor_of(asker)) as session:
        plan = intake.plan_for(session, name, kind.name, book.tier)
        held = hold(session, plan.id).values()
        filled = link_actions.checked(session.connection, asker, filled, kind, held)
        changes, rejects = changes_of(filled, list(held), kind)
        if not dry_run:
            handed = intake.Handed(store.files.keep(book.content), entities)
            intake.put_lines(session, plan, changes, held, handed)
            session.record("import_plan", f"plan/{plan.id}", {"file": handed.sha256})
            session.commit()
    return Imported(None if dry_run else plan.id, changes, (*filled.rejects, *rejects), kind)


def workbook_of(store: Store, asker: Asker, plan: int, language: str) -> bytes:
    """What counts in a register as a workbook that `import_book` takes."""
    found = plan_at(store, asker, plan)
    lines = lines_of_nodes([each.node for each in tree_of(store, asker, plan, today())])
    stamp = say(SIMULATED, language) if found.tier == "sample" else ""
    return book_of(kinds.kinds()[found.kind], found.name, lines, language, stamp)


def undo(store: Store, asker: Asker, node: int, seen: int | None = None) -> None:
    """Take back the last decision on a node; raises Conflict where there is none left, and Stale."""
    require(asker, "review_draft")
    with writing(store.engine, actor_of(asker)) as session:
        held = hold(session, tables.plan_of_node(session.connection, node))
        check_version(session.connection, held[node], seen)
        session.record("undo_decision", f"node/{node}", {"undone": intake.restore(session, node)})
        session.commit()


def unit_to_report(asker: Asker, node: records.Node) -> int | None:
    """The unit of a node that the asker may report for, else the first of them."""
    units = [share.entity for share in node.shares if share.entity is not None]
    return next((unit for unit in units if may(asker, "report_item", unit)), units[0] if units else None)


def report_on(store: Store, asker: Asker, node: int, given: records.Return) -> records.Report:
    """Add a report on a promise; sent again with the same key it is the first one.

    Raises Conflict for a node that does not count or a locked period, Invalid for an aspect.
    """
    with reading(store.engine) as connection:
        *above, held = line_of(connection, node, plan_seen(asker))
    require(asker, "report_item", unit_to_report(asker, held))
    given = checks.checked_return(given, today())
    tree.check_reportable(held, above)
    with writing(store.engine, actor_of(asker)) as session:
        if sent := sent_before(session, node, given):
            return sent
        (stored,) = take_reports(session, held.plan, {node: given})
        session.commit()
    return stored


def hold(session: Session, plan: int) -> dict[int, records.Node]:
    """The nodes of a plan by number; nobody else edits or reports on them until the transaction ends."""
    return locked(session, NODE.c.plan_id == plan)


def report_all(
    session: Session, asker: Asker, held: Mapping[int, records.Node], given: Mapping[int, records.Return]
) -> dict[int, records.Report]:
    """Add reports on nodes of a plan that is held, by node, in the transaction of another board.

    Raises as `report_on` does; none is added then.
    """
    for node in tree.named(held, given):
        require(asker, "report_item", unit_to_report(asker, node))
        tree.check_reportable(node, tree.ancestors(node, held))
    checked = {node: checks.checked_return(one, today()) for node, one in given.items()}
    plans = {held[node].plan for node in given}
    assert len(plans) <= 1
    return {report.node: report for plan in plans for report in take_reports(session, plan, checked)}


def reports_in(store: Store, asker: Asker, plan: int, period: str) -> dict[int, list[records.Report]]:
    """What was reported on the nodes of a plan for a period, by node, the latest first."""
    plan_at(store, asker, plan)
    with reading(store.engine) as connection:
        return report_tables.reports_in(connection, told_in(asker, plan), period)


def home_summary(store: Store, asker: Asker, on: date) -> Summary:
    """The whole ledger on a day, as far as the asker may see it."""
    require(asker, "see_published")
    with reading(store.engine) as connection:
        seen = plans_seen(connection, asker)
        inside = NODE.c.plan_id.in_([plan.id for plan in seen])
        glances, found = glances_in(connection, asker, seen, on)
        told = select(NODE.c.id).where(inside, node_told(asker))
        inside_history = LIGHT_HISTORY.c.node_id.in_(told)
        changes = changes_where(connection, inside_history, on - CHANGES_SHOWN, on)
    leading = {unit for one in glances for leads in one.leads for unit in leads}
    homes = registry.entities_at(store, asker, leading)
    adcodes = {number: each.adcode for number, each in homes.items() if each.adcode}
    changed = ((one, found[one.node].node) for one in changes if one.node in found)
    return summary_of(seen, glances, changed, adcodes, on)


def answers_for(store: Store, asker: Asker, entity: int, on: date) -> list[records.Standing]:
    """The promises that a unit leads or cooperates in, as far as the asker may see them."""
    require(asker, "see_published")
    return unit_actions.promises_of(store, asker, [Unit("", entity)], on)
