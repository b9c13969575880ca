"""What comes into the ledger: drafts, nodes by hand and workbook, decisions on them, reports, lights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, insert, select, update
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.dialects.postgresql import insert as upsert

from haihe.boards.accounts import Asker
from haihe.boards.ledger import tree
from haihe.boards.ledger.changes import LineChange
from haihe.boards.ledger.changes import edit_of as changed_to
from haihe.boards.ledger.checks import checked_values
from haihe.boards.ledger.columns import DAYS, begun, drafted, standing_before, written
from haihe.boards.ledger.drafting import Draft, Origin
from haihe.boards.ledger.kinds import kinds
from haihe.boards.ledger.light_tables import LIGHT_HISTORY, lights_on
from haihe.boards.ledger.lights import Lit
from haihe.boards.ledger.node_tables import locked, nodes_where
from haihe.boards.ledger.plan_tables import plans_where
from haihe.boards.ledger.records import Decision, Edit, Light, Node, Plan, Share, Step, Tag
from haihe.boards.ledger.rollup import counted, promises_in
from haihe.boards.ledger.tables import (
    NODE,
    NODE_DECISION,
    NODE_FIGURE,
    NODE_THEME,
    NODE_UNIT,
    PLAN,
    PLAN_DOCUMENT,
)
from haihe.boards.ledger.template import Line
from haihe.boards.ledger.themes import frames, inherited, tags_of
from haihe.boards.reader import Document
from haihe.boards.reader import actions as reader
from haihe.boards.registry import actions as registry
from haihe.kit.clock import day_in_region
from haihe.kit.errors import N_, Conflict
from haihe.kit.source import Source, Tier
from haihe.store.opening import Store
from haihe.store.search import vector
from haihe.store.session import Session
from haihe.store.sources import keep

_ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Handed:
    """A workbook that was handed in: its SHA-256, and the registry's numbers of the units that it names."""

    sha256: str
    entities: Mapping[str, int]

    def source(self, line: Line, read_on: date, tier: Tier) -> Source:
        """The row that a line came from (RFC 7111)."""
        return Source("row", self.sha256, f"row={line.row}", line.title, None, read_on, tier)


def begin_register(session: Session, name: str, kind: str) -> int:
    """A new register of a kind; raises Conflict where there is one of this name."""
    made = session.execute(_fresh(session, name, kind, "ours").returning(PLAN.c.id)).scalar_one_or_none()
    if made is None:
        raise Conflict(
            N_("There is a register {name} already."), advice=N_("Give it another name."), name=name
        )
    return int(made)


def _fresh(session: Session, name: str, kind: str, tier: Tier) -> Insert:
    row = {"name": name, "kind": kind, "tier": tier, "created_at": session.actor.at}
    return upsert(PLAN).values(row).on_conflict_do_nothing()


def plan_for(session: Session, name: str, kind: str, tier: Tier = "ours") -> Plan:
    """The register of a name, begun where there is none, and locked against anybody else's drafts.

    Raises Conflict for one of another kind.
    """
    session.execute(_fresh(session, name, kind, tier))
    session.execute(select(PLAN.c.id).where(PLAN.c.name == name).with_for_update())
    (found,) = plans_where(session.connection, PLAN.c.name == name)
    if found.kind != kind:
        raise Conflict(
            N_("{name} is there already as a register of another kind."),
            advice=N_("Give it another name."),
            name=name,
        )
    return found


def origin_of(store: Store, asker: Asker, document: Document) -> Origin:
    """The document that a reading is of."""
    text = reader.text_at(store, asker, document.id)
    about = document.dated, document.url, document.read_on, document.tier
    return Origin(document.sha256, document.title, text, *about)


def link_document(session: Session, plan: int, document: int) -> None:
    """Note that a plan was drafted from a document."""
    row = {"plan_id": plan, "document_id": document}
    session.execute(upsert(PLAN_DOCUMENT).values(row).on_conflict_do_nothing())


