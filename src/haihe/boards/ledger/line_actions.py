"""What other boards ask of the lines of a register: try them, bring them in, take them back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from haihe.boards.accounts import Asker, require
from haihe.boards.accounts.actions import actor_of
from haihe.boards.ledger import actions, checks, intake
from haihe.boards.ledger.changes import Imported, changes_of, lines_of_nodes, merged
from haihe.boards.ledger.kinds import kinds
from haihe.boards.ledger.lines import NO_CITED, _Row
from haihe.boards.ledger.records import Node
from haihe.boards.ledger.rows import Taken
from haihe.boards.ledger.rows import taken_of as _taken_of
from haihe.boards.ledger.tables import NODE_DECISION
from haihe.boards.ledger.template import Filled, Line
from haihe.kit.errors import N_, Conflict, Reject
from haihe.store.opening import Store
from haihe.store.session import Session, writing

__all__ = ["Brought", "Imported", "Rows", "Taken", "bring_rows", "take_back", "taken_of", "try_rows"]

_NAMED_MAX = 3


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows for a register by name, in the terms of its template: a number, and by column what a cell says.

    `columns` are those that the rows have; others change nothing. `content` is the file that they are from,
    `adcode` the place in whose context its units are meant.
    """

    name: str
    kind: str
    columns: frozenset[str]
    rows: Sequence[tuple[int, Mapping[str, object]]]
    content: bytes
    adcode: str | None = None


@dataclass(frozen=True, slots=True)
class Brought:
    """What rows did to a register: its changes, and the numbers of its new and its changed nodes."""

    imported: Imported
    new: tuple[int, ...]
    changed: tuple[int, ...]


def try_rows(store: Store, asker: Asker, rows: Rows) -> Imported:
    """What rows would change in a register; nothing is changed."""
    require(asker, "review_draft")
    with writing(store.engine, actor_of(asker)) as session:
        return _brought(session, rows, _filled(rows), None).imported


def bring_rows(session: Session, store: Store, asker: Asker, rows: Rows) -> Brought:
    """Bring rows into their register, begun where there is none, in the transaction of another board.

    They are checked and compared as those of a workbook are (`actions.import_book`).
    """
    require(asker, "review_draft")
    filled = _filled(rows)
    entities = intake.entities_of(store, filled.units, rows.adcode)
    done = _brought(session, rows, filled, intake.Handed(store.files.keep(rows.content), entities))
    detail = {"new": len(done.new), "changed": len(done.changed)}
    session.record("import_plan", f"plan/{done.imported.plan}", detail)
    return done


def _filled(rows: Rows) -> Filled:
    """The lines of the rows with a reject for each cell that cannot be read, as `lines.lines_of` has them."""
    kind = checks.checked_kind(rows.kind, kinds())
    lines: dict[tuple[int, ...], Line] = {}
    rejects: list[Reject] = []
    for at, cells in rows.rows:
        line = _Row(at, kind, cells, rejects).line(lines)
        if line:
            lines[line.number] = line
    for line in tuple(lines.values()):
        if line.cites and line.cites not in lines:
            rejects.append(Reject(line.row or 0, "cites", ".".join(map(str, line.cites)), NO_CITED))
            del lines[line.number]
    return Filled(tuple(lines[number] for number in sorted(lines)), tuple(rejects), rows.columns)


def _brought(session: Session, rows: Rows, filled: Filled, handed: intake.Handed | None) -> Brought:
    """What lines do to their register; they are stored where a file is `handed` in."""
    plan = intake.plan_for(session, checks.checked_name(rows.name), rows.kind)
    held = actions.hold(session, plan.id)
    kind, saying = kinds()[rows.kind], _saying(filled, rows, held.values())
    changes, rejects = changes_of(saying, list(held.values()), kind)
    new: tuple[int, ...] = ()
    if handed:
        intake.put_lines(session, plan, changes, held.values(), handed)
        new = tuple(node for node in actions.hold(session, plan.id) if node not in held)
    changed = tuple(one.node for one in changes if one.effect == "changed" and one.node is not None)
    found = Imported(plan.id if handed else None, changes, (*filled.rejects, *rejects), kind)
    return Brought(found, new, changed)


def _saying(filled: Filled, rows: Rows, held: Iterable[Node]) -> Filled:
    """The lines in which what a row does not say stays as the register has it."""
    said = {str(cells["number"]): frozenset(cells) for _, cells in rows.rows}
    known = {line.number: line for line in lines_of_nodes(list(held))}
    lines = (
        merged(known[line.number], line, said[".".join(map(str, line.number))])
        if line.number in known
        else line
        for line in filled.lines
    )
    return replace(filled, lines=tuple(lines))


def take_back(
    session: Session, asker: Asker, plan: int, at: datetime, nodes: Mapping[str, Collection[int]]
) -> None:
    """Reject the `new` nodes of rows that were brought in `at` a moment, and restore the `changed` ones.

    Raises Conflict where somebody has reported on one, changed it since, or put something under it.
    """
    require(asker, "review_draft")
    held = actions.hold(session, plan)
    new, changed = set(nodes["new"]), set(nodes["changed"])
    decided = select(NODE_DECISION.c.node_id).where(
        NODE_DECISION.c.node_id.in_(new | changed),
        NODE_DECISION.c.decided_at > at,
        NODE_DECISION.c.undone_at.is_(None),
    )
    touched = set(session.execute(decided).scalars())
    reported = (one for one in held.values() if one.report and one.report.reported_at > at)
    touched |= {one.id for one in reported if one.id in new | changed}
    touched |= {
        one.parent
        for one in held.values()
        if one.parent in new and one.id not in new and one.state != "rejected"
    }
    if touched:
        raise Conflict(
            N_("{count} of the items have been reported on, changed or added to since, such as {titles}."),
            advice=N_("Reject or edit the others one by one on the page of the plan."),
            count=len(touched),
            titles="、".join(held[node].title for node in sorted(touched)[:_NAMED_MAX]),
        )
    for node in _deepest_first(held, new):
        intake.decide(session, node, "reject", {"state": "rejected"})
    for number in changed:
        intake.restore(session, number)
    session.record("take_back", f"plan/{plan}", {"new": len(new), "changed": len(changed)})


def _deepest_first(held: Mapping[int, Node], nodes: Collection[int]) -> list[Node]:
    kept = (held[node] for node in nodes if held[node].state != "rejected")
    return sorted(kept, key=lambda node: len(node.path), reverse=True)


def taken_of(found: Imported, language: str) -> Taken:
    """What rows do to a register, in a language."""
    return _taken_of(found, language)