def write_drafts(session: Session, plan: int, drafts: Sequence[Draft], entities: Mapping[str, int]) -> int:
    """Store the drafts whose sentence the plan does not have yet, and return how many there were.

    What is there already is left as it is, whatever somebody decided on it.
    """
    held = {
        row.source_id: (row.id, tuple(row.path))
        for row in session.execute(
            select(NODE.c.id, NODE.c.path, NODE.c.source_id).where(NODE.c.plan_id == plan)
        )
    }
    last: dict[tuple[int, ...], int] = {}
    for _, path in held.values():
        last[path[:-1]] = max(last.get(path[:-1], 0), path[-1])
    keep(session, (source for draft in drafts for source in _sources(draft)))
    added = 0
    places: list[tuple[int, tuple[int, ...]]] = []
    for draft in drafts:
        known = held.get(draft.source.id)
        if known is None:
            parent, above = places[draft.parent] if draft.parent is not None else (None, ())
            last[above] = last.get(above, 0) + 1
            path = (*above, last[above])
            known = _insert(session, draft, drafted(draft, plan, parent, path), entities), path
            added += 1
        places.append(known)
    return added


def _sources(draft: Draft) -> Iterable[Any]:
    yield draft.source
    yield from (source for _, source in draft.numbers)


def _insert(session: Session, draft: Draft, columns: Mapping[str, Any], entities: Mapping[str, int]) -> int:
    shares = [replace(share, entity=entities.get(share.name)) for share in draft.shares]
    (node,) = put_nodes(session, [columns], [shares], [draft.tags])
    if draft.numbers:
        rows = [
            {
                "node_id": node,
                "source_id": source.id,
                "position": position,
                "quote": number.quote,
                "value": number.value,
                "unit": number.unit,
                "subject": number.subject,
                "period": number.period,
            }
            for position, (number, source) in enumerate(draft.numbers)
        ]
        session.execute(insert(NODE_FIGURE), rows)
    return node


def put_nodes(
    session: Session,
    rows: Sequence[Mapping[str, Any]],
    shares: Iterable[Iterable[Share]],
    tags: Iterable[Iterable[Tag]],
) -> list[int]:
    """Store nodes with their units and themes, and return their numbers in the order given."""
    made: dict[tuple[int, ...], int] = {}
    for begin in range(0, len(rows), _ROWS_AT_ONCE):
        made_at = {"created_at": session.actor.at}
        part = [{**row, "terms": _terms(row)} | made_at for row in rows[begin : begin + _ROWS_AT_ONCE]]
        fresh = insert(NODE).values(part).returning(NODE.c.id, NODE.c.path)
        made |= {tuple(row.path): row.id for row in session.execute(fresh)}
    nodes = [made[tuple(row["path"])] for row in rows]
    _put_shares(session, zip(nodes, shares, strict=True))
    themes = [
        {"node_id": node, "frame": tag.frame, "theme": tag.theme, "primary": tag.primary}
        for node, each in zip(nodes, tags, strict=True)
        for tag in each
    ]
    if themes:
        session.execute(insert(NODE_THEME), themes)
    return nodes


def _terms(columns: Mapping[str, Any]) -> ColumnElement[Any]:
    return vector(f"{columns['title']} {columns['text']}")


def put_shares(session: Session, node: int, shares: Sequence[Share]) -> None:
    """Replace the units of a node."""
    session.execute(delete(NODE_UNIT).where(NODE_UNIT.c.node_id == node))
    _put_shares(session, [(node, shares)])


def _put_shares(session: Session, shares: Iterable[tuple[int, Iterable[Share]]]) -> None:
    rows = [
        {
            "node_id": node,
            "position": position,
            "name": share.name,
            "role": share.role,
            "entity_id": share.entity,
        }
        for node, each in shares
        for position, share in enumerate(each)
    ]
    if rows:
        session.execute(insert(NODE_UNIT), rows)


def add(session: Session, plan: Plan, parent: int | None, edit: Edit, known: Mapping[str, int]) -> int:
    """Store a node that somebody wrote, last under another or at the root, in its first stage."""
    held = locked(session, NODE.c.plan_id == plan.id)
    above = tree.to_hold(held, parent)
    kind = kinds()[plan.kind]
    tree.check_place(kind, edit.kind, above.kind if above else None, ())
    if edit.cites is not None:
        citing = Node(0, plan.id, parent, (), edit.kind, edit.title, "", "draft", None, register=kind.name)
        tree.check_citation(citing, *tree.named(held, [edit.cites]))
    edit = replace(edit, values=checked_values(kind.levels[edit.kind], edit.values))
    row = begun(plan, parent, tree.next_path(held.values(), above), edit)
    tags = inherited(tags_of(f"{edit.title}\n{edit.text}", frames()), above.tags if above else ())
    return put_nodes(session, [row], [shares_of(edit.lead, edit.cooperating, known)], [tags])[0]


def rewrite(session: Session, held: Mapping[int, Node], node: int, edit: Edit) -> None:
    """Write a node as a person has it; raises Invalid for what cannot stand in the tree."""
    before = held[node]
    parent = held[before.parent].kind if before.parent is not None else None
    below = (other.kind for other in held.values() if other.parent == node)
    tree.check_place(kinds()[before.register], edit.kind, parent, below)
    after = replace(before, kind=edit.kind)
    if edit.cites is not None:
        tree.check_citation(after, *tree.named(held, [edit.cites]))
    level = tree.level_of(after)
    edit = replace(edit, values=checked_values(level, edit.values, whole=False))
    stage = before.stage if before.stage in level.stages else level.first
    decide(session, before, "edit", written(edit) | {"stage": stage})
    known = {share.name: share.entity for share in before.shares}
    put_shares(session, node, shares_of(edit.lead, edit.cooperating, known))


def put_lines(
    session: Session, plan: Plan, changes: Sequence[LineChange], held: Iterable[Node], handed: Handed
) -> None:
    """Store what a workbook changes; a new node comes from its row, one in another stage has moved there."""
    numbers = {node.path: node.id for node in held}
    tags = {node.path: node.tags for node in held}
    new = [change.line for change in changes if change.effect == "new"]
    sources = {line.number: handed.source(line, day_in_region(session.actor.at), plan.tier) for line in new}
    keep(session, sources.values())
    for depth in sorted({len(line.number) for line in new}):
        lines = [line for line in new if len(line.number) == depth]
        for line in lines:
            above = tags.get(line.number[:-1], ())
            tags[line.number] = inherited(tags_of(f"{line.title}\n{line.text}", frames()), above)
        rows = [
            begun(plan, numbers.get(line.number[:-1]), line.number, changed_to(line, {}))
            | {"source_id": sources[line.number].id}
            | ({"stage": line.stage} if line.stage else {})
            for line in lines
        ]
        shares = [shares_of(line.lead, line.cooperating, handed.entities) for line in lines]
        made = put_nodes(session, rows, shares, [tags[line.number] for line in lines])
        numbers |= dict(zip((line.number for line in lines), made, strict=True))
    cited = [{"citing": numbers[line.number], "cited": numbers[line.cites]} for line in new if line.cites]
    if cited:
        statement = update(NODE).where(NODE.c.id == bindparam("citing")).values(cites_id=bindparam("cited"))
        session.execute(statement, cited)
    nodes = {node.id: node for node in held}
    for change in changes:
        if change.effect == "changed" and change.node is not None:
            _rewrite(session, nodes[change.node], change.line, numbers, handed)


def _rewrite(
    session: Session, node: Node, line: Line, numbers: Mapping[tuple[int, ...], int], handed: Handed
) -> None:
    values = written(changed_to(line, numbers)) | {"state": "accepted"}
    if line.stage and line.stage != node.stage:
        moved = {"stage": line.stage, "stage_on": day_in_region(session.actor.at)}
        decide(session, node, "move", values | moved, Step(line.stage))
    else:
        decide(session, node, "edit", values)
    put_shares(session, node.id, shares_of(line.lead, line.cooperating, handed.entities))


def shares_of(
    lead: Sequence[str], cooperating: Sequence[str], known: Mapping[str, int | None]
) -> list[Share]:
    """The units named as leading and cooperating, each once in a part, with the numbers they are known by."""
    return [Share(name, "lead", known.get(name)) for name in dict.fromkeys(lead)] + [
        Share(name, "cooperating", known.get(name)) for name in dict.fromkeys(cooperating)
    ]


def entities_of(store: Store, names: Iterable[str], adcode: str | None) -> dict[str, int]:
    """The registry's numbers of the units that one is nearest to be meant by; the others stay as written."""
    found: dict[str, int] = {}
    for name in dict.fromkeys(names):
        candidates = registry.resolve_unit(store, name, adcode)
        if candidates and all(other.distance > candidates[0].distance for other in candidates[1:]):
            found[name] = candidates[0].id
    return found


def decide(
    session: Session, node: Node, kind: Decision, values: Mapping[str, Any], step: Step | None = None
) -> None:
    """Change a node, and note what it was before; of a move also the stage after it and the reason."""
    row = {
        "node_id": node.id,
        "kind": kind,
        "before": standing_before(node),
        "decided_by": session.actor.name,
        "decided_at": session.actor.at,
        "after": step.stage if step else None,
        "reason": step.reason.strip() if step else None,
        "version": node.version,
    }
    _change(session, node, {**values} | ({"terms": _terms(values)} if "title" in values else {}))
    session.execute(insert(NODE_DECISION).values(row))


def _change(session: Session, node: Node, columns: Mapping[str, Any]) -> None:
    """Make the next version of a node; raises Conflict where it is no longer the one that was read."""
    held = update(NODE).where(NODE.c.id == node.id, NODE.c.version == node.version)
    if not session.execute(held.values({**columns, "version": node.version + 1})).rowcount:
        raise Conflict(
            N_("{title} has just been changed by somebody else."),
            advice=N_("Nothing is lost: load it again, compare the two, and save what is to hold."),
            title=node.title,
        )


def restore(session: Session, node: int) -> str:
    """Bring a node back to what it was before the last decision, and return the kind of that.

    Raises Conflict where there is none left.
    """
    query = select(NODE_DECISION).where(NODE_DECISION.c.node_id == node, NODE_DECISION.c.undone_at.is_(None))
    last = session.execute(query.order_by(NODE_DECISION.c.id.desc()).limit(1)).first()
    if last is None:
        raise Conflict(
            N_("Nobody has decided anything on this item."), advice=N_("There is nothing to undo.")
        )
    before = last.before
    (was,) = nodes_where(session.connection, date.max, NODE.c.id == node)
    days = {name: before[name] and date.fromisoformat(before[name]) for name in DAYS if name in before}
    columns = {name: value for name, value in before.items() if name != "shares"} | days
    _change(session, was, columns | {"terms": _terms(before)})
    put_shares(session, node, [Share(*share) for share in before["shares"]])
    undone = update(NODE_DECISION).where(NODE_DECISION.c.id == last.id)
    taken_back = {"undone_at": session.actor.at, "undone_by": session.actor.name}
    state = {"undone": standing_before(was), "undone_version": was.version}
    session.execute(undone.values(taken_back | state))
    return str(last.kind)


def light_row(node: int, on: date, light: Light) -> Mapping[str, Any]:
    """The row that says which light a node took on a day."""
    return {
        "node_id": node,
        "lit_on": on,
        "state": light.state,
        "reason": light.reason,
        "facts": dict(light.facts),
    }


def note_lights(session: Session, plan: int, on: date) -> Lit:
    """Note each light of a plan that is another on a day than before."""
    found = promises_in(counted(locked(session, NODE.c.plan_id == plan, on).values(), on).values())
    held = lights_on(session.connection, plan, on)
    changed = [each for each in found if held.get(each.node.id) != each.light.state]
    if changed:
        put_lights(session, [light_row(each.node.id, on, each.light) for each in changed])
        session.record("change_lights", f"plan/{plan}", {"on": on, "changed": len(changed)})
    return Lit(len(found), len(changed))


def put_lights(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Note lights; another one of the same node and day replaces the first."""
    fresh = upsert(LIGHT_HISTORY)
    replaced = {name: fresh.excluded[name] for name in ("state", "reason", "facts", "noted_at")}
    session.execute(fresh.on_conflict_do_update(index_elements=["node_id", "lit_on"], set_=replaced), rows)
